//! Customers who come back: to whom they are brought, and what becomes of it.

use domain::customer::Standing;
use domain::event::{Row, RowState};
use domain::id::{ConversationId, CustomerId, OperatorId};
use domain::lead::LeadStatus;
use domain::line::{LeadRule, LineSettings, QueueMode};
use domain::routing::Via;
use switchboard::actors::customers::Person;
use switchboard::actors::customers::changing::CustomerChange;
use switchboard::protocol::{ClientFrame, Outcome, TransferTo};

use crate::fakes::telegram::Customer;
use crate::story::{Desk, Story, new_id, operators, tell};

/// Anna is always asked first.
fn strictly(line: &mut LineSettings) {
    line.queue.mode = QueueMode::Strictly;
    line.queue.operators = operators(["anna", "boris"]);
    line.closing.reopen_window_seconds = 0;
}

#[test]
fn who_accepted_a_customer_first_is_asked_first_when_he_comes_back() {
    tell(strictly, async |story| {
        let (anna, boris) = (story.signs_in("anna").await, story.signs_in("boris").await);
        story.customer_writes(501, "hello").await;
        anna.declines(story, anna.offer()).await;
        let first = boris.offer();
        boris.accepts(story, first.clone()).await;
        boris.finishes(story, &first.0).await;
        story.customer_writes(501, "hello again").await;
        assert!(anna.offers().is_empty(), "he is boris's");
        assert_eq!(via(&boris), [Via::Responsible]);
        let him = person(story, &boris, &boris.offer().0).await;
        assert_eq!((him.leads.len(), him.leads[0].conversations.len()), (1, 2));
    });
}

#[test]
fn without_an_owner_he_comes_to_whom_he_knows() {
    let rules = |line: &mut LineSettings| {
        strictly(line);
        line.crm.create = LeadRule::Manual;
    };
    tell(rules, async |story| {
        let (anna, boris) = (story.signs_in("anna").await, story.signs_in("boris").await);
        story.customer_writes(501, "hello").await;
        anna.declines(story, anna.offer()).await;
        let first = boris.offer();
        boris.accepts(story, first.clone()).await;
        boris.finishes(story, &first.0).await;
        story.customer_writes(501, "hello again").await;
        assert_eq!(via(&boris), [Via::Known]);
    });
}

#[test]
fn an_accepted_transfer_takes_the_customer_along() {
    tell(strictly, async |story| {
        let (anna, boris) = (story.signs_in("anna").await, story.signs_in("boris").await);
        story.customer_writes(501, "hello").await;
        let (id, offer) = anna.offer();
        anna.accepts(story, (id.clone(), offer)).await;
        let owner = |him: &Person| him.card.owner(&him.known()).cloned();
        assert_eq!(owner(&person(story, &anna, &id).await), Some(OperatorId::new("anna")));
        let transfer = ClientFrame::Transfer {
            cmd_id: new_id(),
            conversation: id.clone(),
            to: TransferTo::Operator { id: OperatorId::new("boris") },
            comment: None,
            confirmed: true,
        };
        assert_eq!(anna.commands(story, transfer).await, Outcome::Done {});
        assert_eq!(owner(&person(story, &anna, &id).await), Some(OperatorId::new("anna")));
        boris.accepts(story, boris.offer()).await;
        assert_eq!(owner(&person(story, &boris, &id).await), Some(OperatorId::new("boris")));
    });
}

#[test]
fn who_types_the_phone_of_another_is_brought_to_the_others_operator() {
    tell(strictly, async |story| {
        let (anna, boris) = (story.signs_in("anna").await, story.signs_in("boris").await);
        let ivan = Customer { id: 501, name: "Ivan" };
        story.delivered(&story.platform.contact(ivan, "12025550123")).await;
        story.settles().await;
        anna.declines(story, anna.offer()).await;
        let first = boris.offer();
        boris.accepts(story, first.clone()).await;
        story.customer_writes(502, "Ivan here, +1 202 555 0123").await;
        assert!(anna.offers().is_empty());
        assert_eq!(via(&boris), [Via::Responsible]);
        let (second, _) = boris.offer();
        let him = person(story, &boris, &second).await;
        assert_eq!(him.card.phones[0].standing, Standing::Claimed);
        let petrov = person(story, &boris, &first.0).await;
        assert_eq!(him.claimed.map(|claimed| claimed.customer), Some(petrov.card.id.clone()));
        assert!(him.merged.is_empty());
    });
}

