//! What is remembered of customers: who owns them, what is made of them, and who they turn out to be.

use jiff::{SignedDuration, Timestamp};

use crate::channel::ChannelSettings;
use crate::chat::CustomerMessage;
use crate::customer::{
    Added, CARDS_MAX, CONTACTS_MAX, Claim, Contact, ContactKind, ContactSource, Customer,
    CustomerFacts, Decided, Holding, Known, KnownOperator, NoMerge, OPEN_MAX, Owns, Standing, Step,
    Whose, holding, merge, problems, steps, unmerge,
};
use crate::effect::Effect;
use crate::event::{Row, RowState};
use crate::id::{ChannelId, ChatKey, ConversationId, CustomerId, EntryNumber, LeadId, LineId};
use crate::lead::{
    CONVERSATIONS_MAX, Lead, LeadSource, LeadStatus, MadeBy, NoLead, by_hand, is_due,
};
use crate::line::{CrmSettings, LeadRule};
use crate::routing::Via;
use crate::stories::story::{ANNA, BORIS, CLARA, id};

const PHONE: &str = "+12025550123";
const AUTO: LeadRule = LeadRule::Auto;

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

fn webhook(outgoing_url: Option<&str>) -> ChannelSettings {
    ChannelSettings::Webhook { keys: Vec::new(), outgoing_url: outgoing_url.map(str::to_owned) }
}

fn due(customer: &Customer, channel: &ChannelSettings) -> bool {
    is_due(AUTO, &CustomerMessage::default(), customer, &Known::default(), channel)
}

fn lead_of(customer: &Customer, made_by: MadeBy, now: Timestamp) -> Lead {
    let source = LeadSource { line: LineId::new("support"), channel: ChannelId::new("bot") };
    Lead::new(LeadId::new(format!("lead-{now}")), customer, source, made_by, now)
}

fn automatic(customer: &Customer) -> Lead {
    lead_of(customer, MadeBy::Rule, at(0))
}

fn with_leads(leads: &[Lead]) -> Known<'_> {
    Known { leads, ..Known::default() }
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

fn given(value: &str) -> Contact {
    contact(value, Standing::Verified, ContactSource::Platform { chat: chat("1") })
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
