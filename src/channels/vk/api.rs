//! Calls of VK's API, and what their answers mean.
//!
//! Every call is a form by POST with the token in its body: nothing secret stands in an address.
//! Errors come with status 200.

use std::time::Duration;

use domain::entry::Correction;
use domain::id::ChannelId;
use serde_json::Value;
use sha2::{Digest, Sha256};
use url::form_urlencoded::Serializer;

use super::super::correcting::Correcting;
use super::super::kept::{Kept, LongPoll};
use super::super::sign::Sign;
use super::super::text::{NAME_CHARS_MAX, clean_line};
use super::super::{
    NOT_UNDERSTOOD, Outgoing, PollError, Polled, SendOutcome, asked_to_wait, reason, unsent,
};
use super::{files, item, rating};
use crate::outbound::{ANSWER_BYTES_MAX, Ask, Fault, Outbound, Post};

/// The version whose shapes are read and written here.
const VERSION: &str = "5.199";
/// A page of updates with long messages.
const BATCH_BYTES_MAX: usize = 16 * 1024 * 1024;
/// The platform counts floods over minutes, other quotas over hours.
const FLOOD_PAUSE: Duration = Duration::from_mins(1);
const QUOTA_PAUSE: Duration = Duration::from_hours(1);

/// Whose calls they are, and where they go.
#[derive(Clone, Copy)]
pub(crate) struct Community<'a> {
    pub(crate) group_id: &'a str,
    pub(crate) token: &'a str,
    pub(crate) api_base: &'a str,
}

/// Why a call was not done.
pub(super) enum Failed {
    Fault(Fault),
    /// Asked to wait by what stands before the platform.
    Wait(Duration),
    /// The platform's number and words.
    Error {
        code: i64,
        reason: String,
    },
    NotUnderstood,
}

/// A repeat of the same part is recognised by its random id.
pub(crate) async fn send(
    outbound: &Outbound,
    kept: &Kept,
    channel: &ChannelId,
    community: Community<'_>,
    message: &Outgoing<'_>,
) -> SendOutcome {
    if message.text.trim().is_empty() && message.files.is_empty() {
        return SendOutcome::Sent { external_id: None };
    }
    let attached = match files::attach(outbound, kept, channel, community, message).await {
        Ok(attached) => attached,
        Err(outcome) => return outcome,
    };
    let random_id = random_id(message).to_string();
    let keyboard = message.rating.map(|scale| rating::keyboard(scale).to_string());
    let mark = rating::mark();
    let mut fields = vec![
        ("peer_id", message.chat),
        ("message", message.text),
        ("random_id", &random_id),
        ("payload", &mark),
    ];
    if !attached.is_empty() {
        fields.push(("attachment", &attached));
    }
    let plain = fields.clone();
    fields.extend(keyboard.as_deref().map(|keyboard| ("keyboard", keyboard)));
    let first = community.call(outbound, "messages.send", &fields).await;
    let refuses_keyboard = matches!(&first, Err(Failed::Error { code: 911 | 912, .. }));
    if refuses_keyboard && keyboard.is_some() {
        return sent(community.call(outbound, "messages.send", &plain).await);
    }
    sent(first)
}

/// Changes a text, or takes a message back for both sides.
pub(crate) async fn correct(
    outbound: &Outbound,
    community: Community<'_>,
    correcting: &Correcting<'_>,
) -> SendOutcome {
    let (peer, id) = (("peer_id", correcting.chat), correcting.external_id);
    let answered = match correcting.correction {
        Correction::Edit { text } => {
            let fields = [peer, ("message_id", id), ("message", text)];
            community.call(outbound, "messages.edit", &fields).await
        }
        Correction::Delete => {
            let fields = [peer, ("message_ids", id), ("delete_for_all", "1")];
            community.call(outbound, "messages.delete", &fields).await
        }
    };
    // Of each message it says whether it was deleted.
    if answered.as_ref().is_ok_and(|deleted| deleted[id] == 0) {
        let reason = "the platform did not delete the message".to_owned();
        return SendOutcome::Refused { reason };
    }
    sent(answered)
}

fn sent(answered: Result<Value, Failed>) -> SendOutcome {
    match answered {
        Ok(Value::Array(list)) => {
            let external_id = list.first().and_then(|one| super::id(&one["message_id"]));
            SendOutcome::Sent { external_id }
        }
        Ok(response) => SendOutcome::Sent { external_id: super::id(&response) },
        // What has arrived already is not sent twice: the random id is the same.
        Err(Failed::NotUnderstood) => SendOutcome::RetryLater { reason: NOT_UNDERSTOOD.to_owned() },
        Err(Failed::Fault(Fault::PerhapsSent(why))) => {
            SendOutcome::RetryLater { reason: Fault::PerhapsSent(why).to_string() }
        }
        Err(Failed::Fault(fault)) => unsent(&fault),
        Err(Failed::Wait(wait)) => SendOutcome::RetryAfter(wait),
        Err(Failed::Error { code, reason }) => class_of(code, reason),
    }
}

