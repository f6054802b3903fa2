//! The workbench of a shard: its children, and what the store holds as far as memory knows.
//!
//! A step takes one piece of work through its conversation and its line and comes to a [`Group`].
//! Writing is the round's business (`round`).

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use actix::{Actor, Addr};
use ahash::RandomState;
use domain::channel::Channel;
use domain::chat::{Inbound, Introduction};
use domain::conversation::Conversation;
use domain::customer::CustomerFacts;
use domain::effect::{Effect, Input};
use domain::hours::Hours;
use domain::id::{ChatKey, ConversationId, CustomerId, LineId, OperatorId, ShardId};
use domain::line::{Line, LineSettings};
use domain::routing::{Decision, Seek};

use crate::actors::aside::Aside;
use crate::actors::attendance::AttendanceBook;
use crate::actors::audit;
use crate::actors::chats::Chats;
use crate::actors::conversation::{ConversationActor, Fed, Feed, Stored, Who};
use crate::actors::customers::Customers;
use crate::actors::detour::Detour;
use crate::actors::draught::{Draught, OPS_ENOUGH};
use crate::actors::encode::{self, Place};
use crate::actors::group::Group;
use crate::actors::keeping::Keeping;
use crate::actors::ledger::Ledger;
use crate::actors::line::{
    Configure, Decided, HasBegun, LineActor, LineEnds, LineStart, Next, NextWaiting, Stepped,
};
use crate::actors::packing::Packing;
use crate::actors::parts::Shared;
use crate::actors::round::{Flight, News};
use crate::actors::shard::Shard;
use crate::actors::work::Work;
use crate::protocol::{CommandRefusal, EdgeRefusal};
use crate::store::op::{DocumentKind, InboxPosition};

/// Conversations kept as actors; beyond it those not used longest are passivated.
const CONVERSATIONS_KEPT: usize = 20_000;
/// Conversations that one `Wake` offers before it lets others have their turn.
const WAKE_STEPS: usize = 8;

/// Memory can be trusted no more: drop it and read what the store says.
#[derive(Clone, Debug, thiserror::Error)]
pub(crate) enum Broken {
    /// Somebody else owns the shard.
    #[error("the shard is somebody else's")]
    Fenced,
    #[error("{0}")]
    Store(String),
    /// The work at hand is poison, perhaps.
    #[error("an actor of the shard has panicked")]
    Panicked,
}

impl From<crate::store::Unavailable> for Broken {
    fn from(error: crate::store::Unavailable) -> Self {
        Self::Store(error.to_string())
    }
}

impl From<actix::MailboxError> for Broken {
    fn from(_: actix::MailboxError) -> Self {
        Self::Panicked
    }
}

pub(crate) struct Bench {
    pub(crate) parts: Shared,
    pub(crate) shard: ShardId,
    pub(crate) addr: Addr<Shard>,
    pub(crate) epoch: u64,
    pub(crate) commits: u64,
    pub(crate) inbox_at: InboxPosition,
    /// Nothing lies in the inbox, as far as is known.
    pub(crate) inbox_drained: bool,
    pub(crate) feed_end: Place,
    /// Of the events that are written here.
    pub(crate) tag: u32,
    pub(crate) lines: BTreeMap<LineId, Addr<LineActor>>,
    pub(crate) conversations: HashMap<ConversationId, Live, RandomState>,
    pub(crate) chats: Chats,
    pub(crate) audit: Ledger,
    pub(crate) attendance: AttendanceBook,
    pub(crate) customers: Customers,
    /// The round at hand, as far as it is decided.
    pub(crate) draught: Draught,
    /// The round before it, while it is being written.
    pub(crate) flight: Option<Flight>,
    /// What is still to be told of the round before that one.
    pub(crate) news: Option<News>,
    /// For so many rounds nothing is decided while another is being written.
    pub(crate) patience: u32,
    /// Conversations and lines that the round at hand has changed.
    pub(crate) touched: BTreeSet<ConversationId>,
    pub(crate) touched_lines: BTreeSet<LineId>,
    /// Rounds so far, for passivation.
    pub(crate) rounds: u64,
    /// After a panic: how the next rounds treat the inbox.
    pub(crate) care: Care,
    /// A round was refused again and again: nothing is decided in it, conversations wait on.
    pub(crate) cautious: bool,
    pub(crate) packing: Packing,
    pub(crate) keeping: Keeping,
    /// The inbox of another shard was full for something of the last round.
    pub(crate) waits_for_room: bool,
    pub(crate) detour: Detour,
    pub(crate) aside: Aside,
}

