//! Shards and their customers, each shard with a commit of its own.

use domain::channel::{Channel, ChannelSettings};
use domain::chat::{CustomerMessage, Inbound, InboundKind};
use domain::conversation::{Conversation, Opening, TextsSent};
use domain::customer::{CustomerFacts, KnownOperator, Standing};
use domain::effect::{Facts, Input};
use domain::entry::Attachment;
use domain::hours::Hours;
use domain::id::{ChannelId, LineId, OperatorId, ShardId};
use domain::lead::LeadStatus;
use domain::limits::Limits;
use domain::line::{LeadRule, LineSettings};
use jiff::Timestamp;

use super::*;
use crate::actors::handle::Change;
use crate::store::op::{Commit, CommitError, Committed, InstanceId, Lease, Refusal};

const NOW: Timestamp = Timestamp::UNIX_EPOCH;
const PHONE: &str = "+12025550123";

/// A shard as far as its customers go.
struct Shard {
    store: Store,
    id: ShardId,
    epoch: u64,
    commits: u64,
    customers: Customers,
    line: LineSettings,
}

impl Shard {
    /// In a process of its own: it has nothing in memory.
    async fn of(store: &Store, id: u16) -> Self {
        Self::in_process(store, id, Arc::default()).await
    }

    async fn in_process(store: &Store, id: u16, records: Arc<Records>) -> Self {
        let (id, region) = (ShardId(id), Region::parse("US").expect("a country"));
        let claimed = store.claim(id, me(), Lease::default(), 0).await.expect("a store");
        let epoch = claimed.expect("free").epoch;
        let line = LineSettings::new("Support", Vec::new(), "UTC");
        let customers = Customers::new(records, region);
        Self { store: store.clone(), id, epoch, commits: 0, customers, line }
    }

    async fn hears(&mut self, channel: &Channel, inbound: &Inbound) -> CustomerId {
        let arrived = self.customers.arrived(&self.store, channel, &self.line, inbound, NOW);
        arrived.await.expect("a store")
    }

    /// Hears a message and commits what comes of it.
    async fn takes(&mut self, channel: &Channel, inbound: &Inbound) -> CustomerId {
        let id = self.hears(channel, inbound).await;
        self.commits().await.expect("committed");
        id
    }

    async fn follows(&mut self, conversation: &mut Conversation, input: Input) {
        let customer = CustomerFacts::default();
        let facts = Facts {
            line: &self.line,
            hours: &Hours::round_the_clock(),
            limits: &Limits::default(),
            company: "Company",
            colleague: None,
            customer: &customer,
        };
        let effects = conversation.handle(input, &facts, NOW);
        let followed = self.customers.follow(&self.store, conversation, &effects, &self.line, NOW);
        followed.await.expect("a store");
        self.commits().await.expect("committed");
    }

    async fn facts(&mut self, id: &CustomerId) -> CustomerFacts {
        let facts = self.customers.facts(&self.store, id, None, &self.line).await;
        self.customers.take_back();
        facts.expect("a store")
    }

    async fn person(&mut self, id: &CustomerId) -> Person {
        let person = self.customers.person(&self.store, id).await;
        self.customers.take_back();
        Arc::unwrap_or_clone(person.expect("a store").expect("a card"))
    }

    /// One commit; refused, the round is taken back as the shard does it.
    async fn commits(&mut self) -> Result<(), Vec<Refusal>> {
        let mut group = Group::default();
        self.customers.draft(&mut group);
        assert_eq!(group.ops.len(), self.customers.ops(), "counted as many as there are");
        let commit = Commit {
            shard: self.id,
            owner: me(),
            epoch: self.epoch,
            after_commits: self.commits,
            at: NOW,
            groups: vec![group.ops],
        };
        match self.store.commit(commit).await {
            Ok(Committed { commits, .. }) => {
                self.commits = commits;
                self.customers.keep();
                Ok(())
            }
            Err(CommitError::Refused(refused)) => {
                self.customers.take_back();
                for (_, refusal) in &refused {
                    if let Refusal::SharedVersion { kind, id, found } = refusal {
                        self.customers.shared_moved(*kind, id, *found);
                    }
                }
                Err(refused.into_iter().map(|(_, refusal)| refusal).collect())
            }
            Err(error) => panic!("{error}"),
        }
    }
}

