//! Customers over HTTP: who sees a card, what people do with it, and what comes of two at once.

use domain::id::{ConversationId, CustomerId};
use futures_util::future::join;
use serde_json::{Value, json};

use crate::fakes::telegram::{Customer, Update};
use crate::site::{Bot, Browser, Company, line, message};

const PHONE: &str = "+12025550123";
const NOTHING: Value = Value::Null;

#[actix_web::test]
async fn a_card_is_for_those_who_talk_with_the_customer() {
    let company = Company::opens().await;
    let (anna, conversation) = company.anna_talks().await;
    let path = card_path(&customer_of(&anna, &conversation));
    let card = company.anna.page.does("GET", &path, &NOTHING).await;
    assert_eq!((&card["name"], &card["surname"]), (&json!("Customer"), &json!("501")));
    assert_eq!(card["lead"]["responsible"], json!(company.anna.id));
    assert_eq!(card["owner"], json!(company.anna.id));
    assert_eq!(card["responsible"], NOTHING);
    let conversations = [&card["open"], &card["conversations"], &card["lead"]["conversations"]];
    assert_eq!(conversations.map(|list| list.as_array().map(Vec::len)), [Some(1); 3]);
    assert_eq!(card["open"][0]["operator"], json!(company.anna.id));
    assert_eq!(company.chief.does("GET", &path, &NOTHING).await["id"], card["id"]);
    for stranger in [&company.boris.page, &company.vera.page] {
        stranger.get(&path).await.is_refused(404, "not_found");
        let blocked = stranger.send("POST", &format!("{path}/block"), "").await;
        blocked.is_refused(404, "not_found");
    }
    company.anna.page.get("/api/v1/customers/nobody").await.is_refused(404, "not_found");
    company.site.page.get(&path).await.is_refused(401, "not_signed_in");
}

#[actix_web::test]
async fn who_was_only_offered_a_conversation_reads_and_does_not_write() {
    let company = Company::opens().await;
    let mut boris = Browser::shows(&company.boris.page).await;
    let name = company.customer_writes_to_bot().await;
    let (conversation, _) = boris.is_offered(&company.boris.id, &name).await;
    let path = card_path(&customer_of(&boris, &conversation));
    let card = company.boris.page.does("GET", &path, &NOTHING).await;
    let change = changed(&card, &json!({ "note": "mine" }));
    let refused = company.boris.page.send("PUT", &path, &change.to_string()).await;
    refused.is_refused(403, "forbidden");
    let lead = format!("/api/v1/conversations/{conversation}/lead");
    company.boris.page.send("POST", &lead, "{}").await.is_refused(403, "forbidden");
    let blocked = company.boris.page.does("POST", &format!("{path}/block"), &NOTHING).await;
    assert_eq!(blocked["blocked"]["by"], json!(company.boris.id), "as spam is thrown out");
}

#[actix_web::test]
async fn what_was_changed_since_it_was_read_is_not_written_over() {
    let company = Company::opens().await;
    let (anna, conversation) = company.anna_talks().await;
    let (page, path) = (&company.anna.page, card_path(&customer_of(&anna, &conversation)));
    let card = page.does("GET", &path, &NOTHING).await;
    let change = changed(&card, &json!({ "name": " Ivan ", "surname": "Petrov", "note": "tea" }));
    let written = page.does("PUT", &path, &change).await;
    assert_eq!((&written["name"], &written["note"]), (&json!("Ivan"), &json!("tea")));
    // A conversation that goes on makes nothing stale.
    company.bot.posts(&company.site.page, &company.update("and another thing")).await;
    let change = changed(&written, &json!({ "responsible": company.boris.id }));
    let written = page.does("PUT", &path, &change).await;
    assert_eq!(written["owner"], json!(company.boris.id), "before that of the lead");
    let late = page.send("PUT", &path, &changed(&card, &json!({})).to_string()).await;
    late.is_refused(409, "stale");
    assert_eq!(late.json()["error"]["current"]["note"], "tea");
    for wrong in [
        json!({ "name": "a".repeat(101) }),
        json!({ "note": "a".repeat(2_001) }),
        json!({ "responsible": "nobody" }),
    ] {
        let refused = page.send("PUT", &path, &changed(&written, &wrong).to_string()).await;
        refused.is_refused(422, "invalid_fields");
    }
}

