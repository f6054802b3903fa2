//! The Telegram platform: a Bot API server, and the customers who write to the bot.
//!
//! Behaves as the Bot API reference says: tokens are checked, texts have a limit, asking for
//! updates acknowledges the earlier ones and conflicts with a webhook. What it does wrong, it does
//! because a story asked for it.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use actix_web::web::Bytes;
use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::sync::{Notify, watch};

use super::form::Form;
use super::server::{Reply, Request, Server};

/// The token of the bot.
pub(crate) const TOKEN: &str = "700:test_token-of-the-fake";

/// What goes wrong with one call.
#[derive(Clone, Debug)]
pub(crate) enum Fault {
    /// Answered properly, but only after that much real time.
    Delay(Duration),
    TooManyRequests {
        retry_after_seconds: u64,
    },
    /// Any other refusal: 400, 401, 403, 404, 409, 500 and so on.
    Status(u16, &'static str),
    /// Answered properly, but not before the gate opens.
    Held(Gate),
    /// The request was read, nothing was done, the connection is cut.
    RequestLost,
    /// The request was read and done, and the connection is cut before the answer.
    AnswerLost,
}

/// Says of each request what it meets, if anything.
pub(crate) type Judge = Box<dyn FnMut(&Request) -> Option<Fault> + Send>;

/// Closed until it is opened.
#[derive(Clone, Debug)]
pub(crate) struct Gate(watch::Sender<bool>);

impl Gate {
    pub(crate) fn closed() -> Self {
        Self(watch::Sender::new(false))
    }

    pub(crate) fn opens(&self) {
        self.0.send_replace(true);
    }

    pub(crate) async fn opened(&self) {
        drop(self.0.subscribe().wait_for(|open| *open).await);
    }
}

/// One call of the bot, whatever came of it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Call {
    pub(crate) method: String,
    pub(crate) body: Value,
}

/// One update, as the platform would deliver it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Update(pub(crate) Value);

impl Update {
    /// The body of a webhook delivery.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        self.0.to_string().into_bytes()
    }

    /// Deliveries keep their order within a chat only.
    fn chat(&self) -> i64 {
        let inner = ["message", "edited_message", "my_chat_member"];
        inner.iter().find_map(|kind| self.0[*kind]["chat"]["id"].as_i64()).unwrap_or(0)
    }
}

/// Someone who writes to the bot.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Customer {
    pub(crate) id: i64,
    pub(crate) name: &'static str,
}

pub(crate) struct Telegram {
    server: Server,
    platform: Arc<Platform>,
}

struct Platform {
    state: Mutex<State>,
    queued: Notify,
}

struct State {
    now: Timestamp,
    /// Groups by their ids of before, each with the id that it has now.
    migrated: BTreeMap<String, i64>,
    last_update: i64,
    last_message: i64,
    faults: VecDeque<(&'static str, Fault)>,
    judge: Option<Judge>,
    last_press: i64,
    /// Presses of buttons that the bot has not answered yet.
    waiting: Vec<String>,
    delivered: Vec<Sent>,
    queue: VecDeque<Update>,
    webhook: Option<Value>,
    /// Files of customers, by their `file_id`.
    files: Vec<(String, Bytes)>,
}

/// A message of the bot's.
struct Sent {
    chat: String,
    /// Its caption, if it is a file.
    text: String,
    /// Names and contents of the files that it carries.
    files: Vec<(String, Bytes)>,
    /// As the platform shows it to whoever reads it.
    message: Value,
}

impl Telegram {
    /// Starts the platform; its time stands at `now` until it is told otherwise.
    pub(crate) fn start(now: Timestamp) -> Self {
        let platform = Arc::new(Platform {
            state: Mutex::new(State {
                migrated: BTreeMap::new(),
                now,
                last_update: 1000,
                last_message: 0,
                faults: VecDeque::new(),
                judge: None,
                last_press: 4_382_000_000,
                waiting: Vec::new(),
                delivered: Vec::new(),
                queue: VecDeque::new(),
                webhook: None,
                files: Vec::new(),
            }),
            queued: Notify::new(),
        });
        let behind = platform.clone();
        let server = Server::start(Arc::new(move |request| {
            let platform = behind.clone();
            Box::pin(async move { platform.answer(&request).await })
        }));
        Self { server, platform }
    }

