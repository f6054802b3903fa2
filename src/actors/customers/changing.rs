//! What people do with customers and leads. Whether they may is the edge's question.
//!
//! Each change is worked out on the documents as they are, and written against their versions; when
//! somebody else was faster it is worked out again. What a person had read before he wrote is
//! compared by its revision: a conversation that goes on meanwhile makes nothing stale.

use std::sync::Arc;

use domain::audit::{Deed, Subject};
use domain::customer::{
    Added, Contact, ContactKind, ContactSource, Customer, Decided, NoMerge, OPEN_MAX, Standing,
    merge, unmerge,
};
use domain::event::Row;
use domain::id::{CustomerId, LeadId, OperatorId};
use domain::lead::{self, LeadSource, LeadStatus, MadeBy, NoLead};
use jiff::Timestamp;

use crate::actors::customers::{Customers, Person, Written};
use crate::actors::handle::{Change, NodeHandle, NotStored};
use crate::store::{Store, Unavailable};

/// A change that also moves with conversations loses a race against them now and then.
const ATTEMPTS_MAX: usize = 5;

/// Something that a person does with a customer.
#[derive(Clone, Debug)]
pub enum CustomerChange {
    /// Writes on the card that he read in that revision. No responsible: nobody owns him as his
    /// contact, on none of his cards.
    Write {
        revision: u32,
        name: String,
        surname: String,
        note: String,
        responsible: Option<OperatorId>,
    },
    /// Says whether a contact is the customer's own.
    DecideContact {
        kind: ContactKind,
        value: String,
        standing: Standing,
    },
    Block,
    Unblock,
    /// Links another card under this one.
    Merge {
        other: CustomerId,
    },
    Unmerge {
        other: CustomerId,
    },
    /// The button in the chat. With the contacts that the operator asked for.
    MakeLead {
        row: Box<Row>,
        contacts: Vec<(ContactKind, String)>,
    },
    /// Changes the lead that he read in that revision.
    ChangeLead {
        lead: LeadId,
        revision: u32,
        status: LeadStatus,
        responsible: Option<OperatorId>,
    },
}

/// Why nothing was changed.
#[derive(Clone, Debug)]
pub enum NotChanged {
    /// There is no such customer, contact or lead.
    Unknown,
    /// Somebody else changed it since it was read; as it is now.
    Stale(Box<Person>),
    NoMerge(NoMerge),
    NoLead(NoLead),
    NotStored(NotStored),
}

impl From<NotStored> for NotChanged {
    fn from(why: NotStored) -> Self {
        Self::NotStored(why)
    }
}

impl From<Unavailable> for NotChanged {
    fn from(_: Unavailable) -> Self {
        Self::NotStored(NotStored::Unavailable)
    }
}

impl CustomerChange {
    /// What the audit log says of it.
    fn noted(&self, id: &CustomerId) -> Option<Change> {
        let what = match self {
            Self::Block => Deed::Blocked,
            Self::Unblock => Deed::Unblocked,
            Self::Write { .. }
            | Self::DecideContact { .. }
            | Self::Merge { .. }
            | Self::Unmerge { .. }
            | Self::MakeLead { .. }
            | Self::ChangeLead { .. } => return None,
        };
        Some(Change::Noted { what, subject: Subject::Customer(id.clone()) })
    }
}

impl NodeHandle {
    /// The person to whom a card belongs.
    pub async fn customer(&self, id: &CustomerId) -> Result<Option<Person>, NotStored> {
        let found = self.customers().person(&self.parts().store, id).await;
        found.map(|found| found.map(Arc::unwrap_or_clone)).map_err(|_| NotStored::Unavailable)
    }

    /// The person of whom a lead was made.
    pub async fn customer_of_lead(&self, id: &LeadId) -> Result<Option<Person>, NotStored> {
        let lead = self.customers().lead(&self.parts().store, id).await;
        match lead.map_err(|_| NotStored::Unavailable)? {
            Some(lead) => self.customer(&lead.customer).await,
            None => Ok(None),
        }
    }

    /// All conversations of a person, over all lines, newest change first.
    pub async fn conversations_of(
        &self,
        person: &Person,
        limit: usize,
    ) -> Result<Vec<Row>, NotStored> {
        let ids = person.cards().map(|card| card.id.clone()).collect();
        let rows = self.parts().read_model.of_customer(ids, limit).await;
        let mut rows = rows.map_err(|_| NotStored::Unavailable)?;
        // The read model may lag behind: those that are open are taken as stored.
        for open in person.cards().flat_map(|card| &card.open).take(OPEN_MAX) {
            let Some(stored) = self.row(&open.conversation).await else { continue };
            match rows.iter_mut().find(|row| row.conversation == open.conversation) {
                Some(row) => *row = stored,
                None => rows.insert(0, stored),
            }
        }
        Ok(rows)
    }