/// Its lines end with it: those of the next bench read what is stored.
impl Drop for Bench {
    fn drop(&mut self) {
        for line in self.lines.values() {
            line.do_send(LineEnds);
        }
    }
}

/// How the inbox is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Care {
    /// By pages.
    None,
    /// One entry a round, to find the one that is poison.
    OneByOne,
    /// The next entry has been found out: it goes to the dead letters.
    GiveUp,
}

/// A conversation that has an actor.
pub(crate) struct Live {
    pub(crate) addr: Addr<ConversationActor>,
    /// As the round at hand leaves it.
    seen: Arc<Conversation>,
    /// Before whom it is put, as far as the round at hand has decided.
    asked: Vec<OperatorId>,
    used: u64,
}

/// Nothing was written, and why.
pub(crate) type Refused = CommandRefusal;

impl Bench {
    /// One input of a conversation, with everything that the queue answers to it.
    pub(crate) async fn feed(
        &mut self,
        group: &mut Group,
        id: &ConversationId,
        input: Input,
        who: Option<Who>,
    ) -> Result<Result<(), Refused>, Broken> {
        let unknown = Err(CommandRefusal::Edge(EdgeRefusal::UnknownConversation {}));
        let Some(known) = self.look(id).await? else { return Ok(unknown) };
        let directory = self.parts.directory.get();
        let found = directory.lines.get(&known.line).zip(directory.hours.get(&known.line));
        let Some((line, hours)) = found.map(|(line, hours)| (line.value.clone(), hours.clone()))
        else {
            return Ok(unknown);
        };
        if !self.lines.contains_key(&line.id) {
            // It was made a moment ago, and the shard has not been told yet.
            let begun = self.start_new(line.clone(), hours.clone()).send(HasBegun).await;
            begun.map_err(|error| Broken::Store(format!("line {}: {error}", line.id)))?;
        }
        self.touched.insert(id.clone());
        let now = self.parts.clock.now();
        let (mut input, mut who) = (Some(input), who);
        while let Some(input_now) = input.take() {
            let feed = Feed {
                input: input_now,
                who: who.take(),
                line: line.clone(),
                hours: hours.clone(),
                customer: self.customer_facts(known.customer.as_ref(), id, &line.settings).await?,
                now,
            };
            let Some(conversation) = self.conversations.get(id) else { return Ok(unknown) };
            let (effects, conversation) = match conversation.addr.send(feed).await? {
                Fed::Effects(effects, conversation) => (Arc::new(effects), conversation),
                Fed::Forbidden => {
                    return Ok(Err(CommandRefusal::Edge(EdgeRefusal::Forbidden {})));
                }
                Fed::Hidden => return Ok(unknown),
            };
            if let Some(live) = self.conversations.get_mut(id) {
                live.seen = conversation.clone();
            }
            if let Some(refusal) = refusal(&effects) {
                return Ok(Err(refusal));
            }
            group.write(&effects, &conversation, &directory, now);
            self.follow(group, &effects, &conversation, &line.settings).await?;
            if let Some(seek) = seek(&effects).filter(|_| !self.cautious) {
                input = Some(Input::Decided(self.decide(&known.line, seek).await?));
            }
        }
        Ok(Ok(()))
    }

    /// How a conversation of this shard stands. None: there is none.
    pub(crate) async fn look(
        &mut self,
        id: &ConversationId,
    ) -> Result<Option<Arc<Conversation>>, Broken> {
        if !self.conversations.contains_key(id) {
            self.load(id).await?;
        }
        let rounds = self.rounds;
        Ok(self.conversations.get_mut(id).map(|live| {
            live.used = rounds;
            live.seen.clone()
        }))
    }

    /// How a conversation stands; one of another shard, as it is stored.
    pub(crate) async fn look_anywhere(
        &mut self,
        id: &ConversationId,
    ) -> Result<Option<Arc<Conversation>>, Broken> {
        if id.shard() == Some(self.shard) {
            return self.look(id).await;
        }
        Ok(self.parts.stored_conversation(id).await?.map(Arc::new))
    }

