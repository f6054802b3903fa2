//! What the hubs are set up with, written by a node that comes and goes before them.
//!
//! Everything but the sign-in of operators happens as in the real program: that one is written as
//! a shared document, so that no password is hashed.

use std::path::Path;

use domain::account::SignIn;
use domain::channel::widget::{ContactForm, Look, VisitorLimits, WidgetSettings};
use domain::channel::{Channel, ChannelSettings};
use domain::id::{ChannelId, LineId, OperatorId, ShardId};
use domain::line::{ClosingRule, Line, LineSettings};
use domain::operator::{Operator, Role, Status};
use sha2::{Digest, Sha256};
use switchboard::actors::handle::Change;
use switchboard::channels::widget::{Visitor, issue};
use switchboard::clock::Clock;
use switchboard::config::Config;
use switchboard::program;

/// Operators who serve all lines, where it is not about more of them.
pub(crate) const OPERATORS: usize = 10;
/// Offers that may lie before one operator, as the program has it by itself.
pub(crate) const OFFERS: usize = 5;
/// Those who have consoles open and nothing to do.
pub(crate) const BYSTANDERS: usize = 200;
pub(crate) const SECRET: &str = "load_secret";
/// Changes that are written together.
const AT_ONCE: usize = 20;

pub(crate) fn furnish(config: &Path, lines: u16, operators: usize) {
    let config = Config::load(Some(config)).unwrap();
    actix_web::rt::System::new().block_on(async {
        let node = program::start_node(&config, Clock::Wall).await.unwrap();
        let chief = OperatorId::new("chief");
        for changes in shared_documents(lines, operators).chunks(AT_ONCE) {
            node.change(&chief, changes.to_vec()).await.unwrap();
        }
        node.drain().await;
    });
}

fn shared_documents(lines: u16, operators: usize) -> Vec<Change> {
    let serving = (0..operators).flat_map(|n| [person(n, Status::Available), sign_in(n)]);
    let others = operators..operators + BYSTANDERS;
    let others = others.flat_map(|n| [person(n, Status::Away), sign_in(n)]);
    let overseeing = (0..lines).flat_map(|line| {
        let n = supervisor(operators, line);
        [overseer(n, line_id(line)), sign_in(n)]
    });
    let lines = (0..lines).flat_map(|n| [line(n, operators), bot(n), widget(n)]);
    serving.chain(others).chain(overseeing).chain(lines).collect()
}

fn person(n: usize, status: Status) -> Change {
    Change::Operator { version: 0, operator: somebody(n, status) }
}

/// Serves nobody, and sees everything of a line.
fn overseer(n: usize, line: LineId) -> Change {
    let (role, supervises) = (Role::Supervisor, vec![line]);
    let operator = Operator { role, supervises, ..somebody(n, Status::Away) };
    Change::Operator { version: 0, operator }
}

fn somebody(n: usize, status: Status) -> Operator {
    Operator {
        id: operator(n),
        name: format!("Operator {n}"),
        role: Role::Operator,
        supervises: Vec::new(),
        capacity: 0,
        status,
        status_reason: None,
        set_away: false,
        enabled: true,
    }
}

fn sign_in(n: usize) -> Change {
    let digest = format!("{:x}", Sha256::digest(token(n)));
    let now = Clock::Wall.now();
    let login = operator(n).to_string();
    let sign_in = SignIn { operator: operator(n), login, created_at: now, seen_at: now };
    Change::SignIn { version: 0, digest, sign_in }
}

fn line(n: u16, operators: usize) -> Change {
    let people = (0..operators).map(operator).collect();
    let mut settings = LineSettings::new(format!("Line {n}"), people, "UTC");
    // There is no platform that could take what a line says by itself.
    settings.welcome.enabled = false;
    settings.closing.rule = ClosingRule::Nothing;
    let line = Line { id: line_id(n), shard: ShardId(n), archived: false, settings };
    Change::Line { version: 0, line }
}

fn bot(n: u16) -> Change {
    let settings = ChannelSettings::Telegram {
        token: "1:load".into(),
        secret: SECRET.into(),
        api_base: "https://api.telegram.org".into(),
        polling: false,
        groups: false,
    };
    connected(n, channel(n), format!("Bot {n}"), settings)
}

fn widget(n: u16) -> Change {
    let settings = ChannelSettings::Widget(Box::new(WidgetSettings {
        origins: Vec::new(),
        look: Look::default(),
        form: ContactForm::default(),
        // As much as may be set: they write without a pause.
        limits: VisitorLimits { messages_per_10_seconds: 100, ..VisitorLimits::default() },
        secret: SECRET.into(),
        key: SECRET.into(),
    }));
    connected(n, site(n), format!("Site {n}"), settings)
}

fn connected(n: u16, id: ChannelId, name: String, settings: ChannelSettings) -> Change {
    let channel =
        Channel { id, name, line: line_id(n), shard: ShardId(n), enabled: true, settings };
    Change::Channel { version: 0, channel }
}

pub(crate) fn operator(n: usize) -> OperatorId {
    OperatorId::new(format!("operator-{n}"))
}

/// The number of whoever supervises a line, where so many operators serve.
pub(crate) fn supervisor(operators: usize, line: u16) -> usize {
    operators + BYSTANDERS + usize::from(line)
}

/// What the cookie of an operator holds.
pub(crate) fn token(n: usize) -> String {
    format!("load-token-{n}")
}

pub(crate) fn channel(n: u16) -> ChannelId {
    ChannelId::new(format!("bot-{n}"))
}

/// The widget of the line of that number.
pub(crate) fn site(n: u16) -> ChannelId {
    ChannelId::new(format!("site-{n}"))
}

/// What a visitor of a widget says who he is with.
pub(crate) fn visitor_token(widget: &ChannelId, n: usize) -> String {
    let visitor = Visitor {
        id: format!("visitor-{n}").into(),
        name: format!("Visitor {n}"),
        consented: false,
        introduced: false,
        vouched: None,
        issued_at: Clock::Wall.now(),
    };
    issue(SECRET, widget, &visitor)
}

fn line_id(n: u16) -> LineId {
    LineId::new(format!("line-{n}"))
}
