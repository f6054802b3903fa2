//! Viber: the messages of a bot.
//!
//! Sources: developers.viber.com (REST Bot API): callbacks, `send_message`, error codes. Every answer of
//! a call has status 200 and says in `status` what came of it. Integers here exceed 53 bits.

use std::time::Duration;

use domain::chat::{CustomerMessage, Inbound, InboundKind};
use domain::entry::{Attachment, DeliveryState};
use domain::line::RatingScale;
use domain::progress::{Progress, ProgressOf};
use serde_json::{Value, json};

use super::form::{Form, Is, Rule, TOKEN, field};
use super::json::{self, Found, file, id, other, words};
use super::proof::{hmac_hex, same};
use super::rating;
use super::text::{NAME_CHARS_MAX, clean_line, split, utf16_units};
use super::{
    HookRequest, Item, NOT_UNDERSTOOD, Outgoing, OutgoingFile, Pace, Rate, Rejected, SendOutcome,
    asked_to_wait, digest, reason, unsent,
};
use crate::outbound::{Outbound, Post};

pub const FORM: Form = Form {
    kind: "viber",
    fields: &[
        field!("token", Is::Secret(TOKEN)),
        field!("sender_name", Is::Text(NAME)),
        field!("api_base", Is::Base("https://chatapi.viber.com/pa")),
    ],
};

/// The platform shows it above each message.
const NAME: Rule = Rule {
    allows: |text| (1..=SENDER_CHARS_MAX).contains(&text.chars().count()),
    words: "1..28 characters",
};

/// Where the platform proves itself.
pub const SIGNATURE_HEADER: &str = "X-Viber-Content-Signature";
/// The platform repeats within an hour.
const DEDUPE_SECONDS: u32 = 48 * 60 * 60;
/// Nothing is documented.
pub(super) const PACE: Pace = Pace {
    chat: Some(Rate { every: Duration::from_secs(1), burst: 5 }),
    channel: Some(Rate { every: Duration::from_millis(100), burst: 10 }),
};
const TEXT_UTF16_MAX: usize = 7_000;
const SENDER_CHARS_MAX: usize = 28;

/// Kinds of event that carry nothing for us; each is counted under its own name.
const IGNORED_KINDS: [&str; 3] = ["webhook", "conversation_started", "action"];

pub(super) fn parts(text: &str) -> Vec<String> {
    split(text, TEXT_UTF16_MAX, utf16_units)
}

/// One event: the body of one delivery.
pub(super) fn parse(token: &str, request: &HookRequest<'_>) -> Result<Vec<Item>, Rejected> {
    let given = (request.header)(SIGNATURE_HEADER).ok_or(Rejected::NotGenuine)?;
    same(&hmac_hex(token, request.body), given)?;
    let original = String::from_utf8_lossy(request.body);
    let Ok(event) = serde_json::from_slice::<Value>(request.body) else {
        let dedupe = digest(request.body);
        return Ok(vec![json::item(dedupe, DEDUPE_SECONDS, Err("malformed"), &original)]);
    };
    let kind = event["event"].as_str().unwrap_or_default();
    let key = id(&event["message_token"]).map(|token| format!("{kind}:{token}"));
    let key = key.unwrap_or_else(|| digest(request.body));
    Ok(vec![json::item(key, DEDUPE_SECONDS, found(&event, kind), &original)])
}

fn found(event: &Value, kind: &str) -> Found {
    match kind {
        "message" => written(event),
        "unsubscribed" => membership(&event["user_id"], "", InboundKind::Blocked),
        "subscribed" => {
            let user = &event["user"];
            let name = user["name"].as_str().unwrap_or_default();
            membership(&user["id"], name, InboundKind::Unblocked)
        }
        "delivered" => got_further(event, DeliveryState::Delivered),
        "seen" => got_further(event, DeliveryState::Read),
        "failed" => {
            let reason = reason(event["desc"].as_str().unwrap_or("no description"));
            got_further(event, DeliveryState::Failed { reason })
        }
        kind => {
            let known = IGNORED_KINDS.into_iter().find(|known| *known == kind);
            Err(known.unwrap_or("unknown_kind"))
        }
    }
}

