//! Lines, channels and people, written by a node that comes and goes before the first hub.

use domain::account::SignIn;
use domain::channel::{Channel, ChannelSettings};
use domain::id::{ChannelId, LineId, OperatorId, ShardId};
use domain::line::{ClosingRule, Line, LineSettings};
use domain::operator::{Operator, Role, Status};
use sha2::{Digest, Sha256};
use switchboard::actors::handle::Change;
use switchboard::clock::Clock;
use switchboard::config::Config;
use switchboard::program;

use crate::{LINES, OPERATORS, SHARDS};

pub(crate) const SECRET: &str = "torture_secret";
pub(crate) const TOKEN: &str = "1:torture";

pub(crate) async fn furnish(redis: &str, platform: &str) {
    let directory = tempfile::tempdir().unwrap();
    let config = Config::with(&format!(
        "[store]\nkind = \"redis\"\ndirectory = \"{}\"\nshards = {SHARDS}\n\
         [redis]\nurl = \"{redis}\"\n[cluster]\nnode = \"setup\"\n\
         [outbound]\nallow_networks = [\"127.0.0.0/8\"]\n",
        directory.path().display()
    ));
    let node = program::start_node(&config.unwrap(), Clock::Wall).await.unwrap();
    let people = (0..OPERATORS).flat_map(|n| [person(n), sign_in(n)]);
    let changes: Vec<_> = people.collect();
    let chief = OperatorId::new("chief");
    node.change(&chief, changes).await.unwrap();
    for n in 0..LINES {
        node.change(&chief, vec![line(n), bot(n, platform)]).await.unwrap();
    }
    node.drain().await;
}

fn person(n: usize) -> Change {
    let operator = Operator {
        id: operator(n),
        name: format!("Operator {n}"),
        role: Role::Operator,
        supervises: Vec::new(),
        capacity: 0,
        status: Status::Available,
        status_reason: None,
        set_away: false,
        enabled: true,
    };
    Change::Operator { version: 0, operator }
}

fn sign_in(n: usize) -> Change {
    let digest = format!("{:x}", Sha256::digest(token(n)));
    let now = Clock::Wall.now();
    let login = operator(n).to_string();
    let sign_in = SignIn { operator: operator(n), login, created_at: now, seen_at: now };
    Change::SignIn { version: 0, digest, sign_in }
}

fn line(n: u16) -> Change {
    let people = (0..OPERATORS).map(operator).collect();
    let mut settings = LineSettings::new(format!("Line {n}"), people, "UTC");
    // What the line says by itself would stand between the numbered texts.
    settings.welcome.enabled = false;
    settings.closing.rule = ClosingRule::Nothing;
    settings.answer.limit_seconds = 0;
    let line = Line { id: line_id(n), shard: shard(n), archived: false, settings };
    Change::Line { version: 0, line }
}

fn bot(n: u16, platform: &str) -> Change {
    let settings = ChannelSettings::Telegram {
        token: TOKEN.into(),
        secret: SECRET.into(),
        api_base: format!("http://{platform}"),
        polling: false,
        groups: false,
    };
    let (id, name) = (channel(n), format!("Bot {n}"));
    let channel = Channel { id, name, line: line_id(n), shard: shard(n), enabled: true, settings };
    Change::Channel { version: 0, channel }
}

pub(crate) fn operator(n: usize) -> OperatorId {
    OperatorId::new(format!("operator-{n}"))
}

/// What the cookie of an operator holds.
pub(crate) fn token(n: usize) -> String {
    format!("torture-token-{n}")
}

pub(crate) fn channel(n: u16) -> ChannelId {
    ChannelId::new(format!("bot-{n}"))
}

fn line_id(n: u16) -> LineId {
    LineId::new(format!("line-{n}"))
}

fn shard(n: u16) -> ShardId {
    ShardId(n % SHARDS)
}
