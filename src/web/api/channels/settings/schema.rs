//! The documented form of channel settings, made of the forms of the platforms.

use utoipa::openapi::schema::{ObjectBuilder, OneOfBuilder, Schema, Type};
use utoipa::openapi::{Object, RefOr};
use utoipa::{PartialSchema, ToSchema};

use crate::channels::FORMS;
use crate::channels::form::{Form, Is};
use crate::web::api::channels::settings::{CALLABLE, GivenSettings, NEW_KEY, OWN, ShownSettings};
use crate::web::api::channels::widget::{GivenWidget, ShownWidget};

impl ToSchema for GivenSettings {}

impl ToSchema for ShownSettings {}

impl PartialSchema for GivenSettings {
    fn schema() -> RefOr<Schema> {
        one_of_forms(GivenWidget::schema(), |form| {
            let own = (form.kind == OWN).then(|| {
                let note = "makes a new key; the one before stays valid beside it";
                (NEW_KEY, typed(Type::Boolean, note))
            });
            own.into_iter().collect()
        })
    }
}

impl PartialSchema for ShownSettings {
    fn schema() -> RefOr<Schema> {
        one_of_forms(ShownWidget::schema(), |form| {
            let own = (form.kind == OWN).then(|| ("keys", typed(Type::Array, "ends of the keys")));
            own.into_iter().collect()
        })
    }
}

/// An object for each kind, with its fields and those beside the form.
fn one_of_forms(
    widget: RefOr<Schema>,
    beside: impl Fn(&Form) -> Vec<(&'static str, Object)>,
) -> RefOr<Schema> {
    let object = |form: &Form| {
        let kind = ObjectBuilder::new().schema_type(Type::String).enum_values(Some([form.kind]));
        let begun = ObjectBuilder::new().property("kind", kind).required("kind");
        let own = form.fields.iter().map(|field| (field.name, schema_of(field.is)));
        let fields = own.chain(beside(form));
        fields.fold(begun, |object, (name, schema)| object.property(name, schema)).build()
    };
    let kinds = OneOfBuilder::new().item(widget);
    let kinds = FORMS.iter().fold(kinds, |all, form| all.item(object(form)));
    Schema::OneOf(kinds.build()).into()
}

fn schema_of(is: Is) -> Object {
    match is {
        Is::Secret(rule) => typed(Type::String, &format!("needed; {}; shown masked", rule.words)),
        Is::SecretMadeHere(rule) => {
            typed(Type::String, &format!("made here if left out; {}; shown masked", rule.words))
        }
        Is::MadeHere(rule) => {
            let note = "made here if left out, then told once in the answer";
            typed(Type::String, &format!("{note}; {}; shown masked", rule.words))
        }
        Is::Text(rule) | Is::Server(rule) => {
            typed(Type::String, &format!("needed; {}", rule.words))
        }
        Is::TextOr(text, rule) => {
            typed(Type::String, &format!("`{text}` if left out; {}", rule.words))
        }
        Is::Base(text) => typed(Type::String, &format!("`{text}` if left out; {CALLABLE}")),
        Is::OptionalUrl => typed(Type::String, CALLABLE),
        Is::Flag(flag) => typed(Type::Boolean, &format!("{flag} if left out")),
    }
}

fn typed(kind: Type, description: &str) -> Object {
    ObjectBuilder::new().schema_type(kind).description(Some(description)).build()
}
