//! What a round wants written: works are decided one after the other, as many as fit, and then the
//! documents of all that they have changed.

use std::collections::{BTreeSet, VecDeque};

use domain::id::{ChatKey, ConversationId, ShardId};
use futures_util::future::try_join_all;

use crate::actors::aside::Aside;
use crate::actors::bench::{Bench, Broken, Care};
use crate::actors::conversation::Draft;
use crate::actors::encode;
use crate::actors::group::Group;
use crate::actors::ledger::Nothing;
use crate::actors::verdict::Verdict;
use crate::actors::work::Work;
use crate::store::op::{DocumentKind, DocumentName, InboxPosition, Op, SharedKind};

/// Pieces of work in one round.
pub(crate) const WORK_MAX: usize = 60;
/// Ops after which a round takes no more work. One piece of work must fit into what is left of the
/// store's bound, as must one conversation that is offered to a whole queue instead of another.
pub(crate) const OPS_ENOUGH: usize = 600;
/// Ops that the documents of one touched conversation and its chat come to at most.
const DOCUMENT_OPS: usize = 8;

/// What a round wants written, as far as it is decided.
#[derive(Default)]
pub(crate) struct Draught {
    /// In the order in which they were decided.
    pub(crate) works: Vec<Work>,
    pub(crate) verdicts: Vec<Verdict>,
    /// One for each piece of work; when it is finished one for the documents, and one for the inbox.
    pub(crate) groups: Vec<Group>,
    pub(crate) closed: Vec<ConversationId>,
    /// Shards whose inboxes get something.
    pub(crate) posted_to: BTreeSet<ShardId>,
    /// Where the cursor of the inbox stands then, if it moves.
    pub(crate) inbox_to: Option<InboxPosition>,
    /// How often it was refused.
    pub(crate) refusals: u32,
    /// Those of its works, by their numbers, that put something into inboxes and neither arrived nor
    /// come from one.
    pub(crate) posting: BTreeSet<usize>,
    /// What may stand only once in a commit, of its works.
    targets: BTreeSet<String>,
    /// Of the works; those of the documents come later.
    ops: usize,
    /// It takes no more work.
    is_full: bool,
    /// The documents are there too.
    is_finished: bool,
}

impl Draught {
    /// One that is decided again, after so many refusals: of works that it is given, and no others.
    pub(crate) fn again(refusals: u32) -> Self {
        Self { refusals, ..Self::default() }
    }

    /// It takes no more work.
    pub(crate) fn close(&mut self) {
        self.is_full = true;
    }

    /// Whether it takes another piece of work, as far as works are counted.
    pub(crate) fn has_room(&self) -> bool {
        !self.is_full && self.works.len() < WORK_MAX
    }

    /// All that belongs to it is there, so that it can be written.
    pub(crate) fn is_finished(&self) -> bool {
        self.is_finished
    }

    /// It waits for its documents only.
    pub(crate) fn can_be_finished(&self) -> bool {
        !self.is_finished && !self.has_room()
    }

    /// Whether that work has a target which one of its own has.
    pub(crate) fn shares_a_target(&self, targets: &[String]) -> bool {
        targets.iter().any(|target| self.targets.contains(target))
    }

    /// Nothing of it is to be written.
    pub(crate) fn is_void(&self) -> bool {
        let only_guards = |op: &Op| matches!(op, Op::RequireInboxDrained);
        self.groups.iter().all(|group| group.ops.iter().all(only_guards))
    }
}

/// The next pieces of work of those that were handed over, at most so many, but for what has to wait
/// with others that are set aside.
fn handed_over(pending: &mut VecDeque<Work>, aside: &mut Aside, most: usize) -> Vec<Work> {
    let mut works = Vec::new();
    while works.len() < most
        && let Some(work) = pending.pop_front()
    {
        let Some(mut work) = aside.follows(work) else { continue };
        // One at a time: each may be offered to a whole queue.
        if let Work::Reconsider { conversations } = &mut work {
            let rest = conversations.split_off(conversations.len().min(1));
            if !rest.is_empty() {
                pending.push_back(Work::Reconsider { conversations: rest });
            }
        }
        works.push(work);
    }
    works
}

/// Which works of the draught put something into inboxes, but for those that arrived or come from one.
fn posting(draught: &Draught) -> BTreeSet<usize> {
    let posts = |op: &Op| matches!(op, Op::PutInbox { .. });
    let works = draught.works.iter().zip(&draught.groups).enumerate();
    works
        .filter(|(_, (work, group))| {
            work.position().is_none() && !work.arrives() && group.ops.iter().any(posts)
        })
        .map(|(n, _)| n)
        .collect()
}

/// One of each in turn: a round may be full of ops before all of them are decided.
pub(crate) fn in_turn(some: Vec<Work>, others: Vec<Work>) -> Vec<Work> {
    let mut all = Vec::with_capacity(some.len() + others.len());
    let mut others = others.into_iter();
    for one in some {
        all.push(one);
        all.extend(others.next());
    }
    all.extend(others);
    all
}

