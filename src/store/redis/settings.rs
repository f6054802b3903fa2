//! Where the Redis of a store is, and what is asked of it.

use std::time::Duration;

use redis::{ConnectionInfo, IntoConnectionInfo as _, RedisError};

const LOOK_EVERY: Duration = Duration::from_secs(30);
const MEMORY_EVERY: Duration = Duration::from_secs(2);

/// How a store is reached, what its keys begin with, and what the server must promise.
#[derive(Clone, Debug)]
pub struct RedisSettings {
    pub place: Place,
    /// Several stores share a server when theirs differ.
    pub prefix: String,
    /// In how many parts the work is divided: written down when the store is made.
    pub shards: u16,
    pub durability: Durability,
    /// A server that keeps nothing on disk will do.
    pub allow_volatile: bool,
    /// The way to the server is safe although it shows neither TLS nor a password.
    pub insecure: bool,
    /// Between two looks at whether the server is still as it must be.
    pub look_every: Duration,
    /// Between two looks at how full its memory is.
    pub memory_every: Duration,
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

/// What a power cut may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// Nothing that was answered.
    Strict,
    /// The last seconds.
    Relaxed,
}

impl RedisSettings {
    /// One server: `redis://`, `rediss://` (with TLS) or `unix://`, with what is usual.
    pub fn at(url: &str, prefix: &str) -> Result<Self, RedisError> {
        Ok(Self::new(Place::One(url.into_connection_info()?), prefix))
    }

    /// The master that sentinels name. User, password, TLS and database are those of `url`, its
    /// host is not looked at.
    pub fn behind_sentinels(
        sentinels: &[String],
        service: &str,
        url: &str,
        prefix: &str,
    ) -> Result<Self, RedisError> {
        let sentinels = sentinels.iter().map(|url| url.as_str().into_connection_info());
        let place = Place::Sentinel {
            sentinels: sentinels.collect::<Result<_, _>>()?,
            service: service.to_owned(),
            node: url.into_connection_info()?,
        };
        Ok(Self::new(place, prefix))
    }

    fn new(place: Place, prefix: &str) -> Self {
        Self {
            place,
            prefix: prefix.to_owned(),
            shards: 64,
            durability: Durability::Relaxed,
            allow_volatile: false,
            insecure: false,
            look_every: LOOK_EVERY,
            memory_every: MEMORY_EVERY,
        }
    }
}