    /// The channel's `api_base`.
    pub(crate) fn api_base(&self) -> String {
        self.server.base()
    }

    pub(crate) fn time_is(&self, now: Timestamp) {
        self.platform.state().now = now;
    }

    /// The next call of `method` meets `fault`; several are met one after the other.
    pub(crate) fn fails(&self, method: &'static str, fault: Fault) {
        self.platform.state().faults.push_back((method, fault));
    }

    /// Whatever nothing else goes wrong with meets what `judge` says.
    pub(crate) fn is_judged(&self, judge: Judge) {
        self.platform.state().judge = Some(judge);
    }

    /// The next connections are cut before anything is read.
    pub(crate) fn cuts_connections(&self, count: usize) {
        self.server.cuts_connections(count);
    }

    /// Every call of `method` so far, also the failed ones.
    pub(crate) fn calls(&self, method: &str) -> Vec<Call> {
        let calls = self.server.requests().into_iter().filter_map(|request| call(&request));
        calls.filter(|call| call.method == method).collect()
    }

    /// Waits in real time until `method` was called `count` times.
    pub(crate) async fn called(&self, method: &'static str, count: usize) {
        let is_it = move |request: &&Request| call(request).is_some_and(|c| c.method == method);
        self.server
            .waits_until(move |requests| requests.iter().filter(is_it).count() >= count)
            .await;
    }

    /// The texts that stand in the customer's chat, in the order of their arrival.
    pub(crate) fn sent_to(&self, chat: i64) -> Vec<String> {
        let (state, chat) = (self.platform.state(), chat.to_string());
        let delivered = state.delivered.iter().filter(|sent| sent.chat == chat);
        delivered.map(|sent| sent.text.clone()).collect()
    }

    /// Chat, text and number of files of each message, in the order of their arrival.
    pub(crate) fn dialogues(&self) -> Vec<(String, String, usize)> {
        let state = self.platform.state();
        let each = state.delivered.iter();
        each.map(|sent| (sent.chat.clone(), sent.text.clone(), sent.files.len())).collect()
    }

    /// The files that stand in the customer's chat, message by message.
    pub(crate) fn files_sent_to(&self, chat: i64) -> Vec<Vec<(String, Bytes)>> {
        let (state, chat) = (self.platform.state(), chat.to_string());
        let delivered = state.delivered.iter().filter(|sent| sent.chat == chat);
        delivered.filter(|sent| !sent.files.is_empty()).map(|sent| sent.files.clone()).collect()
    }

    /// Keeps a customer's file; answers its `file_id`.
    pub(crate) fn keeps(&self, content: impl Into<Bytes>) -> String {
        let files = &mut self.platform.state().files;
        let id = format!("AgACAgIAAxkB{}", files.len());
        files.push((id.clone(), content.into()));
        id
    }

    /// What `setWebhook` was last called with, unless it was taken away since.
    pub(crate) fn webhook(&self) -> Option<Value> {
        let calls = self.server.requests().into_iter().filter_map(|request| call(&request));
        let last = calls.filter(|call| call.method.ends_with("Webhook")).last()?;
        (last.method == "setWebhook").then_some(last.body)
    }

    /// Lets the bot's next `getUpdates` find these.
    pub(crate) fn queues(&self, updates: impl IntoIterator<Item = Update>) {
        self.platform.state().queue.extend(updates);
        self.platform.queued.notify_waiters();
    }

    pub(crate) fn text(&self, from: Customer, text: &str) -> Update {
        self.message(from, &json!({ "text": text }))
    }

    pub(crate) fn contact(&self, from: Customer, phone: &str) -> Update {
        let contact = json!({ "phone_number": phone, "first_name": from.name, "user_id": from.id });
        self.message(from, &json!({ "contact": contact }))
    }

    pub(crate) fn location(&self, from: Customer, latitude: f64, longitude: f64) -> Update {
        let location = json!({ "latitude": latitude, "longitude": longitude });
        self.message(from, &json!({ "location": location }))
    }