#[actix_web::test]
async fn contacts_are_confirmed_and_rejected() {
    let company = Company::opens().await;
    let (anna, conversation) = company.anna_talks().await;
    let (page, path) = (&company.anna.page, card_path(&customer_of(&anna, &conversation)));
    let text = "202-555-0123 or ivan@example.com";
    company.bot.posts(&company.site.page, &company.update(text)).await;
    let card = page.does("GET", &path, &NOTHING).await;
    assert_eq!(standings(&card), [(PHONE, "claimed"), ("ivan@example.com", "claimed")]);
    let phone = json!({ "kind": "phone", "value": PHONE });
    let email = json!({ "kind": "email", "value": "ivan@example.com" });
    page.does("POST", &format!("{path}/contacts/confirm"), &phone).await;
    let card = page.does("POST", &format!("{path}/contacts/reject"), &email).await;
    assert_eq!(standings(&card), [(PHONE, "verified"), ("ivan@example.com", "rejected")]);
    assert_eq!(card["phones"][0]["by"], json!(company.anna.id));
    let unknown = json!({ "kind": "email", "value": "olga@example.com" }).to_string();
    let unknown = page.send("POST", &format!("{path}/contacts/confirm"), &unknown).await;
    unknown.is_refused(404, "not_found");
}

#[actix_web::test]
async fn a_claim_is_shown_by_name_and_ends_when_it_is_answered() {
    let company = Company::opens().await;
    let (mut anna, first) = company.anna_talks().await;
    let petrov = customer_of(&anna, &first);
    company.bot.posts(&company.site.page, &shared(&company, 501)).await;
    let name = company.customer_writes_to_bot().await;
    company.bot.posts(&company.site.page, &company.update("I am 202-555-0123")).await;
    let (second, offer) = anna.is_offered(&company.anna.id, &name).await;
    anna.accepts(&(second.clone(), offer)).await;
    let (page, path) = (&company.anna.page, card_path(&customer_of(&anna, &second)));
    let card = page.does("GET", &path, &NOTHING).await;
    let claims = json!({
        "customer": petrov, "name": "Customer 501", "kind": "phone", "value": PHONE,
        "responsible": company.anna.id,
    });
    assert_eq!(card["claims"], claims);
    assert_eq!(card["conversations"].as_array().map(Vec::len), Some(1), "only his own");
    let phone = json!({ "kind": "phone", "value": PHONE });
    let one = page.does("POST", &format!("{path}/contacts/confirm"), &phone).await;
    assert_eq!((&one["id"], &one["claims"]), (&json!(petrov), &NOTHING), "they are one person");
    assert_eq!(one["conversations"].as_array().map(Vec::len), Some(2));
    assert_eq!(one["phones"].as_array().map(Vec::len), Some(1));
}

#[actix_web::test]
async fn two_cards_are_merged_and_parted_again() {
    let company = Company::opens().await;
    let (mut anna, first) = company.anna_talks().await;
    let name = company.customer_writes_to_bot().await;
    let (second, offer) = anna.is_offered(&company.anna.id, &name).await;
    anna.accepts(&(second.clone(), offer)).await;
    let (into, from) = (customer_of(&anna, &first), customer_of(&anna, &second));
    let page = &company.anna.page;
    let (path, other) = (card_path(&into), json!({ "customer": from }));
    let before = page.does("GET", &card_path(&from), &NOTHING).await;
    let merged = page.does("POST", &format!("{path}/merge"), &other).await;
    assert_eq!(merged["identities"].as_array().map(Vec::len), Some(2));
    assert_eq!(merged["open"].as_array().map(Vec::len), Some(2));
    assert_eq!(merged["merged"][0]["customer"], json!(from));
    let either = page.does("GET", &card_path(&from), &NOTHING).await;
    assert_eq!(either["id"], json!(into), "one card, by either id");
    let again = page.send("POST", &format!("{path}/merge"), &other.to_string()).await;
    again.is_refused(422, "invalid_fields");
    let parted = page.does("POST", &format!("{path}/unmerge"), &other).await;
    assert_eq!(parted["identities"].as_array().map(Vec::len), Some(1));
    assert_eq!(page.does("GET", &card_path(&from), &NOTHING).await, before);
    let again = page.send("POST", &format!("{path}/unmerge"), &other.to_string()).await;
    again.is_refused(422, "invalid_fields");
}

