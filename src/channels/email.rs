//! E-mail: letters that come into a mailbox, and ours by its server for outgoing ones.
//!
//! Sources: RFC 5322 (letters), RFC 9051 and 2177 (IMAP, `IDLE`), RFC 5321 and 3207 (SMTP,
//! `STARTTLS`), RFC 3834 (automatic answers). A chat is an address. A letter that answers one of ours
//! is known by the signed id of ours, never by its subject.

mod bounce;
mod compose;
mod head;
mod letter;
mod mailbox;
mod page;
mod post;
mod quotes;
mod thread;

use std::time::Duration;

use domain::file::StoredFile;
use lettre::Address;

use super::form::{Form, Is, Rule, SECRET, field};
use super::{Outgoing, Pace, Part, Rate, SendOutcome};
use crate::outbound::{Outbound, Server};

pub use self::letter::{Letter, LetterFile};
pub(super) use self::mailbox::{Open, poll};

pub const FORM: Form = Form {
    kind: "email",
    fields: &[
        field!("address", Is::Text(ADDRESS)),
        field!("sender_name", Is::Text(NAME)),
        field!("login", Is::Text(LOGIN)),
        field!("password", Is::Secret(PASSWORD)),
        field!("imap_server", Is::Server(IMAP)),
        field!("smtp_server", Is::Server(SMTP)),
        field!("secret", Is::SecretMadeHere(SECRET)),
    ],
};

const ADDRESS: Rule =
    Rule { allows: |text| text.parse::<Address>().is_ok(), words: "an e-mail address" };
const NAME: Rule =
    Rule { allows: |text| is_line(text, SENDER_CHARS_MAX), words: "1..100 characters in one line" };
const LOGIN: Rule =
    Rule { allows: |text| is_line(text, LOGIN_CHARS_MAX), words: "as the mail server knows it" };
const PASSWORD: Rule =
    Rule { allows: |text| is_line(text, LOGIN_CHARS_MAX), words: "as the mail server knows it" };
const IMAP: Rule = Rule {
    allows: |text| text.starts_with("imap") && Server::parse(text).is_ok(),
    words: "imaps://host or imap://host, which may be called; imap+plain:// inside \
            outbound.allow_networks alone",
};
const SMTP: Rule = Rule {
    allows: |text| text.starts_with("smtp") && Server::parse(text).is_ok(),
    words: "smtps://host or smtp://host, which may be called; smtp+plain:// inside \
            outbound.allow_networks alone",
};

const SENDER_CHARS_MAX: usize = 100;
const LOGIN_CHARS_MAX: usize = 256;
/// Of the files of one letter; encoded, they are a third larger, and servers take 25 MB.
const FILES_BYTES_MAX: u64 = 18 * 1024 * 1024;
/// Nothing is documented; servers take offence at many letters a minute.
pub(super) const PACE: Pace = Pace {
    chat: Some(Rate { every: Duration::from_secs(2), burst: 5 }),
    channel: Some(Rate { every: Duration::from_millis(500), burst: 10 }),
};

fn is_line(text: &str, chars_max: usize) -> bool {
    (1..=chars_max).contains(&text.chars().count()) && !text.chars().any(char::is_control)
}

/// The text stands with the first files, as many as a letter holds.
pub(super) fn parts(text: &str, files: &[StoredFile]) -> Vec<Part> {
    let mut parts = vec![Part { text: text.to_owned(), files: 0..0 }];
    let mut bytes = 0;
    for (index, file) in files.iter().enumerate() {
        let fits = bytes + file.size_bytes <= FILES_BYTES_MAX || bytes == 0;
        if let Some(part) = parts.last_mut().filter(|_| fits) {
            part.files.end = index + 1;
        } else {
            parts.push(Part { text: String::new(), files: index..index + 1 });
            bytes = 0;
        }
        bytes += file.size_bytes;
    }
    parts
}

/// Whose letters they are, and the servers that carry them.
#[derive(Clone, Copy)]
pub(super) struct Account<'a> {
    pub(super) address: &'a str,
    pub(super) sender_name: &'a str,
    pub(super) login: &'a str,
    pub(super) password: &'a str,
    pub(super) secret: &'a str,
    pub(super) imap_server: &'a str,
    pub(super) smtp_server: &'a str,
}

impl<'a> Account<'a> {
    /// The part of the address behind the `@`.
    fn host(&self) -> &'a str {
        self.address.rsplit_once('@').map_or("localhost", |(_, host)| host)
    }

    /// Words of a server, without the password.
    fn words(&self, text: &str) -> String {
        super::reason(&text.replace(self.password, "***"))
    }
}

/// Sends one letter. Its id is the same at each attempt, but no server has to look at that: a repeat
/// may be a second letter.
pub(super) async fn send(
    outbound: &Outbound,
    account: Account<'_>,
    message: &Outgoing<'_>,
) -> SendOutcome {
    if message.text.trim().is_empty() && message.files.is_empty() {
        return SendOutcome::Sent { external_id: None };
    }
    let composed = match compose::letter(account, message).await {
        Ok(composed) => composed,
        Err(outcome) => return outcome,
    };
    match post::send(outbound, account, &composed, message.attempt).await {
        Ok(()) => SendOutcome::Sent { external_id: Some(composed.id) },
        Err(outcome) => outcome,
    }
}

/// Signs in to both servers. Answers the address.
pub(super) async fn test(outbound: &Outbound, account: Account<'_>) -> Result<String, String> {
    mailbox::test(outbound, account).await.map_err(|error| format!("IMAP: {error}"))?;
    post::test(outbound, account).await.map_err(|reason| format!("SMTP: {reason}"))?;
    Ok(account.address.to_owned())
}
