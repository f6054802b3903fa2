//! E-mail in a whole node: letters come in, answers stand in their thread, and what goes wrong between.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::channel::ChannelSettings;
use domain::conversation::Conversation;
use domain::customer::Standing;
use domain::entry::{Attachment, Body, DeliveryState, Unheard};
use domain::file::{FileCopy, FileProblem};
use domain::id::{ChannelId, ConversationId};
use domain::line::LineSettings;
use mail_parser::{MessageParser, MimeHeaders as _};
use switchboard::files::Owner;

use crate::fakes::mail::{Fault, LOGIN, Mail, PASSWORD};
use crate::files::{PIXEL, sends, uploaded};
use crate::story::{Desk, Story, operators, tell};

pub(crate) const IVAN: &str = "ivan@customer.example";

pub(crate) fn settings(mail: &Mail) -> ChannelSettings {
    ChannelSettings::Email {
        address: LOGIN.to_owned(),
        sender_name: "Shop".to_owned(),
        login: LOGIN.to_owned(),
        password: PASSWORD.to_owned(),
        secret: "the_secret_of_the_mailbox".to_owned(),
        imap_server: mail.imap_server(),
        smtp_server: mail.smtp_server(),
    }
}

/// A letter as Ivan's program writes it; `more`: further fields of its head.
pub(crate) fn letter(id: &str, subject: &str, more: &str, text: &str) -> String {
    format!(
        "Return-Path: <{IVAN}>\nMessage-ID: <{id}@customer.example>\n\
         Date: Mon, 2 Mar 2026 08:59:00 +0000\nFrom: Ivan Petrov <Ivan@Customer.example>\n\
         To: {LOGIN}\nSubject: {subject}\n{more}MIME-Version: 1.0\n\
         Content-Type: text/plain; charset=utf-8\n\n{text}\n"
    )
}

fn anna_alone(line: &mut LineSettings) {
    line.queue.operators = operators(["anna"]);
}

/// The mailbox is connected, and somebody idles in it.
pub(crate) async fn opens(story: &Story, mail: &Mail) {
    story.opens_channel("mail", settings(mail)).await;
    mail.idled(1).await;
}

/// Ivan's conversations that are not over.
async fn open(story: &Story) -> Vec<Conversation> {
    let all = story.conversations().await.into_iter();
    all.filter(|one| one.chat.channel.as_str() == "mail").collect()
}

/// What Ivan's only conversation says, as soon as it says so much.
pub(crate) async fn says(story: &Story, times: usize) -> (ConversationId, Vec<String>) {
    let (patience, since) = (Duration::from_secs(20), switchboard::clock::monotonic());
    loop {
        story.settles().await;
        let open = open(story).await;
        assert!(open.len() < 2, "several conversations: {open:?}");
        let mut said = Vec::new();
        if let Some(one) = open.first() {
            said = story.messages(&one.id).await;
            if said.len() >= times {
                return (one.id.clone(), said);
            }
        }
        assert!(since.elapsed() < patience, "it says {said:?}");
        tokio::task::yield_now().await;
    }
}

/// The value of a field of a letter that was sent.
pub(crate) fn field<'a>(raw: &'a str, name: &str) -> Option<&'a str> {
    let head = raw.split("\r\n\r\n").next()?;
    head.split("\r\n").find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
}

#[test]
fn an_answer_stands_in_its_thread_and_the_next_letter_in_the_same_conversation() {
    tell(anna_alone, async |story| {
        let mail = Mail::start();
        mail.arrives(letter("old", "Long ago", "", "before it was connected"));
        let anna = story.signs_in("anna").await;
        opens(story, &mail).await;
        mail.arrives(letter("m1", "A lamp", "", "Do you have it?"));
        let (id, said) = says(story, 1).await;
        assert_eq!(said, ["A lamp\n\nDo you have it?"]);
        anna.accepts_it(story).await;
        anna.replies(story, &id, "Yes.\n.\nIn red.").await;
        let sent = mail.with(|state| state.sent.clone());
        let [sent] = &*sent else { panic!("one letter: {sent:?}") };
        assert_eq!((&*sent.from, &*sent.to), (LOGIN, IVAN));
        assert!(sent.raw.contains("\r\n\r\nYes.\r\n.\r\nIn red.\r\n"), "{}", sent.raw);
        for (name, value) in [
            ("Subject", "Re: A lamp"),
            ("From", "=?utf-8?b?YW5uYSwgU2hvcA==?= <hello@shop.example>"),
            ("In-Reply-To", "<m1@customer.example>"),
            ("References", "<m1@customer.example>"),
        ] {
            assert_eq!(field(&sent.raw, name), Some(value), "{}", sent.raw);
        }
        assert_eq!(field(&sent.raw, "Auto-Submitted"), None, "a person wrote it");
        let ours = field(&sent.raw, "Message-ID").unwrap();
        let thread = format!("In-Reply-To: {ours}\nReferences: <m1@customer.example> {ours}\n");
        let quote = "On Mon, 2 Mar 2026 at 9:00, Shop <hello@shop.example> wrote:\n> Yes.";
        let again = format!("How much is it?\n\n{quote}");
        mail.arrives(letter("m2", "Another subject", &thread, &again));
        let (same, said) = says(story, 3).await;
        assert_eq!((same, &*said[2]), (id, "How much is it?"));
    });
}

