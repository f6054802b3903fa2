//! One signed-in socket: commands in, events out by position.
//!
//! Never touches a socket: frames go to the pipe, which may be slow. What the browser has not
//! acknowledged is counted, and who is too far behind is sent away to come back.

mod greeting;
mod showing;
mod signed_in;
mod understanding;
mod watching;

use std::num::NonZeroU32;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use actix::{
    Actor, ActorContext, ActorFutureExt, Addr, AsyncContext, Context, Handler, WrapFuture,
};
use domain::id::{ConversationId, EntryNumber, OperatorId};
use domain::operator::Operator;
use governor::clock::DefaultClock;
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};

use crate::actors::encode;
use crate::actors::feed::listeners::{Attach, Detach, Listener};
use crate::actors::feed::tail::Ends;
use crate::actors::feed::{Aside, Beat, GoAway, RightsChanged, SessionKey, Share, SignedOut};
use crate::actors::handle::{CloseSocket, Deliver, NodeHandle, Received, SocketClosed, SocketLink};
use crate::actors::node::SocketLeft;
use crate::actors::progress::Progress;
use crate::clock;
use crate::protocol::{ErrorCode, ServerFrame, close};

/// Milliseconds over which browsers come back when a node goes down.
const COME_BACK_MS: u64 = 3_000;
/// Frames from the browser and shares of events that may wait.
const FRAMES_WAITING_MAX: usize = 256;
/// How long the browser has for the close frame before the transport is cut.
const LAST_WORD: Duration = Duration::from_secs(1);
/// `hello` and `watch` of one socket, sustained and at once; more ends it.
const READINGS_PER_SECOND: NonZeroU32 = NonZeroU32::new(5).unwrap();
const READINGS_BURST: NonZeroU32 = NonZeroU32::new(30).unwrap();
/// How long a socket may stay without a word.
const HELLO_WITHIN: Duration = Duration::from_secs(10);
/// Shares buffered while the browser catches up.
const BUFFERED_MAX: usize = 10_000;

/// The actor of a socket.
pub(crate) struct OperatorSession {
    node: NodeHandle,
    operator: OperatorId,
    sign_in: Arc<str>,
    socket: SocketLink,
    key: Option<SessionKey>,
    phase: Phase,
    progress: Progress,
    watch: Option<ConversationId>,
    /// What was on the screen last, and how far, of what this operator has.
    read: Option<(ConversationId, EntryNumber)>,
    limiter: DefaultDirectRateLimiter,
    /// `hello` and `watch`, which read from the store.
    readings: DefaultDirectRateLimiter,
    signed_out: bool,
    /// While the browser was brought up to now.
    rights_changed: bool,
}

enum Phase {
    /// Nothing but `hello` is understood.
    Silent,
    /// What happens meanwhile waits here.
    CatchingUp(Vec<Share>),
    Live,
    /// The socket was told to close; nothing is sent any more.
    Ending,
}

impl OperatorSession {
    pub(crate) fn start(
        node: NodeHandle,
        operator: OperatorId,
        sign_in: Arc<str>,
        socket: SocketLink,
    ) -> Addr<Self> {
        let settings = &node.parts().settings;
        let per_second = NonZeroU32::new(settings.commands_per_second).unwrap_or(NonZeroU32::MIN);
        let burst = NonZeroU32::new(settings.commands_burst).unwrap_or(NonZeroU32::MIN);
        let limiter = limiter_of(Quota::per_second(per_second).allow_burst(burst));
        let session = Self {
            node,
            operator,
            sign_in,
            socket,
            key: None,
            phase: Phase::Silent,
            progress: Progress::default(),
            watch: None,
            read: None,
            limiter,
            readings: limiter_of(
                Quota::per_second(READINGS_PER_SECOND).allow_burst(READINGS_BURST),
            ),
            signed_out: false,
            rights_changed: false,
        };
        Self::create(|ctx| {
            ctx.set_mailbox_capacity(FRAMES_WAITING_MAX);
            session
        })
    }

    fn send(&self, frame: &ServerFrame) {
        self.socket.deliver.do_send(Deliver(vec![encode::frame(frame)]));
    }

    fn close(&self, code: u16, reason: &'static str) {
        self.socket.close.do_send(CloseSocket { code, reason });
    }

    /// He does not keep up: a last word, and then the transport is cut, as he may not read it.
    fn send_away(&mut self, ctx: &mut Context<Self>) {
        metrics::counter!("switchboard_sockets_cut_total").increment(1);
        self.phase = Phase::Ending;
        self.end(close::SLOW, "slow, come back", ctx);
    }

    /// Ends the socket, also where nobody reads.
    fn end(&self, code: u16, reason: &'static str, ctx: &mut Context<Self>) {
        self.close(code, reason);
        ctx.run_later(LAST_WORD, |session, ctx| {
            session.socket.cut.cut();
            ctx.stop();
        });
    }

    fn error(&self, code: ErrorCode, message: &str) {
        self.send(&ServerFrame::Error { code, message: message.to_owned() });
    }

