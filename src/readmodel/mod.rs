//! Lists as SQL: one `SQLite` projection that the node builds from the feed.
//!
//! It can be deleted and is rebuilt from the store. Commands never depend on it. Knows rows and
//! positions; nothing of sockets or actors.

pub mod conversations;
mod orders;
mod project;

use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Instant;

use domain::encoded::Encoded;
use domain::event::{FeedEvent, Row};
use domain::id::{ConversationId, CustomerId, ShardId};
use rusqlite::Connection;
use tokio::sync::oneshot;

use crate::clock;
use crate::readmodel::conversations::{Begun, BegunQuery, ListQuery, Snapshot, Visibility};
use crate::readmodel::orders::{Orderly, Orders, queue};
use crate::store::op::Position;

/// The projection. Cheap to clone; all clones are the same one.
#[derive(Clone, Debug)]
pub struct ReadModel {
    orders: Orders,
    /// Rows were lost: the next start builds everything anew.
    gap: Arc<AtomicBool>,
}

/// The projection cannot be opened or asked.
#[derive(Debug, thiserror::Error)]
pub enum ReadModelError {
    #[error("the read model cannot be opened: {0}")]
    Open(#[from] rusqlite::Error),
    #[error("the read model does not answer")]
    Gone,
}

/// Where the projection stands in a shard, with the tag of who wrote the event there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ProjectedTo {
    pub position: Position,
    pub tag: u32,
}

enum Order {
    /// `given` is when it was.
    Project {
        shard: ShardId,
        to: ProjectedTo,
        changed: Changed,
        given: Instant,
    },
    Replace {
        shard: ShardId,
        to: ProjectedTo,
        rows: Vec<Encoded<Row>>,
        done: oneshot::Sender<()>,
    },
    Positions(oneshot::Sender<Vec<(ShardId, ProjectedTo)>>),
    Snapshot(Visibility, oneshot::Sender<Snapshot>),
    List(Box<ListQuery>, oneshot::Sender<Vec<Row>>),
    OfCustomer {
        cards: Vec<CustomerId>,
        limit: usize,
        answer: oneshot::Sender<Vec<Row>>,
    },
    Begun(BegunQuery, oneshot::Sender<Vec<Begun>>),
}

/// What events say of conversations.
#[derive(Clone, Debug, Default)]
pub struct Changed {
    /// As they stand, in the order of the events.
    pub rows: Vec<Encoded<Row>>,
    /// They are not there any more, and never again.
    pub forgotten: Vec<ConversationId>,
}

impl Changed {
    pub fn of<'a>(events: impl IntoIterator<Item = &'a FeedEvent>) -> Self {
        let mut changed = Self::default();
        for event in events {
            if let FeedEvent::Row { row } = event {
                changed.rows.push(row.clone());
            } else if let FeedEvent::Forgotten { conversation } = event {
                changed.forgotten.push(conversation.clone());
            }
        }
        changed
    }
}

impl ReadModel {
    /// Opens the projection in a file, or in memory.
    pub fn open(file: Option<&Path>) -> Result<Self, ReadModelError> {
        let connection = match file {
            Some(file) => Connection::open(file)?,
            None => Connection::open_in_memory()?,
        };
        project::prepare(&connection)?;
        let (orders, received) = queue();
        let gap = Arc::new(AtomicBool::new(false));
        let lost = gap.clone();
        thread::Builder::new()
            .name("read-model".into())
            .spawn(move || work(connection, &received, &lost))
            .map_err(|_| ReadModelError::Gone)?;
        Ok(Self { orders, gap })
    }

    /// Takes what changed up to a position.
    pub fn project(&self, shard: ShardId, position: Position, tag: u32, changed: Changed) {
        let (to, given) = (ProjectedTo { position, tag }, clock::monotonic());
        let order = Order::Project { shard, to, changed, given };
        if !self.orders.give(order) {
            self.gap.store(true, Ordering::Relaxed);
            tracing::error!(%shard, "read model is too far behind, a batch is dropped");
            metrics::counter!("switchboard_read_model_dropped_total").increment(1);
        }
    }

    /// Replaces all rows of a shard.
    pub async fn replace(
        &self,
        shard: ShardId,
        to: ProjectedTo,
        rows: Vec<Row>,
    ) -> Result<(), ReadModelError> {
        self.ask(|done| Order::Replace {
            shard,
            to,
            rows: rows.into_iter().map(Into::into).collect(),
            done,
        })
        .await
    }

    /// Where the projection stands, for each shard that it knows.
    pub async fn positions(&self) -> Result<Vec<(ShardId, ProjectedTo)>, ReadModelError> {
        self.ask(Order::Positions).await
    }

    /// Everything that is open and may be seen, with the positions at which that is true.
    pub async fn snapshot(&self, visibility: Visibility) -> Result<Snapshot, ReadModelError> {
        self.ask(|answer| Order::Snapshot(visibility, answer)).await
    }

