//! One handling cycle with a customer, from the first message to the close.
//!
//! Holds the state and says which input goes where; the rules themselves are in the submodules, one
//! for each concern. Knows no operator but by id: who is offered it, the line's queue decides.

mod continuing;
mod correcting;
mod departing;
mod ending;
mod held;
mod holding;
mod offering;
mod previewing;
mod rating;
mod search;
mod shown;
mod standing;
mod taking_part;
mod texting;
mod transferring;
mod turn;
mod unanswered;
mod writing;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::conversation::turn::Turn;
use crate::effect::{Effect, Facts, Input};
use crate::entry::{CloseReason, Record};
use crate::id::{ChatKey, ConversationId, CustomerId, EntryNumber, LineId, OfferId, OperatorId};
use crate::progress::Early;
use crate::routing::Via;

pub use crate::conversation::continuing::Continuation;
pub use crate::conversation::held::Held;
pub use crate::conversation::previewing::Previewed;
pub use crate::conversation::rating::{OpenRating, Rating, is_rating};
pub use crate::conversation::search::Search;
pub use crate::conversation::texting::TextsSent;
pub use crate::conversation::writing::unheard;

/// A conversation, as stored. Does not grow with its messages: those are in its history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conversation {
    pub id: ConversationId,
    pub line: LineId,
    pub chat: ChatKey,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer: Option<CustomerId>,
    pub customer_name: String,
    pub started_at: Timestamp,
    pub updated_at: Timestamp,
    pub state: State,
    /// Since when the customer waits for an answer; none: he does not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waiting_since: Option<Timestamp>,
    /// When the customer or one of us last wrote in it.
    pub last_word_at: Timestamp,
    /// Number of the last entry.
    pub last_entry: EntryNumber,
    /// Number of the last record of the history.
    pub last_record: u32,
    /// Number of the last offer.
    pub last_offer: OfferId,
    /// All who hold or held it, the first first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub held: Vec<OperatorId>,
    /// Who looks on and may help without having it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub joined: Vec<OperatorId>,
    /// Who has written to the customer; none: it is not answered.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub writers: Vec<OperatorId>,
    /// The customer's first message has had its welcome, or got none.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub greeted: bool,
    /// The unanswered text has been sent; it is sent once.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unanswered_text_sent: bool,
    /// The closing text has been sent; it is sent once.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub closing_text_sent: bool,
    /// When the customer was last told that the line is closed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub off_hours_told: Option<Timestamp>,
    /// Automatic messages that the chat has had of late.
    #[serde(default, skip_serializing_if = "TextsSent::is_empty")]
    pub texts_sent: TextsSent,
    pub rating: Rating,
    /// What a supervisor thinks of it, 1..5.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub review: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub topic: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub draft: Option<Draft>,
    /// The first characters of the last message that a person wrote.
    pub preview: String,
    /// What that message was, if it had no text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preview_kind: Option<String>,
    /// Which message that is; none: it stands in the part before, or was written before this was kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previewed: Option<Previewed>,
    /// The conversation of this chat before this one, or the part of this one in another line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub continues: Option<ConversationId>,
    /// What the platform said of messages while they were being sent.
    #[serde(default, skip_serializing_if = "Early::is_empty")]
    pub early: Early,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum State {
    /// Nobody has it and nobody is asked.
    Waiting {
        search: Search,
    },
    /// Put before operators, each with his own clock.
    Offered {
        search: Search,
        offer: OfferId,
        via: Via,
        /// A colleague hands it on; he gets it back if it is not taken.
        handover: Option<Handover>,
        open: Vec<OpenOffer>,
    },
    Active(Held),
    /// Finished; a message inside the window reopens it.
    Closing {
        operator: OperatorId,
        until: Timestamp,
        reason: CloseReason,
    },
    /// `operator`: who held it last; none: finished before anybody did.
    Closed {
        operator: Option<OperatorId>,
        at: Timestamp,
        reason: CloseReason,
    },
}

