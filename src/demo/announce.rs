//! What the demo says when the curtain rises.

use std::io::{self, Write};
use std::net::SocketAddr;

use domain::operator::Role;

use crate::demo::cast::{Cast, FORM, TELEGRAM};

/// Prints the addresses and the logins, and last the ready line.
pub(super) fn announce(out: &mut impl Write, hub: SocketAddr, cast: &Cast) -> io::Result<()> {
    writeln!(out, "\n  Switchboard demo\n")?;
    writeln!(out, "  console    http://{hub}/          where operators work")?;
    writeln!(out, "  customers  http://{hub}/pretend   where you write to them\n")?;
    writeln!(out, "  login      password")?;
    for actor in &cast.actors {
        let role = match actor.role {
            Role::Administrator => "administrator, in the queue",
            Role::Supervisor => "supervisor of the line, in the queue",
            Role::Operator => "operator, in the queue",
        };
        writeln!(out, "  {:<10} {:<22} {role}", actor.login, actor.password)?;
    }
    writeln!(out, "\n  hooks      http://{hub}/hooks/{TELEGRAM}")?;
    writeln!(out, "             http://{hub}/hooks/{FORM}")?;
    writeln!(out, "\n  Ctrl-C ends the demo; nothing is kept\n")?;
    writeln!(out, "ready: http://{hub}")?;
    out.flush()
}
