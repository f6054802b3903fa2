//! What one piece of work comes to: its ops, and what follows from them once they are committed.

use domain::conversation::{Conversation, State};
use domain::effect::{Effect, PlaceLimit};
use domain::entry::{Author, Body, DeliveryState, Fact, Message, Record};
use domain::event::{Alarm, Audience, FeedEvent};
use domain::id::{ConversationId, EntryNumber, OperatorId};
use domain::routing::Via;
use jiff::Timestamp;

use crate::actors::directory::Directory;
use crate::actors::encode;
use crate::actors::outbox::{CopyJob, OutboxJob, Writer};
use crate::store::op::{Op, Room, Slot};

/// The ops of one piece of work, and what is shown and done after their commit.
#[derive(Debug, Default)]
pub(crate) struct Group {
    pub(crate) ops: Vec<Op>,
    /// One for each `AppendFeed`, in their order.
    pub(crate) events: Vec<FeedEvent>,
    /// Jobs that are there after the commit.
    pub(crate) jobs: Vec<OutboxJob>,
    /// How full the inboxes may be for what it puts there.
    pub(crate) room: Room,
    /// Jobs that are no more after the commit, though nobody sent what they are about.
    pub(crate) settled: Vec<String>,
    /// Files to fetch after the commit.
    pub(crate) copies: Vec<CopyJob>,
}

impl Group {
    pub(crate) fn show(&mut self, event: FeedEvent) {
        self.ops.push(Op::AppendFeed { bytes: encode::document(&event) });
        self.events.push(event);
    }

    /// Adds what a conversation's effects write. `conversation` is as it stands after them.
    pub(crate) fn write(
        &mut self,
        effects: &[Effect],
        conversation: &Conversation,
        directory: &Directory,
        now: Timestamp,
    ) {
        let fetched = directory.is_widget(&conversation.chat.channel);
        let appended = effects.iter().filter(|e| matches!(e, Effect::Append(_))).count();
        let appended = u32::try_from(appended).unwrap_or(u32::MAX);
        let mut record_n = conversation.last_record.saturating_sub(appended);
        for effect in effects {
            match effect {
                Effect::Append(record) => {
                    record_n += 1;
                    if fetched {
                        self.append(record_n, &stored_is_sent(record), conversation);
                    } else {
                        self.append(record_n, record, conversation);
                    }
                }
                // The customer's page fetches it: nothing goes out.
                Effect::Send { .. } if fetched => {}
                Effect::Send { entry, text, files, rating } => {
                    let mut job = OutboxJob::new(conversation, *entry, text, files, now);
                    let operator = writer_of(effects, *entry);
                    job.by_operator = operator.is_some();
                    job.author = operator.and_then(|id| shown_as(id, conversation, directory));
                    job.rating = *rating;
                    self.job(job);
                }
                Effect::Copy { entry, attachment, file } => {
                    self.copy(CopyJob::new(conversation, *entry, *attachment, file, now));
                }
                Effect::Reserve { operator, limit } => {
                    let capacity = directory.operators.get(operator).map(|o| o.value.capacity);
                    let limit = match limit {
                        PlaceLimit::Capacity => capacity.unwrap_or(0),
                        PlaceLimit::Beyond => 0,
                    };
                    self.load(operator, &conversation.id, true);
                    self.reserve(Slot::Place, operator, conversation, limit);
                }
                Effect::Release { operator } => {
                    self.load(operator, &conversation.id, false);
                    self.release(Slot::Place, operator, conversation);
                }
                Effect::Count { operator, by, at } => self.ops.push(Op::AddCounter {
                    line: conversation.line.clone(),
                    operator: operator.clone(),
                    by: *by,
                    at: *at,
                }),
                Effect::Answered { operator } => self.attention(operator, false, now),
                Effect::Missed { operator } => self.attention(operator, true, now),
                // Told to the queue, the chat and the customer's card; a correction's job is made by whoever
                // has read the message.
                Effect::Seek(_)
                | Effect::Correct { .. }
                | Effect::Assigned { .. }
                | Effect::Consented
                | Effect::Spam { .. }
                | Effect::Finished { .. }
                | Effect::Continue(_)
                | Effect::Closed
                | Effect::Refuse(_)
                | Effect::Ignore(_) => {}
            }
        }
    }

    /// Counts the offers of a conversation that was put before those in `asked`. Whoever hands a
    /// conversation on to a colleague may do so beyond the `most` that the queue may offer.
    pub(crate) fn take_offers(
        &mut self,
        conversation: &Conversation,
        asked: &[OperatorId],
        most: usize,
    ) {
        let now = || conversation.open_offers().iter().map(|offer| &offer.operator);
        for operator in asked.iter().filter(|operator| !now().any(|other| other == *operator)) {
            self.release(Slot::Offer, operator, conversation);
        }
        let limit = match &conversation.state {
            State::Offered { via: Via::Transfer, .. } => 0,
            State::Offered { .. }
            | State::Waiting { .. }
            | State::Active(_)
            | State::Closing { .. }
            | State::Closed { .. } => u32::try_from(most).unwrap_or(u32::MAX),
        };
        for operator in now().filter(|operator| !asked.contains(operator)) {
            self.reserve(Slot::Offer, operator, conversation, limit);
        }
    }