/// By the published list of errors.
pub(super) fn class_of(code: i64, reason: String) -> SendOutcome {
    match code {
        9 => SendOutcome::RetryAfter(FLOOD_PAUSE),
        29 => SendOutcome::RetryAfter(QUOTA_PAUSE),
        // 14 and 17 want a person at a browser: worth another try, and shown to the administrator.
        1 | 6 | 10 | 14 | 17 | 36 | 950 => SendOutcome::RetryLater { reason },
        5 | 7 | 15 | 27 | 28 | 203 => SendOutcome::ChannelDead { reason },
        18 | 900 | 901 | 902 | 917 | 927 | 932 | 936 | 945 | 946 => {
            SendOutcome::Unreachable { reason }
        }
        _ => SendOutcome::Refused { reason },
    }
}

/// The same at each attempt at one part, and no other part's: 31 bits of a hash.
fn random_id(message: &Outgoing<'_>) -> u32 {
    let hash = Sha256::digest(format!("{}:{}", message.job, message.part));
    let bits = u32::from_be_bytes([hash[0], hash[1], hash[2], hash[3]]) >> 1;
    // 0 switches the recognition off.
    bits.max(1)
}

/// Switches on what we ask for, where we ask. The Callback API is set up by people in VK.
pub(crate) async fn connect(
    outbound: &Outbound,
    community: Community<'_>,
    polling: bool,
) -> Result<(), String> {
    if !polling {
        return Ok(());
    }
    let wanted = [
        "message_new",
        "message_reply",
        "message_edit",
        "message_read",
        "message_typing_state",
        "message_allow",
        "message_deny",
    ];
    let mut fields =
        vec![("group_id", community.group_id), ("enabled", "1"), ("api_version", VERSION)];
    fields.extend(wanted.map(|kind| (kind, "1")));
    let set = community.call(outbound, "groups.setLongPollSettings", &fields).await;
    set.map(|_| ()).map_err(Failed::words)
}

/// Shows for ten seconds that somebody is writing, or that all was read.
pub(crate) async fn sign(
    outbound: &Outbound,
    community: Community<'_>,
    sign: Sign,
    peer: &str,
) -> Result<(), String> {
    let to = [("peer_id", peer), ("group_id", community.group_id)];
    let done = match sign {
        Sign::Writing => {
            let fields = [to[0], to[1], ("type", "typing")];
            community.call(outbound, "messages.setActivity", &fields).await
        }
        Sign::Read => community.call(outbound, "messages.markAsRead", &to).await,
    };
    done.map(|_| ()).map_err(Failed::words)
}

/// The community's name, if token and id are good.
pub(crate) async fn test(outbound: &Outbound, community: Community<'_>) -> Result<String, String> {
    let fields = [("group_id", community.group_id)];
    let answer =
        community.call(outbound, "groups.getById", &fields).await.map_err(Failed::words)?;
    let group = if answer["groups"].is_array() { &answer["groups"][0] } else { &answer[0] };
    Ok(clean_line(group["name"].as_str().unwrap_or_default(), NAME_CHARS_MAX))
}

/// First and last name of a customer; none: the platform does not say it.
pub(crate) async fn name_of(
    outbound: &Outbound,
    community: Community<'_>,
    customer: &str,
) -> Option<String> {
    let fields = [("user_ids", customer)];
    let answer = community.call(outbound, "users.get", &fields).await.ok()?;
    let part = |field: &str| answer[0][field].as_str().unwrap_or_default().to_owned();
    let name = format!("{} {}", part("first_name"), part("last_name"));
    Some(clean_line(&name, NAME_CHARS_MAX)).filter(|name| !name.is_empty())
}

