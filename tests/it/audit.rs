//! The audit log: who changed what, and nothing that is secret.

use domain::audit::AuditEntry;
use serde_json::{Value, json};
use switchboard::actors::handle::audit::{AUDIT_PAGE_MAX, AuditQuery};
use switchboard::protocol::{ClientFrame, Outcome};

use crate::fakes::telegram::TOKEN;
use crate::site::{Bot, Browser, Company, Operator, SECRET, line};
use crate::story::{Story, new_id, operators, tell};

const NOTHING: Value = Value::Null;

#[actix_web::test]
async fn every_change_of_a_line_is_there_newest_first() {
    let company = Company::opens().await;
    let chief = company.chief.does("GET", "/api/v1/me", &NOTHING).await["id"].clone();
    let line = line(&company.chief, &json!({ "name": "Help", "queue": { "mode": "all" } })).await;
    let path = format!("/api/v1/lines/{line}");
    let mut settings = company.chief.does("GET", &path, &NOTHING).await["settings"].clone();
    settings["queue"]["mode"] = "strictly".into();
    settings["closing"]["text"] = "Bye".into();
    company.chief.does("PUT", &path, &json!({ "version": 1, "settings": settings })).await;
    // Nothing differs: nothing is told.
    company.chief.does("PUT", &path, &json!({ "version": 2, "settings": settings })).await;
    for (version, archived) in [(3, true), (4, false)] {
        let body = json!({ "version": version, "archived": archived });
        company.chief.does("POST", &format!("{path}/archive"), &body).await;
    }
    let told = company.chief.does("GET", &format!("{path}/audit"), &NOTHING).await;
    assert_eq!(told["next"], NOTHING);
    let entries = told["entries"].as_array().expect("entries");
    for entry in entries {
        assert_eq!(entry["by"], chief);
        assert_eq!(entry["subject"], json!({ "kind": "line", "id": line }));
    }
    assert_eq!(deeds(entries), ["restored", "archived", "changed", "created"]);
    assert_eq!(entries[0]["changes"], json!([]));
    assert_eq!(
        entries[2]["changes"],
        json!([
            { "field": "closing.text", "from": null, "to": "Bye" },
            { "field": "queue.mode", "from": "all", "to": "strictly" },
        ])
    );
    assert_eq!(
        entries[3]["changes"],
        json!([
            { "field": "name", "from": "", "to": "Help" },
            { "field": "queue.mode", "from": "evenly", "to": "all" },
            { "field": "queue.operators", "from": [], "to": [chief] },
            { "field": "welcome.enabled", "from": true, "to": false },
        ])
    );
}

#[actix_web::test]
async fn what_was_refused_is_not_there() {
    let company = Company::opens().await;
    let path = format!("/api/v1/lines/{}", company.support);
    let mut settings = company.chief.does("GET", &path, &NOTHING).await["settings"].clone();
    settings["name"] = "Help".into();
    for (version, code) in [(1, 200), (1, 409)] {
        let change = json!({ "version": version, "settings": settings }).to_string();
        assert_eq!(company.chief.send("PUT", &path, &change).await.status, code);
    }
    let told = company.chief.does("GET", &format!("{path}/audit"), &NOTHING).await;
    assert_eq!(deeds(told["entries"].as_array().expect("entries")), ["changed", "created"]);
}

