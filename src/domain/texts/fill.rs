//! Placeholders: found, judged and filled in. What is filled in is never read again, so that a
//! customer named `{company}` stays what he is.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::texts::{Language, Placeholder};

/// What the placeholders of a text stand for.
#[derive(Clone, Copy, Debug)]
pub struct Values<'a> {
    /// As [`moment`] says it.
    pub opens_at: &'a str,
    pub operator: &'a str,
    pub company: &'a str,
    pub customer: &'a str,
}

/// The text with all its placeholders filled in. Others stay as they are: they are refused when a
/// text is saved.
pub fn fill(text: &str, values: &Values<'_>) -> String {
    let known = [
        (Placeholder::OpensAt, values.opens_at),
        (Placeholder::Operator, values.operator),
        (Placeholder::Company, values.company),
        (Placeholder::Customer, values.customer),
    ];
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, name, after)) = next_placeholder(rest) {
        filled.push_str(before);
        match known.iter().find(|(placeholder, _)| placeholder.name() == name) {
            Some((_, value)) => filled.push_str(value),
            None => filled.extend(["{", name, "}"]),
        }
        rest = after;
    }
    filled.push_str(rest);
    filled
}

/// The first placeholder of the text that is none of these.
pub fn unknown_placeholder<'a>(text: &'a str, known: &[Placeholder]) -> Option<&'a str> {
    let mut rest = text;
    while let Some((_, name, after)) = next_placeholder(rest) {
        if !known.iter().any(|placeholder| placeholder.name() == name) {
            return Some(name);
        }
        rest = after;
    }
    None
}

/// The next `{word}`: what stands before it, the word, what follows. Braces around anything but
/// small letters and underscores are ordinary text.
fn next_placeholder(text: &str) -> Option<(&str, &str, &str)> {
    let mut from = 0;
    loop {
        let open = from + text.get(from..)?.find('{')?;
        let inner = text.get(open + 1..)?;
        let length = inner.bytes().take_while(|b| b.is_ascii_lowercase() || *b == b'_').count();
        if length > 0 && inner.as_bytes().get(length) == Some(&b'}') {
            return Some((&text[..open], &inner[..length], &inner[length + 1..]));
        }
        from = open + 1;
    }
}

/// A moment to come, as a customer reads it: the hour if it is today, else the day too.
pub fn moment(
    at: Option<Timestamp>,
    now: Timestamp,
    zone: &TimeZone,
    language: Language,
) -> String {
    let Some(at) = at else {
        return match language {
            Language::En => "as soon as we can".to_owned(),
            Language::Ru => "как только сможем".to_owned(),
        };
    };
    let (at, now) = (at.to_zoned(zone.clone()), now.to_zoned(zone.clone()));
    let time = at.strftime("%H:%M");
    if at.date() == now.date() {
        return match language {
            Language::En => format!("today at {time}"),
            Language::Ru => format!("сегодня в {time}"),
        };
    }
    match language {
        Language::En => format!("{} at {time}", at.strftime("%A, %-d %B")),
        Language::Ru => {
            let day = RUSSIAN_WEEKDAYS[index(at.weekday().to_monday_zero_offset())];
            let month = RUSSIAN_MONTHS[index(at.month() - 1)];
            format!("{day}, {} {month}, в {time}", at.day())
        }
    }
}

fn index(offset: i8) -> usize {
    usize::try_from(offset).unwrap_or(0)
}

const RUSSIAN_WEEKDAYS: [&str; 7] =
    ["понедельник", "вторник", "среда", "четверг", "пятница", "суббота", "воскресенье"];
const RUSSIAN_MONTHS: [&str; 12] = [
    "января",
    "февраля",
    "марта",
    "апреля",
    "мая",
    "июня",
    "июля",
    "августа",
    "сентября",
    "октября",
    "ноября",
    "декабря",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(text: &str) -> String {
        let values =
            Values { opens_at: "9:00", operator: "Anna", company: "Acme", customer: "{company}" };
        fill(text, &values)
    }

    #[test]
    fn placeholders_are_filled_in_once() {
        assert_eq!(
            filled("Hello {customer}, {operator} of {company}"),
            "Hello {company}, Anna of Acme"
        );
        assert_eq!(
            filled("{{company}} {} {Company} {unknown} {opens_at"),
            "{Acme} {} {Company} {unknown} {opens_at"
        );
    }

    #[test]
    fn unknown_placeholders_are_found() {
        let known = [Placeholder::Company];
        assert_eq!(unknown_placeholder("{company} {} { a } {Company}", &known), None);
        assert_eq!(unknown_placeholder("a {company} b {operator}", &known), Some("operator"));
        assert_eq!(unknown_placeholder("{colour}", &known), Some("colour"));
    }

    #[test]
    fn moments_are_said_in_the_lines_language() {
        let zone = TimeZone::UTC;
        let now: Timestamp = "2026-11-25T20:00:00Z".parse().unwrap();
        let says = |at: &str, language| moment(Some(at.parse().unwrap()), now, &zone, language);
        assert_eq!(says("2026-11-25T21:05:00Z", Language::En), "today at 21:05");
        assert_eq!(says("2026-11-25T21:05:00Z", Language::Ru), "сегодня в 21:05");
        assert_eq!(says("2026-11-26T09:00:00Z", Language::En), "Thursday, 26 November at 09:00");
        assert_eq!(says("2026-11-26T09:00:00Z", Language::Ru), "четверг, 26 ноября, в 09:00");
        assert_eq!(moment(None, now, &zone, Language::En), "as soon as we can");
    }
}
