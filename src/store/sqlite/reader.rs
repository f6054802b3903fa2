//! The threads that read, each with a connection of its own.
//!
//! Knows nothing of what a query reads.

use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{Builder, JoinHandle};

use rusqlite::Connection;
use tokio::sync::oneshot;

use crate::store::Unavailable;

/// Most queries waiting; when it is full the store is unavailable.
const QUEUE_MAX: usize = 1024;

type Query = Box<dyn FnOnce(&Connection) + Send>;

/// The way to the readers. The threads end when this is dropped.
pub(super) struct Readers {
    queue: SyncSender<Query>,
}

impl Readers {
    /// One thread for each connection.
    pub(super) fn start(
        connections: Vec<Connection>,
    ) -> std::io::Result<(Self, Vec<JoinHandle<()>>)> {
        let (queue, queries) = sync_channel(QUEUE_MAX);
        let queries = Arc::new(Mutex::new(queries));
        let start = |connection| {
            let queries = queries.clone();
            let thread = Builder::new().name("store-reader".to_owned());
            thread.spawn(move || work(&connection, &queries))
        };
        let threads = connections.into_iter().map(start).collect::<Result<_, _>>()?;
        Ok((Self { queue }, threads))
    }

    /// Runs `query` on what is committed. One statement sees one state; several see one state
    /// only inside a transaction.
    pub(super) async fn read<T: Send + 'static>(
        &self,
        query: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, Unavailable> {
        let (answer, answered) = oneshot::channel();
        let query: Query = Box::new(move |connection| {
            // Whoever asked may have gone.
            let _ = answer.send(query(connection));
        });
        self.queue.try_send(query).map_err(|refused| match refused {
            TrySendError::Full(_) => Unavailable("too many reads are waiting".to_owned()),
            TrySendError::Disconnected(_) => Unavailable("the readers have ended".to_owned()),
        })?;
        match answered.await {
            Ok(read) => read.map_err(|error| {
                tracing::error!(%error, "store query failed");
                Unavailable(error.to_string())
            }),
            Err(_) => Err(Unavailable("the readers have ended".to_owned())),
        }
    }
}

fn work(connection: &Connection, queries: &Mutex<Receiver<Query>>) {
    loop {
        // Waiting holds the lock, working does not: the idle readers queue up for the next one.
        let next = queries.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(query) = next else { return };
        query(connection);
    }
}
