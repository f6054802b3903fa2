//! The platforms that are sent to, as a table: where a message goes, and what stands there.

use std::collections::BTreeMap;

use domain::channel::ChannelSettings;
use serde_json::{Value, json};
use url::form_urlencoded;

use super::rows::{BOT_FRAMEWORK, FACEBOOK, INSTAGRAM, MAX, VIBER, VK, WHATSAPP};
use super::telegram_at;
use crate::fakes::bots::{self, max_contents};
use crate::fakes::form::Form;
use crate::fakes::scripted::Scripted;
use crate::fakes::server::{Reply, Request};
use crate::fakes::telegram::{Judge, Telegram};
use crate::fakes::{botframework, meta, vk};
use crate::story::webhook;

/// One platform that is sent to.
pub(crate) struct Sender {
    pub(crate) kind: &'static str,
    /// Whether it recognises what it was sent before.
    pub(crate) knows_repeats: bool,
    /// In the paths of what comes before a message with files.
    pub(crate) steps: &'static [&'static str],
    /// The chat that a request sends a message to; none: it sends none.
    pub(crate) chat_of: fn(&Request) -> Option<String>,
    pub(crate) starts: fn() -> Fake,
}

/// A platform that serves until it is dropped.
pub(crate) struct Fake {
    pub(crate) settings: ChannelSettings,
    /// Where the answers of a chat go, if the platform says it with each message.
    pub(crate) return_to: Option<String>,
    platform: Box<dyn Receives>,
}

/// A message, or a part of one: its chat, its text and how many files it has.
pub(crate) type Stands = (String, String, usize);

trait Receives {
    /// In the order of arrival.
    fn stands(&self) -> Vec<Stands>;
    fn is_judged(&self, judge: Judge);
    fn cuts_connections(&self, count: usize);
}

impl Fake {
    pub(crate) fn stands(&self) -> Vec<Stands> {
        self.platform.stands()
    }

    pub(crate) fn is_judged(&self, judge: Judge) {
        self.platform.is_judged(judge);
    }

    pub(crate) fn cuts_connections(&self, count: usize) {
        self.platform.cuts_connections(count);
    }
}

impl Receives for Telegram {
    fn stands(&self) -> Vec<Stands> {
        self.dialogues()
    }

    fn is_judged(&self, judge: Judge) {
        self.is_judged(judge);
    }

    fn cuts_connections(&self, count: usize) {
        self.cuts_connections(count);
    }
}

/// A scripted platform, and what stands in its dialogues.
struct With<S>(Scripted<S>, fn(&S) -> Vec<Stands>);

impl<S: Send + 'static> Receives for With<S> {
    fn stands(&self) -> Vec<Stands> {
        self.0.with(|state| (self.1)(state))
    }

    fn is_judged(&self, judge: Judge) {
        self.0.is_judged(judge);
    }

    fn cuts_connections(&self, count: usize) {
        self.0.cuts_connections(count);
    }
}

pub(crate) const ALL: [Sender; 9] =
    [TELEGRAM, TO_VK, TO_FACEBOOK, TO_INSTAGRAM, TO_WHATSAPP, TO_BOTS, TO_VIBER, TO_MAX, WEBHOOK];

const TELEGRAM: Sender = Sender {
    kind: "telegram",
    knows_repeats: false,
    steps: &[],
    chat_of: |request| {
        let (_, method) = request.path.strip_prefix("/bot")?.split_once('/')?;
        if !method.starts_with("send") || method == "sendChatAction" {
            return None;
        }
        match serde_json::from_slice::<Value>(&request.body) {
            Ok(body) => Some(body["chat_id"].to_string()),
            Err(_) => Form::read(request).field("chat_id"),
        }
    },
    starts: || {
        let telegram = Telegram::start(super::now());
        let settings = telegram_at(&telegram.api_base()).settings;
        Fake { settings, return_to: None, platform: Box::new(telegram) }
    },
};

const TO_VK: Sender = Sender {
    kind: "vk",
    knows_repeats: true,
    steps: &["UploadServer", "/upload/", "saveMessagesPhoto", "docs.save"],
    chat_of: |request| {
        let fields: BTreeMap<String, String> =
            form_urlencoded::parse(&request.body).into_owned().collect();
        (request.path == "/method/messages.send").then(|| fields["peer_id"].clone())
    },
    starts: || {
        let vk = vk::start();
        let stands = |state: &vk::State| {
            let each = state.sent.iter().filter(|it| !it.peer.is_empty());
            each.map(|it| (it.peer.clone(), it.text.clone(), it.attached.len())).collect()
        };
        let settings = VK.stored(&vk.base());
        Fake { settings, return_to: None, platform: Box::new(With(vk, stands)) }
    },
};

const TO_FACEBOOK: Sender = Sender {
    kind: "facebook",
    knows_repeats: false,
    steps: &[],
    chat_of: |request| of_graph(request, |body| &body["recipient"]["id"]),
    starts: || graph(|base| FACEBOOK.stored(base)),
};

const TO_INSTAGRAM: Sender =
    Sender { kind: "instagram", starts: || graph(|base| INSTAGRAM.stored(base)), ..TO_FACEBOOK };

const TO_WHATSAPP: Sender = Sender {
    kind: "whatsapp",
    chat_of: |request| of_graph(request, |body| &body["to"]),
    starts: || graph(|base| WHATSAPP.stored(base)),
    ..TO_FACEBOOK
};

