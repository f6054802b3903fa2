//! One signed-in socket: commands in, events out by position.
//!
//! Never touches a socket: frames go to the pipe, which may be slow. What the browser has not
//! acknowledged is counted, and who is too far behind is sent away to come back.

use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use actix::{
    Actor, ActorContext, ActorFutureExt, Addr, AsyncContext, Context, Handler, WrapFuture,
};
use domain::account::SignIn;
use domain::effect::Input;
use domain::event::{FeedEvent, Row};
use domain::id::{ConversationId, EntryNumber, LineId, OperatorId, ShardId};
use domain::operator::{Operator, Role, STATUS_REASON_CHARS_MAX, Status};
use domain::permission::{Action, may};
use governor::clock::DefaultClock;
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::actors::catch_up::{CatchUp, catch_up};
use crate::actors::encode::{self, Place};
use crate::actors::feed::{
    Aside, Attach, BEAT, Beat, Detach, Ends, GoAway, Listener, RightsChanged, SessionKey, Share,
    SignedOut, TailEvent, Watch,
};
use crate::actors::handle::{
    Change, CloseSocket, Deliver, NodeHandle, Received, SocketClosed, SocketLink,
};
use crate::actors::node::SocketLeft;
use crate::actors::orders;
use crate::actors::progress::Progress;
use crate::actors::work::{Command, Order};
use crate::clock;
use crate::files::{self, Owner};
use crate::protocol::{
    ClientFrame, CommandRefusal, EdgeRefusal, ErrorCode, Event, FeedPosition, Me, Outcome,
    POSITIONS_MAX, PROTOCOL_VERSION, ServerFrame, close,
};

/// A browser hears a beat at least so often: of those that say nothing new every other is left out.
const HEARD_EVERY: Duration = BEAT.saturating_mul(2);
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
use crate::store::MEMORY_HIGH;

