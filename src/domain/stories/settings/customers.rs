//! What is looked up and made of customers.

use crate::chat::CustomerMessage;
use crate::customer::{Customer, Known, Owns, Step};
use crate::id::CustomerId;
use crate::lead::{NoLead, by_hand, is_due};
use crate::line::{CrmSettings, LeadRule, LineSettings};
use crate::stories::customers::{customer, messenger};
use crate::stories::inputs::wrote;
use crate::stories::settings::{choices, line};
use crate::stories::story::{ANNA, BORIS, Story, id, strictly};

fn of_anna() -> Customer {
    Customer { responsible: Some(id(ANNA)), ..customer("1", "Ivan") }
}

#[test]
pub(super) fn crm_check() {
    assert!(line().crm.check);
    let known = Known::default();
    for (check, responsible) in [(true, Some(id(ANNA))), (false, None)] {
        let crm = CrmSettings { check, ..line().crm };
        assert_eq!(of_anna().facts(&known, None, &crm).responsible, responsible);
        let mut story = Story::with([BORIS, ANNA], strictly);
        story.rules_change(|line| line.crm.check = check);
        story.customers[0].responsible = Some(id(ANNA));
        story.tell(0, wrote("hello"));
        assert_eq!(story.offered(0), [if check { ANNA } else { BORIS }]);
    }
}

#[test]
pub(super) fn crm_forward_to_responsible() {
    assert!(line().crm.forward_to_responsible);
    for (forward, offered) in [(true, ANNA), (false, BORIS)] {
        let mut story = Story::with([BORIS, ANNA], strictly);
        story.rules_change(|line| line.crm.forward_to_responsible = forward);
        story.customers[0].responsible = Some(id(ANNA));
        story.tell(0, wrote("hello"));
        assert_eq!(story.offered(0), [offered]);
    }
}

#[test]
pub(super) fn crm_create() {
    choices("/crm/create", &["auto", "manual", "none"]);
    let (ivan, known, message) =
        (customer("1", "Ivan"), Known::default(), CustomerMessage::default());
    for (rule, by_itself, on_demand) in [
        (LeadRule::Auto, true, Ok(())),
        (LeadRule::Manual, false, Ok(())),
        (LeadRule::None, false, Err(NoLead::Never)),
    ] {
        assert_eq!(is_due(rule, &message, &ivan, &known, &messenger()), by_itself);
        assert_eq!(by_hand(rule, &ivan, &known, &messenger()), on_demand);
    }
}

#[test]
pub(super) fn crm_transfer_changes_responsible() {
    assert!(line().crm.transfer_changes_responsible);
    let handed = Step::HandedOver { operator: id(BORIS) };
    let moved = Owns::Card(CustomerId::new("1"), id(BORIS));
    for (changes, owns) in [(true, Some(moved)), (false, None)] {
        let crm = CrmSettings { transfer_changes_responsible: changes, ..line().crm };
        assert_eq!(of_anna().owned_after(&Known::default(), &handed, &crm), owns);
    }
}

#[test]
pub(super) fn crm_track_contacts() {
    // Who listens is the shard, where cards are; here only that it can be said.
    assert!(line().crm.track_contacts);
    let mut deaf = serde_json::to_value(line()).expect("settings");
    deaf["crm"]["track_contacts"] = false.into();
    let deaf: LineSettings = serde_json::from_value(deaf).expect("settings");
    assert!(!deaf.crm.track_contacts);
    let mut wrong = serde_json::to_value(line()).expect("settings");
    wrong["crm"]["track_contacts"] = "sometimes".into();
    assert!(serde_json::from_value::<LineSettings>(wrong).is_err());
}
