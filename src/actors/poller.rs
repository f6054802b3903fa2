//! Asks a platform for its updates where it cannot reach us.
//!
//! Asking for the next updates acknowledges the last ones, so that comes only after they are
//! stored.

use std::sync::Arc;
use std::time::Duration;

use actix::{
    Actor, ActorContext, ActorFutureExt, Addr, AsyncContext, Context, Handler, Message, WrapFuture,
};
use domain::channel::Channel;

use crate::actors::handle::{Arrival, NodeHandle, NotStored};
use crate::actors::letters;
use crate::actors::parts::Shared;
use crate::actors::polled;
use crate::actors::work::{Answer, Work};
use crate::channels::{self, Meaning, PollError, Polled};

/// How long the platform may hold its answer back.
const WAIT: Duration = Duration::from_secs(25);
/// Pause after a fault.
const PAUSE: Duration = Duration::from_secs(5);
/// Pause when somebody else polls the same account.
const CONFLICT_PAUSE: Duration = Duration::from_secs(30);

/// The actor of a polling channel. Ends when it is told to: what it waits for keeps it alive.
pub(crate) struct Poller {
    node: NodeHandle,
    channel: Arc<Channel>,
    offset: Option<i64>,
}

/// What comes next.
enum Next {
    Now(Option<i64>),
    After(Duration),
    Never,
}

impl Poller {
    /// Starts polling, if the channel is one that polls.
    pub(crate) fn start_for(channel: &Arc<Channel>, parts: &Shared) -> Option<Addr<Self>> {
        let node = NodeHandle::new(parts.clone());
        let poller = Self { node, channel: channel.clone(), offset: None };
        (channel.settings.polls() && channel.enabled).then(|| poller.start())
    }

    /// Where the platform does not keep the place, it is where we stopped.
    fn begin(&mut self, ctx: &mut Context<Self>) {
        if !channels::wants_its_place(&self.channel.settings) {
            return self.poll(ctx);
        }
        let (store, channel) = (self.node.parts().store.clone(), self.channel.clone());
        let read = async move { polled::position(&store, channel.shard, &channel.id).await };
        ctx.spawn(read.into_actor(self).map(|found, poller, ctx| match found {
            Ok(position) => {
                poller.offset = position;
                poller.poll(ctx);
            }
            Err(_) => {
                ctx.run_later(PAUSE, Self::begin);
            }
        }));
    }

    fn poll(&mut self, ctx: &mut Context<Self>) {
        let asked = ask(self.node.clone(), self.channel.clone(), self.offset);
        ctx.spawn(asked.into_actor(self).map(|next, poller, ctx| match next {
            Next::Now(offset) => {
                poller.offset = offset;
                poller.poll(ctx);
            }
            Next::After(pause) => {
                ctx.run_later(pause, Self::poll);
            }
            Next::Never => {}
        }));
    }
}

impl Actor for Poller {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        self.begin(ctx);
    }
}

/// The channel was changed: another poller takes over.
#[derive(Clone, Copy, Debug, Message)]
#[rtype(result = "()")]
pub(crate) struct StopPolling;

impl Handler<StopPolling> for Poller {
    type Result = ();

    fn handle(&mut self, _: StopPolling, ctx: &mut Self::Context) {
        ctx.stop();
    }
}

async fn ask(node: NodeHandle, channel: Arc<Channel>, offset: Option<i64>) -> Next {
    let parts = node.parts();
    let now = parts.clock.now();
    let polled = channels::poll(&parts.outbound, &parts.kept, &channel, offset, WAIT, now).await;
    parts.health.polled(&channel.id, polled.as_ref().map(|_| ()), parts.clock.now());
    let Polled { items, next_offset } = match polled {
        Ok(polled) => polled,
        Err(error) => return after_error(&channel, &error),
    };
    for item in items {
        let inbound = match item.meaning {
            Meaning::Inbound(inbound) => *inbound,
            Meaning::Letter(letter) => match letters::arrival(parts, &channel, *letter).await {
                Ok(Some(inbound)) => inbound,
                Ok(None) => continue,
                Err(_) => return Next::After(PAUSE),
            },
            Meaning::Ignored(word) => {
                let kind = channel.settings.kind();
                metrics::counter!("switchboard_hooks_ignored_total",
                    "channel" => kind, "word" => word)
                .increment(1);
                continue;
            }
            Meaning::Confirmation => continue,
            Meaning::Writing { chat } => {
                node.customer_writes(&channel.id, &chat).await;
                continue;
            }
        };
        let arrival = Arrival {
            channel: channel.id.clone(),
            dedupe: item.dedupe,
            dedupe_seconds: item.dedupe_seconds,
            inbound,
        };
        match node.arrive(arrival).await {
            Ok(_) => {}
            // The platform keeps what is not acknowledged: the same updates come again.
            Err(NotStored::Full | NotStored::Unavailable | NotStored::Stale) => {
                return Next::After(PAUSE);
            }
        }
    }
    let place = next_offset.or(offset);
    if let Some(place) = place.filter(|_| place != offset)
        && channels::wants_its_place(&channel.settings)
        && remember(parts, &channel, place).await.is_err()
    {
        // What is stored is known again when it comes again.
        return Next::After(PAUSE);
    }
    Next::Now(place)
}

async fn remember(parts: &Shared, channel: &Channel, position: i64) -> Result<(), NotStored> {
    let (answer, answered) = Answer::new();
    let work = Work::Polled { channel: channel.id.clone(), position, answer };
    let handed = parts.hand_to(channel.shard, work).ok_or(NotStored::Unavailable)?;
    handed.map_err(|_| NotStored::Full)?;
    answered.await.unwrap_or(Err(NotStored::Unavailable))
}

fn after_error(channel: &Channel, error: &PollError) -> Next {
    tracing::warn!(channel = %channel.id, %error, "polling failed");
    match error {
        PollError::Conflict { .. } => Next::After(CONFLICT_PAUSE),
        PollError::ChannelDead { .. } => Next::Never,
        PollError::RetryAfter(pause) => Next::After(*pause),
        PollError::RetryLater { .. } => Next::After(PAUSE),
    }
}
