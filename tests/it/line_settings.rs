//! Settings of a line over HTTP: what a new one has, what is refused field by field, and what a
//! change does while customers wait.

use jiff::tz::TimeZoneDatabase;
use serde_json::{Value, json};

use crate::site::{Browser, Company, Operator, Page, SETUP_TOKEN, Site, founded, line, message};

const NOTHING: Value = Value::Null;

#[actix_web::test]
async fn a_new_line_has_the_defaults_of_the_form() {
    let company = Company::opens().await;
    let defaults = company.chief.does("GET", "/api/v1/line-defaults", &NOTHING).await;
    let made = company.chief.does("POST", "/api/v1/lines", &json!({})).await;
    assert_eq!(made["settings"], defaults["settings"]);
    assert_eq!((&made["version"], &made["archived"]), (&json!(1), &json!(false)));
    assert_eq!(made["settings"]["name"], "Our company");
    assert_eq!(made["settings"]["queue"]["operators"], json!([me(&company.chief).await]));
    let again = company.chief.does("POST", "/api/v1/lines", &json!({})).await;
    assert_eq!(again["settings"]["name"], "Our company 2");
}

#[actix_web::test]
async fn a_form_is_told_all_that_it_needs() {
    let company = Company::opens().await;
    let told = company.vera.page.does("GET", "/api/v1/line-defaults", &NOTHING).await;
    assert_eq!(told["offer_timeout_seconds"], json!([60, 1800]));
    assert_eq!(told["company"], "Our company");
    for language in ["en", "ru"] {
        let texts = told["texts"][language].as_object().expect("texts");
        let kinds: Vec<_> = texts.keys().map(String::as_str).collect();
        let expected = [
            "auto_close",
            "closing",
            "consent",
            "off_hours",
            "rate_like",
            "rate_stars",
            "unanswered",
            "welcome",
        ];
        assert_eq!(kinds, expected);
        assert!(texts["off_hours"].as_str().expect("a text").contains("{opens_at}"));
    }
    let zones = told["timezones"].as_array().expect("names");
    let all = TimeZoneDatabase::bundled();
    assert_eq!(zones.len(), all.available().count());
    assert!(zones.contains(&json!("Europe/Berlin")) && zones.contains(&json!("UTC")));
    company.site.page.get("/api/v1/line-defaults").await.is_refused(401, "not_signed_in");
}

#[actix_web::test]
async fn new_lines_are_in_the_time_zone_of_the_configuration() {
    let site = Site::open_with("company.timezone = \"Asia/Tokyo\"\ncompany.name = \"Acme\"").await;
    let chief = founded(&site.page, SETUP_TOKEN).await;
    let made = chief.does("POST", "/api/v1/lines", &json!({})).await;
    assert_eq!(made["settings"]["hours"]["timezone"], "Asia/Tokyo");
    assert_eq!(made["settings"]["name"], "Acme");
}

#[actix_web::test]
async fn every_time_zone_that_is_offered_is_taken() {
    let company = Company::opens().await;
    let told = company.chief.does("GET", "/api/v1/line-defaults", &NOTHING).await;
    let zones = told["timezones"].as_array().expect("names").clone();
    // Each would be a change of its own; a preview checks as a change does.
    let path = format!("/api/v1/lines/{}/preview", company.support);
    for zone in zones.iter().step_by(40).chain(zones.last()) {
        let mut settings = settings_of(&company).await;
        settings["hours"]["timezone"] = zone.clone();
        company.chief.does("POST", &path, &json!({ "settings": settings })).await;
    }
}