#[actix_web::test]
async fn nobody_merges_a_customer_whom_he_does_not_know() {
    let company = Company::opens().await;
    let (anna, conversation) = company.anna_talks().await;
    let mut vera = Browser::shows(&company.vera.page).await;
    company.form.posts(&company.site.page, &message("olga", "1", "hello")).await;
    let (foreign, _) = vera.is_offered(&company.vera.id, "olga").await;
    let path = format!("{}/merge", card_path(&customer_of(&anna, &conversation)));
    let other = json!({ "customer": customer_of(&vera, &foreign) }).to_string();
    let merged = company.anna.page.send("POST", &path, &other).await;
    merged.is_refused(404, "not_found");
}

#[actix_web::test]
async fn who_is_blocked_is_not_heard_until_he_is_unblocked() {
    let company = Company::opens().await;
    let mut boris = Browser::shows(&company.boris.page).await;
    let name = company.customer_writes_to_bot().await;
    let (conversation, _) = boris.is_offered(&company.boris.id, &name).await;
    let path = card_path(&customer_of(&boris, &conversation));
    let page = &company.boris.page;
    page.does("POST", &format!("{path}/block"), &NOTHING).await;
    company.bot.posts(&company.site.page, &company.update("call 202-555-0123")).await;
    let card = page.does("GET", &path, &NOTHING).await;
    assert_eq!(standings(&card), [("", ""); 0]);
    let card = page.does("POST", &format!("{path}/unblock"), &NOTHING).await;
    assert_eq!(card["blocked"], NOTHING);
    company.bot.posts(&company.site.page, &company.update("call 202-555-0123")).await;
    let card = page.does("GET", &path, &NOTHING).await;
    assert_eq!(standings(&card), [(PHONE, "claimed")]);
}

