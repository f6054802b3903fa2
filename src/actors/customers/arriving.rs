//! A customer writes: his card is found or made, what he says of himself is added, a lead is made.

use std::sync::Arc;

use domain::channel::Channel;
use domain::chat::{CustomerMessage, Inbound, InboundKind, Introduction};
use domain::customer::{
    Added, Claim, Contact, ContactKind, ContactSource, Customer, Holding, Standing, Whose, holding,
    merge,
};
use domain::entry::Attachment;
use domain::id::{ChatKey, CustomerId, LeadId};
use domain::lead::{self, Lead, LeadSource, MadeBy};
use domain::line::{CrmSettings, LineSettings};
use jiff::Timestamp;

use crate::actors::customers::Customers;
use crate::clock;
use crate::crm::contacts::{self, Found};
use crate::store::{Store, Unavailable};

impl Customers {
    /// The card of whoever wrote a message, made if he never has before. Adds his contacts and makes
    /// the lead, as the line's rules say. To be asked for messages only: nothing else makes a card.
    pub(crate) async fn arrived(
        &mut self,
        store: &Store,
        channel: &Channel,
        line: &LineSettings,
        inbound: &Inbound,
        now: Timestamp,
    ) -> Result<CustomerId, Unavailable> {
        let key = ChatKey { channel: channel.id.clone(), external: inbound.chat.clone() };
        let card = self.card_of(store, &key, &inbound.customer_name, now).await?;
        let id = card.id.clone();
        if !card.goes_by(&key, &inbound.customer_name) {
            let mut card = Arc::unwrap_or_clone(card);
            card.is_called(&key, &inbound.customer_name);
            self.put_card(&card);
        }
        if let InboundKind::Message(message) = &inbound.what {
            self.note_contacts(store, &id, &key, message, &line.crm, now).await?;
            self.make_lead(store, &id, channel, message, &line.crm, now).await?;
        }
        Ok(id)
    }

    /// The card of somebody who says who he is, made if he has none. A name that staff has set
    /// stays; the lead is made as if he had written.
    pub(crate) async fn introduced(
        &mut self,
        store: &Store,
        channel: &Channel,
        line: &LineSettings,
        (inbound, who): (&Inbound, &Introduction),
        now: Timestamp,
    ) -> Result<CustomerId, Unavailable> {
        let key = ChatKey { channel: channel.id.clone(), external: inbound.chat.clone() };
        let card = self.card_of(store, &key, &inbound.customer_name, now).await?;
        let mut card = Arc::unwrap_or_clone(card);
        card.introduces_himself(&key, who, now);
        self.put_card(&card);
        let id = card.id;
        let source = match who.standing {
            Standing::Verified => ContactSource::Platform { chat: key },
            Standing::Claimed | Standing::Rejected => ContactSource::Typed { chat: key },
        };
        let phone = who.phone.iter().map(|value| (ContactKind::Phone, value));
        let email = who.email.iter().map(|value| (ContactKind::Email, value));
        let given = phone.chain(email).map(|(kind, value)| {
            let (value, source, standing) = (value.clone(), source.clone(), who.standing);
            (kind, Contact { value, standing, source, at: now })
        });
        self.add_contacts(store, &id, given.collect(), &line.crm, now).await?;
        self.make_lead(store, &id, channel, &CustomerMessage::default(), &line.crm, now).await?;
        Ok(id)
    }

    /// A chat goes on under another name: its card too, unless somebody is known by that already.
    pub(crate) async fn migrated(
        &mut self,
        store: &Store,
        from: &ChatKey,
        to: &ChatKey,
    ) -> Result<(), Unavailable> {
        let Some(known) = self.identity(store, from).await? else { return Ok(()) };
        if self.identity(store, to).await?.is_some() {
            return Ok(());
        }
        if let Some(mut card) = self.card(store, &known.customer).await? {
            card.migrates(from, to);
            self.put_card(&card);
            self.put_identity(to, &known.customer);
        }
        Ok(())
    }

    /// The card of whoever writes in that chat, made if there is none.
    async fn card_of(
        &mut self,
        store: &Store,
        key: &ChatKey,
        name: &str,
        now: Timestamp,
    ) -> Result<Arc<Customer>, Unavailable> {
        if let Some(known) = self.identity(store, key).await?
            && let Some(card) = self.seen_card(store, &known.customer).await?
        {
            return Ok(card);
        }
        let id = CustomerId::new(clock::new_uuid());
        self.put_identity(key, &id);
        let card = Customer::new(id, key.clone(), name, now);
        self.put_card(&card);
        Ok(Arc::new(card))
    }

    /// Adds what the message says of its writer, unless nobody listens to him.
    async fn note_contacts(
        &mut self,
        store: &Store,
        id: &CustomerId,
        chat: &ChatKey,
        message: &CustomerMessage,
        crm: &CrmSettings,
        now: Timestamp,
    ) -> Result<(), Unavailable> {
        let given = self.contacts_in(chat, message, crm, now);
        self.add_contacts(store, id, given, crm, now).await
    }