fn of_graph(request: &Request, to: fn(&Value) -> &Value) -> Option<String> {
    let body = serde_json::from_slice(&request.body).unwrap_or_default();
    request.path.ends_with("/messages").then(|| to(&body).as_str().map(str::to_owned)).flatten()
}

fn graph(settings: fn(&str) -> ChannelSettings) -> Fake {
    let meta = meta::start();
    let stands = |state: &meta::State| {
        let each = state.sent.iter().map(|body| {
            let words = [&body["message"]["text"], &body["text"]["body"]];
            let text = words.into_iter().find_map(Value::as_str);
            let to = [&body["recipient"]["id"], &body["to"]].into_iter().find_map(Value::as_str);
            (to.expect("somebody").to_owned(), text.unwrap_or_default().to_owned(), text.is_none())
        });
        each.map(|(to, text, is_file)| (to, text, usize::from(is_file))).collect()
    };
    let settings = settings(&meta.base());
    Fake { settings, return_to: None, platform: Box::new(With(meta, stands)) }
}

const TO_BOTS: Sender = Sender {
    kind: "botframework",
    knows_repeats: false,
    steps: &[],
    chat_of: |request| conversation_of(&request.path),
    starts: || {
        let cloud = botframework::start();
        let stands = |state: &botframework::State| {
            let each = state.sent.iter().filter_map(|(path, body)| {
                let files = body["attachments"].as_array().map_or(0, Vec::len);
                let to = conversation_of(path)?;
                Some((to, body["text"].as_str().unwrap_or_default().to_owned(), files))
            });
            each.collect()
        };
        let (settings, base) = (BOT_FRAMEWORK.stored(&cloud.base()), cloud.base());
        Fake { settings, return_to: Some(base), platform: Box::new(With(cloud, stands)) }
    },
};

fn conversation_of(path: &str) -> Option<String> {
    let (_, rest) = path.split_once("/v3/conversations/")?;
    rest.split('/').next().map(str::to_owned)
}

const TO_VIBER: Sender = Sender {
    kind: "viber",
    knows_repeats: false,
    steps: &[],
    chat_of: |request| {
        let body: Value = serde_json::from_slice(&request.body).unwrap_or_default();
        (request.path == "/send_message").then(|| body["receiver"].as_str().map(str::to_owned))?
    },
    starts: || {
        let viber = bots::viber();
        let stands = |state: &bots::State| {
            let sent = state.taken.iter().filter(|(path, _)| path == "/send_message");
            let each = sent.map(|(_, body)| {
                let to = body["receiver"].as_str().expect("somebody").to_owned();
                let files = usize::from(body["media"].is_string());
                (to, body["text"].as_str().unwrap_or_default().to_owned(), files)
            });
            each.collect()
        };
        let settings = VIBER.stored(&viber.base());
        Fake { settings, return_to: None, platform: Box::new(With(viber, stands)) }
    },
};

const TO_MAX: Sender = Sender {
    kind: "max",
    knows_repeats: false,
    steps: &["/uploads", "/upload/"],
    chat_of: |request| request.path.strip_prefix("/messages?user_id=").map(str::to_owned),
    starts: || {
        let max = bots::max();
        let stands = |state: &bots::State| {
            let each = state.taken.iter().filter_map(|(path, body)| {
                let to = path.strip_prefix("/messages?user_id=")?.to_owned();
                let text = body["text"].as_str().unwrap_or_default().to_owned();
                Some((to, text, max_contents(state, body).len()))
            });
            each.collect()
        };
        let settings = MAX.stored(&max.base());
        Fake { settings, return_to: None, platform: Box::new(With(max, stands)) }
    },
};

const WEBHOOK: Sender = Sender {
    kind: "webhook",
    knows_repeats: true,
    steps: &[],
    chat_of: |request| posted_to(&request.body),
    starts: || {
        let program = Scripted::start(Vec::new(), take);
        let stands = |state: &Vec<(String, Value)>| {
            let mut stands: Vec<(Value, Stands)> = Vec::new();
            for (_, body) in state {
                let (to, message) = (&body["data"]["chat"]["id"], &body["data"]["message"]);
                let which = json!([message["conversation"], message["entry"]]);
                let text = message["text"].as_str().unwrap_or_default().to_owned();
                let is_it = |(known, _): &(Value, Stands)| *known == which;
                match body["type"].as_str().expect("a type") {
                    "message_edited" => {
                        let known = stands.iter_mut().find(|one| is_it(one));
                        known.expect("it was sent").1.1 = text;
                    }
                    "message_deleted" => stands.retain(|one| !is_it(one)),
                    _ => {
                        let files = message["files"].as_array().map_or(0, Vec::len);
                        let to = to.as_str().expect("somebody").to_owned();
                        stands.push((which, (to, text, files)));
                    }
                }
            }
            stands.into_iter().map(|(_, stands)| stands).collect()
        };
        let settings = webhook(program.base());
        Fake { settings, return_to: None, platform: Box::new(With(program, stands)) }
    },
};

fn posted_to(body: &[u8]) -> Option<String> {
    let body: Value = serde_json::from_slice(body).ok()?;
    body["data"]["chat"]["id"].as_str().map(str::to_owned)
}

/// A program that knows what it has had by the id of the request, as ours is documented.
fn take(state: &mut Vec<(String, Value)>, request: &Request) -> Reply {
    let id = request.headers["webhook-id"].clone();
    if !state.iter().any(|(known, _)| *known == id) {
        state.push((id, serde_json::from_slice(&request.body).expect("json")));
    }
    Reply::of(200, json!({}).to_string())
}
