//! Letters with something wrong in them: whatever it is, they are taken or passed over, and so is the
//! letter behind them.

use std::time::Duration;

use proptest::prelude::*;
use proptest::sample::Index;
use switchboard::channels::kept::Kept;
use switchboard::channels::{self, Item, Meaning};

use super::email::{letter, settings};
use super::{channel, now, outbound_to_fakes};
use crate::fakes::mail::Mail;

/// Each of so many letters.
const CASES: u32 = 60;
/// Looked at over one connection.
const TOGETHER: usize = 20;

#[derive(Clone, Debug)]
enum Mutation {
    /// Bytes are lost.
    Loses(Index, u8),
    /// Bytes stand there that do not belong there.
    Gains(Index, Vec<u8>),
    /// A piece stands there twice.
    Repeats(Index, u8, u8),
    /// The letter ends there.
    Ends(Index),
}

fn mutation() -> impl Strategy<Value = Mutation> {
    let strange = prop_oneof![
        prop::collection::vec(any::<u8>(), 1..8),
        prop::sample::select(vec![
            b"\n\n".to_vec(),
            b"--b\n".to_vec(),
            b"--b--\n".to_vec(),
            b"=?utf-8?B?".to_vec(),
            b"=?koi8-r?Q?=F0?= =?koi8-r?Q?".to_vec(),
            b"<".to_vec(),
            b"\"".to_vec(),
            b"Content-Type: message/rfc822\n".to_vec(),
            b"Content-Transfer-Encoding: base64\n".to_vec(),
            b"charset=unknown".to_vec(),
            b"&#x110000;".to_vec(),
            b"<table><tr><td>".to_vec(),
        ]),
    ];
    prop_oneof![
        (any::<Index>(), any::<u8>()).prop_map(|(at, n)| Mutation::Loses(at, n)),
        (any::<Index>(), strange).prop_map(|(at, what)| Mutation::Gains(at, what)),
        (any::<Index>(), 1..60_u8, 1..200_u8)
            .prop_map(|(at, n, times)| Mutation::Repeats(at, n, times)),
        any::<Index>().prop_map(Mutation::Ends),
    ]
}

fn mutated(mut raw: Vec<u8>, mutations: &[Mutation]) -> Vec<u8> {
    for mutation in mutations {
        if raw.is_empty() {
            break;
        }
        match mutation {
            Mutation::Loses(at, bytes) => {
                let at = at.index(raw.len());
                let end = raw.len().min(at + usize::from(*bytes));
                raw.drain(at..end);
            }
            Mutation::Gains(at, what) => {
                let at = at.index(raw.len());
                raw.splice(at..at, what.iter().copied());
            }
            Mutation::Repeats(at, bytes, times) => {
                let at = at.index(raw.len());
                let end = raw.len().min(at + usize::from(*bytes));
                let piece = raw[at..end].repeat(usize::from(*times));
                raw.splice(at..at, piece);
            }
            Mutation::Ends(at) => raw.truncate(at.index(raw.len())),
        }
    }
    raw
}

/// Letters of several kinds.
fn letters() -> Vec<Vec<u8>> {
    let plain =
        letter("m1", "=?utf-8?B?0J/RgNC40LLQtdGC?=", "References: <a@b> <c@d>\n", "Hello\n> quote");
    let page = letter(
        "m2",
        "A page",
        "",
        "<div>Hello <a href='https://x'>x</a></div><blockquote>q</blockquote>",
    )
    .replace("text/plain", "text/html");
    let several = letter("m3", "Several", "Reply-To: Olga <olga@x.example>\n", "").replace(
        "Content-Type: text/plain; charset=utf-8\n",
        "Content-Type: multipart/mixed; boundary=b\n\n\
         --b\nContent-Type: text/plain; charset=koi8-r\nContent-Transfer-Encoding: quoted-printable\n\n=F0=D2\n\
         --b\nContent-Type: image/png; name=\"=?koi8-r?B?8NLJ18XU?=.png\"\n\
         Content-Transfer-Encoding: base64\n\niVBORw0KGgo=\n\
         --b\nContent-Type: message/rfc822\n\nSubject: inner\n\ninner\n--b--\n",
    );
    let report = letter("m4", "Undelivered", "", "").replace(
        "Content-Type: text/plain; charset=utf-8\n",
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n\
         --b\nContent-Type: message/delivery-status\n\nAction: failed\nStatus: 5.1.1\n\
         --b\nContent-Type: message/rfc822\n\nMessage-ID: <1-x.3.0.abc@shop.example>\n\n--b--\n",
    );
    [plain, page, several, report].map(String::into_bytes).to_vec()
}

/// What comes of these letters, each followed by one that is in order.
async fn read(letters: &[Vec<u8>]) -> Vec<Item> {
    let (mail, outbound, kept) = (Mail::start(), outbound_to_fakes(), Kept::default());
    let channel = channel(settings(&mail));
    let poll = async |offset| {
        channels::poll(&outbound, &kept, &channel, offset, Duration::ZERO, now()).await.unwrap()
    };
    let mut place = poll(None).await.next_offset;
    for (n, raw) in letters.iter().enumerate() {
        mail.arrives(raw);
        mail.arrives(letter(&format!("good-{n}"), "", "", "in order"));
    }
    let mut items = Vec::new();
    while items.len() < 2 * letters.len() {
        let polled = poll(place).await;
        assert!(!polled.items.is_empty(), "nothing more is found after {}", items.len());
        items.extend(polled.items);
        place = polled.next_offset;
    }
    items
}

#[test]
fn a_strange_letter_is_taken_or_passed_over_and_so_is_the_next() {
    let known = letters();
    let some = prop::collection::vec(
        (any::<Index>(), prop::collection::vec(mutation(), 1..5)),
        TOGETHER..=TOGETHER,
    );
    let config = ProptestConfig { cases: CASES, ..ProptestConfig::default() };
    proptest!(config, |(strange in some)| {
        let strange = strange.iter();
        let strange: Vec<Vec<u8>> = strange
            .map(|(which, mutations)| mutated(which.get(&known).clone(), mutations))
            .collect();
        let items = actix_web::rt::System::new().block_on(read(&strange));
        for (raw, both) in strange.iter().zip(items.chunks(2)) {
            let raw = || String::from_utf8_lossy(raw).into_owned();
            if let Meaning::Letter(letter) = &both[0].meaning {
                prop_assert!(letter.inbound.chat.contains('@'), "{}", raw());
            }
            prop_assert!(!matches!(&both[0].meaning, Meaning::Ignored("unreadable")), "{}", raw());
            prop_assert!(both[0].dedupe_seconds > 0 && !both[0].dedupe.is_empty());
            prop_assert!(matches!(&both[1].meaning, Meaning::Letter(_)), "{}", raw());
        }
    });
}
