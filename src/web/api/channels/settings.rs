//! Settings of channels as they are given, checked and shown: by the forms of `channels::form`.

mod schema;

use std::collections::BTreeMap;
use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::channel::widget::WidgetSettings;
use domain::channel::{Channel, ChannelSettings};
use domain::line::FieldProblem;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use url::Url;

use crate::channels::FORMS;
use crate::channels::form::{Form, Is, Rule};
use crate::clock;
use crate::web::api::channels::widget::{self, GivenWidget};
use crate::web::error::ApiError;

const NAME_CHARS_MAX: usize = 100;
const URL_BYTES_MAX: usize = 2_000;
/// What may be called, in the words of the answer.
const CALLABLE: &str = "an https address, or one inside outbound.allow_networks";
const SHOWN_CHARS: usize = 4;
/// Below that many characters, the last ones would tell too much.
const SHOWN_OF_CHARS_MIN: usize = 16;
/// Our own webhook has keys that nobody gives, and a field that asks for a new one.
const OWN: &str = "webhook";
const NEW_KEY: &str = "new_key";
/// The chat window of a site, whose settings have a form of their own.
pub(super) const WIDGET: &str = "widget";

/// What is left out stays as it is; in a new channel it is the default or made here.
#[derive(Deserialize)]
pub(super) struct GivenSettings {
    kind: String,
    #[serde(flatten)]
    fields: Map<String, Value>,
}

/// Settings with secrets shown as `••••1234`.
#[derive(Debug, Serialize)]
pub(super) struct ShownSettings(Map<String, Value>);

/// Settings, and what was made with them.
#[derive(Debug)]
pub(super) struct Made {
    pub(super) settings: ChannelSettings,
    pub(super) new_key: Option<String>,
    /// What people type in at the platform: shown now, and never again.
    pub(super) to_type_in: BTreeMap<&'static str, String>,
}

impl fmt::Debug for GivenSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "GivenSettings({})", self.kind)
    }
}

impl GivenSettings {
    pub(super) fn for_new_channel(self) -> Result<Made, ApiError> {
        if self.kind == WIDGET {
            let (settings, new_key) = self.of_widget()?.for_new_channel();
            return Ok(Made::widget(settings, new_key));
        }
        let form = form_of(&self.kind)?;
        let begun = form.fields.iter().map(|field| (field.name.to_owned(), default(field.is)));
        let mut fields: Map<String, Value> = begun.collect();
        fields.insert("kind".to_owned(), form.kind.into());
        let mut new_key = None;
        if form.kind == OWN {
            let key = fresh_key();
            fields.insert("keys".to_owned(), vec![key.clone()].into());
            new_key = Some(key);
        }
        let made = form.fields.iter().filter(|field| {
            matches!(field.is, Is::MadeHere(_)) && !self.fields.contains_key(field.name)
        });
        let text = |name: &str| fields.get(name).and_then(Value::as_str).map(str::to_owned);
        let made = made.filter_map(|field| Some((field.name, text(field.name)?)));
        let to_type_in = made.collect();
        Ok(Made { settings: self.written_into(fields, form)?, new_key, to_type_in })
    }

    /// The settings as changed. A channel keeps its kind.
    pub(super) fn over(mut self, old: &ChannelSettings) -> Result<Made, ApiError> {
        if let (WIDGET, Some(widget)) = (&*self.kind, old.widget()) {
            let (settings, new_key) = self.of_widget()?.over(widget.clone());
            return Ok(Made::widget(settings, new_key));
        }
        let form = form_of(&self.kind)?;
        if form.kind != old.kind() {
            return Err(ApiError::field("settings.kind", "the kind that the channel has"));
        }
        let mut fields = stored(old);
        let mut new_key = None;
        if form.kind == OWN {
            self.fields.entry("outgoing_url").or_insert(Value::Null);
            let wanted = self.fields.get(NEW_KEY) == Some(&Value::Bool(true));
            if let (true, Some(Value::Array(keys))) = (wanted, fields.get_mut("keys")) {
                let key = fresh_key();
                keys.insert(0, key.clone().into());
                keys.truncate(2);
                new_key = Some(key);
            }
        }
        let to_type_in = BTreeMap::new();
        Ok(Made { settings: self.written_into(fields, form)?, new_key, to_type_in })
    }