    /// Carries out what a person does with a customer. The only place where people's changes of
    /// customers and leads are written.
    pub async fn change_customer(
        &self,
        by: &OperatorId,
        id: &CustomerId,
        change: &CustomerChange,
    ) -> Result<Person, NotChanged> {
        for _ in 0..ATTEMPTS_MAX {
            let mut customers = self.customers();
            self.work_out(&mut customers, by, id, change).await?;
            let mut changes = customers.changes();
            if !changes.is_empty() {
                changes.extend(change.noted(id));
            }
            match self.change(by, changes).await {
                Ok(()) => return self.customer(id).await?.ok_or(NotChanged::Unknown),
                Err(NotStored::Stale) => customers.forget(),
                Err(why @ (NotStored::Full | NotStored::Unavailable)) => return Err(why.into()),
            }
        }
        Err(NotStored::Full.into())
    }

    /// Documents as one piece of work sees them.
    fn customers(&self) -> Customers {
        let parts = self.parts();
        Customers::new(parts.records.clone(), parts.settings.region)
    }

    async fn work_out(
        &self,
        customers: &mut Customers,
        by: &OperatorId,
        id: &CustomerId,
        change: &CustomerChange,
    ) -> Result<(), NotChanged> {
        let (store, now) = (&self.parts().store, self.clock().now());
        let person = customers.person(store, id).await?.ok_or(NotChanged::Unknown)?;
        let person = Arc::unwrap_or_clone(person);
        match change {
            CustomerChange::Write { revision, name, surname, note, responsible } => {
                if person.card.revision != *revision {
                    return Err(NotChanged::Stale(Box::new(person)));
                }
                let texts = [name, surname, note].map(Clone::clone);
                customers.write(person, texts, responsible.as_ref());
            }
            CustomerChange::DecideContact { kind, value, standing } => {
                let contact = (*kind, value.as_str(), *standing);
                return customers.decide(store, &person, contact, by, now).await;
            }
            CustomerChange::Block => {
                let mut card = Arc::unwrap_or_clone(person.card);
                card.block(by, now);
                customers.put_card(&card);
            }
            CustomerChange::Unblock => {
                for mut card in person.into_cards() {
                    card.blocked = None;
                    customers.put_card(&card);
                }
            }
            CustomerChange::Merge { other } => {
                return customers.merge(store, person, other, by, now).await;
            }
            CustomerChange::Unmerge { other } => {
                return customers.unmerge(store, person, other).await;
            }
            CustomerChange::MakeLead { row, contacts } => {
                return self.make_lead(customers, by, row, contacts).await;
            }
            CustomerChange::ChangeLead { lead, revision, status, responsible } => {
                let found = person.leads.iter().find(|found| found.id == *lead);
                let mut lead = found.cloned().ok_or(NotChanged::Unknown)?;
                if lead.revision != *revision {
                    return Err(NotChanged::Stale(Box::new(person)));
                }
                lead.change(*status, responsible.clone());
                customers.put_lead(&lead);
            }
        }
        Ok(())
    }

    /// The rules of the conversation's line and the way of its channel decide.
    async fn make_lead(
        &self,
        customers: &mut Customers,
        by: &OperatorId,
        row: &Row,
        contacts: &[(ContactKind, String)],
    ) -> Result<(), NotChanged> {
        let (store, now) = (&self.parts().store, self.clock().now());
        let directory = self.directory();
        let line = directory.lines.get(&row.line).ok_or(NotChanged::Unknown)?;
        let channel = directory.channels.get(&row.channel).ok_or(NotChanged::Unknown)?;
        let id = row.customer.as_ref().ok_or(NotChanged::Unknown)?;
        let crm = &line.value.settings.crm;
        for (kind, value) in contacts {
            customers.add_told(store, id, (*kind, value), by, now).await?;
        }
        let person = customers.person(store, id).await?.ok_or(NotChanged::Unknown)?;
        let settings = &channel.value.settings;
        lead::by_hand(crm.create, &person.card, &person.known(), settings)
            .map_err(NotChanged::NoLead)?;
        let source = LeadSource { line: row.line.clone(), channel: row.channel.clone() };
        customers.put_new_lead(store, id, source, MadeBy::Operator(by.clone()), now).await?;
        customers.note_in_lead(store, id, &row.conversation).await?;
        Ok(())
    }
}

impl Customers {
    /// What was changed, for [`NodeHandle::change`].
    fn changes(&self) -> Vec<Change> {
        let changed = self.in_order().into_iter().filter_map(|((kind, id), pinned)| {
            let (kind, id, version) = (*kind, id.clone(), pinned.read.version);
            let bytes = pinned.changed.as_ref()?.bytes().into();
            Some(Change::Record { version, kind, id, bytes })
        });
        changed.collect()
    }

