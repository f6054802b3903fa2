//! How a conversation ends: by an operator's finish or by the customer's silence, and the rating.

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use crate::line::{Checks, LineSettings, Zero};
use crate::texts::{self, Kind};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClosingSettings {
    pub rule: ClosingRule,
    /// None: the default text in the line's language.
    pub text: Option<String>,
    /// A message inside it reopens the conversation with the same operator. 0: none.
    pub reopen_window_seconds: u32,
}

/// What the customer gets at the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClosingRule {
    Reply,
    /// The text and the request to rate.
    Rating,
    Nothing,
}

impl Default for ClosingSettings {
    fn default() -> Self {
        Self { rule: ClosingRule::Reply, text: None, reopen_window_seconds: 600 }
    }
}

impl ClosingSettings {
    pub(super) fn check(&self, check: &mut Checks) {
        check.text("closing.text", Kind::Closing, self.text.as_deref());
        let (field, window) = ("closing.reopen_window_seconds", self.reopen_window_seconds);
        check.seconds(field, window, Zero::OutOfBounds, 0..=86_400);
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AutoCloseSettings {
    /// Of the customer's silence after an operator's message. 0: off.
    pub after_seconds: u32,
    pub rule: ClosingRule,
    /// None: the default text in the line's language.
    pub text: Option<String>,
}

impl Default for AutoCloseSettings {
    fn default() -> Self {
        Self { after_seconds: 0, rule: ClosingRule::Nothing, text: None }
    }
}

impl AutoCloseSettings {
    pub(super) fn check(&self, check: &mut Checks) {
        check.text("auto_close.text", Kind::AutoClose, self.text.as_deref());
        check.seconds(
            "auto_close.after_seconds",
            self.after_seconds,
            Zero::Allowed,
            60..=2_678_400,
        );
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RatingSettings {
    pub scale: RatingScale,
    /// How long a rating is accepted after the request.
    pub time_limit_seconds: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RatingScale {
    /// 1 good, 0 bad.
    Like,
    /// 1..5.
    Stars,
}

impl RatingScale {
    pub fn allows(self, value: u8) -> bool {
        match self {
            Self::Like => value <= 1,
            Self::Stars => (1..=5).contains(&value),
        }
    }
}

impl Default for RatingSettings {
    fn default() -> Self {
        Self { scale: RatingScale::Like, time_limit_seconds: 86_400 }
    }
}

impl RatingSettings {
    pub(super) fn check(&self, check: &mut Checks) {
        let limit = self.time_limit_seconds;
        check.seconds("rating.time_limit_seconds", limit, Zero::OutOfBounds, 60..=2_678_400);
    }
}

impl LineSettings {
    pub fn reopen_window(&self) -> SignedDuration {
        SignedDuration::from_secs(self.closing.reopen_window_seconds.into())
    }

    pub fn closing_text(&self) -> &str {
        let own = self.closing.text.as_deref();
        own.unwrap_or_else(|| texts::default(Kind::Closing, self.language))
    }

    pub fn auto_close_text(&self) -> &str {
        let own = self.auto_close.text.as_deref();
        own.unwrap_or_else(|| texts::default(Kind::AutoClose, self.language))
    }

    /// The customer's silence after which a conversation closes by itself.
    pub fn auto_close_after(&self) -> Option<SignedDuration> {
        let after = self.auto_close.after_seconds;
        (after > 0).then(|| SignedDuration::from_secs(after.into()))
    }

    pub fn rating_time_limit(&self) -> SignedDuration {
        SignedDuration::from_secs(self.rating.time_limit_seconds.into())
    }

    /// The request to rate, with what may be answered.
    pub fn rating_request(&self) -> &'static str {
        let kind = match self.rating.scale {
            RatingScale::Like => Kind::RateLike,
            RatingScale::Stars => Kind::RateStars,
        };
        texts::default(kind, self.language)
    }
}
