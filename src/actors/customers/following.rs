//! What a conversation's step leaves on its customer's card and lead.

use std::sync::Arc;

use domain::conversation::Conversation;
use domain::customer::{Customer, Owns, Step, newest_open, steps};
use domain::effect::Effect;
use domain::id::{ConversationId, CustomerId};
use domain::line::{CrmSettings, LineSettings};
use jiff::Timestamp;

use crate::actors::customers::Customers;
use crate::store::{Store, Unavailable};

impl Customers {
    /// Notes what the effects of one input mean for the customer. To be asked after every input, as
    /// the card says which conversations are open and who has them.
    pub(crate) async fn follow(
        &mut self,
        store: &Store,
        conversation: &Conversation,
        effects: &[Effect],
        line: &LineSettings,
        now: Timestamp,
    ) -> Result<(), Unavailable> {
        let Some(id) = &conversation.customer else { return Ok(()) };
        let steps = steps(effects);
        let Some(card) = self.seen_card(store, id).await? else { return Ok(()) };
        if steps.is_empty() && card.knows(conversation) {
            return Ok(());
        }
        let mut card = Arc::unwrap_or_clone(card);
        let begins = card.conversation_stands(&conversation.row());
        for step in &steps {
            card.note_step(step, now);
        }
        self.put_card(&card);
        if begins {
            self.note_in_lead(store, &card.id, &conversation.id).await?;
        }
        for step in &steps {
            self.note_owner(store, &card, step, &line.crm).await?;
            self.note_in_leads(store, &card, step).await?;
        }
        Ok(())
    }

    /// The history of a customer is read from his lead.
    pub(super) async fn note_in_lead(
        &mut self,
        store: &Store,
        customer: &CustomerId,
        conversation: &ConversationId,
    ) -> Result<(), Unavailable> {
        let Some(person) = self.person(store, customer).await? else { return Ok(()) };
        if let Some(lead) = newest_open(&person.leads) {
            let mut lead = lead.clone();
            lead.note_conversation(conversation);
            self.put_lead(&lead);
        }
        Ok(())
    }

    async fn note_owner(
        &mut self,
        store: &Store,
        card: &Customer,
        step: &Step,
        crm: &CrmSettings,
    ) -> Result<(), Unavailable> {
        let Some(person) = self.person(store, &card.id).await? else { return Ok(()) };
        match person.card.owned_after(&person.known(), step, crm) {
            Some(Owns::Card(id, operator)) => {
                if let Some(mut card) = self.card(store, &id).await? {
                    card.set_responsible(Some(operator));
                    self.put_card(&card);
                }
            }
            Some(Owns::Lead(id, operator)) => {
                if let Some(mut lead) = self.lead(store, &id).await? {
                    lead.is_owned_by(operator);
                    self.put_lead(&lead);
                }
            }
            None => {}
        }
        Ok(())
    }

    /// What was made of this very card; that of another card of the person says nothing of it.
    async fn note_in_leads(
        &mut self,
        store: &Store,
        card: &Customer,
        step: &Step,
    ) -> Result<(), Unavailable> {
        let Some(id) = &card.lead else { return Ok(()) };
        if let Some(mut lead) = self.lead(store, id).await? {
            lead.note_step(step);
            self.put_lead(&lead);
        }
        Ok(())
    }
}