fn written(event: &Value) -> Found {
    let (sender, message) = (&event["sender"], &event["message"]);
    let chat = id(&sender["id"]).ok_or("no_chat")?;
    let (text, attachments) = content(message);
    let pressed = rating::value_of(&text);
    let what = InboundKind::Message(CustomerMessage {
        external_id: id(&event["message_token"]).map(Into::into),
        text: pressed.map_or(text, |value| value.to_string()),
        attachments,
        sent_at: json::millis(&event["timestamp"]),
        rating: pressed,
        ..CustomerMessage::default()
    });
    let name = clean_line(sender["name"].as_str().unwrap_or_default(), NAME_CHARS_MAX);
    Ok(Inbound { chat: chat.into(), customer_name: name, what, original: None, return_to: None })
}

fn got_further(event: &Value, state: DeliveryState) -> Found {
    let of = ProgressOf::Messages(vec![id(&event["message_token"]).ok_or("no_message")?.into()]);
    membership(&event["user_id"], "", InboundKind::Progress(Progress { of, state }))
}

fn membership(user: &Value, name: &str, what: InboundKind) -> Found {
    let chat = id(user).ok_or("no_chat")?.into();
    let customer_name = clean_line(name, NAME_CHARS_MAX);
    Ok(Inbound { chat, customer_name, what, original: None, return_to: None })
}

fn content(message: &Value) -> (String, Vec<Attachment>) {
    let text = words(&message["text"]).unwrap_or_default().to_owned();
    let media = |what: &str| file(what, &message["file_name"], &message["size"], &message["media"]);
    let attachment = match message["type"].as_str().unwrap_or_default() {
        "text" if !text.is_empty() => None,
        "picture" => Some(media("photo")),
        "video" => Some(media("video")),
        "file" => Some(media("document")),
        "sticker" => Some(Attachment::Sticker { emoji: String::new() }),
        "contact" => Some(Attachment::Contact {
            name: clean_line(message["contact"]["name"].as_str().unwrap_or_default(), 120),
            phone: clean_line(message["contact"]["phone_number"].as_str().unwrap_or_default(), 32),
            own: false,
        }),
        "location" => Some(place(&message["location"])),
        "url" => return (words(&message["media"]).unwrap_or(&text).to_owned(), Vec::new()),
        _ => Some(other("unsupported")),
    };
    (text, attachment.into_iter().collect())
}

fn place(at: &Value) -> Attachment {
    match (at["lat"].as_f64(), at["lon"].as_f64()) {
        (Some(latitude), Some(longitude)) => {
            Attachment::Location { latitude, longitude, title: None }
        }
        (_, _) => other("location"),
    }
}

/// Whose calls they are, and where they go.
#[derive(Clone, Copy)]
pub(super) struct Bot<'a> {
    pub(super) token: &'a str,
    pub(super) api_base: &'a str,
}

pub(super) async fn send(
    outbound: &Outbound,
    bot: Bot<'_>,
    sender_name: &str,
    message: &Outgoing<'_>,
) -> SendOutcome {
    if message.text.trim().is_empty() && message.files.is_empty() {
        return SendOutcome::Sent { external_id: None };
    }
    let shown = message.author.map_or(sender_name, |author| author.name);
    let shown: String = shown.chars().take(SENDER_CHARS_MAX).collect();
    let mut body = json!({
        "receiver": message.chat, "min_api_version": 1, "sender": { "name": shown },
        "tracking_data": format!("{}:{}", message.job, message.part),
        "type": "text", "text": message.text,
    });
    if let Some(file) = message.files.first()
        && let Err(outcome) = put_file(&mut body, file)
    {
        return outcome;
    }
    if let Some(scale) = message.rating {
        body["keyboard"] = keyboard(scale);
    }
    match bot.call(outbound, "send_message", &body).await {
        Ok(answer) => sent(&answer),
        Err(outcome) => outcome,
    }
}