    fn who(&self) -> Option<Arc<Operator>> {
        self.node.directory().operators.get(&self.operator).map(|found| found.value.clone())
    }
}

/// Each clock of its own would ask the processor what it can do, which is slow on a virtual machine.
fn limiter_of(quota: Quota) -> DefaultDirectRateLimiter {
    static CLOCK: LazyLock<DefaultClock> = LazyLock::new(DefaultClock::default);
    RateLimiter::direct_with_clock(quota, CLOCK.clone())
}

impl Actor for OperatorSession {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        ctx.run_later(HELLO_WITHIN, |session, ctx| {
            if matches!(session.phase, Phase::Silent) {
                session.phase = Phase::Ending;
                session.end(close::SLOW, "no hello", ctx);
            }
        });
        let listener = Listener {
            operator: self.operator.clone(),
            sign_in: self.sign_in.clone(),
            session: ctx.address(),
        };
        let Some(feed) = self.node.parts().feed.get().cloned() else { return ctx.stop() };
        let attached = async move { feed.send(Attach(listener)).await };
        ctx.wait(attached.into_actor(self).map(|attached, session, ctx| match attached {
            Ok(attached) => session.key = Some(attached.key),
            Err(_) => ctx.stop(),
        }));
    }

    fn stopped(&mut self, _: &mut Self::Context) {
        if let Some(key) = self.key {
            self.node.feed_send(Detach(key));
        }
        let (operator, signed_out) = (self.operator.clone(), self.signed_out);
        self.node.node_send(SocketLeft { operator, signed_out });
    }
}

impl Handler<Received> for OperatorSession {
    type Result = ();

    fn handle(&mut self, received: Received, ctx: &mut Self::Context) {
        self.understand(&received.0, ctx);
    }
}

impl Handler<SocketClosed> for OperatorSession {
    type Result = ();

    fn handle(&mut self, _: SocketClosed, ctx: &mut Self::Context) {
        ctx.stop();
    }
}

impl Handler<Share> for OperatorSession {
    type Result = ();

    fn handle(&mut self, share: Share, ctx: &mut Self::Context) {
        match &mut self.phase {
            Phase::Silent | Phase::Ending => {}
            Phase::CatchingUp(shares) if shares.len() < BUFFERED_MAX => shares.push(share),
            Phase::CatchingUp(_) => self.send_away(ctx),
            Phase::Live => self.take_share(share, ctx),
        }
    }
}

impl Handler<Beat> for OperatorSession {
    type Result = ();

    /// Everything before the ends was handed out: the browser's place moves there, although nothing
    /// of it may have been for this operator.
    fn handle(&mut self, beat: Beat, ctx: &mut Self::Context) {
        let Beat { ends: Ends(ends), now, frame } = beat;
        if !self.is_signed_in(now, ctx) || !matches!(self.phase, Phase::Live) {
            return;
        }
        if !self.progress.is_at(&ends) {
            for (shard, end) in ends.iter() {
                if end.position > self.progress.at(*shard).position {
                    self.hand_over(*shard, *end, &[]);
                }
            }
        }
        if self.progress.is_late(now) {
            return self.send_away(ctx);
        }
        let leaves_out = self.progress.leaves_out_beat();
        let memory_percent = self.memory_to_be_seen();
        let frame = match memory_percent {
            None if leaves_out => return,
            None if self.progress.is_at(&ends) => frame,
            None | Some(_) => encode::beat(self.progress.places(), now, memory_percent),
        };
        if memory_percent.is_none() {
            self.progress.tell();
        }
        self.socket.deliver.do_send(Deliver(vec![frame]));
    }
}

impl Handler<RightsChanged> for OperatorSession {
    type Result = ();

    /// What the browser has may be too much or too little now: it begins anew.
    fn handle(&mut self, _: RightsChanged, ctx: &mut Self::Context) {
        match self.phase {
            Phase::Live => self.welcome(None, ctx),
            Phase::CatchingUp(_) => self.rights_changed = true,
            Phase::Silent | Phase::Ending => {}
        }
    }
}

impl Handler<Aside> for OperatorSession {
    type Result = ();

    fn handle(&mut self, Aside(frame): Aside, _: &mut Self::Context) {
        match self.phase {
            Phase::Live => self.socket.deliver.do_send(Deliver(vec![frame])),
            Phase::Silent | Phase::CatchingUp(_) | Phase::Ending => {}
        }
    }
}

impl Handler<SignedOut> for OperatorSession {
    type Result = ();

    fn handle(&mut self, _: SignedOut, ctx: &mut Self::Context) {
        self.sign_out(ctx);
    }
}

impl Handler<GoAway> for OperatorSession {
    type Result = ();

    fn handle(&mut self, _: GoAway, ctx: &mut Self::Context) {
        let after_ms = u32::try_from(clock::jitter(COME_BACK_MS)).unwrap_or_default();
        self.send(&ServerFrame::Reconnect { after_ms });
        self.phase = Phase::Ending;
        self.end(1012, "the node goes down", ctx);
    }
}
