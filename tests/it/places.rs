//! Places: how much somebody has at a time, over all lines and shards, and whom it concerns when
//! nobody is left.

use domain::event::Alarm;
use domain::id::LineId;
use domain::line::{AnswerRule, LineSettings, QueueMode};
use domain::operator::{Role, Status};
use switchboard::protocol::Outcome;

use crate::story::{Desk, Story, code, open_at, operators, tell};

/// The line asks only by its queue, and says nothing.
fn asks_anna(line: &mut LineSettings) {
    line.queue.operators = operators(["anna"]);
    line.unanswered.text_on_requeue = false;
    line.crm.forward_to_responsible = false;
    line.queue.known_operator_days = 0;
}

/// Anna serves a line of each shard, and a third one; she has so many places.
async fn anna_serves_three_lines(story: &Story, places: u32) -> Desk {
    story.operator_is_changed("anna", |anna| anna.capacity = places).await;
    story.opens_line(("support", 0), "second", asks_anna).await;
    story.opens_line(("shop", 1), "third", asks_anna).await;
    story.signs_in("anna").await
}

#[test]
fn places_are_counted_over_lines_and_shards() {
    tell(asks_anna, async |story| {
        let anna = anna_serves_three_lines(story, 1).await;
        story.customer_writes(501, "to the sales").await;
        story.customer_writes_to("second", 502, "to the support").await;
        story.customer_writes_to("third", 503, "to the shop").await;
        for _ in 0..3 {
            assert_eq!(story.places("anna").await.len(), 1);
            let conversation = anna.accepts_it(story).await;
            assert!(anna.offers().is_empty(), "one place is one conversation");
            anna.finishes(story, &conversation).await;
        }
        assert!(anna.offers().is_empty());
    });
}

#[test]
fn who_comes_is_not_overrun_by_all_his_lines_at_once() {
    for places in [1, 2] {
        tell(asks_anna, async |story| {
            let anna = anna_serves_three_lines(story, places).await;
            anna.is(story, Status::Away).await;
            story.customer_writes(501, "to the sales").await;
            story.customer_writes_to("second", 502, "to the support").await;
            story.customer_writes_to("third", 503, "to the shop").await;
            anna.is(story, Status::Available).await;
            let places = usize::try_from(places).unwrap();
            assert_eq!((anna.offers().len(), story.places("anna").await.len()), (places, places));
        });
    }
}

/// Her lines are in two shards, which decide at the same moment.
#[test]
fn who_comes_is_not_offered_what_waits_in_all_her_lines_at_once() {
    for mode in [QueueMode::Evenly, QueueMode::Strictly, QueueMode::All] {
        tell(
            |line| {
                asks_anna(line);
                line.queue.mode = mode;
            },
            async |story| {
                let anna = anna_serves_three_lines(story, 0).await;
                story.changes_line("shop", |line| line.queue.mode = mode).await;
                story.changes_line("support", |line| line.queue.mode = mode).await;
                anna.is(story, Status::Away).await;
                for customer in 501..505 {
                    story.customer_writes(customer, "hello").await;
                    story.customer_writes_to("second", customer + 100, "hello").await;
                    story.customer_writes_to("third", customer + 200, "hello").await;
                }
                anna.is(story, Status::Available).await;
                for _ in 0..7 {
                    let offers = anna.offers();
                    assert_eq!(offers.len(), 5, "{mode:?}");
                    anna.accepts(story, offers[0].clone()).await;
                }
                let left: Vec<_> = anna.offers();
                assert_eq!(left.len(), 5, "{mode:?}: what waited is offered as she goes on");
            },
        );
    }
}

#[test]
fn an_idle_conversation_gives_its_place_to_another_line() {
    for channel in ["second", "third"] {
        tell(asks_anna, async |story| {
            let anna = anna_serves_three_lines(story, 1).await;
            story.customer_writes(501, "hello").await;
            let idle = anna.accepts_it(story).await;
            anna.replies(story, &idle, "good morning").await;
            story.customer_writes_to(channel, 502, "me too").await;
            story.waits(899).await;
            assert!(anna.offers().is_empty());
            story.seconds_pass(1).await;
            let other = anna.accepts_it(story).await;
            assert_eq!(story.places("anna").await, [other.clone()]);
            story.customer_writes(501, "one more thing").await;
            assert_eq!(story.places("anna").await.len(), 2, "it is hers, beyond her places");
            anna.finishes(story, &other).await;
            story.customer_writes_to("third", 503, "and me").await;
            assert!(anna.offers().is_empty(), "she is full with the first");
        });
    }
}

#[test]
fn a_conversation_on_hold_takes_no_place() {
    tell(asks_anna, async |story| {
        let anna = anna_serves_three_lines(story, 1).await;
        story.customer_writes(501, "hello").await;
        let held = anna.accepts_it(story).await;
        story.customer_writes_to("second", 502, "me too").await;
        let later = story.now() + jiff::SignedDuration::from_secs(3_600);
        assert_eq!(anna.holds(story, &held, later).await, Outcome::Done {});
        let other = anna.accepts_it(story).await;
        assert_eq!(story.places("anna").await, [other]);
        story.customer_writes(501, "are you there?").await;
        assert_eq!(story.places("anna").await.len(), 2, "the hold has ended");
    });
}