    /// Tells the line what a step has done, the customer's card, and the chat.
    async fn follow(
        &mut self,
        group: &mut Group,
        effects: &Arc<Vec<Effect>>,
        conversation: &Arc<Conversation>,
        settings: &LineSettings,
    ) -> Result<(), Broken> {
        let line = &conversation.line;
        if let Some(addr) = self.lines.get(line) {
            let (effects, conversation) = (effects.clone(), conversation.clone());
            addr.do_send(Stepped { effects, conversation });
            self.touched_lines.insert(line.clone());
        }
        self.take_offers(group, conversation);
        let (store, now) = (self.parts.store.clone(), self.parts.clock.now());
        self.customers.follow(&store, conversation, effects, settings, now).await?;
        if let Some(entry) = audit::of_step(effects, conversation, now) {
            self.audit.append(group, &entry);
        }
        self.tell_chat(group, effects, conversation).await
    }

    /// Counts the offers of a conversation where those of all lines are counted, so that together
    /// they put no more before anybody than he may have.
    fn take_offers(&mut self, group: &mut Group, conversation: &Conversation) {
        let Some(live) = self.conversations.get_mut(&conversation.id) else { return };
        let most = self.parts.settings.limits.open_offers;
        group.take_offers(conversation, &live.asked, most);
        live.asked = asked(conversation);
    }

    /// What a conversation may know of its customer.
    async fn customer_facts(
        &mut self,
        customer: Option<&CustomerId>,
        conversation: &ConversationId,
        line: &LineSettings,
    ) -> Result<CustomerFacts, Broken> {
        let Some(customer) = customer else { return Ok(CustomerFacts::default()) };
        let store = self.parts.store.clone();
        Ok(self.customers.facts(&store, customer, Some(conversation), line).await?)
    }

    pub(crate) async fn facts_of(
        &mut self,
        conversation: &Conversation,
    ) -> Result<CustomerFacts, Broken> {
        let directory = self.parts.directory.get();
        let Some(line) = directory.lines.get(&conversation.line) else {
            return Ok(CustomerFacts::default());
        };
        let customer = conversation.customer.as_ref();
        self.customer_facts(customer, &conversation.id, &line.value.settings).await
    }

    /// A customer writes: his card is found or made.
    pub(crate) async fn customer_wrote(
        &mut self,
        chat: &ChatKey,
        inbound: &Inbound,
        channel: &Channel,
    ) -> Result<CustomerFacts, Broken> {
        let directory = self.parts.directory.get();
        let Some(line) = directory.lines.get(&channel.line) else {
            return Ok(CustomerFacts::default());
        };
        let (store, now) = (self.parts.store.clone(), self.parts.clock.now());
        let settings = &line.value.settings;
        let customer = self.customers.arrived(&store, channel, settings, inbound, now).await?;
        self.chats.touch(&store, self.shard, chat).await?.customer = Some(customer.clone());
        Ok(self.customers.facts(&store, &customer, None, settings).await?)
    }

    /// A customer says who he is: that goes to his card, which is made if he has none.
    pub(crate) async fn introduced(
        &mut self,
        chat: &ChatKey,
        who: &Introduction,
        inbound: &Inbound,
        channel: &Channel,
    ) -> Result<(), Broken> {
        let directory = self.parts.directory.get();
        let Some(line) = directory.lines.get(&channel.line) else { return Ok(()) };
        let (store, now) = (self.parts.store.clone(), self.parts.clock.now());
        let settings = &line.value.settings;
        let told = self.customers.introduced(&store, channel, settings, (inbound, who), now);
        let customer = told.await?;
        self.chats.touch(&store, self.shard, chat).await?.customer = Some(customer);
        Ok(())
    }

    async fn decide(&self, line: &LineId, seek: Seek) -> Result<Decision, Broken> {
        let Some(addr) = self.lines.get(line) else {
            return Err(Broken::Store(format!("line {line} does not run in shard {}", self.shard)));
        };
        let Decided(decision) = addr.send(Next(seek)).await?;
        Ok(decision)
    }

    /// A line of this shard is new or was changed.
    pub(crate) fn configure(&mut self, line: Arc<Line>) {
        let Some(hours) = self.parts.directory.get().hours.get(&line.id).cloned() else { return };
        match self.lines.get(&line.id) {
            Some(addr) => {
                let operators = self.parts.standings();
                addr.do_send(Configure { line, hours, operators });
            }
            None => drop(self.start_new(line, hours)),
        }
    }

    fn start_new(&mut self, line: Arc<Line>, hours: Arc<Hours>) -> Addr<LineActor> {
        let (id, operators) = (line.id.clone(), self.parts.standings());
        let (counters, conversations) = (Vec::new(), Vec::new());
        let start = LineStart { line, hours, counters, conversations, operators };
        let addr = LineActor::start(start, &self.addr, self.parts.clone());
        self.lines.insert(id, addr.clone());
        addr
    }