#[actix::test]
async fn the_first_message_makes_a_card_and_a_lead_and_the_second_nothing() {
    let mut shard = Shard::of(&Store::model(), 1).await;
    let ivan = shard.takes(&telegram("bot"), &says("7", "hello")).await;
    let person = shard.person(&ivan).await;
    assert_eq!((person.leads.len(), person.card.full_name()), (1, "Ivan Petrov".to_owned()));
    let lead = &person.leads[0];
    assert_eq!((lead.automatic, lead.responsible.clone()), (true, None));
    assert_eq!((&*lead.name, &*lead.surname), ("Ivan", "Petrov"));
    assert_eq!(shard.hears(&telegram("bot"), &says("7", "are you there?")).await, ivan);
    assert_eq!(shard.customers.ops(), 0);
    assert_ne!(shard.takes(&telegram("bot"), &says("8", "hello")).await, ivan);
}

#[actix::test]
async fn a_platform_to_which_we_cannot_write_makes_a_lead_with_the_contact() {
    let mut shard = Shard::of(&Store::model(), 1).await;
    let ivan = shard.takes(&webhook("site"), &says("7", "hello")).await;
    assert_eq!(shard.person(&ivan).await.leads.len(), 0);
    shard.takes(&webhook("site"), &says("7", "call (202) 555-0123")).await;
    let person = shard.person(&ivan).await;
    let phones = &person.card.phones;
    assert_eq!((person.leads.len(), phones.len(), &*phones[0].value), (1, 1, PHONE));
    assert_eq!(phones[0].standing, Standing::Claimed);
}

#[actix::test]
async fn a_line_may_want_neither_leads_nor_contacts() {
    let mut shard = Shard::of(&Store::model(), 1).await;
    shard.line.crm.create = LeadRule::Manual;
    shard.line.crm.track_contacts = false;
    let ivan = shard.takes(&telegram("bot"), &says("7", "call 202-555-0123")).await;
    let person = shard.person(&ivan).await;
    assert_eq!((person.leads.len(), person.card.phones.len()), (0, 0));
    shard.takes(&telegram("bot"), &shares("7", PHONE)).await;
    assert_eq!(shard.person(&ivan).await.card.phones.len(), 1, "the platform gave it");
}

#[actix::test]
async fn machines_and_the_blocked_leave_nothing_but_a_card() {
    let mut shard = Shard::of(&Store::model(), 1).await;
    let mut automatic = says("7", "I am away, call 202-555-0123");
    if let InboundKind::Message(message) = &mut automatic.what {
        message.automatic = true;
    }
    let robot = shard.takes(&telegram("bot"), &automatic).await;
    let person = shard.person(&robot).await;
    assert_eq!((person.leads.len(), person.card.phones.len()), (0, 0));
    let mut card = Arc::unwrap_or_clone(person.card);
    card.block(&operator("anna"), NOW);
    shard.customers.card(&shard.store, &robot).await.expect("a store");
    shard.customers.put_card(&card);
    shard.commits().await.expect("committed");
    shard.takes(&telegram("bot"), &says("7", "call 202-555-0123")).await;
    let person = shard.person(&robot).await;
    assert_eq!((person.leads.len(), person.card.phones.len()), (0, 0));
    assert!(shard.facts(&robot).await.blocked);
}

