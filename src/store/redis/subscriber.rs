//! Listens to the signals of all nodes, for ever.
//!
//! What is told while no connection stands is lost: whoever listens looks into the store as well.

use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt as _;
use redis::RedisResult;
use redis::aio::PubSub;
use tokio::time::{MissedTickBehavior, interval, timeout};

use crate::store::Unavailable;
use crate::store::redis::door::{Door, unavailable};
use crate::store::redis::value::signal_of;
use crate::store::signal::Signals;

/// A connection that is cut without a word is noticed by an unanswered ping.
const PING_EVERY: Duration = Duration::from_secs(2);
const PING_WITHIN: Duration = Duration::from_secs(2);
const CONNECT_WITHIN: Duration = Duration::from_secs(1);
const CONNECT_EVERY: Duration = Duration::from_millis(250);

pub(super) struct Subscriber {
    pub(super) door: Arc<Door>,
    pub(super) channel: String,
    pub(super) signals: Signals,
}

impl Subscriber {
    pub(super) async fn subscribe(&self) -> Result<PubSub, Unavailable> {
        let subscribed = timeout(CONNECT_WITHIN, async {
            let mut connection = self.door.client().await?.get_async_pubsub().await?;
            connection.subscribe(&self.channel).await?;
            RedisResult::Ok(connection)
        });
        match subscribed.await {
            Ok(connection) => connection.map_err(|error| unavailable(&error)),
            Err(_) => Err(Unavailable("no answer in time".to_owned())),
        }
    }

    pub(super) async fn follow(self, first: PubSub) {
        let mut attempts = interval(CONNECT_EVERY);
        attempts.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut connection = Some(first);
        loop {
            if let Some(connection) = connection.take() {
                self.pass_on(connection).await;
                tracing::warn!("no signals from other nodes: connecting again");
            }
            attempts.tick().await;
            connection = self.subscribe().await.ok();
        }
    }

    /// Ends when the connection has.
    async fn pass_on(&self, connection: PubSub) {
        let (mut sink, mut messages) = connection.split();
        let mut pings = interval(PING_EVERY);
        loop {
            tokio::select! {
                message = messages.next() => {
                    let Some(message) = message else { return };
                    let text = std::str::from_utf8(message.get_payload_bytes()).unwrap_or_default();
                    if let Some(signal) = signal_of(text) {
                        self.signals.send(signal);
                    }
                }
                _ = pings.tick() => {
                    let answered = timeout(PING_WITHIN, sink.ping::<redis::Value>()).await;
                    if !matches!(answered, Ok(Ok(_))) {
                        return;
                    }
                }
            }
        }
    }
}
