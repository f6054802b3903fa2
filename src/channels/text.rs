//! What all platforms share about text: names made harmless, and cutting at a limit.

use unicode_segmentation::UnicodeSegmentation;

/// Longest name of a customer, in characters.
pub(super) const NAME_CHARS_MAX: usize = 120;

/// One line without control, invisible and direction-changing characters.
///
/// A name stands beside other people's words: it must not turn them round or look empty.
pub fn clean_line(text: &str, chars_max: usize) -> String {
    let mut line = String::with_capacity(text.len().min(chars_max));
    let (mut chars, mut after_word) = (0, false);
    for c in text.chars().filter(|c| !is_invisible(*c)) {
        if c.is_whitespace() || c.is_control() {
            after_word = !line.is_empty();
            continue;
        }
        for c in after_word.then_some(' ').into_iter().chain([c]) {
            if chars == chars_max {
                return line;
            }
            line.push(c);
            chars += 1;
        }
        after_word = false;
    }
    line
}

/// Marks of direction, zero-width characters, letters without a shape and tags.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{2800}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e0fff}')
}

/// Cuts `text` into parts of at most `max` as counted by `size`, preferring the end of a line,
/// then of a word. Joined, the parts are the text again.
///
/// A cut falls between grapheme clusters, unless one cluster alone exceeds the limit; then it
/// falls between characters.
pub(super) fn split(text: &str, max: usize, size: fn(&str) -> usize) -> Vec<String> {
    let mut parts = Vec::new();
    let mut rest = text;
    while size(rest) > max {
        let (part, after) = rest.split_at(cut(rest, max, size));
        parts.push(part.to_owned());
        rest = after;
    }
    if !rest.is_empty() {
        parts.push(rest.to_owned());
    }
    parts
}

/// Where the first part ends, in bytes: never 0 for a `max` of at least one character.
fn cut(text: &str, max: usize, size: fn(&str) -> usize) -> usize {
    let fitting = prefix(text.graphemes(true), max, size);
    if fitting == 0 {
        let characters = text.char_indices().map(|(at, c)| &text[at..at + c.len_utf8()]);
        return prefix(characters, max, size);
    }
    let window = &text[..fitting];
    // A break very early in the part would make a part of a few words.
    let early = fitting / 2;
    let line = window.rfind('\n').map(|at| at + 1).filter(|at| *at > early);
    let word = || window.rfind(' ').map(|at| at + 1).filter(|at| *at > early);
    let wanted = line.or_else(word).unwrap_or(fitting);
    // A space may be the base of a cluster: `wanted` counts only when a cluster ends there.
    let ends = window.grapheme_indices(true).any(|(at, _)| at == wanted);
    if ends { wanted } else { fitting }
}

fn prefix<'a>(pieces: impl Iterator<Item = &'a str>, max: usize, size: fn(&str) -> usize) -> usize {
    let (mut bytes, mut used) = (0, 0);
    for piece in pieces {
        used += size(piece);
        if used > max {
            break;
        }
        bytes += piece.len();
    }
    bytes
}

/// What a text takes where lengths are counted in UTF-16 units.
pub(super) fn utf16_units(text: &str) -> usize {
    text.encode_utf16().count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_clean_and_not_longer_than_allowed() {
        for (text, chars_max, line) in [
            ("  Anna\t\u{200b} Mar\u{202e}ia \u{2028}\n", 120, "Anna Maria"),
            ("Анна Мария", 6, "Анна М"),
            ("ab cd", 3, "ab "),
            ("ab cd", 2, "ab"),
            ("ab  ", 3, "ab"),
            ("\u{2800}\u{feff} ", 5, ""),
            ("", 5, ""),
            ("ab", 0, ""),
        ] {
            assert_eq!(clean_line(text, chars_max), line, "{text:?}");
        }
    }
}