#[actix::test]
async fn two_first_messages_of_one_person_make_one_person_and_one_lead() {
    let store = Store::model();
    let (mut here, mut there) = (Shard::of(&store, 1).await, Shard::of(&store, 2).await);
    let (first, second) = (telegram("bot"), telegram("other"));
    let winner = here.hears(&first, &shares("7", PHONE)).await;
    there.hears(&second, &shares("8", PHONE)).await;
    here.commits().await.expect("the first has it");
    let refused = there.commits().await.expect_err("the second was late");
    let phone = Refusal::SharedVersion { kind: SharedKind::Phone, id: PHONE.into(), found: 1 };
    assert_eq!(refused, [phone]);
    let loser = there.takes(&second, &shares("8", PHONE)).await;
    assert_ne!(loser, winner, "each channel has a card of its own");
    let person = there.person(&loser).await;
    assert_eq!((person.card.id.clone(), person.merged.len()), (winner.clone(), 1));
    assert_eq!(person.leads.len(), 1);
    assert_eq!(here.facts(&winner).await, there.facts(&loser).await);
}

#[actix::test]
async fn a_shard_that_remembers_what_is_old_is_refused_and_looks_again() {
    let store = Store::model();
    let (mut here, mut there) = (Shard::of(&store, 1).await, Shard::of(&store, 2).await);
    let ivan = here.takes(&webhook("site"), &says("7", "hello")).await;
    let mut card = Arc::unwrap_or_clone(there.person(&ivan).await.card);
    card.set_responsible(Some(operator("anna")));
    there.customers.card(&store, &ivan).await.expect("a store");
    there.customers.put_card(&card);
    there.commits().await.expect("committed");
    here.hears(&webhook("site"), &says("7", "call 202-555-0123")).await;
    assert!(here.commits().await.is_err());
    here.takes(&webhook("site"), &says("7", "call 202-555-0123")).await;
    let person = here.person(&ivan).await;
    assert_eq!(person.card.responsible, Some(operator("anna")));
    assert_eq!((person.card.phones.len(), person.leads.len()), (1, 0), "he is known");
}

#[actix::test]
async fn what_was_only_read_must_stand_still_too() {
    let store = Store::model();
    let (mut here, mut there) = (Shard::of(&store, 1).await, Shard::of(&store, 2).await);
    let winner = here.hears(&telegram("bot"), &shares("7", PHONE)).await;
    // The other shard knows the phone as the store has it, but not yet the card to which it leads.
    assert_eq!(there.customers.card(&store, &winner).await, Ok(None));
    there.customers.take_back();
    here.commits().await.expect("committed");
    there.hears(&telegram("other"), &shares("8", PHONE)).await;
    let refused = there.commits().await.expect_err("the card is there by now");
    let (kind, id) = (SharedKind::Customer, winner.as_str().to_owned());
    assert_eq!(refused, [Refusal::SharedVersion { kind, id, found: 1 }]);
    let other = there.takes(&telegram("other"), &shares("8", PHONE)).await;
    assert_eq!(there.person(&other).await.card.id, winner);
}

#[actix::test]
async fn shards_of_one_process_see_at_once_what_another_committed() {
    let (store, records) = (Store::model(), Arc::<Records>::default());
    let mut here = Shard::in_process(&store, 1, records.clone()).await;
    let mut there = Shard::in_process(&store, 2, records).await;
    let ivan = here.takes(&telegram("bot"), &says("7", "hello")).await;
    assert_eq!(there.person(&ivan).await.card.name, "Ivan");
    here.takes(&telegram("bot"), &shares("7", PHONE)).await;
    assert_eq!(there.person(&ivan).await.card.phones.len(), 1);
}

#[actix::test]
async fn who_types_anothers_phone_says_he_is_that_one() {
    let mut shard = Shard::of(&Store::model(), 1).await;
    let petrov = shard.takes(&telegram("bot"), &shares("7", PHONE)).await;
    let mut talk = conversation("c1", &petrov, "7");
    shard.follows(&mut talk, Input::Take { operator: operator("anna") }).await;
    let stranger = shard.takes(&telegram("bot"), &says("8", "it is me, 202 555 0123")).await;
    let facts = shard.facts(&stranger).await;
    assert_eq!((facts.responsible, facts.claims), (Some(operator("anna")), Some(petrov.clone())));
    assert_eq!(facts.known, None, "nothing of the other's conversations");
    let person = shard.person(&stranger).await;
    assert_eq!((person.merged.len(), person.leads.len()), (0, 1));
    let claimed = person.claimed.expect("a claim");
    assert_eq!((claimed.customer, &*claimed.name), (petrov, "Ivan Petrov"));
    shard.line.crm.check = false;
    let another = shard.takes(&telegram("bot"), &says("9", "202 555 0123")).await;
    assert_eq!(shard.person(&another).await.card.claims, None, "nobody looks it up");
}

