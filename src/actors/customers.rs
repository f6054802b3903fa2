//! The customers that a shard has at hand: their cards, what they are known by, and their leads.
//!
//! Loads, asks the rules of `domain::customer` and `domain::lead`, and stages what follows. What a
//! round has read stands still until its commit answers. The commit checks the version of everything
//! that was read by a piece of work that writes: another shard may have written any of it meanwhile,
//! and two that each rest on what the other changes must not both be committed. What was committed
//! is in [`Records`], which all shards of this process share.

mod arriving;
pub mod changing;
mod following;
mod person;
mod records;
mod written;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use ahash::RandomState;
use domain::customer::{ContactKind, Customer, CustomerFacts, Holder, RecordKind};
use domain::event::FeedEvent;
use domain::id::{ChatKey, ConversationId, CustomerId, LeadId};
use domain::lead::Lead;
use domain::line::LineSettings;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::actors::customers::records::{Era, Record};
use crate::actors::customers::written::Written;
use crate::actors::group::Group;
use crate::crm::contacts::Region;
use crate::store::op::{Document, Op, SharedKind};
use crate::store::{Store, Unavailable};

pub use crate::actors::customers::person::Person;
pub(crate) use crate::actors::customers::records::Records;

/// Customers as one round sees and changes them.
#[derive(Debug)]
pub(crate) struct Customers {
    records: Arc<Records>,
    region: Region,
    /// When the round began to read.
    since: Era,
    /// What the round has read or changed.
    pinned: HashMap<Key, Pinned, RandomState>,
    /// Number of the piece of work at hand.
    work: u64,
    /// The piece of work at hand has changed something.
    writes: bool,
    /// So has any piece of work of the round.
    changed: bool,
    /// Persons as the piece of work at hand sees them: each is asked for several times. None of them
    /// outlives a change.
    people: BTreeMap<CustomerId, Arc<Person>>,
}

type Key = (RecordKind, String);

/// What a document may say.
trait Says: Serialize + DeserializeOwned + Clone + PartialEq + Send + Sync + 'static {}

impl<T: Serialize + DeserializeOwned + Clone + PartialEq + Send + Sync + 'static> Says for T {}

#[derive(Debug)]
struct Pinned {
    read: Record,
    /// None: as it was read.
    changed: Option<Written>,
    /// The piece of work that read it last.
    read_by: u64,
    /// An earlier piece of work of the round has read it and changed something.
    relied_on: bool,
}

impl Customers {
    /// `region`: where phone numbers without a country code are at home.
    pub(crate) fn new(records: Arc<Records>, region: Region) -> Self {
        Self {
            since: records.era(),
            records,
            region,
            pinned: HashMap::default(),
            work: 1,
            writes: false,
            changed: false,
            people: BTreeMap::new(),
        }
    }

    /// To be asked before the store is, for [`Self::found`].
    pub(crate) fn era(&self) -> Era {
        self.records.era()
    }

    /// Takes whose card somebody on a channel has, as it is stored.
    pub(crate) fn found(&self, chat: &ChatKey, stored: Option<Document>, era: Era) {
        let key = (RecordKind::Identity, chat.to_string());
        self.records.put(key, Record::of(stored), era);
    }

    /// The next piece of work of the round begins: what is read from now on decides what it writes.
    pub(crate) fn next_work(&mut self) {
        self.people.clear();
        if std::mem::take(&mut self.writes) {
            for pinned in self.pinned.values_mut().filter(|pinned| pinned.read_by == self.work) {
                pinned.relied_on = true;
            }
        }
        self.work += 1;
    }

    /// What a conversation of this customer may know of him; `conversation` is that one.
    pub(crate) async fn facts(
        &mut self,
        store: &Store,
        customer: &CustomerId,
        conversation: Option<&ConversationId>,
        line: &LineSettings,
    ) -> Result<CustomerFacts, Unavailable> {
        let person = self.person(store, customer).await?;
        Ok(person.map_or_else(CustomerFacts::default, |him| him.facts(conversation, &line.crm)))
    }