/// How often a socket in use renews its sign-in.
const RENEW_MINUTES: i64 = 10;
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

    fn understand(&mut self, text: &str, ctx: &mut Context<Self>) {
        if matches!(self.phase, Phase::Ending) {
            return;
        }
        let frame = match serde_json::from_str::<ClientFrame>(text) {
            Ok(frame) => frame,
            Err(error) => return self.not_understood(text, &error),
        };
        let greets = matches!(frame, ClientFrame::Hello { .. });
        if matches!(self.phase, Phase::Silent) && !greets {
            return self.error(ErrorCode::HelloExpected, "say hello first");
        }
        match frame {
            ClientFrame::Hello { .. } | ClientFrame::Watch { .. }
                if self.readings.check().is_err() =>
            {
                self.send_away(ctx);
            }
            ClientFrame::Hello { protocol, positions } => self.hello(protocol, &positions, ctx),
            ClientFrame::Ack { positions } => self.acknowledged(&positions),
            ClientFrame::Watch { conversation } => self.watch(conversation, ctx),
            ClientFrame::SetStatus { cmd_id, status, reason } => {
                self.set_status(cmd_id, status, reason, ctx);
            }
            ClientFrame::Accept { .. }
            | ClientFrame::Decline { .. }
            | ClientFrame::Take { .. }
            | ClientFrame::TakeOver { .. }
            | ClientFrame::Reply { .. }
            | ClientFrame::SendAgain { .. }
            | ClientFrame::Edit { .. }
            | ClientFrame::Delete { .. }
            | ClientFrame::Note { .. }
            | ClientFrame::Draft { .. }
            | ClientFrame::Topic { .. }
            | ClientFrame::Hold { .. }
            | ClientFrame::Transfer { .. }
            | ClientFrame::Withdraw { .. }
            | ClientFrame::Invite { .. }
            | ClientFrame::Join { .. }
            | ClientFrame::Leave { .. }
            | ClientFrame::Finish { .. }
            | ClientFrame::Spam { .. }
            | ClientFrame::Release { .. }
            | ClientFrame::Review { .. }
            | ClientFrame::PickUp { .. } => self.order(frame, ctx),
        }
    }

    fn order(&self, frame: ClientFrame, ctx: &mut Context<Self>) {
        match orders::read(frame, self.operator.clone()) {
            Some(Ok(command)) => self.command(command, ctx),
            Some(Err(bad)) => self.bad_value(bad.cmd_id, bad.field),
            None => {}
        }
    }

    fn set_status(
        &self,
        cmd_id: Uuid,
        status: Status,
        reason: Option<String>,
        ctx: &mut Context<Self>,
    ) {
        match orders::some_text(reason, STATUS_REASON_CHARS_MAX, "reason") {
            Err(field) => self.bad_value(cmd_id, field),
            Ok(reason) => {
                let (node, operator) = (self.node.clone(), self.operator.clone());
                let done = async move { node.set_status(&operator, status, reason).await };
                self.answer_later(cmd_id, done, ctx);
            }
        }
    }

    fn not_understood(&self, text: &str, error: &serde_json::Error) {
        let value = serde_json::from_str::<Value>(text).unwrap_or_default();
        let code =
            if is_known(&value["type"]) { ErrorCode::BadFrame } else { ErrorCode::UnknownType };
        // A command that is merely malformed is answered under its id, so that nobody waits for it.
        let id = value["cmd_id"].as_str().and_then(|id| id.parse::<Uuid>().ok());
        match (id, code) {
            (Some(cmd_id), ErrorCode::BadFrame) => self.bad_value(cmd_id, "frame"),
            (_, code) => self.error(code, &error.to_string()),
        }
    }

    fn bad_value(&self, cmd_id: Uuid, field: &str) {
        let why = CommandRefusal::Edge(EdgeRefusal::BadValue { field: field.to_owned() });
        self.send(&ServerFrame::Result { cmd_id, outcome: Outcome::refused(why) });
    }

    /// Finds the files that go with it first; what is written after it waits, so that words stay in
    /// their order.
    fn command(&self, command: Command, ctx: &mut Context<Self>) {
        let ClientFrame::Reply { files, .. } = &command.frame else {
            return self.carry_out(command, ctx);
        };
        if files.is_empty() {
            return self.carry_out(command, ctx);
        }
        let (node, files) = (self.node.clone(), files.clone());
        let owner = Owner::Conversation(command.conversation.clone());
        let found = async move {
            let mut found = Vec::with_capacity(files.len());
            for id in &files {
                found.push(node.files().find(&owner, id).await?);
            }
            Ok::<_, files::Unavailable>(found.into_iter().collect::<Option<Vec<_>>>())
        };
        ctx.wait(found.into_actor(self).map(move |found, session, ctx| match found {
            Ok(Some(found)) => session.carry_out(command.with_files(found), ctx),
            Ok(None) => session.bad_value(command.id, "files"),
            Err(_) => {
                let why = CommandRefusal::Edge(EdgeRefusal::Unavailable {});
                let (cmd_id, outcome) = (command.id, Outcome::refused(why));
                session.send(&ServerFrame::Result { cmd_id, outcome });
            }
        }));
    }

    fn carry_out(&self, command: Command, ctx: &mut Context<Self>) {
        let types =
            matches!(&command.order, Order::Input(Input::Draft { text, .. }) if !text.is_empty());
        let written = types.then(|| command.conversation.clone());
        let (cmd_id, node) = (command.id, self.node.clone());
        let done = async move {
            let outcome = node.command(command).await;
            if let (Outcome::Done {}, Some(conversation)) = (&outcome, written) {
                let under_way = node.parts().at_work.begin();
                actix::spawn(async move {
                    node.operator_writes(&conversation).await;
                    drop(under_way);
                });
            }
            outcome
        };
        self.answer_later(cmd_id, done, ctx);
    }

    /// What is new in the conversation on the screen was read, if it is this operator's.
    fn reads(&mut self, row: &Row) {
        let is_on_screen = self.watch.as_ref() == Some(&row.conversation);
        let is_mine = row.operator.as_ref() == Some(&self.operator);
        let newest = (row.conversation.clone(), row.last_entry);
        if !is_on_screen || !is_mine || self.read.as_ref() == Some(&newest) {
            return;
        }
        let (conversation, _) = self.read.insert(newest).clone();
        let (node, operator) = (self.node.clone(), self.operator.clone());
        let under_way = node.parts().at_work.begin();
        actix::spawn(async move {
            node.operator_reads(&conversation, &operator).await;
            drop(under_way);
        });
    }

    /// Answers a command once its outcome is true.
    fn answer_later(
        &self,
        cmd_id: Uuid,
        outcome: impl Future<Output = Outcome> + 'static,
        ctx: &mut Context<Self>,
    ) {
        if self.limiter.check().is_err() {
            let why = CommandRefusal::Edge(EdgeRefusal::TooFast {});
            return self.send(&ServerFrame::Result { cmd_id, outcome: Outcome::refused(why) });
        }
        ctx.spawn(outcome.into_actor(self).map(move |outcome, session, _| {
            metrics::counter!("switchboard_commands_total", "outcome" => outcome.word())
                .increment(1);
            session.send(&ServerFrame::Result { cmd_id, outcome });
        }));
    }

    fn hello(&mut self, protocol: u32, positions: &[FeedPosition], ctx: &mut Context<Self>) {
        if protocol != PROTOCOL_VERSION {
            let message = format!("this server speaks protocol {PROTOCOL_VERSION}");
            return self.error(ErrorCode::ProtocolVersion, &message);
        }
        if positions.len() > POSITIONS_MAX {
            return self.error(ErrorCode::BadFrame, "too many positions");
        }
        if matches!(self.phase, Phase::CatchingUp(_)) {
            return self.error(ErrorCode::BadFrame, "hello is being answered");
        }
        let known: Option<Vec<_>> = positions.iter().map(encode::parse_position).collect();
        let known = known.filter(|known| !known.is_empty()).map(BTreeMap::from_iter);
        self.welcome(known, ctx);
    }

    /// Brings the browser from what it knows to now.
    fn welcome(&mut self, known: Option<BTreeMap<ShardId, Place>>, ctx: &mut Context<Self>) {
        let Some(who) = self.who() else { return self.sign_out(ctx) };
        self.send(&ServerFrame::Welcome {
            protocol: PROTOCOL_VERSION,
            me: self.me(&who),
            beat_seconds: u32::try_from(HEARD_EVERY.as_secs()).unwrap_or(u32::MAX),
            now: self.node.clock().now(),
        });
        self.phase = Phase::CatchingUp(Vec::new());
        self.progress = Progress::default();
        let (node, visibility) = (self.node.clone(), self.node.visibility(&who));
        let caught_up = async move { catch_up(&node, known, visibility).await };
        ctx.spawn(caught_up.into_actor(self).map(|caught_up, session, ctx| match caught_up {
            Some(caught_up) => session.go_live(caught_up, ctx),
            None => session.send_away(ctx),
        }));
    }

    /// How full the memory of the store is, if that concerns him.
    fn memory_to_be_seen(&self) -> Option<u8> {
        let percent = self.node.parts().store.memory_percent();
        let minds = |who: Arc<Operator>| who.role == Role::Administrator;
        percent.filter(|percent| *percent >= MEMORY_HIGH && self.who().is_some_and(minds))
    }

    fn me(&self, who: &Operator) -> Me {
        self.node.me(who)
    }

    /// Hands out what was missed, then what happened meanwhile.
    fn go_live(&mut self, caught_up: CatchUp, ctx: &mut Context<Self>) {
        if matches!(self.phase, Phase::Ending) {
            return;
        }
        self.progress = Progress::from(caught_up.from);
        if let Some(snapshot) = caught_up.snapshot {
            self.send(&snapshot);
        }
        for (shard, events) in caught_up.missed {
            if let Some(to) = events.last().map(|event| event.place) {
                self.hand_over(shard, to, &events);
            }
        }
        self.progress.forgive_size();
        let meanwhile = match std::mem::replace(&mut self.phase, Phase::Live) {
            Phase::CatchingUp(shares) => shares,
            Phase::Silent | Phase::Live | Phase::Ending => Vec::new(),
        };
        for share in meanwhile {
            self.take_share(share, ctx);
        }
        self.send(&ServerFrame::CaughtUp {});
        if std::mem::take(&mut self.rights_changed) {
            self.welcome(None, ctx);
        }
    }

    /// Hands on what is behind the browser's place.
    fn take_share(&mut self, share: Share, ctx: &mut Context<Self>) {
        let at = self.progress.at(share.shard);
        if self.progress.is_full() {
            return self.send_away(ctx);
        }
        let new = |event: &Arc<TailEvent>| event.place.position > at.position;
        let events: Vec<_> = share.events.into_iter().filter(new).collect();
        if share.to.position > at.position {
            self.hand_over(share.shard, share.to, &events);
        }
    }

    fn hand_over(&mut self, shard: ShardId, to: Place, events: &[Arc<TailEvent>]) {
        self.check_watch(events);
        let directory = self.node.directory();
        let Some(who) = directory.operators.get(&self.operator).map(|found| &*found.value) else {
            return;
        };
        let queues = directory.queues_of(&self.operator);
        let visible = events.iter().filter_map(|event| self.shown(who, queues, &event.event));
        let events = visible.collect();
        let from = encode::feed_position(shard, self.progress.at(shard));
        let to_text = encode::feed_position(shard, to);
        let frame = encode::frame(&ServerFrame::Events { shard, from, to: to_text, events });
        self.progress.handed(shard, to, frame.len(), self.node.clock().now());
        self.socket.deliver.do_send(Deliver(vec![frame]));
    }

    /// An event as this browser gets it; none: it does not.
    fn shown(&self, who: &Operator, queues: &[LineId], event: &FeedEvent) -> Option<Event> {
        let is_for_him = match event {
            FeedEvent::Row { row } if !may(who, queues, Action::SeeRow(row)) => {
                return Some(encode::gone(row));
            }
            FeedEvent::Row { .. } => true,
            FeedEvent::Load { .. }
            | FeedEvent::Offered { .. }
            | FeedEvent::Records { .. }
            | FeedEvent::Attention { .. }
            | FeedEvent::Chat { .. }
            | FeedEvent::Answered { .. }
            | FeedEvent::Forgotten { .. } => false,
            FeedEvent::Alarm { line, alarm, .. } => {
                let is_meant = alarm.operator() == Some(&self.operator);
                is_meant || may(who, queues, Action::SeeLine(line))
            }
            FeedEvent::Entry { conversation, audience, .. }
            | FeedEvent::Edited { conversation, audience, .. }
            | FeedEvent::Delivery { conversation, audience, .. }
            | FeedEvent::Copied { conversation, audience, .. }
            | FeedEvent::Deleted { conversation, audience, .. }
            | FeedEvent::Reacted { conversation, audience, .. }
            | FeedEvent::Corrected { conversation, audience, .. } => {
                let watches = self.watch.as_ref() == Some(conversation);
                watches || audience.0.contains(&self.operator)
            }
            FeedEvent::Shared { .. } => may(who, queues, Action::SeeDirectory),
        };
        is_for_him.then(|| encode::shown(event)).flatten()
    }

    fn acknowledged(&mut self, positions: &[FeedPosition]) {
        if positions.len() > POSITIONS_MAX {
            return self.error(ErrorCode::BadFrame, "too many positions");
        }
        self.progress.acknowledged(&positions.iter().filter_map(encode::parse_position).collect());
    }

    /// Entries of a conversation come while it is on the screen, to those who may read it.
    fn watch(&mut self, conversation: Option<ConversationId>, ctx: &mut Context<Self>) {
        let Some(key) = self.key else { return };
        let Some(id) = conversation else {
            self.watch = None;
            return self.node.feed_send(Watch { key, conversation: None });
        };
        let node = self.node.clone();
        let under_way = node.parts().at_work.begin();
        let row = async move { (node.row(&id).await.map(|row| (id, row)), under_way) };
        // Frames are understood in their order: what follows waits for the store.
        ctx.wait(row.into_actor(self).map(move |(found, _under_way), session, _| {
            let Some((id, row)) = found else { return };
            if session.may_read(&row) {
                session.watch = Some(id.clone());
                session.node.feed_send(Watch { key, conversation: Some(id) });
                session.reads(&row);
            }
        }));
    }

    /// Who may no longer read what he watches, watches nothing.
    fn check_watch(&mut self, events: &[Arc<TailEvent>]) {
        let watched = events.iter().rev().find_map(|event| {
            let FeedEvent::Row { row } = &event.event else { return None };
            (self.watch.as_ref() == Some(&row.conversation)).then_some(row)
        });
        if let (Some(row), Some(key)) = (watched, self.key)
            && !self.may_read(row)
        {
            self.watch = None;
            self.node.feed_send(Watch { key, conversation: None });
        }
        if let Some(row) = watched {
            self.reads(row);
        }
    }

    /// Looks at the sign-in again, and renews it while the socket is in use.
    fn is_signed_in(&mut self, now: Timestamp, ctx: &mut Context<Self>) -> bool {
        let settings = &self.node.parts().settings;
        let (idle, absolute) = (settings.sign_in_idle, settings.sign_in_absolute);
        let directory = self.node.directory();
        let found = directory.sign_ins.get(&*self.sign_in);
        let Some(found) = found.filter(|found| !found.value.has_ended(idle, absolute, now)) else {
            self.sign_out(ctx);
            return false;
        };
        let unseen = now.duration_since(found.value.seen_at);
        if unseen >= SignedDuration::from_mins(RENEW_MINUTES) {
            let sign_in = SignIn { seen_at: now, ..(*found.value).clone() };
            let (version, digest) = (found.version, self.sign_in.to_string());
            let (node, by) = (self.node.clone(), self.operator.clone());
            let change = Change::SignIn { version, digest, sign_in };
            let renewed = async move {
                // Somebody else may have renewed or ended it: the next beat sees what is true.
                let _raced = node.change(&by, vec![change]).await;
            };
            ctx.spawn(renewed.into_actor(self));
        }
        true
    }

    fn sign_out(&mut self, ctx: &mut Context<Self>) {
        self.signed_out = true;
        self.phase = Phase::Ending;
        self.end(close::SIGNED_OUT, "signed out", ctx);
    }

    fn may_read(&self, row: &Row) -> bool {
        let directory = self.node.directory();
        let queues = directory.queues_of(&self.operator);
        self.who().is_some_and(|who| may(&who, queues, Action::ReadConversation(row)))
    }
}

/// Each clock of its own would ask the processor what it can do, which is slow on a virtual machine.
fn limiter_of(quota: Quota) -> DefaultDirectRateLimiter {
    static CLOCK: LazyLock<DefaultClock> = LazyLock::new(DefaultClock::default);
    RateLimiter::direct_with_clock(quota, CLOCK.clone())
}

/// Whether a frame's `type` is one of ours. One that is no text is malformed, not unknown.
fn is_known(kind: &Value) -> bool {
    // Alone it can only be refused for what it lacks; in a whole frame, so can a field's value.
    let alone = serde_json::from_value::<ClientFrame>(json!({ "type": kind }));
    alone.map_or_else(|error| !error.to_string().starts_with("unknown variant"), |_| true)
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
        let (is_told, memory_percent) = (self.progress.is_told(), self.memory_to_be_seen());
        let frame = match memory_percent {
            None if is_told => return,
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
