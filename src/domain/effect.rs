//! Everything that can enter a conversation and everything that can leave it.
//!
//! | enters ([`Input`]) | from |
//! |---|---|
//! | `CustomerWrote`, `CustomerEdited`, `CustomerDeleted`, `CustomerReacted`, `CustomerGone`, `CustomerBack`, `ChatMigrated`, `WrittenElsewhere` | the channel |
//! | `Accept`, `Decline`, `Take`, `TakeOver`, `PickUp`, `Reply`, `Correct`, `Note`, `Draft`, `Topic`, `Hold`, `Transfer`, `Move`, `Withdraw`, `Invite`, `Join`, `Leave`, `Finish`, `Spam`, `Release`, `Review` | a person, by command |
//! | `Continue` | the part before, in another line |
//! | `Decided` | the line's queue, in answer to `Effect::Seek` |
//! | `SomebodyEligible`, `OperatorLeft`, `OperatorBack`, `Reconsider` | the line |
//! | `DeliveryChanged`, `CorrectionOver`, `FileCopied` | the outbox |
//! | `SaidEarly` | the channel, of what the outbox is just sending |
//! | `DeadlinePassed` | the line's one timer |
//!
//! | leaves ([`Effect`]) | becomes |
//! |---|---|
//! | `Append` | a record of the history and an event of the feed |
//! | `Send`, `Correct`, `Copy` | a job of the outbox |
//! | `Seek` | a question to the queue, answered by `Decided` in the same round |
//! | `Reserve`, `Release`, `Count` | capacity and fairness counters |
//! | `Answered`, `Missed` | what his absence of mind is judged by ([`crate::operator::Misses`]) |
//! | `Assigned`, `Consented`, `Spam`, `Finished` | changes of the customer's card and lead |
//! | `Continue` | the next part of the conversation, in another line |
//! | `Closed` | the chat is free for its next conversation |
//! | `Refuse` | the answer to a command that cannot be carried out; nothing is written |
//! | `Ignore` | nothing but a line in the log |

use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::chat::{CustomerMessage, ElsewhereMessage};
use crate::conversation::Continuation;
use crate::customer::CustomerFacts;
use crate::entry::{Correction, CorrectionState, DeliveryState, Record};
use crate::file::{FileCopy, StoredFile, WantedFile};
use crate::hours::Hours;
use crate::id::{ConversationId, EntryNumber, LineId, OfferId, OperatorId};
use crate::limits::Limits;
use crate::line::{LineSettings, RatingScale};
use crate::operator::Departure;
use crate::progress::Progress;
use crate::routing::{Decision, Seek, Via};

#[derive(Clone, Debug, PartialEq)]
pub enum Input {
    CustomerWrote {
        message: CustomerMessage,
        original: Option<Arc<str>>,
    },
    CustomerEdited {
        external_id: Arc<str>,
        text: String,
    },
    /// Messages are gone from the platform.
    CustomerDeleted {
        external_ids: Vec<Arc<str>>,
    },
    CustomerReacted {
        external_id: Arc<str>,
        /// Empty: he took it back.
        reaction: String,
    },
    /// The customer blocked us or left, as the platform says.
    CustomerGone {
        reason: String,
    },
    CustomerBack,
    /// The platform calls the chat otherwise from now on.
    ChatMigrated {
        to: Arc<str>,
    },
    /// Somebody of ours answered on the platform itself.
    WrittenElsewhere {
        message: ElsewhereMessage,
        original: Option<Arc<str>>,
    },
    Accept {
        operator: OperatorId,
        offer: OfferId,
    },
    Decline {
        operator: OperatorId,
        offer: OfferId,
        reason: Option<String>,
    },
    /// Taken by hand from the list.
    Take {
        operator: OperatorId,
    },
    /// Taken from whoever has it, by somebody who oversees the line.
    TakeOver {
        operator: OperatorId,
    },
    /// The first input of a conversation that an operator opens himself, after a closed one.
    PickUp {
        operator: OperatorId,
    },
    Reply {
        operator: OperatorId,
        /// Empty only with files.
        text: String,
        files: Vec<StoredFile>,
    },
    /// Edits or deletes a message of his own; that it is one is asked before.
    Correct {
        operator: OperatorId,
        entry: EntryNumber,
        correction: Correction,
    },
    Note {
        operator: OperatorId,
        text: String,
    },
    /// What he is just writing; replaces what stood there. Empty: nothing.
    Draft {
        operator: OperatorId,
        text: String,
    },
    /// Empty: none.
    Topic {
        operator: OperatorId,
        topic: String,
    },
    /// Puts it aside until then; none: takes it up again.
    Hold {
        operator: OperatorId,
        until: Option<Timestamp>,
    },
    /// Hands it to a colleague, who is asked first.
    Transfer {
        operator: OperatorId,
        to: OperatorId,
        to_available: bool,
        comment: Option<String>,
    },
    /// Hands it to another line, where it goes on under that id.
    Move {
        operator: OperatorId,
        line: LineId,
        next: ConversationId,
        comment: Option<String>,
    },
    /// The first input of a part that begins in another line.
    Continue {
        operator: OperatorId,
        /// The line that it comes from.
        line: LineId,
        comment: Option<String>,
    },
    /// Takes a transfer back that nobody has accepted yet.
    Withdraw {
        operator: OperatorId,
    },
    /// Asks a colleague to help.
    Invite {
        operator: OperatorId,
        colleague: OperatorId,
    },
    /// Looks on and may help, without having it.
    Join {
        operator: OperatorId,
    },
    /// Looks on no longer.
    Leave {
        operator: OperatorId,
    },
    Finish {
        operator: OperatorId,
        /// Without a word to the customer.
        silent: bool,
    },
    Spam {
        operator: OperatorId,
        /// And nothing more of this customer is shown to anybody.
        block: bool,
    },
    /// Back to the queue, by somebody who oversees the line.
    Release {
        operator: OperatorId,
    },
    /// A supervisor's opinion of how it was handled.
    Review {
        operator: OperatorId,
        /// 1..5.
        stars: u8,
        comment: Option<String>,
    },
    Decided(Decision),
    /// Somebody who has not passed can be offered this conversation now.
    SomebodyEligible,
    /// An operator went away: what is offered to him moves on, what he has may be routed again.
    /// The queue must know it already.
    OperatorLeft {
        operator: OperatorId,
        departure: Departure,
    },
    /// He is here again.
    OperatorBack {
        operator: OperatorId,
    },
    /// The line's rules were changed, or it opens, or it closes.
    Reconsider,
    DeliveryChanged {
        entry: EntryNumber,
        delivery: DeliveryState,
        external_id: Option<Arc<str>>,
    },
    /// What came of a correction: never `Pending`.
    CorrectionOver {
        entry: EntryNumber,
        correction: Correction,
        state: CorrectionState,
    },
    /// The platform says something of a message before we know what it calls it.
    SaidEarly {
        progress: Progress,
    },
    /// A customer's file is kept here now, or will not be.
    FileCopied {
        entry: EntryNumber,
        /// Counts the attachments of the message from 0.
        attachment: u16,
        copy: FileCopy,
    },
    /// Carries no authority: the conversation compares with its own deadline.
    DeadlinePassed,
}

