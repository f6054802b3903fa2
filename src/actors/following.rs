//! How the feed of a node learns what happened elsewhere: it reads on from where it is.
//!
//! Signals say where to look, and looking from time to time finds what no signal told. What is read
//! joins on without a gap, or everything of the shard is read anew.

use std::sync::Arc;
use std::time::Duration;

use actix::{ActorFutureExt, AsyncContext, Context, Handler, Message, WrapFuture};
use domain::event::FeedEvent;
use domain::id::ShardId;
use tokio::sync::oneshot;

use crate::actors::bench::Broken;
use crate::actors::directory::Directory;
use crate::actors::encode::{self, Place};
use crate::actors::feed::tail::TailEvent;
use crate::actors::feed::{Feed, FeedBatch};
use crate::actors::line::Recount;
use crate::actors::node::{DirectoryAnew, read_directory};
use crate::actors::parts::Shared;
use crate::actors::rebuild::read_anew;
use crate::actors::shared_change;
use crate::store::Unavailable;
use crate::store::op::{FeedRecord, Position};

/// Events read at a time.
const PAGE: usize = 256;
/// Pause before the store is asked again that did not answer.
const PAUSE: Duration = Duration::from_millis(500);

/// The state of reading on in a shard.
#[derive(Debug, Default)]
pub(super) struct Reading {
    under_way: bool,
    /// There may be more than what is just being read.
    again: bool,
    /// What was known when the stored end was last told.
    known: Position,
    /// Those who wait for all that was there when they asked.
    waiting: Vec<oneshot::Sender<()>>,
}

/// There may be more in the feed of a shard than is known here.
#[derive(Clone, Copy, Debug, Message)]
#[rtype(result = "()")]
pub(crate) struct LookAt(pub(crate) ShardId);

impl Handler<LookAt> for Feed {
    type Result = ();

    fn handle(&mut self, look: LookAt, ctx: &mut Self::Context) {
        self.look(look.0, ctx);
    }
}

/// Where the feeds end in the store, as of a moment ago.
#[derive(Clone, Debug, Message)]
#[rtype(result = "()")]
pub(crate) struct StoredEnds(pub(crate) Vec<(ShardId, Position)>);

impl Handler<StoredEnds> for Feed {
    type Result = ();

    fn handle(&mut self, ends: StoredEnds, ctx: &mut Self::Context) {
        for (shard, end) in ends.0 {
            let known = self.tails.entry(shard).or_default().end.position;
            let reading = self.reading.entry(shard).or_default();
            // What was just committed here is on its way, and that of a busy shard always is.
            let moves = std::mem::replace(&mut reading.known, known) != known;
            if known != end && !(moves && self.parts.serves(shard)) {
                self.look(shard, ctx);
            }
        }
    }
}

/// Answered when everything is known here that a shard's feed held when this was asked.
#[derive(Debug, Message)]
#[rtype(result = "()")]
struct CatchUpWith {
    shard: ShardId,
    done: oneshot::Sender<()>,
}

impl Handler<CatchUpWith> for Feed {
    type Result = ();

    fn handle(&mut self, with: CatchUpWith, ctx: &mut Self::Context) {
        self.reading.entry(with.shard).or_default().waiting.push(with.done);
        self.look(with.shard, ctx);
    }
}

/// Waits until everything is known here that a shard's feed holds by now.
pub(crate) async fn catch_up(parts: &Shared, shard: ShardId) -> Result<(), Broken> {
    let Some(feed) = parts.feed.get() else { return Ok(()) };
    let (done, known) = oneshot::channel();
    feed.do_send(CatchUpWith { shard, done });
    known.await.map_err(|_| Broken::Store("the feed could not be read".into()))
}

/// What the store has behind a place.
enum Found {
    Events {
        events: Vec<Arc<TailEvent>>,
        more: bool,
    },
    /// The place is not there any more: everything was read anew.
    Anew {
        to: Place,
        /// Of the shard that tells of it.
        directory: Option<Directory>,
    },
}

impl Feed {
    /// Reads on in a shard; once at a time.
    pub(super) fn look(&mut self, shard: ShardId, ctx: &mut Context<Self>) {
        let reading = self.reading.entry(shard).or_default();
        if std::mem::replace(&mut reading.under_way, true) {
            reading.again = true;
            return;
        }
        reading.again = false;
        let waiting = std::mem::take(&mut reading.waiting);
        let (parts, at) = (self.parts.clone(), self.tails.entry(shard).or_default().end);
        let found = async move { read_on(&parts, shard, at).await };
        ctx.spawn(found.into_actor(self).map(move |found, feed, ctx| {
            feed.found(shard, found, waiting, ctx);
        }));
    }

