//! What is written into a conversation: messages, notes and facts, and what happens to them later.

use std::sync::Arc;

use crate::chat::{CustomerMessage, ElsewhereMessage};
use crate::conversation::held::Place;
use crate::conversation::turn::Turn;
use crate::conversation::{Conversation, State};
use crate::customer::CustomerFacts;
use crate::effect::{Effect, Refusal};
use crate::encoded::Encoded;
use crate::entry::{
    Attachment, Author, Body, CloseReason, DeliveryState, Entry, Fact, Message, Record,
    RoutedAgainWhy, Unheard,
};
use crate::file::{FILES_OF_MESSAGE_MAX, FileCopy, FileProblem, StoredFile, WantedFile};
use crate::id::{EntryNumber, OperatorId};
use crate::line::RatingScale;
use crate::operator::Departure;
use crate::routing::Via;
use crate::texts::Kind;

/// Why a message is only to be stored, if it is no rating that was asked for; none: it is to be
/// heard.
pub fn unheard(message: &CustomerMessage, customer: &CustomerFacts) -> Option<Unheard> {
    if customer.blocked {
        Some(Unheard::Blocked)
    } else if message.automatic {
        Some(Unheard::Automatic)
    } else {
        message.rating.map(|_| Unheard::UnaskedRating)
    }
}

impl Conversation {
    pub(super) fn customer_wrote(
        &mut self,
        message: CustomerMessage,
        original: Option<Arc<str>>,
        turn: &mut Turn<'_>,
    ) {
        let rating = self.rating_in(&message, turn.now);
        match unheard(&message, turn.facts.customer) {
            Some(Unheard::UnaskedRating) if rating.is_some() => {}
            Some(why) => return self.store_unheard(why, message, original, turn),
            None => {}
        }
        if rating.is_none() && self.is_closed() {
            return turn.ignore("it is closed: the message belongs to the next conversation");
        }
        let mut message = from_customer(message);
        if let Some(value) = rating {
            self.append(Author::Customer, Body::Message(message), original, turn);
            return self.rated(value, turn);
        }
        self.previews(&message);
        if self.waiting_since.is_none() {
            self.waiting_since = Some(turn.now);
            self.set_text_time(turn);
        }
        self.last_word_at = turn.now;
        let wanted = files_to_copy(&mut message);
        let entry = self.append(Author::Customer, Body::Message(message), original, turn);
        for (attachment, file) in wanted {
            turn.push(Effect::Copy { entry, attachment, file });
        }
        self.greet(turn);
        match &self.state {
            State::Waiting { .. } => self.message_while_waiting(turn),
            State::Offered { .. } => self.tell_off_hours(turn),
            State::Active(_) => self.message_while_held(turn),
            State::Closing { operator, .. } => self.reopen(operator.clone(), turn),
            State::Closed { .. } => {}
        }
    }

    /// It opens and moves nothing. A conversation that would begin with it is over at once.
    fn store_unheard(
        &mut self,
        why: Unheard,
        message: CustomerMessage,
        original: Option<Arc<str>>,
        turn: &mut Turn<'_>,
    ) {
        let begins = self.last_entry.0 == 0;
        let message = Message { unheard: Some(why), ..from_customer(message) };
        if begins {
            self.previews(&message);
        }
        self.append(Author::Customer, Body::Message(message), original, turn);
        if begins {
            self.close(None, CloseReason::Unheard, turn);
        }
    }

    fn message_while_held(&mut self, turn: &mut Turn<'_>) {
        if let State::Active(held) = &mut self.state {
            held.silent_since = None;
        }
        self.end_hold(turn);
        if turn.colleague_is_gone() {
            self.wait_for_him(turn);
        }
    }

    /// It is the same operator's again. If he is gone, it is routed at once; while the line is
    /// closed it stays his, unless he is disabled.
    fn reopen(&mut self, operator: OperatorId, turn: &mut Turn<'_>) {
        self.fact(Fact::Reopened { operator: operator.clone() }, turn);
        self.hand_to(operator, Via::Return, Place::ToTake, turn);
        match turn.departure() {
            None => {}
            Some(Departure::Disabled) => self.route_again(RoutedAgainWhy::Disabled, turn),
            Some(Departure::Absent) if turn.routes() => {
                self.route_again(RoutedAgainWhy::Absent, turn);
            }
            Some(Departure::Absent) => self.message_while_held(turn),
        }
    }

    pub(super) fn customer_edited(
        &mut self,
        external_id: Arc<str>,
        text: String,
        turn: &mut Turn<'_>,
    ) {
        self.preview_is_edited(&external_id, &text);
        self.record(Record::Edited { external_id, text, at: turn.now }, turn);
    }

    pub(super) fn customer_deleted(&mut self, external_ids: Vec<Arc<str>>, turn: &mut Turn<'_>) {
        self.preview_is_deleted(&external_ids);
        self.record(Record::Deleted { external_ids, at: turn.now }, turn);
    }

    pub(super) fn customer_gone(&mut self, reason: String, turn: &mut Turn<'_>) {
        self.fact_while_open(Fact::CustomerUnreachable { reason }, turn);
    }

    pub(super) fn customer_back(&mut self, turn: &mut Turn<'_>) {
        self.fact_while_open(Fact::CustomerReachable, turn);
    }

