//! How long those who wait have to wait, as the last hour shows. Promises nothing: where too little
//! is known, nothing is said.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::ops::Bound;

use jiff::{SignedDuration, Timestamp};

use crate::conversation::{Conversation, State};
use crate::id::ConversationId;

/// How long what was seen is taken for how it is now.
const WINDOW: SignedDuration = SignedDuration::from_hours(1);
/// The newest are looked at.
const TAKEN_KEPT: usize = 20;
/// Fewer say nothing.
const TAKEN_MIN: usize = 3;

/// Who is sought for now, in what order, and how long the last ones waited.
#[derive(Clone, Debug, Default)]
pub struct Pace {
    seeking: BTreeMap<ConversationId, Seeking>,
    in_order: BTreeSet<(Timestamp, ConversationId)>,
    taken: VecDeque<Taken>,
}

#[derive(Clone, Copy, Debug)]
struct Seeking {
    since: Timestamp,
    /// At which place he stood when he came, from 1.
    came_as: usize,
}

#[derive(Clone, Copy, Debug)]
struct Taken {
    at: Timestamp,
    /// How long he waited for each place.
    each: SignedDuration,
}

/// Where somebody stands who waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// From 1.
    pub position: usize,
    /// None: too little is known.
    pub wait: Option<SignedDuration>,
}

impl Pace {
    /// Takes a conversation as it stands from now on.
    pub fn stands(&mut self, conversation: &Conversation, now: Timestamp) {
        let id = &conversation.id;
        match (&conversation.state, conversation.waiting_since) {
            (State::Waiting { .. } | State::Offered { .. }, Some(since)) => self.seeks(id, since),
            (State::Active(_), _) => {
                if let Some(seeking) = self.leave(id) {
                    self.note(seeking, now);
                }
            }
            (State::Waiting { .. } | State::Offered { .. }, None)
            | (State::Closing { .. } | State::Closed { .. }, _) => {
                self.leave(id);
            }
        }
    }

    /// Where a conversation stands; none: nobody is sought for it.
    pub fn place(&self, conversation: &ConversationId, now: Timestamp) -> Option<Place> {
        let seeking = self.seeking.get(conversation)?;
        let before = self.in_order.range(..(seeking.since, conversation.clone())).count();
        let position = before + 1;
        Some(Place { position, wait: self.wait_at(position, now) })
    }

    /// The first so many, each with where it stands.
    pub fn places(&self, count_max: usize, now: Timestamp) -> Vec<(ConversationId, Place)> {
        let first = self.in_order.iter().take(count_max).enumerate();
        let place = |(before, (_, id)): (usize, &(Timestamp, ConversationId))| {
            let position = before + 1;
            (id.clone(), Place { position, wait: self.wait_at(position, now) })
        };
        first.map(place).collect()
    }

    /// The median of what each place took, for so many places.
    fn wait_at(&self, position: usize, now: Timestamp) -> Option<SignedDuration> {
        let recent = self.taken.iter().filter(|taken| now.duration_since(taken.at) <= WINDOW);
        let mut each: Vec<SignedDuration> = recent.map(|taken| taken.each).collect();
        if each.len() < TAKEN_MIN {
            return None;
        }
        each.sort_unstable();
        let median = each.get(each.len() / 2).copied()?;
        let places = i32::try_from(position).unwrap_or(i32::MAX);
        median.checked_mul(places)
    }

    fn seeks(&mut self, id: &ConversationId, since: Timestamp) {
        if self.seeking.contains_key(id) {
            return;
        }
        let place = (since, id.clone());
        // Whoever comes stands behind nearly all: it is quick to count those behind him.
        let behind = self.in_order.range((Bound::Excluded(&place), Bound::Unbounded)).count();
        let came_as = self.in_order.len() - behind + 1;
        self.in_order.insert(place);
        self.seeking.insert(id.clone(), Seeking { since, came_as });
    }

    fn leave(&mut self, id: &ConversationId) -> Option<Seeking> {
        let seeking = self.seeking.remove(id)?;
        self.in_order.remove(&(seeking.since, id.clone()));
        Some(seeking)
    }

    fn note(&mut self, seeking: Seeking, now: Timestamp) {
        let places = i32::try_from(seeking.came_as.max(1)).unwrap_or(i32::MAX);
        let each = now.duration_since(seeking.since).checked_div(places).unwrap_or_default();
        self.taken.push_back(Taken { at: now, each });
        if self.taken.len() > TAKEN_KEPT {
            self.taken.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Timestamp = Timestamp::UNIX_EPOCH;

    fn at(seconds: i64) -> Timestamp {
        START + SignedDuration::from_secs(seconds)
    }

    fn id(n: usize) -> ConversationId {
        ConversationId::new(format!("0-{n}"))
    }

    fn takes(pace: &mut Pace, n: usize, since: i64, taken: i64) {
        pace.seeks(&id(n), at(since));
        let seeking = pace.leave(&id(n)).expect("he waits");
        pace.note(seeking, at(taken));
    }

    #[test]
    fn too_little_says_nothing() {
        let mut pace = Pace::default();
        pace.seeks(&id(0), at(0));
        assert_eq!(pace.place(&id(0), at(1)), Some(Place { position: 1, wait: None }));
        assert_eq!(pace.place(&id(1), at(1)), None);
    }

    #[test]
    fn those_who_came_before_stand_before() {
        let mut pace = Pace::default();
        for n in 1..=3 {
            takes(&mut pace, n, 0, 30);
        }
        pace.seeks(&id(10), at(40));
        pace.seeks(&id(11), at(50));
        let second = Place { position: 2, wait: Some(SignedDuration::from_secs(60)) };
        assert_eq!(pace.place(&id(11), at(60)), Some(second));
        pace.leave(&id(10));
        assert_eq!(pace.place(&id(11), at(61)).map(|place| place.position), Some(1));
    }

    #[test]
    fn the_place_at_which_somebody_came_counts_those_before_him_only() {
        let mut pace = Pace::default();
        let came_as = |pace: &Pace, n| pace.seeking.get(&id(n)).map(|seeking| seeking.came_as);
        for (n, since) in [(1, 10), (2, 30), (3, 20), (4, 40)] {
            pace.seeks(&id(n), at(since));
        }
        assert_eq!((1..=4).filter_map(|n| came_as(&pace, n)).collect::<Vec<_>>(), [1, 2, 2, 4]);
    }

    #[test]
    fn who_came_far_behind_says_how_long_one_place_takes() {
        let mut pace = Pace::default();
        for n in 0..4 {
            pace.seeks(&id(n), at(0));
        }
        for n in 0..4_u8 {
            let seeking = pace.leave(&id(n.into())).expect("he waits");
            pace.note(seeking, at(60 * (i64::from(n) + 1)));
        }
        pace.seeks(&id(9), at(300));
        let wait = pace.place(&id(9), at(300)).and_then(|place| place.wait);
        assert_eq!(wait, Some(SignedDuration::from_secs(60)));
        let an_hour_later = at(300 + 3_601);
        assert_eq!(pace.place(&id(9), an_hour_later).and_then(|place| place.wait), None);
    }
}