impl Bench {
    /// Decides what is at hand: the inbox first, then what was handed over directly. If more lies in the
    /// inbox than there is room for they take turns, but for what has arrived and what was set aside:
    /// that must not overtake anything there.
    pub(crate) async fn decide_pending(
        &mut self,
        pending: &mut VecDeque<Work>,
    ) -> Result<(), Broken> {
        if !self.draught.has_room() {
            return Ok(());
        }
        // An entry that may be poison is decided alone.
        let takes_turns = !self.inbox_drained && self.care == Care::None;
        let others = pending.iter().filter(|work| takes_turns && !work.arrives());
        let beside = others.take(WORK_MAX / 2).count();
        let mut works = self.read_inbox(WORK_MAX - beside).await?;
        let entries: Vec<InboxPosition> = works.iter().filter_map(Work::position).collect();
        self.detour.has_read(&entries, self.inbox_at, works.len() + beside == WORK_MAX);
        let direct = self.room_beside(&works);
        if self.inbox_drained {
            self.aside.give_back(pending);
            works.extend(handed_over(pending, &mut self.aside, direct));
        } else if takes_turns {
            let all = std::mem::take(pending).into_iter();
            let (arrived, others): (VecDeque<Work>, VecDeque<Work>) = all.partition(Work::arrives);
            *pending = others;
            works = in_turn(works, handed_over(pending, &mut self.aside, direct));
            self.put_off(arrived.into_iter(), pending);
        }
        self.draw(works, pending).await
    }

    /// For how many pieces of work the round has room beside these.
    fn room_beside(&self, works: &[Work]) -> usize {
        WORK_MAX.saturating_sub(self.draught.works.len() + works.len())
    }

    /// Decides what may be decided while the round before is being written.
    pub(crate) async fn decide_ahead(
        &mut self,
        pending: &mut VecDeque<Work>,
    ) -> Result<(), Broken> {
        let mut works = Vec::new();
        while self.draught.works.len() + works.len() < WORK_MAX
            && let Some(work) = pending.pop_front()
        {
            if !self.goes_ahead(&work) {
                pending.push_front(work);
                break;
            }
            works.push(work);
        }
        self.draw(works, pending).await
    }

    /// Reads together what the works would look for one after the other.
    async fn foresee(&mut self, works: &[Work]) -> Result<(), Broken> {
        let chats = works.iter().filter_map(Work::chat).filter(|chat| !self.chats.has(chat));
        let missing: BTreeSet<_> = chats.collect();
        if missing.is_empty() {
            return Ok(());
        }
        let names = missing.iter().map(ChatKey::to_string).flat_map(|key| {
            [
                DocumentName::Of(self.shard, DocumentKind::Chat, key.clone()),
                DocumentName::Shared(SharedKind::Identity, key),
            ]
        });
        let era = self.customers.era();
        let mut found = self.parts.store.look_up(names.collect()).await?.into_iter();
        for key in &missing {
            self.chats.found(key, found.next().flatten());
            self.customers.found(key, found.next().flatten(), era);
        }
        Ok(())
    }

    /// The next entries of the inbox, if there are any.
    pub(crate) async fn read_inbox(&mut self, most: usize) -> Result<Vec<Work>, Broken> {
        if self.inbox_drained {
            return Ok(Vec::new());
        }
        let page = match self.care {
            Care::None => most,
            Care::OneByOne | Care::GiveUp => 1,
        };
        let entries = self.parts.store.inbox(self.shard, self.inbox_at, page).await?;
        self.inbox_drained = entries.len() < page;
        let give_up = std::mem::replace(&mut self.care, Care::None) == Care::GiveUp;
        let works = entries.into_iter().map(|entry| Work::Inbox {
            position: entry.position,
            post: if give_up { None } else { encode::read("inbox entry", &entry.bytes) },
            bytes: entry.bytes,
        });
        Ok(works.collect())
    }

    /// Decides the works in their order, as many as fit; what has a target that the round has
    /// already waits for the next one, which will refuse it as a repeat.
    pub(crate) async fn draw(
        &mut self,
        works: Vec<Work>,
        pending: &mut VecDeque<Work>,
    ) -> Result<(), Broken> {
        self.foresee(&works).await?;
        let directory = self.parts.directory.get();
        let mut works = works.into_iter();
        while let Some(work) = works.next() {
            let targets = work.targets(&directory);
            let documents = DOCUMENT_OPS * self.touched.len() + self.customers.ops();
            if self.draught.shares_a_target(&targets) || self.draught.ops + documents > OPS_ENOUGH {
                self.draught.close();
                self.put_off(std::iter::once(work).chain(works), pending);
                return Ok(());
            }
            self.draught.targets.extend(targets);
            let mut group = Group::default();
            self.customers.next_work();
            let verdict = self.step(&work, &mut group).await?;
            if !matches!(verdict, Verdict::Done) {
                group = Group::default();
            }
            // What it packs or forgets nobody may touch in the same commit.
            let ends_the_round = work.keeps_house();
            self.draught.ops += group.ops.len();
            self.draught.works.push(work);
            self.draught.groups.push(group);
            self.draught.verdicts.push(verdict);
            if ends_the_round {
                self.draught.close();
                self.put_off(works, pending);
                return Ok(());
            }
        }
        Ok(())
    }

