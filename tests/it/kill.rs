//! The program killed again and again while customers write: what was acknowledged is stored once
//! and in order, and no offer is forgotten.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::time::Duration;

use actix_web::rt;
use domain::event::{Row, RowState};
use domain::id::{ConversationId, OfferId, OperatorId};
use futures_util::future::join_all;
use serde_json::{Value, json};
use switchboard::protocol::ServerFrame;
use tokio::sync::watch;

use crate::screen;
use crate::site::{Browser, Form, Operator, Page, Program, founded, line, message, transcript};

const CUSTOMERS: u32 = 20;
/// Of each customer.
const MESSAGES: u32 = 100;
/// While customers write; one more follows when they have done.
const KILLS: usize = 10;
/// Repeats a run: the moments of the kills are drawn from it.
const SEED: &str = "SWITCHBOARD_TEST_KILL_SEED";
/// A platform that has heard nothing tries again after that long, or when the program is back.
const RETRY_AFTER: Duration = Duration::from_secs(2);
/// So short that offers run out while the program is down.
const OFFER_SECONDS: u32 = 4;

#[actix_web::test]
async fn what_was_acknowledged_survives_eleven_kills() {
    let since = switchboard::clock::monotonic();
    let limits = "limits.offer_timeout_seconds = [1, 1800]";
    let mut program = Program::starts(limits).await;
    let token = program.setup_token().expect("printed at the first start").to_owned();
    let chief = founded(&program.page(), &token).await;
    let form = four_who_never_answer(&chief).await;
    let seed = seed();

    let retries = customers_write(&mut program, &form, seed).await;
    let chief = Page { url: program.page().url, ..chief };
    let offers = all_are_offered(&chief).await;
    program.is_killed();
    program.starts_again().await;
    let chief = Page { url: program.page().url, ..chief };
    assert_eq!(program.setup_token(), None, "the account was kept");

    let entries = everything_is_there_once_and_in_order(&chief, offers.keys()).await;
    offers_run_out_and_move_on(&chief, &offers).await;
    let report = format!(
        "seed {seed}: {} messages of {CUSTOMERS} customers, {} kills, {retries} retries, \
         {entries} entries, {} offers moved on, {:.1} s",
        CUSTOMERS * MESSAGES,
        KILLS + 1,
        offers.len(),
        since.elapsed().as_secs_f64(),
    );
    // Not by a macro: what they print is shown of tests that fail.
    writeln!(std::io::stderr(), "{report}").expect("written");
}

/// A line of operators who are asked whether they are here or not, enough of them to be asked for
/// all customers at once.
async fn four_who_never_answer(chief: &Page) -> Form {
    let mut operators = Vec::new();
    for name in ["Anna", "Boris", "Clara", "Dmitri"] {
        operators.push(Operator::hired(chief, name).await.id);
    }
    let settings = json!({
        "name": "Sales",
        "queue": {
            "operators": operators, "require_available": false,
            "offer_timeout_seconds": OFFER_SECONDS,
        },
        "unanswered": { "rule": "requeue", "after_seconds": 0, "text_on_requeue": false },
    });
    Form::connected(chief, &line(chief, &settings).await).await
}

/// From which the moments of kills are drawn.
pub(crate) fn seed() -> u64 {
    let given = std::env::var(SEED).ok().map(|seed| seed.parse().expect("a number"));
    given.unwrap_or_else(|| u64::from_be_bytes(switchboard::clock::secret_bytes()))
}

/// After how many acknowledged messages the program is killed.
fn moments(mut seed: u64) -> BTreeSet<u32> {
    let mut moments = BTreeSet::new();
    while moments.len() < KILLS {
        // A linear congruential generator; its high bits are good enough.
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let drawn = u32::try_from(seed >> 33).expect("31 bits");
        moments.insert(1 + drawn % (CUSTOMERS * MESSAGES * 19 / 20));
    }
    moments
}

/// All messages are posted until each is acknowledged, while the program is killed meanwhile.
/// Answers how often a customer had to try again.
async fn customers_write(program: &mut Program, form: &Form, seed: u64) -> u32 {
    let (up, is_up) = watch::channel(program.page());
    let (taken, mut is_taken) = watch::channel(0);
    let writing = (1..=CUSTOMERS)
        .map(|number| rt::spawn(write_all(number, form.clone(), is_up.clone(), taken.clone())));
    let writing: Vec<_> = writing.collect();
    for moment in moments(seed) {
        is_taken.wait_for(|taken| *taken >= moment).await.expect("customers write");
        program.is_killed();
        program.starts_again().await;
        up.send_replace(program.page());
    }
    let retries = join_all(writing).await.into_iter().map(|retries| retries.expect("all written"));
    retries.sum()
}