    fn reserve(&mut self, slot: Slot, operator: &OperatorId, of: &Conversation, limit: u32) {
        let (operator, conversation) = (operator.clone(), of.id.clone());
        self.ops.push(Op::Reserve { slot, operator, conversation, limit });
    }

    fn release(&mut self, slot: Slot, operator: &OperatorId, of: &Conversation) {
        let (operator, conversation) = (operator.clone(), of.id.clone());
        self.ops.push(Op::Release { slot, operator, conversation });
    }

    pub(crate) fn job(&mut self, job: OutboxJob) {
        let (id, ready_at) = (job.id.clone(), job.created_at);
        self.ops.push(Op::PutJob { id, ready_at, bytes: encode::document(&job) });
        self.jobs.push(job);
    }

    fn copy(&mut self, job: CopyJob) {
        let (id, ready_at) = (job.id.clone(), job.created_at);
        self.ops.push(Op::PutJob { id, ready_at, bytes: encode::document(&job) });
        self.copies.push(job);
    }

    fn attention(&mut self, operator: &OperatorId, missed: bool, at: Timestamp) {
        self.show(FeedEvent::Attention { operator: operator.clone(), missed, at });
    }

    fn load(&mut self, operator: &OperatorId, conversation: &ConversationId, holds: bool) {
        let (operator, conversation) = (operator.clone(), conversation.clone());
        self.show(FeedEvent::Load { operator, conversation, holds });
    }

    fn append(&mut self, n: u32, record: &Record, conversation: &Conversation) {
        let id = conversation.id.clone();
        let bytes = encode::document(record);
        self.ops.push(Op::AppendHistory { conversation: id, n, bytes });
        self.show(event_of(record, conversation, conversation.audience()));
        if let Record::Entry { entry, .. } = record
            && let Body::Fact(Fact::AnswerLate { operator }) = &entry.body
        {
            let (line, at) = (conversation.line.clone(), entry.at);
            let (conversation, operator) = (conversation.id.clone(), operator.clone());
            let alarm = Alarm::AnswerLate { conversation, operator };
            self.show(FeedEvent::Alarm { line, alarm, at });
        }
    }
}

/// What the customer's page fetches is sent once it is stored.
fn stored_is_sent(record: &Record) -> Record {
    let mut record = record.clone();
    if let Record::Entry { entry, .. } = &mut record
        && let Body::Message(Message { delivery: Some(DeliveryState::Pending), .. }) = &entry.body
    {
        let mut sent = (**entry).clone();
        if let Body::Message(message) = &mut sent.body {
            message.delivery = Some(DeliveryState::Sent);
        }
        *entry = sent.into();
    }
    record
}

/// The operator who wrote the entry.
fn writer_of(effects: &[Effect], n: EntryNumber) -> Option<&OperatorId> {
    effects.iter().find_map(|effect| {
        let Effect::Append(Record::Entry { entry, .. }) = effect else { return None };
        match &entry.author {
            Author::Operator { id } if entry.n == n => Some(id),
            Author::Operator { .. } | Author::Customer | Author::Elsewhere | Author::Line => None,
        }
    })
}

/// An operator, as the customers of the line see him.
pub(crate) fn shown_as(
    operator: &OperatorId,
    conversation: &Conversation,
    directory: &Directory,
) -> Option<Writer> {
    let line = &directory.lines.get(&conversation.line)?.value.settings;
    let name = &directory.operators.get(operator)?.value.name;
    line.shown(operator, name).map(Writer::from)
}

/// What the feed says of a new record.
fn event_of(record: &Record, of: &Conversation, audience: Audience) -> FeedEvent {
    let (conversation, line) = (of.id.clone(), of.line.clone());
    match record {
        Record::Entry { entry, original: _ } => {
            FeedEvent::Entry { conversation, line, audience, entry: entry.clone() }
        }
        Record::Edited { external_id, text, at } => FeedEvent::Edited {
            conversation,
            line,
            audience,
            external_id: external_id.clone(),
            text: text.clone(),
            at: *at,
        },
        Record::Delivery { entry, delivery, external_id: _, at: _ } => FeedEvent::Delivery {
            conversation,
            line,
            audience,
            entry: *entry,
            delivery: delivery.clone(),
        },
        Record::Copied { entry, attachment, copy, at: _ } => FeedEvent::Copied {
            conversation,
            line,
            audience,
            entry: *entry,
            attachment: *attachment,
            copy: copy.clone(),
        },
        Record::Deleted { external_ids, at } => FeedEvent::Deleted {
            conversation,
            line,
            audience,
            external_ids: external_ids.clone(),
            at: *at,
        },
        Record::Corrected { entry, correction, state, at } => FeedEvent::Corrected {
            conversation,
            line,
            audience,
            entry: *entry,
            correction: correction.clone(),
            state: state.clone(),
            at: *at,
        },
        Record::Reacted { external_id, reaction, at: _ } => FeedEvent::Reacted {
            conversation,
            line,
            audience,
            external_id: external_id.clone(),
            reaction: reaction.clone(),
        },
    }
}
