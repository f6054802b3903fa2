//! Conversations over HTTP: lists and transcripts. Whatever changes them goes over the socket.

use actix_web::web;
use domain::conversation::Draft;
use domain::entry::Entry;
use domain::event::{Row, RowState};
use domain::id::{ConversationId, LineId};
use domain::permission::Action;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::actors::handle::{ListFilter, Transcript};
use crate::protocol::FeedPosition;
use crate::web::api::{entry_schema, schema};
use crate::web::edge::Edge;
use crate::web::error::{ApiError, ErrorBody};
use crate::web::person::Person;

const PAGE_DEFAULT: usize = 50;
const PAGE_MAX: usize = 100;
/// Between the parts of a cursor.
const CURSOR_SEPARATOR: char = '~';

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::web) struct ListQuery {
    /// Only of this line.
    line: Option<String>,
    /// Only in these states, with commas between: `waiting,offered,active,closing,closed`.
    state: Option<String>,
    /// `next` of the page before.
    before: Option<String>,
    /// 1..100; 50 if left out.
    limit: Option<usize>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(in crate::web) struct RowsBody {
    /// Newest change first.
    #[schema(value_type = Vec<schema::Row>)]
    rows: Vec<Row>,
    /// `before` of the next page; null: this is the last.
    next: Option<String>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(in crate::web) struct TranscriptBody {
    #[schema(value_type = schema::Row)]
    row: Row,
    /// In the order of their numbers.
    #[schema(value_type = Vec<entry_schema::Entry>)]
    entries: Vec<Entry>,
    /// What whoever has it, or had it before, was just writing.
    #[schema(value_type = Option<DraftBody>)]
    draft: Option<Draft>,
    /// When the customer last wrote, where that decides for how long he may be written to (`window` of the
    /// channel).
    #[schema(value_type = Option<String>)]
    heard_at: Option<Timestamp>,
    /// All events up to here are in it.
    #[schema(value_type = String)]
    position: FeedPosition,
}

/// The form of a draft.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = Draft)]
pub(in crate::web) struct DraftBody {
    by: String,
    text: String,
}

/// Conversations that the person may see.
#[utoipa::path(get, path = "/api/v1/conversations", tag = "conversations",
    security(("cookie" = [])), params(ListQuery),
    responses(
        (status = 200, body = RowsBody),
        (status = 401, body = ErrorBody),
        (status = 422, body = ErrorBody),
    ))]
pub(in crate::web) async fn list(
    person: Person,
    edge: web::Data<Edge>,
    query: web::Query<ListQuery>,
) -> Result<web::Json<RowsBody>, ApiError> {
    let filter = filter_of(&query)?;
    let limit = filter.limit;
    let rows = edge.node.conversations(&person.operator, filter).await?;
    let last = rows.last().filter(|_| rows.len() >= limit);
    Ok(web::Json(RowsBody { next: last.map(cursor_of), rows }))
}

/// A conversation with its entries. One that the person may not read is one that there is not.
#[utoipa::path(get, path = "/api/v1/conversations/{id}", tag = "conversations",
    security(("cookie" = [])), params(("id" = String, Path)),
    responses((status = 200, body = TranscriptBody), (status = 404, body = ErrorBody)))]
pub(in crate::web) async fn one(
    person: Person,
    edge: web::Data<Edge>,
    id: web::Path<String>,
) -> Result<web::Json<TranscriptBody>, ApiError> {
    let id = ConversationId::parse(&id).ok_or(ApiError::NotFound)?;
    let transcript = edge.node.transcript(&id).await?.ok_or(ApiError::NotFound)?;
    if !person.may(Action::ReadConversation(&transcript.row)) {
        return Err(ApiError::NotFound);
    }
    let Transcript { row, entries, draft, heard_at, position } = transcript;
    Ok(web::Json(TranscriptBody { row, entries, draft, heard_at, position }))
}

fn filter_of(query: &ListQuery) -> Result<ListFilter, ApiError> {
    let limit = query.limit.unwrap_or(PAGE_DEFAULT);
    if !(1..=PAGE_MAX).contains(&limit) {
        return Err(ApiError::field("limit", "1..100"));
    }
    let line = query
        .line
        .as_deref()
        .map(|line| LineId::parse(line).ok_or_else(|| ApiError::field("line", "the id of a line")));
    let states = query.state.as_deref().unwrap_or_default().split(',').filter(|s| !s.is_empty());
    let before = query.before.as_deref().map(|cursor| {
        place_of(cursor).ok_or_else(|| ApiError::field("before", "`next` of the page before"))
    });
    Ok(ListFilter {
        line: line.transpose()?,
        states: states.map(state_of).collect::<Result<_, _>>()?,
        before: before.transpose()?,
        limit,
    })
}

fn state_of(word: &str) -> Result<RowState, ApiError> {
    serde_json::from_value(word.into())
        .map_err(|_| ApiError::field("state", "waiting, offered, active, closing, closed"))
}

fn cursor_of(row: &Row) -> String {
    format!("{}{CURSOR_SEPARATOR}{}", row.updated_at, row.conversation)
}

fn place_of(cursor: &str) -> Option<(Timestamp, ConversationId)> {
    let (at, id) = cursor.split_once(CURSOR_SEPARATOR)?;
    Some((at.parse().ok()?, ConversationId::parse(id)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filter(query: &str) -> Result<ListFilter, ApiError> {
        let query = web::Query::<ListQuery>::from_query(query);
        let query = query.map_err(|error| ApiError::Malformed(error.to_string()))?;
        filter_of(&query)
    }

    #[test]
    fn a_query_becomes_a_filter() {
        let found = filter("line=support&state=waiting,active&limit=7").expect("valid");
        assert_eq!(found.line, Some(LineId::new("support")));
        assert_eq!(found.states, [RowState::Waiting, RowState::Active]);
        assert_eq!((found.limit, found.before), (7, None));
        let found = filter("before=2026-01-02T03:04:05.678Z~0-abc").expect("valid");
        let (at, id) = found.before.expect("a place");
        assert_eq!(
            (at.to_string(), id),
            ("2026-01-02T03:04:05.678Z".to_owned(), ConversationId::new("0-abc"))
        );
        assert_eq!((found.limit, found.states.len()), (50, 0));
    }

    #[test]
    fn wrong_queries_are_refused() {
        for query in
            ["limit=0", "limit=101", "state=open", "before=yesterday", "line=../x", "colour=red"]
        {
            assert!(filter(query).is_err(), "{query}");
        }
    }
}
