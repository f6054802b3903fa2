//! Phones and e-mail addresses: found in what a customer writes, and brought to one form each.
//!
//! Lenient about how people write them, strict about what is one: a number must be possible in its
//! country, so that an order number is seldom taken for a phone. What is found is only a claim. The
//! work on a text is bounded, however long it is and whatever it holds.

use std::ops::Range;

use domain::customer::ContactKind;
use email_address::{EmailAddress, Options};
use phonenumber::{Mode, country};

/// Characters of a text that are looked at.
const TEXT_CHARS_MAX: usize = 4_000;
/// Contacts taken out of one text.
pub const FOUND_MAX: usize = 5;
/// Attempts to read a number in one text.
const ATTEMPTS_MAX: usize = 50;
/// Words of which one number may consist.
const WORDS_MAX: usize = 8;
/// A phone number has so many digits, with its country's code.
const DIGITS: std::ops::RangeInclusive<usize> = 7..=15;
/// Longest part of an address before its `@`, and behind it, in bytes.
const LOCAL_BYTES_MAX: usize = 64;
const DOMAIN_BYTES_MAX: usize = 253;

/// The country whose numbers are written without a country code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Region(country::Id);

impl Region {
    /// Takes the two letters of ISO 3166.
    pub fn parse(code: &str) -> Option<Self> {
        code.parse().ok().map(Self)
    }
}

/// A contact that a text holds, in its one form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    pub kind: ContactKind,
    pub value: String,
}

/// The first contacts of a text, addresses before phones, each once.
pub fn find(text: &str, region: Region) -> Vec<Found> {
    let end = text.char_indices().nth(TEXT_CHARS_MAX).map_or(text.len(), |(at, _)| at);
    let text = &text[..end];
    let (addresses, taken) = addresses(text);
    let addresses = addresses.into_iter().map(|value| Found { kind: ContactKind::Email, value });
    let mut found: Vec<Found> = Vec::new();
    let phones = Numbers { region, attempts: 0 }.of(text, &taken);
    let phones = phones.into_iter().map(|value| Found { kind: ContactKind::Phone, value });
    for contact in addresses.chain(phones) {
        if found.len() < FOUND_MAX && !found.contains(&contact) {
            found.push(contact);
        }
    }
    found
}

/// One phone number in E.164, as somebody wrote it down; none: it is no possible number.
pub fn phone(text: &str, region: Region) -> Option<String> {
    e164(&plain(text)?, Some(region))
}

/// A phone number as platforms give it: with its country code, often without the `+`.
pub fn phone_of_platform(text: &str, region: Region) -> Option<String> {
    let plain = plain(text)?;
    let international = || e164(&format!("+{}", plain.trim_start_matches('+')), None);
    international().or_else(|| e164(&plain, Some(region)))
}

/// An e-mail address in small letters: nobody tells two addresses apart by their capitals.
pub fn email(text: &str) -> Option<String> {
    let text = text.trim();
    let options = Options::default().with_required_tld().without_domain_literal();
    let options = options.without_display_text();
    let (local, domain) = text.rsplit_once('@')?;
    let fits = local.len() <= LOCAL_BYTES_MAX && domain.len() <= DOMAIN_BYTES_MAX;
    let plain = fits && !local.starts_with('"');
    let address = EmailAddress::parse_with_options(text, options).ok().filter(|_| plain)?;
    Some(address.as_str().to_lowercase())
}

/// The addresses of a text, and where they stand.
fn addresses(text: &str) -> (Vec<String>, Vec<Range<usize>>) {
    let (mut found, mut taken) = (Vec::new(), Vec::new());
    for (at, _) in text.match_indices('@').take(ATTEMPTS_MAX) {
        let start = text[..at].rfind(|c| !is_local(c)).map_or(0, |before| after(text, before));
        let behind = at + 1;
        let end = text[behind..].find(|c| !is_domain(c)).map_or(text.len(), |n| behind + n);
        let range = start..end;
        let word = text[range.clone()].trim_matches(['.', '-', '\'']);
        if let Some(address) = email(word) {
            taken.push(range);
            found.push(address);
        }
    }
    (found, taken)
}

fn is_local(c: char) -> bool {
    c.is_alphanumeric() || "!#$%&'*+/=?^_`{|}~.-".contains(c)
}

fn is_domain(c: char) -> bool {
    c.is_alphanumeric() || c == '.' || c == '-'
}

/// Where the character behind the one at `at` begins.
fn after(text: &str, at: usize) -> usize {
    at + text[at..].chars().next().map_or(0, char::len_utf8)
}

/// Reads numbers, counting how often it tries.
struct Numbers {
    region: Region,
    attempts: usize,
}

impl Numbers {
    fn of(&mut self, text: &str, taken: &[Range<usize>]) -> Vec<String> {
        let mut found = Vec::new();
        let mut from = 0;
        while let Some(run) = next_run(text, from) {
            from = run.end;
            let is_free = !taken.iter().any(|it| it.start < run.end && run.start < it.end);
            if is_free && stands_alone(text, &run) && self.attempts < ATTEMPTS_MAX {
                self.read(&text[run], &mut found);
            }
        }
        found
    }

