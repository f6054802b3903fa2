//! What would happen to a message: told without anything being stored.

use serde_json::{Value, json};

use crate::site::{Browser, Company, Operator};

const NOTHING: Value = Value::Null;

#[actix_web::test]
async fn it_is_told_who_would_be_asked_and_why() {
    let company = Company::opens().await;
    let told = preview(&company, &json!({})).await;
    assert_eq!(
        (&told["open"], &told["opens_at"], &told["text"]),
        (&json!(true), &NOTHING, &NOTHING)
    );
    assert_eq!(told["offered"], json!([]), "nobody is here");
    let why = &told["explanation"]["candidates"];
    assert_eq!(*why, json!([{ "operator": company.vera.id, "reason": { "why": "unavailable" } }]));

    let _vera = Browser::shows(&company.vera.page).await;
    let told = preview(&company, &json!({ "settings": null, "at": null })).await;
    assert_eq!(told["offered"], json!([company.vera.id]));
    let reason = &told["explanation"]["candidates"][0]["reason"];
    assert_eq!(*reason, json!({ "why": "fewest_received", "received": 0 }));
}

#[actix_web::test]
async fn settings_that_are_not_saved_are_tried() {
    let company = Company::opens().await;
    let _here =
        [Browser::shows(&company.vera.page).await, Browser::shows(&company.anna.page).await];
    let mut settings = stored(&company).await;
    settings["queue"]["mode"] = "strictly".into();
    settings["queue"]["operators"] = json!([company.boris.id, company.anna.id, company.vera.id]);
    let told = preview(&company, &json!({ "settings": settings })).await;
    assert_eq!(told["offered"], json!([company.anna.id]));
    let reason = json!({ "why": "first_in_order", "place": 2 });
    let candidates = told["explanation"]["candidates"].as_array().expect("candidates");
    assert!(candidates.contains(&json!({ "operator": company.anna.id, "reason": reason })));

    settings["queue"]["mode"] = "all".into();
    let told = preview(&company, &json!({ "settings": settings })).await;
    assert_eq!(told["offered"], json!([company.anna.id, company.vera.id]));

    settings["queue"]["require_available"] = false.into();
    let told = preview(&company, &json!({ "settings": settings })).await;
    assert_eq!(told["offered"], json!([company.boris.id, company.anna.id, company.vera.id]));
}

#[actix_web::test]
async fn outside_the_hours_it_is_told_what_the_customer_reads() {
    let company = Company::opens().await;
    let _vera = Browser::shows(&company.vera.page).await;
    let mut settings = stored(&company).await;
    settings["hours"]["enabled"] = true.into();
    settings["hours"]["timezone"] = "Europe/Berlin".into();
    settings["hours"]["text"] = "{company} opens {opens_at}".into();
    // A Monday in winter.
    for (at, open, opens_at, text) in [
        ("2026-03-02T09:00:00Z", true, NOTHING, NOTHING),
        (
            "2026-03-02T07:59:59Z",
            false,
            json!("2026-03-02T08:00:00Z"),
            json!("Our company opens today at 09:00"),
        ),
        (
            "2026-03-02T17:00:00Z",
            false,
            json!("2026-03-03T08:00:00Z"),
            json!("Our company opens Tuesday, 3 March at 09:00"),
        ),
    ] {
        let told = preview(&company, &json!({ "settings": settings, "at": at })).await;
        assert_eq!((&told["open"], &told["opens_at"]), (&json!(open), &opens_at), "{at}");
        assert_eq!(told["text"], text, "{at}");
        let offered = if open { json!([company.vera.id]) } else { json!([]) };
        assert_eq!(told["offered"], offered, "{at}");
        assert_eq!(told["explanation"].is_null(), !open, "{at}");
    }
    settings["hours"]["calendar_of"] = json!(company.sales);
    let night = json!({ "settings": settings, "at": "2026-03-02T22:30:00Z" });
    let told = preview(&company, &night).await;
    assert_eq!(told["open"], false, "the other one's calendar has the same week");
}

#[actix_web::test]
async fn an_inactive_line_asks_nobody() {
    let company = Company::opens().await;
    let _vera = Browser::shows(&company.vera.page).await;
    let mut settings = stored(&company).await;
    settings["active"] = false.into();
    let told = preview(&company, &json!({ "settings": settings })).await;
    assert_eq!((&told["open"], &told["offered"]), (&json!(true), &json!([])));
    assert_eq!(told["explanation"], NOTHING);
}

#[actix_web::test]
async fn nothing_comes_of_it_but_the_answer() {
    let company = Company::opens().await;
    let _vera = Browser::shows(&company.vera.page).await;
    company
        .is_not_harmed_by(async || {
            let mut settings = stored(&company).await;
            settings["queue"]["operators"] = json!([company.anna.id]);
            preview(&company, &json!({ "settings": settings })).await;
            settings["queue"]["offer_timeout_seconds"] = 5.into();
            let path = path(&company);
            let wrong = json!({ "settings": settings }).to_string();
            company.chief.send("POST", &path, &wrong).await.is_refused(422, "invalid_fields");
            for at in ["tomorrow", "2026-03-02", ""] {
                let wrong = json!({ "at": at }).to_string();
                let refused = company.chief.send("POST", &path, &wrong).await;
                refused.is_refused(422, "invalid_fields");
                assert_eq!(refused.json()["error"]["fields"][0]["field"], "at");
            }
        })
        .await;
}

#[actix_web::test]
async fn who_oversees_the_line_may_try_it() {
    let company = Company::opens().await;
    let fields = json!({ "role": "supervisor", "supervises": [company.support] });
    let olga = Operator::hired_as(&company.chief, "Olga", &fields).await;
    let path = path(&company);
    assert_eq!(olga.page.send("POST", &path, "{}").await.status, 200);
    company.vera.page.send("POST", &path, "{}").await.is_refused(404, "not_found");
    let elsewhere = format!("/api/v1/lines/{}/preview", company.sales);
    olga.page.send("POST", &elsewhere, "{}").await.is_refused(404, "not_found");
}

async fn preview(company: &Company, body: &Value) -> Value {
    company.chief.does("POST", &path(company), body).await
}

fn path(company: &Company) -> String {
    format!("/api/v1/lines/{}/preview", company.support)
}

async fn stored(company: &Company) -> Value {
    let path = format!("/api/v1/lines/{}", company.support);
    company.chief.does("GET", &path, &NOTHING).await["settings"].clone()
}
