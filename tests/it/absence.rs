//! Operators who go: what was before them moves on, what they hold waits for them as long as the
//! customer can wait.

use domain::event::RowState;
use domain::id::ConversationId;
use domain::line::{LineSettings, QueueMode, UnansweredRule};
use domain::operator::Status;
use switchboard::protocol::Outcome;

use crate::story::{Desk, Story, open_at, operators, tell};

const IVAN: i64 = 501;

/// Anna is asked before Boris.
fn anna_then_boris(line: &mut LineSettings) {
    line.queue.mode = QueueMode::Strictly;
    line.queue.operators = operators(["anna", "boris"]);
    line.unanswered.text_on_requeue = false;
}

/// Both sit at their desks, and Anna has a conversation with Ivan, who waits for her answer.
async fn ivan_waits_for_anna(story: &mut Story) -> (Desk, Desk, ConversationId) {
    let (anna, boris) = (story.signs_in("anna").await, story.signs_in("boris").await);
    story.customer_writes(IVAN, "hello").await;
    let conversation = anna.accepts_it(story).await;
    (anna, boris, conversation)
}

/// How somebody goes.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Going {
    SignsOut,
    LosesTheConnection,
    SaysAway,
    IsDisabled,
}

const GOINGS: [Going; 4] =
    [Going::SignsOut, Going::LosesTheConnection, Going::SaysAway, Going::IsDisabled];

/// Anna goes, and it is noticed.
async fn goes(story: &Story, anna: &Desk, going: Going) {
    match going {
        Going::SignsOut => story.signs_out("anna").await,
        Going::LosesTheConnection => {
            is_cut(story, anna).await;
            story.waits(30).await;
        }
        Going::SaysAway => anna.is(story, Status::Away).await,
        Going::IsDisabled => story.operator_is_changed("anna", |anna| anna.enabled = false).await,
    }
    story.seconds_pass(1).await;
}

async fn is_cut(story: &Story, desk: &Desk) {
    desk.is_cut();
    story.settles().await;
}

#[test]
fn what_is_before_somebody_who_goes_moves_on_at_once() {
    for going in GOINGS {
        tell(anna_then_boris, async |story| {
            let (anna, boris) = (story.signs_in("anna").await, story.signs_in("boris").await);
            story.customer_writes(IVAN, "hello").await;
            assert!(boris.offers().is_empty());
            goes(story, &anna, going).await;
            let (conversation, _) = boris.offer();
            assert_eq!(story.last("left", &conversation).await["operator"], "anna", "{going:?}");
            assert_eq!(story.places("anna").await, [], "{going:?}");
        });
    }
}

#[test]
fn what_somebody_holds_who_goes_is_routed_again_when_the_customer_has_waited() {
    for going in [Going::SignsOut, Going::LosesTheConnection, Going::SaysAway] {
        tell(anna_then_boris, async |story| {
            let (anna, boris, conversation) = ivan_waits_for_anna(story).await;
            anna.drafts(story, &conversation, "I was about to").await;
            goes(story, &anna, going).await;
            story.waits(58).await;
            assert!(boris.offers().is_empty(), "{going:?}: she may come back");
            story.seconds_pass(1).await;
            boris.accepts_it(story).await;
            let draft = story.draft(&conversation).await;
            assert_eq!(draft.as_deref(), Some("I was about to"), "{going:?}");
            assert_eq!(story.last("routed_again", &conversation).await["why"], "absent");
            assert_eq!(story.places("anna").await, [], "{going:?}");
        });
    }
}

#[test]
fn what_a_disabled_operator_holds_is_routed_at_once() {
    tell(anna_then_boris, async |story| {
        let (anna, boris, conversation) = ivan_waits_for_anna(story).await;
        anna.replies(story, &conversation, "good morning").await;
        story.operator_is_changed("anna", |anna| anna.enabled = false).await;
        boris.accepts_it(story).await;
        assert_eq!(story.last("routed_again", &conversation).await["why"], "disabled");
        assert_eq!(anna.closed(), Some(4401));
    });
}

