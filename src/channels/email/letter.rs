//! What a letter says: from whom, in which thread, which words and files.
//!
//! Sources: RFC 5322 (letters), RFC 3834 (automatic answers), RFC 2076 (`Precedence`), Microsoft's
//! [MS-OXCMAIL] (`X-Auto-Response-Suppress`). Text made of HTML loads nothing from anywhere.

use bytes::Bytes;
use domain::chat::{CustomerMessage, EmailOfWriter, Inbound, InboundKind};
use domain::customer::Standing;
use domain::entry::Attachment;
use domain::file::{FileCopy, FileProblem};
use domain::id::ConversationId;
use domain::progress::{Progress, ProgressOf};
use jiff::Timestamp;
use lettre::Address;
use mail_parser::{
    Addr, HeaderName, Message, MessageParser, MessagePart, MimeHeaders as _, PartType,
};
use serde_json::json;

use super::super::text::{NAME_CHARS_MAX, clean_line};
use super::super::{Item, Meaning, digest};
use super::{bounce, head, page, quotes, thread};

/// Known again for so long: mailboxes are moved, and their letters get other numbers.
const DEDUPE_SECONDS: u32 = 14 * 24 * 60 * 60;
/// More of a letter's text is not shown.
const TEXT_CHARS_MAX: usize = 20_000;
const SUBJECT_CHARS_MAX: usize = 300;
const FILE_NAME_CHARS_MAX: usize = 255;
/// Texts of a letter that has several.
const TEXTS_MAX: usize = 10;
/// Files of a letter that are named at all.
const FILES_MAX: usize = 50;
/// Ids of the thread that are looked at, and given back.
const REFERENCES_MAX: usize = 50;
const REFERENCES_KEPT: usize = 10;
const ID_BYTES_MAX: usize = 500;
const HEAD_BYTES_MAX: usize = 256 * 1024;

/// A letter that came in.
#[derive(Clone, Debug, PartialEq)]
pub struct Letter {
    /// In the chat of its sender.
    pub inbound: Inbound,
    /// It answers something that was written there: it belongs into that chat, whoever sent it.
    pub answers: Option<ConversationId>,
    /// To be kept before the letter is taken.
    pub files: Vec<LetterFile>,
}

/// A file that came with a letter.
#[derive(Clone, Debug, PartialEq)]
pub struct LetterFile {
    /// Which of the message's attachments.
    pub attachment: usize,
    pub content: Bytes,
}

/// Whose letters are read.
#[derive(Clone, Debug)]
pub(super) struct Mailbox {
    pub(super) address: String,
    pub(super) secret: String,
}

/// How much of a letter there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Extent {
    Whole,
    /// It is too large, and this is its beginning: its files are not all there.
    Beginning,
}

/// What a letter means. `raw`: its bytes.
pub(super) fn read(mailbox: &Mailbox, raw: &[u8], extent: Extent) -> Item {
    let head = head_of(raw);
    if head.len() > HEAD_BYTES_MAX {
        return item(digest(head), Meaning::Ignored("malformed"));
    }
    let mended = head::mended(raw, head.len());
    let Some(message) = MessageParser::default().parse(&*mended) else {
        return item(digest(raw), Meaning::Ignored("malformed"));
    };
    let id = message.message_id().filter(|id| (1..=ID_BYTES_MAX).contains(&id.len()));
    let dedupe = id.map_or_else(|| digest(head), |id| format!("letter:{id}"));
    let meaning = match came_back(mailbox, &message) {
        Some(letter) => Ok(letter),
        None => letter(mailbox, &message, id, extent),
    };
    let meaning = match meaning {
        Ok(letter) => Meaning::Letter(Box::new(letter)),
        Err(word) => Meaning::Ignored(word),
    };
    item(dedupe, meaning)
}

fn item(dedupe: String, meaning: Meaning) -> Item {
    Item { dedupe, dedupe_seconds: DEDUPE_SECONDS, account: None, meaning }
}

fn head_of(raw: &[u8]) -> &[u8] {
    let ends = raw
        .windows(2)
        .enumerate()
        .find(|(at, two)| *two == b"\n\n" || (*two == b"\n\r" && raw.get(at + 2) == Some(&b'\n')));
    ends.map_or(raw, |(at, _)| &raw[..at])
}

