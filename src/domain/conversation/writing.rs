//! What is written into a conversation: messages, notes and facts, and what happens to them later.

use std::sync::Arc;

use crate::chat::CustomerMessage;
use crate::conversation::turn::Turn;
use crate::conversation::{Conversation, State};
use crate::effect::{Effect, PlaceLimit, Refusal};
use crate::entry::{Attachment, Author, Body, DeliveryState, Entry, Fact, Message, Record};
use crate::event::PREVIEW_CHARS;
use crate::id::{EntryNumber, OperatorId};

impl Conversation {
    pub(super) fn customer_wrote(
        &mut self,
        message: CustomerMessage,
        original: Option<Arc<str>>,
        turn: &mut Turn<'_>,
    ) {
        if self.is_closed() {
            return turn.ignore("it is closed: the message belongs to the next conversation");
        }
        let message = from_customer(message);
        (self.preview, self.preview_kind) = preview(&message);
        self.waiting_since.get_or_insert(turn.now);
        self.append(Author::Customer, Body::Message(message), original, turn);
        match &self.state {
            State::Waiting { .. } => self.message_while_waiting(turn),
            State::Closing { operator, .. } => self.reopen(operator.clone(), turn),
            State::Offered { .. } | State::Active { .. } | State::Closed { .. } => {}
        }
    }

    fn reopen(&mut self, operator: OperatorId, turn: &mut Turn<'_>) {
        turn.push(Effect::Reserve { operator: operator.clone(), limit: PlaceLimit::Beyond });
        self.state = State::Active { operator: operator.clone() };
        self.fact(Fact::Reopened { operator }, turn);
    }

    pub(super) fn customer_edited(
        &mut self,
        external_id: Arc<str>,
        text: String,
        turn: &mut Turn<'_>,
    ) {
        self.record(Record::Edited { external_id, text, at: turn.now }, turn);
    }

    pub(super) fn customer_gone(&mut self, reason: String, turn: &mut Turn<'_>) {
        self.fact_while_open(Fact::CustomerUnreachable { reason }, turn);
    }

    pub(super) fn customer_back(&mut self, turn: &mut Turn<'_>) {
        self.fact_while_open(Fact::CustomerReachable, turn);
    }

    pub(super) fn reply(&mut self, operator: OperatorId, text: String, turn: &mut Turn<'_>) {
        match &self.state {
            State::Active { operator: holder } if *holder == operator => {
                self.waiting_since = None;
                self.preview = first_characters(&text);
                self.preview_kind = None;
                self.send(Author::Operator { id: operator }, text, turn);
            }
            State::Waiting { .. } | State::Offered { .. } | State::Active { .. } => {
                turn.refuse(Refusal::NotYours { holder: self.holder().cloned() });
            }
            State::Closing { .. } => turn.refuse(Refusal::NotNow),
            State::Closed { .. } => turn.refuse(Refusal::Closed),
        }
    }

    pub(super) fn note(&mut self, operator: OperatorId, text: String, turn: &mut Turn<'_>) {
        match &self.state {
            State::Waiting { .. }
            | State::Offered { .. }
            | State::Active { .. }
            | State::Closing { .. } => {
                self.append(Author::Operator { id: operator }, Body::Note { text }, None, turn);
            }
            State::Closed { .. } => turn.refuse(Refusal::Closed),
        }
    }

    /// The way of an outgoing message goes on after the close.
    pub(super) fn delivery_changed(
        &mut self,
        entry: EntryNumber,
        delivery: DeliveryState,
        external_id: Option<Arc<str>>,
        turn: &mut Turn<'_>,
    ) {
        if entry == EntryNumber(0) || entry > self.last_entry {
            return turn.ignore("there is no such entry");
        }
        self.record(Record::Delivery { entry, delivery, external_id, at: turn.now }, turn);
    }

    fn fact_while_open(&mut self, fact: Fact, turn: &mut Turn<'_>) {
        if self.is_closed() {
            return turn.ignore("it is closed: nobody writes to the customer here");
        }
        self.fact(fact, turn);
    }

    pub(super) fn fact(&mut self, fact: Fact, turn: &mut Turn<'_>) {
        self.append(Author::Line, Body::Fact(fact), None, turn);
    }

    /// Appends a message to the customer and has it sent.
    pub(super) fn send(&mut self, author: Author, text: String, turn: &mut Turn<'_>) {
        let delivery = Some(DeliveryState::Pending);
        let message = Message { text: text.clone(), delivery, ..Message::default() };
        let entry = self.append(author, Body::Message(message), None, turn);
        turn.push(Effect::Send { entry, text });
    }

    fn append(
        &mut self,
        author: Author,
        body: Body,
        original: Option<Arc<str>>,
        turn: &mut Turn<'_>,
    ) -> EntryNumber {
        let n = EntryNumber(self.last_entry.0.saturating_add(1));
        self.last_entry = n;
        let entry = Entry { n, at: turn.now, author, body };
        self.record(Record::Entry { entry, original }, turn);
        n
    }

    fn record(&mut self, record: Record, turn: &mut Turn<'_>) {
        self.last_record = self.last_record.saturating_add(1);
        turn.push(Effect::Append(record));
    }
}

fn from_customer(message: CustomerMessage) -> Message {
    Message {
        text: message.text,
        attachments: message.attachments,
        external_id: message.external_id,
        reply_to: message.reply_to,
        platform_at: message.sent_at,
        delivery: None,
        edited_at: None,
    }
}

/// The first characters of the text, and what the message is if it has none. A sticker's emoji
/// is a text.
fn preview(message: &Message) -> (String, Option<String>) {
    if !message.text.trim().is_empty() {
        return (first_characters(&message.text), None);
    }
    match message.attachments.first() {
        Some(Attachment::Sticker { emoji }) if !emoji.is_empty() => (first_characters(emoji), None),
        first => (String::new(), first.map(kind_of)),
    }
}

fn first_characters(text: &str) -> String {
    text.chars().take(PREVIEW_CHARS).collect()
}

fn kind_of(attachment: &Attachment) -> String {
    let kind = match attachment {
        Attachment::Contact { .. } => "contact",
        Attachment::Location { .. } => "location",
        Attachment::Sticker { .. } => "sticker",
        Attachment::File { what, .. } | Attachment::Other { what } => what,
    };
    first_characters(kind)
}
