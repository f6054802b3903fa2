//! Skype, Teams, Web Chat and whatever else speaks the protocol of the Bot Framework.
//!
//! Sources: the activity specification (microsoft/botframework-sdk) and the REST pages of
//! MicrosoftDocs/bot-docs: authentication, connector API. `channelId` is data here: what the platform
//! behind it can do is not known. Activities may be lost for good when they are refused, as most
//! platforms do not repeat.

mod activity;
mod api;
pub mod keys;
mod proof;

use std::time::Duration;

use super::form::{ACCOUNT, Form, Is, Rule, TOKEN, field};
use super::json::{self, id};
use super::text::{split, utf16_units};
use super::{
    Acknowledgement, AnswerBody, HookRequest, Item, Meaning, Pace, Rate, Rejected, digest,
};

pub(super) use api::{Bot, correct, locate, send, test, writing};
pub(super) use proof::key_id;

pub const FORM: Form = Form {
    kind: "botframework",
    fields: &[
        field!("app_id", Is::Text(ACCOUNT)),
        field!("app_password", Is::Secret(TOKEN)),
        field!("tenant", Is::TextOr("botframework.com", HOST)),
        field!(
            "openid_metadata_url",
            Is::Base("https://login.botframework.com/v1/.well-known/openidconfiguration")
        ),
        field!("issuer", Is::TextOr("https://api.botframework.com", ISSUER)),
        field!("login_base", Is::Base("https://login.microsoftonline.com")),
        field!(
            "service_hosts",
            Is::TextOr("smba.trafficmanager.net *.botframework.com *.skype.com", HOSTS)
        ),
    ],
};

const HOST: Rule = Rule { allows: is_host, words: "a name or an id, without slashes" };
const ISSUER: Rule = Rule {
    allows: |text| (1..=256).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic()),
    words: "1..256 printable characters",
};
const HOSTS: Rule = Rule {
    allows: |text| {
        let hosts = text.split(' ');
        (1..=1_000).contains(&text.len())
            && hosts.clone().all(|host| is_host(host.strip_prefix("*.").unwrap_or(host)))
    },
    words: "names of hosts with a space between them; `*.` begins a name of many",
};

/// Two days; most platforms never repeat.
const DEDUPE_SECONDS: u32 = 48 * 60 * 60;
/// Seven a second in a chat and 1,800 an hour, as Teams has it, and fifty a second of a bot.
pub(super) const PACE: Pace = Pace {
    chat: Some(Rate { every: Duration::from_secs(2), burst: 7 }),
    channel: Some(Rate { every: Duration::from_millis(20), burst: 50 }),
};
/// About 28 KB are a message of Teams; in letters of four bytes it is less.
const TEXT_UTF16_MAX: usize = 7_000;

fn is_host(text: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b':');
    (1..=255).contains(&text.len()) && text.bytes().all(plain)
}

pub(super) fn parts(text: &str) -> Vec<String> {
    split(text, TEXT_UTF16_MAX, utf16_units)
}

/// One activity: the body of one delivery.
pub(super) fn parse(
    app_id: &str,
    issuer: &str,
    service_hosts: &str,
    request: &HookRequest<'_>,
) -> Result<Vec<Item>, Rejected> {
    let activity = proof::verify(app_id, issuer, request)?;
    let original = activity.to_string();
    let key = key_of(&activity).unwrap_or_else(|| digest(original.as_bytes()));
    let address = activity["serviceUrl"].as_str().unwrap_or_default();
    let is_allowed = proof::is_allowed(service_hosts, address);
    if let Some(chat) = activity::written_just_now(&activity).filter(|_| is_allowed) {
        return Ok(vec![json::writing(key, DEDUPE_SECONDS, chat)]);
    }
    let found =
        if is_allowed { activity::found(&activity, address) } else { Err("foreign_service_url") };
    Ok(vec![json::item(key, DEDUPE_SECONDS, found, &original)])
}

/// A message has an id within its conversation; an edit repeats that of its message.
fn key_of(activity: &serde_json::Value) -> Option<String> {
    let own = id(&activity["id"]).filter(|_| activity["type"] == "message")?;
    let place = [&activity["channelId"], &activity["conversation"]["id"]].map(id);
    let place = place.map(Option::unwrap_or_default).join(":");
    Some(digest(format!("{place}:{own}").as_bytes()))
}

/// An invoke wants a body of its own; nothing of the request stands in it.
pub(super) fn acknowledge(items: &[Item]) -> Acknowledgement {
    let invoked = items.iter().any(|item| item.meaning == Meaning::Ignored("invoke"));
    let body = if invoked {
        AnswerBody::Json(r#"{"status":200}"#.to_owned())
    } else {
        AnswerBody::Nothing
    };
    Acknowledgement { status: 200, body }
}
