//! What of a letter its writer wrote himself: without what he answers to, which mail programs put
//! behind his words.
//!
//! Nothing is cut from between his words, and a letter that would be empty stays whole.

/// Lines that begin a forwarded or quoted letter whatever follows.
const SEPARATORS: [&str; 6] = [
    "original message",
    "forwarded message",
    "исходное сообщение",
    "пересланное сообщение",
    "пересылаемое сообщение",
    "оригинальное сообщение",
];
/// How the line above a quote ends.
const WROTE: [&str; 7] =
    ["wrote:", "writes:", "пишет:", "писал:", "писал(а):", "написал:", "написал(а):"];
/// Names of the fields that some programs write out above a quote.
const FIELDS: [&str; 14] = [
    "from:",
    "sent:",
    "date:",
    "to:",
    "cc:",
    "subject:",
    "от:",
    "от кого:",
    "отправлено:",
    "дата:",
    "кому:",
    "копия:",
    "тема:",
    "кого:",
];
/// So many of them in a row are such a head.
const FIELDS_MIN: usize = 3;

/// The writer's own words.
pub(super) fn own_words(text: &str) -> &str {
    let lines = lines(text);
    let end = (0..lines.len())
        .find(|at| begins_quote(&lines[*at..]))
        .or_else(|| trailing_quote(&lines))
        .map_or(text.len(), |at| lines[at].0);
    let own = text[..end].trim_end();
    if own.trim().is_empty() { text } else { own }
}

/// Each line with where it begins.
fn lines(text: &str) -> Vec<(usize, &str)> {
    let mut at = 0;
    let begins = text.split_inclusive('\n').map(|line| {
        let begin = at;
        at += line.len();
        (begin, line.trim())
    });
    begins.collect()
}

fn begins_quote(lines: &[(usize, &str)]) -> bool {
    let [(_, first), rest @ ..] = lines else { return false };
    is_separator(first)
        || is_head(lines)
        || (is_attribution(first, rest) && holds_nothing_own(rest))
        || (is_attribution_in_two(first, rest) && holds_nothing_own(&rest[1..]))
}

/// `-----Original Message-----`
fn is_separator(line: &str) -> bool {
    let words = line.trim_matches(|c| matches!(c, '-' | '_' | ' ' | '*'));
    let dashed = line.starts_with("--") || line.starts_with("__");
    dashed && SEPARATORS.contains(&words.to_lowercase().as_str())
}

/// `From: …`, `Sent: …`, `To: …`, one below the other.
fn is_head(lines: &[(usize, &str)]) -> bool {
    let is_field = |line: &str| {
        let line = line.trim_matches('*').to_lowercase();
        FIELDS.iter().any(|field| line.starts_with(field))
    };
    lines.iter().take_while(|(_, line)| is_field(line)).count() >= FIELDS_MIN
}

/// `On Monday, 2 March 2026, Shop <shop@example.com> wrote:`, and what stands for it elsewhere. It
/// says when, so it has a digit.
fn is_attribution(line: &str, rest: &[(usize, &str)]) -> bool {
    let line = line.trim_start_matches('>').trim();
    let low = line.to_lowercase();
    let says_when = line.chars().any(|c| c.is_ascii_digit());
    let names_sender = line.contains('@') && (line.ends_with(">:") || line.ends_with("):"));
    let is_followed = rest.iter().find(|(_, line)| !line.is_empty());
    let wrote = WROTE.iter().any(|wrote| low.ends_with(wrote));
    says_when
        && (names_sender
            || wrote
                && (line.contains('@') || is_followed.is_some_and(|(_, l)| l.starts_with('>'))))
}

/// Broken by a program that keeps lines short.
fn is_attribution_in_two(first: &str, rest: &[(usize, &str)]) -> bool {
    let [(_, second), rest @ ..] = rest else { return false };
    let begins = ["on ", "am ", "le "].iter().any(|word| first.to_lowercase().starts_with(word))
        || first.chars().next().is_some_and(|c| c.is_ascii_digit());
    begins && !first.ends_with(':') && is_attribution(&format!("{first} {second}"), rest)
}

/// All that follows is quoted, or nothing is marked as such: then it is the quote.
fn holds_nothing_own(rest: &[(usize, &str)]) -> bool {
    let said: Vec<&str> = rest.iter().map(|(_, line)| *line).filter(|l| !l.is_empty()).collect();
    let marked = said.iter().filter(|line| line.starts_with('>')).count();
    marked == said.len() || marked == 0
}

/// Where the marked lines begin that are the end of the letter.
fn trailing_quote(lines: &[(usize, &str)]) -> Option<usize> {
    let own = lines.iter().rposition(|(_, line)| !line.is_empty() && !line.starts_with('>'))?;
    lines[own..].iter().any(|(_, line)| line.starts_with('>')).then_some(own + 1)
}

#[cfg(test)]
mod tests {
    use super::own_words;

    #[test]
    fn what_is_answered_to_is_cut() {
        for quote in [
            "On Mon, 2 Mar 2026 at 10:00, Shop <shop@example.com> wrote:\n> How can we help?\n>\n> Shop",
            "On Mon, 2 Mar 2026 at 10:00, Shop\n<shop@example.com> wrote:\n\n> How can we help?",
            "пн, 2 мар. 2026 г. в 10:00, Shop <shop@example.com>:\n> Чем помочь?",
            "02.03.2026, 10:00, \"Shop\" <shop@example.com>:\nЧем помочь?",
            "Понедельник, 2 марта 2026, 10:00 +03:00 от Shop <shop@example.com>:\n \n>Чем помочь?",
            "2 марта 2026 г. 10:00:00 Shop написал:\n> Чем помочь?",
            "-----Original Message-----\nFrom: Shop\nHow can we help?",
            "-------- Исходное сообщение --------\nТема: x",
            "From: Shop <shop@example.com>\nSent: Monday\nTo: Ivan\nSubject: Re: lamp\n\nHow can we help?",
            "*От:* Shop\n*Отправлено:* 2 марта\n*Кому:* Ivan\n\nЧем помочь?",
            "> How can we help?\n> Shop",
        ] {
            for break_ in ["\n", "\r\n"] {
                let letter = format!("Yes, please.\n\nIvan\n\n{quote}\n").replace('\n', break_);
                assert_eq!(
                    own_words(&letter),
                    format!("Yes, please.{break_}{break_}Ivan"),
                    "{letter}"
                );
            }
        }
    }

    #[test]
    fn what_he_wrote_stays() {
        for letter in [
            "",
            "\n\n",
            "Hello",
            "> only a quote",
            "On Mon, 2 Mar 2026, Shop <shop@example.com> wrote:\n> all of it",
            "> one?\nYes.\n> two?\nNo.",
            "On Mon, 2 Mar 2026, Shop <shop@example.com> wrote:\n> one?\nYes.\n> two?\nNo.",
            "My boss wrote:\nno 5 lamps any more",
            "From: the shop\nI want a lamp",
            "See the price list:\n3 lamps",
        ] {
            assert_eq!(own_words(letter), letter);
        }
    }
}
