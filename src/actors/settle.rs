//! What a refused round comes to: what was refused for good is answered, the rest is decided again.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use domain::effect::Refusal as Rule;
use domain::id::OperatorId;

use crate::actors::bench::{Bench, Broken};
use crate::actors::draught::{WORK_MAX, in_turn};
use crate::actors::line::Recount;
use crate::actors::posted::settled;
use crate::actors::verdict::{Verdict, answer};
use crate::actors::work::Work;
use crate::protocol::CommandRefusal;
use crate::store::op::{Refusal, Slot};

/// What becomes of a piece of work of a refused round.
#[derive(Clone, Debug)]
enum Fate {
    /// Its own group was not refused, or may be made otherwise.
    Again,
    Answered(Verdict),
    /// The inbox that it puts something into is full.
    NoRoom,
}

impl Bench {
    /// Answers what was refused for good and takes it out of the round.
    pub(crate) async fn settle(
        &mut self,
        refused: Vec<(usize, Refusal)>,
        posting: &BTreeSet<usize>,
        works: &mut Vec<Work>,
        pending: &mut VecDeque<Work>,
    ) -> Result<(), Broken> {
        let mut fates = vec![Fate::Again; works.len()];
        let mut full_from = works.len();
        let mut miscounted: BTreeMap<Slot, BTreeSet<OperatorId>> = BTreeMap::new();
        for (index, refusal) in refused {
            let fate = match refusal {
                Refusal::Duplicate => Fate::Answered(Verdict::Repeated),
                // Finished by somebody else.
                Refusal::Job => Fate::Answered(Verdict::Stale),
                Refusal::SharedVersion { kind, id, found } => {
                    self.customers.shared_moved(kind, &id, found);
                    // Whoever changes the document itself looks at it anew. All others were only
                    // decided with what it said: they are decided again with what it says now.
                    if !works.get(index).is_some_and(Work::changes_documents) {
                        continue;
                    }
                    Fate::Answered(Verdict::Stale)
                }
                Refusal::Capacity { slot, operator, load: _ } => {
                    miscounted.entry(slot).or_default().insert(operator.clone());
                    full_from = full_from.min(index);
                    // Who takes beyond his own places is told. Whom the queue chose is not chosen
                    // again.
                    let takes = works.get(index).and_then(Work::commands) == Some(&operator);
                    if slot == Slot::Offer || !takes {
                        continue;
                    }
                    let why = CommandRefusal::Conversation(Rule::Full);
                    Fate::Answered(Verdict::Refused(why))
                }
                Refusal::InboxFull { shard: _ } => {
                    self.waits_for_room = true;
                    Fate::NoRoom
                }
                Refusal::Behind => {
                    self.inbox_drained = false;
                    if works.iter().any(Work::arrives) {
                        self.detour.was_behind();
                    }
                    let others = self.aside.put(std::mem::take(works), posting);
                    *works = self.beside_the_inbox(others, pending).await?;
                    return Ok(());
                }
                Refusal::Version { id, found, .. } => {
                    return Err(Broken::Store(format!("document {id} is of version {found}")));
                }
                Refusal::Timer => return Err(Broken::Store("a timer is not armed".into())),
            };
            if let Some(slot) = fates.get_mut(index) {
                *slot = fate;
            }
        }
        for (work, fate) in works.iter_mut().zip(&mut fates) {
            answer_by_feed(work, fate);
        }
        self.recount(&miscounted);
        // As many as are left before the first that was too much.
        let before_full = fates.iter().take(full_from);
        let full_from = before_full.filter(|fate| matches!(fate, Fate::Again)).count();
        let Sorted { again: mut kept, answered, behind, later } = sort(works.drain(..).zip(fates));
        pending.extend(later);
        self.put_off(behind.into_iter(), pending);
        // What came before has taken the last place: it is committed first, so that the other
        // lines learn of it.
        if full_from > 0 && full_from < kept.len() {
            self.put_off(kept.drain(full_from..), pending);
        }
        *works = kept;
        let (answered, verdicts) = answered.into_iter().unzip();
        answer(answered, verdicts);
        Ok(())
    }

    /// Those of the works that need not come after what lies in the inbox, in turn with that; the others
    /// are left for later.
    async fn beside_the_inbox(
        &mut self,
        works: Vec<Work>,
        pending: &mut VecDeque<Work>,
    ) -> Result<Vec<Work>, Broken> {
        let waits = |work: &Work| work.arrives() || work.position().is_some();
        let (later, mut beside): (Vec<Work>, Vec<Work>) = works.into_iter().partition(waits);
        self.put_off(later.into_iter(), pending);
        let rest = beside.split_off(beside.len().min(WORK_MAX / 2));
        self.put_off(rest.into_iter(), pending);
        let entries = self.read_inbox(WORK_MAX - beside.len()).await?;
        Ok(in_turn(entries, beside))
    }