#[actix_web::test]
async fn the_button_asks_for_a_contact_where_it_is_needed() {
    let company = Company::opens().await;
    let mut vera = Browser::shows(&company.vera.page).await;
    company.form.posts(&company.site.page, &message("olga", "1", "hello")).await;
    let offer = vera.is_offered(&company.vera.id, "olga").await;
    vera.accepts(&offer).await;
    let page = &company.vera.page;
    let card_path = card_path(&customer_of(&vera, &offer.0));
    assert_eq!(page.does("GET", &card_path, &NOTHING).await["lead"], NOTHING);
    let path = format!("/api/v1/conversations/{}/lead", offer.0);
    for wrong in ["{}", r#"{"phone":"12"}"#, r#"{"email":"olga"}"#] {
        let refused = page.send("POST", &path, wrong).await;
        refused.is_refused(422, "invalid_fields");
        assert!(["phone", "email"].contains(&field(&refused.json())), "{}", refused.text);
    }
    let made = page.send("POST", &path, r#"{"phone":"(202) 555-0123"}"#).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let lead = made.json();
    assert_eq!((&lead["automatic"], &lead["status"]), (&json!(false), &json!("open")));
    assert_eq!(lead["responsible"], json!(company.vera.id));
    assert_eq!(lead["conversations"], json!([offer.0]));
    assert_eq!(standings(&page.does("GET", &card_path, &NOTHING).await), [(PHONE, "claimed")]);
    page.send("POST", &path, "{}").await.is_refused(409, "lead_exists");
}

#[actix_web::test]
async fn a_lead_is_changed_by_whoever_may_change_the_customer() {
    let company = Company::opens().await;
    let (anna, conversation) = company.anna_talks().await;
    let page = &company.anna.page;
    let card = card_path(&customer_of(&anna, &conversation));
    let lead = page.does("GET", &card, &NOTHING).await["lead"].clone();
    let path = format!("/api/v1/leads/{}", lead["id"].as_str().unwrap());
    let change = |version: &Value, status: &str, responsible: Value| {
        json!({ "version": version, "status": status, "responsible": responsible }).to_string()
    };
    let version = &lead["version"];
    let closed = change(version, "closed", json!(company.boris.id));
    company.vera.page.send("PUT", &path, &closed).await.is_refused(404, "not_found");
    let unknown = change(version, "closed", json!("nobody"));
    page.send("PUT", &path, &unknown).await.is_refused(422, "invalid_fields");
    let answer = page.send("PUT", &path, &closed).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert_eq!(answer.json()["status"], "closed");
    page.send("PUT", &path, &closed).await.is_refused(409, "stale");
    let owner = page.does("GET", &card, &NOTHING).await["owner"].clone();
    assert_eq!(owner, NOTHING, "a closed lead gives nobody a customer");
    page.send("PUT", "/api/v1/leads/none", &closed).await.is_refused(404, "not_found");
}

#[actix_web::test]
async fn two_first_messages_at_once_make_one_person_and_one_lead() {
    let company = Company::opens().await;
    let queue = json!({ "operators": [company.anna.id] });
    let other = line(&company.chief, &json!({ "name": "Other", "queue": queue })).await;
    let other = Bot::connected(&company.chief, &other, &company.platform.api_base()).await;
    for round in 0..5 {
        let (here, there) = (9_000 + 2 * round, 9_001 + 2 * round);
        let phone = format!("1202555{:04}", 150 + round);
        let (first, second) = (contact(&company, here, &phone), contact(&company, there, &phone));
        let page = &company.site.page;
        let (first, second) =
            join(company.bot.posts(page, &first), other.posts(page, &second)).await;
        assert_eq!((first.status.as_u16(), second.status.as_u16()), (200, 200));
        let chief = Browser::shows(&company.chief).await;
        let rows = chief.rows();
        let name = format!("Customer {here}");
        let row = rows.values().find(|row| row.customer_name == name).expect("a row");
        let customer = row.customer.clone().expect("a customer");
        let card = company.chief.does("GET", &card_path(&customer), &NOTHING).await;
        assert_eq!(card["identities"].as_array().map(Vec::len), Some(2), "{card}");
        assert_eq!(card["open"].as_array().map(Vec::len), Some(2), "{card}");
        assert_eq!(card["lead"]["conversations"].as_array().map(Vec::len), Some(2), "{card}");
    }
}

fn card_path(customer: &CustomerId) -> String {
    format!("/api/v1/customers/{customer}")
}

fn customer_of(browser: &Browser, conversation: &ConversationId) -> CustomerId {
    browser.rows()[conversation].customer.clone().expect("a customer")
}

/// What a page sends back: the card as it was read, with changes.
fn changed(card: &Value, changes: &Value) -> Value {
    let fields = ["version", "name", "surname", "note", "responsible"];
    let value = |field: &str| changes.get(field).unwrap_or(&card[field]).clone();
    fields.into_iter().map(|field| (field.to_owned(), value(field))).collect()
}

/// Phones, then addresses.
fn standings(card: &Value) -> Vec<(&str, &str)> {
    let contacts = ["phones", "emails"].into_iter().filter_map(|kind| card[kind].as_array());
    contacts.flatten().map(standing).collect()
}

fn standing(contact: &Value) -> (&str, &str) {
    let text = |field: &str| contact[field].as_str().expect("a text");
    (text("value"), text("standing"))
}

fn field(refusal: &Value) -> &str {
    refusal["error"]["fields"][0]["field"].as_str().expect("a field")
}

/// The customer presses the button that shares his own phone.
fn shared(company: &Company, id: i64) -> Vec<u8> {
    contact(company, id, PHONE)
}

fn contact(company: &Company, id: i64, phone: &str) -> Vec<u8> {
    let Update(mut update) = company.platform.contact(Customer { id, name: "" }, phone);
    for person in ["from", "chat"] {
        update["message"][person]["first_name"] = format!("Customer {id}").into();
    }
    Update(update).bytes()
}
