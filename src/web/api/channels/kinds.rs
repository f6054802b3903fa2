//! Which kinds of channel there are, and what each must be told: enough to draw a form.

use actix_web::web;
use domain::channel::widget::{ContactForm, Look, VisitorLimits};
use serde::Serialize;
use serde_json::{Value, json};

use crate::channels::FORMS;
use crate::channels::form::{Field, Is};
use crate::web::api::channels::settings::WIDGET;
use crate::web::error::{ApiError, ErrorBody};
use crate::web::person::Person;

/// Whether a visitor is asked for something.
const ASKS: &[&str] = &["no", "optional", "required"];

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(in crate::web) struct KindsBody {
    kinds: Vec<KindBody>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
struct KindBody {
    kind: String,
    fields: Vec<FieldBody>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
struct FieldBody {
    /// With a dot: a field of a group, which is given as a whole.
    name: String,
    is: IsBody,
    /// A new channel cannot do without it.
    needed: bool,
    /// What it is when it is left out; none: nothing, or made here.
    default: Option<String>,
    /// Of a choice: what there is to choose from.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    choices: &'static [&'static str],
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
enum IsBody {
    /// Never shown again.
    Secret,
    Text,
    Url,
    Flag,
    /// A list of texts: the origins of sites, as browsers write them.
    Origins,
    /// A text of several lines.
    LongText,
    /// `#rrggbb`.
    Color,
    /// A whole number.
    Number,
    /// One of `choices`.
    Choice,
}

/// The kinds of channel, in the order in which people are offered them.
#[utoipa::path(get, path = "/api/v1/channel-kinds", tag = "channels", security(("cookie" = [])),
    responses((status = 200, body = KindsBody), (status = 403, body = ErrorBody)))]
pub(in crate::web) async fn list(person: Person) -> Result<web::Json<KindsBody>, ApiError> {
    person.administers()?;
    let kinds = FORMS.iter().map(|form| KindBody {
        kind: form.kind.to_owned(),
        fields: form.fields.iter().map(field).collect(),
    });
    Ok(web::Json(KindsBody { kinds: kinds.chain([widget()]).collect() }))
}

/// A widget has a form of its own (`docs/WIDGET.md`); its defaults are those of a new one.
fn widget() -> KindBody {
    let defaults = json!({
        "look": Look::default(), "form": ContactForm::default(), "limits": VisitorLimits::default(),
    });
    let field = |name: &str, is, choices| {
        let default = match &defaults[name.split('.').next().unwrap_or_default()]
            [name.split('.').next_back().unwrap_or_default()]
        {
            Value::String(text) => Some(text.clone()),
            value @ (Value::Bool(_) | Value::Number(_)) => Some(value.to_string()),
            Value::Null | Value::Array(_) | Value::Object(_) => None,
        };
        FieldBody { name: name.to_owned(), is, needed: false, default, choices }
    };
    let fields = vec![
        field("origins", IsBody::Origins, &[]),
        field("look.title", IsBody::Text, &[]),
        field("look.greeting", IsBody::LongText, &[]),
        field("look.color", IsBody::Color, &[]),
        field("look.theme", IsBody::Choice, &["auto", "light", "dark"]),
        field("look.side", IsBody::Choice, &["left", "right"]),
        field("form.before_chat", IsBody::Flag, &[]),
        field("form.offline", IsBody::Flag, &[]),
        field("form.name", IsBody::Choice, ASKS),
        field("form.phone", IsBody::Choice, ASKS),
        field("form.email", IsBody::Choice, ASKS),
        field("limits.messages_per_10_seconds", IsBody::Number, &[]),
        field("limits.conversations_per_hour", IsBody::Number, &[]),
    ];
    KindBody { kind: WIDGET.to_owned(), fields }
}

fn field(field: &Field) -> FieldBody {
    let (is, needed, default) = match field.is {
        Is::Secret(_) => (IsBody::Secret, true, None),
        Is::SecretMadeHere(_) => (IsBody::Secret, false, None),
        Is::MadeHere(_) => (IsBody::Text, false, None),
        Is::Text(_) | Is::Server(_) => (IsBody::Text, true, None),
        Is::TextOr(text, _) => (IsBody::Text, false, Some(text.to_owned())),
        Is::Base(text) => (IsBody::Url, false, Some(text.to_owned())),
        Is::OptionalUrl => (IsBody::Url, false, None),
        Is::Flag(flag) => (IsBody::Flag, false, Some(flag.to_string())),
    };
    FieldBody { name: field.name.to_owned(), is, needed, default, choices: &[] }
}