    /// Whether the round at hand changes any of them.
    pub(crate) fn has_news(&self) -> bool {
        self.changed
    }

    /// Adds to the group what the round changed.
    pub(crate) fn draft(&self, group: &mut Group) {
        if !self.changed {
            return;
        }
        let mut told = Vec::new();
        for ((kind, id), pinned) in self.in_order() {
            let (id, expected) = (id.clone(), pinned.read.version);
            match &pinned.changed {
                Some(changed) => {
                    told.push((*kind, id.clone(), expected + 1));
                    let bytes = changed.bytes().to_vec();
                    group.ops.push(Op::PutShared { kind: (*kind).into(), id, expected, bytes });
                }
                None if self.rests_on(pinned) => {
                    group.ops.push(Op::RequireShared { kind: (*kind).into(), id, expected });
                }
                None => {}
            }
        }
        if !told.is_empty() {
            group.show(FeedEvent::Records { changed: told });
        }
    }

    /// How many ops [`Self::draft`] would add.
    pub(crate) fn ops(&self) -> usize {
        // Mostly nothing is changed, and much is read.
        if !self.changed {
            return 0;
        }
        let changed = self.pinned.values().filter(|pinned| pinned.changed.is_some()).count();
        let unchanged = self.pinned.values().filter(|pinned| pinned.changed.is_none());
        let required = unchanged.filter(|pinned| self.rests_on(pinned)).count();
        changed + required + usize::from(changed > 0)
    }

    /// What was read or changed, by kind and id.
    fn in_order(&self) -> Vec<(&Key, &Pinned)> {
        let mut documents: Vec<_> = self.pinned.iter().collect();
        documents.sort_unstable_by_key(|(key, _)| *key);
        documents
    }

    /// Whether something that the round changes was decided by what that document says.
    fn rests_on(&self, pinned: &Pinned) -> bool {
        pinned.relied_on || self.writes && pinned.read_by == self.work
    }

    /// The round is committed.
    pub(crate) fn keep(&mut self) {
        let pinned = std::mem::take(&mut self.pinned);
        self.take_back();
        for (key, pinned) in pinned {
            if let Some(changed) = pinned.changed {
                let version = pinned.read.version + 1;
                let record = Record { version, written: Some(changed) };
                self.records.committed(key, record, self.since);
            }
        }
    }

    /// The round was refused.
    pub(crate) fn take_back(&mut self) {
        self.pinned.clear();
        self.people.clear();
        self.writes = false;
        self.changed = false;
    }

    /// Somebody else has written that document, which is of that version now: it is read anew.
    pub(crate) fn shared_moved(&mut self, kind: SharedKind, id: &str, version: u64) {
        let Some(kind) = kind_of_record(kind) else { return };
        self.pinned.remove(&(kind, id.to_owned()));
        self.people.clear();
        self.records.found(kind, id, version);
    }

    /// A card to look at.
    async fn seen_card(
        &mut self,
        store: &Store,
        id: &CustomerId,
    ) -> Result<Option<Arc<Customer>>, Unavailable> {
        self.read(store, RecordKind::Customer, id.as_str()).await
    }

    /// A card to change.
    async fn card(
        &mut self,
        store: &Store,
        id: &CustomerId,
    ) -> Result<Option<Customer>, Unavailable> {
        Ok(self.seen_card(store, id).await?.map(Arc::unwrap_or_clone))
    }

    fn put_card(&mut self, card: &Customer) {
        self.put(RecordKind::Customer, card.id.as_str(), card);
    }

    async fn lead(&mut self, store: &Store, id: &LeadId) -> Result<Option<Lead>, Unavailable> {
        let lead = self.read(store, RecordKind::Lead, id.as_str()).await?;
        Ok(lead.map(Arc::unwrap_or_clone))
    }

