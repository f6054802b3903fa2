//! VK: the API that a community calls, and the events that it is sent.
//!
//! Behaves as the documentation says: a random id that was seen is answered with the message that
//! it made, errors come with status 200, a file is uploaded and saved before a message names it, and a
//! long poll answers what is behind `ts`.

use std::collections::BTreeMap;

use actix_web::web::Bytes;
use serde_json::{Value, json};
use url::form_urlencoded;

use super::form::Form;
use super::scripted::Scripted;
use super::server::{Reply, Request};

pub(crate) const GROUP: i64 = 4_400;
pub(crate) const TOKEN: &str = "vk1.a.test_token-of-the-fake";
pub(crate) const SECRET: &str = "secret_of_the_community";
pub(crate) const CONFIRMATION: &str = "c0nf1rm";

/// A message that stands in a dialogue.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Sent {
    pub(crate) peer: String,
    pub(crate) text: String,
    pub(crate) id: i64,
    pub(crate) random_id: i64,
    pub(crate) payload: Option<String>,
    pub(crate) keyboard: Option<Value>,
    pub(crate) attached: Vec<Kept>,
}

/// A file as the platform has it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Kept {
    /// `photo`, `doc` or `audio_message`.
    pub(crate) kind: String,
    pub(crate) name: String,
    pub(crate) content: Bytes,
    /// What a message calls it; none: it is not saved yet.
    saved: Option<String>,
}

#[derive(Default)]
pub(crate) struct State {
    pub(crate) sent: Vec<Sent>,
    pub(crate) names: BTreeMap<String, (String, String)>,
    /// What a long poll finds, by its `ts`.
    pub(crate) updates: Vec<Value>,
    /// A poll that finds nothing is cut, as if nobody had the patience.
    pub(crate) cuts_empty_polls: bool,
    /// Everything that was uploaded.
    files: Vec<Kept>,
    base: String,
}

pub(crate) type Vk = Scripted<State>;

pub(crate) fn start() -> Vk {
    let vk = Scripted::start(State::default(), answer);
    let base = vk.base();
    vk.with(|state| state.base = base);
    vk
}

/// An event of the community's as the Callback API posts it.
pub(crate) fn event(kind: &str, id: &str, object: &Value) -> Value {
    json!({
        "type": kind, "group_id": GROUP, "event_id": id, "v": "5.199", "secret": SECRET,
        "object": object,
    })
}

/// A customer writes in his dialogue.
pub(crate) fn message_new(from: i64, id: i64, text: &str) -> Value {
    let message = json!({
        "id": id, "from_id": from, "peer_id": from, "date": 1_795_000_000, "out": 0, "text": text,
        "conversation_message_id": id, "random_id": 0, "attachments": [], "fwd_messages": [],
    });
    let object = json!({ "message": message, "client_info": { "inline_keyboard": true } });
    event("message_new", &format!("new-{id}"), &object)
}

/// What the community wrote, as VK reports it; `manager`: who wrote it in VK.
pub(crate) fn message_reply(sent: &Sent, manager: Option<i64>) -> Value {
    let mut object = json!({
        "id": sent.id, "from_id": -GROUP, "peer_id": sent.peer.parse::<i64>().expect("a number"),
        "date": 1_795_000_060, "out": 1, "text": sent.text, "random_id": sent.random_id,
        "conversation_message_id": sent.id, "attachments": [],
    });
    if let Some(manager) = manager {
        object["admin_author_id"] = manager.into();
    }
    if let Some(payload) = &sent.payload {
        object["payload"] = payload.clone().into();
    }
    event("message_reply", &format!("reply-{}", sent.id), &object)
}

fn answer(state: &mut State, request: &Request) -> Reply {
    let (path, query) = request.path.split_once('?').unwrap_or((&request.path, ""));
    if path == "/poll" {
        return long_poll(state, query);
    }
    if let Some(kind) = path.strip_prefix("/upload/") {
        return upload(state, kind, request);
    }
    let fields: BTreeMap<String, String> =
        form_urlencoded::parse(&request.body).into_owned().collect();
    let field = |name: &str| fields.get(name).cloned().unwrap_or_default();
    if field("access_token") != TOKEN {
        return error(5, "User authorization failed: invalid access_token");
    }
    match path {
        "/method/messages.send" => send(state, &fields),
        "/method/messages.edit" => {
            let text = field("message");
            correct(state, &field("message_id"), |sent| sent.text = text)
                .map_or_else(|| error(15, "Access denied"), |()| response(&json!(1)))
        }
        "/method/messages.delete" => {
            let id = field("message_ids");
            // It stands in nobody's dialogue any more.
            let done = correct(state, &id, |sent| sent.peer.clear()).is_some();
            response(&json!({ id: u8::from(done && field("delete_for_all") == "1") }))
        }
        "/method/users.get" => {
            let found = state.names.get(&field("user_ids"));
            let named =
                found.map(|(first, last)| json!({ "first_name": first, "last_name": last }));
            response(&json!(Vec::from_iter(named)))
        }
        "/method/groups.getById" => response(&json!({ "groups": [{ "name": "Our shop" }] })),
        "/method/groups.setLongPollSettings" => response(&json!(1)),
        "/method/groups.getLongPollServer" => {
            let (server, ts) = (format!("{}/poll", state.base), state.updates.len().to_string());
            response(&json!({ "server": server, "key": "k1", "ts": ts }))
        }
        "/method/messages.setActivity" | "/method/messages.markAsRead" => response(&json!(1)),
        "/method/photos.getMessagesUploadServer" => upload_server(state, "photo"),
        "/method/docs.getMessagesUploadServer" => upload_server(state, &field("type")),
        "/method/photos.saveMessagesPhoto" => save(state, &field("photo"))
            .map_or_else(|| error(129, "Invalid photo"), |(_, saved)| response(&json!([saved]))),
        "/method/docs.save" => save(state, &field("file")).map_or_else(
            || error(105, "Couldn't save file"),
            |(kind, saved)| response(&json!({ "type": kind, kind: saved })),
        ),
        _ => error(3, "Unknown method passed"),
    }
}