    async fn add_contacts(
        &mut self,
        store: &Store,
        id: &CustomerId,
        given: Vec<(ContactKind, Contact)>,
        crm: &CrmSettings,
        now: Timestamp,
    ) -> Result<(), Unavailable> {
        if given.is_empty() {
            return Ok(());
        }
        let Some(person) = self.person(store, id).await? else { return Ok(()) };
        if person.card.is_blocked(&person.known()) {
            return Ok(());
        }
        for (kind, contact) in given {
            let Some(mut card) = self.card(store, id).await? else { return Ok(()) };
            let (value, standing) = (contact.value.clone(), contact.standing);
            if card.add_contact(kind, contact) == Added::Learned {
                self.put_card(&card);
                self.weigh(store, id, (kind, &value, standing), crm.check, now).await?;
            }
        }
        Ok(())
    }

    /// The contacts that a message gives: those that the platform vouches for, and those that the
    /// customer typed.
    fn contacts_in(
        &self,
        chat: &ChatKey,
        message: &CustomerMessage,
        crm: &CrmSettings,
        now: Timestamp,
    ) -> Vec<(ContactKind, Contact)> {
        let known = message.phone.as_deref();
        let known = known.and_then(|phone| contacts::phone_of_platform(phone, self.region));
        let vouched = message.attachments.iter().filter_map(|attachment| match attachment {
            Attachment::Contact { phone, own: true, .. } => {
                contacts::phone_of_platform(phone, self.region)
            }
            Attachment::Contact { own: false, .. }
            | Attachment::Location { .. }
            | Attachment::Sticker { .. }
            | Attachment::File { .. }
            | Attachment::Other { .. } => None,
        });
        let vouched = known.into_iter().chain(vouched).take(contacts::FOUND_MAX).map(|value| {
            let source = ContactSource::Platform { chat: chat.clone() };
            (ContactKind::Phone, Contact { value, standing: Standing::Verified, source, at: now })
        });
        let written_from = message.email.iter().filter_map(|email| {
            let source = ContactSource::Platform { chat: chat.clone() };
            let (value, standing) = (contacts::email(&email.address)?, email.standing);
            Some((ContactKind::Email, Contact { value, standing, source, at: now }))
        });
        let listens = crm.track_contacts && !message.automatic;
        let text = if listens { message.text.as_str() } else { "" };
        let typed = contacts::find(text, self.region).into_iter().map(|Found { kind, value }| {
            let source = ContactSource::Typed { chat: chat.clone() };
            (kind, Contact { value, standing: Standing::Claimed, source, at: now })
        });
        vouched.chain(written_from).chain(typed).collect()
    }

    /// Finds out to whom a contact led before, and follows from it what follows. Without `look_up`
    /// nothing follows from what leads to another.
    pub(super) async fn weigh(
        &mut self,
        store: &Store,
        id: &CustomerId,
        (kind, value, standing): (ContactKind, &str, Standing),
        look_up: bool,
        now: Timestamp,
    ) -> Result<(), Unavailable> {
        let Some(own) = self.person(store, id).await? else { return Ok(()) };
        let holder = self.holder(store, kind, value).await?.map(|holder| holder.customer.clone());
        let other = match &holder {
            Some(holder) => self.person(store, holder).await?,
            None => None,
        };
        let weighed = other.as_ref().map(|other| {
            let same = other.card.id == own.card.id;
            let there = other.cards().find_map(|card| card.standing_of(kind, value));
            (if same { Whose::Own } else { Whose::Another }, there)
        });
        match (holding(standing, weighed), other) {
            (Holding::Take, _) => self.put_holder(kind, value, id),
            (Holding::SamePerson, Some(other)) if look_up => {
                let cards = own.cards().count() + other.cards().count();
                let (mut into, mut from) = ((*other.card).clone(), (*own.card).clone());
                if merge(&mut into, &mut from, cards, None, now).is_ok() {
                    self.put_card(&into);
                    self.put_card(&from);
                }
            }
            (Holding::Claim, Some(other)) if look_up => {
                let Some(mut card) = self.card(store, id).await? else { return Ok(()) };
                let (customer, value) = (other.card.id.clone(), value.to_owned());
                card.claims = Some(Claim { customer, kind, value });
                self.put_card(&card);
            }
            (Holding::Own | Holding::SamePerson | Holding::Claim, _) => {}
        }
        Ok(())
    }

    async fn make_lead(
        &mut self,
        store: &Store,
        id: &CustomerId,
        channel: &Channel,
        message: &CustomerMessage,
        crm: &CrmSettings,
        now: Timestamp,
    ) -> Result<(), Unavailable> {
        let Some(person) = self.person(store, id).await? else { return Ok(()) };
        let known = person.known();
        if !lead::is_due(crm.create, message, &person.card, &known, &channel.settings) {
            return Ok(());
        }
        let source = LeadSource { line: channel.line.clone(), channel: channel.id.clone() };
        self.put_new_lead(store, id, source, MadeBy::Rule, now).await
    }

    /// A lead of that card, from now on its last.
    pub(super) async fn put_new_lead(
        &mut self,
        store: &Store,
        id: &CustomerId,
        source: LeadSource,
        made_by: MadeBy,
        now: Timestamp,
    ) -> Result<(), Unavailable> {
        let Some(mut card) = self.card(store, id).await? else { return Ok(()) };
        let lead = Lead::new(LeadId::new(clock::new_uuid()), &card, source, made_by, now);
        card.lead = Some(lead.id.clone());
        self.put_lead(&lead);
        self.put_card(&card);
        Ok(())
    }
}
