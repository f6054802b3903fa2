//! The platforms that post to us, as a table: how each is connected, how it proves itself, what it
//! sends. What holds for all of them is told once, over the table.

use domain::channel::{Channel, ChannelSettings};
use domain::id::{ChannelId, OperatorId};
use serde_json::{Value, json};
use switchboard::actors::handle::{Accepted, Arrival, Change};
use switchboard::channels::{self, HookRequest, Item, Meaning, Rejected};

use super::channel;
use crate::fakes::vk;
use crate::story::Story;

/// One kind of channel.
pub(crate) struct Platform {
    pub(crate) kind: &'static str,
    /// Its settings, as the API is given them, with a platform at that address.
    pub(crate) settings: fn(base: &str) -> Value,
    /// A genuine request for that event.
    pub(crate) signed: fn(event: &Value) -> Signed,
    /// Requests that claim the same and are not genuine.
    pub(crate) forged: fn(event: &Value) -> Vec<Signed>,
    /// A collected sample as an event for our account, unlike all others before.
    pub(crate) as_ours: fn(sample: Value, n: usize) -> Value,
    /// A file of the folder of samples that no webhook is sent.
    pub(crate) is_no_event: fn(name: &str) -> bool,
    /// Events of our own making.
    pub(crate) events: fn() -> Vec<Value>,
    /// One request with several events, where the platform puts several into one.
    pub(crate) together: Option<fn(events: &[Value]) -> Value>,
    /// What is answered.
    pub(crate) answer: &'static str,
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

pub(crate) const ALL: [Platform; 1] = [VK];

pub(crate) const VK: Platform = Platform {
    kind: "vk",
    settings: |base| {
        json!({
            "kind": "vk", "group_id": vk::GROUP.to_string(), "token": vk::TOKEN,
            "secret": vk::SECRET, "confirmation": vk::CONFIRMATION, "api_base": base,
        })
    },
    signed: Signed::plain,
    forged: |event| {
        let with = |field: &str, value: Value| {
            let mut forged = event.clone();
            forged[field] = value;
            Signed::plain(&forged)
        };
        let mut without = event.clone();
        without.as_object_mut().expect("an object").remove("secret");
        let secrets = ["", "secret_of_another", " secret_of_the_community", &vk::SECRET[1..]];
        let mut forged: Vec<_> = secrets.map(|secret| with("secret", secret.into())).into();
        forged.push(with("secret", json!([vk::SECRET])));
        forged.push(with("group_id", json!(vk::GROUP + 1)));
        forged.push(with("group_id", Value::Null));
        forged.push(Signed::plain(&without));
        forged
    },
    as_ours: |mut sample, n| {
        if let Some(fields) = sample.as_object_mut() {
            fields.insert("secret".to_owned(), vk::SECRET.into());
            fields.insert("group_id".to_owned(), vk::GROUP.into());
            fields.insert("event_id".to_owned(), format!("sample-{n}").into());
        }
        sample
    },
    is_no_event: |name| {
        let no_event = ["error", "longpoll_", "messages_send_response", "confirmation"];
        no_event.iter().any(|part| name.contains(part))
    },
    events: || {
        let sent = vk::Sent {
            peer: "77".to_owned(),
            text: "from the page".to_owned(),
            id: 9,
            random_id: 0,
            payload: None,
            keyboard: None,
        };
        let mut photo = vk::message_new(77, 2, "");
        let sizes = json!([
            { "url": "https://vk.example/small.jpg", "width": 10, "height": 10 },
            { "url": "https://vk.example/large.jpg", "width": 100, "height": 100 },
        ]);
        photo["object"]["message"]["attachments"] =
            json!([{ "type": "photo", "photo": { "sizes": sizes } }]);
        vec![
            vk::message_new(77, 1, "hello"),
            photo,
            vk::message_reply(&sent, Some(5)),
            vk::event("message_deny", "deny-1", &json!({ "user_id": 77 })),
            vk::event("wall_post_new", "wall-1", &json!({ "id": 1 })),
        ]
    },
    together: None,
    answer: "ok",
};

impl Platform {
    /// A channel of this kind, with a platform at that address.
    pub(crate) fn channel(&self, base: &str) -> Channel {
        channel(self.stored(base))
    }

    fn stored(&self, base: &str) -> ChannelSettings {
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
        let signed = (self.signed)(event);
        let header = |name: &str| {
            signed.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| &**v)
        };
        let request = HookRequest { header: &header, body: &signed.body, now: story.now() };
        let directory = story.node.directory();
        let channel = &directory.channels[&ChannelId::new(self.kind)].value;
        let mut taken = Vec::new();
        for item in channels::parse(channel, &request).unwrap() {
            let Meaning::Inbound(inbound) = item.meaning else { continue };
            let (dedupe, dedupe_seconds) = (item.dedupe, item.dedupe_seconds);
            let channel = channel.id.clone();
            let arrival = Arrival { channel, dedupe, dedupe_seconds, inbound };
            taken.push(story.node.arrive(arrival).await.unwrap());
        }
        story.settles().await;
        taken
    }
}
