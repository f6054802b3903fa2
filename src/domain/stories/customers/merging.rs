//! Cards that turn out to be one person's, and those that turn out not to be.

use crate::customer::{
    CARDS_MAX, Claim, ContactKind, Customer, CustomerFacts, Known, KnownOperator, NoMerge, Step,
    merge, unmerge,
};
use crate::event::RowState;
use crate::stories::customers::{PHONE, at, customer, facts, row, spam};
use crate::stories::story::{ANNA, BORIS, CLARA, id};

#[test]
fn merged_cards_are_one_person() {
    let (mut here, mut there) = (customer("1", "Ivan"), customer("2", "Ivan"));
    there.responsible = Some(id(ANNA));
    there.note_step(&Step::Consented, at(1));
    there.note_step(&spam(true), at(2));
    there.conversation_stands(&row("there", RowState::Active, Some(BORIS)));
    assert_eq!(merge(&mut here, &mut there, 2, Some(id(CLARA)), at(3)), Ok(()));
    let known = Known { merged: &[there], ..Known::default() };
    let expected = CustomerFacts {
        blocked: true,
        responsible: Some(id(ANNA)),
        known: Some(KnownOperator { operator: id(BORIS), finished_at: None }),
        consented: true,
        claims: None,
    };
    assert_eq!(facts(&here, &known), expected);
}

#[test]
fn undoing_a_merge_leaves_both_as_if_it_had_not_been() {
    let (mut here, mut there) = (customer("1", "Ivan"), customer("2", "Olga"));
    let before = (here.clone(), there.clone());
    assert_eq!(unmerge(&mut here, &mut there), Err(NoMerge::NotMerged));
    merge(&mut here, &mut there, 2, None, at(3)).expect("merged");
    assert_eq!(here.merged_from[0].customer, there.id);
    assert_eq!(unmerge(&mut here, &mut there), Ok(()));
    assert_eq!((here, there), before);
}

#[test]
fn what_cannot_be_merged() {
    let (mut here, mut there) = (customer("1", "Ivan"), customer("2", "Olga"));
    let mut same = here.clone();
    assert_eq!(merge(&mut here, &mut same, 1, None, at(0)), Err(NoMerge::SamePerson));
    let many = merge(&mut here, &mut there, CARDS_MAX + 1, None, at(0));
    assert_eq!(many, Err(NoMerge::TooMany));
    merge(&mut here, &mut there, CARDS_MAX, None, at(0)).expect("merged");
    let mut third = customer("3", "Petr");
    assert_eq!(merge(&mut third, &mut there, 3, None, at(0)), Err(NoMerge::NotTheHead));
    assert_eq!(merge(&mut there, &mut third, 3, None, at(0)), Err(NoMerge::NotTheHead));
}

#[test]
fn a_merge_answers_the_claims_between_the_two() {
    let (mut here, mut there) = (customer("1", "Ivan"), customer("2", "Olga"));
    let claim = |of: &Customer| {
        let (customer, kind) = (of.id.clone(), ContactKind::Phone);
        Some(Claim { customer, kind, value: PHONE.to_owned() })
    };
    (here.claims, there.claims) = (claim(&there), claim(&here));
    merge(&mut here, &mut there, 2, None, at(0)).expect("merged");
    assert_eq!((here.claims, there.claims), (None, None));
}