#[test]
fn spam_makes_junk_and_who_is_blocked_is_not_heard() {
    tell(strictly, async |story| {
        let anna = story.signs_in("anna").await;
        story.customer_writes(501, "buy now").await;
        let (conversation, _) = anna.offer();
        let him = person(story, &anna, &conversation).await.card.id.clone();
        assert_eq!(lead(story, &him).await, LeadStatus::Open);
        let spam = ClientFrame::Spam { cmd_id: new_id(), conversation, block: true };
        assert_eq!(anna.commands(story, spam).await, Outcome::Done {});
        assert_eq!(lead(story, &him).await, LeadStatus::Junk);
        story.customer_writes(501, "buy it").await;
        assert!(anna.offers().is_empty());
        let (by, unblock) = (OperatorId::new("anna"), CustomerChange::Unblock);
        story.node.change_customer(&by, &him, &unblock).await.unwrap();
        story.customer_writes(501, "please").await;
        assert_eq!(anna.offers().len(), 1);
        assert_eq!(lead(story, &him).await, LeadStatus::Junk, "no other is made");
    });
}

#[test]
fn a_restart_forgets_nobody() {
    tell(strictly, async |story| {
        let boris = story.signs_in("boris").await;
        story.customer_writes(501, "hello, I am ivan@example.com").await;
        let first = boris.offer();
        boris.accepts(story, first.clone()).await;
        boris.finishes(story, &first.0).await;
        let before = person(story, &boris, &first.0).await;
        story.restarts().await;
        let (anna, boris) = (story.signs_in("anna").await, story.signs_in("boris").await);
        let after = story.node.customer(&before.card.id).await.unwrap().unwrap();
        assert_eq!((after.card, after.leads), (before.card, before.leads));
        story.customer_writes(501, "hello again").await;
        assert!(anna.offers().is_empty());
        assert_eq!(via(&boris), [Via::Responsible]);
    });
}

#[test]
fn a_card_names_the_conversations_that_are_open() {
    tell(strictly, async |story| {
        let anna = story.signs_in("anna").await;
        story.another_line("support", "other", "boris").await;
        story.customer_writes(501, "hello").await;
        let first = anna.offer();
        anna.accepts(story, first.clone()).await;
        let him = person(story, &anna, &first.0).await;
        let open: Vec<_> =
            him.card.open.iter().map(|open| (&open.conversation, open.operator.as_ref())).collect();
        assert_eq!(open, [(&first.0, Some(&OperatorId::new("anna")))]);
        anna.finishes(story, &first.0).await;
        assert!(person(story, &anna, &first.0).await.card.open.is_empty());
    });
}

/// The customer of a conversation that the desk knows.
async fn person(story: &Story, desk: &Desk, conversation: &ConversationId) -> Person {
    let customer = desk.rows()[conversation].customer.clone().expect("a customer");
    story.node.customer(&customer).await.unwrap().expect("a card")
}

/// What became of the only lead of a customer.
async fn lead(story: &Story, customer: &CustomerId) -> LeadStatus {
    let him = story.node.customer(customer).await.unwrap().expect("a card");
    assert_eq!(him.leads.len(), 1, "his leads");
    him.leads[0].status
}

/// How what is offered to this operator came to him.
fn via(desk: &Desk) -> Vec<Via> {
    let mine = |row: Row| {
        assert_eq!(row.state, RowState::Offered);
        row.offers.into_iter().find(|offer| offer.operator == desk.name).map(|offer| offer.via)
    };
    let offered = desk.rows().into_values().filter(|row| !row.offers.is_empty());
    offered.filter_map(mine).collect()
}
