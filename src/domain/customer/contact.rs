//! Phones and e-mail addresses on a card, and who is known by them.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::customer::Customer;
use crate::id::{ChatKey, CustomerId, OperatorId};

/// Phones on a card; as many e-mail addresses.
pub const CONTACTS_MAX: usize = 20;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// A phone in E.164, or an e-mail address in small letters.
    pub value: String,
    pub standing: Standing,
    pub source: ContactSource,
    pub at: Timestamp,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ContactKind {
    Phone,
    Email,
}

/// How far it may be believed that a contact is his.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// He typed it.
    Claimed,
    /// His platform, a signed identity or an operator vouches for it.
    Verified,
    /// An operator says that it is not his.
    Rejected,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "from", rename_all = "snake_case")]
pub enum ContactSource {
    /// The platform gave it, in that chat.
    Platform {
        chat: ChatKey,
    },
    /// The customer typed it, in that chat.
    Typed {
        chat: ChatKey,
    },
    Operator {
        by: OperatorId,
    },
}

/// Whose card a phone, an address or an identity leads to, as stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    pub customer: CustomerId,
}

/// What became of a contact that a customer gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Added {
    /// It is new on the card, or is believed now.
    Learned,
    /// Nothing that the card did not know, or no room for it.
    Known,
}

/// What an operator's word about a contact came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decided {
    Changed,
    /// It stands like that already.
    Unchanged,
    /// The card has no such contact.
    Unknown,
}

impl Customer {
    /// Takes a contact. What an operator has rejected stays rejected until somebody vouches for it.
    /// On a full card it takes the place of a rejected one, one that is vouched for also of the
    /// oldest claimed one; otherwise it is not taken.
    pub fn add_contact(&mut self, kind: ContactKind, contact: Contact) -> Added {
        let vouched = contact.standing == Standing::Verified;
        let contacts = self.contacts_mut(kind);
        if let Some(found) = contacts.iter_mut().find(|found| found.value == contact.value) {
            if !vouched || found.standing == Standing::Verified {
                return Added::Known;
            }
            *found = contact;
            return Added::Learned;
        }
        if contacts.len() >= CONTACTS_MAX {
            let with = |standing| contacts.iter().position(|one| one.standing == standing);
            let claimed = || with(Standing::Claimed).filter(|_| vouched);
            let Some(place) = with(Standing::Rejected).or_else(claimed) else {
                return Added::Known;
            };
            contacts.remove(place);
        }
        contacts.push(contact);
        Added::Learned
    }

    /// An operator says whether a contact is the customer's own.
    pub fn decide_contact(
        &mut self,
        kind: ContactKind,
        value: &str,
        standing: Standing,
        by: &OperatorId,
        now: Timestamp,
    ) -> Decided {
        let found = self.contacts_mut(kind).iter_mut().find(|contact| contact.value == value);
        let Some(contact) = found else { return Decided::Unknown };
        let changed = contact.standing != standing;
        if changed {
            contact.standing = standing;
            contact.source = ContactSource::Operator { by: by.clone() };
            contact.at = now;
        }
        let answered = |claim: &mut super::Claim| claim.kind == kind && claim.value == value;
        let answered = self.claims.take_if(answered).is_some();
        if changed || answered { Decided::Changed } else { Decided::Unchanged }
    }

    pub fn contacts(&self, kind: ContactKind) -> &[Contact] {
        match kind {
            ContactKind::Phone => &self.phones,
            ContactKind::Email => &self.emails,
        }
    }

    /// How a contact stands on this card; none: it is not on it.
    pub fn standing_of(&self, kind: ContactKind, value: &str) -> Option<Standing> {
        let found = self.contacts(kind).iter().find(|contact| contact.value == value);
        found.map(|contact| contact.standing)
    }

    /// Whether the customer himself gave it, and not an operator for him.
    pub fn gave(&self, kind: ContactKind, value: &str) -> bool {
        let found = self.contacts(kind).iter().find(|contact| contact.value == value);
        found.is_some_and(|contact| match contact.source {
            ContactSource::Platform { .. } | ContactSource::Typed { .. } => true,
            ContactSource::Operator { .. } => false,
        })
    }

    /// Whether he left anything by which he can be reached.
    pub fn has_contact(&self) -> bool {
        let mut contacts = self.phones.iter().chain(&self.emails);
        contacts.any(|contact| contact.standing != Standing::Rejected)
    }

    fn contacts_mut(&mut self, kind: ContactKind) -> &mut Vec<Contact> {
        match kind {
            ContactKind::Phone => &mut self.phones,
            ContactKind::Email => &mut self.emails,
        }
    }
}

/// What a contact says of who its customer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holding {
    /// From now on it leads to this card.
    Take,
    /// It leads to this person already.
    Own,
    /// Both have it for certain: they are one person.
    SamePerson,
    /// It is another's, and nothing proves that he is that one.
    Claim,
}

/// Weighs a contact of a card, which stands there as `standing`, against the one it leads to:
/// whether that is the same person, and how it stands on that card.
pub fn holding(standing: Standing, holder: Option<(Whose, Option<Standing>)>) -> Holding {
    let Some((whose, there)) = holder else { return Holding::Take };
    match (whose, standing, there) {
        (Whose::Own, _, _) => Holding::Own,
        (Whose::Another, _, None | Some(Standing::Rejected))
        | (Whose::Another, Standing::Verified, Some(Standing::Claimed)) => Holding::Take,
        (Whose::Another, Standing::Verified, Some(Standing::Verified)) => Holding::SamePerson,
        (
            Whose::Another,
            Standing::Claimed | Standing::Rejected,
            Some(Standing::Claimed | Standing::Verified),
        ) => Holding::Claim,
    }
}

/// Whether two cards are of one person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    Own,
    Another,
}
