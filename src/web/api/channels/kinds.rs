//! Which kinds of channel there are, and what each must be told: enough to draw a form.

use actix_web::web;
use serde::Serialize;

use crate::channels::FORMS;
use crate::channels::form::{Field, Is};
use crate::web::api::channels::settings::WIDGET;
use crate::web::error::{ApiError, ErrorBody};
use crate::web::person::Person;

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
    name: String,
    is: IsBody,
    /// A new channel cannot do without it.
    needed: bool,
    /// What it is when it is left out; none: nothing, or made here.
    default: Option<String>,
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

/// What a widget cannot do without; `docs/WIDGET.md` has all of its settings.
fn widget() -> KindBody {
    let name = "origins".to_owned();
    let origins = FieldBody { name, is: IsBody::Origins, needed: false, default: None };
    KindBody { kind: WIDGET.to_owned(), fields: vec![origins] }
}

fn field(field: &Field) -> FieldBody {
    let (is, needed, default) = match field.is {
        Is::Secret(_) => (IsBody::Secret, true, None),
        Is::SecretMadeHere(_) => (IsBody::Secret, false, None),
        Is::MadeHere(_) => (IsBody::Text, false, None),
        Is::Text(_) => (IsBody::Text, true, None),
        Is::TextOr(text, _) => (IsBody::Text, false, Some(text.to_owned())),
        Is::Base(text) => (IsBody::Url, false, Some(text.to_owned())),
        Is::OptionalUrl => (IsBody::Url, false, None),
        Is::Flag(flag) => (IsBody::Flag, false, Some(flag.to_string())),
    };
    FieldBody { name: field.name.to_owned(), is, needed, default }
}
