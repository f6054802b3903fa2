//! Routing, told through the real actors: who is offered what, and when.

use domain::event::RowState;
use domain::id::OperatorId;
use domain::line::{QueueMode, UnansweredRule};
use domain::operator::Status;
use switchboard::protocol::Outcome;

use crate::story::{operators, tell};

#[test]
fn a_message_reaches_an_operator_and_the_answer_goes_back() {
    tell(
        |line| line.queue.operators = operators(["anna"]),
        async |story| {
            let anna = story.signs_in("anna").await;
            story.customer_writes(501, "hello").await;
            let (conversation, offer) = anna.offer();
            assert_eq!(story.messages(&conversation).await, ["hello"]);
            let accepted = anna.accepts(story, (conversation.clone(), offer)).await;
            assert_eq!(accepted, Outcome::Done {});
            assert_eq!(anna.state(), RowState::Active);
            anna.replies(story, &conversation, "good morning").await;
            assert_eq!(story.platform.sent_to(501), ["good morning"]);
        },
    );
}

#[test]
fn strictly_in_order_with_timeout_and_decline() {
    tell(
        |line| {
            line.queue.mode = QueueMode::Strictly;
            line.queue.operators = operators(["anna", "boris", "vera"]);
        },
        async |story| {
            let anna = story.signs_in("anna").await;
            let boris = story.signs_in("boris").await;
            let vera = story.signs_in("vera").await;
            story.customer_writes(501, "hello").await;
            let late = anna.offer();
            assert!(boris.offers().is_empty());
            story.seconds_pass(59).await;
            assert_eq!(anna.offers().len(), 1, "the offer lasts a minute");
            story.seconds_pass(1).await;
            assert!(anna.offers().is_empty(), "anna was silent");
            boris.declines(story, boris.offer()).await;
            assert!(boris.offers().is_empty());
            let answer = anna.accepts(story, late).await;
            assert!(matches!(answer, Outcome::Refused { .. }), "{answer:?}");
            assert_eq!(vera.accepts(story, vera.offer()).await, Outcome::Done {});
            assert_eq!(vera.state(), RowState::Active);
        },
    );
}

#[test]
fn requeue_goes_round_until_somebody_accepts() {
    tell(
        |line| {
            line.queue.mode = QueueMode::Strictly;
            line.queue.operators = operators(["anna", "boris"]);
            line.unanswered.rule = UnansweredRule::Requeue;
            line.unanswered.after_seconds = 0;
        },
        async |story| {
            let anna = story.signs_in("anna").await;
            let boris = story.signs_in("boris").await;
            story.customer_writes(501, "anybody there?").await;
            for _ in 0..3 {
                assert_eq!((anna.offers().len(), boris.offers().len()), (1, 0));
                story.minutes_pass(1).await;
                assert_eq!((anna.offers().len(), boris.offers().len()), (0, 1));
                // Who says that he is here is not set away for what he missed before.
                anna.is(story, Status::Available).await;
                boris.is(story, Status::Available).await;
                story.minutes_pass(1).await;
            }
            assert_eq!(story.platform.sent_to(501).len(), 1, "the text goes out once");
            assert_eq!(anna.accepts(story, anna.offer()).await, Outcome::Done {});
        },
    );
}

#[test]
fn who_misses_two_offers_is_set_away_and_comes_back_by_a_click() {
    tell(
        |line| line.queue.operators = operators(["anna"]),
        async |story| {
            let anna = story.signs_in("anna").await;
            story.customer_writes(501, "anybody there?").await;
            story.minutes_pass(1).await;
            assert_eq!(anna.offers().len(), 1, "one miss is none too many: the next round");
            story.minutes_pass(1).await;
            let directory = story.node.directory();
            let found = &directory.operators[&OperatorId::new("anna")].value;
            assert_eq!((found.status, found.set_away), (Status::Away, true));
            story.minutes_pass(5).await;
            assert!(anna.offers().is_empty(), "nothing is offered to who is away");
            anna.is(story, Status::Available).await;
            assert_eq!(anna.offers().len(), 1, "what waits is offered at that moment");
            let directory = story.node.directory();
            assert!(!directory.operators[&OperatorId::new("anna")].value.set_away);
        },
    );
}

#[test]
fn nobody_eligible_then_one_appears() {
    tell(
        |line| line.queue.operators = operators(["anna"]),
        async |story| {
            story.customer_writes(501, "first").await;
            story.customer_writes(502, "second").await;
            story.minutes_pass(2).await;
            let anna = story.signs_in("anna").await;
            let rows = anna.rows();
            let mut offered: Vec<_> = rows.values().map(|row| row.offers.len()).collect();
            offered.sort_unstable();
            assert_eq!(offered, [1, 1], "both are offered at the moment she appears");
        },
    );
}

#[test]
fn a_hundred_accept_at_once_and_one_has_it() {
    let names: Vec<String> = (0..100).map(|i| format!("operator-{i:02}")).collect();
    let ids = names.iter().map(|name| domain::id::OperatorId::new(name.as_str()));
    let ids: Vec<_> = ids.collect();
    tell(
        |line| {
            line.queue.mode = QueueMode::All;
            line.queue.operators.clone_from(&ids);
        },
        async |story| {
            let mut desks = Vec::new();
            for name in &names {
                desks.push(story.signs_in(name).await);
            }
            story.customer_writes(501, "hello, all of you").await;
            let mut asked = Vec::new();
            for desk in &desks {
                let (conversation, offer) = desk.offer();
                let cmd_id = crate::story::new_id();
                desk.says(&switchboard::protocol::ClientFrame::Accept {
                    cmd_id,
                    conversation,
                    offer,
                });
                asked.push(cmd_id);
            }
            story.settles().await;
            let answers = desks.iter().zip(asked).map(|(desk, id)| desk.answer(id).unwrap());
            let (done, refused): (Vec<_>, Vec<_>) =
                answers.partition(|answer| *answer == Outcome::Done {});
            assert_eq!((done.len(), refused.len()), (1, 99));
            for answer in refused {
                let answer = serde_json::to_value(&answer).unwrap();
                assert_eq!(answer["code"], "no_longer_yours");
                assert!(answer["holder"].is_string(), "it says who has it: {answer}");
            }
        },
    );
}
