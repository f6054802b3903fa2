//! Putting lines away: what stands in the way, and what an archived line gets no more.

use serde_json::{Value, json};
use switchboard::protocol::{ClientFrame, Outcome};

use crate::site::{Answer, Browser, Company, line, message};
use crate::story::new_id;

const NOTHING: Value = Value::Null;

#[actix_web::test]
async fn a_line_with_channels_is_not_put_away() {
    let company = Company::opens().await;
    company
        .is_not_harmed_by(async || {
            let refused = archive(&company, company.support.as_str(), 1, true).await;
            refused.is_refused(409, "has_channels");
        })
        .await;
}

#[actix_web::test]
async fn a_line_with_open_conversations_is_not_put_away() {
    let company = Company::opens().await;
    let support = company.support.as_str();
    let mut vera = Browser::shows(&company.vera.page).await;
    let mut settings = line_of(&company, support).await["settings"].clone();
    settings["closing"]["reopen_window_seconds"] = 0.into();
    let change = json!({ "version": 1, "settings": settings });
    company.chief.does("PUT", &format!("/api/v1/lines/{support}"), &change).await;
    let asker = company.new_customer();
    company.form.posts(&company.site.page, &message(&asker, "1", "hello")).await;
    let offer = vera.is_offered(&company.vera.id, &asker).await;
    let form = company.form.path.rsplit('/').next().expect("an id");
    moved(&company, form, company.sales.as_str()).await;

    archive(&company, support, 2, true).await.is_refused(409, "has_conversations");
    assert_eq!(vera.accepts(&offer).await, Outcome::Done {});
    archive(&company, support, 2, true).await.is_refused(409, "has_conversations");
    let finish = ClientFrame::Finish { cmd_id: new_id(), conversation: offer.0, silent: true };
    assert_eq!(vera.commands(&finish).await, Outcome::Done {});
    company.site.node.settle().await;
    let archived = archive(&company, support, 2, true).await;
    assert_eq!(archived.status, 200, "{}", archived.text);
    let archived = archived.json();
    assert_eq!((&archived["archived"], &archived["version"]), (&json!(true), &json!(3)));
    assert_eq!(line_of(&company, support).await, archived, "it is there as before");
}

#[actix_web::test]
async fn an_archived_line_gets_no_channel() {
    let company = Company::opens().await;
    let old = line(&company.chief, &json!({ "name": "Old" })).await;
    assert_eq!(archive(&company, old.as_str(), 1, true).await.status, 200);
    company
        .is_not_harmed_by(async || {
            let new = json!({ "name": "New", "line": old, "settings": { "kind": "webhook" } });
            let refused = company.chief.send("POST", "/api/v1/channels", &new.to_string()).await;
            refused.is_refused(422, "invalid_fields");
            let told =
                json!([{ "field": "line", "allowed": "the id of a line that is not archived" }]);
            assert_eq!(refused.json()["error"]["fields"], told);
            let stale = archive(&company, old.as_str(), 1, false).await;
            stale.is_refused(409, "stale");
            assert_eq!(stale.json()["error"]["current"]["archived"], true);
        })
        .await;
    let restored = archive(&company, old.as_str(), 2, false).await.json();
    assert_eq!((&restored["archived"], &restored["version"]), (&json!(false), &json!(3)));
    let new = json!({ "name": "New", "line": old, "settings": { "kind": "webhook" } });
    company.chief.does("POST", "/api/v1/channels", &new).await;
}

#[actix_web::test]
async fn a_channel_and_the_archive_do_not_meet() {
    let company = Company::opens().await;
    let new = json!({ "name": "New", "line": NOTHING, "settings": { "kind": "webhook" } });
    for _ in 0..10 {
        let old = line(&company.chief, &json!({ "name": "Old" })).await;
        let mut new = new.clone();
        new["line"] = json!(old);
        let new = new.to_string();
        let connects = company.chief.send("POST", "/api/v1/channels", &new);
        let (connected, archived) =
            futures_util::future::join(connects, archive(&company, old.as_str(), 1, true)).await;
        let done = [connected.status, archived.status].map(|status| status.is_success());
        assert_ne!(done, [true, true], "{} {}", connected.text, archived.text);
    }
}

#[actix_web::test]
async fn only_administrators_put_lines_away() {
    let company = Company::opens().await;
    let path = format!("/api/v1/lines/{}/archive", company.support);
    let body = json!({ "version": 1, "archived": true }).to_string();
    company.vera.page.send("POST", &path, &body).await.is_refused(403, "forbidden");
    let nowhere = "/api/v1/lines/nowhere/archive";
    company.chief.send("POST", nowhere, &body).await.is_refused(404, "not_found");
}

async fn archive(company: &Company, line: &str, version: u64, archived: bool) -> Answer {
    let body = json!({ "version": version, "archived": archived }).to_string();
    company.chief.send("POST", &format!("/api/v1/lines/{line}/archive"), &body).await
}

async fn line_of(company: &Company, line: &str) -> Value {
    company.chief.does("GET", &format!("/api/v1/lines/{line}"), &NOTHING).await
}

/// A webhook channel belongs to another line from now on.
async fn moved(company: &Company, channel: &str, line: &str) {
    let path = format!("/api/v1/channels/{channel}");
    let version = company.chief.does("GET", &path, &NOTHING).await["version"].clone();
    let settings = json!({ "kind": "webhook" });
    let change = json!({
        "version": version, "name": "Form", "line": line, "enabled": true, "settings": settings,
    });
    company.chief.does("PUT", &path, &change).await;
}