    fn found(
        &mut self,
        shard: ShardId,
        found: Result<Found, Unavailable>,
        waiting: Vec<oneshot::Sender<()>>,
        ctx: &mut Context<Self>,
    ) {
        let more = match found {
            Ok(Found::Events { events, more }) => !self.take_read(shard, events) || more,
            Ok(Found::Anew { to, directory }) => {
                self.begin_anew(shard, to, directory);
                true
            }
            Err(error) => {
                tracing::warn!(%shard, %error, "the feed cannot be read, it is tried again");
                let reading = self.reading.entry(shard).or_default();
                reading.under_way = false;
                // Whoever waits is told with that, as those are who waited for what was just read.
                reading.waiting.clear();
                ctx.run_later(PAUSE, move |feed, ctx| feed.look(shard, ctx));
                return;
            }
        };
        let reading = self.reading.entry(shard).or_default();
        reading.under_way = false;
        if more {
            reading.waiting.extend(waiting);
        } else {
            for done in waiting {
                let _gone = done.send(());
            }
        }
        if more || reading.again || !reading.waiting.is_empty() {
            self.look(shard, ctx);
        }
    }

    /// Takes what was read, without what has come here directly meanwhile. `false`: it does not
    /// join on.
    fn take_read(&mut self, shard: ShardId, mut events: Vec<Arc<TailEvent>>) -> bool {
        let end = self.tails.entry(shard).or_default().end;
        events.retain(|event| event.place.position > end.position);
        let Some(first) = events.first() else { return true };
        if first.previous.position != end.position {
            return false;
        }
        for event in &events {
            shared_change::apply(&self.parts, &event.event);
            // Whoever writes them himself knows them.
            if let FeedEvent::Records { changed } = &event.event {
                self.parts.records.moved(changed);
            }
        }
        self.take(&FeedBatch { shard, from: end, events });
        true
    }

    /// Events were trimmed before they were read here, or the store went back: what is known of the
    /// shard is what was read anew.
    fn begin_anew(&mut self, shard: ShardId, to: Place, directory: Option<Directory>) {
        tracing::warn!(%shard, "the feed does not join on, everything of the shard was read anew");
        metrics::counter!("switchboard_feed_resyncs_total").increment(1);
        let tail = self.tails.entry(shard).or_default();
        tail.events.clear();
        tail.end = to;
        self.listeners.missed(shard);
        self.tell_all(&Recount::All);
        self.parts.records.forget_all();
        if let Some(directory) = directory {
            let before = self.parts.directory.get();
            let version = |id| before.channels.get(id).map(|known| known.version);
            let channels = directory.channels.iter();
            let changed = channels.filter(|(id, found)| version(id) != Some(found.version));
            let channels = changed.map(|(id, _)| id.clone()).collect();
            self.parts.directory.change(|known| *known = directory);
            if let Some(node) = self.parts.node.get() {
                node.do_send(DirectoryAnew { channels });
            }
        }
        self.listeners.index_all(&self.parts.directory.get());
        self.begin_all_anew();
    }
}

async fn read_on(parts: &Shared, shard: ShardId, at: Place) -> Result<Found, Unavailable> {
    if let Some(records) = parts.store.feed(shard, at.position, PAGE).await? {
        let more = records.len() == PAGE;
        return Ok(Found::Events { events: events(at, records), more });
    }
    if parts.store.meta(shard).await?.feed_end == at.position {
        return Ok(Found::Events { events: Vec::new(), more: false });
    }
    let to = read_anew(parts, shard).await?;
    let to = Place { position: to.position, tag: to.tag };
    // Read with another shard it would lack what the feed of this one has told meanwhile.
    let directory = match shard {
        ShardId(0) => Some(read_directory(&parts.store).await?),
        ShardId(_) => None,
    };
    Ok(Found::Anew { to, directory })
}

/// Records as events. One that cannot be read is told of as an answer to nobody, so that places
/// still join.
fn events(mut at: Place, records: Vec<FeedRecord>) -> Vec<Arc<TailEvent>> {
    let event = |record: FeedRecord| {
        let nothing = || FeedEvent::Answered { request: String::new(), answer: String::new() };
        let event = encode::read("event", &record.bytes).unwrap_or_else(nothing);
        let place = Place { position: record.position, tag: encode::tag(&record.by) };
        let previous = std::mem::replace(&mut at, place);
        Arc::new(TailEvent { place, previous, event })
    };
    records.into_iter().map(event).collect()
}