    /// A run is one number, or several with spaces between: the longest that is one counts.
    fn read(&mut self, run: &str, found: &mut Vec<String>) {
        let words: Vec<&str> = run.split_whitespace().collect();
        let mut first = 0;
        while first < words.len() {
            let end = words.len().min(first + WORDS_MAX);
            let number = (first + 1..=end).rev().find_map(|last| {
                let number = self.attempt(&words[first..last].join(" "))?;
                Some((number, last))
            });
            first = match number {
                Some((number, last)) => {
                    found.push(number);
                    last
                }
                None => first + 1,
            };
        }
    }

    fn attempt(&mut self, text: &str) -> Option<String> {
        if looks_like_a_date(text) || self.attempts >= ATTEMPTS_MAX {
            return None;
        }
        let plain = plain(text)?;
        self.attempts += 1;
        e164(&plain, Some(self.region))
    }
}

/// The next stretch of digits and of what people put between them, from its first digit or `+` or
/// bracket to its last digit.
fn next_run(text: &str, from: usize) -> Option<Range<usize>> {
    let begins = |c: char| digit(c).is_some() || c == '+' || c == '(';
    let start = find_char(text, from, begins)?;
    let goes_on = |c: char| digit(c).is_some() || is_between(c) || c == '+';
    let end = find_char(text, start, |c| !goes_on(c)).unwrap_or(text.len());
    let last_digit = text[start..end].rfind(|c| digit(c).is_some());
    let end = last_digit.map_or(end, |last| after(text, start + last));
    Some(start..end.max(after(text, start)))
}

/// Where the first such character stands, from there on. Most texts are long and hold none.
fn find_char(text: &str, from: usize, wanted: impl Fn(char) -> bool) -> Option<usize> {
    let mut at = from;
    loop {
        // What is not ASCII may be one: that is seen only when it is put together.
        let may_be = |byte: &u8| !byte.is_ascii() || wanted(char::from(*byte));
        at += text.as_bytes().get(at..)?.iter().position(may_be)?;
        let c = text[at..].chars().next()?;
        if wanted(c) {
            return Some(at);
        }
        at += c.len_utf8();
    }
}

fn is_between(c: char) -> bool {
    matches!(c, ' ' | '\u{a0}' | '\u{202f}' | '-' | '\u{2010}'..='\u{2014}' | '.' | '(' | ')')
}

/// Not a part of a word, an address of a page, or a number of something else.
fn stands_alone(text: &str, run: &Range<usize>) -> bool {
    let before = text[..run.start].chars().next_back();
    let behind = text[run.end..].chars().next();
    let bound = |c: char| c.is_alphanumeric() || "_/=&?#№@%$€£₽".contains(c);
    !before.is_some_and(bound) && !behind.is_some_and(|c| c.is_alphanumeric() || "_@%".contains(c))
}

/// `2026-03-02`, perhaps with a time behind it.
fn looks_like_a_date(text: &str) -> bool {
    let mut parts = text.split(['-', '.', ' ']);
    let digits = |part: Option<&str>, count: usize| {
        part.is_some_and(|part| part.len() == count && part.bytes().all(|b| b.is_ascii_digit()))
    };
    let (first, second, third) = (parts.next(), parts.next(), parts.next());
    let year_first = digits(first, 4) && digits(second, 2) && digits(third, 2);
    year_first || (digits(first, 2) && digits(second, 2) && digits(third, 4))
}

/// The digits of a number, with a `+` where it begins with one; none: too few or too many. A zero
/// in brackets is dialled only by those who leave out what is before it.
fn plain(text: &str) -> Option<String> {
    let text = text.trim().replacen("(0)", "", usize::from(text.trim().starts_with('+')));
    let mut plain = String::new();
    for c in text.chars().take(TEXT_CHARS_MAX) {
        match digit(c) {
            Some(digit) => plain.push(digit),
            None if c == '+' && plain.is_empty() => plain.push('+'),
            None if is_between(c) || c.is_whitespace() => {}
            None => return None,
        }
    }
    DIGITS.contains(&plain.trim_start_matches('+').len()).then_some(plain)
}

/// Also those that Arabic and Persian keyboards write, and wide ones.
fn digit(c: char) -> Option<char> {
    if c.is_ascii() {
        return Some(c).filter(char::is_ascii_digit);
    }
    let zeros = ['\u{660}', '\u{6f0}', '\u{ff10}'];
    let value = zeros.iter().find_map(|zero| {
        (u32::from(c)).checked_sub(u32::from(*zero)).filter(|value| *value <= 9)
    })?;
    char::from_digit(value, 10)
}