/// All connections end, it is noticed, and the pause after that passes.
async fn is_cut(story: &Story, mail: &Mail) {
    mail.cuts();
    let (patience, since) = (Duration::from_secs(20), switchboard::clock::monotonic());
    let trouble = || story.node.channel_health(&ChannelId::new("mail")).trouble;
    while trouble().is_none_or(|trouble| trouble.at < story.now()) {
        assert!(since.elapsed() < patience, "nobody notices");
        tokio::task::yield_now().await;
    }
    // No step with the server takes so long, however slow this machine is: time stands still in it.
    story.seconds_pass(6).await;
}

/// Ivan has asked, and Anna has the conversation.
async fn asked(story: &Story, mail: &Mail) -> (Desk, ConversationId) {
    let anna = story.signs_in("anna").await;
    opens(story, mail).await;
    mail.arrives(letter("m1", "A lamp", "", "Do you have it?"));
    let (id, _) = says(story, 1).await;
    anna.accepts_it(story).await;
    (anna, id)
}

#[test]
fn every_letter_comes_once_whatever_the_mailbox_does() {
    tell(anna_alone, async |story| {
        let mail = Mail::start();
        let (_anna, _id) = asked(story, &mail).await;
        mail.arrives(letter("m1", "A lamp", "", "Do you have it?"));
        mail.arrives(letter("m2", "A lamp", "", "Hello?"));
        assert_eq!(says(story, 2).await.1.len(), 2, "a copy of a letter is that letter");
        // While it idles the connection ends, and a letter comes before there is another.
        mail.arrives_unheard(letter("m3", "A lamp", "", "Are you there?"));
        is_cut(story, &mail).await;
        assert_eq!(says(story, 3).await.1.len(), 3);
        mail.numbers_anew();
        is_cut(story, &mail).await;
        mail.arrives(letter("m4", "A lamp", "", "Good bye."));
        let (_, said) = says(story, 4).await;
        let ends = ["Do you have it?", "Hello?", "Are you there?", "Good bye."];
        let all_come = said.iter().zip(ends).all(|(said, end)| said.ends_with(end));
        assert!(all_come && said.len() == 4, "each once: {said:?}");
    });
}

#[test]
fn after_a_restart_the_thread_goes_on() {
    tell(anna_alone, async |story| {
        let mail = Mail::start();
        let (anna, id) = asked(story, &mail).await;
        anna.replies(story, &id, "Yes.").await;
        let ours = mail.with(|state| field(&state.sent[0].raw, "Message-ID").unwrap().to_owned());
        let [anna] = story.restarts_with(["anna"]).await;
        let thread = format!("References: {ours}\nReply-To: Olga <olga@customer.example>\n");
        mail.arrives(letter("m2", "Re: A lamp", &thread, "I take it for my husband."));
        let (same, said) = says(story, 3).await;
        assert_eq!((same, &*said[2]), (id.clone(), "I take it for my husband."));
        let entries = story.entries(&id).await.into_iter().rev();
        let mut messages = entries.filter_map(|entry| match entry.body {
            Body::Message(message) => Some(message),
            Body::Note { .. } | Body::Fact(_) => None,
        });
        let last = messages.next().unwrap();
        assert_eq!(last.writer.as_deref(), Some("olga@customer.example"));
        assert_eq!(last.reply_to.as_deref(), Some(ours.trim_matches(['<', '>'])));
        anna.replies(story, &id, "It is yours.").await;
        let sent = mail.with(|state| state.sent[1].clone());
        assert_eq!(sent.to, IVAN, "it is his conversation");
        assert_eq!(field(&sent.raw, "In-Reply-To"), Some("<m2@customer.example>"));
    });
}