/// An offer before one operator. It stands until an input ends it: an accept that comes after
/// `until`, but before the deadline was handled, still takes the conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenOffer {
    pub operator: OperatorId,
    pub until: Timestamp,
    /// It takes a place of his capacity.
    pub reserved: bool,
    /// It counts in `evenly` since it was made; others count when they are accepted.
    pub counted: bool,
    /// He was available when it was made, and has not gone since: going away moves it on, letting
    /// it run out is a miss.
    pub available: bool,
}

/// Who hands a conversation to whom.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Handover {
    pub by: OperatorId,
    pub to: OperatorId,
}

/// What somebody was just writing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    pub by: OperatorId,
    pub text: String,
}

/// What a new conversation begins with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opening {
    pub id: ConversationId,
    pub line: LineId,
    pub chat: ChatKey,
    pub customer: Option<CustomerId>,
    pub customer_name: String,
    pub continues: Option<ConversationId>,
    pub texts_sent: TextsSent,
}

impl Conversation {
    /// A conversation that waits; the customer's first message is its first input.
    pub fn open(opening: Opening, now: Timestamp) -> Self {
        Self {
            id: opening.id,
            line: opening.line,
            chat: opening.chat,
            customer: opening.customer,
            customer_name: opening.customer_name,
            started_at: now,
            updated_at: now,
            state: State::Waiting { search: Search::begin(now) },
            waiting_since: None,
            last_word_at: now,
            last_entry: EntryNumber(0),
            last_record: 0,
            last_offer: OfferId(0),
            held: Vec::new(),
            joined: Vec::new(),
            writers: Vec::new(),
            greeted: false,
            unanswered_text_sent: false,
            closing_text_sent: false,
            off_hours_told: None,
            texts_sent: opening.texts_sent,
            rating: Rating::default(),
            review: None,
            topic: None,
            draft: None,
            preview: String::new(),
            preview_kind: None,
            previewed: None,
            continues: opening.continues,
            early: Early::default(),
        }
    }

    /// Takes one input. See [`Input`] and [`Effect`] for what may come and go.
    ///
    /// After a refusal, or when nothing but [`Effect::Ignore`] comes back, the conversation is as
    /// it was. After anything else it is to be stored, also when the list is empty: a deadline may
    /// have moved.
    pub fn handle(&mut self, input: Input, facts: &Facts<'_>, now: Timestamp) -> Vec<Effect> {
        let mut turn = Turn::new(facts, now);
        self.take_input(input, &mut turn);
        if !turn.is_void() {
            self.arm(&mut turn);
        }
        if turn.has_appended() {
            self.updated_at = now;
        }
        turn.effects
    }