fn e164(plain: &str, region: Option<Region>) -> Option<String> {
    let number = phonenumber::parse(region.map(|Region(id)| id), plain).ok()?;
    number.is_valid().then(|| number.format().mode(Mode::E164).to_string())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn region(code: &str) -> Region {
        Region::parse(code).expect("a country")
    }

    #[track_caller]
    fn check(code: &str, text: &str, expected: &[&str]) {
        let found = find(text, region(code));
        let values: Vec<&str> = found.iter().map(|found| found.value.as_str()).collect();
        assert_eq!(values, expected, "{text}");
    }

    #[test]
    fn phones_are_found_as_people_write_them() {
        check("US", "call me: (202) 555-0123, thanks", &["+12025550123"]);
        check("US", "+1 202 555 0123", &["+12025550123"]);
        check("US", "my number is 202.555.0123.", &["+12025550123"]);
        check("RU", "мой номер 8 (912) 345-67-89", &["+79123456789"]);
        check("RU", "+7 912 345 67 89", &["+79123456789"]);
        check("RU", "89123456789", &["+79123456789"]);
        check("US", "+49 (0)30 901820", &["+4930901820"]);
        check("US", "tel:+442079460123", &["+442079460123"]);
        check("US", "+٧٩١٢٣٤٥٦٧٨٩", &["+79123456789"]);
        check("US", "two: 2025550123 2025550199", &["+12025550123", "+12025550199"]);
        check("US", "2025550123\n2025550199", &["+12025550123", "+12025550199"]);
        check("US", "2025550123, again +12025550123", &["+12025550123"]);
    }

    #[test]
    fn addresses_are_found_and_brought_to_one_form() {
        check("US", "Write to Ivan.Petrov@Example.COM!", &["ivan.petrov@example.com"]);
        check("US", "<ivan+shop@mail.example.co.uk>, please", &["ivan+shop@mail.example.co.uk"]);
        check("US", "почта иван@пример.рф.", &["иван@пример.рф"]);
        check("US", "a@b.co, A@B.CO", &["a@b.co"]);
        check("US", "12025550123@example.com", &["12025550123@example.com"]);
    }

    #[test]
    fn what_only_looks_like_a_contact_is_left_alone() {
        for text in [
            "",
            "order #2025550123",
            "заказ №2025550123",
            "https://shop.example/item/2025550123?id=2025550199",
            "it was 2026-03-02 09:00 or 02.03.2026 10:15",
            "item2025550123 and 2025550123x",
            "$2025550123",
            "1234567",
            "12345678901234567890",
            "++++((((----....",
            "@ @@ a@ @b a@b user@localhost a@[127.0.0.1] \"a b\"@example.com",
            "price 1 000 000 - 2 000 000",
        ] {
            check("US", text, &[]);
        }
    }

    #[test]
    fn only_so_many_are_taken() {
        let numbers: Vec<String> = (0..40).map(|n| format!("202555{:04}", 100 + n)).collect();
        let text = numbers.join("\n");
        assert_eq!(find(&text, region("US")).len(), FOUND_MAX);
        let late = format!("{} 2025550123", "a ".repeat(TEXT_CHARS_MAX));
        check("US", &late, &[]);
    }

    #[test]
    fn one_number_is_read_with_and_without_its_country() {
        let us = region("US");
        assert_eq!(phone(" (202) 555-0123 ", us).as_deref(), Some("+12025550123"));
        assert_eq!(phone("call 2025550123", us), None);
        assert_eq!(phone("79123456789", region("RU")).as_deref(), Some("+79123456789"));
        assert_eq!(phone_of_platform("79123456789", us).as_deref(), Some("+79123456789"));
        assert_eq!(phone_of_platform("+1 202 555 0123", us).as_deref(), Some("+12025550123"));
        assert_eq!(phone_of_platform("2025550123", us).as_deref(), Some("+12025550123"));
        assert_eq!(phone_of_platform("", us), None);
    }

    #[test]
    fn one_address_is_read() {
        assert_eq!(email(" Ivan@Example.com ").as_deref(), Some("ivan@example.com"));
        for text in ["ivan", "ivan@", "@example.com", "ivan@localhost", "Ivan <ivan@example.com>"] {
            assert_eq!(email(text), None, "{text}");
        }
        let long = format!("{}@example.com", "a".repeat(LOCAL_BYTES_MAX + 1));
        assert_eq!(email(&long), None);
    }

    #[test]
    fn countries_have_two_letters() {
        assert!(Region::parse("DE").is_some());
        for text in ["", "de", "DEU", "ZZ", "49"] {
            assert_eq!(Region::parse(text), None, "{text}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// Whatever is written, little is found, and what is found has its one form already.
        #[test]
        fn any_text_is_read(text in "([+0-9 ()@a.-]|\\PC|\n){0,200}") {
            let found = find(&text, region("RU"));
            prop_assert!(found.len() <= FOUND_MAX);
            for Found { kind, value } in found {
                let again = match kind {
                    ContactKind::Phone => phone(&value, region("US")),
                    ContactKind::Email => email(&value),
                };
                prop_assert_eq!(again, Some(value));
            }
        }
    }
}
