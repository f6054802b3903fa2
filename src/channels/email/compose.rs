//! A letter of ours.

use std::time::SystemTime;

use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Attachment, Mailbox, MultiPart, SinglePart};
use lettre::{Address, Message};
use serde::Deserialize;

use super::super::text::clean_line;
use super::super::{Outgoing, SendOutcome};
use super::{Account, thread};

const SUBJECT_CHARS_MAX: usize = 300;
const SENDER_CHARS_MAX: usize = 200;

/// A letter that is ready to be sent.
pub(super) struct Composed {
    /// Without the angle brackets.
    pub(super) id: String,
    pub(super) from: Address,
    pub(super) to: Address,
    pub(super) bytes: Vec<u8>,
}

/// Where the customer's last letter stands, as `letter` noted it.
#[derive(Default, Deserialize)]
struct WayBack {
    #[serde(default)]
    subject: String,
    id: Option<String>,
    #[serde(default)]
    references: Vec<String>,
}

/// An error is what the attempt has come to.
pub(super) async fn letter(
    account: Account<'_>,
    message: &Outgoing<'_>,
) -> Result<Composed, SendOutcome> {
    let from: Address = parsed(account.address)?;
    let to: Address = parsed(message.chat)?;
    let back = message.return_to.and_then(|noted| serde_json::from_str(noted).ok());
    let back: WayBack = back.unwrap_or_default();
    let id = thread::id_of(account.secret, account.host(), message);
    let sender = match message.author {
        Some(author) => format!("{}, {}", author.name, account.sender_name),
        None => account.sender_name.to_owned(),
    };
    let mut builder = Message::builder()
        .from(Mailbox::new(Some(clean_line(&sender, SENDER_CHARS_MAX)), from.clone()))
        .to(Mailbox::new(None, to.clone()))
        .date(SystemTime::from(message.written_at))
        .message_id(Some(format!("<{id}>")))
        .subject(subject(account, &back));
    if let Some(answered) = &back.id {
        let references = back.references.iter().chain([answered]).map(|id| format!("<{id}>"));
        let references: Vec<String> = references.collect();
        builder = builder.in_reply_to(format!("<{answered}>")).references(references.join(" "));
    }
    if !message.by_operator {
        for (name, value) in [
            (HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-replied"),
            (HeaderName::new_from_ascii_str("X-Auto-Response-Suppress"), "All"),
        ] {
            builder = builder.raw_header(HeaderValue::new(name, value.to_owned()));
        }
    }
    let text = SinglePart::plain(message.text.to_owned());
    let composed = if message.files.is_empty() {
        builder.singlepart(text)
    } else {
        let mut parts = MultiPart::mixed().singlepart(text);
        for file in message.files {
            let kind = ContentType::parse(&file.file.media_type);
            let kind = kind.map_err(|error| refused(&error.to_string()))?;
            let content = file.read().await?.to_vec();
            parts = parts.singlepart(Attachment::new(file.file.name.clone()).body(content, kind));
        }
        builder.multipart(parts)
    };
    let composed = composed.map_err(|error| refused(&error.to_string()))?;
    Ok(Composed { id, from, to, bytes: composed.formatted() })
}

fn parsed(address: &str) -> Result<Address, SendOutcome> {
    address.parse().map_err(|_| refused("not an e-mail address"))
}

fn refused(reason: &str) -> SendOutcome {
    SendOutcome::Refused { reason: reason.to_owned() }
}

/// That of the thread, once marked as an answer.
fn subject(account: Account<'_>, back: &WayBack) -> String {
    let subject = clean_line(&back.subject, SUBJECT_CHARS_MAX);
    let is_marked = subject.get(..3).is_some_and(|mark| mark.eq_ignore_ascii_case("re:"));
    match (subject.is_empty(), is_marked) {
        (true, _) => account.sender_name.to_owned(),
        (false, true) => subject,
        (false, false) => format!("Re: {subject}"),
    }
}