    /// A widget has more than fields: a form of its own.
    fn of_widget(self) -> Result<GivenWidget, ApiError> {
        serde_json::from_value(Value::Object(self.fields))
            .map_err(|error| ApiError::Malformed(format!("settings: {error}")))
    }

    /// Each given field in its place, if it is of the form and of the right type.
    fn written_into(
        self,
        mut fields: Map<String, Value>,
        form: &Form,
    ) -> Result<ChannelSettings, ApiError> {
        for (name, value) in self.fields {
            let known = form.fields.iter().find(|field| field.name == name);
            let Some(field) = known else {
                if form.kind == OWN && name == NEW_KEY && value.is_boolean() {
                    continue;
                }
                return Err(ApiError::Malformed(format!(
                    "settings: unknown field of {}",
                    form.kind
                )));
            };
            let value = match (field.is, value) {
                (Is::Flag(_), Value::Bool(flag)) => Value::Bool(flag),
                (Is::OptionalUrl, Value::Null) => Value::Null,
                // Left out, in the words of some programs.
                (_, Value::Null) => continue,
                (Is::Flag(_), _) => return Err(ApiError::field(field.path, "true or false")),
                (Is::Base(_), Value::String(text)) => text.trim_end_matches('/').into(),
                (_, Value::String(text)) => text.trim().into(),
                (_, _) => return Err(ApiError::field(field.path, "a text")),
            };
            fields.insert(name, value);
        }
        serde_json::from_value(Value::Object(fields))
            .map_err(|_| ApiError::field("settings", "as documented"))
    }
}

impl Made {
    fn widget(settings: WidgetSettings, new_key: Option<String>) -> Self {
        let settings = ChannelSettings::Widget(Box::new(settings));
        Self { settings, new_key, to_type_in: BTreeMap::new() }
    }
}

impl ShownSettings {
    pub(super) fn of(settings: &ChannelSettings) -> Self {
        if let Some(settings) = settings.widget() {
            return Self::of_widget(settings);
        }
        let mut fields = stored(settings);
        let form = FORMS.iter().find(|form| form.kind == settings.kind());
        for field in form.map_or(&[][..], |form| form.fields) {
            if let (
                Is::Secret(_) | Is::SecretMadeHere(_) | Is::MadeHere(_),
                Some(Value::String(secret)),
            ) = (field.is, fields.get_mut(field.name))
            {
                *secret = masked(secret);
            }
        }
        if let Some(Value::Array(keys)) = fields.get_mut("keys") {
            let shown = |key: &Value| masked(key.as_str().unwrap_or_default()).into();
            *keys = keys.iter().map(shown).collect();
        }
        Self(fields)
    }
}

impl ShownSettings {
    fn of_widget(settings: &WidgetSettings) -> Self {
        let shown = serde_json::to_value(widget::shown(settings));
        let mut fields = match shown {
            Ok(Value::Object(fields)) => fields,
            Ok(_) | Err(_) => Map::new(),
        };
        fields.insert("kind".to_owned(), WIDGET.into());
        Self(fields)
    }
}

