//! One visitor of a site on one socket: what he does in, what he may read of his chat out.
//!
//! Knows one chat. What happens while its conversation is answered is told by the feed, if that joins
//! on to where the page is ([`heard`]); everything else is read from what is stored, behind that place
//! ([`chat`]). So nothing is lost, whatever was missed. One frame of news is on its way at a time: a
//! page that does not take it in is sent nothing more, and after a while it is cut off.

pub(crate) mod chat;
mod heard;
pub(crate) mod limits;

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use actix::{
    Actor, ActorContext, ActorFutureExt, Addr, AsyncContext, Context, Handler, WrapFuture,
};
use domain::channel::Channel;
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use crate::actors::encode;
use crate::actors::feed::visitors::{
    AttachVisitor, DetachVisitor, IsTyping, Stirred, VisitorAttached, VisitorListener, VisitorReads,
};
use crate::actors::feed::{GoAway, SessionKey};
use crate::actors::handle::visitors::{Acted, Guest};
use crate::actors::handle::{CloseSocket, Deliver, NodeHandle, Received, SocketClosed, SocketLink};
use crate::actors::visitor::chat::Position;
use crate::channels::widget::{self, Visitor};
use crate::clock;
use crate::protocol::close;
use crate::protocol::visitor::{
    ChatState, Phase, VisitorError, VisitorFrame, VisitorNews, VisitorOutcome, VisitorRefusal,
    VisitorServerFrame,
};

/// Frames of the page that may wait.
const FRAMES_WAITING_MAX: usize = 64;
/// How long a socket may stay without a word.
const HELLO_WITHIN: Duration = Duration::from_secs(10);
/// Parts of the feed that wait while news are read or on their way; when there are more, all is read
/// from what is stored.
const HEARD_MAX: usize = 64;
/// How often a page hears that the connection lives, and where its visitor stands.
const BEAT: Duration = Duration::from_secs(5);
/// How long news may be on their way.
const TAKEN_WITHIN: SignedDuration = SignedDuration::from_secs(30);
/// Frames that are carried out at a time; what comes beyond it is refused.
const ACTS_MAX: usize = 16;
/// Milliseconds over which pages come back when a node goes down.
const COME_BACK_MS: u64 = 3_000;
/// How long the page has for the close frame before the transport is cut.
const LAST_WORD: Duration = Duration::from_secs(1);

/// The actor of a visitor's socket.
pub(crate) struct VisitorSession {
    node: NodeHandle,
    channel: Arc<Channel>,
    address: IpAddr,
    socket: SocketLink,
    /// Who he is; none: he has not said hello yet.
    visitor: Option<Visitor>,
    key: Option<SessionKey>,
    /// Up to where the page was sent its chat.
    position: Option<Position>,
    /// What the page was told last.
    told: Option<ChatState>,
    /// News that the page has not taken in, and since when.
    on_its_way: Option<(String, Timestamp)>,
    reading: bool,
    /// What the feed has said of his conversation and the page was not told.
    heard: Vec<Stirred>,
    /// Something is to be read that happened while news were read or on their way.
    stirred: bool,
    acting: usize,
    ending: bool,
}

impl VisitorSession {
    pub(crate) fn start(
        node: NodeHandle,
        channel: Arc<Channel>,
        address: IpAddr,
        socket: SocketLink,
    ) -> Addr<Self> {
        let session = Self {
            node,
            channel,
            address,
            socket,
            visitor: None,
            key: None,
            position: None,
            told: None,
            on_its_way: None,
            reading: false,
            heard: Vec::new(),
            stirred: false,
            acting: 0,
            ending: false,
        };
        Self::create(|ctx| {
            ctx.set_mailbox_capacity(FRAMES_WAITING_MAX);
            session
        })
    }

    fn send(&self, frame: &VisitorServerFrame) {
        self.socket.deliver.do_send(Deliver(vec![encode::visitor_frame(frame)]));
    }

    fn error(&self, code: VisitorError, message: &str) {
        self.send(&VisitorServerFrame::Error { code, message: message.to_owned() });
    }

    /// Ends the socket, also where nobody reads.
    fn end(&mut self, code: u16, reason: &'static str, ctx: &mut Context<Self>) {
        self.ending = true;
        self.socket.close.do_send(CloseSocket { code, reason });
        ctx.run_later(LAST_WORD, |session, ctx| {
            session.socket.cut.cut();
            ctx.stop();
        });
    }

