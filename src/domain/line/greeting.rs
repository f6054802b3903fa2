//! What a customer reads first: the welcome, and what he agrees to.

use serde::{Deserialize, Serialize};

use crate::line::{Checks, LineSettings};
use crate::texts::{self, Kind};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WelcomeSettings {
    pub enabled: bool,
    /// None: the default text in the line's language.
    pub text: Option<String>,
    /// False: only after the customer's first message ever.
    pub each_conversation: bool,
}

impl Default for WelcomeSettings {
    fn default() -> Self {
        Self { enabled: true, text: None, each_conversation: false }
    }
}

impl WelcomeSettings {
    pub(super) fn check(&self, check: &mut Checks) {
        check.text("welcome.text", Kind::Welcome, self.text.as_deref());
    }
}

/// Customers of messengers are told once; site visitors agree before they write.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConsentSettings {
    pub enabled: bool,
    /// None: the default text in the line's language.
    pub text: Option<String>,
}

impl ConsentSettings {
    pub(super) fn check(&self, check: &mut Checks) {
        check.text("consent.text", Kind::Consent, self.text.as_deref());
    }
}

impl LineSettings {
    pub fn welcome_text(&self) -> &str {
        let own = self.welcome.text.as_deref();
        own.unwrap_or_else(|| texts::default(Kind::Welcome, self.language))
    }

    pub fn consent_text(&self) -> &str {
        let own = self.consent.text.as_deref();
        own.unwrap_or_else(|| texts::default(Kind::Consent, self.language))
    }

    pub fn off_hours_text(&self) -> &str {
        let own = self.hours.text.as_deref();
        own.unwrap_or_else(|| texts::default(Kind::OffHours, self.language))
    }
}
