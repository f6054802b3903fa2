//! Letters as mail programs write them: what is read of them, and what is not believed.

use std::time::Duration;

use domain::channel::ChannelSettings;
use domain::chat::{CustomerMessage, InboundKind};
use domain::entry::Attachment;
use domain::file::{FileCopy, FileProblem};
use domain::id::ConversationId;
use switchboard::channels::email::Letter;
use switchboard::channels::kept::Kept;
use switchboard::channels::{self, Item, Meaning, PollError, SendOutcome};
use switchboard::outbound::{Fault as OutFault, Outbound, OutboundSettings, Server};

use super::email::{letter, settings};
use super::{channel, now, outbound_to_fakes, outgoing};
use crate::fakes::mail::{Fault, Mail};

/// What comes of letters that arrive in a mailbox.
async fn items<R: AsRef<[u8]>>(letters: &[R]) -> Vec<Item> {
    let (mail, outbound, kept) = (Mail::start(), outbound_to_fakes(), Kept::default());
    let channel = channel(settings(&mail));
    let poll = async |offset| {
        channels::poll(&outbound, &kept, &channel, offset, Duration::ZERO, now()).await.unwrap()
    };
    let mut place = poll(None).await.next_offset;
    for letter in letters {
        mail.arrives(letter);
    }
    let mut found = Vec::new();
    while found.len() < letters.len() {
        let polled = poll(place).await;
        assert!(!polled.items.is_empty(), "nothing more is found after {}", found.len());
        found.extend(polled.items);
        place = polled.next_offset;
    }
    found
}

async fn read(raw: impl AsRef<[u8]>) -> Letter {
    match items(&[raw]).await.remove(0).meaning {
        Meaning::Letter(letter) => *letter,
        other => panic!("no letter: {other:?}"),
    }
}

fn message(letter: &Letter) -> &CustomerMessage {
    match &letter.inbound.what {
        InboundKind::Message(message) => message,
        other => panic!("no message: {other:?}"),
    }
}

fn with_charset(charset: &str, subject: &[u8], from: &[u8], text: &[u8]) -> Vec<u8> {
    let head = format!("Message-ID: <m@c.example>\nContent-Type: text/plain; charset={charset}\n");
    [
        head.as_bytes(),
        b"Content-Transfer-Encoding: 8bit\nSubject: ",
        subject,
        b"\nFrom: ",
        from,
        b" <ivan@customer.example>\n\n",
        text,
        b"\n",
    ]
    .concat()
}

/// "Привет" in two old encodings.
const KOI8: &[u8] = b"\xf0\xd2\xc9\xd7\xc5\xd4";
const WINDOWS: &[u8] = b"\xcf\xf0\xe8\xe2\xe5\xf2";

#[actix_web::test]
async fn old_and_broken_encodings_are_read() {
    let in_words = b"=?koi8-r?B?8NLJ18XU?=";
    for (charset, subject, from, text) in [
        ("koi8-r", &in_words[..], &in_words[..], KOI8),
        (
            "windows-1251",
            b"=?windows-1251?Q?=CF=F0=E8=E2=E5=F2?=",
            b"=?WINDOWS-1251?B?z/Do4uXy?=",
            WINDOWS,
        ),
        // A letter may be torn between two words.
        (
            "utf-8",
            b"=?utf-8?B?0J/RgNC40LLQ?=\n =?utf-8?B?tdGC?=",
            "Привет".as_bytes(),
            "Привет".as_bytes(),
        ),
        (
            "utf-8",
            b"=?UTF-8?Q?=D0=9F=D1=80=D0=B8=D0?= =?UTF-8?Q?=B2=D0=B5=D1=82?=",
            b"=?utf-8?B?0J/RgNC40LLQtdGC?=",
            "Привет".as_bytes(),
        ),
        // Nothing says what the head is written in but the body's encoding.
        ("koi8-r", KOI8, KOI8, KOI8),
        ("windows-1251", WINDOWS, WINDOWS, WINDOWS),
    ] {
        let letter = read(with_charset(charset, subject, from, text)).await;
        let seen = (&*message(&letter).text, &*letter.inbound.customer_name);
        assert_eq!(seen, ("Привет\n\nПривет", "Привет"), "{charset} {subject:?}");
    }
}

#[actix_web::test]
async fn a_page_becomes_text_and_loads_nothing() {
    let page = "<html><head><style>p{}</style><script>alert(1)</script></head><body>\
        <div>Hello,</div><div>here is <b>my</b> lamp &amp; <a href='https://y.example/'>https://y.example</a> its <a href='https://x.example/'>price</a></div>\
        <img src='https://track.example/pixel.png' alt=''>\
        <blockquote>On Mon, 2 Mar 2026, Shop &lt;shop@x.example&gt; wrote:<br>How can we help?</blockquote>\
        </body></html>";
    let raw = letter("m1", "", "", page).replace("text/plain", "text/html");
    let letter = read(raw).await;
    assert_eq!(
        message(&letter).text,
        "Hello,\nhere is my lamp & https://y.example its price <https://x.example/>"
    );
}

