//! A day of a line once more, by other rules: what is asked, and that the day is gathered as it was.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::{Value, json};
use switchboard::clock::Clock;
use switchboard::protocol::{ClientFrame, Outcome};

use crate::site::{Browser, Company, Operator, Site};
use crate::story::new_id;

const NOTHING: Value = Value::Null;

async fn opens_at_noon() -> Company {
    let zone = format!("company.timezone = \"{}\"", where_it_is_noon(Clock::Wall.now()));
    Company::opens_at(Site::open_with(&zone).await).await
}

/// So that no story runs over midnight.
fn where_it_is_noon(now: Timestamp) -> String {
    match 12 - i32::from(now.to_zoned(TimeZone::UTC).hour()) {
        0 => "UTC".to_owned(),
        east @ 1.. => format!("Etc/GMT-{east}"),
        west => format!("Etc/GMT+{}", -west),
    }
}

async fn settings_of(company: &Company) -> Value {
    let path = format!("/api/v1/lines/{}", company.sales);
    company.chief.does("GET", &path, &NOTHING).await["settings"].clone()
}

fn today(settings: &Value) -> Date {
    let zone = settings["hours"]["timezone"].as_str().expect("a zone");
    let zone = switchboard::actors::directory::time_zone(zone).expect("known");
    Clock::Wall.now().to_zoned(zone).date()
}

#[actix_web::test]
async fn a_day_is_gone_through_by_both_rules() {
    let company = opens_at_noon().await;
    let mut boris = Browser::shows(&company.boris.page).await;
    let mut anna = Browser::shows(&company.anna.page).await;
    let first = company.customer_writes_to_bot().await;
    let (conversation, offer) = boris.is_offered(&company.boris.id, &first).await;
    let (cmd_id, reason) = (new_id(), None);
    let decline = ClientFrame::Decline { cmd_id, conversation, offer, reason };
    assert_eq!(boris.commands(&decline).await, Outcome::Done {});
    let offer = anna.is_offered(&company.anna.id, &first).await;
    assert_eq!(anna.accepts(&offer).await, Outcome::Done {});
    let (cmd_id, conversation, text) = (new_id(), offer.0.clone(), "good day".to_owned());
    let reply = ClientFrame::Reply { cmd_id, conversation, text, files: Vec::new() };
    assert_eq!(anna.commands(&reply).await, Outcome::Done {});
    let finish = ClientFrame::Finish { cmd_id: new_id(), conversation: offer.0, silent: true };
    assert_eq!(anna.commands(&finish).await, Outcome::Done {});
    let second = company.customer_writes_to_bot().await;
    let offer = anna.is_offered(&company.anna.id, &second).await;
    assert_eq!(anna.accepts(&offer).await, Outcome::Done {});
    company.stored().await;

    let mut proposed = settings_of(&company).await;
    let day = today(&proposed);
    proposed["queue"]["operators"] = json!([company.boris.id]);
    let told = rehearse(&company, &json!({ "day": day, "settings": proposed })).await;
    assert_eq!(told["day"], json!(day));
    let (is, would) = (&told["as_it_is"], &told["as_proposed"]);
    assert_eq!((&is["conversations"], &is["accepted"]), (&json!(2), &json!(2)));
    assert_eq!((&is["missed"], &is["unanswered"]), (&json!(0), &json!(0)));
    let of = |summary: &Value, who: &Operator| {
        let all = summary["by_operator"].as_array().expect("people").clone();
        all.into_iter().find(|one| one["operator"] == json!(who.id)).unwrap_or_default()
    };
    assert_eq!(of(is, &company.anna)["accepted"], 2);
    assert_eq!(of(is, &company.boris)["offered"], 2, "both were asked");
    assert_eq!(would["conversations"], 2);
    assert_eq!(of(would, &company.anna), NOTHING, "she is not asked");
    assert_eq!(
        of(would, &company.boris)["declined"],
        2,
        "as he did the only time that he answered"
    );
    assert_eq!((&would["accepted"], &would["unanswered"]), (&json!(0), &json!(2)));
    assert_eq!(would["wait_p50_seconds"], NOTHING);
}

#[actix_web::test]
async fn what_is_stored_stays_as_it_is() {
    let company = opens_at_noon().await;
    let (_anna, _conversation) = company.anna_talks().await;
    let before = company.stored().await;
    let mut settings = settings_of(&company).await;
    let day = today(&settings);
    settings["queue"]["mode"] = "strictly".into();
    rehearse(&company, &json!({ "day": day, "settings": settings })).await;
    assert_eq!(company.stored().await, before);
}

#[actix_web::test]
async fn a_day_on_which_nothing_happened_is_rehearsed_too() {
    let company = Company::opens().await;
    let settings = settings_of(&company).await;
    let told = rehearse(&company, &json!({ "day": "2026-01-01", "settings": settings })).await;
    for summary in [&told["as_it_is"], &told["as_proposed"]] {
        assert_eq!((&summary["conversations"], &summary["by_operator"]), (&json!(0), &json!([])));
        assert_eq!(summary["wait_max_seconds"], NOTHING);
    }
}

#[actix_web::test]
async fn what_cannot_be_rehearsed_is_told_by_the_field() {
    let company = Company::opens().await;
    let path = format!("/api/v1/lines/{}/rehearse", company.sales);
    let good = settings_of(&company).await;
    for day in ["", "yesterday", "2026-02-30", "2999-01-01", "9999-12-31", "01.02.2026"] {
        let body = json!({ "day": day, "settings": good }).to_string();
        let refused = company.chief.send("POST", &path, &body).await;
        refused.is_refused(422, "invalid_fields");
        let told = json!([{ "field": "day", "allowed": "a day that has begun, as YYYY-MM-DD" }]);
        assert_eq!(refused.json()["error"]["fields"], told, "{day}");
    }
    let mut wrong = good.clone();
    wrong["queue"]["offer_timeout_seconds"] = 1.into();
    let body = json!({ "day": "2026-01-01", "settings": wrong }).to_string();
    let refused = company.chief.send("POST", &path, &body).await;
    refused.is_refused(422, "invalid_fields");
    let body = json!({ "day": "2026-01-01" }).to_string();
    company.chief.send("POST", &path, &body).await.is_refused(400, "malformed");
    let body = json!({ "day": "2026-01-01", "settings": good }).to_string();
    company.vera.page.send("POST", &path, &body).await.is_refused(404, "not_found");
}

async fn rehearse(company: &Company, body: &Value) -> Value {
    let path = format!("/api/v1/lines/{}/rehearse", company.sales);
    company.chief.does("POST", &path, body).await
}
