//! How the edge talks to the actors: everything that `web` may ask of a node.

mod arrival;
pub mod attendance;
pub mod audit;
mod change;
pub mod channels;
mod command;
mod conversations;
mod elsewhere;
mod greeting;
mod life;
pub mod lines;
pub mod recording;
mod sockets;
mod status;
pub mod undelivered;
mod visitor_files;
pub mod visitors;

use std::collections::BTreeMap;
use std::sync::Arc;

use actix::{Handler, Message};
use domain::id::ShardId;
use serde::{Deserialize, Serialize};

use crate::actors::directory::Directory;
use crate::actors::encode::Place;
use crate::actors::feed::Feed;
use crate::actors::feed::tail::{AskEnds, Ends, Missed, Since};
use crate::actors::node::Node;
use crate::actors::parts::Shared;
use crate::clock::Clock;
use crate::files::Files;
use crate::store::Unavailable;

pub use crate::actors::handle::arrival::{Accepted, Arrival};
pub use crate::actors::handle::change::{CHANGES_MAX, Change};
pub use crate::actors::handle::conversations::{ListFilter, Transcript};
pub use crate::actors::handle::sockets::{
    CloseSocket, Cut, Deliver, Received, SessionLink, SocketClosed, SocketLink,
};

/// An arrival or a change that is not stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NotStored {
    /// Too much is waiting: come back in 2 seconds.
    #[error("too much is waiting")]
    Full,
    /// The store did not answer; whether it was stored is unknown. Repeat it.
    #[error("the store did not answer")]
    Unavailable,
    /// A shared document is of another version by now.
    #[error("changed meanwhile by somebody else")]
    Stale,
}

/// A node, as the edge sees it. Cheap to clone; usable from any thread.
#[derive(Clone, Debug)]
pub struct NodeHandle {
    parts: Shared,
}

impl NodeHandle {
    pub(crate) fn new(parts: Shared) -> Self {
        Self { parts }
    }

    pub(crate) fn parts(&self) -> &Shared {
        &self.parts
    }

    pub fn clock(&self) -> &Clock {
        &self.parts.clock
    }

    /// Lines, channels, operators, accounts and sign-ins as of now.
    pub fn directory(&self) -> Arc<Directory> {
        self.parts.directory.get()
    }

    /// Whether the guarded way out would ever call that address; if not, why. Names are judged
    /// only when they are called, so that an address that passes may still lead nowhere.
    pub fn may_call(&self, url: &str) -> Result<(), String> {
        self.parts.outbound.check(url).map_err(|fault| fault.to_string())
    }

    /// Files of customers and operators. Who may see one is for the asker to know.
    pub fn files(&self) -> &Files {
        &self.parts.files
    }

    /// How many shards a new line or channel can choose from.
    pub fn shards(&self) -> u16 {
        self.parts.settings.shards
    }

    /// Whether other nodes go on when this one ends.
    pub fn is_among_others(&self) -> bool {
        self.parts.leases.is_some()
    }

    /// Whether a shard runs here now.
    fn runs(&self, shard: ShardId) -> bool {
        self.parts.with_shard(shard, |_| ()).is_some()
    }

    pub(crate) fn feed_send<M>(&self, message: M)
    where
        M: Message<Result = ()> + Send + 'static,
        Feed: Handler<M>,
    {
        if let Some(feed) = self.parts.feed.get() {
            feed.do_send(message);
        }
    }

    pub(crate) fn node_send<M>(&self, message: M)
    where
        M: Message<Result = ()> + Send + 'static,
        Node: Handler<M>,
    {
        if let Some(node) = self.parts.node.get() {
            node.do_send(message);
        }
    }

    /// Where all feeds stand.
    pub(crate) async fn ends(&self) -> Result<Ends, Unavailable> {
        let stopped = || Unavailable("the feed has stopped".into());
        let feed = self.parts.feed.get().ok_or_else(stopped)?;
        feed.send(AskEnds).await.map_err(|_| stopped())
    }

    /// What happened behind these places, as far as memory has it. None: one of them is in a shard of
    /// which nothing is known here.
    pub(crate) async fn since(
        &self,
        known: BTreeMap<ShardId, Place>,
    ) -> Result<Option<Missed>, Unavailable> {
        let stopped = || Unavailable("the feed has stopped".into());
        let feed = self.parts.feed.get().ok_or_else(stopped)?;
        feed.send(Since(known)).await.map_err(|_| stopped())
    }
}