/// One batch of events. The offset is the platform's `ts`; key and address are kept beside it.
pub(crate) async fn poll(
    outbound: &Outbound,
    kept: &Kept,
    channel: &ChannelId,
    community: Community<'_>,
    offset: Option<i64>,
    wait: Duration,
) -> Result<Polled, PollError> {
    let known = kept.long_poll(channel);
    let (place, ts) = match (known, offset) {
        (Some(place), Some(ts)) => (place, ts),
        (None | Some(_), offset) => {
            let (place, newest) = ask_place(outbound, community).await?;
            kept.keep_long_poll(channel, Some(place.clone()));
            // Whoever asks for the first time keeps the place before he asks on.
            let Some(ts) = offset else {
                return Ok(Polled { items: Vec::new(), next_offset: Some(newest) });
            };
            (place, ts)
        }
    };
    let query = Serializer::new(String::new())
        .append_pair("act", "a_check")
        .append_pair("key", &place.key)
        .append_pair("ts", &ts.to_string())
        .append_pair("wait", &wait.as_secs().to_string())
        .finish();
    let url = format!("{}?{query}", place.server);
    let ask = Ask { patience: wait, answer_bytes_max: BATCH_BYTES_MAX, ..Ask::of(&url, &[]) };
    let answer = outbound.ask(ask).await.map_err(|fault| PollError::of(&fault))?;
    let answer: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    let next_offset = number(&answer["ts"]);
    match answer["failed"].as_i64() {
        // Some events are lost to us: the platform keeps a part of its history only.
        Some(1) => Ok(Polled { items: Vec::new(), next_offset: next_offset.or(Some(ts)) }),
        // The key is over; the place holds.
        Some(2) => {
            kept.keep_long_poll(channel, None);
            Ok(Polled { items: Vec::new(), next_offset: Some(ts) })
        }
        // Both are lost, and what happened meanwhile: it begins anew.
        Some(_) => {
            let (place, ts) = ask_place(outbound, community).await?;
            kept.keep_long_poll(channel, Some(place));
            Ok(Polled { items: Vec::new(), next_offset: Some(ts) })
        }
        None => match answer["updates"].as_array() {
            Some(updates) if next_offset.is_some() => {
                Ok(Polled { items: updates.iter().map(item).collect(), next_offset })
            }
            Some(_) | None => {
                kept.keep_long_poll(channel, None);
                let reason = NOT_UNDERSTOOD.to_owned();
                Err(PollError::RetryLater { reason })
            }
        },
    }
}

async fn ask_place(
    outbound: &Outbound,
    community: Community<'_>,
) -> Result<(LongPoll, i64), PollError> {
    let fields = [("group_id", community.group_id)];
    let answer = community.call(outbound, "groups.getLongPollServer", &fields).await;
    let answer = answer.map_err(|failed| match failed {
        Failed::Fault(fault) => PollError::of(&fault),
        Failed::Wait(wait) => PollError::RetryAfter(wait),
        Failed::Error { code, reason } => match class_of(code, reason) {
            SendOutcome::RetryAfter(pause) => PollError::RetryAfter(pause),
            SendOutcome::ChannelDead { reason } => PollError::ChannelDead { reason },
            SendOutcome::Sent { .. } | SendOutcome::Migrated { .. } => {
                PollError::RetryLater { reason: String::new() }
            }
            SendOutcome::RetryLater { reason }
            | SendOutcome::RetryIn { reason, .. }
            | SendOutcome::Unreachable { reason }
            | SendOutcome::Refused { reason }
            | SendOutcome::Unknown { reason } => PollError::RetryLater { reason },
        },
        Failed::NotUnderstood => PollError::RetryLater { reason: NOT_UNDERSTOOD.to_owned() },
    })?;
    let text = |field: &str| answer[field].as_str().map(str::to_owned);
    let place = text("server").zip(text("key")).zip(number(&answer["ts"]));
    let Some(((server, key), ts)) = place else {
        return Err(PollError::RetryLater { reason: NOT_UNDERSTOOD.to_owned() });
    };
    Ok((LongPoll { server, key }, ts))
}

/// `ts` is a text in most answers and a number in some.
fn number(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_str()?.parse().ok())
}

impl Community<'_> {
    /// What stands in `response`.
    pub(super) async fn call(
        self,
        outbound: &Outbound,
        method: &str,
        fields: &[(&str, &str)],
    ) -> Result<Value, Failed> {
        let url = format!("{}/method/{method}", self.api_base);
        let body = Serializer::new(String::new())
            .extend_pairs(fields)
            .append_pair("access_token", self.token)
            .append_pair("v", VERSION)
            .finish();
        let post = Post {
            url: &url,
            headers: &[("content-type", "application/x-www-form-urlencoded")],
            body: body.as_bytes(),
            patience: Duration::ZERO,
            answer_bytes_max: ANSWER_BYTES_MAX,
        };
        let answer = outbound.post(post).await.map_err(Failed::Fault)?;
        if let Some(wait) = asked_to_wait(&answer) {
            return Err(Failed::Wait(wait));
        }
        let mut body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        if let Some(code) = body["error"]["error_code"].as_i64() {
            let given = body["error"]["error_msg"].as_str().unwrap_or("no description");
            let words = reason(&given.replace(self.token, "***"));
            return Err(Failed::Error { code, reason: format!("{code}: {words}") });
        }
        match body.get_mut("response").map(Value::take) {
            Some(response) if answer.status < 300 => Ok(response),
            Some(_) | None if answer.status >= 500 => {
                let reason = format!("answered with status {}", answer.status);
                Err(Failed::Error { code: 10, reason })
            }
            Some(_) | None => Err(Failed::NotUnderstood),
        }
    }
}

impl Failed {
    fn words(self) -> String {
        match self {
            Self::Fault(fault) => fault.to_string(),
            Self::Wait(wait) => SendOutcome::RetryAfter(wait).into_reason(),
            Self::Error { reason, .. } => reason,
            Self::NotUnderstood => NOT_UNDERSTOOD.to_owned(),
        }
    }
}
