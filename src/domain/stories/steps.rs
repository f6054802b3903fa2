//! Anything that can happen to a line, one thing at a time.

use proptest::prelude::{Just, Strategy, any, prop_oneof};
use proptest::sample::select;

use crate::line::{AnswerRule, ClosingRule, QueueMode, UnansweredRule};
use crate::operator::Status;

pub(super) const NAMES: [&str; 4] = ["anna", "boris", "clara", "dora"];
pub(super) const CHATS: usize = 5;

/// In which chat, and by or about whom.
#[derive(Clone, Debug)]
pub(super) enum Step {
    Writes(&'static str),
    WritesItself,
    PressesRating(u8),
    Accepts { late: bool },
    Declines { late: bool },
    Takes,
    TakesOver,
    PicksUp,
    Replies,
    Notes,
    Drafts,
    Holds { seconds: i64 },
    Resumes,
    HandsTo(&'static str),
    Moves,
    Withdraws,
    Invites(&'static str),
    Joins,
    LeavesConversation,
    Finishes { silent: bool },
    Spam { block: bool },
    Releases,
    Reviews,
    Edits,
    Goes,
    Wakes,
    Deadline,
    IsBlocked(bool),
    HasResponsible(bool),
    KnowsOperator { days_ago: Option<i64> },
    Status(Status),
    Presence(bool),
    Capacity(u32),
    Enabled(bool),
    JoinsOrLeavesQueue,
    Rule(Rule),
    Passes(i64),
    Outage(i64),
    Restart,
}

/// A rule of the line that changes.
#[derive(Clone, Copy, Debug)]
pub(super) enum Rule {
    Active(bool),
    Mode(QueueMode),
    RequireAvailable(bool),
    Unanswered(UnansweredRule),
    TextAfter(u32),
    Hours(bool),
    AnswerLimit(u32, AnswerRule),
    Welcome { each: bool, consent: bool },
    Closing(ClosingRule, u32),
    AutoClose(ClosingRule, u32),
}

pub(super) fn step() -> impl Strategy<Value = Step> {
    prop_oneof![16 => customer(), 34 => operator(), 6 => supervisor(), 14 => person(), 16 => line()]
}

fn customer() -> impl Strategy<Value = Step> {
    prop_oneof![
        8 => select(vec!["hello", "hello", "1", "👍"]).prop_map(Step::Writes),
        1 => Just(Step::WritesItself),
        1 => (0..6_u8).prop_map(Step::PressesRating),
        1 => Just(Step::Edits),
        1 => Just(Step::Goes),
        1 => any::<bool>().prop_map(Step::IsBlocked),
        1 => any::<bool>().prop_map(Step::HasResponsible),
        1 => proptest::option::of(0..10_i64).prop_map(|days_ago| Step::KnowsOperator { days_ago }),
    ]
}

fn operator() -> impl Strategy<Value = Step> {
    let colleague = || select(&NAMES[..]);
    prop_oneof![
        8 => any::<bool>().prop_map(|late| Step::Accepts { late }),
        5 => any::<bool>().prop_map(|late| Step::Declines { late }),
        3 => Just(Step::Takes),
        6 => Just(Step::Replies),
        1 => Just(Step::Notes),
        1 => Just(Step::Drafts),
        2 => (0..2_000_i64).prop_map(|seconds| Step::Holds { seconds }),
        1 => Just(Step::Resumes),
        4 => colleague().prop_map(Step::HandsTo),
        1 => Just(Step::Withdraws),
        1 => colleague().prop_map(Step::Invites),
        1 => Just(Step::Joins),
        1 => Just(Step::LeavesConversation),
        4 => any::<bool>().prop_map(|silent| Step::Finishes { silent }),
        1 => any::<bool>().prop_map(|block| Step::Spam { block }),
        1 => Just(Step::PicksUp),
    ]
}

fn supervisor() -> impl Strategy<Value = Step> {
    prop_oneof![Just(Step::TakesOver), Just(Step::Releases), Just(Step::Reviews), Just(Step::Moves)]
}

fn person() -> impl Strategy<Value = Step> {
    prop_oneof![
        5 => select(vec![Status::Available, Status::Busy, Status::Away]).prop_map(Step::Status),
        3 => any::<bool>().prop_map(Step::Presence),
        2 => (0..3_u32).prop_map(Step::Capacity),
        2 => any::<bool>().prop_map(Step::Enabled),
    ]
}

fn line() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => rule().prop_map(Step::Rule),
        1 => Just(Step::JoinsOrLeavesQueue),
        1 => Just(Step::Wakes),
        1 => Just(Step::Deadline),
        8 => (0..90_i64).prop_map(Step::Passes),
        2 => (90..3_000_i64).prop_map(Step::Passes),
        1 => (0..2_000_i64).prop_map(Step::Outage),
        1 => Just(Step::Restart),
    ]
}

fn rule() -> impl Strategy<Value = Rule> {
    let unanswered = [UnansweredRule::Reply, UnansweredRule::Requeue, UnansweredRule::Nothing];
    let modes = [QueueMode::Evenly, QueueMode::Strictly, QueueMode::All];
    let ends = || select(vec![ClosingRule::Reply, ClosingRule::Rating, ClosingRule::Nothing]);
    let answers = select(vec![AnswerRule::Alert, AnswerRule::Requeue]);
    prop_oneof![
        2 => any::<bool>().prop_map(Rule::Active),
        2 => select(modes.to_vec()).prop_map(Rule::Mode),
        2 => any::<bool>().prop_map(Rule::RequireAvailable),
        2 => select(unanswered.to_vec()).prop_map(Rule::Unanswered),
        1 => select(vec![0_u32, 30, 90, 600]).prop_map(Rule::TextAfter),
        3 => any::<bool>().prop_map(Rule::Hours),
        1 => (select(vec![0, 30, 300]), answers).prop_map(|(limit, rule)| Rule::AnswerLimit(limit, rule)),
        1 => (any::<bool>(), any::<bool>()).prop_map(|(each, consent)| Rule::Welcome { each, consent }),
        1 => (ends(), select(vec![0, 600])).prop_map(|(rule, window)| Rule::Closing(rule, window)),
        1 => (ends(), select(vec![0, 60, 900])).prop_map(|(rule, after)| Rule::AutoClose(rule, after)),
    ]
}
