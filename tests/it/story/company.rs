//! The company of a story: its lines, channels and people.

use std::sync::Arc;

use domain::channel::{Channel, ChannelSettings};
use domain::chat::{CustomerMessage, Inbound, InboundKind};
use domain::entry::Attachment;
use domain::hours::{HoursSettings, Interval, Week};
use domain::id::{ChannelId, ConversationId, LineId, OperatorId, ShardId};
use domain::line::{Line, LineSettings};
use domain::operator::{Operator, Role};
use serde_json::json;
use switchboard::actors::customers::Person;
use switchboard::actors::handle::{Accepted, Arrival, Change, NotStored};

use super::{CHANNEL, Story, chief, operator, says_nothing, sign_in};

const WEBHOOK_KEY: &str = "whsec_b2xkIGtleSBvZiB0aGUgd2ViaG9vaw==";

impl Story {
    /// A line in a shard, with a channel whose chats live there too.
    pub async fn opens_line(
        &self,
        (line, shard): (&str, u16),
        channel: &str,
        settings: impl FnOnce(&mut LineSettings),
    ) {
        let mut of_line = LineSettings::new(line, Vec::new(), "UTC");
        says_nothing(&mut of_line);
        settings(&mut of_line);
        let (id, shard) = (LineId::new(line), ShardId(shard));
        let bot = self.bot();
        let channel = Channel { id: ChannelId::new(channel), line: id.clone(), shard, ..bot };
        let line = Line { id, shard, archived: false, settings: of_line };
        let changes =
            vec![Change::Line { version: 0, line }, Change::Channel { version: 0, channel }];
        self.node.change(&chief(), changes).await.unwrap();
        self.settles().await;
    }

    /// One more channel of the story's line.
    pub async fn opens_channel(&self, id: &str, settings: ChannelSettings) {
        let channel = Channel { id: ChannelId::new(id), settings, ..self.bot() };
        let change = Change::Channel { version: 0, channel };
        self.node.change(&chief(), vec![change]).await.unwrap();
        self.settles().await;
    }

    /// A person who can sign in.
    pub async fn hires(&self, name: &str, change: impl FnOnce(&mut Operator)) {
        let Change::Operator { version, mut operator } = operator(name, Role::Operator) else {
            unreachable!("an operator is one");
        };
        change(&mut operator);
        let hired = Change::Operator { version, operator };
        let changes = vec![hired, sign_in(OperatorId::new(name), self.now())];
        self.node.change(&chief(), changes).await.unwrap();
        self.settles().await;
    }

    /// Changes the settings of any line, as an administrator would.
    pub async fn changes_line(&self, line: &str, change: impl FnOnce(&mut LineSettings)) {
        let directory = self.node.directory();
        let found = &directory.lines[&LineId::new(line)];
        let mut line = (*found.value).clone();
        change(&mut line.settings);
        self.node
            .change(&chief(), vec![Change::Line { version: found.version, line }])
            .await
            .unwrap();
        self.settles().await;
    }

    /// Changes a channel, as an administrator would.
    pub async fn changes_channel(&self, channel: &str, change: impl FnOnce(&mut Channel)) {
        let directory = self.node.directory();
        let found = &directory.channels[&ChannelId::new(channel)];
        let mut channel = (*found.value).clone();
        change(&mut channel);
        self.node
            .change(&chief(), vec![Change::Channel { version: found.version, channel }])
            .await
            .unwrap();
        self.settles().await;
    }

    /// The person signs out everywhere.
    pub async fn signs_out(&self, name: &str) {
        let directory = self.node.directory();
        let version = directory.sign_ins[name].version;
        let ended = Change::EndSignIn { version, digest: name.to_owned() };
        self.node.change(&chief(), vec![ended]).await.unwrap();
        self.settles().await;
    }

    /// The person signs in again: the sign-in before has ended.
    pub async fn signs_in_anew(&self, name: &str) {
        let change = sign_in(OperatorId::new(name), self.now());
        self.node.change(&chief(), vec![change]).await.unwrap();
        self.settles().await;
    }

    /// Something that a customer sends through a channel of any platform, once.
    pub fn arrival(&mut self, channel: &str, chat: &str, sent: Sent<'_>) -> Arrival {
        self.updates += 1;
        let message = match sent {
            Sent::Text(text) => CustomerMessage { text: text.to_owned(), ..Default::default() },
            Sent::OwnPhone(phone) => {
                let (name, phone) = ("Ivan".to_owned(), phone.to_owned());
                let contact = Attachment::Contact { name, phone, own: true };
                CustomerMessage { attachments: vec![contact], ..Default::default() }
            }
            Sent::Automatic(text) => {
                CustomerMessage { text: text.to_owned(), automatic: true, ..Default::default() }
            }
        };
        Arrival {
            channel: ChannelId::new(channel),
            dedupe: format!("arrival {}", self.updates),
            dedupe_seconds: 172_800,
            inbound: Inbound {
                chat: Arc::from(chat),
                customer_name: "Ivan Petrov".to_owned(),
                what: InboundKind::Message(message),
                original: None,
                return_to: None,
            },
        }
    }

    /// A customer sends something, and everything that follows from it has happened.
    pub async fn arrives(
        &mut self,
        channel: &str,
        chat: &str,
        sent: Sent<'_>,
    ) -> Result<Accepted, NotStored> {
        let arrival = self.arrival(channel, chat, sent);
        let accepted = self.node.arrive(arrival).await;
        self.settles().await;
        accepted
    }

    /// Another node has taken what a customer writes to the first line, and puts it into the inbox.
    pub async fn submits(&self, customer: i64, text: &str) {
        let arrival = json!({
            "post": "arrival",
            "channel": CHANNEL,
            "inbound": {
                "chat": customer.to_string(),
                "customer_name": "Ivan",
                "what": {
                    "kind": "message", "external_id": null, "text": text,
                    "reply_to": null, "sent_at": null,
                },
            },
        });
        let (now, bytes) = (self.now(), serde_json::to_vec(&arrival).unwrap());
        self.store.submit(ShardId(1), text.to_owned(), 100, now, bytes).await.unwrap();
    }

    /// The person with whom a conversation is, as his card says.
    pub async fn customer_of(&self, conversation: &ConversationId) -> Person {
        let id = self.row(conversation).await.customer.expect("he has a card");
        self.node.customer(&id).await.unwrap().expect("he has a card")
    }
}

/// What a customer sends.
#[derive(Clone, Copy)]
pub enum Sent<'a> {
    Text(&'a str),
    /// By the platform's button.
    OwnPhone(&'a str),
    /// As the platform knows, no person wrote it.
    Automatic(&'a str),
}

/// A channel of our own webhook, to which messages go at that address.
pub fn webhook(outgoing_url: String) -> ChannelSettings {
    ChannelSettings::Webhook { keys: vec![WEBHOOK_KEY.into()], outgoing_url: Some(outgoing_url) }
}

/// Open at these times of the story's day, a Monday, and never else.
pub fn open_at<const N: usize>(hours: &mut HoursSettings, times: [(&str, &str); N]) {
    let interval = |(from, to): (&str, &str)| Interval {
        from: from.parse().expect("a time"),
        to: to.parse().expect("a time"),
    };
    hours.enabled = true;
    hours.text = Some("closed until {opens_at}".into());
    hours.week = Week { monday: times.map(interval).to_vec(), ..Week::default() };
}
