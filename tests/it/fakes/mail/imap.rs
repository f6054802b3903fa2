//! The mailbox: sign in, select, search, fetch, idle.

use std::fmt::Write as _;
use std::sync::Arc;

use jiff::civil::Date;

use super::{Fault, LOGIN, Line, Lying, PASSWORD, Shared};

pub(super) async fn talk(mut line: Line, shared: Arc<Shared>) -> Option<()> {
    line.says("* OK [CAPABILITY IMAP4rev1] ready").await?;
    let mut is_in = false;
    // What the other side was told of how many letters there are.
    let mut told = 0;
    loop {
        let said = line.read().await?;
        let (tag, command) = said.split_once(' ')?;
        match shared.hears(command) {
            Some(Fault::Cut) => return None,
            Some(Fault::Says(answer)) => {
                line.says(&format!("{tag} {answer}")).await?;
                continue;
            }
            None => {}
        }
        let (verb, rest) = command.split_once(' ').unwrap_or((command, ""));
        match (verb, is_in) {
            ("CAPABILITY", _) => {
                let idle = if shared.lock().idles { " IDLE" } else { "" };
                line.says(&format!("* CAPABILITY IMAP4rev1{idle}")).await?;
            }
            ("LOGIN", false) => {
                let password = PASSWORD.replace('"', "\\\"");
                if rest != format!("\"{LOGIN}\" \"{password}\"") {
                    let refusal = "NO [AUTHENTICATIONFAILED] Invalid credentials";
                    line.says(&format!("{tag} {refusal}")).await?;
                    continue;
                }
                is_in = true;
            }
            ("SELECT", true) => {
                let answer = select(&shared, &mut told);
                line.write(answer).await?;
            }
            ("UID", true) => {
                let answer = match rest.split_once(' ')? {
                    ("SEARCH", query) => search(&shared, query)?.into_bytes(),
                    ("FETCH", what) => fetch(&shared, what)?,
                    _ => return None,
                };
                line.write(answer).await?;
            }
            ("IDLE", true) => idle(&mut line, &shared, &mut told).await?,
            ("NOOP", true) => {}
            ("LOGOUT", _) => {
                line.says(&format!("* BYE\r\n{tag} OK")).await?;
                return None;
            }
            _ => {
                line.says(&format!("{tag} BAD what?")).await?;
                continue;
            }
        }
        tell(&mut line, &shared, &mut told).await?;
        line.says(&format!("{tag} OK done")).await?;
    }
}

/// How many letters there are, if that is news.
async fn tell(line: &mut Line, shared: &Shared, told: &mut usize) -> Option<()> {
    let exists = shared.lock().letters.len();
    if exists != std::mem::replace(told, exists) {
        line.says(&format!("* {exists} EXISTS")).await?;
    }
    Some(())
}

fn select(shared: &Shared, told: &mut usize) -> String {
    let state = shared.lock();
    let (exists, validity, next) = (state.letters.len(), state.validity, state.next);
    *told = exists;
    format!(
        "* FLAGS (\\Seen)\r\n* {exists} EXISTS\r\n* OK [UIDVALIDITY {validity}] good\r\n\
         * OK [UIDNEXT {next}] next\r\n"
    )
}

fn search(shared: &Shared, query: &str) -> Option<String> {
    let state = shared.lock();
    let (key, value) = query.split_once(' ')?;
    let last = state.letters.last().map_or(0, |letter| letter.uid);
    let found: Box<dyn Fn(&Lying) -> bool> = match key {
        "UID" => {
            let from: u32 = value.strip_suffix(":*")?.parse().ok()?;
            Box::new(move |letter| letter.uid >= from || letter.uid == last)
        }
        "SINCE" => {
            let since = Date::strptime("%d-%b-%Y", value).ok()?;
            Box::new(move |letter| letter.received >= since)
        }
        _ => return None,
    };
    let found = state.letters.iter().filter(|letter| found(letter));
    let words = ["* SEARCH".to_owned()].into_iter();
    let words: Vec<String> = words.chain(found.map(|letter| letter.uid.to_string())).collect();
    Some(words.join(" ") + "\r\n")
}

fn fetch(shared: &Shared, what: &str) -> Option<Vec<u8>> {
    let state = shared.lock();
    let (numbers, items) = what.split_once(' ')?;
    let wanted: Vec<u32> = numbers.split(',').filter_map(|uid| uid.parse().ok()).collect();
    let mut answer = Vec::new();
    for (n, letter) in (1..).zip(&state.letters) {
        if !wanted.contains(&letter.uid) {
            continue;
        }
        let (uid, raw) = (letter.uid, &letter.raw);
        let mut head = format!("* {n} FETCH (UID {uid} ");
        if items.contains("RFC822.SIZE") {
            write!(head, "RFC822.SIZE {})\r\n", raw.len()).expect("a text");
            answer.extend_from_slice(head.as_bytes());
            continue;
        }
        let part = items.split_once("BODY.PEEK[]<0.").and_then(|(_, rest)| rest.split_once('>'));
        let length = part.and_then(|(bytes, _)| bytes.parse::<usize>().ok());
        let shown = &raw[..length.unwrap_or(raw.len()).min(raw.len())];
        let origin = if part.is_some() { "<0>" } else { "" };
        write!(head, "BODY[]{origin} {{{}}}\r\n", shown.len()).expect("a text");
        answer.extend_from_slice(head.as_bytes());
        answer.extend_from_slice(shown);
        answer.extend_from_slice(b")\r\n");
    }
    Some(answer)
}

/// Until the other side is done.
async fn idle(line: &mut Line, shared: &Shared, told: &mut usize) -> Option<()> {
    let mut news = shared.news.subscribe();
    line.says("+ idling").await?;
    loop {
        tell(line, shared, told).await?;
        tokio::select! {
            said = line.read() => return (said? == "DONE").then_some(()),
            _more = news.changed() => {}
        }
    }
}
