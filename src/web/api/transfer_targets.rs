//! To whom a conversation may be handed, and how each of them stands now.

use std::collections::{BTreeMap, BTreeSet};

use actix_web::web;
use domain::event::Row;
use domain::id::{ConversationId, LineId, OperatorId};
use domain::operator::Status;
use domain::permission::Action;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::actors::directory::Directory;
use crate::web::api::schema;
use crate::web::edge::Edge;
use crate::web::error::{ApiError, ErrorBody};
use crate::web::person::Person;

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::web) struct TargetsQuery {
    /// What is to be handed on.
    conversation: String,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(in crate::web) struct TargetsBody {
    /// By name; without whoever has the conversation.
    operators: Vec<TargetOperator>,
    /// By name; without the conversation's own line.
    lines: Vec<TargetLine>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
struct TargetOperator {
    #[schema(value_type = String)]
    id: OperatorId,
    name: String,
    #[schema(value_type = schema::Status)]
    status: Status,
    /// He is here, and takes what is offered.
    available: bool,
    /// Conversations that take a place of his.
    load: usize,
    /// 0: unlimited.
    capacity: u32,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
struct TargetLine {
    #[schema(value_type = String)]
    id: LineId,
    name: String,
    /// An inactive line routes nothing.
    active: bool,
    open: bool,
    /// When it opens next; null: it is open, or does not open within three years.
    #[schema(value_type = Option<String>, format = DateTime)]
    opens_at: Option<Timestamp>,
    /// How many of its queue are available.
    available_operators: usize,
}

/// Colleagues and lines to whom a conversation may be handed.
#[utoipa::path(get, path = "/api/v1/transfer-targets", tag = "conversations",
    security(("cookie" = [])), params(TargetsQuery),
    responses((status = 200, body = TargetsBody), (status = 404, body = ErrorBody)))]
pub(in crate::web) async fn list(
    person: Person,
    edge: web::Data<Edge>,
    query: web::Query<TargetsQuery>,
) -> Result<web::Json<TargetsBody>, ApiError> {
    let id = ConversationId::parse(&query.conversation).ok_or(ApiError::NotFound)?;
    let row = edge.node.row(&id).await.ok_or(ApiError::NotFound)?;
    if !person.may(Action::SeeDirectory) || !person.may(Action::ReadConversation(&row)) {
        return Err(ApiError::NotFound);
    }
    let loads = edge.node.loads().await?;
    let operators = operators(&edge, &row, &loads);
    let available = operators.1;
    let lines = lines(&person.directory, &row, &available, edge.clock.now());
    Ok(web::Json(TargetsBody { operators: operators.0, lines }))
}

/// Those who may be asked, and who of all operators is available.
fn operators(
    edge: &Edge,
    row: &Row,
    loads: &BTreeMap<OperatorId, usize>,
) -> (Vec<TargetOperator>, BTreeSet<OperatorId>) {
    let standings = edge.node.standings();
    let available = standings.iter().filter(|(operator, present)| operator.is_available(*present));
    let available: BTreeSet<_> = available.map(|(operator, _)| operator.id.clone()).collect();
    let may_be_asked = standings
        .iter()
        .map(|(operator, _)| operator)
        .filter(|operator| operator.enabled && row.operator.as_ref() != Some(&operator.id));
    let mut targets: Vec<_> = may_be_asked
        .map(|operator| TargetOperator {
            id: operator.id.clone(),
            name: operator.name.clone(),
            status: operator.status,
            available: available.contains(&operator.id),
            load: loads.get(&operator.id).copied().unwrap_or_default(),
            capacity: operator.capacity,
        })
        .collect();
    targets.sort_by(|a, b| a.name.cmp(&b.name));
    (targets, available)
}

fn lines(
    directory: &Directory,
    row: &Row,
    available: &BTreeSet<OperatorId>,
    now: Timestamp,
) -> Vec<TargetLine> {
    let lines = directory.lines.values().map(|line| &line.value);
    let others = lines.filter(|line| !line.archived && line.id != row.line);
    let mut targets: Vec<_> = others
        .filter_map(|line| {
            let (settings, hours) = (&line.settings, directory.hours.get(&line.id)?);
            let open = hours.is_open(now);
            let queue = settings.queue.operators.iter();
            Some(TargetLine {
                id: line.id.clone(),
                name: settings.name.clone(),
                active: settings.active,
                open,
                opens_at: if open { None } else { hours.opens_next(now) },
                available_operators: queue.filter(|id| available.contains(id)).count(),
            })
        })
        .collect();
    targets.sort_by(|a, b| a.name.cmp(&b.name));
    targets
}