#[test]
fn a_customer_who_waits_for_nothing_stays_with_who_has_gone() {
    tell(anna_then_boris, async |story| {
        let (anna, boris, conversation) = ivan_waits_for_anna(story).await;
        anna.replies(story, &conversation, "good morning").await;
        anna.is(story, Status::Away).await;
        story.waits(600).await;
        assert!(boris.offers().is_empty());
        story.customer_writes(IVAN, "and what about tea?").await;
        story.waits(59).await;
        assert!(boris.offers().is_empty(), "she may come back");
        story.seconds_pass(1).await;
        assert_eq!(boris.offers().len(), 1);
    });
}

#[test]
fn who_is_back_before_another_accepts_has_it_again() {
    for going in [Going::SignsOut, Going::SaysAway] {
        tell(anna_then_boris, async |story| {
            let (anna, boris, conversation) = ivan_waits_for_anna(story).await;
            goes(story, &anna, going).await;
            story.waits(59).await;
            let late = boris.offer();
            let anna = match going {
                Going::SaysAway => {
                    anna.is(story, Status::Available).await;
                    anna
                }
                _ => {
                    story.signs_in_anew("anna").await;
                    story.signs_in("anna").await
                }
            };
            assert_eq!(anna.has(), [conversation.clone()], "{going:?}");
            assert!(boris.offers().is_empty(), "{going:?}");
            assert_ne!(boris.accepts(story, late).await, Outcome::Done {});
            assert_eq!(story.times("returned", &conversation).await, 1);
            assert_eq!(story.places("boris").await, []);
            story.waits(120).await;
            assert_eq!(anna.has(), [conversation], "it stays hers");
        });
    }
}

#[test]
fn who_is_back_too_late_finds_it_with_another() {
    tell(anna_then_boris, async |story| {
        let (anna, boris, conversation) = ivan_waits_for_anna(story).await;
        anna.is(story, Status::Away).await;
        story.waits(60).await;
        boris.accepts_it(story).await;
        anna.is(story, Status::Available).await;
        assert_eq!(boris.has(), [conversation.clone()]);
        assert_eq!(anna.holder(&conversation), Some(boris.name.clone()));
    });
}

#[test]
fn who_is_back_within_the_grace_was_never_gone() {
    tell(anna_then_boris, async |story| {
        let (anna, boris, conversation) = ivan_waits_for_anna(story).await;
        is_cut(story, &anna).await;
        story.waits(29).await;
        let anna = story.signs_in("anna").await;
        story.waits(300).await;
        assert!(boris.offers().is_empty());
        assert_eq!(anna.has(), [conversation]);
    });
}

#[test]
fn who_is_busy_keeps_what_he_has_and_what_is_before_him() {
    tell(anna_then_boris, async |story| {
        let (anna, boris, conversation) = ivan_waits_for_anna(story).await;
        story.customer_writes(502, "hello").await;
        anna.is(story, Status::Busy).await;
        assert_eq!((anna.offers().len(), boris.offers().len()), (1, 0));
        story.customer_writes(503, "hello").await;
        assert_eq!((anna.offers().len(), boris.offers().len()), (1, 1), "nothing new");
        story.seconds_pass(59).await;
        assert_eq!(anna.has(), [conversation]);
    });
}

#[test]
fn while_the_line_is_closed_it_stays_with_who_has_gone() {
    tell(
        |line| {
            anna_then_boris(line);
            open_at(&mut line.hours, [("08:00", "09:01"), ("09:10", "18:00")]);
        },
        async |story| {
            let (anna, boris, conversation) = ivan_waits_for_anna(story).await;
            anna.replies(story, &conversation, "good morning").await;
            story.waits(60).await;
            anna.is(story, Status::Away).await;
            story.customer_writes(IVAN, "are you there?").await;
            assert_eq!(story.platform.sent_to(IVAN).last().unwrap(), "closed until today at 09:10");
            story.waits(9 * 60 + 59).await;
            assert!(boris.offers().is_empty(), "its minute runs in open hours");
            assert_eq!(story.row(&conversation).await.state, RowState::Active);
            story.seconds_pass(1).await;
            assert_eq!(boris.offers().len(), 1);
        },
    );
}