/// For each field something that it may not be, and what is said of it.
const WRONG: [(&str, &str, &str); 72] = [
    ("name", r#""""#, "1..100 characters"),
    ("name", r#"" ""#, "1..100 characters"),
    ("name", "7", "1..100 characters"),
    ("active", r#""yes""#, "true or false"),
    ("language", r#""de""#, "en or ru"),
    ("queue.mode", r#""fastest""#, "evenly, strictly, all"),
    ("queue.operators", r#"["nobody"]"#, "ids of operators that there are"),
    ("queue.operators", r#""anna""#, "a list"),
    ("queue.operators", r#"["anna", "anna"]"#, "each operator once"),
    ("queue.offer_timeout_seconds", "59", "60..1800"),
    ("queue.offer_timeout_seconds", "1801", "60..1800"),
    ("queue.offer_timeout_seconds", "-1", "60..1800"),
    ("queue.offer_timeout_seconds", "60.5", "60..1800"),
    ("queue.offer_timeout_seconds", r#""60""#, "60..1800"),
    ("queue.offer_timeout_seconds", "null", "60..1800"),
    ("queue.require_available", "1", "true or false"),
    ("queue.known_operator_days", "366", "0..365"),
    ("unanswered.rule", r#""shout""#, "reply, requeue, nothing"),
    ("unanswered.after_seconds", "29", "0 or 30..86400"),
    ("unanswered.after_seconds", "86401", "0 or 30..86400"),
    ("unanswered.text_on_requeue", "null", "true or false"),
    ("unanswered.text", r#""""#, "1..2000 characters, or null for the default text"),
    ("unanswered.text", "7", "1..2000 characters, or null for the default text"),
    ("unanswered.text", r#""wait, {name}""#, "no {name}; only {operator}, {company}, {customer}"),
    ("answer.limit_seconds", "29", "0 or 30..86400"),
    ("answer.rule", r#""reply""#, "alert or requeue"),
    ("hours.enabled", r#""""#, "true or false"),
    ("hours.timezone", r#""Mars/Olympus""#, ZONE),
    ("hours.timezone", r#""europe/berlin""#, ZONE),
    ("hours.timezone", r#""""#, ZONE),
    (
        "hours.week.monday",
        r#"[{"from": "09:00", "to": "12:00"}, {"from": "11:00", "to": "13:00"}]"#,
        DAY,
    ),
    ("hours.week.sunday", r#"[{"from": "24:00", "to": "12:00"}]"#, DAY),
    ("hours.week.monday.from", r#"[{"from": "9:00", "to": "12:00"}]"#, CLOCK),
    ("hours.week.monday.to", r#"[{"from": "09:00", "to": "12:60"}]"#, CLOCK),
    ("hours.holidays", r#""Christmas""#, "a list"),
    (
        "hours.holidays",
        r#"[{"from": "2026-05-02", "to": "2026-05-01", "yearly": false, "intervals": [],
            "name": "May", "imported": false}]"#,
        "number 1: from a day to the same or a later one",
    ),
    ("hours.holidays.from", r#"[{"from": "1 May"}]"#, "a day as YYYY-MM-DD"),
    ("hours.holidays.to", r#"[{"from": "2026-05-02", "to": "2026-02-30"}]"#, "a day as YYYY-MM-DD"),
    ("hours.rule", r#""closed""#, "reply or nothing"),
    ("hours.text", r#""""#, "1..2000 characters, or null for the default text"),
    ("hours.calendar_of", r#""nowhere""#, CALENDAR),
    ("welcome.enabled", "null", "true or false"),
    (
        "welcome.text",
        r#""opens {opens_at}""#,
        "no {opens_at}; only {operator}, {company}, {customer}",
    ),
    ("welcome.each_conversation", "0", "true or false"),
    ("closing.rule", r#""requeue""#, "reply, rating, nothing"),
    ("closing.text", r#"" ""#, "1..2000 characters, or null for the default text"),
    ("closing.reopen_window_seconds", "86401", "0..86400"),
    ("auto_close.after_seconds", "59", "0 or 60..2678400"),
    ("auto_close.rule", "7", "reply, rating, nothing"),
    ("auto_close.text", r#""""#, "1..2000 characters, or null for the default text"),
    ("rating.scale", r#""best""#, "like or stars"),
    ("rating.scale", "5", "like or stars"),
    ("rating.time_limit_seconds", "0", "60..2678400"),
    ("crm.check", r#""no""#, "true or false"),
    ("crm.forward_to_responsible", "null", "true or false"),
    ("crm.create", r#""never""#, "auto, manual, none"),
    ("crm.transfer_changes_responsible", "1", "true or false"),
    ("crm.track_contacts", r#""""#, "true or false"),
    ("consent.enabled", "2", "true or false"),
    ("consent.text", r#""""#, "1..2000 characters, or null for the default text"),
    ("topics", r#"["Delivery", "Delivery"]"#, "each once"),
    ("topics", r#"[""]"#, "1..100 characters each"),
    ("topics", "[7]", "a text"),
    ("topic_required", "true", "only with topics to choose from"),
    ("operator_shown_as", r#""nobody""#, "name, persona, hidden"),
    (
        "personas.operator",
        r#"[{"operator": "nobody", "name": "Ann", "picture": null}]"#,
        "ids of operators that there are",
    ),
    (
        "personas.picture",
        r#"[{"operator": "nobody", "name": "Ann", "picture": "http://a.b/c"}]"#,
        "an https address, or null",
    ),
    (
        "personas.name",
        r#"[{"operator": "nobody", "name": "", "picture": null}]"#,
        "1..100 characters",
    ),
    (
        "personas",
        r#"[{"operator": "nobody", "name": "A", "picture": null},
            {"operator": "nobody", "name": "B", "picture": null}]"#,
        "each operator once",
    ),
    ("retention.days", "3651", "0..3650"),
    ("colour", r#""red""#, "there is no such field"),
    ("queue.colour", r#""red""#, "there is no such field"),
];
const ZONE: &str = "the IANA name of a time zone, such as Europe/Berlin";
const CALENDAR: &str = "the id of another line that has a calendar of its own, or null";
const CLOCK: &str = "a time as HH:MM, from 00:00 to 24:00";
const DAY: &str = "at most 8 intervals that do not overlap, each from 00:00..23:59 to 00:00..24:00";

#[actix_web::test]
async fn every_field_says_what_it_may_be() {
    let company = Company::opens().await;
    let path = format!("/api/v1/lines/{}", company.support);
    company
        .is_not_harmed_by(async || {
            let good = settings_of(&company).await;
            for (field, wrong, allowed) in WRONG {
                let wrong: Value = serde_json::from_str(wrong).expect("json");
                let mut settings = good.clone();
                set(&mut settings, field, wrong);
                let body = json!({ "version": 1, "settings": settings }).to_string();
                let answer = company.chief.send("PUT", &path, &body).await;
                answer.is_refused(422, "invalid_fields");
                let fields = &answer.json()["error"]["fields"];
                let told = json!({ "field": field, "allowed": allowed });
                let fields = fields.as_array().expect("fields");
                assert!(fields.contains(&told), "{told} is not in {fields:?}");
            }
        })
        .await;
}

/// Puts a value where a field is; the field of an item of a list stands for the list.
fn set(settings: &mut Value, field: &str, value: Value) {
    let lists = ["hours.week.monday.", "hours.holidays.", "personas."];
    let field =
        lists.iter().find(|list| field.starts_with(**list)).map_or(field, |l| &l[..l.len() - 1]);
    let (groups, name) = field.rsplit_once('.').unwrap_or(("", field));
    let groups = groups.split('.').filter(|group| !group.is_empty());
    groups.fold(settings, |inside, group| &mut inside[group])[name] = value;
}

#[actix_web::test]
async fn every_group_and_field_is_needed_in_a_change() {
    let company = Company::opens().await;
    let path = format!("/api/v1/lines/{}", company.support);
    let good = settings_of(&company).await;
    for field in ["name", "queue", "queue.mode", "hours.week.sunday", "personas"] {
        let mut settings = good.clone();
        let pointer = format!("/{}", field.replace('.', "/"));
        let (group, name) = pointer.rsplit_once('/').expect("a pointer");
        let group = settings.pointer_mut(group).and_then(Value::as_object_mut).expect("a group");
        group.remove(name);
        let body = json!({ "version": 1, "settings": settings }).to_string();
        let answer = company.chief.send("PUT", &path, &body).await;
        answer.is_refused(422, "invalid_fields");
        let told = json!([{ "field": field, "allowed": "is needed" }]);
        assert_eq!(answer.json()["error"]["fields"], told);
    }
    for settings in ["null", "[]", "7"] {
        let body = format!(r#"{{"version": 1, "settings": {settings}}}"#);
        company.chief.send("PUT", &path, &body).await.is_refused(400, "malformed");
    }
}

#[actix_web::test]
async fn all_that_is_wrong_is_told_at_once() {
    let company = Company::opens().await;
    let path = format!("/api/v1/lines/{}", company.support);
    let mut settings = settings_of(&company).await;
    settings["name"] = "".into();
    settings["hours"]["timezone"] = "nowhere".into();
    settings["closing"]["text"] = "{name}".into();
    settings["queue"]["operators"] = json!(["nobody"]);
    let body = json!({ "version": 1, "settings": settings }).to_string();
    let answer = company.chief.send("PUT", &path, &body).await;
    let answer = answer.json();
    let fields = answer["error"]["fields"].as_array().expect("fields");
    let fields: Vec<_> = fields.iter().map(|field| &field["field"]).collect();
    assert_eq!(fields, ["name", "closing.text", "queue.operators", "hours.timezone"]);
}

#[actix_web::test]
async fn a_calendar_is_not_followed_in_circles() {
    let company = Company::opens().await;
    let follows = async |line: &str, of: &str| {
        let path = format!("/api/v1/lines/{line}");
        let found = company.chief.does("GET", &path, &NOTHING).await;
        let mut settings = found["settings"].clone();
        settings["hours"]["calendar_of"] = of.into();
        let body = json!({ "version": found["version"], "settings": settings }).to_string();
        company.chief.send("PUT", &path, &body).await
    };
    let (sales, support) = (company.sales.as_str(), company.support.as_str());
    let third = line(&company.chief, &json!({ "name": "Third" })).await;
    assert_eq!(follows(sales, support).await.status, 200);
    assert_eq!(follows(sales, support).await.status, 200, "as it does already");
    for (line, of) in [(support, support), (support, third.as_str()), (third.as_str(), sales)] {
        let refused = follows(line, of).await;
        refused.is_refused(422, "invalid_fields");
        let told = json!([{ "field": "hours.calendar_of", "allowed": CALENDAR }]);
        assert_eq!(refused.json()["error"]["fields"], told);
    }
    assert_eq!(follows(third.as_str(), support).await.status, 200);
}

#[actix_web::test]
async fn a_change_of_what_somebody_else_has_changed_is_refused_with_the_newer_one() {
    let company = Company::opens().await;
    let path = format!("/api/v1/lines/{}", company.support);
    let mut settings = settings_of(&company).await;
    settings["name"] = "Help".into();
    let change = json!({ "version": 1, "settings": settings });
    let changed = company.chief.does("PUT", &path, &change).await;
    assert_eq!(changed["version"], 2);
    let late = company.chief.send("PUT", &path, &change.to_string()).await;
    late.is_refused(409, "stale");
    assert_eq!(late.json()["error"]["current"], changed);
    assert_eq!(company.chief.does("GET", &path, &NOTHING).await, changed);
}

#[actix_web::test]
async fn only_administrators_change_lines() {
    let company = Company::opens().await;
    let fields = json!({ "role": "supervisor", "supervises": [company.support] });
    let olga = Operator::hired_as(&company.chief, "Olga", &fields).await;
    let path = format!("/api/v1/lines/{}", company.support);
    let change = json!({ "version": 1, "settings": settings_of(&company).await }).to_string();
    company
        .is_not_harmed_by(async || {
            for page in [&olga.page, &company.vera.page] {
                page.send("PUT", &path, &change).await.is_refused(403, "forbidden");
                page.send("POST", "/api/v1/lines", "{}").await.is_refused(403, "forbidden");
            }
        })
        .await;
    assert_eq!(olga.page.get(&path).await.status, 200, "who oversees it reads it");
    company.vera.page.get(&path).await.is_refused(404, "not_found");
}

#[actix_web::test]
async fn a_customer_who_waits_is_offered_to_whoever_joins_the_queue() {
    let company = Company::opens().await;
    let mut anna = Browser::shows(&company.anna.page).await;
    let asker = company.new_customer();
    let answer = company.form.posts(&company.site.page, &message(&asker, "1", "hello")).await;
    assert_eq!(answer.status, 202, "Vera is not here: he waits");
    let mut settings = settings_of(&company).await;
    settings["queue"]["operators"] = json!([company.vera.id, company.anna.id]);
    let path = format!("/api/v1/lines/{}", company.support);
    company.chief.does("PUT", &path, &json!({ "version": 1, "settings": settings })).await;
    anna.is_offered(&company.anna.id, &asker).await;
}

#[actix_web::test]
async fn a_customer_who_waits_at_a_closed_line_is_offered_when_its_hours_are_changed() {
    let company = Company::opens().await;
    let mut vera = Browser::shows(&company.vera.page).await;
    let path = format!("/api/v1/lines/{}", company.support);
    let mut settings = settings_of(&company).await;
    settings["hours"]["enabled"] = true.into();
    for (_, day) in settings["hours"]["week"].as_object_mut().expect("days") {
        *day = json!([]);
    }
    company.chief.does("PUT", &path, &json!({ "version": 1, "settings": settings })).await;
    let asker = company.new_customer();
    company.form.posts(&company.site.page, &message(&asker, "1", "hello")).await;
    company.site.node.settle().await;
    assert!(vera.rows().values().all(|row| row.offers.is_empty()));
    settings["hours"]["enabled"] = false.into();
    company.chief.does("PUT", &path, &json!({ "version": 2, "settings": settings })).await;
    vera.is_offered(&company.vera.id, &asker).await;
}

#[actix_web::test]
async fn a_channel_moves_to_a_line_of_another_shard() {
    let company = Company::opens().await;
    let channels = company.chief.get("/api/v1/channels").await.json();
    let mut channels = channels["channels"].as_array().expect("channels").iter();
    let form = channels.find(|one| company.form.path.ends_with(one["id"].as_str().expect("id")));
    let (form, lines) = (form.expect("connected"), company.chief.get("/api/v1/lines").await.json());
    let shards: Vec<_> =
        lines["lines"].as_array().expect("lines").iter().map(|line| &line["shard"]).collect();
    assert_ne!(shards[0], shards[1], "each line has a shard of its own");
    let moved = json!({
        "version": form["version"], "name": "Form", "line": company.sales, "enabled": true,
        "settings": { "kind": "webhook" },
    });
    let path = format!("/api/v1/channels/{}", form["id"].as_str().expect("an id"));
    company.chief.does("PUT", &path, &moved).await;
    let mut boris = Browser::shows(&company.boris.page).await;
    let asker = company.new_customer();
    let answer = company.form.posts(&company.site.page, &message(&asker, "1", "hello")).await;
    assert_eq!(answer.status, 202, "{}", answer.text);
    boris.is_offered(&company.boris.id, &asker).await;
}

async fn settings_of(company: &Company) -> Value {
    let path = format!("/api/v1/lines/{}", company.support);
    company.chief.does("GET", &path, &NOTHING).await["settings"].clone()
}

async fn me(page: &Page) -> Value {
    page.does("GET", "/api/v1/me", &NOTHING).await["id"].clone()
}