/// The platform fetches it; pictures have a text of their own, which may be empty.
fn put_file(body: &mut Value, file: &OutgoingFile<'_>) -> Result<(), SendOutcome> {
    body["media"] = file.address()?.into();
    if file.family() == Some("image") {
        body["type"] = "picture".into();
    } else {
        body["type"] = "file".into();
        body["size"] = file.file.size_bytes.into();
        body["file_name"] = file.file.name.as_str().into();
    }
    Ok(())
}

/// By the published list of errors.
fn sent(answer: &Answered) -> SendOutcome {
    let reason = answer.reason.clone();
    match answer.status {
        Some(0) => SendOutcome::Sent { external_id: id(&answer.body["message_token"]) },
        Some(2 | 7) => SendOutcome::ChannelDead { reason },
        Some(5 | 6) => SendOutcome::Unreachable { reason },
        Some(12) => SendOutcome::RetryLater { reason },
        Some(_) => SendOutcome::Refused { reason },
        None => SendOutcome::Unknown { reason: NOT_UNDERSTOOD.to_owned() },
    }
}

/// A reply keyboard: whoever presses sends the words behind the button.
fn keyboard(scale: RatingScale) -> Value {
    let columns = match scale {
        RatingScale::Like => 3,
        RatingScale::Stars => 1,
    };
    let button = |(words, value)| {
        json!({
            "Columns": columns, "Rows": 1, "ActionType": "reply", "Silent": true,
            "ActionBody": rating::data_of(value), "Text": words,
        })
    };
    let buttons: Vec<Value> = rating::buttons(scale).into_iter().map(button).collect();
    json!({ "Type": "keyboard", "Buttons": buttons })
}

/// Tells the platform where to deliver. It calls there before it answers.
pub(super) async fn connect(
    outbound: &Outbound,
    bot: Bot<'_>,
    hook: Option<&str>,
) -> Result<(), String> {
    let Some(hook) = hook else { return Ok(()) };
    let kinds = ["subscribed", "unsubscribed", "delivered", "seen", "failed"];
    let body = json!({ "url": hook, "event_types": kinds, "send_name": true, "send_photo": true });
    bot.done(outbound, "set_webhook", &body).await.map(|_| ())
}

/// What the bot is called, if the token is good.
pub(super) async fn test(outbound: &Outbound, bot: Bot<'_>) -> Result<String, String> {
    let body = bot.done(outbound, "get_account_info", &json!({})).await?;
    Ok(clean_line(body["name"].as_str().unwrap_or_default(), NAME_CHARS_MAX))
}

struct Answered {
    /// What the platform says came of it; none: nothing that is understood.
    status: Option<i64>,
    reason: String,
    body: Value,
}

impl Bot<'_> {
    /// A call that is done or not.
    async fn done(self, outbound: &Outbound, method: &str, body: &Value) -> Result<Value, String> {
        match self.call(outbound, method, body).await {
            Ok(answer) if answer.status == Some(0) => Ok(answer.body),
            Ok(answer) => Err(answer.reason),
            Err(outcome) => Err(outcome.into_reason()),
        }
    }

    async fn call(
        self,
        outbound: &Outbound,
        method: &str,
        body: &Value,
    ) -> Result<Answered, SendOutcome> {
        let (url, body) = (format!("{}/{method}", self.api_base), body.to_string());
        let headers = [("content-type", "application/json"), ("x-viber-auth-token", self.token)];
        let post = Post {
            headers: &headers,
            patience: Duration::ZERO,
            ..Post::json(&url, body.as_bytes())
        };
        let answer = outbound.post(post).await.map_err(|fault| unsent(&fault))?;
        if let Some(wait) = asked_to_wait(&answer) {
            return Err(SendOutcome::RetryAfter(wait));
        }
        if answer.status == 429 || answer.status >= 500 {
            let reason = format!("answered with status {}", answer.status);
            return Err(SendOutcome::RetryLater { reason });
        }
        let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        let status = body["status"].as_i64();
        let given = body["status_message"].as_str().unwrap_or("no description");
        let words = reason(&given.replace(self.token, "***"));
        let reason = format!("{}: {words}", status.unwrap_or(answer.status.into()));
        Ok(Answered { status, reason, body })
    }
}
