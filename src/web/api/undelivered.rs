//! Messages that did not reach their customers, or perhaps did not: for administrators. A message is
//! sent again by the command `send_again` of the socket.

use actix_web::web;
use domain::entry::DeliveryState;
use serde::Serialize;

use crate::actors::handle::undelivered::Undelivered;
use crate::web::api::entry_schema;
use crate::web::edge::Edge;
use crate::web::error::{ApiError, ErrorBody};
use crate::web::person::Person;

/// Most messages in an answer.
const LIST_MAX: usize = 200;
/// Characters of a text that are shown.
const TEXT_CHARS_MAX: usize = 200;

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(in crate::web) struct UndeliveredBody {
    /// The newest 200.
    messages: Vec<UndeliveredMessage>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(in crate::web) struct UndeliveredMessage {
    conversation: String,
    entry: u32,
    channel: String,
    /// The first 200 characters.
    text: String,
    /// How many files it has.
    files: usize,
    /// `failed` or `unconfirmed`.
    #[schema(value_type = entry_schema::Delivery)]
    delivery: DeliveryState,
    /// When it was given up.
    at: String,
}

/// Messages that were given up and not sent again since, the newest first.
#[utoipa::path(get, path = "/api/v1/undelivered", tag = "conversations",
    security(("cookie" = [])),
    responses((status = 200, body = UndeliveredBody), (status = 403, body = ErrorBody)))]
pub(in crate::web) async fn list(
    person: Person,
    edge: web::Data<Edge>,
) -> Result<web::Json<UndeliveredBody>, ApiError> {
    person.administers()?;
    let found = edge.node.undelivered(LIST_MAX).await?;
    Ok(web::Json(UndeliveredBody { messages: found.into_iter().map(shown).collect() }))
}

fn shown(message: Undelivered) -> UndeliveredMessage {
    UndeliveredMessage {
        conversation: message.conversation.to_string(),
        entry: message.entry.0,
        channel: message.chat.channel.to_string(),
        text: message.text.chars().take(TEXT_CHARS_MAX).collect(),
        files: message.files,
        delivery: message.delivery,
        at: message.at.to_string(),
    }
}
