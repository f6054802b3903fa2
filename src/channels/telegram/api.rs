//! Calls of the Bot API, and what their answers mean.
//!
//! The token is part of every address: nothing here quotes an address.

use std::time::Duration;

use domain::chat::Inbound;
use domain::entry::Correction;
use serde_json::{Map, Value, json};

use super::super::correcting::{self, Correcting};
use super::super::json;
use super::super::{Outgoing, PollError, Polled, SendOutcome, bounded, reason};
use super::{ASKED_KINDS, BUSINESS_MARK, TOPIC_MARK, Taken, files, item_of, press_in, rating};
use crate::outbound::{ANSWER_BYTES_MAX, Answer, Fault, Outbound, Post};

/// Most updates in one answer.
const BATCH_MAX: usize = 100;
/// A hundred messages of 4096 escaped characters, each with the message that it answers.
const BATCH_BYTES_MAX: usize = 16 * 1024 * 1024;

/// Where the calls of one bot go.
#[derive(Clone, Copy)]
pub struct Bot<'a> {
    /// Scheme and host of the server.
    pub api_base: &'a str,
    pub token: &'a str,
}

/// Sends text as text: no markup, so that nothing an operator types can break it.
pub(crate) async fn send(outbound: &Outbound, bot: Bot<'_>, message: &Outgoing<'_>) -> SendOutcome {
    if !message.files.is_empty() {
        return files::send(outbound, bot, message).await;
    }
    // The platform refuses a blank message, and a customer would see nothing of it.
    if message.text.trim().is_empty() {
        return SendOutcome::Sent { external_id: None };
    }
    let mut body = Map::new();
    for (field, value) in addressed(message.chat) {
        body.insert(field.to_owned(), number_or_text(value));
    }
    body.insert("text".to_owned(), message.text.into());
    if let Some(scale) = message.rating {
        body.insert("reply_markup".to_owned(), rating::keyboard(scale, message.conversation));
    }
    let body = Value::Object(body);
    came_to(bot.call(outbound, "sendMessage", &body, Duration::ZERO, ANSWER_BYTES_MAX).await, bot)
}

/// Changes a text, or the text under a file, or takes a message back.
pub(crate) async fn correct(
    outbound: &Outbound,
    bot: Bot<'_>,
    correcting: &Correcting<'_>,
) -> SendOutcome {
    let mut body = Map::new();
    for (field, value) in addressed(correcting.chat) {
        // The place of the message says its topic.
        if field != "message_thread_id" {
            body.insert(field.to_owned(), number_or_text(value));
        }
    }
    body.insert("message_id".to_owned(), number_or_text(correcting.external_id));
    let method = match correcting.correction {
        Correction::Edit { text } if correcting.has_files => {
            body.insert("caption".to_owned(), text.as_str().into());
            "editMessageCaption"
        }
        Correction::Edit { text } => {
            body.insert("text".to_owned(), text.as_str().into());
            "editMessageText"
        }
        Correction::Delete => "deleteMessage",
    };
    let body = Value::Object(body);
    let answer = bot.call(outbound, method, &body, Duration::ZERO, ANSWER_BYTES_MAX).await;
    let reply = match answer {
        Ok(answer) => Reply::read(&answer, bot),
        Err(fault) => return correcting::unanswered(&fault),
    };
    let is_gone = *correcting.correction == Correction::Delete
        && reply.description.contains("message to delete not found");
    if reply.ok || is_gone || reply.description.contains("message is not modified") {
        return correcting::done();
    }
    let outcome = sent(&reply);
    // What is not understood is repeated.
    let SendOutcome::Unknown { reason } = outcome else { return outcome };
    SendOutcome::RetryLater { reason }
}

/// The fields that say to whom a message goes.
pub(super) fn addressed(chat: &str) -> Vec<(&'static str, &str)> {
    let (chat, business) = chat.split_once(BUSINESS_MARK).unwrap_or((chat, ""));
    let (chat, topic) = chat.split_once(TOPIC_MARK).unwrap_or((chat, ""));
    let fields =
        [("chat_id", chat), ("message_thread_id", topic), ("business_connection_id", business)];
    fields.into_iter().filter(|(_, value)| !value.is_empty()).collect()
}

/// What an attempt to send has come to.
pub(super) fn came_to(answer: Result<Answer, Fault>, bot: Bot<'_>) -> SendOutcome {
    match answer {
        Ok(answer) => sent(&Reply::read(&answer, bot)),
        Err(Fault::Forbidden(why)) => SendOutcome::ChannelDead { reason: why.to_owned() },
        Err(fault @ Fault::NeverSent(_)) => SendOutcome::RetryLater { reason: fault.to_string() },
        Err(fault @ Fault::PerhapsSent(_)) => SendOutcome::Unknown { reason: fault.to_string() },
    }
}

