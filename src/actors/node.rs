//! The node: starts everything, knows who is here, and passes on what changed for whom.
//!
//! No business: who is eligible is the queue's question.

mod among;
mod operators;
mod platforms;
mod starting;
mod tidying;

use std::collections::{BTreeMap, BTreeSet};

use actix::{Actor, Addr, Context, Handler, Message};
use domain::id::{ChannelId, LineId, OperatorId, ShardId};
use domain::operator::Misses;
use tokio::sync::mpsc::UnboundedReceiver;

use crate::actors::feed::EndSessions;
use crate::actors::line::{LineActor, OperatorStands};
use crate::actors::node::tidying::Tidying;
use crate::actors::parts::Shared;
use crate::actors::poller::Poller;
use crate::actors::shard::{LineChanged, Shard};
use crate::cluster::lease::News;

pub(crate) use crate::actors::node::among::{DirectoryAnew, GiveAll, ShardRuns, SomebodyWrites};
pub(crate) use crate::actors::node::operators::{Attention, SocketCame, SocketLeft};
pub(crate) use crate::actors::node::starting::read_directory;
pub use crate::actors::node::starting::{Cluster, NodeStart, start};

/// The actor of the process.
pub(crate) struct Node {
    parts: Shared,
    shards: BTreeMap<ShardId, Addr<Shard>>,
    lines: BTreeMap<LineId, Addr<LineActor>>,
    pollers: BTreeMap<ChannelId, Addr<Poller>>,
    /// Channels whose platform is just being told how to reach us; and those that were changed
    /// meanwhile.
    connecting: BTreeSet<ChannelId>,
    connect_again: BTreeSet<ChannelId>,
    /// What each operator has missed of late. Begins anew with the process.
    misses: BTreeMap<OperatorId, Misses>,
    /// What happens to the leases, until the node listens.
    news: Option<UnboundedReceiver<News>>,
    /// How feeds and inboxes stand is just being read.
    polling: bool,
    tidying: Tidying,
}

impl Node {
    /// Takes all shards of a store that nobody else uses.
    fn owns_everything(&mut self, ctx: &mut Context<Self>) {
        let shards = (0..self.parts.settings.shards).map(ShardId);
        self.shards =
            shards.map(|shard| (shard, Shard::start(shard, self.parts.clone(), None))).collect();
        let channels: Vec<_> = self.parts.directory.get().channels.keys().cloned().collect();
        for channel in channels {
            self.channel_changed(&channel, ctx);
        }
    }

    /// Tells the line, and those that follow its calendar.
    fn line_changed(&self, id: &LineId) {
        let directory = self.parts.directory.get();
        let concerned = directory.lines.values().filter(|line| {
            line.value.id == *id || line.value.settings.hours.calendar_of.as_ref() == Some(id)
        });
        for line in concerned {
            if let Some(shard) = self.shards.get(&line.value.shard) {
                shard.do_send(LineChanged(line.value.clone()));
            }
        }
    }

    fn sign_in_changed(&self, digest: &str) {
        if !self.parts.directory.get().sign_ins.contains_key(digest) {
            self.end_sessions(EndSessions::OfSignIn(digest.to_owned()));
        }
    }

    fn end_sessions(&self, which: EndSessions) {
        if let Some(feed) = self.parts.feed.get() {
            feed.do_send(which);
        }
    }
}

impl Actor for Node {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        Self::begin_tidying(ctx);
        match self.news.take() {
            Some(news) => self.joins(news, ctx),
            None => self.owns_everything(ctx),
        }
        for operator in self.parts.presence.everybody() {
            self.look_again(operator, ctx);
        }
    }
}

/// A line's actor has started.
#[derive(Debug, Message)]
#[rtype(result = "()")]
pub(crate) struct LineRuns {
    pub(crate) line: LineId,
    pub(crate) addr: Addr<LineActor>,
}

impl Handler<LineRuns> for Node {
    type Result = ();

    fn handle(&mut self, runs: LineRuns, _: &mut Self::Context) {
        let line = runs.line.clone();
        self.lines.insert(runs.line, runs.addr);
        // Somebody may have come or gone while it started.
        for (operator, present) in self.parts.standings() {
            if let Some(addr) = self.lines.get(&line) {
                addr.do_send(OperatorStands { operator, present });
            }
        }
    }
}

/// Where are the actors of lines?
#[derive(Clone, Debug, Message)]
#[rtype(result = "Vec<Addr<LineActor>>")]
pub(crate) enum AskLines {
    One(LineId),
    All,
}

impl Handler<AskLines> for Node {
    type Result = Vec<Addr<LineActor>>;

    fn handle(&mut self, which: AskLines, _: &mut Self::Context) -> Vec<Addr<LineActor>> {
        match which {
            AskLines::One(line) => self.lines.get(&line).cloned().into_iter().collect(),
            AskLines::All => self.lines.values().cloned().collect(),
        }
    }
}

/// A shared document was changed; the directory shows it already.
#[derive(Clone, Debug, Message)]
#[rtype(result = "()")]
pub(crate) struct SharedChanged {
    pub(crate) kind: String,
    pub(crate) id: String,
}

impl Handler<SharedChanged> for Node {
    type Result = ();

    fn handle(&mut self, changed: SharedChanged, ctx: &mut Self::Context) {
        match changed.kind.as_str() {
            "line" => self.line_changed(&LineId::new(changed.id)),
            "operator" => self.operator_changed(&OperatorId::new(changed.id)),
            "channel" => self.channel_changed(&ChannelId::new(changed.id), ctx),
            "sign_in" => self.sign_in_changed(&changed.id),
            _ => {}
        }
    }
}
