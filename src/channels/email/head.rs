//! Heads of letters that break the rules about letters beyond ASCII, mended before they are read.
//!
//! RFC 2047 wants words in an encoding that they name. Some programs write bare bytes, and some tear a
//! letter between two words.

use std::borrow::Cow;

use encoding_rs::{Encoding, WINDOWS_1251};

/// Where the encoding of the body is looked for.
const CHARSET_WITHIN_BYTES: usize = 64 * 1024;

/// The letter with its head mended. `head_bytes`: how long its head is.
pub(super) fn mended(raw: &[u8], head_bytes: usize) -> Cow<'_, [u8]> {
    let (head, body) = raw.split_at(head_bytes);
    let text = match std::str::from_utf8(head) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => charset_of(raw).decode_without_bom_handling(head).0,
    };
    let whole = joined(&text);
    if whole.as_bytes() == head {
        return Cow::Borrowed(raw);
    }
    Cow::Owned([whole.as_bytes(), body].concat())
}

/// That which the letter names first; bare bytes without a name are mostly Russian.
fn charset_of(raw: &[u8]) -> &'static Encoding {
    let within = &raw[..raw.len().min(CHARSET_WITHIN_BYTES)];
    let text = String::from_utf8_lossy(within).to_ascii_lowercase();
    let label = text.split_once("charset=").map(|(_, rest)| {
        let rest = rest.trim_start_matches(['"', '\'']);
        rest.split(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | ';')).next()
    });
    label.flatten().and_then(|label| Encoding::for_label(label.as_bytes())).unwrap_or(WINDOWS_1251)
}

/// Neighbouring words of one encoding as one word.
fn joined(head: &str) -> Cow<'_, str> {
    if !head.contains("?=") {
        return Cow::Borrowed(head);
    }
    let mut out = String::with_capacity(head.len());
    let mut rest = head;
    // What the word before said of itself: `utf-8?b?`.
    let mut before: Option<String> = None;
    while let Some((plain, word)) = rest.split_once("=?") {
        let Some((name, data, after)) = word_of(word) else {
            out.push_str(plain);
            out.push_str("=?");
            (before, rest) = (None, word);
            continue;
        };
        let is_next = plain.chars().all(char::is_whitespace) && before.as_ref() == Some(&name);
        if is_next && !out.ends_with("=?=") {
            // Goes on where the word before ended.
            out.truncate(out.len() - "?=".len());
        } else {
            out.push_str(plain);
            out.push_str("=?");
            out.push_str(&word[..name.len()]);
        }
        out.push_str(data);
        out.push_str("?=");
        (before, rest) = (Some(name), after);
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// Name, data and what follows of a word behind its `=?`.
fn word_of(text: &str) -> Option<(String, &str, &str)> {
    let mut fields = text.splitn(3, '?');
    let (charset, how, rest) = (fields.next()?, fields.next()?, fields.next()?);
    let (data, after) = rest.split_once("?=")?;
    let plain = |part: &str| part.chars().all(|c| c.is_ascii_graphic());
    let is_word = !charset.is_empty() && plain(charset) && how.len() == 1 && !data.contains('\n');
    is_word.then(|| (format!("{charset}?{how}?").to_ascii_lowercase(), data, after))
}
