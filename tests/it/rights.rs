//! Who may give which command: to the others a conversation is hidden, or the command forbidden.

use domain::id::{ConversationId, LineId};
use domain::line::LineSettings;
use domain::operator::Role;
use serde_json::{Value, json};

use crate::story::{Desk, Story, code, operators, tell};

/// Every command on a conversation, with its other fields.
fn commands() -> Vec<(&'static str, Value)> {
    vec![
        ("accept", json!({ "offer": 1 })),
        ("decline", json!({ "offer": 1 })),
        ("take", json!({})),
        ("take_over", json!({})),
        ("reply", json!({ "text": "good morning" })),
        ("note", json!({ "text": "he is in a hurry" })),
        ("draft", json!({ "text": "good mor" })),
        ("topic", json!({ "topic": "tea" })),
        ("hold", json!({ "until": "2026-03-02T10:00:00Z" })),
        ("transfer", json!({ "to": { "kind": "operator", "id": "boris" }, "confirmed": true })),
        ("transfer", json!({ "to": { "kind": "line", "id": "support" }, "confirmed": true })),
        ("withdraw", json!({})),
        ("invite", json!({ "operator": "boris" })),
        ("join", json!({})),
        ("leave", json!({})),
        ("finish", json!({})),
        ("spam", json!({})),
        ("release", json!({})),
        ("review", json!({ "stars": 5 })),
        ("pick_up", json!({})),
    ]
}

/// Whoever is not the one who has it.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Who {
    /// In the queue of the line.
    Mate,
    /// In no queue.
    Stranger,
    /// Was invited to help.
    Helper,
    /// Oversees the line.
    Supervisor,
    /// Oversees another line.
    Other,
}

const HIDDEN: &str = "unknown_conversation";
const FORBIDDEN: &str = "forbidden";

/// The answer to a command on a conversation that Anna has.
fn expected(who: Who, command: &str, to_line: bool) -> &'static str {
    match (who, command) {
        // Who comes late learns who has it.
        (Who::Mate | Who::Helper | Who::Supervisor, "accept" | "decline") => "no_longer_yours",
        (Who::Mate | Who::Stranger | Who::Other, _) => HIDDEN,
        (Who::Helper, "reply" | "note" | "leave" | "spam") => "done",
        (Who::Helper | Who::Supervisor, "pick_up") => "not_now",
        (Who::Helper, _) => FORBIDDEN,
        (Who::Supervisor, "take" | "withdraw") => "no_longer_yours",
        (Who::Supervisor, "transfer") if to_line => "done",
        (Who::Supervisor, "reply" | "draft" | "hold" | "transfer" | "invite") => "not_yours",
        (Who::Supervisor, _) => "done",
    }
}

fn the_line(line: &mut LineSettings) {
    line.queue.operators = operators(["anna", "boris"]);
    line.topics = vec!["tea".into()];
    line.crm.forward_to_responsible = false;
    line.queue.known_operator_days = 0;
}

/// All who work here, beside Anna.
async fn all_sign_in(story: &Story) -> Vec<(Who, Desk)> {
    story.opens_line(("support", 0), "helpdesk", |_| {}).await;
    for name in ["clara", "dora"] {
        story.hires(name, |_| {}).await;
    }
    for (name, line) in [("vera", "sales"), ("igor", "support")] {
        story
            .hires(name, |who| {
                who.role = Role::Supervisor;
                who.supervises = vec![LineId::new(line)];
            })
            .await;
    }
    let mut desks = Vec::new();
    for (who, name) in [
        (Who::Mate, "boris"),
        (Who::Stranger, "dora"),
        (Who::Helper, "clara"),
        (Who::Supervisor, "vera"),
        (Who::Other, "igor"),
    ] {
        desks.push((who, story.signs_in(name).await));
    }
    desks
}

/// A conversation that Anna has and that Clara was asked to help with.
async fn anna_talks(story: &mut Story, anna: &Desk, customer: i64) -> ConversationId {
    story.customer_writes(customer, "hello").await;
    let conversation = story.open_of(customer).await;
    assert_eq!(code(&anna.takes(story, &conversation).await), "done");
    let clara = json!({ "operator": "clara" });
    assert_eq!(code(&anna.asks(story, "invite", &conversation, clara).await), "done");
    conversation
}

#[test]
fn each_command_is_hidden_or_forbidden_or_carried_out() {
    tell(the_line, async |story| {
        let anna = story.signs_in("anna").await;
        let desks = all_sign_in(story).await;
        let mut customer = 600;
        let mut conversation = anna_talks(story, &anna, customer).await;
        for (who, desk) in &desks {
            for (command, more) in commands() {
                let to_line = more["to"]["kind"] == "line";
                let before = story.entries(&conversation).await;
                let answer = code(&desk.asks(story, command, &conversation, more).await);
                assert_eq!(answer, expected(*who, command, to_line), "{command} by {who:?}");
                if answer == "done" {
                    customer += 1;
                    conversation = anna_talks(story, &anna, customer).await;
                } else {
                    assert_eq!(story.entries(&conversation).await, before, "nothing is written");
                }
            }
        }
    });
}

#[test]
fn what_waits_is_for_those_of_the_queue_and_those_who_oversee() {
    tell(the_line, async |story| {
        let desks = all_sign_in(story).await;
        let anna = story.signs_in("anna").await;
        for (n, (who, desk)) in (700..).zip(&desks) {
            story.customer_writes(n, "hello").await;
            let waiting = story.open_of(n).await;
            let sees = matches!(who, Who::Mate | Who::Supervisor);
            let codes = if sees { ["not_yours", "done"] } else { [HIDDEN, HIDDEN] };
            let reply = code(&desk.replies(story, &waiting, "hello").await);
            let expected = if *who == Who::Mate { FORBIDDEN } else { codes[0] };
            assert_eq!(reply, expected, "reply by {who:?}");
            assert_eq!(code(&desk.takes(story, &waiting).await), codes[1], "take by {who:?}");
            assert_eq!(desk.rows().contains_key(&waiting), sees, "{who:?}");
        }
        let seen = anna.texts().into_iter().filter(|text| text == "hello").count();
        assert!(seen < 5, "she reads only what is before her");
    });
}

#[test]
fn who_has_lost_the_right_is_refused_from_that_moment_on() {
    tell(the_line, async |story| {
        let anna = story.signs_in("anna").await;
        let desks = all_sign_in(story).await;
        let conversation = anna_talks(story, &anna, 600).await;
        let desk = |who| &desks.iter().find(|(other, _)| *other == who).unwrap().1;
        let (clara, vera) = (desk(Who::Helper), desk(Who::Supervisor));
        assert_eq!(code(&clara.replies(story, &conversation, "let me").await), "done");
        clara.asks(story, "leave", &conversation, json!({})).await;
        assert_eq!(code(&clara.replies(story, &conversation, "and again").await), HIDDEN);
        assert!(clara.rows().is_empty(), "it is gone from her screen");
        story.customer_writes(600, "secret").await;
        assert!(!clara.texts().contains(&"secret".to_owned()));
        story.operator_is_changed("vera", |vera| vera.supervises.clear()).await;
        let join = vera.asks(story, "join", &conversation, json!({})).await;
        assert_eq!(code(&join), HIDDEN);
        story
            .sees_times(vera, 2, |frame| {
                matches!(frame, switchboard::protocol::ServerFrame::Snapshot { .. })
            })
            .await;
        assert!(vera.rows().is_empty());
    });
}
