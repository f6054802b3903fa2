//! One conversation as the book knows it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};

use crate::entry::Fact;
use crate::id::{ChatKey, ConversationId, CustomerId, LineId, OfferId, OperatorId};
use crate::line::RatingScale;
use crate::routing::{PassedHow, Via};
use crate::stories::simulator::book::told::Told;

#[expect(clippy::struct_excessive_bools, reason = "each says that one thing is so or is to be")]
#[derive(Clone, Debug)]
pub(super) struct Case {
    pub(super) id: ConversationId,
    pub(super) line: LineId,
    pub(super) chat: ChatKey,
    pub(super) customer: CustomerId,
    /// There was none before it in this chat.
    pub(super) is_first: bool,
    pub(super) stage: Stage,
    /// In force while it waits or is offered.
    pub(super) hunt: Hunt,
    pub(super) entries: u32,
    pub(super) last_offer: u32,
    pub(super) waiting: Option<Timestamp>,
    pub(super) last_word: Timestamp,
    /// When something last changed in it.
    pub(super) touched: Timestamp,
    pub(super) heard: bool,
    /// Who of us has written to the customer.
    pub(super) writers: BTreeSet<OperatorId>,
    pub(super) joined: BTreeSet<OperatorId>,
    pub(super) topic: Option<String>,
    pub(super) unanswered_said: bool,
    pub(super) closing_said: bool,
    pub(super) off_hours_said: Option<Timestamp>,
    pub(super) rating_asked: bool,
    pub(super) rating_open: Option<(RatingScale, Timestamp)>,
}

#[derive(Clone, Debug)]
pub(super) enum Stage {
    Waiting,
    Offered(Offered),
    Active(Tenure),
    Closing { operator: OperatorId, until: Timestamp },
    Closed,
}

#[derive(Clone, Debug)]
pub(super) struct Offered {
    pub(super) offer: OfferId,
    pub(super) via: Via,
    /// Who hands it on.
    pub(super) sender: Option<OperatorId>,
    pub(super) open: BTreeMap<OperatorId, Put>,
}

/// An offer before one operator.
#[derive(Clone, Debug)]
pub(super) struct Put {
    pub(super) until: Timestamp,
    pub(super) reserved: bool,
    pub(super) counted: bool,
    /// He was here when it was made, and since.
    pub(super) available: bool,
}

#[derive(Clone, Debug)]
pub(super) struct Tenure {
    pub(super) operator: OperatorId,
    pub(super) since: Timestamp,
    pub(super) late: bool,
    pub(super) silent: Option<Timestamp>,
    pub(super) away: Option<Timestamp>,
    pub(super) hold: Option<Timestamp>,
}

#[expect(clippy::struct_excessive_bools, reason = "each says that one thing is so or is to be")]
#[derive(Clone, Debug)]
pub(super) struct Hunt {
    pub(super) since: Timestamp,
    pub(super) routed: Option<Timestamp>,
    pub(super) asleep: bool,
    pub(super) round: u32,
    pub(super) round_began: Option<Timestamp>,
    pub(super) passed: Vec<(OperatorId, PassedHow, Timestamp)>,
    /// Somebody has declined or missed in this round.
    pub(super) somebody_passed: bool,
    pub(super) exhausted: bool,
    pub(super) next_round: Option<Timestamp>,
    pub(super) responsible_asked: bool,
    pub(super) known_asked: bool,
    pub(super) listed_for: Option<OperatorId>,
    pub(super) returns_to: Option<OperatorId>,
}

impl Hunt {
    pub(super) fn new(since: Timestamp) -> Self {
        Self {
            since,
            routed: None,
            asleep: false,
            round: 1,
            round_began: None,
            passed: Vec::new(),
            somebody_passed: false,
            exhausted: false,
            next_round: None,
            responsible_asked: false,
            known_asked: false,
            listed_for: None,
            returns_to: None,
        }
    }

    pub(super) fn has_passed(&self, operator: &OperatorId) -> bool {
        self.passed.iter().any(|(who, _, _)| who == operator)
    }

    /// In the unanswered list.
    pub(super) fn is_unanswered(&self) -> bool {
        self.exhausted && self.next_round.is_none() && !self.asleep
    }

    /// The next round, or the same one once more. Who declined within the last offer timeout is
    /// left out.
    pub(super) fn begin_round(&mut self, timeout: SignedDuration, now: Timestamp) {
        if self.exhausted {
            self.round += 1;
            self.round_began = None;
            self.somebody_passed = false;
        }
        self.exhausted = false;
        self.next_round = None;
        self.passed.retain(|(_, how, at)| *how == PassedHow::Declined && *at + timeout > now);
    }
}

impl Tenure {
    pub(super) fn begin(operator: OperatorId, silent: Option<Timestamp>, since: Timestamp) -> Self {
        Self { operator, since, late: false, silent, away: None, hold: None }
    }
}

impl Case {
    pub(super) fn holder(&self) -> Option<&OperatorId> {
        match &self.stage {
            Stage::Active(tenure) => Some(&tenure.operator),
            Stage::Waiting | Stage::Offered(_) | Stage::Closing { .. } | Stage::Closed => None,
        }
    }

    pub(super) fn put_before(&self, operator: &OperatorId) -> Option<(&Offered, &Put)> {
        let Stage::Offered(offered) = &self.stage else { return None };
        offered.open.get(operator).map(|put| (offered, put))
    }

    pub(super) fn is_open(&self) -> bool {
        !matches!(self.stage, Stage::Closed)
    }

    pub(super) fn waits(&self) -> bool {
        matches!(self.stage, Stage::Waiting)
    }

    /// Somebody is sought for it, by the queue and not by a colleague.
    pub(super) fn is_sought(&self) -> bool {
        match &self.stage {
            Stage::Waiting => true,
            Stage::Offered(offered) => offered.sender.is_none(),
            Stage::Active(_) | Stage::Closing { .. } | Stage::Closed => false,
        }
    }

    /// The request to rate was sent before this step.
    pub(super) fn rating_asked_before(&self, told: &Told) -> bool {
        let now = |fact: &Fact| matches!(fact, Fact::RatingRequested { .. });
        self.rating_asked && !told.facts.iter().any(now)
    }

    pub(super) fn tenure(&mut self) -> Option<&mut Tenure> {
        if let Stage::Active(tenure) = &mut self.stage { Some(tenure) } else { None }
    }
}
