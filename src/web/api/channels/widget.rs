//! The settings of a widget, as an administrator gives and sees them.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::channel::widget::{ContactForm, Look, VisitorLimits, WidgetSettings};
use serde::{Deserialize, Serialize};
use url::Url;

use crate::clock;
use crate::web::api::channels::settings::masked;

/// What is left out stays as it is; in a new channel it is the default.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct GivenWidget {
    /// The sites that may show it, as `https://www.example.com`.
    origins: Option<Vec<String>>,
    /// `title`, `greeting` (null: the default), `color` (`#rrggbb`), `theme` (`auto`, `light`,
    /// `dark`), `side` (`left`, `right`).
    #[schema(value_type = Option<Object>)]
    look: Option<Look>,
    /// `before_chat`, `offline`: whether it is shown; `name`, `phone`, `email`: `no`, `optional` or
    /// `required`.
    #[schema(value_type = Option<Object>)]
    form: Option<ContactForm>,
    /// `messages_per_10_seconds` of a visitor, `conversations_per_hour` of an address.
    #[schema(value_type = Option<Object>)]
    limits: Option<VisitorLimits>,
    /// Makes a new secret for the site to vouch for its users with; the one before ends.
    #[serde(default)]
    new_key: bool,
    /// Makes all tokens of visitors void: everybody begins a new chat.
    #[serde(default)]
    forget_visitors: bool,
}

/// With the secret shown as `••••1234`.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct ShownWidget {
    origins: Vec<String>,
    #[schema(value_type = Object)]
    look: Look,
    #[schema(value_type = Object)]
    form: ContactForm,
    #[schema(value_type = Object)]
    limits: VisitorLimits,
    secret: String,
}

impl GivenWidget {
    /// The settings, and the secret that was made.
    pub(super) fn for_new_channel(self) -> (WidgetSettings, Option<String>) {
        let secret = made();
        let settings = WidgetSettings {
            origins: self.origins.unwrap_or_default(),
            look: self.look.unwrap_or_default(),
            form: self.form.unwrap_or_default(),
            limits: self.limits.unwrap_or_default(),
            secret: secret.clone(),
            key: made(),
        };
        (settings, Some(secret))
    }

    /// The settings as changed, and the secret that was made.
    pub(super) fn over(self, old: WidgetSettings) -> (WidgetSettings, Option<String>) {
        let secret = self.new_key.then(made);
        let settings = WidgetSettings {
            origins: self.origins.unwrap_or(old.origins),
            look: self.look.unwrap_or(old.look),
            form: self.form.unwrap_or(old.form),
            limits: self.limits.unwrap_or(old.limits),
            secret: secret.clone().unwrap_or(old.secret),
            key: if self.forget_visitors { made() } else { old.key },
        };
        (settings, secret)
    }
}

pub(super) fn shown(widget: &WidgetSettings) -> ShownWidget {
    ShownWidget {
        origins: widget.origins.clone(),
        look: widget.look.clone(),
        form: widget.form.clone(),
        limits: widget.limits.clone(),
        secret: masked(&widget.secret),
    }
}

/// An origin as browsers write it: scheme, host, and a port that is not the scheme's own.
/// It becomes a part of a policy: no sign that means anything there.
pub(super) fn is_origin(text: &str) -> bool {
    if !text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-.:/[]".contains(&b)) {
        return false;
    }
    let url = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
    url.is_some_and(|url| url.origin().ascii_serialization() == text)
}

/// Letters, digits, `-` and `_`.
fn made() -> String {
    URL_SAFE_NO_PAD.encode(clock::secret_bytes::<32>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_written_as_browsers_write_it() {
        for text in
            ["https://shop.example", "http://127.0.0.1:8080", "https://xn--e1afmkfd.example"]
        {
            assert!(is_origin(text), "{text}");
        }
        for text in [
            "",
            "shop.example",
            "https://shop.example/",
            "https://shop.example:443",
            "https://Shop.example",
            "https://*.shop.example",
            "https://shop.example;sandbox",
            "https://shop.example,evil.example",
            "https://u:p@shop.example",
            "ftp://shop.example",
            "null",
            "https://shop.example; script-src *",
        ] {
            assert!(!is_origin(text), "{text}");
        }
    }

    #[test]
    fn what_is_left_out_stays() {
        let given = |json| serde_json::from_value::<GivenWidget>(json).expect("of the form");
        let first = given(serde_json::json!({"origins": ["https://a.example"]}));
        let (old, secret) = first.for_new_channel();
        assert_eq!(secret.as_ref(), Some(&old.secret));
        let (same, none) = given(serde_json::json!({})).over(old.clone());
        assert_eq!((&same, none), (&old, None));
        let asked = serde_json::json!({"new_key": true, "forget_visitors": true});
        let (renewed, made) = given(asked).over(old.clone());
        assert_eq!(made.as_ref(), Some(&renewed.secret));
        assert!(renewed.secret != old.secret && renewed.key != old.key);
        assert!(!format!("{:?}", shown(&renewed)).contains(&renewed.secret));
    }
}
