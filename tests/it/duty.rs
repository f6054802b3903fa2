//! What a supervisor does for an operator: his status, and the conversations that he has.

use serde_json::{Value, json};
use switchboard::protocol::Outcome;

use crate::site::{Browser, Company, Operator, Page, message};

const NOTHING: Value = Value::Null;

#[actix_web::test]
async fn a_supervisor_sets_the_status_of_who_is_in_his_queue() {
    let company = Company::opens().await;
    let olga = supervisor(&company).await;
    let mut vera = Browser::shows(&company.vera.page).await;
    let path = status_of(&company.vera);
    let away = json!({ "status": "away", "reason": "has gone home" }).to_string();
    assert_eq!(olga.page.send("PUT", &path, &away).await.status, 204);
    let me = company.vera.page.does("GET", "/api/v1/me", &NOTHING).await;
    assert_eq!((&me["status"], &me["status_reason"]), (&json!("away"), &json!("has gone home")));
    let asker = company.new_customer();
    company.form.posts(&company.site.page, &message(&asker, "1", "hello")).await;
    company.site.node.settle().await;
    assert!(vera.rows().values().all(|row| row.offers.is_empty()), "she is away");
    let back = json!({ "status": "available" }).to_string();
    assert_eq!(olga.page.send("PUT", &path, &back).await.status, 204);
    vera.is_offered(&company.vera.id, &asker).await;
    let me = company.vera.page.does("GET", "/api/v1/me", &NOTHING).await;
    assert_eq!(me["status_reason"], NOTHING);
}

#[actix_web::test]
async fn nobody_manages_whom_he_does_not_oversee() {
    let company = Company::opens().await;
    let olga = supervisor(&company).await;
    let away = json!({ "status": "away" }).to_string();
    company
        .is_not_harmed_by(async || {
            for (page, whom) in [
                (&olga.page, &company.anna),
                (&company.anna.page, &company.vera),
                (&company.anna.page, &company.boris),
            ] {
                page.send("PUT", &status_of(whom), &away).await.is_refused(403, "forbidden");
                page.send("POST", &hand_over_of(whom), "").await.is_refused(403, "forbidden");
            }
            let nobody = "/api/v1/operators/nobody/hand-over";
            olga.page.send("POST", nobody, "").await.is_refused(404, "not_found");
            let long = json!({ "status": "away", "reason": "x".repeat(101) }).to_string();
            let refused = olga.page.send("PUT", &status_of(&company.vera), &long).await;
            refused.is_refused(422, "invalid_fields");
            let wrong = json!({ "status": "asleep" }).to_string();
            let refused = olga.page.send("PUT", &status_of(&company.vera), &wrong).await;
            refused.is_refused(400, "malformed");
        })
        .await;
}

#[actix_web::test]
async fn all_conversations_of_somebody_go_back_to_the_queue_in_one_step() {
    let company = Company::opens().await;
    let (mut boris, mut anna) =
        (Browser::shows(&company.boris.page).await, Browser::shows(&company.anna.page).await);
    let mut customers = Vec::new();
    for _ in 0..3 {
        let name = company.customer_writes_to_bot().await;
        let offer = anna.is_offered(&company.anna.id, &name).await;
        assert_eq!(anna.accepts(&offer).await, Outcome::Done {});
        customers.push(name);
    }
    let away = json!({ "status": "away" }).to_string();
    assert_eq!(company.chief.send("PUT", &status_of(&company.anna), &away).await.status, 204);
    let done = hands_over(&company.chief, &company.anna).await;
    assert_eq!(done, json!({ "handed_over": 3 }));
    for customer in &customers {
        boris.is_offered(&company.boris.id, customer).await;
    }
    assert_eq!(hands_over(&company.chief, &company.anna).await["handed_over"], 0);
}

#[actix_web::test]
async fn a_supervisor_hands_over_only_what_he_oversees() {
    let company = Company::opens().await;
    let olga = supervisor(&company).await;
    let support = format!("/api/v1/lines/{}", company.support);
    let mut settings = company.chief.does("GET", &support, &NOTHING).await["settings"].clone();
    settings["queue"]["operators"] = json!([company.anna.id]);
    company.chief.does("PUT", &support, &json!({ "version": 1, "settings": settings })).await;
    let (mut anna, _sale) = company.anna_talks().await;
    let asker = company.new_customer();
    company.form.posts(&company.site.page, &message(&asker, "1", "hello")).await;
    let offer = anna.is_offered(&company.anna.id, &asker).await;
    assert_eq!(anna.accepts(&offer).await, Outcome::Done {});
    assert_eq!(hands_over(&olga.page, &company.anna).await["handed_over"], 1);
    assert_eq!(hands_over(&company.chief, &company.anna).await["handed_over"], 1, "the other one");
}

/// Of the line Support, in whose queue Vera is.
async fn supervisor(company: &Company) -> Operator {
    let fields = json!({ "role": "supervisor", "supervises": [company.support] });
    Operator::hired_as(&company.chief, "Olga", &fields).await
}

async fn hands_over(page: &Page, whom: &Operator) -> Value {
    page.does("POST", &hand_over_of(whom), &NOTHING).await
}

fn status_of(operator: &Operator) -> String {
    format!("/api/v1/operators/{}/status", operator.id)
}

fn hand_over_of(operator: &Operator) -> String {
    format!("/api/v1/operators/{}/hand-over", operator.id)
}
