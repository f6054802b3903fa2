//! When a lead is made, who owns it, and what becomes of it.

use crate::channel::ChannelSettings;
use crate::chat::CustomerMessage;
use crate::customer::{ContactKind, Customer, Known, Owns, Standing, Step};
use crate::id::LeadId;
use crate::lead::{Lead, LeadStatus, MadeBy, NoLead, by_hand, is_due};
use crate::line::{CrmSettings, LeadRule};
use crate::stories::customers::{
    PHONE, accepted, at, automatic, crm, customer, decide, facts, finished, lead_of, messenger,
    spam, typed,
};
use crate::stories::story::{ANNA, BORIS, CLARA, id};

const AUTO: LeadRule = LeadRule::Auto;

#[test]
fn who_writes_on_a_messenger_becomes_a_lead_at_once() {
    let ivan = customer("1", "Ivan");
    assert!(due(&ivan, &messenger()));
    assert!(due(&ivan, &webhook(Some("https://example.com/in"))));
}

#[test]
fn who_cannot_be_reached_again_becomes_one_when_he_leaves_a_contact() {
    let mut ivan = customer("1", "Ivan");
    assert!(!due(&ivan, &webhook(None)));
    ivan.add_contact(ContactKind::Phone, typed(PHONE));
    assert!(due(&ivan, &webhook(None)));
    decide(&mut ivan, Standing::Rejected);
    assert!(!due(&ivan, &webhook(None)), "it is not his");
}

#[test]
fn nothing_is_made_of_machines_the_blocked_and_the_known() {
    let ivan = customer("1", "Ivan");
    let known = Known::default();
    let machine = CustomerMessage { automatic: true, ..CustomerMessage::default() };
    assert!(!is_due(AUTO, &machine, &ivan, &known, &messenger()));
    for rule in [LeadRule::Manual, LeadRule::None] {
        assert!(!is_due(rule, &CustomerMessage::default(), &ivan, &known, &messenger()));
    }
    let mut blocked = ivan.clone();
    blocked.note_step(&spam(true), at(0));
    assert!(!due(&blocked, &messenger()));
    let owned = Customer { responsible: Some(id(ANNA)), ..ivan.clone() };
    assert!(!due(&owned, &messenger()));
    let lead = Customer { lead: Some(LeadId::new("l")), ..ivan.clone() };
    assert!(!due(&lead, &messenger()), "one lead, whatever became of it");
    let merged = Known { merged: &[lead], ..Known::default() };
    assert!(!is_due(AUTO, &CustomerMessage::default(), &ivan, &merged, &messenger()));
}

#[test]
fn the_button_makes_a_lead_unless_there_is_one_or_he_cannot_be_reached() {
    let mut ivan = customer("1", "Ivan");
    let nothing = Known::default();
    let ask = |rule, ivan: &Customer, known: &Known<'_>, channel: &ChannelSettings| {
        by_hand(rule, ivan, known, channel)
    };
    assert_eq!(ask(LeadRule::Manual, &ivan, &nothing, &messenger()), Ok(()));
    assert_eq!(ask(LeadRule::None, &ivan, &nothing, &messenger()), Err(NoLead::Never));
    let unreachable = ask(LeadRule::Manual, &ivan, &nothing, &webhook(None));
    assert_eq!(unreachable, Err(NoLead::Unreachable));
    ivan.add_contact(ContactKind::Email, typed("ivan@example.com"));
    assert_eq!(ask(AUTO, &ivan, &nothing, &webhook(None)), Ok(()));
    let mut lead = automatic(&ivan);
    let exists = ask(AUTO, &ivan, &Known { leads: &[lead.clone()], ..nothing }, &messenger());
    assert_eq!(exists, Err(NoLead::Exists));
    lead.change(LeadStatus::Closed, None);
    let again = ask(AUTO, &ivan, &Known { leads: &[lead.clone()], ..nothing }, &messenger());
    assert_eq!(again, Ok(()));
}

#[test]
fn a_lead_by_hand_is_owned_by_whoever_made_it() {
    let ivan = customer("1", "Ivan Petrov");
    let lead = lead_of(&ivan, MadeBy::Operator(id(ANNA)), at(0));
    assert_eq!((lead.automatic, lead.touched, lead.responsible), (false, true, Some(id(ANNA))));
    assert_eq!((&*lead.name, &*lead.surname), ("Ivan", "Petrov"));
}

#[test]
fn the_first_who_accepts_owns_the_lead() {
    let ivan = customer("1", "Ivan");
    let mut lead = automatic(&ivan);
    assert_eq!(lead.responsible, None);
    let first = ivan.owned_after(&with_leads(&[lead.clone()]), &accepted(ANNA), &crm());
    assert_eq!(first, Some(Owns::Lead(lead.id.clone(), id(ANNA))));
    lead.responsible = Some(id(ANNA));
    assert_eq!(ivan.owned_after(&with_leads(&[lead.clone()]), &accepted(BORIS), &crm()), None);
    let owned = Customer { responsible: Some(id(CLARA)), ..ivan };
    assert_eq!(owned.owned_after(&with_leads(&[automatic(&owned)]), &accepted(ANNA), &crm()), None);
}