    /// Leaves works for later rounds. Those of the inbox are read again from where it stands.
    pub(crate) fn put_off(
        &mut self,
        works: impl DoubleEndedIterator<Item = Work>,
        pending: &mut VecDeque<Work>,
    ) {
        for work in works.rev() {
            if work.position().is_some() {
                self.inbox_drained = false;
            } else {
                pending.push_front(work);
            }
        }
    }

    /// Adds what belongs to the draught: what its works have changed, and where the inbox stands then.
    pub(crate) async fn finish_draught(&mut self) -> Result<(), Broken> {
        if self.draught.is_finished {
            return Ok(());
        }
        let mut draught = std::mem::take(&mut self.draught);
        draught.is_full = true;
        draught.is_finished = true;
        self.draw_documents(&mut draught).await?;
        draught.posting = posting(&draught);
        draught.groups.push(self.inbox_group(&draught));
        for op in draught.groups.iter().flat_map(|group| &group.ops) {
            if let Op::PutInbox { shard, .. } = op {
                draught.posted_to.insert(*shard);
            } else if let Op::AdvanceInbox { to, .. } = op {
                draught.inbox_to = Some(*to);
            }
        }
        self.draught = draught;
        Ok(())
    }

    /// The documents of all conversations and chats that the round has changed.
    async fn draw_documents(&mut self, draught: &mut Draught) -> Result<(), Broken> {
        let mut group = Group::default();
        let live = self.touched.iter().filter_map(|id| Some((id, self.conversations.get(id)?)));
        let drafts =
            live.map(async |(id, live)| Ok::<_, Broken>((id, live.addr.send(Draft).await?)));
        for (id, drafted) in try_join_all(drafts).await? {
            group.ops.extend(drafted.ops);
            for event in drafted.events {
                group.show(event);
            }
            if drafted.closed {
                draught.closed.push(id.clone());
            }
        }
        self.chats.draft(&mut group);
        self.audit.draft(&mut group, Nothing {});
        self.attendance.draft(&mut group);
        self.customers.draft(&mut group);
        draught.groups.push(group);
        Ok(())
    }

    /// Moves the cursor over the entries of this round, and makes sure that nothing handed over
    /// directly overtakes what lies in the inbox: neither here nor, by what is posted, in another
    /// shard. Where a conversation goes to another shard, what was written to it before goes first.
    fn inbox_group(&self, draught: &Draught) -> Group {
        let mut group = Group::default();
        if let Some(to) = draught.works.iter().rev().find_map(Work::position) {
            group.ops.push(Op::AdvanceInbox { from: self.inbox_at, to });
        }
        let has_arrivals = draught.works.iter().any(Work::arrives);
        if has_arrivals || !draught.posting.is_empty() {
            group.ops.push(Op::RequireInboxDrained);
        }
        group
    }
}

#[cfg(test)]
mod tests {
    use domain::chat::{Inbound, InboundKind};
    use domain::id::ChannelId;

    use super::*;
    use crate::actors::handle::Arrival;
    use crate::actors::work::Answer;
    use crate::store::op::Room;

    #[test]
    fn what_has_arrived_or_lies_in_the_inbox_is_never_set_aside_as_its_order_is_held() {
        let inbound = Inbound {
            chat: "501".into(),
            customer_name: "Ivan".to_owned(),
            what: InboundKind::Blocked,
            original: None,
            return_to: None,
        };
        let channel = ChannelId::new("bot");
        let arrival = Arrival { channel, dedupe: String::new(), dedupe_seconds: 1, inbound };
        let (position, bytes) = (InboxPosition(1), Vec::new());
        let works = vec![
            Work::Arrive { arrival, answer: Answer::new().0 },
            Work::Inbox { position, bytes, post: None },
            Work::Due { conversation: ConversationId::new("c1") },
            Work::Due { conversation: ConversationId::new("c2") },
        ];
        let post = || Op::PutInbox { shard: ShardId(2), room: Room::default(), bytes: Vec::new() };
        let groups = [vec![post()], vec![post()], vec![], vec![post()]];
        let groups = groups.into_iter().map(|ops| Group { ops, ..Group::default() }).collect();
        let draught = Draught { works, groups, ..Draught::default() };
        assert_eq!(posting(&draught), BTreeSet::from([3]));
    }
}