    fn put_lead(&mut self, lead: &Lead) {
        self.put(RecordKind::Lead, lead.id.as_str(), lead);
    }

    /// Whose card somebody on a channel has.
    async fn identity(
        &mut self,
        store: &Store,
        key: &ChatKey,
    ) -> Result<Option<Arc<Holder>>, Unavailable> {
        self.read(store, RecordKind::Identity, &key.to_string()).await
    }

    fn put_identity(&mut self, key: &ChatKey, customer: &CustomerId) {
        let holder = Holder { customer: customer.clone() };
        self.put(RecordKind::Identity, &key.to_string(), &holder);
    }

    /// Whose card a contact leads to.
    async fn holder(
        &mut self,
        store: &Store,
        kind: ContactKind,
        value: &str,
    ) -> Result<Option<Arc<Holder>>, Unavailable> {
        self.read(store, kind_of_contact(kind), value).await
    }

    fn put_holder(&mut self, kind: ContactKind, value: &str, customer: &CustomerId) {
        let holder = Holder { customer: customer.clone() };
        self.put(kind_of_contact(kind), value, &holder);
    }

    async fn read<T: Says>(
        &mut self,
        store: &Store,
        kind: RecordKind,
        id: &str,
    ) -> Result<Option<Arc<T>>, Unavailable> {
        let pinned = self.pin(store, kind, id).await?;
        Ok(pinned.written().and_then(Written::read::<T>))
    }

    /// A document as the round sees it from now on.
    async fn pin(
        &mut self,
        store: &Store,
        kind: RecordKind,
        id: &str,
    ) -> Result<&mut Pinned, Unavailable> {
        let key = (kind, id.to_owned());
        self.begin();
        if !self.pinned.contains_key(&key) {
            let read = self.records.read(store, kind, id).await?;
            self.pinned.insert(key.clone(), Pinned { read, ..Pinned::new() });
        }
        let pinned = self.pinned.entry(key).or_insert_with(Pinned::new);
        pinned.read_by = self.work;
        Ok(pinned)
    }

    fn begin(&mut self) {
        if self.pinned.is_empty() {
            self.since = self.records.era();
        }
    }

    /// Stages a document that was read before, or is new.
    fn put<T: Says>(&mut self, kind: RecordKind, id: &str, value: &T) {
        self.begin();
        let pinned = self.pinned.entry((kind, id.to_owned())).or_insert_with(Pinned::new);
        let says = |written: &Written| written.read::<T>().is_some_and(|said| *said == *value);
        if !pinned.written().is_some_and(says) {
            self.people.clear();
            let as_read = pinned.read.written.as_ref().is_some_and(says);
            pinned.changed = (!as_read).then(|| Written::down(value.clone()));
        }
        self.writes |= pinned.changed.is_some();
        self.changed |= self.writes;
    }
}

impl Pinned {
    /// Of a document that there is not.
    fn new() -> Self {
        Self { read: Record::default(), changed: None, read_by: 0, relied_on: false }
    }

    /// As the round sees it. None: there is none.
    fn written(&self) -> Option<&Written> {
        self.changed.as_ref().or(self.read.written.as_ref())
    }
}

/// None: it is no document of customers.
fn kind_of_record(kind: SharedKind) -> Option<RecordKind> {
    match kind {
        SharedKind::Customer => Some(RecordKind::Customer),
        SharedKind::Identity => Some(RecordKind::Identity),
        SharedKind::Phone => Some(RecordKind::Phone),
        SharedKind::Email => Some(RecordKind::Email),
        SharedKind::Lead => Some(RecordKind::Lead),
        SharedKind::Line
        | SharedKind::Channel
        | SharedKind::Operator
        | SharedKind::Account
        | SharedKind::SignIn => None,
    }
}

fn kind_of_contact(kind: ContactKind) -> RecordKind {
    match kind {
        ContactKind::Phone => RecordKind::Phone,
        ContactKind::Email => RecordKind::Email,
    }
}

#[cfg(test)]
mod tests;
