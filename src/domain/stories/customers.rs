//! What is remembered of customers: who owns them, what is made of them, and who they turn out to be.

mod contacts;
mod leads;
mod merging;

use jiff::{SignedDuration, Timestamp};

use crate::channel::ChannelSettings;
use crate::customer::{
    Contact, ContactKind, ContactSource, Customer, CustomerFacts, Decided, Known, OPEN_MAX,
    Standing, Step, problems, steps,
};
use crate::effect::Effect;
use crate::event::{Row, RowState};
use crate::id::{ChannelId, ChatKey, ConversationId, CustomerId, EntryNumber, LeadId, LineId};
use crate::lead::{CONVERSATIONS_MAX, Lead, LeadSource, LeadStatus, MadeBy};
use crate::line::CrmSettings;
use crate::routing::Via;
use crate::stories::story::{ANNA, BORIS, CLARA, id};

const PHONE: &str = "+12025550123";

#[test]
fn a_new_card_has_the_name_that_the_platform_gives() {
    let ivan = customer("1", "Ivan Petrovich Petrov");
    assert_eq!((&*ivan.name, &*ivan.surname), ("Ivan", "Petrovich Petrov"));
    assert_eq!(ivan.full_name(), "Ivan Petrovich Petrov");
    let single = customer("2", "  Madonna ");
    assert_eq!((&*single.name, &*single.surname, &*single.full_name()), ("Madonna", "", "Madonna"));
}

#[test]
fn a_new_name_on_the_platform_leaves_the_card_alone() {
    let mut ivan = customer("1", "Ivan");
    ivan.is_called(&chat("1"), "Vanya");
    ivan.is_called(&chat("2"), "Somebody else");
    assert_eq!((&*ivan.name, &*ivan.identities[0].name), ("Ivan", "Vanya"));
}

#[test]
fn every_change_of_what_people_may_change_has_a_revision_of_its_own() {
    let mut ivan = customer("1", "Ivan");
    ivan.change("Ivan".to_owned(), "Petrov".to_owned(), "likes tea".to_owned());
    ivan.set_responsible(Some(id(ANNA)));
    ivan.set_responsible(Some(id(ANNA)));
    ivan.conversation_stands(&row("new", RowState::Waiting, None));
    assert_eq!((ivan.revision, &*ivan.full_name(), &*ivan.note), (3, "Ivan Petrov", "likes tea"));
    let mut lead = automatic(&ivan);
    lead.is_owned_by(id(ANNA));
    lead.note_conversation(&ConversationId::new("new"));
    assert_eq!((lead.revision, lead.touched), (2, false));
    lead.note_step(&spam(false));
    assert_eq!((lead.revision, lead.responsible.clone()), (3, Some(id(ANNA))));
    lead.change(LeadStatus::Open, None);
    assert_eq!((lead.revision, lead.touched), (4, true));
    let fields = |name: &str, note: &str| -> Vec<_> {
        problems(name, "", note).iter().map(|problem| problem.field).collect()
    };
    assert!(fields("Ivan", "").is_empty());
    assert_eq!(fields(&"a".repeat(101), &"a".repeat(2_001)), ["name", "note"]);
}

#[test]
fn spam_blocks_only_when_it_says_so() {
    let mut ivan = customer("1", "Ivan");
    ivan.note_step(&spam(false), at(1));
    assert!(!facts(&ivan, &Known::default()).blocked);
    ivan.note_step(&spam(true), at(2));
    ivan.note_step(&Step::Spam { by: id(BORIS), block: true }, at(3));
    let blocked = ivan.blocked.as_ref().map(|blocked| (blocked.by.clone(), blocked.at));
    assert_eq!(blocked, Some((id(ANNA), at(2))), "the first block counts");
    assert!(facts(&ivan, &Known::default()).blocked);
}

#[test]
fn consent_is_kept_from_the_first_time() {
    let mut ivan = customer("1", "Ivan");
    assert!(!facts(&ivan, &Known::default()).consented);
    ivan.note_step(&Step::Consented, at(1));
    ivan.note_step(&Step::Consented, at(2));
    assert_eq!(ivan.consented_at, Some(at(1)));
    assert!(facts(&ivan, &Known::default()).consented);
}

#[test]
fn who_holds_another_conversation_is_known_before_who_finished_the_last() {
    let mut ivan = customer("1", "Ivan");
    ivan.note_step(&finished(Some(CLARA)), at(1));
    assert_eq!(knows(&ivan, "new"), Some((CLARA.to_owned(), Some(at(1)))));
    assert!(ivan.conversation_stands(&row("new", RowState::Active, Some(ANNA))), "it begins");
    assert!(!ivan.conversation_stands(&row("new", RowState::Active, Some(ANNA))));
    assert_eq!(knows(&ivan, "new"), Some((CLARA.to_owned(), Some(at(1)))), "not his own operator");
    assert_eq!(knows(&ivan, "another"), Some((ANNA.to_owned(), None)));
    ivan.conversation_stands(&row("newer", RowState::Offered, None));
    ivan.conversation_stands(&row("newest", RowState::Active, Some(BORIS)));
    assert_eq!(knows(&ivan, "another"), Some((BORIS.to_owned(), None)));
    ivan.conversation_stands(&row("newest", RowState::Closing, Some(BORIS)));
    ivan.conversation_stands(&row("new", RowState::Closed, Some(ANNA)));
    assert_eq!(knows(&ivan, "another"), Some((CLARA.to_owned(), Some(at(1)))));
}

