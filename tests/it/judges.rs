//! Clients that others wrote, as judges of our fakes of platforms: what we have misread once would
//! else stand in the program and in its fake. `make judges` gets the clients and runs these.

use std::process::Command;

use serde_json::{Value, json};
use switchboard::channels::proof::hmac_hex;
use switchboard::clock::Clock;

use crate::fakes::botframework::{self, FIRST, SECOND};
use crate::fakes::telegram::{self, Customer, Fault, Telegram};
use crate::fakes::{bots, meta, vk};

const IVAN: Customer = Customer { id: 501, name: "Ivan" };

/// The judge of that name is content with a part of what he is told of.
fn content(judge: &str, phase: &str, mut facts: Value) {
    facts["phase"] = phase.into();
    let script = format!("{}/tests/judges/{judge}.mjs", env!("CARGO_MANIFEST_DIR"));
    let judged = Command::new("node").args([&script, &facts.to_string()]).output();
    let judged = judged.expect("node is installed");
    let words = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (out, err) = (words(&judged.stdout), words(&judged.stderr));
    assert!(judged.status.success(), "{judge} of {phase}: {out}{err}");
}

#[test]
#[ignore = "needs clients from npm: make judges"]
fn grammy_is_a_bot_at_our_telegram() {
    let platform = Telegram::start(Clock::Wall.now());
    let file = platform.keeps("a photo");
    let facts = json!({
        "base": platform.api_base(), "token": telegram::TOKEN, "chat": IVAN.id, "file": file,
    });
    content("telegram", "sends", facts.clone());
    platform.fails("sendMessage", Fault::TooManyRequests { retry_after_seconds: 3 });
    let blocked = "Forbidden: bot was blocked by the user";
    platform.fails("sendMessage", Fault::Status(403, blocked));
    content("telegram", "meetsFaults", facts.clone());
    let hello = platform.text(IVAN, "hello");
    platform.queues([
        hello.clone(),
        platform.edit(&hello, "good day"),
        platform.photo(IVAN, "a cup"),
        platform.contact(IVAN, "+79001234567"),
        platform.location(IVAN, 55.75, 37.62),
        platform.sticker(IVAN, "👍"),
        platform.membership(IVAN, "member"),
        platform.reacts(IVAN, &json!([{ "type": "emoji", "emoji": "🔥" }])),
        platform.press(IVAN, "Good"),
    ]);
    let mut hears = facts;
    hears["updates"] = json!([
        ["text", ["Ivan", "hello"]],
        ["edit", "good day"],
        ["photo", "a cup"],
        ["contact", "+79001234567"],
        ["location", 55.75],
        ["sticker", "👍"],
        ["member", "member"],
        ["reaction", ["🔥"]],
        ["press", "rate:5"],
    ]);
    content("telegram", "hears", hears);
    assert_eq!(platform.waiting_presses(), 0);
}

#[test]
#[ignore = "needs clients from npm: make judges"]
fn vk_io_is_a_community_at_our_vk() {
    let platform = vk::start();
    platform.with(|state| {
        state.names.insert("77".to_owned(), ("Olga".to_owned(), "Petrova".to_owned()));
    });
    let facts = json!({
        "base": platform.base(), "token": vk::TOKEN, "group": vk::GROUP, "customer": 77,
    });
    content("vk", "sends", facts.clone());
    content("vk", "uploads", facts.clone());
    let sent = platform.with(|state| state.sent[0].clone());
    let mut hears = facts;
    hears["events"] = json!([vk::message_new(77, 1, "hello"), vk::message_reply(&sent, Some(5))]);
    hears["updates"] = json!([
        ["message_new", 77, "hello"],
        ["message_reply", -vk::GROUP, "hello"],
        ["message_new", 77, "are you there?"],
    ]);
    std::thread::scope(|scope| {
        let judge = scope.spawn(|| content("vk", "hears", hears));
        // A poll finds what comes after it.
        while platform.requests("/poll").is_empty() && !judge.is_finished() {
            std::thread::yield_now();
        }
        platform.with(|state| state.updates.push(vk::message_new(77, 2, "are you there?")));
    });
}

#[test]
#[ignore = "needs clients from npm: make judges"]
fn the_frameworks_own_library_believes_our_tokens_alone() {
    let (cloud, now) = (botframework::start(), Clock::Wall.now());
    let address = "https://smba.trafficmanager.net/emea/";
    let good = botframework::claims(&address.into(), now);
    let with = |claim: &str, value: Value| {
        let mut claims = good.clone();
        claims[claim] = value;
        FIRST.token(&FIRST.header(), &claims)
    };
    let mut header = FIRST.header();
    header["alg"] = "none".into();
    let facts = json!({
        "base": cloud.base(), "app": botframework::APP, "password": botframework::PASSWORD,
        "activity": botframework::message(address, "1", "hello"),
        "good": FIRST.token(&FIRST.header(), &good),
        "bad": {
            "issuer": with("iss", "https://evil.example".into()),
            "audience": with("aud", "another app".into()),
            "address": with("serviceurl", "https://evil.example/".into()),
            "over": with("exp", (now.as_second() - 600).into()),
            "not yet": with("nbf", (now.as_second() + 600).into()),
            "key": SECOND.token(&FIRST.header(), &good),
            "algorithm": FIRST.token(&header, &good),
        },
    });
    content("botframework", "believes", facts.clone());
    content("botframework", "sends", facts);
}

#[test]
#[ignore = "needs clients from npm: make judges"]
fn the_client_of_max_is_a_bot_at_our_max() {
    let platform = bots::max();
    let facts = json!({ "base": platform.base(), "token": bots::MAX_TOKEN, "chat": 100 });
    content("max", "sends", facts.clone());
    content("max", "uploads", facts.clone());
    platform.with(|state| state.updates.push(bots::max_text(7, "mid.1", "hello")));
    let mut hears = facts;
    hears["updates"] = json!([[7, "hello"]]);
    content("max", "hears", hears);
}

#[test]
#[ignore = "needs clients from npm: make judges"]
fn clients_of_meta_are_a_page_and_a_number_at_our_graph() {
    let platform = meta::start();
    let person = json!({ "first_name": "Peter", "last_name": "Chang", "id": "9000" });
    platform.with(|state| state.people.insert("9000".to_owned(), person));
    let webhook = meta::whatsapp_text("15551234567", "wamid.1", "good day").to_string();
    let signature = format!("sha256={}", hmac_hex(meta::APP_SECRET, webhook.as_bytes()));
    let facts = json!({
        "base": platform.base(), "token": meta::TOKEN, "secret": meta::APP_SECRET,
        "verify": meta::VERIFY, "page": meta::PAGE, "customer": "9000", "number": meta::NUMBER,
        "phone": "15551234567", "webhook": webhook, "signature": signature,
    });
    content("meta", "messengerSends", facts.clone());
    content("meta", "whatsapp", facts);
}