    /// Takes what [`NodeHandle::change`] hands to the shard, all or nothing, so that the rest of the
    /// round goes on from it. `false`: a document is another than the one that was changed.
    pub(crate) async fn take(
        &mut self,
        store: &Store,
        changes: &[Change],
    ) -> Result<bool, Unavailable> {
        let records = || {
            changes.iter().filter_map(|change| {
                let Change::Record { version, kind, id, bytes } = change else { return None };
                Some((*version, (*kind, id.clone()), bytes))
            })
        };
        for (version, (kind, id), _) in records() {
            let pinned = self.pin(store, kind, &id).await?;
            if pinned.read.version != version || pinned.changed.is_some() {
                return Ok(false);
            }
        }
        for (_, key, bytes) in records() {
            if let Some(pinned) = self.pinned.get_mut(&key) {
                pinned.changed = Some(Written::of(Arc::clone(bytes)));
                self.changed = true;
            }
        }
        self.people.clear();
        Ok(true)
    }

    /// Everything is read anew, from the store.
    fn forget(&mut self) {
        self.people.clear();
        for (kind, id) in std::mem::take(&mut self.pinned).into_keys() {
            self.records.forget(kind, &id);
        }
    }

    fn write(
        &mut self,
        person: Person,
        [name, surname, note]: [String; 3],
        responsible: Option<&OperatorId>,
    ) {
        let Person { card, merged, .. } = person;
        let mut card = Arc::unwrap_or_clone(card);
        card.change(name, surname, note);
        card.set_responsible(responsible.cloned());
        self.put_card(&card);
        if responsible.is_none() {
            for mut card in merged {
                card.set_responsible(None);
                self.put_card(&card);
            }
        }
    }

    async fn decide(
        &mut self,
        store: &Store,
        person: &Person,
        (kind, value, standing): (ContactKind, &str, Standing),
        by: &OperatorId,
        now: Timestamp,
    ) -> Result<(), NotChanged> {
        let has = |card: &&Customer| card.standing_of(kind, value).is_some();
        let mut card = person.cards().find(has).cloned().ok_or(NotChanged::Unknown)?;
        // What an operator wrote down himself leads to nobody else's card.
        let leads_on = card.gave(kind, value);
        let decided = card.decide_contact(kind, value, standing, by, now);
        if decided != Decided::Changed {
            return Ok(());
        }
        self.put_card(&card);
        if standing == Standing::Verified {
            self.weigh(store, &card.id, (kind, value, standing), leads_on, now).await?;
        }
        Ok(())
    }

    /// A contact that the operator was told: the customer's word, like one that he typed.
    async fn add_told(
        &mut self,
        store: &Store,
        id: &CustomerId,
        (kind, value): (ContactKind, &String),
        by: &OperatorId,
        now: Timestamp,
    ) -> Result<(), NotChanged> {
        let mut card = self.card(store, id).await?.ok_or(NotChanged::Unknown)?;
        let (source, standing) = (ContactSource::Operator { by: by.clone() }, Standing::Claimed);
        let contact = Contact { value: value.clone(), standing, source, at: now };
        if card.add_contact(kind, contact) == Added::Learned {
            self.put_card(&card);
            self.weigh(store, id, (kind, value, standing), true, now).await?;
        }
        Ok(())
    }

    async fn merge(
        &mut self,
        store: &Store,
        into: Person,
        other: &CustomerId,
        by: &OperatorId,
        now: Timestamp,
    ) -> Result<(), NotChanged> {
        let from = self.person(store, other).await?.ok_or(NotChanged::Unknown)?;
        let cards = into.cards().count() + from.cards().count();
        let (mut into, mut from) = (Arc::unwrap_or_clone(into.card), (*from.card).clone());
        merge(&mut into, &mut from, cards, Some(by.clone()), now).map_err(NotChanged::NoMerge)?;
        self.put_card(&into);
        self.put_card(&from);
        Ok(())
    }

    /// `other` may be linked under any card of the person.
    async fn unmerge(
        &mut self,
        store: &Store,
        person: Person,
        other: &CustomerId,
    ) -> Result<(), NotChanged> {
        let mut from = self.card(store, other).await?.ok_or(NotChanged::Unknown)?;
        let mut cards = person.into_cards();
        let into = cards.find(|card| from.merged_into.as_ref() == Some(&card.id));
        let mut into = into.ok_or(NotChanged::NoMerge(NoMerge::NotMerged))?;
        unmerge(&mut into, &mut from).map_err(NotChanged::NoMerge)?;
        self.put_card(&into);
        self.put_card(&from);
        Ok(())
    }
}