/// One customer's messages, each after the one before was acknowledged, as a platform does it.
async fn write_all(
    number: u32,
    form: Form,
    mut is_up: watch::Receiver<Page>,
    taken: watch::Sender<u32>,
) -> u32 {
    let mut retries = 0;
    for n in 1..=MESSAGES {
        let body = message(&name(number), &n.to_string(), &n.to_string()).to_string();
        loop {
            let page = is_up.borrow_and_update().clone();
            match form.tries(&page, &body).await {
                Ok(answer) if answer.status == 202 => break,
                Ok(answer) => assert_eq!(answer.status, 503, "{}", answer.text),
                Err(_) => {}
            }
            retries += 1;
            let _back_or_not = tokio::time::timeout(RETRY_AFTER, is_up.changed()).await;
        }
        taken.send_modify(|taken| *taken += 1);
    }
    retries
}

fn name(number: u32) -> String {
    format!("Customer {number}")
}

/// The offer and the operator before whom each conversation is.
type Offers = BTreeMap<ConversationId, (OfferId, OperatorId)>;

fn offers(frames: &[ServerFrame]) -> Offers {
    let offered = |row: Row| {
        assert!([RowState::Waiting, RowState::Offered].contains(&row.state), "{row:?}");
        let offer = row.offers.into_iter().next()?;
        Some((row.conversation, (offer.offer, offer.operator)))
    };
    screen::rows(frames).into_values().filter_map(offered).collect()
}

/// Waits until there is an offer of every conversation.
async fn all_are_offered(chief: &Page) -> Offers {
    let mut browser = Browser::shows(chief).await;
    let customers: usize = CUSTOMERS.try_into().expect("few");
    browser.until(|frames| offers(frames).len() == customers).await;
    offers(browser.frames())
}

/// Answers how many entries there are of all kinds.
async fn everything_is_there_once_and_in_order(
    chief: &Page,
    ids: impl Iterator<Item = &ConversationId>,
) -> usize {
    let (mut names, mut count) = (BTreeSet::new(), 0);
    for id in ids {
        let transcript = transcript(chief, id).await;
        let entries = transcript["entries"].as_array().expect("entries");
        let of_customer = entries.iter().filter(|entry| entry["author"]["kind"] == "customer");
        let texts: Vec<_> = of_customer.map(|entry| entry["body"]["text"].as_str()).collect();
        let written: Vec<_> = (1..=MESSAGES).map(|n| n.to_string()).collect();
        let written: Vec<_> = written.iter().map(|text| Some(&**text)).collect();
        assert_eq!(texts, written, "{}", transcript["row"]);
        names.insert(transcript["row"]["customer_name"].as_str().expect("a name").to_owned());
        count += entries.len();
    }
    assert_eq!(names, (1..=CUSTOMERS).map(name).collect(), "each customer has one conversation");
    count
}

/// Offers that were made before the last kill run out after it, and others follow.
async fn offers_run_out_and_move_on(chief: &Page, old: &Offers) {
    let mut browser = Browser::shows(chief).await;
    assert_eq!(screen::rows(browser.frames()).len(), old.len(), "no conversation was lost");
    let is_newer = |now: &Offers, id, offer| now.get(id).is_some_and(|(newer, _)| *newer > offer);
    browser
        .until(|frames| {
            let now = offers(frames);
            old.iter().all(|(id, (offer, _))| is_newer(&now, id, *offer))
        })
        .await;
    for (id, (offer, operator)) in old {
        let transcript = transcript(chief, id).await;
        let facts = transcript["entries"].as_array().expect("entries").iter();
        let facts: Vec<_> = facts.filter(|entry| entry["body"]["kind"] == "fact").collect();
        let made = facts.iter().position(|fact| fact["body"]["offer"] == json!(offer));
        let then: &Value = &facts[made.expect("the offer is written down") + 1]["body"];
        assert_eq!(then["fact"], "missed", "what became of offer {offer:?} of {id}: {then}");
        assert_eq!(then["operators"], json!([operator]));
    }
}
