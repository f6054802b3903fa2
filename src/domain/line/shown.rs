//! What customers see of whoever answers them.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::id::OperatorId;
use crate::line::{Checks, NAME_CHARS_MAX};

const PERSONAS_MAX: usize = 1_000;
const PICTURE_BYTES_MAX: usize = 2_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ShownAs {
    /// His own name.
    Name,
    /// A name and a picture of this line's own.
    Persona,
    /// The company's name.
    Hidden,
}

/// How an operator is shown to the customers of a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Persona {
    pub operator: OperatorId,
    pub name: String,
    /// An https address; none: no picture.
    pub picture: Option<String>,
}

/// Whoever answers, as customers see him.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shown<'a> {
    pub name: &'a str,
    /// An https address.
    pub picture: Option<&'a str>,
}

pub(super) fn check(personas: &[Persona], check: &mut Checks) {
    check.that(personas.len() <= PERSONAS_MAX, "personas", "at most 1000");
    let operators: BTreeSet<_> = personas.iter().map(|persona| &persona.operator).collect();
    check.that(operators.len() == personas.len(), "personas", "each operator once");
    for persona in personas {
        let chars = persona.name.trim().chars().count();
        check.that((1..=NAME_CHARS_MAX).contains(&chars), "personas.name", "1..100 characters");
        let picture = persona.picture.as_deref();
        let fits = |url: &str| url.starts_with("https://") && url.len() <= PICTURE_BYTES_MAX;
        check.that(picture.is_none_or(fits), "personas.picture", "an https address, or null");
    }
}