    pub(crate) fn sticker(&self, from: Customer, emoji: &str) -> Update {
        let sticker = json!({
            "file_id": "sticker-file", "file_unique_id": "s1", "type": "regular", "emoji": emoji,
            "width": 512, "height": 512, "is_animated": true, "is_video": false,
        });
        self.message(from, &json!({ "sticker": sticker }))
    }

    pub(crate) fn photo(&self, from: Customer, caption: &str) -> Update {
        let size = |id: &str, side: u32| {
            json!({ "file_id": id, "file_unique_id": id, "width": side, "height": side,
                "file_size": side * 100 })
        };
        let photo = [size("small", 90), size("large", 1280)];
        self.message(from, &json!({ "photo": photo, "caption": caption }))
    }

    /// The customer changes the text of a message of theirs.
    pub(crate) fn edit(&self, original: &Update, text: &str) -> Update {
        let mut message = original.0["message"].clone();
        message["text"] = text.into();
        let mut state = self.platform.state();
        message["edit_date"] = state.now.as_second().into();
        state.update("edited_message", &message)
    }

    /// The customer presses the button that says `words` under the newest message that has one.
    pub(crate) fn press(&self, from: Customer, words: &str) -> Update {
        let mut state = self.platform.state();
        let pressed = state.delivered.iter().rev().find_map(|sent| {
            let button = buttons(&sent.message).find(|button| button["text"] == words)?;
            let is_his = sent.chat == from.id.to_string();
            is_his.then(|| (sent.message.clone(), button["callback_data"].clone()))
        });
        let (message, data) = pressed.expect("there is such a button");
        state.last_press += 1;
        let id = state.last_press.to_string();
        state.waiting.push(id.clone());
        let press = json!({
            "id": id, "from": user(from), "message": message, "chat_instance": "-7", "data": data,
        });
        state.update("callback_query", &press)
    }

    /// The customer puts signs under the bot's last message to him, instead of those before.
    pub(crate) fn reacts(&self, from: Customer, signs: &Value) -> Update {
        let mut state = self.platform.state();
        let chat_id = from.id.to_string();
        let last = state.delivered.iter().rev().find(|sent| sent.chat == chat_id);
        let id = last.expect("a message of the bot").message["message_id"].clone();
        let reaction = json!({
            "chat": chat(from), "message_id": id, "user": user(from),
            "date": state.now.as_second(), "old_reaction": [], "new_reaction": signs,
        });
        state.update("message_reaction", &reaction)
    }

    /// How many buttons still stand under the bot's messages.
    pub(crate) fn buttons(&self) -> usize {
        self.platform.buttons()
    }

    /// A group goes on under another id.
    pub(crate) fn migrates(&self, from: i64, to: i64) {
        self.platform.state().migrated.insert(from.to_string(), to);
    }

    /// How many presses the platform still shows as waiting.
    pub(crate) fn waiting_presses(&self) -> usize {
        self.platform.state().waiting.len()
    }

    /// The customer stops the bot (`kicked`) or starts it again (`member`).
    pub(crate) fn membership(&self, from: Customer, status: &str) -> Update {
        let mut state = self.platform.state();
        let member = json!({
            "chat": chat(from), "from": user(from), "date": state.now.as_second(),
            "old_chat_member": { "user": bot(), "status": "left" },
            "new_chat_member": { "user": bot(), "status": status },
        });
        state.update("my_chat_member", &member)
    }

    /// Any message: the fields of `content` beside those that every message has.
    pub(crate) fn message(&self, from: Customer, content: &Value) -> Update {
        let mut state = self.platform.state();
        state.last_message += 1;
        let mut message = json!({
            "message_id": state.last_message, "from": user(from), "chat": chat(from),
            "date": state.now.as_second(),
        });
        for (field, value) in content.as_object().into_iter().flatten() {
            message[field] = value.clone();
        }
        state.update("message", &message)
    }
}

/// Each update twice, the repeat after everything else: a lost acknowledgement.
pub(crate) fn duplicated(updates: &[Update]) -> Vec<Update> {
    [updates, updates].concat()
}

/// The order in which parallel queues may deliver: kept within each chat, turned round across.
pub(crate) fn reordered(updates: &[Update]) -> Vec<Update> {
    let mut chats: Vec<i64> = updates.iter().map(Update::chat).collect();
    chats.sort_unstable();
    chats.dedup();
    let of = |chat: i64| updates.iter().filter(move |update| update.chat() == chat).cloned();
    chats.into_iter().rev().flat_map(of).collect()
}

impl State {
    fn update(&mut self, kind: &str, inner: &Value) -> Update {
        self.last_update += 1;
        Update(json!({ "update_id": self.last_update, kind: inner }))
    }