/// What a conversation may know beside itself. Never all operators.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    pub line: &'a LineSettings,
    pub hours: &'a Hours,
    pub limits: &'a Limits,
    /// The company's name, as customers read it.
    pub company: &'a str,
    /// The operator that [`crate::conversation::Conversation::concerns`] names.
    pub colleague: Option<Colleague<'a>>,
    pub customer: &'a CustomerFacts,
}

/// An operator as a conversation sees him.
#[derive(Clone, Copy, Debug)]
pub struct Colleague<'a> {
    pub name: &'a str,
    /// How he is gone, if he is.
    pub departure: Option<Departure>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    Append(Record),
    /// The entry is to be sent to the customer.
    Send {
        entry: EntryNumber,
        text: String,
        files: Vec<StoredFile>,
        /// With buttons for a rating on this scale, where the channel has buttons.
        rating: Option<RatingScale>,
    },
    /// The message of an entry is to be corrected where the customer reads it.
    Correct {
        entry: EntryNumber,
        correction: Correction,
    },
    /// The file of an entry is to be fetched from the platform.
    Copy {
        entry: EntryNumber,
        attachment: u16,
        file: WantedFile,
    },
    Seek(Seek),
    /// Takes a place of the operator's capacity.
    Reserve {
        operator: OperatorId,
        limit: PlaceLimit,
    },
    Release {
        operator: OperatorId,
    },
    /// Changes what the operator has received from this line, for `evenly`.
    Count {
        operator: OperatorId,
        by: i64,
        at: Timestamp,
    },
    /// He accepted or declined: he is awake.
    Answered {
        operator: OperatorId,
    },
    /// An offer that he could have answered ran out.
    Missed {
        operator: OperatorId,
    },
    /// Somebody has it now.
    Assigned {
        operator: OperatorId,
        via: Via,
    },
    /// The customer has been told how we use what he writes.
    Consented,
    Spam {
        by: OperatorId,
        block: bool,
    },
    /// It is over for whoever had it; none: nobody had.
    Finished {
        operator: Option<OperatorId>,
    },
    /// It goes on in another line.
    Continue(Box<Continuation>),
    Closed,
    Refuse(Refusal),
    Ignore(&'static str),
}

/// Whether a reservation asks for a free place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlaceLimit {
    /// Refused when the operator is full.
    Capacity,
    /// Goes beyond it by rule.
    Beyond,
}

/// Why a command was not carried out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Refusal {
    /// The offer has ended; `holder` has the conversation now, if anybody.
    NoLongerYours { holder: Option<OperatorId> },
    /// Only the operator who holds the conversation may do this.
    NotYours { holder: Option<OperatorId> },
    /// The conversation is closed.
    Closed,
    /// The operator has no free place.
    Full,
    /// The command makes no sense in the conversation's state.
    NotNow,
    /// The line wants a topic before the conversation is finished.
    TopicRequired,
    /// The line has no such topic.
    UnknownTopic,
    /// It cannot be handed to whoever has it.
    SameOperator,
    /// The time lies in the past, or too far ahead.
    BadTime,
    /// Too many take part already.
    TooMany,
}
