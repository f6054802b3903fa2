//! Where the Redis of a store is.

use redis::{ConnectionInfo, IntoConnectionInfo as _, RedisError};

/// How a store is reached, and what its keys begin with.
#[derive(Clone, Debug)]
pub struct RedisSettings {
    pub place: Place,
    /// Several stores share a server when theirs differ.
    pub prefix: String,
}

impl RedisSettings {
    /// One server: `redis://`, `rediss://` (with TLS) or `unix://`.
    pub fn at(url: &str, prefix: &str) -> Result<Self, RedisError> {
        let place = Place::One(url.into_connection_info()?);
        Ok(Self { place, prefix: prefix.to_owned() })
    }
}

#[derive(Clone, Debug)]
pub enum Place {
    One(ConnectionInfo),
    Sentinel {
        sentinels: Vec<ConnectionInfo>,
        /// What the sentinels call the master.
        service: String,
        /// How the master is talked to; its address comes from the sentinels.
        node: ConnectionInfo,
    },
}
