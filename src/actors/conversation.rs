//! One conversation: feeds the state machine and says what is to be stored of it.
//!
//! Holds no timer and nothing that is not in the document. When a round is refused the actor is
//! dropped and started again from the store: what is stored is true.

use std::sync::Arc;

use actix::{Actor, Context, Handler, Message, MessageResponse};
use domain::conversation::Conversation;
use domain::customer::CustomerFacts;
use domain::effect::{Colleague, Effect, Facts, Input};
use domain::event::{FeedEvent, Row};
use domain::hours::Hours;
use domain::id::LineId;
use domain::limits::Limits;
use domain::line::Line;
use domain::operator::Operator;
use domain::permission::{Action, may};
use jiff::{SignedDuration, Timestamp};

use crate::actors::encode;
use crate::actors::parts::Shared;
use crate::store::op::{DocumentKind, Op};

/// The actor of a conversation. Lives while its shard needs it; its truth is its document.
pub(crate) struct ConversationActor {
    parts: Shared,
    /// As the round at hand leaves it. Shared with whoever has looked at it.
    conversation: Arc<Conversation>,
    /// As the round leaves it that was drafted last: stored or not yet.
    stored: Option<Arc<Conversation>>,
    /// Version of that document; 0: there is none.
    version: u64,
    /// As [`Stored`] says.
    is_packed: bool,
}

/// How the document of a conversation is stored.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stored {
    pub(crate) version: u64,
    /// It is closed, and not among those whose records are still to be packed.
    pub(crate) is_packed: bool,
}

impl ConversationActor {
    /// One that was just opened and is not stored yet.
    pub(crate) fn new(conversation: Arc<Conversation>, parts: Shared) -> Self {
        Self { parts, conversation, stored: None, version: 0, is_packed: false }
    }

    /// One that was read from the store.
    pub(crate) fn loaded(
        conversation: Arc<Conversation>,
        as_stored: Stored,
        parts: Shared,
    ) -> Self {
        let stored = Some(conversation.clone());
        let Stored { version, is_packed } = as_stored;
        Self { parts, conversation, stored, version, is_packed }
    }
}

impl Actor for ConversationActor {
    type Context = Context<Self>;
}

/// A person who gives a command, with what his rights depend on.
#[derive(Clone, Debug)]
pub(crate) struct Who {
    pub(crate) operator: Arc<Operator>,
    pub(crate) queues: Vec<LineId>,
}

/// One input. With `who`, his right to it is asked first.
#[derive(Debug, Message)]
#[rtype(result = "Fed")]
pub(crate) struct Feed {
    pub(crate) input: Input,
    pub(crate) who: Option<Who>,
    pub(crate) line: Arc<Line>,
    pub(crate) hours: Arc<Hours>,
    pub(crate) customer: CustomerFacts,
    pub(crate) now: Timestamp,
}

#[derive(Debug, MessageResponse)]
pub(crate) enum Fed {
    /// What it did, and how the conversation stands now.
    Effects(Vec<Effect>, Arc<Conversation>),
    Forbidden,
    /// He may not even know that it exists.
    Hidden,
}

impl Handler<Feed> for ConversationActor {
    type Result = Fed;

    fn handle(&mut self, feed: Feed, _: &mut Self::Context) -> Fed {
        if let Some(who) = &feed.who
            && !allowed(who, &feed.input, &self.conversation.row())
        {
            let sees = may(&who.operator, &who.queues, Action::SeeRow(&self.conversation.row()));
            return if sees { Fed::Forbidden } else { Fed::Hidden };
        }
        let concerns = self.conversation.concerns().cloned();
        let standing = concerns.and_then(|operator| self.parts.standing(&operator));
        let colleague = standing.as_ref().map(|(operator, present)| Colleague {
            name: &operator.name,
            departure: operator.departure(*present),
        });
        let directory = self.parts.directory.get();
        let channel = directory.channels.get(&self.conversation.chat.channel);
        let limits = Limits {
            answers_apart: channel
                .map_or(SignedDuration::ZERO, |c| c.value.settings.answers_apart()),
            ..self.parts.settings.limits
        };
        let facts = Facts {
            line: &feed.line.settings,
            hours: &feed.hours,
            limits: &limits,
            company: &self.parts.settings.company,
            colleague,
            customer: &feed.customer,
        };
        let conversation = Arc::make_mut(&mut self.conversation);
        let effects = conversation.handle(feed.input, &facts, feed.now);
        Fed::Effects(effects, self.conversation.clone())
    }
}

