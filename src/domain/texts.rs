//! Texts to customers: the defaults, and the placeholders that any text may use.
//!
//! Every default can be replaced in the line's settings.

mod defaults;
mod fill;

use serde::{Deserialize, Serialize};

use crate::line::RatingScale;
pub use crate::texts::defaults::default;
pub use crate::texts::fill::{Values, fill, moment, unknown_placeholder};

/// Language of the default texts of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    En,
    Ru,
}

/// An automatic message to the customer. Each chat gets each kind only so often.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Welcome,
    Consent,
    OffHours,
    Unanswered,
    Closing,
    AutoClose,
    RateLike,
    RateStars,
}

/// What a text may leave open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Placeholder {
    /// When the line opens next.
    OpensAt,
    /// Who answers, as customers see him.
    Operator,
    Company,
    Customer,
}

impl Placeholder {
    /// As it stands between braces.
    pub fn name(self) -> &'static str {
        match self {
            Self::OpensAt => "opens_at",
            Self::Operator => "operator",
            Self::Company => "company",
            Self::Customer => "customer",
        }
    }
}

impl Kind {
    pub const ALL: [Self; 8] = [
        Self::Welcome,
        Self::Consent,
        Self::OffHours,
        Self::Unanswered,
        Self::Closing,
        Self::AutoClose,
        Self::RateLike,
        Self::RateStars,
    ];

    /// Whether it answers what a customer wrote, with nobody of us about.
    pub fn answers(self) -> bool {
        match self {
            Self::Welcome | Self::Consent | Self::OffHours | Self::Unanswered => true,
            Self::Closing | Self::AutoClose | Self::RateLike | Self::RateStars => false,
        }
    }

    /// As it is stored.
    pub fn name(self) -> &'static str {
        match self {
            Self::Welcome => "welcome",
            Self::Consent => "consent",
            Self::OffHours => "off_hours",
            Self::Unanswered => "unanswered",
            Self::Closing => "closing",
            Self::AutoClose => "auto_close",
            Self::RateLike => "rate_like",
            Self::RateStars => "rate_stars",
        }
    }

    /// The scale on which a text of this kind asks for a rating; none: it asks for none.
    pub fn asks_for(self) -> Option<RatingScale> {
        match self {
            Self::RateLike => Some(RatingScale::Like),
            Self::RateStars => Some(RatingScale::Stars),
            Self::Welcome
            | Self::Consent
            | Self::OffHours
            | Self::Unanswered
            | Self::Closing
            | Self::AutoClose => None,
        }
    }

    /// What a text of this kind may leave open.
    pub fn placeholders(self) -> &'static [Placeholder] {
        use Placeholder::{Company, Customer, OpensAt, Operator};
        match self {
            Self::OffHours => &[OpensAt, Operator, Company, Customer],
            Self::Welcome
            | Self::Consent
            | Self::Unanswered
            | Self::Closing
            | Self::AutoClose
            | Self::RateLike
            | Self::RateStars => &[Operator, Company, Customer],
        }
    }
}