#[test]
fn a_card_and_a_lead_name_only_so_many_conversations() {
    let mut ivan = customer("1", "Ivan");
    let mut lead = automatic(&ivan);
    for n in 0..=CONVERSATIONS_MAX {
        ivan.conversation_stands(&row(&n.to_string(), RowState::Waiting, None));
        lead.note_conversation(&ConversationId::new(n.to_string()));
        lead.note_conversation(&ConversationId::new(n.to_string()));
    }
    assert_eq!((ivan.open.len(), lead.conversations.len()), (OPEN_MAX, CONVERSATIONS_MAX));
    assert_eq!(lead.conversations.first(), Some(&ConversationId::new("1")));
    assert_eq!(ivan.open.last().map(|open| open.conversation.to_string()), Some("100".into()));
    lead.change(LeadStatus::Closed, None);
    lead.note_conversation(&ConversationId::new("later"));
    assert_eq!(lead.conversations.len(), CONVERSATIONS_MAX);
}

#[test]
fn what_a_conversation_does_is_told_in_few_words() {
    let assigned = |via| Effect::Assigned { operator: id(ANNA), via };
    let effects = [
        assigned(Via::Queue),
        Effect::Closed,
        assigned(Via::Return),
        assigned(Via::Transfer),
        Effect::Consented,
        Effect::Ignore("nothing"),
        Effect::Spam { by: id(ANNA), block: true },
        Effect::Finished { operator: None },
    ];
    let expected = [
        accepted(ANNA),
        accepted(ANNA),
        Step::HandedOver { operator: id(ANNA) },
        Step::Consented,
        spam(true),
        finished(None),
    ];
    assert_eq!(steps(&effects), expected);
}

fn at(minutes: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_mins(minutes)
}

fn chat(external: &str) -> ChatKey {
    ChatKey { channel: ChannelId::new("bot"), external: external.into() }
}

pub(super) fn customer(external: &str, name: &str) -> Customer {
    Customer::new(CustomerId::new(external), chat(external), name, at(0))
}

pub(super) fn messenger() -> ChannelSettings {
    ChannelSettings::Telegram {
        token: String::new(),
        secret: String::new(),
        api_base: String::new(),
        polling: false,
        groups: false,
    }
}

fn lead_of(customer: &Customer, made_by: MadeBy, now: Timestamp) -> Lead {
    let source = LeadSource { line: LineId::new("support"), channel: ChannelId::new("bot") };
    Lead::new(LeadId::new(format!("lead-{now}")), customer, source, made_by, now)
}

fn automatic(customer: &Customer) -> Lead {
    lead_of(customer, MadeBy::Rule, at(0))
}

fn crm() -> CrmSettings {
    CrmSettings::default()
}

fn facts(customer: &Customer, known: &Known<'_>) -> CustomerFacts {
    customer.facts(known, None, &crm())
}

fn knows(customer: &Customer, conversation: &str) -> Option<(String, Option<Timestamp>)> {
    let conversation = ConversationId::new(conversation);
    let known = customer.facts(&Known::default(), Some(&conversation), &crm()).known?;
    Some((known.operator.to_string(), known.finished_at))
}

fn typed(value: &str) -> Contact {
    contact(value, Standing::Claimed, ContactSource::Typed { chat: chat("1") })
}

fn contact(value: &str, standing: Standing, source: ContactSource) -> Contact {
    Contact { value: value.to_owned(), standing, source, at: at(0) }
}

fn decide(customer: &mut Customer, standing: Standing) -> Decided {
    customer.decide_contact(ContactKind::Phone, PHONE, standing, &id(ANNA), at(1))
}

fn accepted(operator: &str) -> Step {
    Step::Accepted { operator: id(operator) }
}

fn finished(operator: Option<&str>) -> Step {
    Step::Finished { operator: operator.map(id) }
}

fn spam(block: bool) -> Step {
    Step::Spam { by: id(ANNA), block }
}

fn row(conversation: &str, state: RowState, operator: Option<&str>) -> Row {
    Row {
        conversation: ConversationId::new(conversation),
        line: LineId::new("support"),
        channel: ChannelId::new("bot"),
        customer: None,
        customer_name: "Ivan".to_owned(),
        state,
        operator: operator.map(id),
        offers: Vec::new(),
        handed_by: None,
        listed_for: None,
        held: Vec::new(),
        joined: Vec::new(),
        unanswered: false,
        waiting_since: None,
        late: false,
        hold_until: None,
        topic: None,
        rating: None,
        review: None,
        reason: None,
        continues: None,
        started_at: at(0),
        updated_at: at(0),
        preview: String::new(),
        preview_kind: None,
        last_entry: EntryNumber(0),
    }
}