    fn fault(&mut self, method: &str, request: &Request) -> Option<Fault> {
        let at = self.faults.iter().position(|(of, _)| *of == method);
        let next = at.and_then(|at| self.faults.remove(at)).map(|(_, fault)| fault);
        next.or_else(|| self.judge.as_mut()?(request))
    }
}

impl Platform {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("no panic")
    }

    async fn answer(&self, request: &Request) -> Reply {
        if let Some(path) = request.path.strip_prefix(&format!("/file/bot{TOKEN}/files/")) {
            return self.file(path);
        }
        let Some(Call { method, body }) = call(request) else {
            return refusal(404, "Not Found");
        };
        if !request.path.starts_with(&format!("/bot{TOKEN}/")) {
            return refusal(401, "Unauthorized");
        }
        let fault = self.state().fault(&method, request);
        match fault {
            None => self.perform(&method, &body, request).await,
            Some(Fault::Delay(time)) => {
                let elapsed = tokio::time::timeout(time, std::future::pending::<()>()).await;
                drop(elapsed);
                self.perform(&method, &body, request).await
            }
            Some(Fault::Held(gate)) => {
                gate.opened().await;
                self.perform(&method, &body, request).await
            }
            Some(Fault::TooManyRequests { retry_after_seconds }) => too_many(retry_after_seconds),
            Some(Fault::Status(status, description)) => refusal(status, description),
            Some(Fault::RequestLost) => Reply::Cut,
            Some(Fault::AnswerLost) => {
                drop(self.perform(&method, &body, request).await);
                Reply::Cut
            }
        }
    }

    async fn perform(&self, method: &str, body: &Value, request: &Request) -> Reply {
        match method {
            "sendMessage" => self.send_message(body),
            "getUpdates" => self.get_updates(body).await,
            "getMe" => result(&bot()),
            "sendChatAction" => result(&json!(true)),
            "answerCallbackQuery" => self.answer_callback_query(body),
            "editMessageReplyMarkup" => self.edit_reply_markup(body),
            "editMessageText" => self.edit_message(body, "text"),
            "editMessageCaption" => self.edit_message(body, "caption"),
            "deleteMessage" => self.delete_message(body),
            "setWebhook" => {
                let url = body["url"].as_str().unwrap_or("");
                self.state().webhook = (!url.is_empty()).then(|| body.clone());
                result(&json!(true))
            }
            "deleteWebhook" => {
                self.state().webhook = None;
                result(&json!(true))
            }
            "getFile" => self.get_file(body),
            "sendPhoto" | "sendVideo" | "sendAnimation" | "sendAudio" | "sendVoice"
            | "sendDocument" | "sendMediaGroup" => self.send_files(method, request),
            _ => refusal(404, "Not Found: method not found"),
        }
    }

    fn send_message(&self, body: &Value) -> Reply {
        let migrated = self.state().migrated.get(&body["chat_id"].to_string()).copied();
        if let Some(to) = migrated {
            let refusal = json!({
                "ok": false, "error_code": 400, "parameters": { "migrate_to_chat_id": to },
                "description": "Bad Request: group chat was upgraded to a supergroup chat",
            });
            return Reply::of(400, refusal.to_string());
        }
        let text = body["text"].as_str().unwrap_or("");
        if text.trim().is_empty() {
            return refusal(400, "Bad Request: message text is empty");
        }
        if text.encode_utf16().count() > 4096 {
            return refusal(400, "Bad Request: message is too long");
        }
        let chat = match &body["chat_id"] {
            Value::Number(id) => id.to_string(),
            Value::String(id) => id.clone(),
            Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => {
                return refusal(400, "Bad Request: chat_id is empty");
            }
        };
        let markup = &body["reply_markup"];
        if buttons(body).any(|button| !is_button(button)) {
            return refusal(400, "Bad Request: BUTTON_DATA_INVALID");
        }
        let mut state = self.state();
        state.last_message += 1;
        let mut message = json!({
            "message_id": state.last_message, "date": state.now.as_second(), "text": text,
            "from": bot(), "chat": { "id": body["chat_id"], "type": "private" },
        });
        if markup.is_object() {
            message["reply_markup"] = markup.clone();
        }
        let text = text.to_owned();
        let files = Vec::new();
        state.delivered.push(Sent { chat, text, files, message: message.clone() });
        result(&message)
    }

