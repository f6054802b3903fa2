//! Telegram updates: what each shape means, and which requests are not genuine.

use domain::chat::InboundKind;
use serde_json::{Value, json};
use switchboard::channels::telegram::SECRET_HEADER;
use switchboard::channels::{self, Item, Meaning, Rejected};

use super::{SECRET, channel, deliver, deliver_with, fixtures, now, request, telegram_at};
use crate::fakes::telegram::{Customer, Telegram};

const MAX: Customer = Customer { id: 41, name: "Max" };

#[test]
fn every_shape_means_what_its_snapshot_says() {
    let fixtures = fixtures();
    assert!(fixtures.len() > 60, "the fixtures are there");
    for (name, body) in fixtures {
        let items = deliver(&body).expect("a genuine update is taken");
        let [item] = &items[..] else { panic!("{name}: one update is one item") };
        insta::assert_json_snapshot!(name, shown(item, &body));
    }
}

/// The item without the original, which must be the body itself.
fn shown(item: &Item, body: &[u8]) -> Value {
    let meaning = match &item.meaning {
        Meaning::Ignored(word) => json!({ "ignored": word }),
        Meaning::Letter(_) | Meaning::Writing { .. } | Meaning::Confirmation => {
            panic!("nothing to store")
        }
        Meaning::Inbound(inbound) => {
            let mut inbound = inbound.clone();
            let original = inbound.original.take().expect("the original is kept");
            assert_eq!(original.as_bytes(), body);
            serde_json::to_value(inbound).expect("it is stored as json")
        }
    };
    json!({ "dedupe": item.dedupe, "seconds": item.dedupe_seconds, "meaning": meaning })
}

#[test]
fn a_forged_request_is_not_genuine() {
    let update = Telegram::start(now()).text(MAX, "hello").bytes();
    let longer = format!("{SECRET}x");
    let upper = SECRET.to_uppercase();
    let padded = format!(" {SECRET}");
    let forged: [&[(&str, &str)]; 8] = [
        &[],
        &[(SECRET_HEADER, "")],
        &[(SECRET_HEADER, "the_secret-of-another")],
        &[(SECRET_HEADER, &SECRET[1..])],
        &[(SECRET_HEADER, &longer)],
        &[(SECRET_HEADER, &upper)],
        &[(SECRET_HEADER, &padded)],
        &[("X-Telegram-Secret", SECRET)],
    ];
    for headers in forged {
        assert_eq!(deliver_with(headers, &update), Err(Rejected::NotGenuine), "{headers:?}");
    }
    assert!(deliver_with(&[("x-telegram-bot-api-secret-token", SECRET)], &update).is_ok());
}

#[test]
fn an_empty_configured_secret_refuses_everything() {
    let mut open = telegram_at("https://api.telegram.org");
    if let domain::channel::ChannelSettings::Telegram { secret, .. } = &mut open.settings {
        secret.clear();
    }
    for headers in [&[][..], &[(SECRET_HEADER, "")], &[(SECRET_HEADER, SECRET)]] {
        assert_eq!(request(&open, headers, b"{}"), Err(Rejected::NotGenuine));
    }
}

#[test]
fn a_press_rates_and_says_what_the_button_said() {
    let press = |name: &str| {
        let (_, body) = fixtures().into_iter().find(|(found, _)| found == name).unwrap();
        let items = deliver(&body).unwrap();
        let Meaning::Inbound(inbound) = items[0].meaning.clone() else { panic!("taken") };
        let InboundKind::Message(message) = inbound.what else { panic!("a message") };
        let replied_to = message.reply_to.as_deref().map(str::to_owned);
        (inbound.customer_name, message.text, message.rating, replied_to)
    };
    let vera = |text: &str, rating, to: &str| {
        ("Vera Lind".to_owned(), text.to_owned(), Some(rating), Some(to.to_owned()))
    };
    assert_eq!(press("callback_rating_like"), vera("👎", 0, "1075"));
    assert_eq!(press("callback_rating_stars"), vera("4 ⭐", 4, "1076"));
    assert_eq!(press("callback_rating_inaccessible_message"), vera("4", 4, "1077"));
}

#[test]
fn poison_is_acknowledged_and_counted() {
    let deep = "[".repeat(100_000);
    let bodies: [&[u8]; 8] = [
        b"",
        b"{",
        b"null",
        b"[]",
        b"\"text\"",
        b"{\"update_id\":1,\"message\":{\"text\":\"\xff\"}}",
        b"{\"update_id\":1}trailing",
        deep.as_bytes(),
    ];
    for body in bodies {
        let items = deliver(body).expect("poison is acknowledged");
        let [item] = &items[..] else { panic!("one item") };
        assert_eq!(item.meaning, Meaning::Ignored("malformed"));
        assert!(item.dedupe.starts_with("sha256:"));
    }
}

#[test]
fn a_repeat_is_recognised_and_another_update_is_not() {
    let telegram = Telegram::start(now());
    let (first, second) = (telegram.text(MAX, "hello"), telegram.text(MAX, "hello"));
    let key = |update: &crate::fakes::telegram::Update| {
        deliver(&update.bytes()).unwrap()[0].dedupe.clone()
    };
    assert_eq!(key(&first), key(&first));
    assert_ne!(key(&first), key(&second));
}

#[test]
fn nothing_of_the_request_is_in_the_answer() {
    let body = Telegram::start(now()).text(MAX, r#"{"method":"sendMessage"}"#).bytes();
    let items = deliver(&body).unwrap();
    let settings = telegram_at("https://api.telegram.org").settings;
    let answer = channels::acknowledge(&settings, &items, &[channels::Taken::Created]);
    assert_eq!(
        answer,
        channels::Acknowledgement { status: 200, body: channels::AnswerBody::Nothing }
    );
}

#[test]
fn an_own_contact_is_told_from_a_foreign_one() {
    let telegram = Telegram::start(now());
    let own = telegram.contact(MAX, "+15550100300");
    let mut foreign = own.clone();
    foreign.0["message"]["contact"]["user_id"] = json!(42);
    for (update, expected) in [(own, true), (foreign, false)] {
        let items = deliver(&update.bytes()).unwrap();
        let Meaning::Inbound(inbound) = &items[0].meaning else { panic!("taken") };
        let InboundKind::Message(message) = &inbound.what else { panic!("a message") };
        let shown = serde_json::to_value(&message.attachments).unwrap();
        assert_eq!(shown[0]["own"], expected);
    }
}

#[test]
fn the_wrong_kind_of_channel_does_not_take_an_update() {
    let webhook = channel(domain::channel::ChannelSettings::Webhook {
        keys: vec!["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".to_owned()],
        outgoing_url: None,
    });
    let refused = request(&webhook, &[(SECRET_HEADER, SECRET)], b"{}");
    assert_eq!(refused, Err(Rejected::NotGenuine));
}
