//! Deadlines: each kind fires at its time, once in effect, also when the process dies before it or
//! right after it, and after an outage it is one step only.

use domain::id::ConversationId;
use domain::line::{AnswerRule, LineSettings, QueueMode, UnansweredRule};
use domain::operator::Status;
use jiff::SignedDuration;

use crate::story::{Desk, Story, open_at, operators, tell};

pub(crate) const IVAN: i64 = 501;
/// How long nothing runs in an outage after a deadline: longer than whatever may follow from it.
const OUTAGE_SECONDS: u64 = 2_000;

/// The kinds of deadlines.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Deadline {
    OfferTimeout,
    TransferTimeout,
    NextRound,
    UnansweredText,
    AnswerLimit,
    AnswerLimitOfTheSilent,
    Reroute,
    HoldEnd,
    AutoClose,
    IdlePlace,
    ClosingWindow,
    Opening,
    Closing,
}

pub(crate) const ALL: [Deadline; 13] = [
    Deadline::OfferTimeout,
    Deadline::TransferTimeout,
    Deadline::NextRound,
    Deadline::UnansweredText,
    Deadline::AnswerLimit,
    Deadline::AnswerLimitOfTheSilent,
    Deadline::Reroute,
    Deadline::HoldEnd,
    Deadline::AutoClose,
    Deadline::IdlePlace,
    Deadline::ClosingWindow,
    Deadline::Opening,
    Deadline::Closing,
];

impl Deadline {
    /// In how many seconds it falls due, once it is armed.
    pub(crate) fn seconds(self) -> u64 {
        match self {
            Self::OfferTimeout | Self::TransferTimeout | Self::NextRound | Self::Reroute => 60,
            Self::AnswerLimit | Self::AnswerLimitOfTheSilent | Self::Opening | Self::Closing => 120,
            Self::UnansweredText => 180,
            Self::HoldEnd | Self::AutoClose => 300,
            Self::ClosingWindow => 600,
            Self::IdlePlace => 900,
        }
    }

    pub(crate) fn set(self, line: &mut LineSettings) {
        line.queue.mode = QueueMode::Strictly;
        line.queue.operators = operators(["anna", "boris"]);
        line.unanswered.rule = UnansweredRule::Nothing;
        match self {
            Self::NextRound => {
                line.unanswered.rule = UnansweredRule::Requeue;
                line.unanswered.text_on_requeue = false;
            }
            Self::UnansweredText => line.unanswered.rule = UnansweredRule::Reply,
            Self::AnswerLimit | Self::AnswerLimitOfTheSilent => {
                line.answer.limit_seconds = 120;
                line.answer.rule = match self {
                    Self::AnswerLimit => AnswerRule::Alert,
                    _ => AnswerRule::Requeue,
                };
            }
            Self::AutoClose => line.auto_close.after_seconds = 300,
            Self::Opening => open_at(&mut line.hours, [("09:02", "18:00")]),
            Self::Closing => open_at(&mut line.hours, [("08:00", "09:02")]),
            Self::OfferTimeout
            | Self::TransferTimeout
            | Self::Reroute
            | Self::HoldEnd
            | Self::IdlePlace
            | Self::ClosingWindow => {}
        }
    }

    /// Those who are at their desks, also after a restart.
    pub(crate) async fn people(self, story: &Story) -> Vec<Desk> {
        let names: &[&str] = match self {
            Self::UnansweredText | Self::Closing => &[],
            Self::NextRound => &["anna"],
            _ => &["anna", "boris"],
        };
        let mut desks = Vec::new();
        for name in names {
            desks.push(story.signs_in(name).await);
        }
        desks
    }

