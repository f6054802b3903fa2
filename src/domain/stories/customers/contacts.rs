//! Phones and addresses of customers: who vouches for them, and whom they lead to.

use crate::customer::{
    Added, CONTACTS_MAX, Claim, Contact, ContactKind, ContactSource, Customer, CustomerFacts,
    Decided, Holding, Known, Standing, Whose, holding,
};
use crate::id::CustomerId;
use crate::line::CrmSettings;
use crate::stories::customers::{PHONE, at, chat, contact, crm, customer, decide, facts, typed};
use crate::stories::story::{ANNA, BORIS, id};

#[test]
fn contacts_are_believed_by_who_vouches_for_them() {
    let mut ivan = customer("1", "Ivan");
    let stands = |ivan: &Customer| ivan.standing_of(ContactKind::Phone, PHONE);
    assert_eq!(ivan.add_contact(ContactKind::Phone, typed(PHONE)), Added::Learned);
    assert_eq!(ivan.add_contact(ContactKind::Phone, typed(PHONE)), Added::Known);
    assert_eq!(stands(&ivan), Some(Standing::Claimed));
    assert_eq!(ivan.add_contact(ContactKind::Phone, given(PHONE)), Added::Learned);
    assert_eq!(ivan.add_contact(ContactKind::Phone, given(PHONE)), Added::Known);
    assert_eq!(ivan.add_contact(ContactKind::Phone, typed(PHONE)), Added::Known);
    assert_eq!(stands(&ivan), Some(Standing::Verified));
    assert_eq!(decide(&mut ivan, Standing::Rejected), Decided::Changed);
    assert_eq!(decide(&mut ivan, Standing::Rejected), Decided::Unchanged);
    assert_eq!(ivan.add_contact(ContactKind::Phone, typed(PHONE)), Added::Known);
    assert_eq!(stands(&ivan), Some(Standing::Rejected), "he may type what he likes");
    assert_eq!(ivan.add_contact(ContactKind::Phone, given(PHONE)), Added::Learned);
    let unknown =
        ivan.decide_contact(ContactKind::Email, PHONE, Standing::Verified, &id(ANNA), at(1));
    assert_eq!(unknown, Decided::Unknown);
}

#[test]
fn a_full_card_takes_no_more_claims_but_what_is_vouched_for() {
    let mut ivan = customer("1", "Ivan");
    let number = |n: usize| format!("+1202555{n:04}");
    for n in 0..CONTACTS_MAX {
        assert_eq!(ivan.add_contact(ContactKind::Phone, typed(&number(n))), Added::Learned);
    }
    assert_eq!(ivan.add_contact(ContactKind::Phone, typed(&number(90))), Added::Known);
    assert_eq!(ivan.add_contact(ContactKind::Phone, given(&number(91))), Added::Learned);
    assert_eq!(ivan.standing_of(ContactKind::Phone, &number(0)), None, "the oldest claim went");
    let rejected = number(7);
    let (by, now) = (id(ANNA), at(1));
    ivan.decide_contact(ContactKind::Phone, &rejected, Standing::Rejected, &by, now);
    assert_eq!(ivan.add_contact(ContactKind::Phone, typed(&number(92))), Added::Learned);
    assert_eq!(ivan.standing_of(ContactKind::Phone, &rejected), None);
    assert_eq!(ivan.phones.len(), CONTACTS_MAX);
}

#[test]
fn a_contact_leads_to_whoever_can_prove_it() {
    use Holding::{Claim, Own, SamePerson, Take};
    use Standing::{Claimed, Rejected, Verified};
    use Whose::Another;
    for (here, holder, expected) in [
        (Claimed, None, Take),
        (Verified, None, Take),
        (Claimed, Some((Whose::Own, Some(Claimed))), Own),
        (Verified, Some((Whose::Own, None)), Own),
        (Claimed, Some((Another, None)), Take),
        (Claimed, Some((Another, Some(Rejected))), Take),
        (Claimed, Some((Another, Some(Claimed))), Claim),
        (Claimed, Some((Another, Some(Verified))), Claim),
        (Verified, Some((Another, Some(Claimed))), Take),
        (Verified, Some((Another, Some(Rejected))), Take),
        (Verified, Some((Another, Some(Verified))), SamePerson),
    ] {
        assert_eq!(holding(here, holder), expected, "{here:?} against {holder:?}");
    }
}

#[test]
fn who_says_he_is_petrov_goes_to_petrovs_operator_and_sees_nothing_of_petrov() {
    let mut stranger = customer("2", "Somebody");
    stranger.add_contact(ContactKind::Phone, typed(PHONE));
    stranger.claims = Some(Claim {
        customer: CustomerId::new("petrov"),
        kind: ContactKind::Phone,
        value: PHONE.to_owned(),
    });
    let petrov = CustomerId::new("petrov");
    let anna = id(ANNA);
    let known = Known { claimed: Some((&petrov, Some(&anna))), ..Known::default() };
    let expected = CustomerFacts {
        responsible: Some(id(ANNA)),
        claims: Some(petrov.clone()),
        ..CustomerFacts::default()
    };
    assert_eq!(facts(&stranger, &known), expected);
    let unchecked = CrmSettings { check: false, ..crm() };
    assert_eq!(stranger.facts(&known, None, &unchecked), CustomerFacts::default());
    let owned = Customer { responsible: Some(id(BORIS)), ..stranger.clone() };
    assert_eq!(facts(&owned, &known).responsible, Some(id(BORIS)), "his own comes first");
    assert_eq!(decide(&mut stranger, Standing::Rejected), Decided::Changed);
    assert_eq!(stranger.claims, None);
}

#[test]
fn a_claim_is_answered_by_confirming_it() {
    let mut stranger = customer("2", "Somebody");
    stranger.add_contact(ContactKind::Phone, typed(PHONE));
    let (customer, kind) = (CustomerId::new("petrov"), ContactKind::Phone);
    stranger.claims = Some(Claim { customer, kind, value: PHONE.to_owned() });
    assert_eq!(decide(&mut stranger, Standing::Verified), Decided::Changed);
    assert_eq!(stranger.claims, None);
    let by_anna = ContactSource::Operator { by: id(ANNA) };
    assert_eq!(stranger.phones[0].source, by_anna);
}

fn given(value: &str) -> Contact {
    contact(value, Standing::Verified, ContactSource::Platform { chat: chat("1") })
}
