//! One handling cycle with a customer, from the first message to the close.
//!
//! Holds the state and says which input goes where; the rules themselves are in the submodules, one
//! for each concern. Knows no operator but by id: who is offered it, the line's queue decides.

mod holding;
mod offering;
mod search;
mod turn;
mod unanswered;
mod writing;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::conversation::turn::Turn;
use crate::effect::{Effect, Facts, Input};
use crate::event::{Audience, Row, RowOffer, RowState};
use crate::id::{ChatKey, ConversationId, EntryNumber, LineId, OfferId, OperatorId};

pub use crate::conversation::search::Search;

/// A conversation, as stored. Does not grow with its messages: those are in its history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conversation {
    pub id: ConversationId,
    pub line: LineId,
    pub chat: ChatKey,
    pub customer_name: String,
    pub started_at: Timestamp,
    pub updated_at: Timestamp,
    pub state: State,
    /// Since when the customer waits for an answer; none: he does not.
    pub waiting_since: Option<Timestamp>,
    /// Number of the last entry.
    pub last_entry: EntryNumber,
    /// Number of the last record of the history.
    pub last_record: u32,
    /// Number of the last offer.
    pub last_offer: OfferId,
    /// All who hold or held it, the first first.
    pub held: Vec<OperatorId>,
    /// The unanswered text has been sent; it is sent once.
    pub unanswered_text_sent: bool,
    /// The first characters of the last message that a person wrote.
    pub preview: String,
    /// What that message was, if it had no text.
    pub preview_kind: Option<String>,
    /// The conversation of this chat before this one.
    pub continues: Option<ConversationId>,
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
        open: Vec<OpenOffer>,
    },
    Active {
        operator: OperatorId,
    },
    /// Finished; a message inside the window reopens it.
    Closing {
        operator: OperatorId,
        until: Timestamp,
    },
    /// `operator`: who held it last; none: finished before anybody did.
    Closed {
        operator: Option<OperatorId>,
        at: Timestamp,
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
}

/// What a new conversation begins with.
#[derive(Clone, Debug)]
pub struct Opening {
    pub id: ConversationId,
    pub line: LineId,
    pub chat: ChatKey,
    pub customer_name: String,
    pub continues: Option<ConversationId>,
}

impl Conversation {
    /// A conversation that waits; the customer's first message is its first input.
    pub fn open(opening: Opening, now: Timestamp) -> Self {
        Self {
            id: opening.id,
            line: opening.line,
            chat: opening.chat,
            customer_name: opening.customer_name,
            started_at: now,
            updated_at: now,
            state: State::Waiting { search: Search::begin(now) },
            waiting_since: None,
            last_entry: EntryNumber(0),
            last_record: 0,
            last_offer: OfferId(0),
            held: Vec::new(),
            unanswered_text_sent: false,
            preview: String::new(),
            preview_kind: None,
            continues: opening.continues,
        }
    }

    /// Takes one input. See [`Input`] and [`Effect`] for what may come and go.
    ///
    /// After a refusal, or when nothing but [`Effect::Ignore`] comes back, the conversation is as
    /// it was. After anything else it is to be stored, also when the list is empty: a deadline may
    /// have moved.
    pub fn handle(&mut self, input: Input, facts: &Facts<'_>, now: Timestamp) -> Vec<Effect> {
        let mut turn = Turn::new(facts.line, now);
        match input {
            Input::CustomerWrote { message, original } => {
                self.customer_wrote(message, original, &mut turn);
            }
            Input::CustomerEdited { external_id, text } => {
                self.customer_edited(external_id, text, &mut turn);
            }
            Input::CustomerGone { reason } => self.customer_gone(reason, &mut turn),
            Input::CustomerBack => self.customer_back(&mut turn),
            Input::Accept { operator, offer } => self.accept(&operator, offer, &mut turn),
            Input::Decline { operator, offer, reason } => {
                self.decline(operator, offer, reason, &mut turn);
            }
            Input::Take { operator } => self.take(operator, &mut turn),
            Input::Reply { operator, text } => self.reply(operator, text, &mut turn),
            Input::Note { operator, text } => self.note(operator, text, &mut turn),
            Input::Finish { operator } => self.finish(operator, &mut turn),
            Input::Decided(decision) => self.decided(decision, &mut turn),
            Input::SomebodyEligible => self.somebody_eligible(&mut turn),
            Input::OperatorLeft { operator, departure } => {
                self.operator_left(operator, departure, &mut turn);
            }
            Input::SettingsChanged => self.settings_changed(&mut turn),
            Input::DeliveryChanged { entry, delivery, external_id } => {
                self.delivery_changed(entry, delivery, external_id, &mut turn);
            }
            Input::DeadlinePassed => self.deadline_passed(&mut turn),
        }
        if turn.has_appended() {
            self.updated_at = now;
        }
        turn.effects
    }