#[test]
fn what_machines_write_opens_nothing() {
    tell(anna_alone, async |story| {
        let mail = Mail::start();
        story.signs_in("anna").await;
        opens(story, &mail).await;
        for (id, more) in [
            ("a1", "Auto-Submitted: auto-replied\n"),
            ("a2", "Auto-Submitted: Auto-Generated; x=y\n"),
            ("a3", "Precedence: BULK\n"),
            ("a4", "Precedence: list\n"),
            ("a5", "X-Auto-Response-Suppress: OOF, AutoReply\n"),
        ] {
            mail.arrives(letter(id, "Out of office", more, "I am away."));
        }
        let bounce = letter("a6", "Undelivered", "", "It came back.");
        mail.arrives(bounce.replace(&format!("<{IVAN}>"), "<>"));
        let own = letter("a7", "Mine", "", "To myself.");
        mail.arrives(own.replace("Ivan@Customer.example", LOGIN));
        mail.arrives(own.replace("a7", "a8").replace("Ivan@Customer.example", "nobody"));
        mail.arrives(letter("m1", "A lamp", "Auto-Submitted: no\n", "I am a person."));
        assert_eq!(says(story, 1).await.1, ["A lamp\n\nI am a person."]);
    });
}

#[test]
fn what_a_machine_answers_is_shown_and_moves_nobody() {
    tell(anna_alone, async |story| {
        let mail = Mail::start();
        let (anna, id) = asked(story, &mail).await;
        anna.replies(story, &id, "Yes.").await;
        let ours = mail.with(|state| field(&state.sent[0].raw, "Message-ID").unwrap().to_owned());
        let away = format!("In-Reply-To: {ours}\nReturn-Path: <>\nAuto-Submitted: auto-replied\n");
        mail.arrives(letter("m2", "Away", &away, "I am away until Monday."));
        let (same, said) = says(story, 3).await;
        assert_eq!((same, &*said[2]), (id.clone(), "I am away until Monday."));
        let last = story.entries(&id).await.pop().unwrap();
        let Body::Message(message) = last.body else { panic!("a message") };
        assert_eq!(message.unheard, Some(Unheard::Automatic));
        assert_eq!(mail.with(|state| state.sent.len()), 1, "nobody answers a machine");
    });
}

#[test]
fn a_server_that_says_later_is_asked_later() {
    tell(anna_alone, async |story| {
        let mail = Mail::start();
        let (anna, id) = asked(story, &mail).await;
        mail.fails("RCPT", Fault::Says("451 4.7.1 Greylisted, come back"));
        mail.fails("RCPT", Fault::Says("451 4.7.1 Greylisted, come back"));
        anna.replies(story, &id, "Yes.").await;
        assert_eq!((mail.times("RCPT"), delivery(story, &id).await), (1, DeliveryState::Pending));
        let trouble = story.node.channel_health(&ChannelId::new("mail")).trouble.unwrap();
        assert!(trouble.reason.contains("Greylisted, come back"), "{}", trouble.reason);
        story.waits(59).await;
        assert_eq!(mail.times("RCPT"), 1);
        story.seconds_pass(2).await;
        assert_eq!(mail.times("RCPT"), 2);
        story.waits(298).await;
        assert_eq!(mail.times("RCPT"), 2);
        story.seconds_pass(3).await;
        assert_eq!((mail.times("RCPT"), delivery(story, &id).await), (3, DeliveryState::Sent));
        assert_eq!(mail.with(|state| state.sent.len()), 1);
    });
}

