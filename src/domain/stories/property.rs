//! Anything at any time: random inputs over one line with several conversations and operators.
//! What must hold is in the ledger, which looks at every effect and every decision.

use proptest::prelude::{Just, ProptestConfig, Strategy, any, prop_oneof, proptest};
use proptest::sample::select;
use proptest::test_runner::FileFailurePersistence;

use crate::conversation::State;
use crate::effect::Input;
use crate::id::{OfferId, OperatorId};
use crate::line::{QueueMode, UnansweredRule};
use crate::operator::Status;
use crate::stories::inputs::{accepts, declines, finishes, replies, takes, wrote};
use crate::stories::story::{Story, id};

const NAMES: [&str; 4] = ["anna", "boris", "clara", "dora"];
const CONVERSATIONS: usize = 5;

#[derive(Clone, Debug)]
enum Step {
    Writes,
    Accepts { late: bool },
    Declines { late: bool },
    Takes,
    Replies,
    Finishes,
    Wakes,
    Deadline,
    Status(Status),
    Presence(bool),
    Capacity(u32),
    Enabled(bool),
    Mode(QueueMode),
    Rule(UnansweredRule),
    TextAfter(u32),
    Active(bool),
    RequireAvailable(bool),
    Leaves,
    Passes(i64),
    Outage(i64),
    Restart,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        8 => Just(Step::Writes),
        5 => any::<bool>().prop_map(|late| Step::Accepts { late }),
        5 => any::<bool>().prop_map(|late| Step::Declines { late }),
        2 => Just(Step::Takes),
        2 => Just(Step::Replies),
        3 => Just(Step::Finishes),
        1 => Just(Step::Wakes),
        1 => Just(Step::Deadline),
        3 => select(vec![Status::Available, Status::Busy, Status::Away]).prop_map(Step::Status),
        2 => any::<bool>().prop_map(Step::Presence),
        2 => (0..3_u32).prop_map(Step::Capacity),
        1 => any::<bool>().prop_map(Step::Enabled),
        1 => select(vec![QueueMode::Evenly, QueueMode::Strictly, QueueMode::All])
            .prop_map(Step::Mode),
        1 => select(vec![UnansweredRule::Reply, UnansweredRule::Requeue, UnansweredRule::Nothing])
            .prop_map(Step::Rule),
        1 => select(vec![0_u32, 30, 90, 600]).prop_map(Step::TextAfter),
        1 => any::<bool>().prop_map(Step::Active),
        1 => any::<bool>().prop_map(Step::RequireAvailable),
        1 => Just(Step::Leaves),
        6 => (0..90_i64).prop_map(Step::Passes),
        1 => (0..2_000_i64).prop_map(Step::Outage),
        1 => Just(Step::Restart),
    ]
}

/// Failing seeds are kept beside this file.
fn config() -> ProptestConfig {
    let seeds = Box::new(FileFailurePersistence::WithSource("seeds"));
    ProptestConfig { cases: 400, failure_persistence: Some(seeds), ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn whatever_happens_the_rules_hold(
        steps in proptest::collection::vec((step(), 0..CONVERSATIONS, select(&NAMES[..])), 1..120)
    ) {
        let mut story = Story::of(NAMES);
        while story.conversations.len() < CONVERSATIONS {
            story.opens();
        }
        for (step, n, name) in steps {
            take(&mut story, &step, n, name);
            nobody_waits_without_reason(&story);
        }
    }
}

fn take(story: &mut Story, step: &Step, n: usize, name: &str) {
    let current = story.conversations[n].last_offer;
    let offer = |late: bool| OfferId(current.0.saturating_sub(u32::from(late))).0;
    match *step {
        Step::Writes => story.tell(n, wrote("hello")),
        Step::Accepts { late } => story.tell(n, accepts(name, offer(late))),
        Step::Declines { late } => story.tell(n, declines(name, offer(late))),
        Step::Takes => story.tell(n, takes(name)),
        Step::Replies => story.tell(n, replies(name, "yes")),
        Step::Finishes => story.tell(n, finishes(name)),
        Step::Wakes => story.tell(n, Input::SomebodyEligible),
        Step::Deadline => story.tell(n, Input::DeadlinePassed),
        Step::Status(status) => story.set_status(name, status),
        Step::Presence(is_there) => story.presence_changes(name, |_, present| *present = is_there),
        Step::Capacity(capacity) => story.person_changes(name, |who| who.capacity = capacity),
        Step::Enabled(enabled) => story.person_changes(name, |who| who.enabled = enabled),
        Step::Mode(mode) => story.rules_change(|line| line.queue.mode = mode),
        Step::Rule(rule) => story.rules_change(|line| line.unanswered.rule = rule),
        Step::TextAfter(wait) => story.rules_change(|line| line.unanswered.after_seconds = wait),
        Step::Active(active) => story.rules_change(|line| line.active = active),
        Step::RequireAvailable(required) => {
            story.rules_change(|line| line.queue.require_available = required);
        }
        Step::Leaves => story.rules_change(|line| leave_or_join(&mut line.queue.operators, name)),
        Step::Passes(seconds) => story.pass(seconds),
        Step::Outage(seconds) => story.outage(seconds),
        Step::Restart => story.restart_queue(),
    }
}

fn leave_or_join(operators: &mut Vec<OperatorId>, name: &str) {
    let place = operators.iter().position(|who| *who == id(name));
    match place {
        Some(place) => drop(operators.remove(place)),
        None => operators.push(id(name)),
    }
}

/// On an active line somebody is asked if anybody can be, and a search that goes on by itself has
/// its moment.
fn nobody_waits_without_reason(story: &Story) {
    for conversation in
        story.conversations.iter().filter(|c| story.line.active && c.last_entry.0 > 0)
    {
        let State::Waiting { search } = &conversation.state else { continue };
        let eligible =
            story.ledger.eligible(&story.line, &story.limits, &story.people, &search.passed);
        assert!(eligible.is_empty(), "{eligible:?} could be offered {}", conversation.id);
        if search.exhausted {
            let goes_on = story.line.unanswered.rule == UnansweredRule::Requeue;
            assert_eq!(search.next_round_at.is_some(), goes_on);
        }
    }
}
