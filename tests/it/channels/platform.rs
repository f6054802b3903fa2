//! The platforms that post to us, as a table: how each is connected, how it proves itself, what it
//! sends. What holds for all of them is told once, over the table.

use std::any::Any;

use domain::channel::{Channel, ChannelSettings};
use domain::id::{ChannelId, OperatorId};
use jiff::Timestamp;
use serde_json::Value;
use switchboard::actors::handle::{Accepted, Arrival, Change};
use switchboard::channels::{self, HookRequest, Item, Meaning, Rejected};

use super::channel;
use crate::fakes::server::Server;
use crate::story::Story;

/// One kind of channel.
pub(crate) struct Platform {
    pub(crate) kind: &'static str,
    /// Its settings, as the API is given them, with a platform at that address.
    pub(crate) settings: fn(base: &str) -> Value,
    /// A genuine request for that event.
    pub(crate) signed: fn(event: &Value, now: Timestamp) -> Signed,
    /// Requests that claim the same and are not genuine.
    pub(crate) forged: fn(event: &Value, now: Timestamp) -> Vec<Signed>,
    /// A collected sample as an event for our account, unlike all others before.
    pub(crate) as_ours: fn(sample: Value, n: usize) -> Value,
    /// A file of the folder of samples that no webhook is sent.
    pub(crate) is_no_event: fn(name: &str) -> bool,
    /// Events of our own making.
    pub(crate) events: fn() -> Vec<Value>,
    /// One request with several events, where the platform puts several into one.
    pub(crate) together: Option<fn(events: &[Value]) -> Value>,
    /// What is answered to that event.
    pub(crate) answer: fn(event: &Value) -> &'static str,
    /// A platform that knows as much as it takes to receive.
    pub(crate) starts: fn() -> Running,
}

/// A platform that serves until it is dropped.
pub(crate) struct Running {
    pub(crate) base: String,
    _server: Box<dyn Any>,
}

impl Running {
    pub(crate) fn new(base: String, server: impl Any) -> Self {
        Self { base, _server: Box::new(server) }
    }

    /// Takes everything and knows nothing.
    pub(crate) fn ignorant() -> Self {
        let server = Server::answering(200, "{}");
        Self::new(server.base(), server)
    }
}

/// A request as the platform sends it.
#[derive(Clone, Debug)]
pub(crate) struct Signed {
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Vec<u8>,
}

impl Signed {
    pub(crate) fn plain(body: &Value) -> Self {
        Self { headers: Vec::new(), body: body.to_string().into_bytes() }
    }
}

impl Platform {
    /// A channel of this kind, with a platform at that address.
    pub(crate) fn channel(&self, base: &str) -> Channel {
        channel(self.stored(base))
    }

    pub(crate) fn stored(&self, base: &str) -> ChannelSettings {
        let mut fields = (self.settings)(base);
        let form = channels::FORMS.iter().find(|form| form.kind == self.kind).expect("a form");
        for field in form.fields {
            if fields[field.name].is_null() {
                fields[field.name] = match field.is {
                    channels::form::Is::Flag(flag) => flag.into(),
                    channels::form::Is::TextOr(text, _) | channels::form::Is::Base(text) => {
                        text.into()
                    }
                    _ => Value::Null,
                };
            }
        }
        serde_json::from_value(fields).expect("settings of the kind")
    }

    pub(crate) fn parse(&self, signed: &Signed) -> Result<Vec<Item>, Rejected> {
        let headers: Vec<(&str, &str)> = signed.headers.iter().map(|(k, v)| (*k, &**v)).collect();
        super::request(&self.channel("https://platform.example"), &headers, &signed.body)
    }

    /// A channel of the story's line.
    pub(crate) async fn connects(&self, story: &Story, base: &str) {
        let settings = self.stored(base);
        let channel = Channel { id: ChannelId::new(self.kind), settings, ..story.bot() };
        let change = Change::Channel { version: 0, channel };
        story.node.change(&OperatorId::new("chief"), vec![change]).await.unwrap();
        story.settles().await;
    }

    /// The platform posts an event, and everything that follows from it has happened. Answers what
    /// became of each item that is stored.
    pub(crate) async fn posts(&self, story: &Story, event: &Value) -> Vec<Accepted> {
        let signed = (self.signed)(event, story.now());
        let header = |name: &str| {
            signed.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| &**v)
        };
        let directory = story.node.directory();
        let channel = &directory.channels[&ChannelId::new(self.kind)].value;
        let keys = story.node.keys(channel, &|name| header(name).map(str::to_owned)).await;
        let request = HookRequest {
            header: &header,
            body: &signed.body,
            keys: keys.as_deref(),
            now: story.now(),
        };
        let mut taken = Vec::new();
        for item in channels::parse(channel, &request).unwrap() {
            let inbound = match item.meaning {
                Meaning::Inbound(inbound) => inbound,
                Meaning::Writing { chat } => {
                    story.node.customer_writes(&channel.id, &chat).await;
                    continue;
                }
                Meaning::Letter(_) | Meaning::Ignored(_) | Meaning::Confirmation => continue,
            };
            let (dedupe, dedupe_seconds) = (item.dedupe, item.dedupe_seconds);
            let channel = channel.id.clone();
            let arrival = Arrival { channel, dedupe, dedupe_seconds, inbound: *inbound };
            taken.push(story.node.arrive(arrival).await.unwrap());
        }
        story.settles().await;
        taken
    }
}