#[test]
fn what_the_server_says_at_each_step_has_its_meaning() {
    tell(anna_alone, async |story| {
        let mail = Mail::start();
        let (anna, id) = asked(story, &mail).await;
        for (command, fault, expected) in [
            ("RCPT", Fault::Says("550 5.1.1 No such user"), "No such user"),
            ("MAIL", Fault::Says("550 5.7.1 Not your address"), "Not your address"),
            ("DATA", Fault::Says("554 5.7.1 Not today"), "Not today"),
            (".", Fault::Says("554 5.7.1 Looks like spam"), "Looks like spam"),
        ] {
            mail.fails(command, fault);
            anna.replies(story, &id, "Yes.").await;
            match delivery(story, &id).await {
                DeliveryState::Failed { reason } => assert!(reason.contains(expected), "{reason}"),
                other => panic!("{command}: {other:?}"),
            }
        }
        assert_eq!(mail.with(|state| state.sent.len()), 0);
        mail.fails(".", Fault::Cut);
        anna.replies(story, &id, "Perhaps.").await;
        assert_eq!(delivery(story, &id).await, DeliveryState::Unconfirmed, "it has come or not");
        mail.fails("DATA", Fault::Cut);
        anna.replies(story, &id, "Surely.").await;
        assert_eq!(delivery(story, &id).await, DeliveryState::Pending, "it has not");
        story.seconds_pass(10).await;
        assert_eq!(delivery(story, &id).await, DeliveryState::Sent);
        assert_eq!(mail.with(|state| state.sent.len()), 2);
    });
}

#[test]
fn a_dead_password_stops_the_channel_until_it_is_mended() {
    tell(anna_alone, async |story| {
        let mail = Mail::start();
        let (anna, id) = asked(story, &mail).await;
        mail.fails("AUTH", Fault::Says("535 5.7.8 Bad credentials"));
        anna.replies(story, &id, "Yes.").await;
        assert_eq!(delivery(story, &id).await, DeliveryState::Pending);
        let health = story.node.channel_health(&ChannelId::new("mail"));
        assert!(health.trouble.unwrap().reason.contains("Bad credentials"));
        story.waits(7_200).await;
        assert_eq!(mail.times("AUTH"), 1, "nobody tries the password over and over");
        story.changes_channel("mail", |channel| channel.name = "Mended".to_owned()).await;
        story.settles().await;
        assert_eq!(delivery(story, &id).await, DeliveryState::Sent);
    });
}

/// How far the last message has come.
async fn delivery(story: &Story, id: &ConversationId) -> DeliveryState {
    let entries = story.entries(id).await.into_iter().rev();
    let mut messages = entries.filter_map(|entry| match entry.body {
        Body::Message(message) => message.delivery,
        Body::Note { .. } | Body::Fact(_) => None,
    });
    messages.next().expect("a message of ours")
}

#[test]
fn files_come_and_go_with_letters() {
    tell(anna_alone, async |story| {
        let mail = Mail::start();
        let anna = story.signs_in("anna").await;
        opens(story, &mail).await;
        let picture = STANDARD.encode(PIXEL);
        let letter = letter("m1", "My lamp", "", "").replace(
            "Content-Type: text/plain; charset=utf-8\n",
            &format!(
                "Content-Type: multipart/mixed; boundary=b\n\n\
                 --b\nContent-Type: text/plain\n\nIt looks so:\n\
                 --b\nContent-Type: application/octet-stream; name=lamp.png\n\
                 Content-Transfer-Encoding: base64\n\n{picture}\n\
                 --b\nContent-Type: image/png; name=empty.png\n\n\n--b--\n"
            ),
        );
        mail.arrives(letter);
        let (id, _) = says(story, 1).await;
        anna.accepts_it(story).await;
        let entries = story.entries(&id).await;
        let Body::Message(message) = &entries[0].body else { panic!("a message") };
        let copies = message.attachments.iter().map(|attachment| match attachment {
            Attachment::File { copy: Some(copy), .. } => copy.clone(),
            other => panic!("no file: {other:?}"),
        });
        let copies: Vec<FileCopy> = copies.collect();
        let [FileCopy::Stored { file }, FileCopy::Missing { why: FileProblem::Empty }] = &*copies
        else {
            panic!("{copies:?}")
        };
        assert_eq!((&*file.name, &*file.media_type), ("lamp.png", "image/png"));
        let owner = Owner::Conversation(id.clone());
        assert_eq!(story.node.files().read(&owner, &file.id).await.unwrap().unwrap(), PIXEL);
        let list = uploaded(story, &id, "яблоки 1".as_bytes()).await;
        sends(&anna, story, &id, "Ours:", &[file, &list]).await;
        assert_eq!(delivery(story, &id).await, DeliveryState::Sent);
        let raw = mail.with(|state| state.sent[0].raw.clone());
        let sent = MessageParser::default().parse(&raw).unwrap();
        assert_eq!(sent.body_text(0).unwrap().trim(), "Ours:");
        let files = sent.attachments().map(|file| (file.attachment_name(), file.contents()));
        let expected = [(Some("lamp.png"), PIXEL), (Some("photo of it"), "яблоки 1".as_bytes())];
        assert_eq!(files.collect::<Vec<_>>(), expected);
    });
}

