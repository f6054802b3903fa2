//! The list of conversations.

use domain::event::{Row, RowState};
use domain::id::{ConversationId, CustomerId, LineId, OperatorId, ShardId};
use jiff::Timestamp;
use rusqlite::{Connection, Error, named_params};

use crate::readmodel::ProjectedTo;
use crate::readmodel::project::{positions, state_word};

/// Rows in one page of a list.
pub const PAGE_MAX: usize = 200;
/// Open conversations in a snapshot; what waits comes first.
pub const SNAPSHOT_MAX: usize = 5_000;

/// Whose list it is. The same rule as `domain::permission`, in words that SQL understands.
#[derive(Clone, Debug)]
pub struct Visibility {
    pub operator: OperatorId,
    /// Lines in whose queue he is: he sees what waits in them.
    pub queues: Vec<LineId>,
    /// Which lines he sees everything of.
    pub oversees: Oversees,
}

#[derive(Clone, Debug)]
pub enum Oversees {
    Everything,
    Lines(Vec<LineId>),
}

/// Which page of the list.
#[derive(Clone, Debug)]
pub struct ListQuery {
    pub visibility: Visibility,
    pub line: Option<LineId>,
    /// Empty: all.
    pub states: Vec<RowState>,
    pub before: Option<(Timestamp, ConversationId)>,
    pub limit: usize,
}

/// What a browser starts from.
#[derive(Clone, Debug)]
pub struct Snapshot {
    pub positions: Vec<(ShardId, ProjectedTo)>,
    pub rows: Vec<Row>,
}

pub(super) fn snapshot(
    connection: &Connection,
    visibility: &Visibility,
) -> Result<Snapshot, Error> {
    let open = [RowState::Waiting, RowState::Offered, RowState::Active, RowState::Closing];
    let query = ListQuery {
        visibility: visibility.clone(),
        line: None,
        states: open.to_vec(),
        before: None,
        limit: SNAPSHOT_MAX,
    };
    Ok(Snapshot { positions: positions(connection)?, rows: select(connection, &query, BY_NEED)? })
}

pub(super) fn list(connection: &Connection, query: &ListQuery) -> Result<Vec<Row>, Error> {
    let limit = query.limit.clamp(1, PAGE_MAX);
    select(connection, &ListQuery { limit, ..query.clone() }, BY_CHANGE)
}

/// Conversations of a person by the ids of his cards, over all lines, newest change first. Who may
/// read them is the caller's question.
pub(super) fn of_customer(
    connection: &Connection,
    cards: &[CustomerId],
    limit: usize,
) -> Result<Vec<Row>, Error> {
    let mut statement = connection.prepare_cached(OF_CUSTOMER)?;
    let limit = limit.clamp(1, PAGE_MAX);
    let rows = statement
        .query_map(named_params! { ":cards": json(&cards)?, ":limit": limit }, |row| {
            row.get::<_, String>(0)
        })?;
    rows.map(|text| text.and_then(|text| parse(&text))).collect()
}

const OF_CUSTOMER: &str = "
    SELECT row FROM conversations
    WHERE customer IS NOT NULL AND customer IN (SELECT value FROM json_each(:cards))
    ORDER BY updated_us DESC, id DESC LIMIT :limit";

/// Which conversations of a line: those that began from then on and before then.
#[derive(Clone, Debug)]
pub struct BegunQuery {
    pub line: LineId,
    pub from: Timestamp,
    pub until: Timestamp,
    pub limit: usize,
}

/// A conversation, and what tells its customer's chat from others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Begun {
    pub conversation: ConversationId,
    pub chat: String,
}

/// A card belongs to one chat; who has none is alone in his.
const BEGUN: &str = "
    SELECT id, coalesce(json_extract(row, '$.channel') || ':' || customer, id)
    FROM conversations
    WHERE line = :line AND started_us >= :from_us AND started_us < :until_us
    ORDER BY started_us, id LIMIT :limit";

pub(super) fn begun(connection: &Connection, query: &BegunQuery) -> Result<Vec<Begun>, Error> {
    let mut statement = connection.prepare_cached(BEGUN)?;
    let begun = statement.query_map(
        named_params! {
            ":line": query.line.as_str(),
            ":from_us": query.from.as_microsecond(),
            ":until_us": query.until.as_microsecond(),
            ":limit": query.limit,
        },
        |row| {
            let conversation = ConversationId::new(row.get::<_, String>(0)?);
            Ok(Begun { conversation, chat: row.get(1)? })
        },
    )?;
    begun.collect()
}

const SELECT: &str = "
    SELECT c.row FROM conversations c
    WHERE (:states = '[]' OR c.state IN (SELECT value FROM json_each(:states)))
      AND (:line IS NULL OR c.line = :line)
      AND (:before_us IS NULL OR (c.updated_us, c.id) < (:before_us, :before_id))
      AND (:everything
           OR c.line IN (SELECT value FROM json_each(:oversees))
           OR (c.state IN ('waiting', 'offered')
               AND c.line IN (SELECT value FROM json_each(:queues)))
           OR EXISTS (SELECT 1 FROM people p
                      WHERE p.operator = :operator AND p.conversation = c.id))";

/// Newest change first: the order of pages.
const BY_CHANGE: &str = "ORDER BY c.updated_us DESC, c.id DESC LIMIT :limit";

/// What waits comes first, the longest untouched before others, so that a cut never hides it.
const BY_NEED: &str = "
    ORDER BY c.state IN ('waiting', 'offered') DESC,
             CASE WHEN c.state IN ('waiting', 'offered') THEN c.updated_us ELSE -c.updated_us END
    LIMIT :limit";

fn select(connection: &Connection, query: &ListQuery, order: &str) -> Result<Vec<Row>, Error> {
    let visibility = &query.visibility;
    let (everything, oversees) = match &visibility.oversees {
        Oversees::Everything => (true, Vec::new()),
        Oversees::Lines(lines) => (false, lines.clone()),
    };
    let states: Vec<_> = query.states.iter().map(|state| state_word(*state)).collect();
    let before = query.before.as_ref();
    let mut statement = connection.prepare_cached(&format!("{SELECT} {order}"))?;
    let rows = statement.query_map(
        named_params! {
            ":states": json(&states)?,
            ":line": query.line.as_ref().map(LineId::as_str),
            ":before_us": before.map(|(at, _)| at.as_microsecond()),
            ":before_id": before.map(|(_, id)| id.as_str()),
            ":everything": everything,
            ":oversees": json(&oversees)?,
            ":queues": json(&visibility.queues)?,
            ":operator": visibility.operator.as_str(),
            ":limit": query.limit,
        },
        |row| row.get::<_, String>(0),
    )?;
    rows.map(|text| text.and_then(|text| parse(&text))).collect()
}

fn parse(text: &str) -> Result<Row, Error> {
    serde_json::from_str(text)
        .map_err(|e| Error::FromSqlConversionFailure(0, rusqlite::types::Type::Text, e.into()))
}

fn json(value: &impl serde::Serialize) -> Result<String, Error> {
    serde_json::to_string(value).map_err(|e| Error::ToSqlConversionFailure(e.into()))
}
