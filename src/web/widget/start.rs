//! A page opens: who its visitor is, how the widget looks, and what is in his chat.

use actix_web::{HttpRequest, web};
use domain::channel::Channel;
use domain::channel::widget::{ContactForm, Look, WidgetSettings};
use domain::line::LineSettings;
use domain::texts::{self, Language, Values};
use serde::{Deserialize, Serialize};

use crate::actors::handle::visitors::Guest;
use crate::channels::widget::{self, Contacts, Visitor};
use crate::clock;
use crate::crm::contacts;
use crate::protocol::visitor::VisitorNews;
use crate::web::edge::Edge;
use crate::web::error::{ApiError, ErrorBody};
use crate::web::throttle;
use crate::web::widget::{find, refuse_foreign, settings};

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::web) struct Start {
    /// The origin of the page around the frame.
    site: String,
    /// As it was last given; null: a new visitor.
    token: Option<String>,
    /// Up to where the page knows its chat; null: nothing.
    after: Option<String>,
    /// Whom the site vouches for: the very text that it has signed.
    user: Option<String>,
    /// The signature of `user`, in hex.
    signature: Option<String>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(in crate::web) struct Started {
    /// Takes the place of the one before.
    token: String,
    widget: WidgetBody,
    visitor: VisitorBody,
    /// As `news` in docs/PROTOCOL.md.
    #[schema(value_type = Object)]
    news: VisitorNews,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
struct WidgetBody {
    title: String,
    #[schema(value_type = Object)]
    look: Look,
    #[schema(value_type = Object)]
    form: ContactForm,
    /// What the visitor agrees to before he writes; null: nothing.
    consent: Option<String>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
struct VisitorBody {
    /// He has said who he is, or his site has.
    introduced: bool,
    consented: bool,
    /// False: the site vouches for somebody, and the signature is wrong or has expired.
    vouched: Option<bool>,
}

/// Begins or goes on.
#[utoipa::path(post, path = "/widget/{channel}/start", tag = "widget",
    params(("channel" = String, Path, description = "id of the channel")),
    request_body = Start,
    responses(
        (status = 200, body = Started),
        (status = 403, description = "a page of a foreign origin", body = ErrorBody),
        (status = 404, description = "no such widget, or it is switched off", body = ErrorBody),
        (status = 429, description = "too many pages of one address", body = ErrorBody),
    ))]
pub(in crate::web) async fn start(
    request: HttpRequest,
    channel: web::Path<String>,
    edge: web::Data<Edge>,
    body: web::Json<Start>,
) -> Result<web::Json<Started>, ApiError> {
    let channel = find(&edge, &channel)?;
    let set = settings(&channel)?;
    refuse_foreign(&request, &edge, set)?;
    let start = body.into_inner();
    let now = edge.clock.now();
    if set.allows(&start.site) {
        edge.sightings.note(&channel.id, &start.site, now);
    } else if !edge.server.allows_origin(&start.site) {
        return Err(ApiError::ForeignOrigin);
    }
    let address = throttle::counted_address(&request, edge.server.behind_proxy);
    edge.node.visitor_comes(&channel, address).map_err(ApiError::TooFast)?;
    let directory = edge.node.directory();
    let line = directory.lines.get(&channel.line).ok_or(ApiError::NotFound)?;
    let line = &line.value.settings;
    let (visitor, vouched) = visitor(&start, &channel, set, line.language, &edge);
    let token = widget::issue(&set.key, &channel.id, &visitor);
    let body =
        VisitorBody { introduced: visitor.introduced, consented: visitor.consented, vouched };
    let widget = shown(set, line, &edge);
    let guest = Guest::new(channel.clone(), visitor, address);
    let news = edge.node.visitor_news(&guest, start.after.as_deref()).await?;
    Ok(web::Json(Started { token, widget, visitor: body, news }))
}

/// Who it is, and whether the site could vouch for him; none: it does not.
fn visitor(
    start: &Start,
    channel: &Channel,
    set: &WidgetSettings,
    language: Language,
    edge: &Edge,
) -> (Visitor, Option<bool>) {
    let now = edge.clock.now();
    let read = |token: &String| widget::read(&set.key, &channel.id, token, now);
    let known = start.token.as_ref().and_then(read);
    let user = start.user.as_deref().map(|user| {
        let signature = start.signature.as_deref().unwrap_or_default();
        widget::site_user(&set.secret, user, signature, now)
    });
    let vouched = user.as_ref().map(Option::is_some);
    let Some(user) = user.flatten() else {
        // Whom the site does not vouch for any more is somebody else: he may sit at a shared screen.
        let known = known.filter(|known| known.vouched.is_none());
        let visitor = known.map(|known| Visitor { issued_at: now, ..known });
        return (visitor.unwrap_or_else(|| newcomer(language, edge)), vouched);
    };
    let region = edge.company.country;
    let contacts = Contacts {
        phone: user.phone.and_then(|phone| contacts::phone(&phone, region)),
        email: user.email.and_then(|email| contacts::email(&email)),
    };
    let consented = known.is_some_and(|known| known.id == user.visitor && known.consented);
    let name = if user.name.is_empty() { name(language, &user.visitor) } else { user.name };
    let visitor = Visitor {
        id: user.visitor,
        name,
        consented,
        introduced: true,
        vouched: Some(contacts),
        issued_at: now,
    };
    (visitor, vouched)
}

fn newcomer(language: Language, edge: &Edge) -> Visitor {
    let id = clock::new_uuid();
    Visitor {
        name: name(language, &id),
        id: id.into(),
        consented: false,
        introduced: false,
        vouched: None,
        issued_at: edge.clock.now(),
    }
}

/// What operators call somebody who has given no name; the end of his id tells two apart.
fn name(language: Language, id: &str) -> String {
    let end = id.len().saturating_sub(4);
    let end = id.get(end..).unwrap_or_default();
    match language {
        Language::En => format!("Visitor {end}"),
        Language::Ru => format!("Посетитель {end}"),
    }
}

fn shown(set: &WidgetSettings, line: &LineSettings, edge: &Edge) -> WidgetBody {
    let company = edge.company.name.as_str();
    let values = Values { opens_at: "", operator: company, company, customer: "" };
    let consent = || texts::fill(line.consent_text(), &values).trim().to_owned();
    WidgetBody {
        title: set.look.title.clone().unwrap_or_else(|| company.to_owned()),
        look: set.look.clone(),
        form: set.form.clone(),
        consent: line.consent.enabled.then(consent),
    }
}