#[test]
fn nobody_has_more_than_five_offers_at_a_time() {
    for mode in [QueueMode::Evenly, QueueMode::Strictly, QueueMode::All] {
        tell(
            |line| {
                asks_anna(line);
                line.queue.mode = mode;
            },
            async |story| {
                let anna = anna_serves_three_lines(story, 0).await;
                story.changes_line("shop", |line| line.queue.mode = mode).await;
                for customer in 501..505 {
                    story.customer_writes(customer, "hello").await;
                    story.customer_writes_to("third", customer + 100, "hello").await;
                }
                let offers = anna.offers();
                assert_eq!(offers.len(), 5, "{mode:?}");
                anna.accepts(story, offers[0].clone()).await;
                assert_eq!(anna.offers().len(), 5, "{mode:?}: the next at that moment");
                anna.declines(story, offers[1].clone()).await;
                assert_eq!(anna.offers().len(), 5, "{mode:?}");
            },
        );
    }
}

#[test]
fn a_taker_obeys_his_places() {
    tell(asks_anna, async |story| {
        let anna = anna_serves_three_lines(story, 1).await;
        story.customer_writes(501, "hello").await;
        anna.accepts_it(story).await;
        story.customer_writes_to("second", 502, "me too").await;
        let waiting = story.open_of(502).await;
        assert_eq!(code(&anna.takes(story, &waiting).await), "full");
    });
}

/// Vera oversees the sales, Igor the support.
async fn they_oversee(story: &Story) -> (Desk, Desk) {
    for (name, line) in [("vera", "sales"), ("igor", "support")] {
        story
            .hires(name, |who| {
                who.role = Role::Supervisor;
                who.supervises = vec![LineId::new(line)];
            })
            .await;
    }
    (story.signs_in("vera").await, story.signs_in("igor").await)
}

#[test]
fn when_the_last_one_goes_those_who_oversee_are_alarmed() {
    tell(
        |line| {
            asks_anna(line);
            line.queue.operators = operators(["anna", "boris"]);
            open_at(&mut line.hours, [("08:00", "09:10")]);
        },
        async |story| {
            let (vera, igor) = they_oversee(story).await;
            let chief = story.signs_in("chief").await;
            let (anna, boris) = (story.signs_in("anna").await, story.signs_in("boris").await);
            boris.is(story, Status::Busy).await;
            assert_eq!(vera.alarms(), [], "Anna is here");
            anna.is(story, Status::Away).await;
            for (desk, expected) in [(&vera, 1), (&chief, 1), (&igor, 0), (&anna, 0), (&boris, 0)] {
                assert_eq!(desk.alarms().len(), expected, "{}", desk.name);
            }
            assert_eq!(vera.alarms(), [Alarm::NobodyAvailable]);
            anna.is(story, Status::Available).await;
            story.signs_out("anna").await;
            assert_eq!(vera.alarms().len(), 2);
            boris.is(story, Status::Available).await;
            story.waits(600).await;
            boris.is(story, Status::Away).await;
            assert_eq!(vera.alarms().len(), 2, "the line is closed");
        },
    );
}

#[test]
fn who_does_not_come_back_after_a_restart_is_missed() {
    tell(asks_anna, async |story| {
        let (vera, _) = they_oversee(story).await;
        let anna = story.signs_in("anna").await;
        story.customer_writes(501, "hello").await;
        anna.accepts_it(story).await;
        drop(vera);
        let [vera] = story.restarts_with(["vera"]).await;
        story.waits(29).await;
        assert_eq!(vera.alarms(), []);
        story.seconds_pass(1).await;
        assert_eq!(vera.alarms(), [Alarm::NobodyAvailable]);
    });
}

#[test]
fn a_late_answer_is_seen_by_the_operator_and_those_who_oversee() {
    tell(
        |line| {
            asks_anna(line);
            line.answer.limit_seconds = 120;
            line.answer.rule = AnswerRule::Alert;
        },
        async |story| {
            let (vera, igor) = they_oversee(story).await;
            let anna = story.signs_in("anna").await;
            story.customer_writes(501, "hello").await;
            let conversation = anna.accepts_it(story).await;
            story.waits(119).await;
            assert_eq!((anna.alarms().len(), vera.alarms().len()), (0, 0));
            story.seconds_pass(1).await;
            let operator = anna.name.clone();
            let late = Alarm::AnswerLate { conversation: conversation.clone(), operator };
            assert_eq!((anna.alarms(), vera.alarms()), (vec![late.clone()], vec![late]));
            assert_eq!(igor.alarms(), []);
            assert!(story.row(&conversation).await.late);
            story.waits(300).await;
            assert_eq!(anna.alarms().len(), 1, "once");
            anna.replies(story, &conversation, "sorry").await;
            assert!(!story.row(&conversation).await.late);
        },
    );
}

#[test]
fn who_has_not_written_a_word_in_time_loses_it() {
    tell(
        |line| {
            asks_anna(line);
            line.queue.mode = QueueMode::Strictly;
            line.queue.operators = operators(["boris", "anna"]);
            line.answer.limit_seconds = 120;
            line.answer.rule = AnswerRule::Requeue;
        },
        async |story| {
            let anna = story.signs_in("anna").await;
            story.customer_writes(501, "hello").await;
            let conversation = anna.accepts_it(story).await;
            let boris = story.signs_in("boris").await;
            story.waits(120).await;
            boris.accepts_it(story).await;
            assert_eq!(story.last("routed_again", &conversation).await["why"], "answer_limit");
            boris.replies(story, &conversation, "good morning").await;
            story.customer_writes(501, "and tea?").await;
            story.waits(120).await;
            assert_eq!(boris.has(), [conversation.clone()], "he has written");
            assert_eq!(story.times("answer_late", &conversation).await, 1);
        },
    );
}