    /// Whoever has it, or takes part, writes to the customer.
    pub(super) fn reply(
        &mut self,
        operator: OperatorId,
        text: String,
        files: Vec<StoredFile>,
        turn: &mut Turn<'_>,
    ) {
        let State::Active(held) = &mut self.state else {
            return self.refuse_reply(turn);
        };
        if held.operator != operator && !self.joined.contains(&operator) {
            return self.refuse_reply(turn);
        }
        held.late = false;
        held.silent_since = Some(turn.now);
        self.waiting_since = None;
        self.last_word_at = turn.now;
        if !self.writers.contains(&operator) {
            self.writers.push(operator.clone());
        }
        self.rating.withdraw();
        self.draft.take_if(|draft| draft.by == operator);
        let mut message = Message { text, ..Message::default() };
        message.attachments = files.iter().map(attached).collect();
        self.previews(&message);
        self.send_message(Author::Operator { id: operator }, message, files, None, turn);
    }

    /// The customer has an answer, so he waits no longer; whoever has the conversation keeps it.
    pub(super) fn written_elsewhere(
        &mut self,
        message: ElsewhereMessage,
        original: Option<Arc<str>>,
        turn: &mut Turn<'_>,
    ) {
        let message = Message {
            text: message.text,
            attachments: message.attachments,
            external_id: message.external_id,
            platform_at: message.sent_at,
            delivery: Some(DeliveryState::Sent),
            ..Message::default()
        };
        if let State::Active(held) = &mut self.state {
            held.late = false;
            held.silent_since = Some(turn.now);
            self.waiting_since = None;
            self.last_word_at = turn.now;
            self.previews(&message);
        }
        self.append(Author::Elsewhere, Body::Message(message), original, turn);
    }

    pub(super) fn has_entry(&self, entry: EntryNumber) -> bool {
        entry > EntryNumber(0) && entry <= self.last_entry
    }

    pub(super) fn refuse_reply(&self, turn: &mut Turn<'_>) {
        turn.refuse(match &self.state {
            State::Waiting { .. } | State::Offered { .. } | State::Active(_) => {
                Refusal::NotYours { holder: self.holder().cloned() }
            }
            State::Closing { .. } => Refusal::NotNow,
            State::Closed { .. } => Refusal::Closed,
        });
    }

    pub(super) fn note(&mut self, operator: OperatorId, text: String, turn: &mut Turn<'_>) {
        match &self.state {
            State::Waiting { .. }
            | State::Offered { .. }
            | State::Active(_)
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
        if !self.has_entry(entry) {
            return turn.ignore("there is no such entry");
        }
        if let Some(own) = &external_id {
            self.early.known(entry, own);
            self.preview_is_named(entry, own);
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
    pub(super) fn send(
        &mut self,
        author: Author,
        text: String,
        automatic: Option<Kind>,
        rating: Option<RatingScale>,
        turn: &mut Turn<'_>,
    ) {
        let message = Message { text, automatic, ..Message::default() };
        self.send_message(author, message, Vec::new(), rating, turn);
    }

    fn send_message(
        &mut self,
        author: Author,
        message: Message,
        files: Vec<StoredFile>,
        rating: Option<RatingScale>,
        turn: &mut Turn<'_>,
    ) {
        let text = message.text.clone();
        let message = Message { delivery: Some(DeliveryState::Pending), ..message };
        let entry = self.append(author, Body::Message(message), None, turn);
        turn.push(Effect::Send { entry, text, files, rating });
    }

    /// A customer's file was fetched, or given up; also after the close.
    pub(super) fn file_copied(
        &mut self,
        entry: EntryNumber,
        attachment: u16,
        copy: FileCopy,
        turn: &mut Turn<'_>,
    ) {
        if !self.has_entry(entry) {
            return turn.ignore("there is no such entry");
        }
        self.record(Record::Copied { entry, attachment, copy, at: turn.now }, turn);
    }

    fn append(
        &mut self,
        author: Author,
        body: Body,
        original: Option<Arc<str>>,
        turn: &mut Turn<'_>,
    ) -> EntryNumber {
        let n = self.last_entry.next();
        self.last_entry = n;
        let entry = Encoded::new(Entry { n, at: turn.now, author, body });
        self.record(Record::Entry { entry, original }, turn);
        n
    }

    pub(super) fn record(&mut self, record: Record, turn: &mut Turn<'_>) {
        self.last_record = self.last_record.saturating_add(1);
        turn.push(Effect::Append(record));
    }
}

/// Marks the files of a message that are to be fetched, and says which they are.
fn files_to_copy(message: &mut Message) -> Vec<(u16, WantedFile)> {
    let mut wanted = Vec::new();
    for (index, attachment) in (0..).zip(&mut message.attachments) {
        if let Attachment::File { external_id: Some(handle), name, copy: copy @ None, .. } =
            attachment
        {
            if wanted.len() == FILES_OF_MESSAGE_MAX {
                *copy = Some(FileCopy::Missing { why: FileProblem::TooMany });
            } else {
                *copy = Some(FileCopy::Loading);
                wanted.push((index, WantedFile { handle: handle.clone(), name: name.clone() }));
            }
        }
    }
    wanted
}

/// A file of ours, as a message holds it.
fn attached(file: &StoredFile) -> Attachment {
    Attachment::File {
        what: file.kind().to_owned(),
        name: Some(file.name.clone()),
        size_bytes: Some(file.size_bytes),
        external_id: None,
        copy: Some(FileCopy::Stored { file: file.clone() }),
    }
}

fn from_customer(message: CustomerMessage) -> Message {
    Message {
        text: message.text,
        attachments: message.attachments,
        external_id: message.external_id,
        reply_to: message.reply_to,
        platform_at: message.sent_at,
        album: message.album,
        writer: message.writer,
        ..Message::default()
    }
}