/// `may_call`: whether the way out would ever call an address.
pub(super) fn check(channel: &Channel, may_call: impl Fn(&str) -> bool) -> Result<(), ApiError> {
    let mut problems = Vec::new();
    let mut check = |ok: bool, field: &'static str, allowed: &str| {
        if !ok {
            problems.push(FieldProblem { field, allowed: allowed.to_owned() });
        }
    };
    let name_chars = channel.name.trim().chars().count();
    check((1..=NAME_CHARS_MAX).contains(&name_chars), "name", "1..100 characters");
    let fields = stored(&channel.settings);
    let form = channel.settings.widget().is_none().then(|| form_of(channel.settings.kind()));
    for field in form.transpose()?.map_or(&[][..], |form| form.fields) {
        let text = fields.get(field.name).and_then(Value::as_str);
        let given = text.unwrap_or_default();
        let (ok, allowed) = match field.is {
            Is::Secret(Rule { allows, words })
            | Is::SecretMadeHere(Rule { allows, words })
            | Is::MadeHere(Rule { allows, words })
            | Is::Text(Rule { allows, words })
            | Is::TextOr(_, Rule { allows, words }) => (allows(given), words),
            Is::Base(_) => (is_base(given) && may_call(given), CALLABLE),
            Is::Server(Rule { allows, words }) => (allows(given) && may_call(given), words),
            Is::OptionalUrl => (text.is_none_or(|url| is_web(url) && may_call(url)), CALLABLE),
            Is::Flag(_) => (true, ""),
        };
        check(ok, field.path, allowed);
    }
    let of_widget = channel.settings.widget().map(|widget| widget.problems(widget::is_origin));
    problems.extend(of_widget.into_iter().flatten());
    if problems.is_empty() { Ok(()) } else { Err(ApiError::InvalidFields(problems)) }
}

fn form_of(kind: &str) -> Result<&'static Form, ApiError> {
    let form = FORMS.iter().find(|form| form.kind == kind);
    form.ok_or_else(|| ApiError::Malformed("settings: unknown kind of channel".to_owned()))
}

fn default(is: Is) -> Value {
    match is {
        Is::Secret(_) | Is::Text(_) | Is::Server(_) => "".into(),
        Is::SecretMadeHere(_) | Is::MadeHere(_) => {
            // Letters and digits alone: some platforms take nothing else, and 50 characters at most.
            format!("{:032x}", u128::from_be_bytes(clock::secret_bytes())).into()
        }
        Is::TextOr(text, _) | Is::Base(text) => text.into(),
        Is::OptionalUrl => Value::Null,
        Is::Flag(flag) => flag.into(),
    }
}

/// As they are stored, kind included.
fn stored(settings: &ChannelSettings) -> Map<String, Value> {
    match serde_json::to_value(settings) {
        Ok(Value::Object(fields)) => fields,
        Ok(_) | Err(_) => Map::new(),
    }
}

pub(super) fn masked(secret: &str) -> String {
    let chars: Vec<char> = secret.chars().collect();
    let shown = if chars.len() < SHOWN_OF_CHARS_MIN { 0 } else { SHOWN_CHARS };
    let end: String = chars[chars.len() - shown..].iter().collect();
    format!("••••{end}")
}

fn fresh_key() -> String {
    format!("whsec_{}", STANDARD.encode(clock::secret_bytes::<32>()))
}

/// Methods are put behind it: nothing may follow its path.
fn is_base(text: &str) -> bool {
    let url = Url::parse(text).ok().filter(|_| is_web(text));
    url.is_some_and(|url| url.query().is_none() && url.fragment().is_none())
}

