//! What has to come after all that lies in the inbox, and waits for that while everything else goes on.

use std::collections::{BTreeSet, VecDeque};

use domain::id::ConversationId;

use crate::actors::work::Work;

/// How much may wait; whoever asks for more from outside is told to come back.
const WORKS_MAX: usize = 1_000;

#[derive(Debug, Default)]
pub(crate) struct Aside {
    /// In the order in which they were handed over.
    works: VecDeque<Work>,
    /// What they are about.
    conversations: BTreeSet<ConversationId>,
}

impl Aside {
    /// Has works of one round wait, those with these numbers and all others about the same conversations, and
    /// gives back the rest.
    pub(crate) fn put(&mut self, works: Vec<Work>, numbers: &BTreeSet<usize>) -> Vec<Work> {
        let named = works.iter().enumerate().filter(|(n, _)| numbers.contains(n));
        self.conversations.extend(named.filter_map(|(_, work)| work.conversation().cloned()));
        let mut rest = Vec::new();
        for (n, work) in works.into_iter().enumerate() {
            if numbers.contains(&n) {
                self.keep(work);
            } else {
                rest.extend(self.follows(work));
            }
        }
        rest
    }

    /// Keeps work that is about a conversation of which something waits, so that it does not overtake
    /// that; gives back all other.
    pub(crate) fn follows(&mut self, work: Work) -> Option<Work> {
        if work.conversation().is_some_and(|about| self.conversations.contains(about)) {
            self.keep(work);
            return None;
        }
        Some(work)
    }

    fn keep(&mut self, work: Work) {
        let has_room = self.works.len() < WORKS_MAX;
        self.works.extend(if has_room { Some(work) } else { work.turned_away() });
    }

    /// Everything comes again, before all else that is pending.
    pub(crate) fn give_back(&mut self, pending: &mut VecDeque<Work>) {
        self.conversations.clear();
        for work in self.works.drain(..).rev() {
            pending.push_front(work);
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.works.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use domain::id::{ChannelId, LineId, OperatorId};
    use domain::operator::Departure;
    use tokio::sync::oneshot;

    use super::*;
    use crate::actors::handle::NotStored;
    use crate::actors::work::Answer;

    #[test]
    fn what_is_about_the_same_conversation_waits_too_in_its_order() {
        let mut aside = Aside::default();
        let round = vec![due("c1"), left("c2"), due("c3"), due("c2"), wake(), left("c2")];
        assert_eq!(names(aside.put(round, &BTreeSet::from([3, 4]))), ["due c1", "due c3"]);
        assert_eq!(aside.follows(due("c2")).map(name), None);
        assert_eq!(aside.follows(due("c1")).map(name), Some("due c1".to_owned()));
        assert_eq!(aside.follows(wake()).map(name), Some("wake".to_owned()));
        let mut pending = VecDeque::from([due("c4")]);
        aside.give_back(&mut pending);
        let all = ["left c2", "due c2", "wake", "left c2", "due c2", "due c4"];
        assert_eq!(names(pending), all);
        assert!(aside.is_empty());
        assert_eq!(aside.follows(due("c2")).map(name), Some("due c2".to_owned()));
    }

    #[test]
    fn of_more_than_may_wait_what_the_hub_wants_itself_is_kept() {
        let mut aside = Aside::default();
        let round: Vec<Work> = (0..WORKS_MAX).map(|_| wake()).collect();
        let all = (0..WORKS_MAX).collect();
        assert!(aside.put(round, &all).is_empty());
        let (asked, mut answered) = polled();
        assert!(aside.put(vec![asked, wake()], &BTreeSet::from([0, 1])).is_empty());
        assert_eq!(answered.try_recv(), Ok(Err(NotStored::Full)));
        let mut pending = VecDeque::new();
        aside.give_back(&mut pending);
        assert_eq!(pending.len(), WORKS_MAX + 1);
    }

    fn due(conversation: &str) -> Work {
        Work::Due { conversation: ConversationId::new(conversation) }
    }

    fn left(conversation: &str) -> Work {
        let (conversation, operator) = (ConversationId::new(conversation), OperatorId::new("anna"));
        Work::Left { conversation, operator, departure: Departure::Absent }
    }

    fn wake() -> Work {
        Work::Wake { line: LineId::new("sales") }
    }

    fn polled() -> (Work, oneshot::Receiver<Result<(), NotStored>>) {
        let (answer, answered) = Answer::new();
        (Work::Polled { channel: ChannelId::new("bot"), position: 1, answer }, answered)
    }

    fn name(work: Work) -> String {
        if let Work::Due { conversation } = work {
            format!("due {conversation}")
        } else if let Work::Left { conversation, .. } = work {
            format!("left {conversation}")
        } else {
            "wake".to_owned()
        }
    }

    fn names(works: impl IntoIterator<Item = Work>) -> Vec<String> {
        works.into_iter().map(name).collect()
    }
}