    /// A page of a list, newest change first.
    pub async fn list(&self, query: ListQuery) -> Result<Vec<Row>, ReadModelError> {
        self.ask(|answer| Order::List(Box::new(query), answer)).await
    }

    /// Conversations of a person by the ids of his cards, over all lines, newest change first.
    pub async fn of_customer(
        &self,
        cards: Vec<CustomerId>,
        limit: usize,
    ) -> Result<Vec<Row>, ReadModelError> {
        self.ask(|answer| Order::OfCustomer { cards, limit, answer }).await
    }

    /// Conversations of a line that began within that time, the first first.
    pub async fn begun(&self, query: BegunQuery) -> Result<Vec<Begun>, ReadModelError> {
        self.ask(|answer| Order::Begun(query, answer)).await
    }

    async fn ask<T>(
        &self,
        order: impl FnOnce(oneshot::Sender<T>) -> Order,
    ) -> Result<T, ReadModelError> {
        let (answer, answered) = oneshot::channel();
        if !self.orders.give(order(answer)) {
            return Err(ReadModelError::Gone);
        }
        answered.await.map_err(|_| ReadModelError::Gone)
    }
}

impl Order {
    /// When it was given, if it is something to be written down.
    fn given(&self) -> Option<Instant> {
        if let Self::Project { given, .. } = self { Some(*given) } else { None }
    }

    /// Whether somebody waits for the answer.
    fn is_asked(&self) -> bool {
        match self {
            Self::Project { .. } => false,
            Self::Replace { .. }
            | Self::Positions(_)
            | Self::Snapshot(..)
            | Self::List(..)
            | Self::OfCustomer { .. }
            | Self::Begun(..) => true,
        }
    }
}

/// Works off orders, several in one transaction.
fn work(mut connection: Connection, received: &Orderly, gap: &AtomicBool) {
    loop {
        let orders = received.next();
        if orders.is_empty() {
            return;
        }
        let (oldest, number) = (orders.iter().find_map(Order::given), orders.len());
        if let Err(error) = work_off(&mut connection, orders, gap) {
            gap.store(true, Ordering::Relaxed);
            tracing::error!(%error, "read model failed");
        }
        if let Some(oldest) = oldest {
            metrics::gauge!("switchboard_read_model_lag_seconds").set(oldest.elapsed());
        }
        received.worked_off(number);
    }
}

/// Answers a question. One that fails disturbs nothing else: who asked hears that there is no answer.
fn give<T>(answer: oneshot::Sender<T>, found: Result<T, rusqlite::Error>) {
    match found {
        Ok(found) => {
            let _gone = answer.send(found);
        }
        Err(error) => tracing::error!(%error, "read model cannot answer"),
    }
}

/// Leaves out rows that others of the same transaction replace before anybody asks for them.
fn keep_newest(orders: &mut [Order]) {
    let mut replaced = HashSet::new();
    for order in orders.iter_mut().rev() {
        if let Order::Project { changed, .. } = order {
            changed.rows.reverse();
            changed.rows.retain(|row| replaced.insert(row.conversation.clone()));
            changed.rows.reverse();
        } else {
            replaced.clear();
        }
    }
}

fn work_off(
    connection: &mut Connection,
    mut orders: Vec<Order>,
    gap: &AtomicBool,
) -> Result<(), rusqlite::Error> {
    keep_newest(&mut orders);
    let transaction = connection.transaction()?;
    if gap.swap(false, Ordering::Relaxed) {
        project::mistrust(&transaction)?;
    }
    let mut replaced = Vec::new();
    for order in orders {
        match order {
            Order::Project { shard, to, changed, given: _ } => {
                project::put_all(&transaction, shard, &changed.rows)?;
                project::forget(&transaction, &changed.forgotten)?;
                project::stand_at(&transaction, shard, to)?;
            }
            Order::Replace { shard, to, rows, done } => {
                project::clear(&transaction, shard)?;
                project::put_all(&transaction, shard, &rows)?;
                project::stand_at(&transaction, shard, to)?;
                replaced.push(done);
            }
            Order::Positions(answer) => give(answer, project::positions(&transaction)),
            Order::Snapshot(visibility, answer) => {
                give(answer, conversations::snapshot(&transaction, &visibility));
            }
            Order::List(query, answer) => give(answer, conversations::list(&transaction, &query)),
            Order::OfCustomer { cards, limit, answer } => {
                give(answer, conversations::of_customer(&transaction, &cards, limit));
            }
            Order::Begun(query, answer) => give(answer, conversations::begun(&transaction, &query)),
        }
    }
    transaction.commit()?;
    for done in replaced {
        let _gone = done.send(());
    }
    Ok(())
}
