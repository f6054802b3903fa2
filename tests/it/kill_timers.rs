//! The program killed around its deadlines: each has its effect once, and none before its time.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::time::Duration;

use domain::event::{Row, RowState};
use domain::id::ConversationId;
use jiff::Timestamp;
use serde_json::{Value, json};
use switchboard::protocol::{ClientFrame, Outcome};

use crate::kill::seed;
use crate::site::{Browser, Form, Operator, Page, Program, founded, line, message, transcript};
use crate::story::new_id;

/// Of each line: as many as are put before one operator at a time.
const CUSTOMERS: u32 = 5;
const KILLS: u32 = 4;
/// How long an offer stands, and how long a finished conversation can be reopened.
const SECONDS: u32 = 2;
/// From a start to the next kill at most; a start takes its time too.
const UP_MS_MAX: u64 = 1_200;

#[actix_web::test]
async fn offers_and_windows_end_once_through_kills() {
    let since = switchboard::clock::monotonic();
    let mut program = Program::starts("limits.offer_timeout_seconds = [1, 1800]").await;
    let token = program.setup_token().expect("printed at the first start").to_owned();
    let chief = founded(&program.page(), &token).await;
    let offered = three_who_never_answer(&chief).await;
    let finished = a_line_of_nobody(&chief).await;
    for form in [&offered, &finished] {
        customers_write(&chief, form).await;
    }
    chief_finishes(&chief, &finished).await;

    let mut seed = seed();
    let first = seed;
    for _ in 0..KILLS {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let moment = Duration::from_millis((seed >> 33) % UP_MS_MAX);
        let _it_has_come = tokio::time::timeout(moment, std::future::pending::<()>()).await;
        program.is_killed();
        program.starts_again().await;
    }
    let chief = Page { url: program.page().url, ..chief };
    let rows = all_is_over(&chief).await;
    for row in rows.values() {
        let facts = facts(&chief, &row.conversation).await;
        if row.channel.as_str() == offered.channel() {
            three_offers_ran_out(&facts);
        } else {
            it_closed_once(&facts);
        }
    }
    assert_eq!(rows.len(), usize::try_from(2 * CUSTOMERS).expect("few"));
    let seconds = since.elapsed().as_secs_f64();
    let report = format!("seed {first}: {KILLS} kills around deadlines, {seconds:.1} s");
    // Not by a macro: what they print is shown of tests that fail.
    writeln!(std::io::stderr(), "{report}").expect("written");
}

/// A line whose operators are asked one after the other, whether they are here or not, once each.
async fn three_who_never_answer(chief: &Page) -> Form {
    let mut operators = Vec::new();
    for name in ["Anna", "Boris", "Clara"] {
        operators.push(Operator::hired(chief, name).await.id);
    }
    let settings = json!({
        "name": "Sales",
        "queue": {
            "mode": "strictly", "operators": operators, "require_available": false,
            "offer_timeout_seconds": SECONDS,
        },
        "unanswered": { "rule": "nothing" },
    });
    Form::connected(chief, &line(chief, &settings).await).await
}

async fn a_line_of_nobody(chief: &Page) -> Form {
    let settings = json!({
        "name": "Support",
        "queue": { "operators": [] },
        "closing": { "rule": "nothing", "reopen_window_seconds": SECONDS },
    });
    Form::connected(chief, &line(chief, &settings).await).await
}

async fn customers_write(page: &Page, form: &Form) {
    for n in 0..CUSTOMERS {
        let answer = form.posts(page, &message(&format!("Customer {n}"), "1", "hello")).await;
        assert_eq!(answer.status, 202, "{}", answer.text);
    }
}

/// The administrator takes all conversations of a line and finishes them.
async fn chief_finishes(chief: &Page, form: &Form) {
    let mut browser = Browser::shows(chief).await;
    let channel = form.channel();
    let of_line = |rows: BTreeMap<ConversationId, Row>| {
        rows.into_values().filter(|row| row.channel.as_str() == channel).map(|r| r.conversation)
    };
    let all: Vec<_> = of_line(browser.rows()).collect();
    assert_eq!(all.len(), usize::try_from(CUSTOMERS).expect("few"));
    for conversation in all {
        let cmd_id = new_id();
        let take = ClientFrame::TakeOver { cmd_id, conversation: conversation.clone() };
        assert_eq!(browser.commands(&take).await, Outcome::Done {});
        let finish = ClientFrame::Finish { cmd_id: new_id(), conversation, silent: false };
        assert_eq!(browser.commands(&finish).await, Outcome::Done {});
    }
}

/// Waits until nothing is due any more: everybody was asked, every window has closed.
async fn all_is_over(chief: &Page) -> BTreeMap<ConversationId, Row> {
    let mut browser = Browser::shows(chief).await;
    let is_over = |row: &Row| row.unanswered || row.state == RowState::Closed;
    browser.until(|frames| crate::screen::rows(frames).values().all(is_over)).await;
    let open = browser.rows();
    let listed = chief.does("GET", "/api/v1/conversations?limit=100", &Value::Null).await;
    let listed = listed["rows"].as_array().expect("a list").iter();
    let listed = listed.map(|row| serde_json::from_value::<Row>(row.clone()).expect("a row"));
    listed.chain(open.into_values()).map(|row| (row.conversation.clone(), row)).collect()
}

async fn facts(chief: &Page, id: &ConversationId) -> Vec<Value> {
    let transcript = transcript(chief, id).await;
    let entries = transcript["entries"].as_array().expect("entries").iter();
    entries.filter(|entry| entry["body"]["kind"] == "fact").cloned().collect()
}

#[track_caller]
fn three_offers_ran_out(facts: &[Value]) {
    let names: Vec<_> = facts.iter().map(|fact| fact["body"]["fact"].as_str()).collect();
    let (asked, missed) = (Some("routed"), Some("missed"));
    let mut expected = vec![asked, missed, asked, missed, asked, missed];
    expected.extend([Some("routed"), Some("round_exhausted")]);
    assert_eq!(names, expected);
    for pair in facts[..6].chunks(2) {
        let (until, at) = (time(&pair[0]["body"]["until"]), time(&pair[1]["at"]));
        assert!(at >= until, "missed at {at}, before {until}");
    }
}

#[track_caller]
fn it_closed_once(facts: &[Value]) {
    let of =
        |name: &str| facts.iter().filter(|fact| fact["body"]["fact"] == name).collect::<Vec<_>>();
    let (finished, closed) = (of("finished"), of("closed"));
    assert_eq!((finished.len(), closed.len()), (1, 1));
    let open = time(&closed[0]["at"]).duration_since(time(&finished[0]["at"]));
    assert!(open.as_secs() >= SECONDS.into(), "closed after {open}");
}

fn time(value: &Value) -> Timestamp {
    value.as_str().expect("a moment").parse().expect("a moment")
}