fn is_web(text: &str) -> bool {
    let url = Url::parse(text).ok().filter(|_| text.len() <= URL_BYTES_MAX);
    url.is_some_and(|url| matches!(url.scheme(), "https" | "http"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use domain::id::{ChannelId, LineId};

    use super::*;

    fn given(json: serde_json::Value) -> GivenSettings {
        serde_json::from_value(json).expect("of the documented form")
    }

    fn problems(json: serde_json::Value) -> Vec<&'static str> {
        let channel = Channel {
            id: ChannelId::new("c"),
            name: "Bot".to_owned(),
            line: LineId::new("l"),
            shard: domain::id::ShardId(0),
            enabled: true,
            settings: given(json).for_new_channel().expect("of a kind that there is").settings,
        };
        let may_call = |url: &str| url.starts_with("http") && !url.contains("forbidden");
        match check(&channel, may_call) {
            Err(ApiError::InvalidFields(problems)) => problems.iter().map(|p| p.field).collect(),
            _ => Vec::new(),
        }
    }

    #[test]
    fn settings_are_checked() {
        let token = "123:AAAA";
        for (settings, expected) in [
            (json!({"kind": "telegram", "token": token}), vec![]),
            (json!({"kind": "telegram"}), vec!["settings.token"]),
            (json!({"kind": "telegram", "token": "1/../x"}), vec!["settings.token"]),
            (json!({"kind": "telegram", "token": token, "secret": ""}), vec!["settings.secret"]),
            (
                json!({"kind": "telegram", "token": token, "api_base": "ftp://a"}),
                vec!["settings.api_base"],
            ),
            (json!({"kind": "telegram", "token": token, "api_base": "http://a:81/"}), vec![]),
            (
                json!({"kind": "telegram", "token": token, "api_base": "http://a/pretend/tg"}),
                vec![],
            ),
            (
                json!({"kind": "telegram", "token": token, "api_base": "https://a/?b"}),
                vec!["settings.api_base"],
            ),
            (
                json!({"kind": "telegram", "token": token, "api_base": "https://forbidden"}),
                vec!["settings.api_base"],
            ),
            (json!({"kind": "webhook"}), vec![]),
            (json!({"kind": "webhook", "outgoing_url": "https://a.b/c?d"}), vec![]),
            (
                json!({"kind": "webhook", "outgoing_url": "javascript:alert(1)"}),
                vec!["settings.outgoing_url"],
            ),
            (
                json!({"kind": "webhook", "outgoing_url": "https://forbidden/x"}),
                vec!["settings.outgoing_url"],
            ),
        ] {
            assert_eq!(problems(settings.clone()), expected, "{settings}");
        }
        for unknown in [json!({"kind": "fax"}), json!({"kind": "webhook", "keys": ["mine"]})] {
            assert!(given(unknown).for_new_channel().is_err());
        }
    }

    #[test]
    fn secrets_stay_when_left_out_and_are_never_shown() {
        let token = "123456789:AAAAAAAAAAAAAAAAAAAA";
        let old = given(json!({"kind": "telegram", "token": token})).for_new_channel();
        let old = old.expect("a good one").settings;
        let changed = given(json!({"kind": "telegram", "polling": true})).over(&old);
        let changed = changed.expect("same kind").settings;
        let ChannelSettings::Telegram { token: kept, polling: true, .. } = &changed else {
            panic!("polling was not set: {changed:?}")
        };
        assert_eq!(kept, token);
        let shown = serde_json::to_string(&ShownSettings::of(&changed)).expect("serialised");
        assert!(!shown.contains(token) && shown.contains("••••AAAA"), "{shown}");
        assert_eq!(masked("short"), "••••");
        assert!(given(json!({"kind": "webhook"})).over(&old).is_err(), "a channel keeps its kind");
    }

    #[test]
    fn a_new_key_leaves_the_one_before_valid() {
        let first = given(json!({"kind": "webhook"})).for_new_channel().expect("a good one");
        let mut settings = first.settings;
        let mut made = vec![first.new_key.expect("made")];
        for _ in 0..2 {
            let renewed = given(json!({"kind": "webhook", "new_key": true})).over(&settings);
            let renewed = renewed.expect("same kind");
            settings = renewed.settings;
            made.insert(0, renewed.new_key.expect("made"));
        }
        made.truncate(2);
        assert_eq!(settings, ChannelSettings::Webhook { keys: made, outgoing_url: None });
    }

    #[test]
    fn what_is_typed_in_at_the_platform_is_told_once() {
        let new = json!({ "kind": "vk", "group_id": "7", "token": "vk1.a.token" });
        let made = given(new.clone()).for_new_channel().expect("a good one");
        let secret = &made.to_type_in["secret"];
        assert!((16..=50).contains(&secret.len()), "{secret}");
        let shown = serde_json::to_string(&ShownSettings::of(&made.settings)).expect("serialised");
        assert!(!shown.contains(secret.as_str()), "{shown}");
        let mut chosen = new;
        chosen["secret"] = "0123456789abcdef".into();
        assert!(given(chosen).for_new_channel().expect("a good one").to_type_in.is_empty());
    }
}