#[test]
fn a_transfer_moves_what_there_is_when_the_line_says_so() {
    let ivan = customer("1", "Ivan");
    let mut lead = automatic(&ivan);
    lead.responsible = Some(id(ANNA));
    let known = Known { leads: &[lead.clone()], ..Known::default() };
    let handed = Step::HandedOver { operator: id(BORIS) };
    let moved = Some(Owns::Lead(lead.id.clone(), id(BORIS)));
    assert_eq!(ivan.owned_after(&known, &handed, &crm()), moved);
    let stays = CrmSettings { transfer_changes_responsible: false, ..crm() };
    assert_eq!(ivan.owned_after(&known, &handed, &stays), None);
    assert_eq!(ivan.owned_after(&Known::default(), &handed, &crm()), None, "nothing to own");
    let owned = Customer { responsible: Some(id(ANNA)), ..ivan.clone() };
    let moved = Some(Owns::Card(owned.id.clone(), id(BORIS)));
    assert_eq!(owned.owned_after(&known, &handed, &crm()), moved);
    let his = Customer { responsible: Some(id(BORIS)), ..ivan };
    assert_eq!(his.owned_after(&known, &handed, &crm()), None, "it is his already");
}

#[test]
fn who_is_handed_a_lead_that_nobody_owns_owns_it() {
    let ivan = customer("1", "Ivan");
    let lead = automatic(&ivan);
    let stays = CrmSettings { transfer_changes_responsible: false, ..crm() };
    let handed = Step::HandedOver { operator: id(BORIS) };
    let known = with_leads(std::slice::from_ref(&lead));
    let first = ivan.owned_after(&known, &handed, &stays);
    assert_eq!(first, Some(Owns::Lead(lead.id.clone(), id(BORIS))));
}

#[test]
fn the_responsible_is_the_contacts_else_that_of_the_newest_open_lead() {
    let ivan = customer("1", "Ivan");
    let of = |operator: &str, minutes: i64, status: LeadStatus| {
        let made = MadeBy::Operator(id(operator));
        Lead { status, ..lead_of(&ivan, made, at(minutes)) }
    };
    let (old, new) = (of(ANNA, 1, LeadStatus::Open), of(BORIS, 2, LeadStatus::Open));
    let closed = of(CLARA, 3, LeadStatus::Closed);
    let known = Known { leads: &[old, new, closed.clone()], ..Known::default() };
    assert_eq!(facts(&ivan, &known).responsible, Some(id(BORIS)));
    let owned = Customer { responsible: Some(id(ANNA)), ..ivan.clone() };
    assert_eq!(facts(&owned, &known).responsible, Some(id(ANNA)));
    let unchecked = CrmSettings { check: false, ..crm() };
    assert_eq!(owned.facts(&known, None, &unchecked).responsible, None);
    assert_eq!(facts(&ivan, &with_leads(&[closed])).responsible, None);
}

#[test]
fn spam_makes_junk_of_a_lead_that_nobody_worked_on() {
    let ivan = customer("1", "Ivan");
    let after = |change: fn(&mut Lead)| {
        let mut lead = automatic(&ivan);
        change(&mut lead);
        lead.note_step(&spam(false));
        lead.status
    };
    assert_eq!(after(|_| {}), LeadStatus::Junk);
    assert_eq!(after(|lead| lead.note_step(&accepted(ANNA))), LeadStatus::Junk);
    assert_eq!(after(|lead| lead.note_step(&finished(None))), LeadStatus::Junk);
    assert_eq!(after(|lead| lead.note_step(&finished(Some(ANNA)))), LeadStatus::Open);
    assert_eq!(after(|lead| lead.change(LeadStatus::Open, None)), LeadStatus::Open);
    assert_eq!(after(|lead| lead.change(LeadStatus::Closed, None)), LeadStatus::Closed);
    let mut by_hand = lead_of(&ivan, MadeBy::Operator(id(ANNA)), at(0));
    by_hand.note_step(&spam(true));
    assert_eq!(by_hand.status, LeadStatus::Open);
}

fn webhook(outgoing_url: Option<&str>) -> ChannelSettings {
    ChannelSettings::Webhook { keys: Vec::new(), outgoing_url: outgoing_url.map(str::to_owned) }
}

fn due(customer: &Customer, channel: &ChannelSettings) -> bool {
    is_due(AUTO, &CustomerMessage::default(), customer, &Known::default(), channel)
}

fn with_leads(leads: &[Lead]) -> Known<'_> {
    Known { leads, ..Known::default() }
}