fn sent(reply: &Reply) -> SendOutcome {
    if let Some(chat) = reply.migrated_to.clone().filter(|_| !reply.ok) {
        return SendOutcome::Migrated { chat };
    }
    let reason = reply.description.clone();
    match reply.code {
        200..=299 if reply.ok => {
            // An album is answered with its messages.
            let first = reply.result.get(0).unwrap_or(&reply.result);
            let external_id = json::id(&first["message_id"]);
            SendOutcome::Sent { external_id }
        }
        200..=299 => SendOutcome::Unknown { reason: "the answer is not understood".to_owned() },
        409 | 429 | 500.. => match reply.retry_after {
            Some(wait) => SendOutcome::RetryAfter(wait),
            None => SendOutcome::RetryLater { reason },
        },
        403 => SendOutcome::Unreachable { reason },
        401 | 404 | 421 => SendOutcome::ChannelDead { reason },
        _ => SendOutcome::Refused { reason },
    }
}

/// Tells the platform where to deliver, with the secret that proves it; none: nowhere, we ask.
pub(crate) async fn connect(
    outbound: &Outbound,
    bot: Bot<'_>,
    hook: Option<(&str, &str)>,
) -> Result<(), String> {
    let (method, body) = match hook {
        Some((url, secret)) => {
            let kinds = ASKED_KINDS;
            ("setWebhook", json!({ "url": url, "secret_token": secret, "allowed_updates": kinds }))
        }
        None => ("deleteWebhook", json!({})),
    };
    bot.tell(outbound, method, &body).await
}

/// What the bot is called.
pub(crate) async fn test(outbound: &Outbound, bot: Bot<'_>) -> Result<String, String> {
    let answer = bot.call(outbound, "getMe", &json!({}), Duration::ZERO, ANSWER_BYTES_MAX).await;
    let reply = Reply::read(&answer.map_err(|fault| fault.to_string())?, bot);
    let name = reply.result["username"].as_str().map(|name| format!("@{}", reason(name)));
    if reply.ok { Ok(name.unwrap_or_default()) } else { Err(reply.description) }
}

/// Ends the waiting that the platform shows at a pressed button, which is of use for a few minutes,
/// and takes the buttons away: one rating is enough.
pub(crate) async fn press_taken(
    outbound: &Outbound,
    bot: Bot<'_>,
    inbound: &Inbound,
) -> Result<(), String> {
    let Some((press, message)) = press_in(inbound) else { return Ok(()) };
    let query = json!({ "callback_query_id": press });
    let told = bot.tell(outbound, "answerCallbackQuery", &query).await;
    let Some(message) = message else { return told };
    let mut body = Map::new();
    for (field, value) in addressed(&inbound.chat) {
        // The place of the message says its topic.
        if field != "message_thread_id" {
            body.insert(field.to_owned(), number_or_text(value));
        }
    }
    body.insert("message_id".to_owned(), number_or_text(message));
    body.insert("reply_markup".to_owned(), json!({ "inline_keyboard": [] }));
    told.and(bot.tell(outbound, "editMessageReplyMarkup", &Value::Object(body)).await)
}

/// Shows for five seconds that somebody is writing.
pub(crate) async fn writing(outbound: &Outbound, bot: Bot<'_>, chat: &str) -> Result<(), String> {
    let mut body = Map::new();
    for (field, value) in addressed(chat) {
        body.insert(field.to_owned(), number_or_text(value));
    }
    body.insert("action".to_owned(), "typing".into());
    bot.tell(outbound, "sendChatAction", &Value::Object(body)).await
}

/// One batch of updates. The call itself acknowledges everything before `offset`.
pub(crate) async fn poll(
    outbound: &Outbound,
    bot: Bot<'_>,
    taken: Taken,
    offset: Option<i64>,
    wait: Duration,
) -> Result<Polled, PollError> {
    let mut body = json!({
        "limit": BATCH_MAX,
        "timeout": wait.as_secs(),
        "allowed_updates": ASKED_KINDS,
    });
    if let Some(offset) = offset {
        body["offset"] = json!(offset);
    }
    match bot.call(outbound, "getUpdates", &body, wait, BATCH_BYTES_MAX).await {
        Ok(answer) => polled(&Reply::read(&answer, bot), taken, offset),
        Err(Fault::Forbidden(why)) => Err(PollError::ChannelDead { reason: why.to_owned() }),
        Err(fault @ (Fault::NeverSent(_) | Fault::PerhapsSent(_))) => {
            Err(PollError::RetryLater { reason: fault.to_string() })
        }
    }
}