#[actix::test]
async fn who_proves_a_phone_takes_it_from_whoever_only_said_so() {
    let mut shard = Shard::of(&Store::model(), 1).await;
    let liar = shard.takes(&telegram("bot"), &says("7", "202 555 0123")).await;
    let true_one = shard.takes(&telegram("bot"), &shares("8", PHONE)).await;
    assert_eq!(shard.person(&true_one).await.merged.len(), 0);
    let third = shard.takes(&telegram("bot"), &says("9", "202 555 0123")).await;
    assert_eq!(shard.facts(&third).await.claims, Some(true_one));
    assert_eq!(shard.facts(&liar).await.claims, None);
}

#[actix::test]
async fn a_proven_phone_joins_two_cards_that_there_were() {
    let mut shard = Shard::of(&Store::model(), 1).await;
    let first = shard.takes(&telegram("bot"), &shares("7", PHONE)).await;
    let mut talk = conversation("c1", &first, "7");
    shard.follows(&mut talk, Input::Take { operator: operator("anna") }).await;
    let second = shard.takes(&telegram("other"), &says("8", "hello")).await;
    assert_eq!(shard.facts(&second).await.responsible, None);
    assert_eq!(shard.takes(&telegram("other"), &shares("8", PHONE)).await, second);
    let facts = shard.facts(&second).await;
    let knows = KnownOperator { operator: operator("anna"), finished_at: None };
    assert_eq!(facts.known, Some(knows));
    let person = shard.person(&second).await;
    assert_eq!((person.card.id.clone(), person.merged[0].id.clone()), (first, second));
}

#[actix::test]
async fn a_conversation_leaves_its_traces() {
    let mut shard = Shard::of(&Store::model(), 1).await;
    let ivan = shard.takes(&telegram("bot"), &says("7", "hello")).await;
    let mut talk = conversation("c1", &ivan, "7");
    let message = CustomerMessage { text: "hello".to_owned(), ..CustomerMessage::default() };
    shard.follows(&mut talk, Input::CustomerWrote { message, original: None }).await;
    let person = shard.person(&ivan).await;
    assert_eq!((person.card.open.len(), person.card.open[0].operator.clone()), (1, None));
    assert_eq!(person.leads[0].conversations, [talk.id.clone()]);
    let anna = operator("anna");
    shard.follows(&mut talk, Input::Take { operator: anna.clone() }).await;
    let person = shard.person(&ivan).await;
    assert_eq!(person.card.open[0].operator, Some(anna.clone()));
    assert_eq!(person.leads[0].responsible, Some(anna.clone()));
    shard.follows(&mut talk, Input::Finish { operator: anna.clone(), silent: true }).await;
    let person = shard.person(&ivan).await;
    assert_eq!((person.card.open.len(), person.leads[0].touched), (0, true));
    let knows = KnownOperator { operator: anna, finished_at: Some(NOW) };
    assert_eq!(shard.facts(&ivan).await.known, Some(knows));
}

#[actix::test]
async fn spam_makes_junk_and_may_block() {
    let mut shard = Shard::of(&Store::model(), 1).await;
    let ivan = shard.takes(&telegram("bot"), &says("7", "buy now")).await;
    let mut talk = conversation("c1", &ivan, "7");
    let spam = Input::Spam { operator: operator("anna"), block: true };
    shard.follows(&mut talk, spam).await;
    let person = shard.person(&ivan).await;
    assert_eq!(person.leads[0].status, LeadStatus::Junk);
    assert_eq!(
        person.card.blocked.as_ref().map(|blocked| blocked.by.clone()),
        Some(operator("anna"))
    );
    assert!(shard.facts(&ivan).await.blocked);
}