#[actix_web::test]
async fn a_letter_without_an_id_is_known_by_its_head() {
    let raw =
        letter("m1", "A lamp", "", "Hello").replace("Message-ID: <m1@customer.example>\n", "");
    let other = raw.replace("A lamp", "Another lamp");
    let found = items(&[raw.clone(), raw, other]).await;
    assert_eq!(found[0].dedupe, found[1].dedupe);
    assert_ne!(found[0].dedupe, found[2].dedupe);
    assert!(found.iter().all(|item| item.dedupe.starts_with("sha256:")));
}

#[actix_web::test]
async fn files_come_with_the_letter_and_a_forwarded_letter_is_one() {
    let raw = "Message-ID: <m1@customer.example>\nFrom: ivan@customer.example\nSubject: Files\n\
        MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n\
        --b\nContent-Type: text/plain\n\nSee below.\n\
        --b\nContent-Type: application/pdf\nContent-Transfer-Encoding: base64\n\
        Content-Disposition: attachment; filename*=utf-8''%D1%86%D0%B5%D0%BD%D1%8B.pdf\n\nJVBERi0xLjQ=\n\
        --b\nContent-Type: message/rfc822\nContent-Disposition: attachment; filename=fw.eml\n\n\
        Subject: inner\n\ninner text\n\
        --b--\n";
    let letter = read(raw).await;
    assert_eq!(message(&letter).text, "Files\n\nSee below.");
    let names = message(&letter).attachments.iter().map(|attachment| match attachment {
        Attachment::File { what, name, .. } => (&**what, name.as_deref().unwrap_or_default()),
        other => panic!("{other:?}"),
    });
    assert_eq!(names.collect::<Vec<_>>(), [("document", "цены.pdf"), ("document", "fw.eml")]);
    let contents =
        letter.files.iter().map(|file| String::from_utf8_lossy(&file.content).into_owned());
    let contents: Vec<String> = contents.map(|content| content.replace("\r\n", "\n")).collect();
    assert_eq!(contents[0], "%PDF-1.4");
    assert!(contents[1].starts_with("Subject: inner\n\ninner text"), "{contents:?}");
}

#[actix_web::test]
async fn of_a_letter_that_is_too_large_the_beginning_is_read() {
    let mut raw = "Message-ID: <m1@customer.example>\nFrom: ivan@customer.example\nSubject: Film\n\
        Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\nSee it.\n\
        --b\nContent-Type: video/mp4\nContent-Disposition: attachment; filename=film.mp4\n\n"
        .as_bytes()
        .to_vec();
    raw.resize(26 * 1024 * 1024, b'x');
    let letter = read(raw).await;
    assert_eq!(message(&letter).text, "Film\n\nSee it.");
    let too_large = Some(FileCopy::Missing { why: FileProblem::TooLarge });
    let [Attachment::File { name, copy, .. }] = &*message(&letter).attachments else {
        panic!("one file")
    };
    assert_eq!((name.as_deref(), copy), (Some("film.mp4"), &too_large));
    assert!(letter.files.is_empty());
}

#[actix_web::test]
async fn each_refusal_of_the_mailbox_has_its_class() {
    let (mail, outbound) = (Mail::start(), outbound_to_fakes());
    let channel = channel(settings(&mail));
    let poll = async || {
        channels::poll(&outbound, &Kept::default(), &channel, None, Duration::ZERO, now()).await
    };
    mail.fails("LOGIN", Fault::Says("NO [AUTHENTICATIONFAILED] Invalid credentials"));
    let dead = poll().await;
    let Err(PollError::ChannelDead { reason }) = dead else { panic!("{dead:?}") };
    assert!(reason.contains("Invalid credentials"), "{reason}");
    mail.fails("LOGIN", Fault::Says("NO [UNAVAILABLE] Try again later"));
    mail.fails("SELECT", Fault::Says("NO [INUSE] Later"));
    mail.fails("CAPABILITY", Fault::Cut);
    for _ in 0..3 {
        let later = poll().await;
        assert!(matches!(later, Err(PollError::RetryLater { .. })), "{later:?}");
    }
    assert!(poll().await.is_ok());
}