/// Whether a person may give this command. What the conversation's rules say is another matter.
fn allowed(who: &Who, input: &Input, row: &Row) -> bool {
    let action = match input {
        Input::Accept { .. } | Input::Decline { .. } => Action::AnswerOffer(row),
        Input::Take { .. } => Action::Take(row),
        Input::Reply { .. } | Input::Correct { .. } => Action::Reply(row),
        Input::Note { .. } => Action::Note(row),
        Input::Draft { .. }
        | Input::Topic { .. }
        | Input::Hold { .. }
        | Input::Transfer { .. }
        | Input::Invite { .. } => Action::Handle(row),
        Input::Move { .. } => Action::Move(row),
        Input::Withdraw { .. } => Action::Withdraw(row),
        Input::Leave { .. } => Action::Leave(row),
        Input::Finish { .. } => Action::Finish(row),
        Input::Spam { .. } => Action::Spam(row),
        Input::TakeOver { .. }
        | Input::Join { .. }
        | Input::Release { .. }
        | Input::Review { .. } => Action::Oversee(row),
        Input::CustomerWrote { .. }
        | Input::CustomerEdited { .. }
        | Input::CustomerGone { .. }
        | Input::CustomerBack
        | Input::WrittenElsewhere { .. }
        | Input::PickUp { .. }
        | Input::Continue { .. }
        | Input::Decided(_)
        | Input::SomebodyEligible
        | Input::OperatorLeft { .. }
        | Input::OperatorBack { .. }
        | Input::Reconsider
        | Input::DeliveryChanged { .. }
        | Input::CorrectionOver { .. }
        | Input::SaidEarly { .. }
        | Input::FileCopied { .. }
        | Input::CustomerDeleted { .. }
        | Input::ChatMigrated { .. }
        | Input::CustomerReacted { .. }
        | Input::DeadlinePassed => return false,
    };
    may(&who.operator, &who.queues, action)
}

/// What the round has to store of this conversation. It counts as stored from then on: if the round
/// is refused or given back the actor is dropped.
#[derive(Debug, Message)]
#[rtype(result = "Drafted")]
pub(crate) struct Draft;

#[derive(Debug, MessageResponse)]
pub(crate) struct Drafted {
    pub(crate) ops: Vec<Op>,
    /// The row if it is another than before, and before whom it is put, if that has changed.
    pub(crate) events: Vec<FeedEvent>,
    pub(crate) closed: bool,
}

impl Handler<Draft> for ConversationActor {
    type Result = Drafted;

    fn handle(&mut self, _: Draft, _: &mut Self::Context) -> Drafted {
        let closed = self.conversation.is_closed();
        if self.stored.as_ref() == Some(&self.conversation) {
            return Drafted { ops: Vec::new(), events: Vec::new(), closed };
        }
        let mut ops = self.document_ops();
        ops.extend(self.timer_op());
        let events = self.events();
        self.stored = Some(self.conversation.clone());
        Drafted { ops, events, closed }
    }
}

impl ConversationActor {
    fn events(&self) -> Vec<FeedEvent> {
        let stored = self.stored.as_deref();
        let mut events = Vec::new();
        let offers_before = stored.map(Conversation::open_offers).unwrap_or_default();
        let before = offers_before.iter().map(|offer| &offer.operator);
        let offers = self.conversation.open_offers().iter().map(|offer| &offer.operator);
        if !offers.clone().eq(before) {
            let conversation = self.conversation.id.clone();
            events.push(FeedEvent::Offered { conversation, operators: offers.cloned().collect() });
        }
        let row = self.conversation.row();
        if stored.map(Conversation::row).as_ref() != Some(&row) {
            events.push(FeedEvent::Row { row: row.into() });
        }
        let Conversation { id, chat, last_record, .. } = &*self.conversation;
        if self.parts.directory.get().is_widget(&chat.channel) {
            let (chat, conversation) = (chat.clone(), id.clone());
            events.push(FeedEvent::Chat { chat, conversation, last_record: *last_record });
        }
        events
    }

    fn document_ops(&mut self) -> Vec<Op> {
        let id = self.conversation.id.to_string();
        let bytes = encode::document(&*self.conversation);
        let was_closed = self.stored.as_ref().is_some_and(|stored| stored.is_closed());
        let was_open = self.stored.is_some() && !was_closed;
        let expected = self.version;
        let put = |kind, expected, bytes| Op::PutDocument { kind, id: id.clone(), expected, bytes };
        if !self.conversation.is_closed() {
            self.version = expected + 1;
            return vec![put(DocumentKind::Conversation, expected, bytes)];
        }
        let mut ops = Vec::new();
        if was_open {
            let id = id.clone();
            ops.push(Op::DeleteDocument { kind: DocumentKind::Conversation, id, expected });
        }
        let expected = if was_open { 0 } else { expected };
        self.version = expected + 1;
        ops.push(put(DocumentKind::Archive, expected, bytes));
        if !was_closed || self.is_packed {
            let since = encode::document(&self.parts.clock.now());
            ops.push(put(DocumentKind::Unpacked, 0, since));
            self.is_packed = false;
        }
        ops
    }

    fn timer_op(&self) -> Option<Op> {
        let key = self.conversation.id.to_string();
        let stored = self.stored.as_deref().and_then(Conversation::deadline);
        match (stored, self.conversation.deadline()) {
            (stored, now) if stored == now => None,
            (_, Some(at)) => Some(Op::SetTimer { key, at }),
            (_, None) => Some(Op::ClearTimer { key, must_exist: true }),
        }
    }
}