    fn get_file(&self, body: &Value) -> Reply {
        let state = self.state();
        let Some((id, content)) = state.files.iter().find(|(id, _)| body["file_id"] == **id) else {
            return refusal(
                400,
                "Bad Request: wrong file_id or the file is temporarily unavailable",
            );
        };
        result(&json!({
            "file_id": id, "file_size": content.len(), "file_path": format!("files/{id}"),
        }))
    }

    fn file(&self, path: &str) -> Reply {
        let state = self.state();
        let found = state.files.iter().find(|(id, _)| id == path);
        found.map_or(Reply::of(404, ""), |(_, content)| Reply::File(content.clone()))
    }

    /// Pieces are named in `media`, or stand under the word of the method.
    fn send_files(&self, method: &str, request: &Request) -> Reply {
        let form = Form::read(request);
        let Some(chat) = form.field("chat_id") else {
            return refusal(400, "Bad Request: chat_id is empty");
        };
        let media = form.field("media").and_then(|media| serde_json::from_str(&media).ok());
        let media: Vec<Value> = media.unwrap_or_default();
        let word = method.trim_start_matches("send").to_lowercase();
        let in_album =
            media.iter().filter_map(|item| item["media"].as_str()?.strip_prefix("attach://"));
        let mut names: Vec<&str> = in_album.collect();
        if method != "sendMediaGroup" {
            names.push(&word);
        } else if !(2..=10).contains(&names.len()) {
            return refusal(400, "Bad Request: wrong number of media in an album");
        }
        // A piece may say that another one has the file.
        let file = |name: &&str| {
            let elsewhere = form.field(name);
            let elsewhere = elsewhere.as_deref().and_then(|at| at.strip_prefix("attach://"));
            form.file(elsewhere.unwrap_or(name))
        };
        let files: Option<Vec<_>> = names.iter().map(file).collect();
        let Some(files) = files else {
            return refusal(400, "Bad Request: there is no file in the request");
        };
        let captions = media.iter().filter_map(|item| item["caption"].as_str());
        let caption = form.field("caption").or(captions.map(str::to_owned).next());
        let mut state = self.state();
        let messages: Vec<Value> = names
            .iter()
            .map(|_| {
                state.last_message += 1;
                json!({ "message_id": state.last_message, "date": state.now.as_second() })
            })
            .collect();
        let text = caption.unwrap_or_default();
        state.delivered.push(Sent { chat, text, files, message: messages[0].clone() });
        result(&if method == "sendMediaGroup" { json!(messages) } else { messages[0].clone() })
    }

    /// A press is answered once, and soon.
    fn answer_callback_query(&self, body: &Value) -> Reply {
        let waiting = &mut self.state().waiting;
        let Some(place) = waiting.iter().position(|id| body["callback_query_id"] == **id) else {
            let reason = "Bad Request: query is too old and response timeout expired or query ID \
                          is invalid";
            return refusal(400, reason);
        };
        waiting.remove(place);
        result(&json!(true))
    }

    fn edit_reply_markup(&self, body: &Value) -> Reply {
        let mut state = self.state();
        let is_it = |sent: &&mut Sent| sent.message["message_id"] == body["message_id"];
        let Some(sent) = state.delivered.iter_mut().find(is_it) else {
            return refusal(400, "Bad Request: message to edit not found");
        };
        sent.message["reply_markup"] = body["reply_markup"].clone();
        result(&sent.message)
    }