#[actix_web::test]
async fn a_server_that_cannot_idle_is_asked_again() {
    let (mail, outbound, kept) = (Mail::start(), outbound_to_fakes(), Kept::default());
    mail.with(|state| state.idles = false);
    let channel = channel(settings(&mail));
    let poll = async |offset| {
        channels::poll(&outbound, &kept, &channel, offset, Duration::ZERO, now()).await.unwrap()
    };
    let place = poll(None).await.next_offset;
    assert_eq!(poll(place).await.items.len(), 0);
    mail.arrives(letter("m1", "A lamp", "", "Hello"));
    assert_eq!(poll(place).await.items.len(), 1);
    assert_eq!((mail.times("IDLE"), mail.times("LOGIN")), (0, 1), "by one connection");
}

#[actix_web::test]
async fn a_test_signs_in_to_both_servers_and_says_which_refuses() {
    let (mail, outbound) = (Mail::start(), outbound_to_fakes());
    let channel = channel(settings(&mail));
    let test = async || channels::test(&outbound, &Kept::default(), &channel, now()).await;
    assert_eq!(test().await, Ok("hello@shop.example".to_owned()));
    mail.fails("AUTH", Fault::Says("535 5.7.8 Bad credentials"));
    let refused = test().await.unwrap_err();
    assert!(refused.starts_with("SMTP: ") && refused.contains("Bad credentials"), "{refused}");
    mail.fails("LOGIN", Fault::Says("NO [AUTHENTICATIONFAILED] No IMAP for you"));
    let refused = test().await.unwrap_err();
    assert!(refused.starts_with("IMAP: ") && refused.contains("No IMAP for you"), "{refused}");
    assert_eq!(mail.with(|state| state.sent.len()), 0);
}

#[actix_web::test]
async fn mail_servers_are_judged_like_all_addresses() {
    let (usual, ours) = (Outbound::new(OutboundSettings::default()).unwrap(), outbound_to_fakes());
    for (address, is_usual, is_ours) in [
        ("imaps://imap.example.com", true, true),
        ("imap://imap.example.com:993", true, true),
        ("smtps://93.184.216.34", true, true),
        ("smtp://[2606:2800:220:1:248:1893:25c8:1946]:25", true, true),
        ("smtp://93.184.216.34:22", false, false),
        ("imaps://127.0.0.1", false, true),
        ("imap+plain://127.0.0.1:1143", false, true),
        ("smtp+plain://93.184.216.34", false, false),
        ("smtps://10.0.0.1", false, false),
        ("smtps://169.254.169.254", false, false),
        ("imaps://[::1]", false, false),
        ("imaps://[::ffff:10.0.0.1]", false, false),
        ("imaps://user@imap.example.com", false, false),
        ("imaps://imap.example.com/inbox", false, false),
        ("pop3://pop.example.com", false, false),
        ("imaps://", false, false),
    ] {
        let seen = (usual.check(address).is_ok(), ours.check(address).is_ok());
        assert_eq!(seen, (is_usual, is_ours), "{address}");
    }
    let (mail, kept) = (Mail::start(), Kept::default());
    let channel = channel(settings(&mail));
    let polled = channels::poll(&usual, &kept, &channel, None, Duration::ZERO, now()).await;
    assert!(matches!(polled, Err(PollError::ChannelDead { .. })), "{polled:?}");
    let by_name = Server::parse("imap+plain://localhost:1143").unwrap();
    assert!(matches!(usual.dial(&by_name).await, Err(OutFault::NeverSent(_))), "what it leads to");
}

#[actix_web::test]
async fn nothing_secret_is_said_where_encryption_is_wanted_and_fails() {
    let (mail, outbound) = (Mail::start(), outbound_to_fakes());
    let encrypted = |server: String| server.replace("+plain", "");
    let conversation = ConversationId::new("0-x");
    for agrees in [false, true] {
        if agrees {
            mail.fails("STARTTLS", Fault::Says("OK go on"));
            mail.fails("STARTTLS", Fault::Says("220 go on"));
        }
        let mut channel = channel(settings(&mail));
        if let ChannelSettings::Email { imap_server, smtp_server, .. } = &mut channel.settings {
            *imap_server = encrypted(mail.imap_server());
            *smtp_server = encrypted(mail.smtp_server());
        }
        let kept = Kept::default();
        let polled = channels::poll(&outbound, &kept, &channel, None, Duration::ZERO, now()).await;
        let message = outgoing("ivan@customer.example", "Hello", &conversation);
        let sent = channels::send(&outbound, &kept, &channel, &message).await;
        if agrees {
            assert!(matches!(polled, Err(PollError::RetryLater { .. })), "{polled:?}");
            assert!(matches!(sent, SendOutcome::RetryLater { .. }), "{sent:?}");
        } else {
            assert!(matches!(polled, Err(PollError::ChannelDead { .. })), "{polled:?}");
            assert!(matches!(sent, SendOutcome::ChannelDead { .. }), "{sent:?}");
        }
    }
    assert_eq!((mail.times("STARTTLS"), mail.times("LOGIN"), mail.times("AUTH")), (4, 0, 0));
}