#[test]
fn a_restart_neither_forgets_nor_forgives_an_absence() {
    tell(anna_then_boris, async |story| {
        let (anna, _, conversation) = ivan_waits_for_anna(story).await;
        anna.drafts(story, &conversation, "I was about to").await;
        anna.is(story, Status::Away).await;
        story.waits(50).await;
        let [boris] = story.restarts_with(["boris"]).await;
        story.waits(9).await;
        assert!(boris.offers().is_empty());
        story.seconds_pass(1).await;
        boris.accepts_it(story).await;
        assert_eq!(story.draft(&conversation).await.as_deref(), Some("I was about to"));
    });
}

#[test]
fn who_lost_it_and_comes_back_after_a_restart_has_it_again() {
    tell(anna_then_boris, async |story| {
        let (anna, _, conversation) = ivan_waits_for_anna(story).await;
        anna.is(story, Status::Away).await;
        story.waits(70).await;
        let [anna, boris] = story.restarts_with(["anna", "boris"]).await;
        assert_eq!(boris.offers().len(), 1, "it is before him still");
        anna.is(story, Status::Available).await;
        assert_eq!(anna.has(), [conversation]);
        assert!(boris.offers().is_empty());
    });
}

#[test]
fn who_does_not_come_back_after_a_restart_has_gone() {
    tell(anna_then_boris, async |story| {
        let (_, _, conversation) = ivan_waits_for_anna(story).await;
        let [boris] = story.restarts_with(["boris"]).await;
        story.waits(30).await;
        story.waits(59).await;
        assert!(boris.offers().is_empty(), "the grace, and her time");
        story.seconds_pass(1).await;
        boris.accepts_it(story).await;
        assert_eq!(story.last("routed_again", &conversation).await["why"], "absent");
    });
}

#[test]
fn after_a_restart_what_was_before_all_is_before_all_who_come_back() {
    tell(
        |line| {
            anna_then_boris(line);
            line.queue.mode = QueueMode::All;
            line.unanswered.rule = UnansweredRule::Nothing;
        },
        async |story| {
            let (anna, _) = (story.signs_in("anna").await, story.signs_in("boris").await);
            story.customer_writes(IVAN, "hello").await;
            let offer = anna.offer();
            story.seconds_pass(10).await;
            let [anna, boris] = story.restarts_with(["anna", "boris"]).await;
            assert_eq!((anna.offer(), boris.offer()), (offer.clone(), offer));
            story.waits(50).await;
            assert!(anna.offers().is_empty() && boris.offers().is_empty(), "a minute in all");
        },
    );
}

#[test]
fn after_a_restart_everybody_who_was_here_is_here_for_the_grace() {
    tell(
        |line| {
            anna_then_boris(line);
            line.unanswered.rule = UnansweredRule::Reply;
            line.unanswered.after_seconds = 0;
        },
        async |story| {
            let (_anna, _boris) = (story.signs_in("anna").await, story.signs_in("boris").await);
            let [anna] = story.restarts_with(["anna"]).await;
            story.customer_writes(IVAN, "hello").await;
            anna.declines(story, anna.offer()).await;
            assert_eq!(story.platform.sent_to(IVAN), [""; 0], "Boris is still to be asked");
            let boris = story.signs_in("boris").await;
            boris.accepts_it(story).await;
        },
    );
}

#[test]
fn a_restart_brings_nobody_back_who_had_gone() {
    tell(anna_then_boris, async |story| {
        let (anna, _boris) = (story.signs_in("anna").await, story.signs_in("boris").await);
        is_cut(story, &anna).await;
        story.waits(31).await;
        story.restarts().await;
        story.customer_writes(IVAN, "hello").await;
        let conversation = story.open_of(IVAN).await;
        let offers = story.row(&conversation).await.offers;
        assert_eq!(offers[0].operator.as_str(), "boris");
    });
}