#[actix_web::test]
async fn channels_and_people_are_there_too_and_no_secret_is() {
    let company = Company::opens().await;
    let bot = company.bot.path.rsplit('/').next().expect("an id");
    let path = format!("/api/v1/channels/{bot}");
    let changed = json!({
        "version": 1, "name": "The bot", "line": company.sales, "enabled": true,
        "settings": { "kind": "telegram", "token": "2:another", "polling": false },
    });
    company.chief.does("PUT", &path, &changed).await;
    let log = company.chief.get(&format!("/api/v1/audit?kind=channel&id={bot}")).await.json();
    let entries = log["entries"].as_array().expect("entries");
    assert_eq!(deeds(entries), ["changed", "created"]);
    assert_eq!(
        entries[0]["changes"],
        json!([
            { "field": "name", "from": "Channel", "to": "The bot" },
            { "field": "settings.token", "from": "••••", "to": "••••" },
        ])
    );

    let anna = &company.anna.id;
    let promoted = json!({
        "version": 1, "name": "Anna", "role": "supervisor", "capacity": 3,
        "supervises": [company.sales], "enabled": true,
    });
    company.chief.does("PUT", &format!("/api/v1/operators/{anna}"), &promoted).await;
    let password = json!({ "password": "another long secret" }).to_string();
    let path = format!("/api/v1/operators/{anna}/password");
    assert_eq!(company.chief.send("PUT", &path, &password).await.status, 204);
    let log = company.chief.get(&format!("/api/v1/audit?kind=operator&id={anna}")).await.json();
    let entries = log["entries"].as_array().expect("entries");
    assert_eq!(deeds(entries), ["password_set", "changed", "created"]);
    assert_eq!(
        entries[1]["changes"],
        json!([
            { "field": "capacity", "from": 0, "to": 3 },
            { "field": "role", "from": "operator", "to": "supervisor" },
            { "field": "supervises", "from": [], "to": [company.sales] },
        ])
    );

    let all = company.chief.get("/api/v1/audit?limit=100").await.text;
    for secret in [TOKEN, "another", SECRET, &company.form.key, "argon2", "correct horse"] {
        assert!(!all.contains(secret), "{secret} is in the log");
    }
}

#[actix_web::test]
async fn what_somebody_says_of_himself_is_not_there_and_what_others_do_is() {
    let company = Company::opens().await;
    let mut vera = Browser::shows(&company.vera.page).await;
    let (cmd_id, status, reason) = (new_id(), domain::operator::Status::Busy, None);
    let busy = ClientFrame::SetStatus { cmd_id, status, reason };
    assert_eq!(vera.commands(&busy).await, Outcome::Done {});
    let path = format!("/api/v1/operators/{}/status", company.vera.id);
    let away = json!({ "status": "away", "reason": "lunch" }).to_string();
    assert_eq!(company.chief.send("PUT", &path, &away).await.status, 204);
    let log = format!("/api/v1/audit?kind=operator&id={}", company.vera.id);
    let log = company.chief.get(&log).await.json();
    let entries = log["entries"].as_array().expect("entries");
    assert_eq!(deeds(entries), ["changed", "created"]);
    assert_eq!(
        entries[0]["changes"],
        json!([
            { "field": "status", "from": "busy", "to": "away" },
            { "field": "status_reason", "from": null, "to": "lunch" },
        ])
    );
}

#[actix_web::test]
async fn who_blocks_a_customer_is_there() {
    let company = Company::opens().await;
    let (mut anna, conversation) = company.anna_talks().await;
    let customer = anna.rows()[&conversation].customer.clone().expect("a card");
    let (cmd_id, block) = (new_id(), true);
    let spam = ClientFrame::Spam { cmd_id, conversation, block };
    assert_eq!(anna.commands(&spam).await, Outcome::Done {});
    for what in ["unblock", "block", "block"] {
        let path = format!("/api/v1/customers/{customer}/{what}");
        company.chief.does("POST", &path, &NOTHING).await;
    }
    let log = company.chief.get(&format!("/api/v1/audit?kind=customer&id={customer}")).await.json();
    let entries = log["entries"].as_array().expect("entries");
    assert_eq!(deeds(entries), ["blocked", "unblocked", "blocked"], "the second time nothing");
    assert_eq!(entries[2]["by"], json!(company.anna.id));
}

