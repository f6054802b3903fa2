//! What happens when nobody answers.

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use crate::line::{Checks, LineSettings, Zero};
use crate::texts::{self, Kind};

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

impl Default for UnansweredSettings {
    fn default() -> Self {
        Self {
            rule: UnansweredRule::Requeue,
            after_seconds: 180,
            text_on_requeue: true,
            text: None,
        }
    }
}

impl UnansweredSettings {
    pub(super) fn check(&self, check: &mut Checks) {
        check.seconds("unanswered.after_seconds", self.after_seconds, Zero::Allowed, 30..=86_400);
        check.text("unanswered.text", Kind::Unanswered, self.text.as_deref());
    }
}

impl LineSettings {
    /// The text for a customer whom nobody has answered, if the rule sends one.
    pub fn unanswered_text(&self) -> Option<&str> {
        let sends = match self.unanswered.rule {
            UnansweredRule::Reply => true,
            UnansweredRule::Requeue => self.unanswered.text_on_requeue,
            UnansweredRule::Nothing => false,
        };
        let own = self.unanswered.text.as_deref();
        sends.then(|| own.unwrap_or_else(|| texts::default(Kind::Unanswered, self.language)))
    }

    /// When the text is due by the clock; none: at the end of the round only.
    pub fn unanswered_after(&self) -> Option<SignedDuration> {
        let wait = self.unanswered.after_seconds;
        (wait > 0).then(|| SignedDuration::from_secs(wait.into()))
    }
}