/// A letter of ours that could not be delivered. Whoever reports it is in no chat of ours.
fn came_back(mailbox: &Mailbox, message: &Message<'_>) -> Option<Letter> {
    let (mark, state) = bounce::read(&mailbox.secret, message)?;
    let conversation = mark.conversation.clone();
    let inbound = Inbound {
        chat: mailbox.address.as_str().into(),
        customer_name: String::new(),
        what: InboundKind::Progress(Progress { of: ProgressOf::Marked(mark), state }),
        original: None,
        return_to: None,
    };
    Some(Letter { inbound, answers: Some(conversation), files: Vec::new() })
}

fn letter(
    mailbox: &Mailbox,
    message: &Message<'_>,
    id: Option<&str>,
    extent: Extent,
) -> Result<Letter, &'static str> {
    let (sender, name) = sender(mailbox, message)?;
    let thread = ids_of(message);
    let answers = thread.iter().find_map(|id| thread::read(&mailbox.secret, id));
    // "I am away until Monday" is worth knowing for whoever has written to him.
    let automatic = match (written_by_machine(message), &answers) {
        (Some(word), None) => return Err(word),
        (Some(_), Some(_)) => true,
        (None, _) => false,
    };
    let (attachments, files) = files(message, extent);
    let whole = text(message);
    let own = quotes::own_words(&whole);
    let subject = clean_line(message.subject().unwrap_or_default(), SUBJECT_CHARS_MAX);
    let shown = match &answers {
        Some(_) => own.trim().to_owned(),
        // The first words of a thread are often those of its subject.
        None => [&*subject, own.trim()].join("\n\n").trim().to_owned(),
    };
    let cut = own.len() < whole.len();
    let original = cut.then(|| json!({ "subject": subject, "text": cut_to(&whole) }).to_string());
    let reply_to = thread.first().map(|id| (*id).into());
    let message = CustomerMessage {
        external_id: id.map(Into::into),
        text: cut_to(&shown).to_owned(),
        attachments,
        reply_to,
        sent_at: message.date().and_then(|at| Timestamp::from_second(at.to_timestamp()).ok()),
        automatic,
        email: Some(EmailOfWriter { address: sender.as_str().into(), standing: Standing::Claimed }),
        ..CustomerMessage::default()
    };
    let inbound = Inbound {
        chat: sender.into(),
        customer_name: name,
        what: InboundKind::Message(message),
        original: original.map(Into::into),
        return_to: Some(way_back(&subject, id, &thread).into()),
    };
    Ok(Letter { inbound, answers: answers.map(|mark| mark.conversation), files })
}

/// Who is to be answered: his address in small letters, and what he calls himself.
fn sender(mailbox: &Mailbox, message: &Message<'_>) -> Result<(String, String), &'static str> {
    let from = message.from().and_then(|from| from.first());
    let own = |address: &str| address.eq_ignore_ascii_case(&mailbox.address);
    let (from_address, from_name) = from.and_then(known).ok_or("no_sender")?;
    if own(&from_address) {
        return Err("own_address");
    }
    let reply_to = message.reply_to().and_then(|given| given.first()).and_then(known);
    let (address, name) = match reply_to.filter(|(address, _)| !own(address)) {
        Some((address, name)) if name.is_empty() => (address, from_name),
        Some(given) => given,
        None => (from_address, from_name),
    };
    let name = if name.is_empty() { address.clone() } else { name };
    Ok((address, name))
}

fn known(addr: &Addr<'_>) -> Option<(String, String)> {
    let address: Address = addr.address.as_deref()?.trim().to_lowercase().parse().ok()?;
    let name = clean_line(addr.name.as_deref().unwrap_or_default(), NAME_CHARS_MAX);
    Some((address.to_string(), name))
}

/// The word for a letter that nobody wrote: to answer it may go on for ever.
fn written_by_machine(message: &Message<'_>) -> Option<&'static str> {
    let field = |name: &'static str| {
        let value = message.header_raw(name).unwrap_or_default();
        value.split([';', ',']).next().unwrap_or_default().trim().to_ascii_lowercase()
    };
    let sent_by = message.header_raw(HeaderName::ReturnPath).unwrap_or_default();
    if sent_by.trim() == "<>" {
        return Some("null_sender");
    }
    if !matches!(&*field("Auto-Submitted"), "" | "no") {
        return Some("auto_submitted");
    }
    if matches!(&*field("Precedence"), "bulk" | "junk" | "list") {
        return Some("precedence");
    }
    let suppressed = field("X-Auto-Response-Suppress");
    (!matches!(&*suppressed, "" | "none")).then_some("auto_response_suppress")
}

/// What it answers, the nearest first.
fn ids_of<'a>(message: &'a Message<'_>) -> Vec<&'a str> {
    let ids = |value: &'a mail_parser::HeaderValue<'_>| -> Vec<&'a str> {
        match (value.as_text_list(), value.as_text()) {
            (Some(list), _) => list.iter().map(|id| &**id).collect(),
            (None, one) => one.into_iter().collect(),
        }
    };
    let (answered, before) = (ids(message.in_reply_to()), ids(message.references()));
    let all = answered.into_iter().chain(before.into_iter().rev());
    let mut found: Vec<&str> = Vec::new();
    for id in all.filter(|id| (1..=ID_BYTES_MAX).contains(&id.len())).take(REFERENCES_MAX) {
        if !found.contains(&id) {
            found.push(id);
        }
    }
    found
}