#[test]
fn an_address_is_believed_once_it_has_answered() {
    tell(anna_alone, async |story| {
        let mail = Mail::start();
        let (anna, id) = asked(story, &mail).await;
        let standing = async || {
            let card = story.customer_of(&id).await.card;
            let emails = card.emails.iter().map(|one| (one.value.clone(), one.standing));
            (emails.collect::<Vec<_>>(), card.lead.is_some())
        };
        let claimed = vec![(IVAN.to_owned(), Standing::Claimed)];
        assert_eq!(standing().await, (claimed, true), "he can be reached again: there is a lead");
        anna.replies(story, &id, "Yes.").await;
        let ours = mail.with(|state| field(&state.sent[0].raw, "Message-ID").unwrap().to_owned());
        let forged = ours.replacen("1-", "0-", 1);
        mail.arrives(letter("m2", "Re:", &format!("In-Reply-To: {forged}\n"), "Believe me."));
        says(story, 3).await;
        assert_eq!(standing().await.0[0].1, Standing::Claimed, "that is no id of ours");
        mail.arrives(letter("m3", "Re:", &format!("In-Reply-To: {ours}\n"), "Thanks."));
        says(story, 4).await;
        assert_eq!(standing().await.0, [(IVAN.to_owned(), Standing::Verified)]);
    });
}

#[test]
fn what_the_line_says_by_itself_is_marked_and_said_once() {
    let welcomes = |line: &mut LineSettings| {
        line.queue.operators = operators(["anna"]);
        line.consent.enabled = true;
        line.welcome.enabled = true;
    };
    tell(welcomes, async |story| {
        let mail = Mail::start();
        let (_anna, _id) = asked(story, &mail).await;
        let sent = mail.with(|state| state.sent.clone());
        let [sent] = &*sent else { panic!("one letter: {sent:?}") };
        assert_eq!(field(&sent.raw, "Auto-Submitted"), Some("auto-replied"));
        assert_eq!(field(&sent.raw, "X-Auto-Response-Suppress"), Some("All"));
        assert_eq!(field(&sent.raw, "From"), Some("Shop <hello@shop.example>"));
    });
}

/// A report that a letter of ours did not arrive.
fn report(returned: &str, action: &str) -> String {
    format!(
        "Return-Path: <>\nMessage-ID: <r-{action}@mx.customer.example>\nAuto-Submitted: auto-replied\n\
         From: MAILER-DAEMON@mx.customer.example\nTo: {LOGIN}\nSubject: Undelivered\n\
         MIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\n\
         --b\nContent-Type: text/plain\n\nIt could not be delivered.\n\
         --b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.customer.example\n\n\
         Final-Recipient: rfc822; {IVAN}\nAction: {action}\nStatus: 5.1.1\n\
         Diagnostic-Code: smtp; 550 5.1.1 Mailbox is gone\n\
         --b\nContent-Type: text/rfc822-headers\n\nSubject: Re: A lamp\nMessage-ID: {returned}\n--b--\n"
    )
}

#[test]
fn a_letter_that_comes_back_has_failed() {
    tell(anna_alone, async |story| {
        let mail = Mail::start();
        let (anna, id) = asked(story, &mail).await;
        anna.replies(story, &id, "Yes.").await;
        let ours = mail.with(|state| field(&state.sent[0].raw, "Message-ID").unwrap().to_owned());
        mail.arrives(report(&ours.replacen("1-", "0-", 1), "failed"));
        mail.arrives(report(&ours, "delayed"));
        mail.arrives(letter("m2", "A lamp", "", "Hello?"));
        says(story, 3).await;
        let first_of_ours = async || {
            let entries = story.entries(&id).await.into_iter();
            let mut messages = entries.filter_map(|entry| match entry.body {
                Body::Message(message) => message.delivery,
                Body::Note { .. } | Body::Fact(_) => None,
            });
            messages.next().expect("a message of ours")
        };
        assert_eq!(first_of_ours().await, DeliveryState::Sent, "neither forged nor delayed");
        mail.arrives(report(&ours, "failed").replace("r-failed", "r-real"));
        mail.arrives(letter("m3", "A lamp", "", "Are you there?"));
        says(story, 4).await;
        let reason = "550 5.1.1 Mailbox is gone".to_owned();
        assert_eq!(first_of_ours().await, DeliveryState::Failed { reason });
    });
}
