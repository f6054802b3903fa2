//! How people do what they do, as far as the record tells.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use crate::id::OperatorId;
use crate::rehearsal::{OfferAnswer, Record};

/// Where the whole day tells nothing.
const ACCEPT_SECONDS: u32 = 10;
const REPLY_SECONDS: u32 = 60;
const HANDLING_SECONDS: u32 = 300;

#[derive(Debug)]
pub(super) struct Habits {
    answers: BTreeMap<OperatorId, Again<OfferAnswer>>,
    replies: BTreeMap<OperatorId, Again<u32>>,
    handlings: BTreeMap<Arc<str>, Vec<Handled>>,
    usual_answer: OfferAnswer,
    usual_reply_seconds: u32,
    usual_handling_seconds: u32,
}

/// How long a conversation takes, and when its customer wrote last.
#[derive(Clone, Copy, Debug)]
pub(super) struct Handled {
    seconds: u32,
    last_message_at: Option<Timestamp>,
}

/// A list that begins again at its end.
#[derive(Debug)]
struct Again<T> {
    items: Vec<T>,
    next: usize,
}

impl Habits {
    pub(super) fn of(record: &Record) -> Self {
        let people = || record.attendances.iter();
        let accepts = people().flat_map(|his| &his.answers).filter_map(|answer| match answer {
            OfferAnswer::Accepted { after_seconds } => Some(*after_seconds),
            OfferAnswer::Declined { .. } | OfferAnswer::Ignored => None,
        });
        let after_seconds = median(accepts).unwrap_or(ACCEPT_SECONDS);
        let replies = people().flat_map(|his| his.reply_seconds.iter().copied());
        let handlings = record.handlings.iter().map(|handling| handling.seconds);
        Self {
            answers: people()
                .map(|his| (his.operator.clone(), Again::of(his.answers.clone())))
                .collect(),
            replies: people()
                .map(|his| (his.operator.clone(), Again::of(his.reply_seconds.clone())))
                .collect(),
            handlings: handlings_by_chat(record),
            usual_answer: OfferAnswer::Accepted { after_seconds },
            usual_reply_seconds: median(replies).unwrap_or(REPLY_SECONDS),
            usual_handling_seconds: median(handlings).unwrap_or(HANDLING_SECONDS),
        }
    }

    /// What he does with the next offer.
    pub(super) fn answer(&mut self, operator: &OperatorId) -> OfferAnswer {
        let his = self.answers.get_mut(operator).and_then(Again::next);
        his.unwrap_or(self.usual_answer)
    }

    /// How long his next answer to a customer takes.
    pub(super) fn reply(&mut self, operator: &OperatorId) -> SignedDuration {
        let his = self.replies.get_mut(operator).and_then(Again::next);
        seconds(his.unwrap_or(self.usual_reply_seconds))
    }

    /// When the conversation of this chat, the `nth` from 0, is finished that is accepted now.
    pub(super) fn finish_at(&self, chat: &str, nth: usize, now: Timestamp) -> Timestamp {
        let known = self.handlings.get(chat).and_then(|handlings| handlings.get(nth));
        let lasts = known.map_or(self.usual_handling_seconds, |handled| handled.seconds);
        let last_message_at = known.and_then(|handled| handled.last_message_at);
        let end = now + seconds(lasts);
        last_message_at.map_or(end, |last| end.max(last + seconds(self.usual_reply_seconds)))
    }
}

impl<T: Copy> Again<T> {
    fn of(items: Vec<T>) -> Self {
        Self { items, next: 0 }
    }

    /// None: the list is empty.
    fn next(&mut self) -> Option<T> {
        let item = self.items.get(self.next).copied();
        self.next = (self.next + 1) % self.items.len().max(1);
        item
    }
}

fn handlings_by_chat(record: &Record) -> BTreeMap<Arc<str>, Vec<Handled>> {
    let mut messages: BTreeMap<&str, Vec<Timestamp>> = BTreeMap::new();
    for arrival in &record.arrivals {
        messages.entry(&arrival.chat).or_default().push(arrival.at);
    }
    let mut by_chat: BTreeMap<Arc<str>, Vec<Handled>> = BTreeMap::new();
    for handling in &record.handlings {
        let of_chat = messages.get(&*handling.chat).map(Vec::as_slice).unwrap_or_default();
        let before = of_chat.partition_point(|at| *at <= handling.finished_at);
        let last_message_at = before.checked_sub(1).and_then(|last| of_chat.get(last)).copied();
        let handled = Handled { seconds: handling.seconds, last_message_at };
        by_chat.entry(handling.chat.clone()).or_default().push(handled);
    }
    by_chat
}

fn median(values: impl Iterator<Item = u32>) -> Option<u32> {
    let mut values: Vec<u32> = values.collect();
    values.sort_unstable();
    values.get(values.len().saturating_sub(1) / 2).copied()
}

pub(super) fn seconds(seconds: u32) -> SignedDuration {
    SignedDuration::from_secs(seconds.into())
}