fn polled(reply: &Reply, taken: Taken, offset: Option<i64>) -> Result<Polled, PollError> {
    let reason = reply.description.clone();
    match reply.code {
        200..=299 => match reply.result.as_array() {
            Some(updates) if reply.ok => batch(updates, taken, offset),
            Some(_) | None => {
                Err(PollError::RetryLater { reason: "the answer is not understood".to_owned() })
            }
        },
        409 => Err(PollError::Conflict { reason }),
        401 | 403 | 404 | 421 => Err(PollError::ChannelDead { reason }),
        429 => Err(match reply.retry_after {
            Some(wait) => PollError::RetryAfter(wait),
            None => PollError::RetryLater { reason },
        }),
        _ => Err(PollError::RetryLater { reason }),
    }
}

/// The offset moves behind the highest id; a batch without any id would come again for ever.
fn batch(updates: &[Value], taken: Taken, offset: Option<i64>) -> Result<Polled, PollError> {
    let highest = updates.iter().filter_map(|update| update["update_id"].as_i64()).max();
    let next_offset = highest.map_or(offset, |id| Some(id.saturating_add(1)));
    if !updates.is_empty() && highest.is_none() {
        return Err(PollError::RetryLater { reason: "updates without ids".to_owned() });
    }
    let items = updates.iter().map(|update| item_of(&update.to_string(), taken)).collect();
    Ok(Polled { items, next_offset })
}

impl Bot<'_> {
    /// Where something of this bot lies: below `root` followed by its token.
    pub(super) fn address(self, root: &str, what: &str) -> Result<String, Fault> {
        let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b':' | b'_' | b'-');
        if self.token.is_empty() || !self.token.bytes().all(plain) {
            return Err(Fault::Forbidden("the token is not one of the platform's"));
        }
        Ok(format!("{}/{root}{}/{what}", self.api_base.trim_end_matches('/'), self.token))
    }

    /// A call that is done or not.
    async fn tell(self, outbound: &Outbound, method: &str, body: &Value) -> Result<(), String> {
        let answer = self.call(outbound, method, body, Duration::ZERO, ANSWER_BYTES_MAX).await;
        let reply = Reply::read(&answer.map_err(|fault| fault.to_string())?, self);
        if reply.ok { Ok(()) } else { Err(reply.description) }
    }

    pub(super) async fn call(
        self,
        outbound: &Outbound,
        method: &str,
        body: &Value,
        patience: Duration,
        answer_bytes_max: usize,
    ) -> Result<Answer, Fault> {
        let url = self.address("bot", method)?;
        let body = body.to_string().into_bytes();
        outbound.post(Post { patience, answer_bytes_max, ..Post::json(&url, &body) }).await
    }
}

/// An answer of the Bot API: `{ok, result}` or `{ok, error_code, description, parameters}`.
pub(super) struct Reply {
    /// The status, or the code in the body of a server that answers everything with 200.
    pub(super) code: u64,
    pub(super) ok: bool,
    pub(super) result: Value,
    pub(super) description: String,
    pub(super) retry_after: Option<Duration>,
    /// What the chat is called now.
    migrated_to: Option<String>,
}

impl Reply {
    pub(super) fn read(answer: &Answer, bot: Bot<'_>) -> Self {
        let mut body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        let ok = body["ok"] == true;
        let status = u64::from(answer.status);
        let code = body["error_code"].as_u64().filter(|_| !ok && status < 300).unwrap_or(status);
        let given = body["description"].as_str().unwrap_or("no description");
        let description = format!("{code}: {}", reason(&given.replace(bot.token, "***")));
        let header = answer.retry_after.as_deref().and_then(|text| text.trim().parse().ok());
        let seconds = body["parameters"]["retry_after"].as_u64().max(header);
        let migrated_to = json::id(&body["parameters"]["migrate_to_chat_id"]);
        let result = body.get_mut("result").map(Value::take).unwrap_or_default();
        Self { code, ok, result, description, retry_after: seconds.map(bounded), migrated_to }
    }
}

/// Chat ids are numbers; the names of public chats are not.
fn number_or_text(id: &str) -> Value {
    id.parse::<i64>().map_or_else(|_| id.into(), Value::from)
}
