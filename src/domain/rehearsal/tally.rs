//! Counts what a run comes to.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::id::{ConversationId, OperatorId};
use crate::rehearsal::{OperatorSummary, Summary};

#[derive(Debug, Default)]
pub(super) struct Tally {
    /// When each conversation began.
    begun: BTreeMap<ConversationId, Timestamp>,
    /// How long those waited that somebody has had.
    waits: BTreeMap<ConversationId, u64>,
    by_operator: BTreeMap<OperatorId, Counts>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    offered: usize,
    accepted: usize,
    missed: usize,
    declined: usize,
}

impl Tally {
    /// A customer's message: with the first one it begins.
    pub(super) fn is_written_in(&mut self, conversation: &ConversationId, at: Timestamp) {
        self.begun.entry(conversation.clone()).or_insert(at);
    }

    /// Somebody has it. Answers whether nobody had it before.
    pub(super) fn is_had(&mut self, conversation: &ConversationId, at: Timestamp) -> bool {
        let Some(begun) = self.begun.get(conversation) else { return false };
        let is_first = !self.waits.contains_key(conversation);
        let wait = u64::try_from(at.duration_since(*begun).as_secs()).unwrap_or(0);
        self.waits.entry(conversation.clone()).or_insert(wait);
        is_first
    }

    pub(super) fn offered(&mut self, operator: &OperatorId) {
        self.counts(operator).offered += 1;
    }

    pub(super) fn accepted(&mut self, operator: &OperatorId) {
        self.counts(operator).accepted += 1;
    }

    pub(super) fn missed(&mut self, operator: &OperatorId) {
        self.counts(operator).missed += 1;
    }

    pub(super) fn declined(&mut self, operator: &OperatorId) {
        self.counts(operator).declined += 1;
    }

    fn counts(&mut self, operator: &OperatorId) -> &mut Counts {
        self.by_operator.entry(operator.clone()).or_default()
    }

    pub(super) fn summary(self) -> Summary {
        let mut waits: Vec<u64> = self.waits.into_values().collect();
        waits.sort_unstable();
        let sum = |count: fn(&Counts) -> usize| self.by_operator.values().map(count).sum();
        Summary {
            conversations: self.begun.len(),
            accepted: waits.len(),
            missed: sum(|counts| counts.missed),
            declined: sum(|counts| counts.declined),
            unanswered: self.begun.len() - waits.len(),
            wait_p50_seconds: percentile(&waits, 50),
            wait_p90_seconds: percentile(&waits, 90),
            wait_max_seconds: waits.last().copied(),
            by_operator: self.by_operator.into_iter().map(of_operator).collect(),
        }
    }
}

fn of_operator((operator, counts): (OperatorId, Counts)) -> OperatorSummary {
    let Counts { offered, accepted, missed, declined } = counts;
    OperatorSummary { operator, offered, accepted, missed, declined }
}

/// The least of the sorted values that so many in a hundred do not exceed.
fn percentile(sorted: &[u64], percent: usize) -> Option<u64> {
    let rank = (sorted.len() * percent).div_ceil(100);
    sorted.get(rank.saturating_sub(1)).copied()
}