    /// Brings a conversation to where the deadline runs.
    pub(crate) async fn is_armed(self, story: &mut Story) -> ConversationId {
        let desks = self.people(story).await;
        story.customer_writes(IVAN, "hello").await;
        let id = story.open_of(IVAN).await;
        let Some(anna) = desks.first() else { return id };
        match self {
            Self::OfferTimeout | Self::Opening => {}
            Self::NextRound => {
                anna.declines(story, anna.offer()).await;
            }
            Self::TransferTimeout => {
                anna.accepts_it(story).await;
                anna.hands_to(story, &id, "boris").await;
            }
            Self::AnswerLimit | Self::AnswerLimitOfTheSilent => {
                anna.accepts_it(story).await;
            }
            Self::Reroute => {
                anna.accepts_it(story).await;
                anna.is(story, Status::Away).await;
            }
            Self::HoldEnd => {
                anna.accepts_it(story).await;
                let until = story.now() + SignedDuration::from_secs(300);
                anna.holds(story, &id, until).await;
            }
            Self::AutoClose | Self::IdlePlace => {
                anna.accepts_it(story).await;
                anna.replies(story, &id, "good morning").await;
            }
            Self::ClosingWindow => {
                anna.accepts_it(story).await;
                anna.finishes(story, &id).await;
            }
            Self::UnansweredText | Self::Closing => {}
        }
        id
    }

    /// How often it has had its effect.
    pub(crate) async fn times(self, story: &Story, id: &ConversationId) -> usize {
        let fact = match self {
            Self::OfferTimeout => "missed",
            Self::TransferTimeout => "transfer_ended",
            Self::AnswerLimit => "answer_late",
            Self::AnswerLimitOfTheSilent | Self::Reroute => "routed_again",
            Self::HoldEnd => "hold_ended",
            Self::AutoClose => "silent_too_long",
            Self::ClosingWindow => "closed",
            Self::NextRound => {
                let facts = story.facts(id).await;
                return facts.iter().filter(|fact| fact["round"] == 2).count();
            }
            Self::Opening => {
                let facts = story.facts(id).await;
                return facts.iter().filter(|fact| fact["offer"].is_number()).count();
            }
            Self::UnansweredText | Self::Closing => return story.platform.sent_to(IVAN).len(),
            Self::IdlePlace => return story.times_a_place_was_given_back(id).await,
        };
        story.times(fact, id).await
    }
}

#[test]
fn a_deadline_is_kept_by_the_next_process_and_not_kept_twice() {
    for deadline in ALL {
        tell(
            |line| deadline.set(line),
            async |story| {
                let id = deadline.is_armed(story).await;
                story.time_jumps(deadline.seconds() - 2).await;
                story.restarts().await;
                let _desks = deadline.people(story).await;
                story.seconds_pass(1).await;
                assert_eq!(deadline.times(story, &id).await, 0, "{deadline:?} before its time");
                story.seconds_pass(1).await;
                assert_eq!(deadline.times(story, &id).await, 1, "{deadline:?} at its time");
                story.restarts().await;
                let _desks = deadline.people(story).await;
                story.seconds_pass(3).await;
                assert_eq!(deadline.times(story, &id).await, 1, "{deadline:?} once");
            },
        );
    }
}

#[test]
fn after_an_outage_a_deadline_is_one_step() {
    for deadline in ALL {
        tell(
            |line| deadline.set(line),
            async |story| {
                let id = deadline.is_armed(story).await;
                story.time_jumps(deadline.seconds() - 1).await;
                story.dies().await;
                story.time_jumps(OUTAGE_SECONDS).await;
                assert_eq!(deadline.times(story, &id).await, 0, "{deadline:?}: nothing runs");
                story.restarts().await;
                let _desks = deadline.people(story).await;
                story.seconds_pass(1).await;
                assert_eq!(deadline.times(story, &id).await, 1, "{deadline:?}");
                let all = story.conversations().await;
                let next = all.iter().find(|one| one.id == id).unwrap().deadline();
                let now = story.now();
                assert!(next.is_none_or(|next| next > now), "{deadline:?} runs on from now");
            },
        );
    }
}