    /// Memory had another number of operators' conversations than the store: learn it anew.
    fn recount(&self, miscounted: &BTreeMap<Slot, BTreeSet<OperatorId>>) {
        for addr in self.lines.values() {
            for (slot, operators) in miscounted {
                addr.do_send(Recount::Of(*slot, operators.clone()));
            }
        }
    }
}

/// Who waits for an entry of the inbox hears of it in the feed: that is all that is left of it.
fn answer_by_feed(work: &mut Work, fate: &mut Fate) {
    let Fate::Answered(verdict) = fate else { return };
    let Some(answer) = settled(work, verdict) else { return };
    if let Work::Inbox { post, .. } = work {
        *post = Some(answer);
        *fate = Fate::Again;
    }
}

/// The works of a refused round by what becomes of them, each list in their order.
#[derive(Debug, Default)]
struct Sorted {
    again: Vec<Work>,
    answered: Vec<(Work, Verdict)>,
    /// They wait for room, or behind an entry of the inbox that does: nothing from outside may
    /// overtake it, and the cursor must not pass it.
    behind: Vec<Work>,
    /// They wait for room and come back by themselves.
    later: Vec<Work>,
}

fn sort(works: impl Iterator<Item = (Work, Fate)>) -> Sorted {
    let mut sorted = Sorted::default();
    for (work, fate) in works {
        let in_line = work.position().is_some() || work.arrives();
        match fate {
            Fate::Answered(verdict) => sorted.answered.push((work, verdict)),
            Fate::Again if in_line && !sorted.behind.is_empty() => sorted.behind.push(work),
            Fate::Again => sorted.again.push(work),
            Fate::NoRoom if in_line => sorted.behind.extend(work.turned_away()),
            Fate::NoRoom => sorted.later.extend(work.turned_away()),
        }
    }
    sorted
}

#[cfg(test)]
mod tests {
    use domain::chat::{Inbound, InboundKind};
    use domain::id::{ChannelId, ConversationId};

    use super::*;
    use crate::actors::handle::{Accepted, Arrival, NotStored};
    use crate::actors::work::Answer;
    use crate::store::op::InboxPosition;

    #[test]
    fn nothing_from_outside_overtakes_an_entry_without_room() {
        let sorted = sort(
            [
                (entry(1), Fate::Again),
                (entry(2), Fate::NoRoom),
                (entry(3), Fate::Again),
                (entry(4), Fate::NoRoom),
                (arrival().0, Fate::Again),
                (due("c1"), Fate::Again),
            ]
            .into_iter(),
        );
        assert_eq!(names(&sorted.again), ["entry 1", "c1"]);
        assert_eq!(names(&sorted.behind), ["entry 2", "entry 3", "entry 4", "arrival"]);
        assert_eq!(names(&sorted.later), <[String; 0]>::default());
    }

    #[test]
    fn who_waits_is_told_and_the_rest_comes_back() {
        let (asked, mut answered) = arrival();
        let works = [
            (asked, Fate::NoRoom),
            (arrival().0, Fate::Again),
            (due("c1"), Fate::NoRoom),
            (due("c2"), Fate::Answered(Verdict::Stale)),
        ];
        let sorted = sort(works.into_iter());
        assert_eq!(answered.try_recv(), Ok(Err(NotStored::Full)));
        assert_eq!(names(&sorted.again), ["arrival"]);
        assert_eq!(names(&sorted.behind), <[String; 0]>::default());
        assert_eq!(names(&sorted.later), ["c1"]);
        assert_eq!(sorted.answered.len(), 1);
    }

    fn entry(position: u64) -> Work {
        Work::Inbox { position: InboxPosition(position), bytes: Vec::new(), post: None }
    }

    fn due(conversation: &str) -> Work {
        Work::Due { conversation: ConversationId::new(conversation) }
    }

    fn arrival() -> (Work, tokio::sync::oneshot::Receiver<Result<Accepted, NotStored>>) {
        let (answer, answered) = Answer::new();
        let inbound = Inbound {
            chat: "501".into(),
            customer_name: "Ivan".to_owned(),
            what: InboundKind::Blocked,
            original: None,
            return_to: None,
        };
        let channel = ChannelId::new("bot");
        let arrival = Arrival { channel, dedupe: String::new(), dedupe_seconds: 1, inbound };
        (Work::Arrive { arrival, answer }, answered)
    }

    fn names(works: &[Work]) -> Vec<String> {
        let name = |work: &Work| {
            if let Work::Inbox { position, .. } = work {
                format!("entry {}", position.0)
            } else if let Work::Due { conversation } = work {
                conversation.to_string()
            } else {
                "arrival".to_owned()
            }
        };
        works.iter().map(name).collect()
    }
}
