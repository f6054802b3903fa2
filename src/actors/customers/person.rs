//! A customer with everything that is known to be him, as it was read together.

use std::collections::VecDeque;
use std::sync::Arc;

use domain::customer::{CARDS_MAX, Customer, CustomerFacts, Known};
use domain::id::{ConversationId, CustomerId, OperatorId};
use domain::lead::Lead;
use domain::line::CrmSettings;

use crate::actors::customers::Customers;
use crate::store::{Store, Unavailable};

/// A person: the card under which his others are linked, those, and what was made of him.
#[derive(Clone, Debug)]
pub struct Person {
    pub card: Arc<Customer>,
    pub merged: Vec<Customer>,
    pub leads: Vec<Lead>,
    pub claimed: Option<Claimed>,
}

/// Whom somebody says to be. No more of him is for the eyes of whoever reads this.
#[derive(Clone, Debug)]
pub struct Claimed {
    pub customer: CustomerId,
    pub name: String,
    pub responsible: Option<OperatorId>,
}

impl Person {
    /// All his cards.
    pub fn cards(&self) -> impl Iterator<Item = &Customer> {
        std::iter::once(&*self.card).chain(&self.merged)
    }

    pub(crate) fn into_cards(self) -> impl Iterator<Item = Customer> {
        std::iter::once(Arc::unwrap_or_clone(self.card)).chain(self.merged)
    }

    /// What is known of him beside his card, as the rules take it.
    pub fn known(&self) -> Known<'_> {
        let claimed = self.claimed.as_ref();
        Known {
            merged: &self.merged,
            leads: &self.leads,
            claimed: claimed.map(|it| (&it.customer, it.responsible.as_ref())),
        }
    }

    pub(crate) fn facts(
        &self,
        conversation: Option<&ConversationId>,
        crm: &CrmSettings,
    ) -> CustomerFacts {
        self.card.facts(&self.known(), conversation, crm)
    }
}

impl Customers {
    /// The person to whom a card belongs; none: there is no such card.
    pub(super) async fn person(
        &mut self,
        store: &Store,
        id: &CustomerId,
    ) -> Result<Option<Arc<Person>>, Unavailable> {
        if let Some(known) = self.people.get(id) {
            return Ok(Some(known.clone()));
        }
        let Some(person) = self.with_claim(store, id).await? else { return Ok(None) };
        let person = Arc::new(person);
        self.people.insert(id.clone(), person.clone());
        Ok(Some(person))
    }

    async fn with_claim(
        &mut self,
        store: &Store,
        id: &CustomerId,
    ) -> Result<Option<Person>, Unavailable> {
        let Some(mut person) = self.without_claim(store, id).await? else { return Ok(None) };
        let claim = person.cards().find_map(|card| card.claims.as_ref());
        let Some(claim) = claim.map(|claim| claim.customer.clone()) else {
            return Ok(Some(person));
        };
        let other = self.without_claim(store, &claim).await?;
        let other = other.filter(|other| other.card.id != person.card.id);
        person.claimed = other.map(|other| Claimed {
            customer: other.card.id.clone(),
            name: other.card.full_name(),
            responsible: other.card.owner(&other.known()).cloned(),
        });
        Ok(Some(person))
    }

    async fn without_claim(
        &mut self,
        store: &Store,
        id: &CustomerId,
    ) -> Result<Option<Person>, Unavailable> {
        let Some(card) = self.head(store, id).await? else { return Ok(None) };
        let mut merged: Vec<Customer> = Vec::new();
        let mut below: VecDeque<CustomerId> = linked(&card);
        while let Some(id) = below.pop_front().filter(|_| merged.len() < CARDS_MAX) {
            if let Some(card) = self.card(store, &id).await? {
                below.extend(linked(&card));
                merged.push(card);
            }
        }
        let made = std::iter::once(&*card).chain(&merged).filter_map(|card| card.lead.clone());
        let mut leads = Vec::new();
        for lead in made.collect::<Vec<_>>() {
            leads.extend(self.lead(store, &lead).await?);
        }
        Ok(Some(Person { card, merged, leads, claimed: None }))
    }

    /// The card under which a card is linked, or itself.
    async fn head(
        &mut self,
        store: &Store,
        id: &CustomerId,
    ) -> Result<Option<Arc<Customer>>, Unavailable> {
        let mut card = self.seen_card(store, id).await?;
        for _ in 0..CARDS_MAX {
            let into = card.as_ref().and_then(|card| card.merged_into.clone());
            let Some(into) = into else { break };
            card = self.seen_card(store, &into).await?;
        }
        Ok(card)
    }
}

fn linked(card: &Customer) -> VecDeque<CustomerId> {
    card.merged_from.iter().map(|merged| merged.customer.clone()).collect()
}