#[actix_web::test]
async fn the_log_is_read_page_by_page() {
    let company = Company::opens().await;
    for n in 0..7 {
        line(&company.chief, &json!({ "name": format!("Line {n}") })).await;
    }
    let whole = company.chief.get("/api/v1/audit?limit=100").await.json();
    let whole = whole["entries"].as_array().expect("entries");
    let (mut read, mut next) = (Vec::new(), String::new());
    loop {
        let page = company.chief.get(&format!("/api/v1/audit?limit=3{next}")).await.json();
        let entries = page["entries"].as_array().expect("entries");
        assert!(entries.len() <= 3);
        read.extend(entries.iter().cloned());
        let Some(before) = page["next"].as_str() else { break };
        next = format!("&before={before}");
    }
    assert_eq!(&read, whole);
    // The chief, three operators, two lines, two channels, and these.
    assert_eq!(whole.len(), 8 + 7);
    let of_one = format!("/api/v1/lines/{}/audit?limit=1", company.sales);
    let page = company.chief.get(&of_one).await.json();
    assert_eq!(deeds(page["entries"].as_array().expect("entries")), ["created"]);
}

#[actix_web::test]
async fn the_log_is_for_administrators_and_that_of_a_line_for_who_oversees_it() {
    let company = Company::opens().await;
    let fields = json!({ "role": "supervisor", "supervises": [company.support] });
    let olga = Operator::hired_as(&company.chief, "Olga", &fields).await;
    let of = |line| format!("/api/v1/lines/{line}/audit");
    assert_eq!(olga.page.get(&of(&company.support)).await.status, 200);
    olga.page.get(&of(&company.sales)).await.is_refused(404, "not_found");
    company.vera.page.get(&of(&company.support)).await.is_refused(404, "not_found");
    olga.page.get("/api/v1/audit").await.is_refused(403, "forbidden");
    for (query, field) in [
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("before=yesterday", "before"),
        ("kind=line", "id"),
        ("id=sales", "kind"),
        ("kind=password&id=sales", "kind"),
        ("kind=line&id=../x", "id"),
    ] {
        let refused = company.chief.get(&format!("/api/v1/audit?{query}")).await;
        refused.is_refused(422, "invalid_fields");
        assert_eq!(refused.json()["error"]["fields"][0]["field"], field, "{query}");
    }
}

#[actix_web::test]
async fn changes_at_once_are_numbered_without_a_gap() {
    let company = Company::opens().await;
    let made = (0..12).map(|n| {
        let chief = company.chief.clone();
        async move { line(&chief, &json!({ "name": format!("Line {n}") })).await }
    });
    let made = futures_util::future::join_all(made).await;
    let bots = made.iter().map(|line| Bot::connected(&company.chief, line, "http://127.0.0.1:1"));
    futures_util::future::join_all(bots).await;
    let log = company.chief.get("/api/v1/audit?limit=100").await.json();
    assert_eq!(log["entries"].as_array().expect("entries").len(), 8 + 12 + 12);
}

#[test]
fn the_log_goes_on_after_a_restart() {
    tell(
        |line| line.queue.operators = operators(["anna"]),
        async |story| {
            let before = log(story).await;
            story.line_is_changed(|line| line.name = "Help".to_owned()).await;
            story.restarts().await;
            story.line_is_changed(|line| line.name = "Sales again".to_owned()).await;
            let after = log(story).await;
            let names = after.iter().take(2).map(|entry| entry.changes[0].to.clone());
            assert_eq!(names.collect::<Vec<_>>(), ["Sales again", "Help"]);
            assert_eq!(after[2..], before);
        },
    );
}

async fn log(story: &Story) -> Vec<AuditEntry> {
    let query = AuditQuery { subject: None, before: None, limit: AUDIT_PAGE_MAX };
    story.node.audit(&query).await.unwrap().entries
}

fn deeds(entries: &[Value]) -> Vec<&str> {
    entries.iter().map(|entry| entry["what"].as_str().expect("a word")).collect()
}
