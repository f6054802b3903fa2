//! What a form for lines starts from: a new line, the default texts, the time zones, the bounds.

use std::collections::BTreeMap;

use actix_web::web;
use domain::line::LineSettings;
use domain::texts::{self, Kind, Language};
use serde::Serialize;

use crate::actors::directory::time_zones;
use crate::web::api::line_schema;
use crate::web::api::lines::settings;
use crate::web::edge::Edge;
use crate::web::error::ErrorBody;
use crate::web::person::Person;

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(in crate::web) struct LineDefaultsBody {
    /// As a line has them that the person creates now without a word about it.
    #[schema(value_type = line_schema::LineSettings)]
    settings: LineSettings,
    /// The default texts by language and by kind, with their placeholders.
    #[schema(value_type = line_schema::DefaultTexts)]
    texts: BTreeMap<&'static str, BTreeMap<&'static str, &'static str>>,
    /// The IANA names that `hours.timezone` may have.
    timezones: Vec<String>,
    /// The least and the most that `queue.offer_timeout_seconds` may be.
    offer_timeout_seconds: [u32; 2],
    /// What `{company}` stands for.
    company: String,
}

/// What a new line has, and what a form needs to know beside.
#[utoipa::path(get, path = "/api/v1/line-defaults", tag = "lines", security(("cookie" = [])),
    responses((status = 200, body = LineDefaultsBody), (status = 401, body = ErrorBody)))]
pub(in crate::web) async fn defaults(
    person: Person,
    edge: web::Data<Edge>,
) -> web::Json<LineDefaultsBody> {
    let creator = vec![person.operator.id.clone()];
    let bounds = &edge.limits.offer_timeout_seconds;
    web::Json(LineDefaultsBody {
        settings: settings::of_new_line(creator, &edge, &person.directory),
        texts: [("en", Language::En), ("ru", Language::Ru)]
            .map(|(name, language)| (name, default_texts(language)))
            .into(),
        timezones: time_zones(),
        offer_timeout_seconds: [*bounds.start(), *bounds.end()],
        company: edge.company.name.clone(),
    })
}

fn default_texts(language: Language) -> BTreeMap<&'static str, &'static str> {
    Kind::ALL.into_iter().map(|kind| (kind.name(), texts::default(kind, language))).collect()
}