    fn edit_message(&self, body: &Value, field: &str) -> Reply {
        let mut state = self.state();
        let is_it = |sent: &&mut Sent| sent.message["message_id"] == body["message_id"];
        let Some(sent) = state.delivered.iter_mut().find(is_it) else {
            return refusal(400, "Bad Request: message to edit not found");
        };
        if sent.files.is_empty() != (field == "text") {
            return refusal(400, "Bad Request: there is no text in the message to edit");
        }
        let text = body[field].as_str().unwrap_or_default();
        if sent.text == text {
            return refusal(400, "Bad Request: message is not modified");
        }
        text.clone_into(&mut sent.text);
        result(&sent.message)
    }

    fn delete_message(&self, body: &Value) -> Reply {
        let mut state = self.state();
        let before = state.delivered.len();
        state.delivered.retain(|sent| sent.message["message_id"] != body["message_id"]);
        if state.delivered.len() == before {
            return refusal(400, "Bad Request: message to delete not found");
        }
        result(&json!(true))
    }

    fn buttons(&self) -> usize {
        self.state().delivered.iter().map(|sent| buttons(&sent.message).count()).sum()
    }

    async fn get_updates(&self, body: &Value) -> Reply {
        if self.state().webhook.is_some() {
            let reason = "Conflict: can't use getUpdates method while webhook is active";
            return refusal(409, reason);
        }
        let mut queued = std::pin::pin!(self.queued.notified());
        queued.as_mut().enable();
        let found = self.batch(body);
        let wait = Duration::from_secs(body["timeout"].as_u64().unwrap_or(0));
        if !found.is_empty() || wait.is_zero() {
            return result(&json!(found));
        }
        drop(tokio::time::timeout(wait, queued).await);
        result(&json!(self.batch(body)))
    }

    /// Forgets what the offset acknowledges, and gives the next updates.
    fn batch(&self, body: &Value) -> Vec<Value> {
        let mut state = self.state();
        let offset = body["offset"].as_i64().unwrap_or(i64::MIN);
        state.queue.retain(|update| update.0["update_id"].as_i64().is_none_or(|id| id >= offset));
        let limit = body["limit"]
            .as_u64()
            .map_or(100, |limit| usize::try_from(limit).expect("a small number"));
        state.queue.iter().take(limit).map(|update| update.0.clone()).collect()
    }
}

fn call(request: &Request) -> Option<Call> {
    let (_, method) = request.path.strip_prefix("/bot")?.split_once('/')?;
    let body = serde_json::from_slice(&request.body).unwrap_or_default();
    Some(Call { method: method.to_owned(), body })
}

fn bot() -> Value {
    json!({ "id": 700, "is_bot": true, "first_name": "Fake", "username": "fake_bot" })
}

/// The buttons under a message, row by row.
fn buttons(message: &Value) -> impl Iterator<Item = &Value> {
    let rows = message["reply_markup"]["inline_keyboard"].as_array();
    rows.into_iter().flatten().filter_map(Value::as_array).flatten()
}

/// As the platform wants them that send something back.
fn is_button(button: &Value) -> bool {
    let filled = |field: &str| button[field].as_str().unwrap_or("").len();
    filled("text") > 0 && (1..=64).contains(&filled("callback_data"))
}

fn user(customer: Customer) -> Value {
    json!({ "id": customer.id, "is_bot": false, "first_name": customer.name })
}

fn chat(customer: Customer) -> Value {
    json!({ "id": customer.id, "type": "private", "first_name": customer.name })
}

fn result(value: &Value) -> Reply {
    Reply::of(200, json!({ "ok": true, "result": value }).to_string())
}

fn refusal(status: u16, description: &str) -> Reply {
    let body = json!({ "ok": false, "error_code": status, "description": description });
    Reply::of(status, body.to_string())
}

fn too_many(seconds: u64) -> Reply {
    let body = json!({
        "ok": false, "error_code": 429, "parameters": { "retry_after": seconds },
        "description": format!("Too Many Requests: retry after {seconds}"),
    });
    let headers = vec![("retry-after", seconds.to_string())];
    Reply::Answer { status: 429, headers, body: body.to_string() }
}
