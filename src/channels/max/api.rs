//! Calls of MAX's API, and what their answers mean. The token stands in a header, never in an address.

use std::time::Duration;

use domain::entry::Correction;
use domain::id::ChannelId;
use serde_json::{Value, json};

use super::super::correcting::{self, Correcting};
use super::super::kept::Kept;
use super::super::sign::Sign;
use super::super::text::{NAME_CHARS_MAX, clean_line};
use super::super::{
    NOT_UNDERSTOOD, Outgoing, PollError, Polled, SendOutcome, asked_to_wait, reason, unsent,
};
use super::{ASKED_KINDS, files, item, keyboard};
use crate::outbound::{ANSWER_BYTES_MAX, Answer, Ask, Fault, Outbound, Post};

/// Updates in one answer.
const BATCH_MAX: usize = 100;
/// A page of updates with long messages.
const BATCH_BYTES_MAX: usize = 16 * 1024 * 1024;

/// Whose calls they are, and where they go.
#[derive(Clone, Copy)]
pub(crate) struct Bot<'a> {
    pub(crate) token: &'a str,
    pub(crate) api_base: &'a str,
}

pub(crate) async fn send(
    outbound: &Outbound,
    kept: &Kept,
    channel: &ChannelId,
    bot: Bot<'_>,
    message: &Outgoing<'_>,
) -> SendOutcome {
    if message.text.trim().is_empty() && message.files.is_empty() {
        return SendOutcome::Sent { external_id: None };
    }
    let mut attachments = match files::attach(outbound, kept, channel, bot, message).await {
        Ok(attachments) => attachments,
        Err(outcome) => return outcome,
    };
    attachments.extend(message.rating.map(keyboard));
    let mut body = json!({ "text": message.text });
    if !attachments.is_empty() {
        body["attachments"] = attachments.into();
    }
    let path = format!("/messages?user_id={}", super::super::url_part(message.chat));
    match bot.post(outbound, &path, &body).await {
        Ok(answer) => sent(&bot.reply(&answer)),
        Err(fault) => unsent(&fault),
    }
}

/// Changes a text and leaves what is attached, or takes a message back.
pub(crate) async fn correct(
    outbound: &Outbound,
    bot: Bot<'_>,
    correcting: &Correcting<'_>,
) -> SendOutcome {
    let id = super::super::url_part(correcting.external_id);
    let url = format!("{}/messages?message_id={id}", bot.api_base);
    let headers = [("content-type", "application/json"), ("authorization", bot.token)];
    let answer = match correcting.correction {
        Correction::Edit { text } => {
            let body = json!({ "text": text }).to_string();
            outbound.put(Post { headers: &headers, ..Post::json(&url, body.as_bytes()) }).await
        }
        Correction::Delete => outbound.delete(Ask::of(&url, &headers[1..])).await,
    };
    let reply = match answer {
        Ok(answer) => bot.reply(&answer),
        Err(fault) => return correcting::unanswered(&fault),
    };
    let is_gone = *correcting.correction == Correction::Delete && reply.status == 404;
    match reply.status {
        200..=299 if reply.body["success"] != false => correcting::done(),
        _ if is_gone => correcting::done(),
        // That is about the message, not about the customer.
        200..=299 | 403 | 404 => SendOutcome::Refused { reason: reply.reason },
        _ => class_of(&reply),
    }
}

fn sent(reply: &Reply) -> SendOutcome {
    if reply.status >= 300 {
        return class_of(reply);
    }
    match super::id(&reply.body["message"]["body"]["mid"]) {
        Some(id) => SendOutcome::Sent { external_id: Some(id) },
        None => SendOutcome::Unknown { reason: NOT_UNDERSTOOD.to_owned() },
    }
}

/// What a call has come to that is not done.
pub(super) fn class_of(reply: &Reply) -> SendOutcome {
    let reason = reply.reason.clone();
    match reply.status {
        401 => SendOutcome::ChannelDead { reason },
        // The customer has stopped the bot, or there is no such dialogue.
        403 | 404 => SendOutcome::Unreachable { reason },
        429 | 500.. => match reply.retry_after {
            Some(wait) => SendOutcome::RetryAfter(wait),
            None => SendOutcome::RetryLater { reason },
        },
        400 if reply.code == "attachment.not.ready" => SendOutcome::RetryLater { reason },
        _ => SendOutcome::Refused { reason },
    }
}

/// Tells the platform where to deliver, with the secret that proves it. Where we ask, a webhook that
/// is set would be in the way: people remove it.
pub(crate) async fn connect(
    outbound: &Outbound,
    bot: Bot<'_>,
    hook: Option<(&str, &str)>,
) -> Result<(), String> {
    let Some((url, secret)) = hook else { return Ok(()) };
    let body = json!({ "url": url, "secret": secret, "update_types": ASKED_KINDS });
    bot.tell(outbound, "/subscriptions", &body).await
}