    /// None: he has not said hello, or his channel is not there any more.
    fn guest(&self) -> Option<Guest> {
        let visitor = self.visitor.clone()?;
        let directory = self.node.directory();
        let channel = directory.channels.get(&self.channel.id)?.value.clone();
        let goes_on = self.told.as_ref().is_some_and(|told| told.phase != Phase::Idle);
        let in_conversation = goes_on && !self.reading && !self.stirred && self.heard.is_empty();
        Some(Guest { in_conversation, ..Guest::new(channel, visitor, self.address) })
    }

    fn understand(&mut self, text: &str, ctx: &mut Context<Self>) {
        if self.ending {
            return;
        }
        let frame = match serde_json::from_str::<VisitorFrame>(text) {
            Ok(frame) => frame,
            Err(error) => return self.error(VisitorError::BadFrame, &error.to_string()),
        };
        match frame {
            VisitorFrame::Hello { token, after } => self.hello(&token, after.as_deref(), ctx),
            VisitorFrame::Ack { position } => self.taken_in(&position, ctx),
            VisitorFrame::Message { id, .. }
            | VisitorFrame::Rate { id, .. }
            | VisitorFrame::Introduce { id, .. } => self.act(Some(id), frame, ctx),
            VisitorFrame::Received { .. } | VisitorFrame::Typing {} => self.act(None, frame, ctx),
        }
    }

    fn hello(&mut self, token: &str, after: Option<&str>, ctx: &mut Context<Self>) {
        if self.visitor.is_some() {
            return self.error(VisitorError::BadFrame, "hello was said");
        }
        let now = self.node.clock().now();
        let widget = self.channel.settings.widget();
        let visitor = widget.and_then(|set| widget::read(&set.key, &self.channel.id, token, now));
        let Some(visitor) = visitor else {
            self.error(VisitorError::BadToken, "start anew");
            return self.end(close::SIGNED_OUT, "no such visitor", ctx);
        };
        self.visitor = Some(visitor);
        self.position = after.and_then(Position::parse);
        self.attach(ctx);
    }

    /// First listens, then reads: nothing is between.
    fn attach(&mut self, ctx: &mut Context<Self>) {
        let Some(guest) = self.guest() else { return ctx.stop() };
        let Some(feed) = self.node.parts().feed.get().cloned() else { return ctx.stop() };
        let listener = VisitorListener { chat: guest.chat(), session: ctx.address() };
        let attached = async move { feed.send(AttachVisitor(listener)).await };
        ctx.wait(attached.into_actor(self).map(|attached, session, ctx| match attached {
            Ok(VisitorAttached(Some(key))) => {
                session.key = Some(key);
                session.read(ctx);
            }
            Ok(VisitorAttached(None)) => session.end(close::TOO_MANY, "too many pages", ctx),
            Err(_) => ctx.stop(),
        }));
    }

    fn act(&mut self, id: Option<Uuid>, frame: VisitorFrame, ctx: &mut Context<Self>) {
        let Some(guest) = self.guest() else {
            return self.error(VisitorError::HelloExpected, "say hello first");
        };
        if self.acting >= ACTS_MAX {
            let why = VisitorRefusal::TooFast { seconds: 1 };
            return self.answer(id, VisitorOutcome::Refused { why });
        }
        self.acting += 1;
        let node = self.node.clone();
        let under_way = node.parts().at_work.begin();
        let acted = async move {
            let acted = node.visitor_acts(&guest, frame).await;
            (acted, under_way)
        };
        ctx.spawn(acted.into_actor(self).map(move |(acted, _under_way), session, _| {
            session.acting -= 1;
            let Acted { outcome, visitor } = acted;
            if let Some(visitor) = visitor {
                session.visitor = Some(visitor);
            }
            session.answer(id, outcome);
        }));
    }

    fn answer(&self, id: Option<Uuid>, outcome: VisitorOutcome) {
        if let Some(id) = id {
            self.send(&VisitorServerFrame::Result { id, outcome });
        }
    }

    /// Tells what the feed has said, or reads it.
    fn go_on(&mut self, ctx: &mut Context<Self>) {
        if self.reading || self.on_its_way.is_some() {
            return;
        }
        if self.stirred {
            return self.read(ctx);
        }
        if self.heard.is_empty() {
            return;
        }
        let known = self.position.as_ref().zip(self.told.as_ref());
        let (directory, now) = (self.node.directory(), self.node.clock().now());
        match known.and_then(|known| heard::news(&self.heard, known, &directory, now)) {
            Some(news) => {
                self.heard.clear();
                self.tell(news, ctx);
            }
            None => self.read(ctx),
        }
    }

