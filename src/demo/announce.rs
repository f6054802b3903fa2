//! What the demo says when the curtain rises.

use std::io::{self, Write};
use std::net::SocketAddr;

use domain::operator::Role;

use crate::demo::cast::{Cast, DESKS, site_origin};

/// Prints the addresses and the logins, and last the ready line.
pub(super) fn announce(out: &mut impl Write, hub: SocketAddr, cast: &Cast) -> io::Result<()> {
    writeln!(out, "\n  Switchboard demo\n")?;
    writeln!(out, "  console    http://{hub}/          where operators work")?;
    writeln!(out, "  customers  http://{hub}/pretend   where you write to them")?;
    let site = site_origin(hub);
    writeln!(out, "  site       {site}/pretend/site   with the widget")?;
    writeln!(out, "  API        http://{hub}/api/v1/openapi.json\n")?;
    writeln!(out, "  line       settings, for the administrator; where its channel is posted to")?;
    for desk in &DESKS {
        let (settings, hook) = (format!("/#/lines/{}", desk.id), desk.channel);
        writeln!(out, "  {:<10} http://{hub}{settings:<17} http://{hub}/hooks/{hook}", desk.name)?;
    }
    writeln!(out)?;
    writeln!(out, "  login      password")?;
    for actor in &cast.actors {
        let role = match actor.role {
            Role::Administrator => "administrator",
            Role::Supervisor => "supervisor of both lines",
            Role::Operator => "operator",
        };
        writeln!(out, "  {:<10} {:<22} {role}", actor.login, actor.password)?;
    }
    writeln!(out, "\n  All three are in the queues of both lines.")?;
    writeln!(out, "  Ctrl-C ends the demo; nothing is kept\n")?;
    writeln!(out, "ready: http://{hub}")?;
    out.flush()
}
