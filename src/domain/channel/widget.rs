//! A chat window on a company's own site: what its owner may set.

use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

use crate::line::FieldProblem;

/// Sites that may show one widget.
pub const ORIGINS_MAX: usize = 50;
const ORIGIN_BYTES_MAX: usize = 253;
pub const TITLE_CHARS_MAX: usize = 60;
pub const GREETING_CHARS_MAX: usize = 500;
const MESSAGES_MAX: u32 = 100;
const CONVERSATIONS_MAX: u32 = 10_000;

/// The settings of a widget, as stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WidgetSettings {
    /// The sites that may show it, each `https://host` or `https://host:port`. Empty: none yet.
    pub origins: Vec<String>,
    pub look: Look,
    pub form: ContactForm,
    pub limits: VisitorLimits,
    /// What the site proves with who its user is; only the site and this hub know it.
    pub secret: String,
    /// What the hub signs visitors' tokens with; nobody else knows it.
    pub key: String,
}

/// How it looks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Look {
    /// None: the company's name.
    pub title: Option<String>,
    /// Stands above the first message; none: a default in the visitor's language.
    pub greeting: Option<String>,
    /// `#rrggbb`.
    pub color: String,
    pub theme: Theme,
    pub side: Side,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// As the visitor's system has it.
    Auto,
    Light,
    Dark,
}

/// In which lower corner of the page it sits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    Left,
    Right,
}

/// Whether and when visitors are asked who they are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ContactForm {
    /// Before the first message.
    pub before_chat: bool,
    /// While the line is closed.
    pub offline: bool,
    pub name: Ask,
    pub phone: Ask,
    pub email: Ask,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ask {
    No,
    Optional,
    Required,
}

/// How much one visitor, and one address, may do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct VisitorLimits {
    /// Of one visitor.
    pub messages_per_10_seconds: u32,
    /// New conversations of one address.
    pub conversations_per_hour: u32,
}

impl Default for Look {
    fn default() -> Self {
        Self {
            title: None,
            greeting: None,
            color: "#1f6feb".to_owned(),
            theme: Theme::Auto,
            side: Side::Right,
        }
    }
}

impl Default for ContactForm {
    fn default() -> Self {
        Self {
            before_chat: false,
            offline: true,
            name: Ask::Optional,
            phone: Ask::No,
            email: Ask::Required,
        }
    }
}

impl Default for VisitorLimits {
    fn default() -> Self {
        Self { messages_per_10_seconds: 10, conversations_per_hour: 60 }
    }
}

impl WidgetSettings {
    /// Whether a page of that origin may show it.
    pub fn allows(&self, origin: &str) -> bool {
        self.origins.iter().any(|allowed| allowed == origin)
    }

    /// Every field that is out of bounds. `is_origin` says whether a text is an origin as browsers
    /// write it.
    pub fn problems(&self, is_origin: impl Fn(&str) -> bool) -> Vec<FieldProblem> {
        let mut problems = Vec::new();
        let mut check = |ok: bool, field: &'static str, allowed: &str| {
            if !ok {
                problems.push(FieldProblem { field, allowed: allowed.to_owned() });
            }
        };
        let fits = |origin: &String| origin.len() <= ORIGIN_BYTES_MAX && is_origin(origin);
        let distinct: BTreeSet<&String> = self.origins.iter().collect();
        let origins = self.origins.iter().all(fits)
            && self.origins.len() <= ORIGINS_MAX
            && distinct.len() == self.origins.len();
        check(origins, "settings.origins", "at most 50, each once, as `https://www.example.com`");
        let title = self.look.title.as_deref().is_none_or(|text| is_text(text, TITLE_CHARS_MAX));
        check(title, "settings.look.title", "1..60 characters, or null");
        let greeting =
            self.look.greeting.as_deref().is_none_or(|text| is_text(text, GREETING_CHARS_MAX));
        check(greeting, "settings.look.greeting", "1..500 characters, or null");
        check(is_color(&self.look.color), "settings.look.color", "`#rrggbb`");
        let messages = (1..=MESSAGES_MAX).contains(&self.limits.messages_per_10_seconds);
        check(messages, "settings.limits.messages_per_10_seconds", "1..100");
        let conversations = (1..=CONVERSATIONS_MAX).contains(&self.limits.conversations_per_hour);
        check(conversations, "settings.limits.conversations_per_hour", "1..10000");
        problems
    }
}

impl ContactForm {
    /// The fields that are to be filled in, each with whether it is.
    pub fn missing(&self, name: bool, phone: bool, email: bool) -> Option<&'static str> {
        [("name", self.name, name), ("phone", self.phone, phone), ("email", self.email, email)]
            .into_iter()
            .find(|(_, ask, given)| *ask == Ask::Required && !given)
            .map(|(field, _, _)| field)
    }
}

fn is_text(text: &str, chars_max: usize) -> bool {
    !text.trim().is_empty() && text.chars().count() <= chars_max
}

fn is_color(text: &str) -> bool {
    let digits = text.strip_prefix('#').unwrap_or_default();
    digits.len() == 6 && digits.bytes().all(|digit| digit.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn widget() -> WidgetSettings {
        WidgetSettings {
            origins: vec!["https://shop.example".to_owned()],
            look: Look::default(),
            form: ContactForm::default(),
            limits: VisitorLimits::default(),
            secret: "s".to_owned(),
            key: "k".to_owned(),
        }
    }

    fn problems(change: impl FnOnce(&mut WidgetSettings)) -> Vec<&'static str> {
        let mut settings = widget();
        change(&mut settings);
        let found = settings.problems(|origin| origin.starts_with("https://"));
        found.into_iter().map(|problem| problem.field).collect()
    }

    #[test]
    fn each_field_has_its_bounds() {
        assert_eq!(problems(|_| {}), [""; 0]);
        let twice = |widget: &mut WidgetSettings| widget.origins.push(widget.origins[0].clone());
        assert_eq!(problems(twice), ["settings.origins"]);
        assert_eq!(problems(|w| w.origins = vec!["shop".into()]), ["settings.origins"]);
        assert_eq!(problems(|w| w.look.title = Some(" ".into())), ["settings.look.title"]);
        let long = "x".repeat(GREETING_CHARS_MAX + 1);
        assert_eq!(problems(|w| w.look.greeting = Some(long)), ["settings.look.greeting"]);
        for color in ["", "red", "#12345", "#1234567", "#12345é", "112233"] {
            assert_eq!(problems(|w| w.look.color = color.into()), ["settings.look.color"]);
        }
        let none = |widget: &mut WidgetSettings| widget.limits.messages_per_10_seconds = 0;
        assert_eq!(problems(none), ["settings.limits.messages_per_10_seconds"]);
        let none = |widget: &mut WidgetSettings| widget.limits.conversations_per_hour = 0;
        assert_eq!(problems(none), ["settings.limits.conversations_per_hour"]);
    }

    #[test]
    fn only_the_very_origin_is_allowed() {
        let widget = widget();
        assert!(widget.allows("https://shop.example"));
        for origin in ["https://shop.example:8443", "http://shop.example", "https://x.shop.example"]
        {
            assert!(!widget.allows(origin), "{origin}");
        }
    }

    #[test]
    fn a_form_wants_what_it_requires() {
        let form = ContactForm { name: Ask::Required, ..ContactForm::default() };
        assert_eq!(form.missing(false, true, true), Some("name"));
        assert_eq!(form.missing(true, false, false), Some("email"));
        assert_eq!(form.missing(true, false, true), None);
    }
}
