//! To whom a conversation may be handed, as whoever has it is told.

use serde_json::{Value, json};

use crate::site::{Browser, Company, line};

const NOTHING: Value = Value::Null;

#[actix_web::test]
async fn colleagues_and_lines_are_told_as_they_stand() {
    let company = Company::opens().await;
    let (anna, conversation) = company.anna_talks().await;
    let _vera = Browser::shows(&company.vera.page).await;
    let old = line(&company.chief, &json!({ "name": "Old" })).await;
    let archive = json!({ "version": 1, "archived": true });
    company.chief.does("POST", &format!("/api/v1/lines/{old}/archive"), &archive).await;
    let closed = json!({ "enabled": true, "week": {
        "monday": [], "tuesday": [], "wednesday": [], "thursday": [], "friday": [],
    } });
    line(&company.chief, &json!({ "name": "Closed", "active": false, "hours": closed })).await;

    let path = format!("/api/v1/transfer-targets?conversation={conversation}");
    let told = company.anna.page.does("GET", &path, &NOTHING).await;
    let people = told["operators"].as_array().expect("people");
    let names: Vec<_> = people.iter().map(|one| one["name"].as_str().expect("a name")).collect();
    assert_eq!(names, ["Boris", "Chief", "Vera"], "not Anna, who has it");
    assert_eq!(
        people[2],
        json!({
            "id": company.vera.id, "name": "Vera", "status": "available", "available": true,
            "load": 0, "capacity": 0,
        })
    );
    assert_eq!(people[0]["available"], false, "Boris is not here");
    let lines = told["lines"].as_array().expect("lines");
    let names: Vec<_> = lines.iter().map(|one| one["name"].as_str().expect("a name")).collect();
    assert_eq!(names, ["Closed", "Support"], "not its own, nor one that is archived");
    assert_eq!((&lines[0]["active"], &lines[0]["open"]), (&json!(false), &json!(false)));
    assert_eq!((&lines[0]["opens_at"], &lines[0]["available_operators"]), (&NOTHING, &json!(0)));
    assert_eq!(
        lines[1],
        json!({
            "id": company.support, "name": "Support", "active": true, "open": true,
            "opens_at": null, "available_operators": 1,
        })
    );
    drop(anna);
}

#[actix_web::test]
async fn the_load_of_somebody_is_what_he_has() {
    let company = Company::opens().await;
    let (_anna, _conversation) = company.anna_talks().await;
    let mut boris = Browser::shows(&company.boris.page).await;
    let customer = company.customer_writes_to_bot().await;
    let (conversation, _) = boris.is_offered(&company.boris.id, &customer).await;
    let path = format!("/api/v1/transfer-targets?conversation={conversation}");
    let told = company.boris.page.does("GET", &path, &NOTHING).await;
    let people = told["operators"].as_array().expect("people").iter();
    let loads: Vec<_> = people.map(|one| (&one["name"], &one["load"])).collect();
    let expected = [("Anna", 1), ("Boris", 0), ("Chief", 0), ("Vera", 0)];
    let expected = expected.map(|(name, load)| (json!(name), json!(load)));
    assert_eq!(loads, expected.iter().map(|(name, load)| (name, load)).collect::<Vec<_>>());
}

#[actix_web::test]
async fn who_may_not_read_the_conversation_is_told_nothing() {
    let company = Company::opens().await;
    let (_anna, conversation) = company.anna_talks().await;
    let path = format!("/api/v1/transfer-targets?conversation={conversation}");
    company.vera.page.get(&path).await.is_refused(404, "not_found");
    company.site.page.get(&path).await.is_refused(401, "not_signed_in");
    for id in ["none", "9-x", "0-..", ""] {
        let path = format!("/api/v1/transfer-targets?conversation={id}");
        company.anna.page.get(&path).await.is_refused(404, "not_found");
    }
    company.anna.page.get("/api/v1/transfer-targets").await.is_refused(400, "malformed");
}
