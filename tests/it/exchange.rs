//! Lines as files: what goes out of one hub comes in at another.

use serde_json::{Value, json};

use crate::site::{Company, Operator, SETUP_TOKEN, Site, founded, line};

const NOTHING: Value = Value::Null;

#[actix_web::test]
async fn what_was_exported_comes_in_as_it_was() {
    let company = Company::opens().await;
    let file = exported(&company).await;
    assert_eq!((&file["format"], &file["version"]), (&json!("switchboard.line"), &json!(1)));
    let vera = json!([{ "id": company.vera.id, "name": "Vera", "login": "vera" }]);
    assert_eq!(file["operators"], vera);
    let made = company.chief.send("POST", "/api/v1/lines/import", &file.to_string()).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let made = made.json();
    assert_eq!(made["settings"], file["settings"]);
    assert_eq!((&made["left_out"], &made["version"]), (&json!([]), &json!(1)));
    assert_ne!(made["id"], json!(company.support), "it is another line");
    let path = format!("/api/v1/lines/{}", made["id"].as_str().expect("an id"));
    let found = company.chief.does("GET", &path, &NOTHING).await;
    assert_eq!(found["settings"], file["settings"]);
    let log = company.chief.does("GET", &format!("{path}/audit"), &NOTHING).await;
    assert_eq!(log["entries"][0]["what"], "imported");
}

#[actix_web::test]
async fn at_another_hub_people_are_found_by_their_logins_or_left_out() {
    let company = Company::opens().await;
    let path = format!("/api/v1/lines/{}", company.support);
    let mut settings = company.chief.does("GET", &path, &NOTHING).await["settings"].clone();
    settings["queue"]["operators"] = json!([company.anna.id, company.vera.id]);
    let persona = |id| json!({ "operator": id, "name": "Support", "picture": null });
    settings["personas"] = json!([persona(&company.vera.id), persona(&company.boris.id)]);
    company.chief.does("PUT", &path, &json!({ "version": 1, "settings": settings })).await;
    let file = exported(&company).await;

    let elsewhere = Site::open().await;
    let chief = founded(&elsewhere.page, SETUP_TOKEN).await;
    let vera = Operator::hired(&chief, "Vera").await;
    let made = chief.does("POST", "/api/v1/lines/import", &file).await;
    assert_eq!(made["settings"]["queue"]["operators"], json!([vera.id]));
    assert_eq!(made["settings"]["personas"], json!([persona(&vera.id)]));
    let left_out = made["left_out"].as_array().expect("people").iter();
    let left_out: Vec<_> = left_out.map(|one| one["name"].as_str().expect("a name")).collect();
    assert_eq!(left_out, ["Anna", "Boris"]);
}

#[actix_web::test]
async fn the_calendar_of_another_line_goes_with_it() {
    let company = Company::opens().await;
    let calendar = json!({
        "name": "Calendar",
        "hours": { "timezone": "Asia/Tokyo", "week": { "sunday": [{ "from": "10:00", "to": "11:00" }] } },
    });
    let calendar = line(&company.chief, &calendar).await;
    let path = format!("/api/v1/lines/{}", company.support);
    let mut settings = company.chief.does("GET", &path, &NOTHING).await["settings"].clone();
    settings["hours"]["calendar_of"] = json!(calendar);
    settings["hours"]["text"] = "Closed".into();
    company.chief.does("PUT", &path, &json!({ "version": 1, "settings": settings })).await;
    let hours = exported(&company).await["settings"]["hours"].clone();
    assert_eq!((&hours["timezone"], &hours["calendar_of"]), (&json!("Asia/Tokyo"), &NOTHING));
    assert_eq!(hours["week"]["sunday"], json!([{ "from": "10:00", "to": "11:00" }]));
    assert_eq!(hours["text"], "Closed", "that is the line's own");
}

#[actix_web::test]
async fn a_file_that_is_none_makes_no_line() {
    let company = Company::opens().await;
    let good = exported(&company).await;
    company
        .is_not_harmed_by(async || {
            for (pointer, wrong, field) in [
                ("/format", json!("switchboard.chat"), "format"),
                ("/version", json!(2), "version"),
                ("/settings/name", json!(""), "name"),
                ("/settings/queue/mode", json!("fastest"), "queue.mode"),
                ("/settings/queue/offer_timeout_seconds", json!(1), "queue.offer_timeout_seconds"),
                ("/settings/hours/timezone", json!("nowhere"), "hours.timezone"),
                ("/settings/hours/calendar_of", json!("nowhere"), "hours.calendar_of"),
            ] {
                let mut file = good.clone();
                *file.pointer_mut(pointer).expect("a field") = wrong;
                let body = file.to_string();
                let refused = company.chief.send("POST", "/api/v1/lines/import", &body).await;
                refused.is_refused(422, "invalid_fields");
                assert_eq!(refused.json()["error"]["fields"][0]["field"], field, "{pointer}");
            }
            for text in ["", "{}", "[]", "null", r#"{"format": "switchboard.line"}"#] {
                let refused = company.chief.send("POST", "/api/v1/lines/import", text).await;
                refused.is_refused(400, "malformed");
            }
        })
        .await;
}

#[actix_web::test]
async fn a_long_queue_comes_in_whole() {
    let company = Company::opens().await;
    let mut file = exported(&company).await;
    let day = |n: i32| {
        let date = jiff::civil::date(2027, 1, 1) + jiff::Span::new().days(n);
        let open = json!([{ "from": "09:00", "to": "12:00" }, { "from": "13:00", "to": "18:00" }]);
        json!({
            "from": date, "to": date, "yearly": false, "intervals": open, "imported": true,
            "name": "A day that has a name of some length and hours of its own",
        })
    };
    file["settings"]["hours"]["holidays"] = (0..1_000).map(day).collect();
    file["settings"]["personas"] = json!([]);
    let made = company.chief.does("POST", "/api/v1/lines/import", &file).await;
    assert_eq!(made["settings"]["hours"]["holidays"].as_array().map(Vec::len), Some(1_000));
}

#[actix_web::test]
async fn only_administrators_exchange_lines() {
    let company = Company::opens().await;
    let fields = json!({ "role": "supervisor", "supervises": [company.support] });
    let olga = Operator::hired_as(&company.chief, "Olga", &fields).await;
    let file = exported(&company).await.to_string();
    let path = format!("/api/v1/lines/{}/export", company.support);
    for page in [&olga.page, &company.vera.page] {
        page.get(&path).await.is_refused(403, "forbidden");
        page.send("POST", "/api/v1/lines/import", &file).await.is_refused(403, "forbidden");
    }
    company.chief.get("/api/v1/lines/nowhere/export").await.is_refused(404, "not_found");
}

async fn exported(company: &Company) -> Value {
    let path = format!("/api/v1/lines/{}/export", company.support);
    company.chief.does("GET", &path, &NOTHING).await
}