/// Ends the waiting that the platform shows at a pressed button.
pub(crate) async fn press_taken(
    outbound: &Outbound,
    bot: Bot<'_>,
    press: &str,
) -> Result<(), String> {
    let path = format!("/answers?callback_id={}", super::super::url_part(press));
    bot.tell(outbound, &path, &json!({ "notification": "✓" })).await
}

/// Shows in a dialogue that somebody is writing, or that all was read.
pub(crate) async fn sign(
    outbound: &Outbound,
    bot: Bot<'_>,
    sign: Sign,
    dialogue: &str,
) -> Result<(), String> {
    let action = match sign {
        Sign::Writing => "typing_on",
        Sign::Read => "mark_seen",
    };
    let path = format!("/chats/{}/actions", super::super::url_part(dialogue));
    bot.tell(outbound, &path, &json!({ "action": action })).await
}

/// What the bot is called, if the token is good.
pub(crate) async fn test(outbound: &Outbound, bot: Bot<'_>) -> Result<String, String> {
    let answer = bot.get(outbound, "/me", Duration::ZERO, ANSWER_BYTES_MAX).await;
    let reply = bot.reply(&answer.map_err(|fault| fault.to_string())?);
    let names = [&reply.body["first_name"], &reply.body["name"]];
    let name = names.into_iter().find_map(Value::as_str).unwrap_or_default();
    if reply.status < 300 { Ok(clean_line(name, NAME_CHARS_MAX)) } else { Err(reply.reason) }
}

/// One batch of updates, from the platform's marker on.
pub(crate) async fn poll(
    outbound: &Outbound,
    bot: Bot<'_>,
    offset: Option<i64>,
    wait: Duration,
) -> Result<Polled, PollError> {
    let kinds = ASKED_KINDS.join(",");
    let marker = offset.map_or_else(String::new, |marker| format!("&marker={marker}"));
    let seconds = wait.as_secs();
    let path = format!("/updates?limit={BATCH_MAX}&timeout={seconds}&types={kinds}{marker}");
    let answer = bot.get(outbound, &path, wait, BATCH_BYTES_MAX).await;
    let reply = bot.reply(&answer.map_err(|fault| PollError::of(&fault))?);
    let reason = reply.reason.clone();
    match reply.status {
        200..=299 => match reply.body["updates"].as_array() {
            Some(updates) => Ok(Polled {
                items: updates.iter().map(item).collect(),
                next_offset: reply.body["marker"].as_i64().or(offset),
            }),
            None => Err(PollError::RetryLater { reason: NOT_UNDERSTOOD.to_owned() }),
        },
        401 | 403 => Err(PollError::ChannelDead { reason }),
        409 => Err(PollError::Conflict { reason }),
        _ => Err(match reply.retry_after {
            Some(wait) => PollError::RetryAfter(wait),
            None => PollError::RetryLater { reason },
        }),
    }
}

/// `{code, message}` when it was refused.
pub(super) struct Reply {
    pub(super) status: u16,
    code: String,
    reason: String,
    pub(super) body: Value,
    retry_after: Option<Duration>,
}

impl Bot<'_> {
    /// A call that is done or not.
    async fn tell(self, outbound: &Outbound, path: &str, body: &Value) -> Result<(), String> {
        let answer = self.post(outbound, path, body).await.map_err(|fault| fault.to_string())?;
        let reply = self.reply(&answer);
        let done = reply.status < 300 && reply.body["success"] != false;
        if done { Ok(()) } else { Err(reply.reason) }
    }

    pub(super) async fn post(
        self,
        outbound: &Outbound,
        path: &str,
        body: &Value,
    ) -> Result<Answer, Fault> {
        let (url, body) = (format!("{}{path}", self.api_base), body.to_string());
        let headers = [("content-type", "application/json"), ("authorization", self.token)];
        outbound.post(Post { headers: &headers, ..Post::json(&url, body.as_bytes()) }).await
    }

    async fn get(
        self,
        outbound: &Outbound,
        path: &str,
        patience: Duration,
        answer_bytes_max: usize,
    ) -> Result<Answer, Fault> {
        let url = format!("{}{path}", self.api_base);
        let headers = [("authorization", self.token)];
        outbound.ask(Ask { patience, answer_bytes_max, ..Ask::of(&url, &headers) }).await
    }

    pub(super) fn reply(self, answer: &Answer) -> Reply {
        let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        let given = body["message"].as_str().unwrap_or("no description");
        let words = reason(&given.replace(self.token, "***"));
        Reply {
            status: answer.status,
            code: body["code"].as_str().unwrap_or_default().to_owned(),
            reason: format!("{}: {words}", answer.status),
            retry_after: asked_to_wait(answer),
            body,
        }
    }
}