#[actix::test]
async fn a_persons_change_stands_only_on_what_the_round_has_not_changed() {
    let mut shard = Shard::of(&Store::model(), 1).await;
    let ivan = shard.takes(&telegram("bot"), &says("7", "hello")).await;
    let written = |version: u64, card: &Customer| Change::Record {
        version,
        kind: RecordKind::Customer,
        id: card.id.to_string(),
        bytes: crate::actors::encode::document(card).into(),
    };
    let mut card = Arc::unwrap_or_clone(shard.person(&ivan).await.card);
    card.change("Vanya".to_owned(), String::new(), String::new());
    let store = shard.store.clone();
    assert_eq!(shard.customers.take(&store, &[written(2, &card)]).await, Ok(false));
    assert_eq!(shard.customers.take(&store, &[written(1, &card)]).await, Ok(true));
    shard.hears(&telegram("bot"), &says("7", "call 202 555 0123")).await;
    shard.commits().await.expect("one document, written once");
    let card = shard.person(&ivan).await.card;
    assert_eq!((&*card.name, card.phones.len()), ("Vanya", 1));
    shard.hears(&telegram("bot"), &says("7", "or 202 555 0199")).await;
    assert_eq!(shard.customers.take(&store, &[written(2, &card)]).await, Ok(false));
}

#[actix::test]
async fn what_is_not_there_tells_nothing() {
    let mut shard = Shard::of(&Store::model(), 1).await;
    let nobody = CustomerId::new("nobody");
    assert_eq!(shard.facts(&nobody).await, CustomerFacts::default());
    let mut talk = conversation("c1", &nobody, "7");
    shard.follows(&mut talk, Input::Take { operator: operator("anna") }).await;
    talk.customer = None;
    shard.follows(&mut talk, Input::CustomerBack).await;
    assert_eq!(shard.customers.ops(), 0);
}

fn me() -> InstanceId {
    InstanceId(Arc::from("test#1"))
}

fn operator(name: &str) -> OperatorId {
    OperatorId::new(name)
}

fn telegram(id: &str) -> Channel {
    let settings = ChannelSettings::Telegram {
        token: String::new(),
        secret: String::new(),
        api_base: String::new(),
        polling: false,
        groups: false,
    };
    channel(id, settings)
}

/// Nothing can be sent through it.
fn webhook(id: &str) -> Channel {
    channel(id, ChannelSettings::Webhook { keys: Vec::new(), outgoing_url: None })
}

fn channel(id: &str, settings: ChannelSettings) -> Channel {
    Channel {
        id: ChannelId::new(id),
        name: id.to_owned(),
        line: LineId::new("support"),
        shard: ShardId(1),
        enabled: true,
        settings,
    }
}

fn says(chat: &str, text: &str) -> Inbound {
    inbound(chat, CustomerMessage { text: text.to_owned(), ..CustomerMessage::default() })
}

/// His own contact, by the platform's button.
fn shares(chat: &str, phone: &str) -> Inbound {
    let contact =
        Attachment::Contact { name: "Ivan".to_owned(), phone: phone.to_owned(), own: true };
    inbound(chat, CustomerMessage { attachments: vec![contact], ..CustomerMessage::default() })
}

fn inbound(chat: &str, message: CustomerMessage) -> Inbound {
    Inbound {
        chat: chat.into(),
        customer_name: "Ivan Petrov".to_owned(),
        what: InboundKind::Message(message),
        original: None,
        return_to: None,
    }
}

fn conversation(id: &str, customer: &CustomerId, chat: &str) -> Conversation {
    let opening = Opening {
        id: ConversationId::new(id),
        line: LineId::new("support"),
        chat: ChatKey { channel: ChannelId::new("bot"), external: chat.into() },
        customer: Some(customer.clone()),
        customer_name: "Ivan Petrov".to_owned(),
        continues: None,
        texts_sent: TextsSent::default(),
    };
    Conversation::open(opening, NOW)
}
