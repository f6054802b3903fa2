//! One handling cycle with a customer, from the first message to the close.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::effect::{Effect, Facts, Input};
use crate::event::{Audience, Row};
use crate::id::{ChatKey, ConversationId, EntryNumber, LineId, OfferId, OperatorId};
use crate::routing::Passed;

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
    /// The first characters of the last message.
    pub preview: String,
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
    Closed {
        operator: Option<OperatorId>,
        at: Timestamp,
    },
}

/// How the search for an operator stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Search {
    /// Since when it has been without an operator.
    pub since: Timestamp,
    /// 1, 2, ...
    pub round: u32,
    /// When the first offer of this round was made.
    pub round_began: Option<Timestamp>,
    pub passed: Vec<Passed>,
    /// Everybody eligible has passed.
    pub exhausted: bool,
    /// When the next round begins; none: it does not by itself.
    pub next_round_at: Option<Timestamp>,
    /// When the unanswered text is due; none: not by the clock.
    pub text_at: Option<Timestamp>,
}

/// An offer before one operator.
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
            continues: opening.continues,
        }
    }

    /// Takes one input. See [`Input`] and [`Effect`] for what may come and go.
    pub fn handle(&mut self, _input: Input, _facts: &Facts<'_>, _now: Timestamp) -> Vec<Effect> {
        Vec::new()
    }

    /// When [`Input::DeadlinePassed`] is due, if nothing else comes first.
    pub fn deadline(&self) -> Option<Timestamp> {
        None
    }

    pub fn is_closed(&self) -> bool {
        matches!(self.state, State::Closed { .. })
    }

    /// The conversation as lists show it.
    pub fn row(&self) -> Row {
        unreachable!()
    }

    /// Who sees its entries as they come: its operator, and those it is offered to.
    pub fn audience(&self) -> Audience {
        Audience::default()
    }
}

impl Search {
    fn begin(now: Timestamp) -> Self {
        Self {
            since: now,
            round: 1,
            round_began: None,
            passed: Vec::new(),
            exhausted: false,
            next_round_at: None,
            text_at: None,
        }
    }
}
