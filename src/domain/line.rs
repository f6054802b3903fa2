//! A line: a named set of rules, and what is allowed in them.
//!
//! One file a group of settings: its form, its defaults, its bounds.

mod answer;
mod closing;
mod crm;
mod greeting;
mod queue;
mod retention;
mod shown;
mod unanswered;

use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};

use crate::hours::HoursSettings;
use crate::id::{LineId, OperatorId, ShardId};
use crate::texts::{Kind, Language};

pub use crate::line::answer::{AnswerRule, AnswerSettings};
pub use crate::line::closing::{
    AutoCloseSettings, ClosingRule, ClosingSettings, RatingScale, RatingSettings,
};
pub use crate::line::crm::{CrmSettings, LeadRule};
pub use crate::line::greeting::{ConsentSettings, WelcomeSettings};
pub use crate::line::queue::{QueueMode, QueueSettings};
pub use crate::line::retention::RetentionSettings;
pub use crate::line::shown::{Persona, Shown, ShownAs};
pub use crate::line::unanswered::{UnansweredRule, UnansweredSettings};

pub const NAME_CHARS_MAX: usize = 100;
pub const TEXT_CHARS_MAX: usize = 2_000;
pub const TOPICS_MAX: usize = 100;
pub const TOPIC_CHARS_MAX: usize = 100;

/// A line, as stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    pub id: LineId,
    /// Where the line lives; chosen when it is created, never changed.
    pub shard: ShardId,
    /// Put away: it has no channels and no open conversations, and gets none.
    pub archived: bool,
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
    pub answer: AnswerSettings,
    pub hours: HoursSettings,
    pub welcome: WelcomeSettings,
    pub closing: ClosingSettings,
    pub auto_close: AutoCloseSettings,
    pub rating: RatingSettings,
    pub crm: CrmSettings,
    pub consent: ConsentSettings,
    /// What a conversation may be about, in the order in which they are shown.
    pub topics: Vec<String>,
    /// Nobody finishes without having chosen one.
    pub topic_required: bool,
    /// What customers see of whoever answers them.
    pub operator_shown_as: ShownAs,
    /// Names and pictures for `operator_shown_as` `persona`. Who has none is shown as the company.
    pub personas: Vec<Persona>,
    /// A line that was stored or exported without it keeps everything.
    #[serde(default)]
    pub retention: RetentionSettings,
}

impl LineSettings {
    /// A new line as it comes out of the box. `timezone`: the server's, by its IANA name.
    pub fn new(name: impl Into<String>, operators: Vec<OperatorId>, timezone: &str) -> Self {
        Self {
            name: name.into(),
            active: true,
            language: Language::En,
            queue: QueueSettings::new(operators),
            unanswered: UnansweredSettings::default(),
            answer: AnswerSettings::default(),
            hours: HoursSettings::new(timezone),
            welcome: WelcomeSettings::default(),
            closing: ClosingSettings::default(),
            auto_close: AutoCloseSettings::default(),
            rating: RatingSettings::default(),
            crm: CrmSettings::default(),
            consent: ConsentSettings::default(),
            topics: Vec::new(),
            topic_required: false,
            operator_shown_as: ShownAs::Name,
            personas: Vec::new(),
            retention: RetentionSettings::default(),
        }
    }

    /// Every field that is out of bounds, with what is allowed. Empty: the settings are valid.
    ///
    /// `offer_timeout_seconds` is bounded by configuration, so that tests and special sites may
    /// widen it. Whether operators, time zones and other lines exist is the edge's question.
    pub fn problems(&self, offer_timeout_seconds: &RangeInclusive<u32>) -> Vec<FieldProblem> {
        let mut check = Checks::default();
        let name_chars = self.name.trim().chars().count();
        check.that((1..=NAME_CHARS_MAX).contains(&name_chars), "name", "1..100 characters");
        self.queue.check(&mut check, offer_timeout_seconds);
        self.unanswered.check(&mut check);
        self.answer.check(&mut check);
        check.problems.extend(self.hours.problems());
        check.text("hours.text", Kind::OffHours, self.hours.text.as_deref());
        self.welcome.check(&mut check);
        self.closing.check(&mut check);
        self.auto_close.check(&mut check);
        self.rating.check(&mut check);
        self.consent.check(&mut check);
        self.check_topics(&mut check);
        shown::check(&self.personas, &mut check);
        self.retention.check(&mut check);
        check.problems
    }

    fn check_topics(&self, check: &mut Checks) {
        let topics = &self.topics;
        check.that(topics.len() <= TOPICS_MAX, "topics", "at most 100");
        let fits =
            |topic: &String| !topic.trim().is_empty() && topic.chars().count() <= TOPIC_CHARS_MAX;
        check.that(topics.iter().all(fits), "topics", "1..100 characters each");
        let distinct: std::collections::BTreeSet<_> = topics.iter().collect();
        check.that(distinct.len() == topics.len(), "topics", "each once");
        let possible = !self.topic_required || !topics.is_empty();
        check.that(possible, "topic_required", "only with topics to choose from");
    }

    /// An operator of that name as customers see him; none: they see the company.
    pub fn shown<'a>(&'a self, operator: &OperatorId, name: &'a str) -> Option<Shown<'a>> {
        match self.operator_shown_as {
            ShownAs::Name => Some(Shown { name, picture: None }),
            ShownAs::Persona => {
                let his = self.personas.iter().find(|persona| persona.operator == *operator)?;
                Some(Shown { name: &his.name, picture: his.picture.as_deref() })
            }
            ShownAs::Hidden => None,
        }
    }
}

/// A setting that is out of bounds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FieldProblem {
    pub field: &'static str,
    /// What would be accepted.
    pub allowed: String,
}

/// Gathers what is out of bounds.
#[derive(Debug, Default)]
struct Checks {
    problems: Vec<FieldProblem>,
}

impl Checks {
    fn that(&mut self, ok: bool, field: &'static str, allowed: impl Into<String>) {
        if !ok {
            self.problems.push(FieldProblem { field, allowed: allowed.into() });
        }
    }

    fn seconds(&mut self, field: &'static str, value: u32, zero: Zero, range: RangeInclusive<u32>) {
        let (ok, or_zero) = match zero {
            Zero::Allowed => (value == 0 || range.contains(&value), "0 or "),
            Zero::OutOfBounds => (range.contains(&value), ""),
        };
        self.that(ok, field, format!("{or_zero}{}..{}", range.start(), range.end()));
    }

    /// A text to customers; none: the default text.
    fn text(&mut self, field: &'static str, kind: Kind, text: Option<&str>) {
        let Some(text) = text else { return };
        let fits = !text.trim().is_empty() && text.chars().count() <= TEXT_CHARS_MAX;
        self.that(fits, field, "1..2000 characters, or null for the default text");
        let known = kind.placeholders();
        if let Some(unknown) = crate::texts::unknown_placeholder(text, known) {
            let names: Vec<String> = known.iter().map(|p| format!("{{{}}}", p.name())).collect();
            self.that(false, field, format!("no {{{unknown}}}; only {}", names.join(", ")));
        }
    }
}

/// Whether 0 says "off" or "at once".
#[derive(Clone, Copy)]
enum Zero {
    Allowed,
    OutOfBounds,
}
