//! Which server it was that was last talked with.

use std::sync::{Mutex, PoisonError};

use redis::aio::MultiplexedConnection;
use redis::{RedisResult, pipe};

use crate::store::signal::{Signal, Signals};

/// Told at each new connection. A server that was started anew may have lost its last moments, and
/// one that has taken the place of another what had not reached it.
pub(super) struct Server {
    /// Of its process, and of what it holds.
    ids: Mutex<Option<[String; 2]>>,
    signals: Signals,
}

impl Server {
    pub(super) fn new(signals: Signals) -> Self {
        Self { ids: Mutex::default(), signals }
    }

    pub(super) async fn is_met(&self, connection: &mut MultiplexedConnection) -> RedisResult<()> {
        let (server, replication): (String, String) = pipe()
            .cmd("INFO")
            .arg("server")
            .cmd("INFO")
            .arg("replication")
            .query_async(connection)
            .await?;
        let ids = [of(&server, "run_id:"), of(&replication, "master_replid:")];
        let before = self.ids.lock().unwrap_or_else(PoisonError::into_inner).replace(ids.clone());
        if before.is_some_and(|before| before != ids) {
            tracing::warn!("Redis was started anew, or is another: all shards are read anew");
            self.signals.send(Signal::Restarted);
        }
        Ok(())
    }
}

fn of(info: &str, name: &str) -> String {
    let mut lines = info.lines();
    lines.find_map(|line| line.strip_prefix(name)).unwrap_or_default().to_owned()
}
