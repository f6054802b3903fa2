//! The Telegram platform: a Bot API server, and the customers who write to the bot.
//!
//! Behaves as the Bot API reference says: tokens are checked, texts have a limit, asking for
//! updates acknowledges the earlier ones and conflicts with a webhook. What it does wrong, it does
//! because a story asked for it.

mod api;
mod customers;

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use actix_web::web::Bytes;
use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::sync::{Notify, watch};

use super::server::{Request, Server};

pub(crate) use self::customers::{Customer, Update, duplicated, reordered};

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
    /// As if the request had come too late: nothing was done, the connection ends.
    NotWaitedFor,
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

    fn buttons(&self) -> usize {
        self.state().delivered.iter().map(|sent| buttons(&sent.message).count()).sum()
    }
}

fn call(request: &Request) -> Option<Call> {
    let (_, method) = request.path.strip_prefix("/bot")?.split_once('/')?;
    let body = serde_json::from_slice(&request.body).unwrap_or_default();
    Some(Call { method: method.to_owned(), body })
}

/// The buttons under a message, row by row.
fn buttons(message: &Value) -> impl Iterator<Item = &Value> {
    let rows = message["reply_markup"]["inline_keyboard"].as_array();
    rows.into_iter().flatten().filter_map(Value::as_array).flatten()
}