    /// Takes a conversation that has just begun.
    pub(crate) fn enter_new(&mut self, conversation: Conversation) {
        let conversation = Arc::new(conversation);
        let actor = ConversationActor::new(conversation.clone(), self.parts.clone());
        self.enter(conversation, actor);
    }

    fn enter(&mut self, conversation: Arc<Conversation>, actor: ConversationActor) {
        let (id, asked, used) = (conversation.id.clone(), asked(&conversation), self.rounds);
        let live = Live { addr: actor.start(), seen: conversation, asked, used };
        self.conversations.insert(id, live);
    }

    /// Starts the actor of a conversation from the store, if there is such a one.
    async fn load(&mut self, id: &ConversationId) -> Result<(), Broken> {
        for kind in [DocumentKind::Conversation, DocumentKind::Archive] {
            let found = self.parts.store.document(self.shard, kind, id.to_string()).await?;
            let Some(found) = found else { continue };
            if let Some(read) = encode::read::<Conversation>("conversation", &found.bytes) {
                let is_packed = read.is_closed() && self.is_packed(id).await?;
                let stored = Stored { version: found.version, is_packed };
                let read = Arc::new(read);
                let actor = ConversationActor::loaded(read.clone(), stored, self.parts.clone());
                self.enter(read, actor);
            }
            break;
        }
        Ok(())
    }

    /// Whether a conversation that is over is not among those that are still to be packed.
    async fn is_packed(&self, id: &ConversationId) -> Result<bool, Broken> {
        let (store, kind) = (&self.parts.store, DocumentKind::Unpacked);
        Ok(store.document(self.shard, kind, id.to_string()).await?.is_none())
    }

    /// It is time to look for what can be put away or deleted.
    pub(crate) fn begin_chores(&mut self) {
        self.packing.goes_on = true;
        self.keeping.begin(self.parts.clock.now());
    }

    /// The next piece of that.
    pub(crate) fn next_chore(&mut self) -> Option<Work> {
        if std::mem::take(&mut self.packing.goes_on) {
            return Some(Work::Pack);
        }
        std::mem::take(&mut self.keeping.goes_on).then_some(Work::FindOutlived)
    }

    /// Offers what waits to whoever became eligible, oldest first.
    pub(crate) async fn wake(&mut self, group: &mut Group, line: &LineId) -> Result<(), Broken> {
        let mut before = None;
        for _ in 0..WAKE_STEPS {
            let Some(addr) = self.lines.get(line) else { return Ok(()) };
            let Some(next) = addr.send(NextWaiting).await? else { return Ok(()) };
            if before.as_ref() == Some(&next) {
                return Ok(());
            }
            let _refused = self.feed(group, &next, Input::SomebodyEligible, None).await?;
            before = Some(next);
            if group.ops.len() > OPS_ENOUGH {
                break;
            }
        }
        Ok(())
    }

    /// Who gives a command, with what his rights depend on. None: he is no operator any more.
    pub(crate) fn who(&self, operator: &OperatorId) -> Option<Who> {
        let directory = self.parts.directory.get();
        let found = directory.operators.get(operator)?;
        Some(Who { operator: found.value.clone(), queues: directory.queues_of(operator).to_vec() })
    }

    /// Forgets actors that were not used for long. Their truth is in the store.
    pub(crate) fn passivate(&mut self) {
        if self.conversations.len() <= CONVERSATIONS_KEPT {
            return;
        }
        let mut used: Vec<u64> = self.conversations.values().map(|live| live.used).collect();
        used.sort_unstable();
        let median = used.get(used.len() / 2).copied().unwrap_or_default();
        self.conversations.retain(|_, live| live.used > median);
    }
}

/// Before whom the conversation is put.
fn asked(conversation: &Conversation) -> Vec<OperatorId> {
    conversation.open_offers().iter().map(|offer| offer.operator.clone()).collect()
}

fn refusal(effects: &[Effect]) -> Option<CommandRefusal> {
    effects.iter().find_map(|effect| {
        let Effect::Refuse(refusal) = effect else { return None };
        Some(CommandRefusal::Conversation(refusal.clone()))
    })
}

fn seek(effects: &[Effect]) -> Option<Seek> {
    effects.iter().find_map(|effect| {
        let Effect::Seek(seek) = effect else { return None };
        Some(seek.clone())
    })
}