fn correct(state: &mut State, id: &str, correct: impl FnOnce(&mut Sent)) -> Option<()> {
    let sent =
        state.sent.iter_mut().find(|sent| sent.id.to_string() == id && !sent.peer.is_empty());
    sent.map(correct)
}

fn upload_server(state: &State, kind: &str) -> Reply {
    response(&json!({ "upload_url": format!("{}/upload/{kind}", state.base) }))
}

/// A photo must look like one, a voice message must be one.
fn upload(state: &mut State, kind: &str, request: &Request) -> Reply {
    let field = if kind == "photo" { "photo" } else { "file" };
    let (name, content) = Form::read(request).file(field).expect("a file");
    let begins: &[u8] = match kind {
        "photo" => b"\x89PNG",
        "audio_message" => b"OggS",
        _ => b"",
    };
    if !content.starts_with(begins) {
        let refusal = json!({ "error": "ERR_UPLOAD_BAD", "error_descr": "no such file here" });
        let empty = json!({ "server": 7, "photo": "[]", "hash": "h" });
        return Reply::of(200, if kind == "photo" { empty } else { refusal }.to_string());
    }
    let token = format!("upload-{}", state.files.len());
    state.files.push(Kept { kind: kind.to_owned(), name, content, saved: None });
    Reply::of(200, json!({ "server": 7, field: token, "hash": "h" }).to_string())
}

fn save(state: &mut State, token: &str) -> Option<(String, Value)> {
    let number: usize = token.strip_prefix("upload-")?.parse().ok()?;
    let file = state.files.get_mut(number)?;
    file.saved = Some(format!("{}-{GROUP}_{number}_key", file.kind));
    Some((file.kind.clone(), json!({ "id": number, "owner_id": -GROUP, "access_key": "key" })))
}

fn send(state: &mut State, fields: &BTreeMap<String, String>) -> Reply {
    let field = |name: &str| fields.get(name).cloned().unwrap_or_default();
    let random_id: i64 = field("random_id").parse().unwrap_or(0);
    let known = state.sent.iter().find(|sent| random_id != 0 && sent.random_id == random_id);
    if let Some(known) = known {
        return response(&json!(known.id));
    }
    if field("message").chars().count() > 9_000 {
        return error(914, "Message is too long");
    }
    let attachment = field("attachment");
    let names = attachment.split(',').filter(|name| !name.is_empty());
    let is = |file: &&Kept, name: &str| file.saved.as_deref() == Some(name);
    let attached: Option<Vec<Kept>> =
        names.map(|name| state.files.iter().find(|file| is(file, name)).cloned()).collect();
    let Some(attached) = attached.filter(|attached| attached.len() <= 10) else {
        return error(100, "One of the parameters specified was missing or invalid: attachment");
    };
    if field("message").is_empty() && attached.is_empty() {
        return error(100, "One of the parameters specified was missing or invalid: message");
    }
    let id = 500 + i64::try_from(state.sent.len()).expect("few");
    state.sent.push(Sent {
        peer: field("peer_id"),
        text: field("message"),
        id,
        random_id,
        payload: fields.get("payload").cloned(),
        keyboard: fields.get("keyboard").and_then(|text| serde_json::from_str(text).ok()),
        attached,
    });
    response(&json!(id))
}

fn long_poll(state: &State, query: &str) -> Reply {
    let asked: BTreeMap<String, String> =
        form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    if asked["key"] != "k1" {
        return Reply::of(200, json!({ "failed": 2 }).to_string());
    }
    let from: usize = asked["ts"].parse().expect("a number");
    let newest = state.updates.len();
    if from > newest {
        return Reply::of(200, json!({ "failed": 1, "ts": newest }).to_string());
    }
    let updates = &state.updates[from..];
    if updates.is_empty() && state.cuts_empty_polls {
        return Reply::Cut;
    }
    Reply::of(200, json!({ "ts": newest.to_string(), "updates": updates }).to_string())
}

fn response(value: &Value) -> Reply {
    Reply::of(200, json!({ "response": value }).to_string())
}

fn error(code: i64, words: &str) -> Reply {
    let error = json!({ "error_code": code, "error_msg": words, "request_params": [] });
    Reply::of(200, json!({ "error": error }).to_string())
}
