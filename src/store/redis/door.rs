//! Where Redis is, and how connections to it are made.
//!
//! Nothing here repeats a step: what was sent once and got no answer has an unknown outcome. What
//! rounds look up, and pages of feeds, are asked for once more, over another connection.

use std::sync::Arc;
use std::time::Duration;

use deadpool_redis::sentinel;
use deadpool_redis::{BuildError, Manager, Pool, Runtime};
use redis::aio::MultiplexedConnection;
use redis::sentinel::{SentinelClient, SentinelNodeConnectionInfo, SentinelServerType};
use redis::{
    AsyncConnectionConfig, Client, ConnectionAddr, ConnectionInfo, ErrorKind, FromRedisValue,
    Pipeline, RedisError, RedisResult, RetryMethod, TlsMode,
};
use tokio::sync::Mutex;
use tokio::time::timeout;

use crate::store::Unavailable;
use crate::store::redis::script::Scripts;
use crate::store::redis::server::Server;
use crate::store::redis::settings::Place;

/// For a step: to connect, if need be, and to be answered. Shorter than an owner trusts its lease.
pub(super) const STEP_WITHIN: Duration = Duration::from_secs(1);
/// For what rounds look up, to connect included.
const LOOK_WITHIN: Duration = Duration::from_secs(2);
/// For a page of what is stored.
const READ_WITHIN: Duration = Duration::from_secs(5);
const READERS_MAX: usize = 8;
/// For a free connection.
const READER_WITHIN: Duration = Duration::from_millis(500);
/// A stalled server must not gather an endless queue of requests that nobody waits for.
const UNDER_WAY_MAX: usize = 4096;
/// The same for pages of feeds, each of which may be large.
const PAGES_MAX: usize = 16;
const PIPELINE_SLOTS: usize = 1024;
const WRITE_BYTES: usize = 64 * 1024;

/// Knows who the master is.
pub(super) enum Door {
    One(Client),
    Sentinel(Mutex<SentinelClient>),
}

impl Door {
    pub(super) fn new(place: &Place) -> RedisResult<Self> {
        match place {
            Place::One(info) => Client::open(info.clone()).map(Self::One),
            Place::Sentinel { sentinels, service, node } => {
                let info = SentinelNodeConnectionInfo::default()
                    .set_redis_connection_info(node.redis_settings().clone());
                let info = if is_tls(node) { info.set_tls_mode(TlsMode::Secure) } else { info };
                let master = SentinelServerType::Master;
                let client = SentinelClient::build(sentinels.clone(), service, Some(info), master)?;
                Ok(Self::Sentinel(Mutex::new(client)))
            }
        }
    }

    pub(super) async fn client(&self) -> RedisResult<Client> {
        match self {
            Self::One(client) => Ok(client.clone()),
            Self::Sentinel(client) => client.lock().await.async_get_client().await,
        }
    }
}

/// Why something was not done.
enum Failure {
    /// The connection broke, or leads to a server that may not be used.
    Lost(Unavailable),
    Other(Unavailable),
}

/// One connection that many share, kept until it fails.
pub(super) struct Lane {
    door: Arc<Door>,
    /// Of one that takes steps.
    steps: Option<(Arc<Scripts>, Arc<Server>)>,
    /// For all that is done once.
    within: Duration,
    config: AsyncConnectionConfig,
    current: Mutex<Current>,
}

#[derive(Default)]
struct Current {
    /// Tells this connection from the ones before it.
    number: u64,
    connection: Option<MultiplexedConnection>,
}

impl Lane {
    /// For steps, which are scripts.
    pub(super) fn of_steps(door: Arc<Door>, scripts: Arc<Scripts>, server: Arc<Server>) -> Self {
        Self::new(door, Some((scripts, server)), (STEP_WITHIN, UNDER_WAY_MAX))
    }

    /// For what rounds look up.
    pub(super) fn of_looks(door: Arc<Door>) -> Self {
        Self::new(door, None, (LOOK_WITHIN, UNDER_WAY_MAX))
    }

    /// For reading page after page of what was written last.
    pub(super) fn of_feeds(door: Arc<Door>) -> Self {
        Self::new(door, None, (READ_WITHIN, PAGES_MAX))
    }