    /// Reads what is new and sends it, unless that is under way.
    fn read(&mut self, ctx: &mut Context<Self>) {
        if self.reading || self.on_its_way.is_some() {
            self.stirred = true;
            return;
        }
        // All of it is stored before it is told.
        self.heard.clear();
        self.stirred = false;
        let Some(guest) = self.guest() else { return };
        self.reading = true;
        let (node, after) = (self.node.clone(), self.position.clone());
        let under_way = node.parts().at_work.begin();
        let news = async move {
            let news = chat::news(&node, &guest.chat(), after.as_ref()).await;
            (news, under_way)
        };
        ctx.spawn(news.into_actor(self).map(|(news, _under_way), session, ctx| {
            session.reading = false;
            // If the store does not answer, the next beat asks again.
            match news {
                Ok(news) => session.tell(news, ctx),
                Err(_) => session.stirred = true,
            }
        }));
    }

    fn tell(&mut self, news: VisitorNews, ctx: &mut Context<Self>) {
        let first = self.told.is_none();
        let is_new = first || !news.items.is_empty() || self.told.as_ref() != Some(&news.state);
        self.told = Some(news.state.clone());
        let position = news.position.as_deref().and_then(Position::parse);
        let before = std::mem::replace(&mut self.position, position);
        let reads = self.position.as_ref().map(|at| &at.conversation);
        let is_another = reads != before.as_ref().map(|at| &at.conversation);
        if let Some(key) = self.key
            && (first || is_another)
        {
            self.node.feed_send(VisitorReads { key, conversation: reads.cloned() });
        }
        if is_new {
            let position = news.position.clone().unwrap_or_default();
            self.on_its_way = Some((position, self.node.clock().now()));
            // A page that comes back and knows everything keeps what it has.
            self.send(&VisitorServerFrame::News(news));
        } else {
            self.go_on(ctx);
        }
    }

    /// The page has what it was sent.
    fn taken_in(&mut self, position: &str, ctx: &mut Context<Self>) {
        self.on_its_way.take_if(|(sent, _)| sent == position);
        self.go_on(ctx);
    }

    fn beat(&mut self, ctx: &mut Context<Self>) {
        if self.visitor.is_none() || self.ending {
            return;
        }
        let now = self.node.clock().now();
        let late = |(_, since): &(String, Timestamp)| now.duration_since(*since) > TAKEN_WITHIN;
        if self.on_its_way.as_ref().is_some_and(late) {
            metrics::counter!("switchboard_sockets_cut_total").increment(1);
            return self.end(close::SLOW, "slow, come back", ctx);
        }
        self.send(&VisitorServerFrame::Beat {});
        let waits = self.told.as_ref().is_some_and(|told| told.phase == Phase::Waiting);
        if waits || self.stirred {
            self.read(ctx);
        }
    }
}

impl Actor for VisitorSession {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        ctx.run_later(HELLO_WITHIN, |session, ctx| {
            if session.visitor.is_none() && !session.ending {
                session.end(close::SLOW, "no hello", ctx);
            }
        });
        ctx.run_interval(BEAT, Self::beat);
    }

    fn stopped(&mut self, _: &mut Self::Context) {
        if let Some(key) = self.key {
            self.node.feed_send(DetachVisitor(key));
        }
    }
}

impl Handler<Received> for VisitorSession {
    type Result = ();

    fn handle(&mut self, received: Received, ctx: &mut Self::Context) {
        self.understand(&received.0, ctx);
    }
}

impl Handler<SocketClosed> for VisitorSession {
    type Result = ();

    fn handle(&mut self, _: SocketClosed, ctx: &mut Self::Context) {
        ctx.stop();
    }
}

impl Handler<Stirred> for VisitorSession {
    type Result = ();

    fn handle(&mut self, stirred: Stirred, ctx: &mut Self::Context) {
        if self.heard.len() < HEARD_MAX {
            self.heard.push(stirred);
        } else {
            self.stirred = true;
        }
        self.go_on(ctx);
    }
}

impl Handler<IsTyping> for VisitorSession {
    type Result = ();

    fn handle(&mut self, _: IsTyping, _: &mut Self::Context) {
        if self.told.as_ref().is_some_and(|told| told.phase == Phase::Answered) {
            self.send(&VisitorServerFrame::Typing {});
        }
    }
}

impl Handler<GoAway> for VisitorSession {
    type Result = ();

    fn handle(&mut self, _: GoAway, ctx: &mut Self::Context) {
        let after_ms = u32::try_from(clock::jitter(COME_BACK_MS)).unwrap_or_default();
        self.send(&VisitorServerFrame::Reconnect { after_ms });
        self.end(1012, "the node goes down", ctx);
    }
}