    #[expect(clippy::too_many_lines, reason = "one short arm an input")]
    fn take_input(&mut self, input: Input, turn: &mut Turn<'_>) {
        match input {
            Input::CustomerWrote { message, original } => {
                self.customer_wrote(message, original, turn);
            }
            Input::WrittenElsewhere { message, original } => {
                self.written_elsewhere(message, original, turn);
            }
            Input::CustomerEdited { external_id, text } => {
                self.customer_edited(external_id, text, turn);
            }
            Input::CustomerDeleted { external_ids } => {
                self.customer_deleted(external_ids, turn);
            }
            Input::CustomerReacted { external_id, reaction } => {
                self.record(Record::Reacted { external_id, reaction, at: turn.now }, turn);
            }
            Input::CustomerGone { reason } => self.customer_gone(reason, turn),
            Input::CustomerBack => self.customer_back(turn),
            Input::ChatMigrated { to } => self.chat.external = to,
            Input::Accept { operator, offer } => self.accept(&operator, offer, turn),
            Input::Decline { operator, offer, reason } => {
                self.decline(operator, offer, reason, turn);
            }
            Input::Take { operator } => self.take(operator, turn),
            Input::TakeOver { operator } => self.take_over(operator, turn),
            Input::PickUp { operator } => self.pick_up(operator, turn),
            Input::Reply { operator, text, files } => self.reply(operator, text, files, turn),
            Input::Correct { operator, entry, correction } => {
                self.correct(&operator, entry, correction, turn);
            }
            Input::Note { operator, text } => self.note(operator, text, turn),
            Input::Draft { operator, text } => self.write_draft(operator, text, turn),
            Input::Topic { operator, topic } => self.choose_topic(operator, topic, turn),
            Input::Hold { operator, until } => self.hold(operator, until, turn),
            Input::Transfer { operator, to, to_available, comment } => {
                self.transfer(operator, to, to_available, comment, turn);
            }
            Input::Move { operator, line, next, comment } => {
                self.move_on_to(operator, line, next, comment, turn);
            }
            Input::Continue { operator, line, comment } => {
                self.begin_part(operator, line, comment, turn);
            }
            Input::Withdraw { operator } => self.withdraw(&operator, turn),
            Input::Invite { operator, colleague } => self.invite(operator, colleague, turn),
            Input::Join { operator } => self.join(operator, turn),
            Input::Leave { operator } => self.leave(operator, turn),
            Input::Finish { operator, silent } => self.finish(operator, silent, turn),
            Input::Spam { operator, block } => self.spam(operator, block, turn),
            Input::Release { operator } => self.release(operator, turn),
            Input::Review { operator, stars, comment } => {
                self.review(operator, stars, comment, turn);
            }
            Input::Decided(decision) => self.decided(decision, turn),
            Input::SomebodyEligible => self.somebody_eligible(turn),
            Input::OperatorLeft { operator, departure } => {
                self.operator_left(&operator, departure, turn);
            }
            Input::OperatorBack { operator } => self.operator_back(operator, turn),
            Input::Reconsider => self.reconsider(turn),
            Input::DeliveryChanged { entry, delivery, external_id } => {
                self.delivery_changed(entry, delivery, external_id, turn);
            }
            Input::CorrectionOver { entry, correction, state } => {
                self.correction_over(entry, correction, state, turn);
            }
            Input::SaidEarly { progress } => self.early.keep(progress),
            Input::FileCopied { entry, attachment, copy } => {
                self.file_copied(entry, attachment, copy, turn);
            }
            Input::DeadlinePassed => self.deadline_passed(turn),
        }
    }

    /// When [`Input::DeadlinePassed`] is due, if nothing else comes first.
    pub fn deadline(&self) -> Option<Timestamp> {
        match &self.state {
            State::Waiting { search } => search.deadline(),
            State::Offered { search, open, .. } => {
                open.iter().map(|o| o.until).chain(search.text_at).min()
            }
            State::Active(held) => held.deadline(),
            State::Closing { until, .. } => Some(*until),
            State::Closed { .. } => None,
        }
    }

    /// One step for whatever is due. After an outage it is still one step, and what it arms counts
    /// from now.
    fn deadline_passed(&mut self, turn: &mut Turn<'_>) {
        let Some(deadline) = self.deadline() else {
            return turn.ignore("no deadline is armed");
        };
        if turn.now < deadline {
            return turn.ignore("the deadline is not reached yet");
        }
        match &self.state {
            State::Waiting { .. } => self.wait_is_over(turn),
            State::Offered { .. } => self.offers_run_out(turn),
            State::Active(_) => self.held_too_long(turn),
            State::Closing { operator, reason, .. } => {
                let (operator, reason) = (operator.clone(), reason.clone());
                self.close(Some(operator), reason, turn);
            }
            State::Closed { .. } => turn.ignore("no rule runs in this state"),
        }
    }

    fn search(&self) -> Option<&Search> {
        match &self.state {
            State::Waiting { search } | State::Offered { search, .. } => Some(search),
            State::Active(_) | State::Closing { .. } | State::Closed { .. } => None,
        }
    }

    fn search_mut(&mut self) -> Option<&mut Search> {
        match &mut self.state {
            State::Waiting { search } | State::Offered { search, .. } => Some(search),
            State::Active(_) | State::Closing { .. } | State::Closed { .. } => None,
        }
    }
}
