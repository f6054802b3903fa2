//! Anything that can happen to a line, one thing at a time.

use proptest::prelude::{Just, Strategy, any, prop_oneof};
use proptest::sample::select;

use crate::line::{AnswerRule, ClosingRule, QueueMode, UnansweredRule};
use crate::operator::Status;

pub(super) const NAMES: [&str; 4] = ["anna", "boris", "clara", "dora"];
pub(super) const CHATS: usize = 5;

/// In which chat, and by or about whom, is told beside it.
#[derive(Clone, Debug)]
pub(super) enum Step {
    Says(Saying),
    Does(Deed),
    Customer(News),
    Person(Change),
    Line(Event),
}

/// What the customer writes.
#[derive(Clone, Debug)]
pub(super) enum Saying {
    Text(&'static str),
    Automatic,
    Button(u8),
}

/// What somebody does with a conversation.
#[derive(Clone, Debug)]
pub(super) enum Deed {
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
    Leaves,
    Finishes { silent: bool },
    Spam { block: bool },
    Releases,
    Reviews,
}

/// What becomes known of the customer.
#[derive(Clone, Debug)]
pub(super) enum News {
    Edits,
    Goes,
    IsBlocked(bool),
    HasResponsible(bool),
    KnowsOperator { days_ago: Option<i64> },
}

/// How an operator changes.
#[derive(Clone, Debug)]
pub(super) enum Change {
    Status(Status),
    Presence(bool),
    Capacity(u32),
    Enabled(bool),
}

/// What happens to the line.
#[derive(Clone, Debug)]
pub(super) enum Event {
    JoinsOrLeavesQueue,
    Rule(Rule),
    Wakes,
    Deadline,
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
    prop_oneof![
        12 => says().prop_map(Step::Says),
        30 => does().prop_map(Step::Does),
        4 => oversees().prop_map(Step::Does),
        5 => news().prop_map(Step::Customer),
        14 => change().prop_map(Step::Person),
        16 => event().prop_map(Step::Line),
    ]
}

fn says() -> impl Strategy<Value = Saying> {
    prop_oneof![
        8 => select(vec!["hello", "hello", "1", "👍"]).prop_map(Saying::Text),
        1 => Just(Saying::Automatic),
        1 => (0..6_u8).prop_map(Saying::Button),
    ]
}

fn does() -> impl Strategy<Value = Deed> {
    let colleague = || select(&NAMES[..]);
    prop_oneof![
        8 => any::<bool>().prop_map(|late| Deed::Accepts { late }),
        5 => any::<bool>().prop_map(|late| Deed::Declines { late }),
        3 => Just(Deed::Takes),
        6 => Just(Deed::Replies),
        1 => Just(Deed::Notes),
        1 => Just(Deed::Drafts),
        2 => (0..2_000_i64).prop_map(|seconds| Deed::Holds { seconds }),
        1 => Just(Deed::Resumes),
        4 => colleague().prop_map(Deed::HandsTo),
        1 => Just(Deed::Withdraws),
        1 => colleague().prop_map(Deed::Invites),
        1 => Just(Deed::Joins),
        1 => Just(Deed::Leaves),
        4 => any::<bool>().prop_map(|silent| Deed::Finishes { silent }),
        1 => any::<bool>().prop_map(|block| Deed::Spam { block }),
        1 => Just(Deed::PicksUp),
    ]
}

fn oversees() -> impl Strategy<Value = Deed> {
    select(vec![Deed::TakesOver, Deed::Releases, Deed::Reviews, Deed::Moves])
}

fn news() -> impl Strategy<Value = News> {
    let days_ago = proptest::option::of(0..10_i64);
    prop_oneof![
        Just(News::Edits),
        Just(News::Goes),
        any::<bool>().prop_map(News::IsBlocked),
        any::<bool>().prop_map(News::HasResponsible),
        days_ago.prop_map(|days_ago| News::KnowsOperator { days_ago }),
    ]
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        5 => select(vec![Status::Available, Status::Busy, Status::Away]).prop_map(Change::Status),
        3 => any::<bool>().prop_map(Change::Presence),
        2 => (0..3_u32).prop_map(Change::Capacity),
        2 => any::<bool>().prop_map(Change::Enabled),
    ]
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        4 => rule().prop_map(Event::Rule),
        1 => Just(Event::JoinsOrLeavesQueue),
        1 => Just(Event::Wakes),
        1 => Just(Event::Deadline),
        8 => (0..90_i64).prop_map(Event::Passes),
        2 => (90..3_000_i64).prop_map(Event::Passes),
        1 => (0..2_000_i64).prop_map(Event::Outage),
        1 => Just(Event::Restart),
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