/// What an answer needs to stand in the same thread.
fn way_back(subject: &str, id: Option<&str>, thread: &[&str]) -> String {
    let kept = thread.iter().take(REFERENCES_KEPT).rev().collect::<Vec<_>>();
    json!({ "subject": subject, "id": id, "references": kept }).to_string()
}

fn text(message: &Message<'_>) -> String {
    let texts: Vec<String> = message.text_bodies().take(TEXTS_MAX).map(text_of).collect();
    let texts: Vec<&str> = texts.iter().map(|text| text.trim()).filter(|t| !t.is_empty()).collect();
    texts.join("\n\n").chars().filter(|c| *c != '\r' && *c != '\0').collect()
}

fn text_of(part: &MessagePart<'_>) -> String {
    match &part.body {
        PartType::Text(text) => text.to_string(),
        PartType::Html(page) => page::words_of(page),
        PartType::Binary(_)
        | PartType::InlineBinary(_)
        | PartType::Message(_)
        | PartType::Multipart(_) => String::new(),
    }
}

fn cut_to(text: &str) -> &str {
    text.char_indices().nth(TEXT_CHARS_MAX).map_or(text, |(at, _)| &text[..at])
}

fn files(message: &Message<'_>, extent: Extent) -> (Vec<Attachment>, Vec<LetterFile>) {
    let (mut attachments, mut files) = (Vec::new(), Vec::new());
    for part in message.attachments().take(FILES_MAX) {
        let content = match &part.body {
            PartType::Message(inner) => inner.raw_message(),
            PartType::Text(_)
            | PartType::Html(_)
            | PartType::Binary(_)
            | PartType::InlineBinary(_)
            | PartType::Multipart(_) => part.contents(),
        };
        let copy = match extent {
            Extent::Whole => {
                let content = Bytes::copy_from_slice(content);
                files.push(LetterFile { attachment: attachments.len(), content });
                None
            }
            Extent::Beginning => Some(FileCopy::Missing { why: FileProblem::TooLarge }),
        };
        let name = part.attachment_name().map(|name| clean_line(name, FILE_NAME_CHARS_MAX));
        attachments.push(Attachment::File {
            what: what_of(part).to_owned(),
            name: name.filter(|name| !name.is_empty()),
            size_bytes: (extent == Extent::Whole).then_some(content.len() as u64),
            external_id: None,
            copy,
        });
    }
    (attachments, files)
}

fn what_of(part: &MessagePart<'_>) -> &'static str {
    match part.content_type().map(|of| of.ctype().to_ascii_lowercase()).as_deref() {
        Some("image") => domain::file::PHOTO,
        Some("video") => "video",
        Some("audio") => "audio",
        Some(_) | None => "document",
    }
}
