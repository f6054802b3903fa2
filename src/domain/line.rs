//! A line: a named set of rules, and what is allowed in them.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use crate::id::{LineId, OperatorId, ShardId};
use crate::texts::{self, Language};

pub const NAME_CHARS_MAX: usize = 100;
pub const TEXT_CHARS_MAX: usize = 2_000;
pub const QUEUE_OPERATORS_MAX: usize = 1_000;
pub const UNANSWERED_AFTER_SECONDS: RangeInclusive<u32> = 30..=86_400;
pub const REOPEN_WINDOW_SECONDS_MAX: u32 = 86_400;

/// A line, as stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    pub id: LineId,
    /// Where the line lives; chosen when it is created, never changed.
    pub shard: ShardId,
    pub settings: LineSettings,
}

/// What an administrator sets. Field names are those of the API.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LineSettings {
    pub name: String,
    /// An inactive line stores inbound messages and does not route them.
    pub active: bool,
    pub language: Language,
    pub queue: QueueSettings,
    pub unanswered: UnansweredSettings,
    pub closing: ClosingSettings,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QueueSettings {
    pub mode: QueueMode,
    /// In the order in which `strictly` offers.
    pub operators: Vec<OperatorId>,
    pub offer_timeout_seconds: u32,
    /// False: offer to everybody in order, present or not.
    pub require_available: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QueueMode {
    #[default]
    Evenly,
    Strictly,
    All,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UnansweredSettings {
    pub rule: UnansweredRule,
    /// 0: at the end of the round.
    pub after_seconds: u32,
    /// Whether `requeue` sends the text too.
    pub text_on_requeue: bool,
    /// None: the default text in the line's language.
    pub text: Option<String>,
}

/// What happens when everybody eligible has declined or missed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnansweredRule {
    /// Text to the customer; the conversation is in the unanswered list.
    Reply,
    /// A new round, again and again.
    Requeue,
    /// The unanswered list, without a text.
    Nothing,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClosingSettings {
    /// A message inside it reopens the conversation with the same operator. 0: none.
    pub reopen_window_seconds: u32,
}

impl LineSettings {
    /// A new line as it comes out of the box.
    pub fn new(name: impl Into<String>, operators: Vec<OperatorId>) -> Self {
        Self {
            name: name.into(),
            active: true,
            language: Language::En,
            queue: QueueSettings {
                mode: QueueMode::Evenly,
                operators,
                offer_timeout_seconds: 60,
                require_available: true,
            },
            unanswered: UnansweredSettings {
                rule: UnansweredRule::Requeue,
                after_seconds: 180,
                text_on_requeue: true,
                text: None,
            },
            closing: ClosingSettings { reopen_window_seconds: 600 },
        }
    }

    /// Every field that is out of bounds, with what is allowed. Empty: the settings are valid.
    ///
    /// `offer_timeout_seconds` is bounded by configuration, so that tests and special sites may
    /// widen it.
    pub fn problems(&self, offer_timeout_seconds: &RangeInclusive<u32>) -> Vec<FieldProblem> {
        let mut problems = Vec::new();
        let mut check = |ok: bool, field: &'static str, allowed: String| {
            if !ok {
                problems.push(FieldProblem { field, allowed });
            }
        };
        let name_chars = self.name.trim().chars().count();
        check((1..=NAME_CHARS_MAX).contains(&name_chars), "name", "1..100 characters".into());
        check(
            offer_timeout_seconds.contains(&self.queue.offer_timeout_seconds),
            "queue.offer_timeout_seconds",
            format!("{}..{}", offer_timeout_seconds.start(), offer_timeout_seconds.end()),
        );
        let operators = &self.queue.operators;
        let distinct = operators.iter().collect::<BTreeSet<_>>().len();
        check(distinct == operators.len(), "queue.operators", "each operator once".into());
        check(operators.len() <= QUEUE_OPERATORS_MAX, "queue.operators", "at most 1000".into());
        let after = self.unanswered.after_seconds;
        check(
            after == 0 || UNANSWERED_AFTER_SECONDS.contains(&after),
            "unanswered.after_seconds",
            "0 or 30..86400".into(),
        );
        let text = self.unanswered.text.as_ref();
        check(
            text.is_none_or(|t| {
                (1..=TEXT_CHARS_MAX).contains(&t.chars().count()) && !t.trim().is_empty()
            }),
            "unanswered.text",
            "1..2000 characters, or null for the default text".into(),
        );
        check(
            self.closing.reopen_window_seconds <= REOPEN_WINDOW_SECONDS_MAX,
            "closing.reopen_window_seconds",
            "0..86400".into(),
        );
        problems
    }

    pub fn offer_timeout(&self) -> SignedDuration {
        SignedDuration::from_secs(self.queue.offer_timeout_seconds.into())
    }

    pub fn reopen_window(&self) -> SignedDuration {
        SignedDuration::from_secs(self.closing.reopen_window_seconds.into())
    }

    /// The text for a customer whom nobody has answered, if the rule sends one.
    pub fn unanswered_text(&self) -> Option<&str> {
        let sends = match self.unanswered.rule {
            UnansweredRule::Reply => true,
            UnansweredRule::Requeue => self.unanswered.text_on_requeue,
            UnansweredRule::Nothing => false,
        };
        let text = self.unanswered.text.as_deref();
        sends.then(|| text.unwrap_or_else(|| texts::unanswered(self.language)))
    }
}

/// A setting that is out of bounds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FieldProblem {
    pub field: &'static str,
    /// What would be accepted.
    pub allowed: String,
}