    fn new(
        door: Arc<Door>,
        steps: Option<(Arc<Scripts>, Arc<Server>)>,
        (within, under_way_max): (Duration, usize),
    ) -> Self {
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(STEP_WITHIN))
            .set_response_timeout(Some(within))
            .set_pipeline_buffer_size(PIPELINE_SLOTS)
            .set_concurrency_limit(under_way_max)
            .set_write_backpressure_boundary(WRITE_BYTES);
        Self { door, steps, within, config, current: Mutex::default() }
    }

    /// Does something with the connection. After a failure of the connection itself, or no answer
    /// in time, the next one begins with a new connection. What takes no step is tried once more
    /// if the connection was lost, perhaps long before.
    pub(super) async fn with<T, F: Future<Output = RedisResult<T>>>(
        &self,
        work: impl Fn(MultiplexedConnection) -> F,
    ) -> Result<T, Unavailable> {
        match self.attempt(&work).await {
            Err(Failure::Lost(_)) if self.steps.is_none() => self.attempt(&work).await,
            done => done,
        }
        .map_err(|(Failure::Lost(why) | Failure::Other(why))| why)
    }

    async fn attempt<T, F: Future<Output = RedisResult<T>>>(
        &self,
        work: impl Fn(MultiplexedConnection) -> F,
    ) -> Result<T, Failure> {
        let mut used = None;
        let done = timeout(self.within, async {
            let (number, connection) = self.connection().await?;
            used = Some(number);
            work(connection).await
        });
        let failed = match done.await {
            Ok(Ok(answer)) => return Ok(answer),
            Ok(Err(error)) if !is_of_connection(&error) => {
                return Err(Failure::Other(unavailable(&error)));
            }
            Ok(Err(error)) if error.is_timeout() => Failure::Other(unavailable(&error)),
            Ok(Err(error)) => Failure::Lost(unavailable(&error)),
            Err(_) => Failure::Other(Unavailable("no answer in time".to_owned())),
        };
        if let Some(used) = used {
            self.forget(used).await;
        }
        Err(failed)
    }

    async fn connection(&self) -> RedisResult<(u64, MultiplexedConnection)> {
        let mut current = self.current.lock().await;
        if let Some(connection) = &current.connection {
            return Ok((current.number, connection.clone()));
        }
        let client = self.door.client().await?;
        let mut connection =
            client.get_multiplexed_async_connection_with_config(&self.config).await?;
        if let Some((scripts, server)) = &self.steps {
            // Scripts that come one after another must not change places because one is not known.
            scripts.load(&mut connection).await?;
            server.is_met(&mut connection).await?;
        }
        current.number += 1;
        current.connection = Some(connection.clone());
        Ok((current.number, connection))
    }

    async fn forget(&self, number: u64) {
        let mut current = self.current.lock().await;
        if current.number == number {
            current.connection = None;
        }
    }
}

/// Connections for what may be large, so that steps never wait behind it.
pub(super) enum Readers {
    One(Pool),
    Sentinel(sentinel::Pool),
}

impl Readers {
    pub(super) fn new(place: &Place) -> RedisResult<Self> {
        match place {
            Place::One(info) => {
                let config = AsyncConnectionConfig::new()
                    .set_connection_timeout(Some(STEP_WITHIN))
                    .set_response_timeout(Some(READ_WITHIN));
                let manager = Manager::new_with_config(info.clone(), config)?;
                let pool = Pool::builder(manager)
                    .max_size(READERS_MAX)
                    .wait_timeout(Some(READER_WITHIN))
                    .create_timeout(Some(STEP_WITHIN))
                    .recycle_timeout(Some(READER_WITHIN))
                    .runtime(Runtime::Tokio1)
                    .build();
                pool.map(Self::One).map_err(no_runtime)
            }
            Place::Sentinel { sentinels, service, node } => {
                let info = sentinel::SentinelNodeConnectionInfo {
                    tls_mode: is_tls(node).then_some(sentinel::TlsMode::Secure),
                    redis_connection_info: Some(node.redis_settings().clone().into()),
                };
                let master = sentinel::SentinelServerType::Master;
                let manager =
                    sentinel::Manager::new(sentinels.clone(), service.clone(), Some(info), master)?;
                let pool = sentinel::Pool::builder(manager)
                    .max_size(READERS_MAX)
                    .wait_timeout(Some(READER_WITHIN))
                    .create_timeout(Some(STEP_WITHIN))
                    .recycle_timeout(Some(READER_WITHIN))
                    .runtime(Runtime::Tokio1)
                    .build();
                pool.map(Self::Sentinel).map_err(no_runtime)
            }
        }
    }

    pub(super) async fn query<T: FromRedisValue>(
        &self,
        commands: &Pipeline,
    ) -> Result<T, Unavailable> {
        let words = |error: String| Unavailable(error);
        let answer = match self {
            Self::One(pool) => {
                let mut connection = pool.get().await.map_err(|error| words(error.to_string()))?;
                commands.query_async(connection.as_mut()).await
            }
            Self::Sentinel(pool) => {
                let mut connection = pool.get().await.map_err(|error| words(error.to_string()))?;
                commands.query_async(connection.as_mut()).await
            }
        };
        answer.map_err(|error| unavailable(&error))
    }
}

pub(super) fn unavailable(error: &RedisError) -> Unavailable {
    Unavailable(error.to_string())
}

fn is_of_connection(error: &RedisError) -> bool {
    // A master that has become a replica refuses writes, and must be looked for anew.
    error.is_io_error() || !matches!(error.retry_method(), RetryMethod::NoRetry)
}

fn is_tls(node: &ConnectionInfo) -> bool {
    matches!(node.addr(), ConnectionAddr::TcpTls { .. })
}

fn no_runtime(error: BuildError) -> RedisError {
    (ErrorKind::InvalidClientConfig, "no pool", error.to_string()).into()
}