    /// When [`Input::DeadlinePassed`] is due, if nothing else comes first.
    pub fn deadline(&self) -> Option<Timestamp> {
        match &self.state {
            State::Waiting { search } => {
                search.text_at.into_iter().chain(search.next_round_at).min()
            }
            State::Offered { search, open, offer: _ } => {
                open.iter().map(|o| o.until).chain(search.text_at).min()
            }
            State::Closing { until, operator: _ } => Some(*until),
            State::Active { .. } | State::Closed { .. } => None,
        }
    }

    /// The offers that stand now.
    pub fn open_offers(&self) -> &[OpenOffer] {
        match &self.state {
            State::Offered { open, .. } => open,
            State::Waiting { .. }
            | State::Active { .. }
            | State::Closing { .. }
            | State::Closed { .. } => &[],
        }
    }

    pub fn is_closed(&self) -> bool {
        matches!(self.state, State::Closed { .. })
    }

    /// The conversation as lists show it.
    pub fn row(&self) -> Row {
        let (state, unanswered, offers) = match &self.state {
            State::Waiting { search } => (RowState::Waiting, search.is_unanswered(), Vec::new()),
            State::Offered { offer, open, search: _ } => {
                (RowState::Offered, false, open.iter().map(|o| o.row(*offer)).collect())
            }
            State::Active { .. } => (RowState::Active, false, Vec::new()),
            State::Closing { .. } => (RowState::Closing, false, Vec::new()),
            State::Closed { .. } => (RowState::Closed, false, Vec::new()),
        };
        Row {
            conversation: self.id.clone(),
            line: self.line.clone(),
            channel: self.chat.channel.clone(),
            customer_name: self.customer_name.clone(),
            state,
            operator: self.holder().cloned(),
            offers,
            held: self.held.clone(),
            unanswered,
            waiting_since: self.waiting_since,
            started_at: self.started_at,
            updated_at: self.updated_at,
            preview: self.preview.clone(),
            preview_kind: self.preview_kind.clone(),
            last_entry: self.last_entry,
        }
    }

    /// Who sees its entries as they come: who holds it or held it last, and those it is offered to.
    pub fn audience(&self) -> Audience {
        let offered = self.open_offers().iter().map(|offer| &offer.operator);
        Audience(self.holder().into_iter().chain(offered).cloned().collect())
    }

    /// Who has it, or had it when it was finished.
    fn holder(&self) -> Option<&OperatorId> {
        match &self.state {
            State::Active { operator } | State::Closing { operator, .. } => Some(operator),
            State::Closed { operator, .. } => operator.as_ref(),
            State::Waiting { .. } | State::Offered { .. } => None,
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
            State::Closing { operator, .. } => self.close(Some(operator.clone()), turn),
            State::Active { .. } | State::Closed { .. } => {
                turn.ignore("no rule runs in this state");
            }
        }
    }
}

impl OpenOffer {
    fn row(&self, offer: OfferId) -> RowOffer {
        RowOffer { operator: self.operator.clone(), offer, until: self.until }
    }
}
