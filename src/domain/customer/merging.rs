//! Two cards of one person: linked, never mixed, so that it can be undone.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::customer::Customer;
use crate::id::{CustomerId, OperatorId};

/// Cards of one person.
pub const CARDS_MAX: usize = 20;

/// A card that is linked under another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Merged {
    pub customer: CustomerId,
    pub at: Timestamp,
    /// Who said so; none: a contact that is verified on both.
    pub by: Option<OperatorId>,
}

/// Why two cards were not linked, or not parted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoMerge {
    /// They are of one person already.
    SamePerson,
    /// The card is linked under another: that one is to be merged.
    NotTheHead,
    /// The person would have too many cards.
    TooMany,
    /// The card is not linked under that one.
    NotMerged,
}

/// Links `from` under `into`. `cards` is how many cards the two persons have together.
pub fn merge(
    into: &mut Customer,
    from: &mut Customer,
    cards: usize,
    by: Option<OperatorId>,
    now: Timestamp,
) -> Result<(), NoMerge> {
    if into.id == from.id {
        return Err(NoMerge::SamePerson);
    }
    if into.merged_into.is_some() || from.merged_into.is_some() {
        return Err(NoMerge::NotTheHead);
    }
    if cards > CARDS_MAX {
        return Err(NoMerge::TooMany);
    }
    from.merged_into = Some(into.id.clone());
    from.claims = None;
    into.claims.take_if(|claim| claim.customer == from.id);
    into.merged_from.push(Merged { customer: from.id.clone(), at: now, by });
    Ok(())
}

/// Parts them again: each card goes on with what came through its own channels.
pub fn unmerge(into: &mut Customer, from: &mut Customer) -> Result<(), NoMerge> {
    if from.merged_into.as_ref() != Some(&into.id) {
        return Err(NoMerge::NotMerged);
    }
    from.merged_into = None;
    into.merged_from.retain(|merged| merged.customer != from.id);
    Ok(())
}
