//! Why the program ends otherwise than asked, and with which exit code.

use std::io;
use std::net::SocketAddr;

use crate::actors::handle::NotStored;
use crate::config::ConfigError;
use crate::files;
use crate::outbound::SetupFailed;
use crate::readmodel::ReadModelError;
use crate::store::Unavailable;
use crate::store::redis::OpenError as RedisError;
use crate::store::sqlite::OpenError;

/// What stands behind the program's name when it fails.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    #[error("{0}")]
    Config(#[from] ConfigError),
    #[error("log.level: {0}")]
    LogLevel(String),
    #[error("store.shards: the data has {stored}, the configuration {set}: it can only grow")]
    FewerShards { stored: u16, set: u16 },
    #[error("{0}")]
    Store(#[from] OpenError),
    #[error("{0}")]
    Redis(#[from] RedisError),
    #[error("{what}: {why}")]
    StoreRefused { what: &'static str, why: String },
    #[error("redis.url or redis.sentinels: not an address of a Redis")]
    RedisAddress,
    #[error("{0}")]
    Unavailable(#[from] Unavailable),
    #[error("{0}")]
    ReadModel(#[from] ReadModelError),
    #[error("{0}")]
    Files(#[from] files::Unavailable),
    #[error("{0}")]
    WayOut(#[from] SetupFailed),
    #[error("cannot listen at {0}: {1}")]
    Listen(SocketAddr, #[source] io::Error),
    #[error("{0}")]
    Io(#[from] io::Error),
    #[error("the numbers cannot be collected: {0}")]
    Numbers(String),
    #[error("the shards did not start in time")]
    NotReady,
    #[error("the first settings cannot be stored: {0}")]
    NotStored(#[from] NotStored),
    #[error("the server ended by itself")]
    Ended,
    /// `check` has printed which.
    #[error("the program cannot start here")]
    Refused,
}

impl Failure {
    /// 2 for what is wrong with the settings alone, else 1.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Config(_) | Self::LogLevel(_) | Self::RedisAddress => 2,
            Self::FewerShards { .. }
            | Self::Store(_)
            | Self::Redis(_)
            | Self::StoreRefused { .. }
            | Self::Unavailable(_)
            | Self::ReadModel(_)
            | Self::Files(_)
            | Self::WayOut(_)
            | Self::Listen(..)
            | Self::Io(_)
            | Self::Numbers(_)
            | Self::NotReady
            | Self::NotStored(_)
            | Self::Ended
            | Self::Refused => 1,
        }
    }
}
