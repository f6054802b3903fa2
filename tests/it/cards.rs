//! Customers as their conversations know them: one card, one lead, and who is asked first.

use domain::entry::{Body, Unheard};
use domain::event::RowState;
use domain::id::{ConversationId, OperatorId};
use domain::lead::LeadStatus;
use domain::line::LineSettings;
use domain::operator::Status;
use domain::routing::Via;
use futures_util::future::join_all;
use switchboard::actors::customers::changing::CustomerChange;
use switchboard::actors::handle::Accepted;
use switchboard::protocol::Outcome;
use switchboard::store::op::SharedKind;

use crate::story::{CHANNEL, Desk, Sent, Story, operators, tell};

const IVAN: i64 = 501;

fn anna_and_boris(line: &mut LineSettings) {
    line.queue.operators = operators(["anna", "boris"]);
    line.unanswered.text_on_requeue = false;
    line.welcome.enabled = true;
    line.welcome.each_conversation = true;
}

impl Story {
    async fn count(&self, kind: SharedKind) -> usize {
        self.store.shared_all(kind, None, 1_000).await.unwrap().len()
    }

    /// How many cards and leads there are.
    async fn cards_and_leads(&self) -> (usize, usize) {
        (self.count(SharedKind::Customer).await, self.count(SharedKind::Lead).await)
    }

    /// Somebody owns the customer from now on.
    async fn is_owned_by(&self, conversation: &ConversationId, operator: &str) {
        let card = self.customer_of(conversation).await.card;
        let change = CustomerChange::Write {
            revision: card.revision,
            name: card.name.clone(),
            surname: card.surname.clone(),
            note: String::new(),
            responsible: Some(OperatorId::new(operator)),
        };
        let chief = OperatorId::new("chief");
        self.node.change_customer(&chief, &card.id, &change).await.unwrap();
        self.settles().await;
    }

    /// Anna and Ivan have talked, and it is over.
    async fn anna_has_talked(&mut self, anna: &Desk) -> ConversationId {
        self.customer_writes(IVAN, "hello").await;
        let conversation = self.open_of(IVAN).await;
        assert_eq!(anna.takes(self, &conversation).await, Outcome::Done {});
        anna.finishes(self, &conversation).await;
        self.waits(600).await;
        conversation
    }
}

fn owner(operator: &str) -> Option<OperatorId> {
    Some(OperatorId::new(operator))
}

#[test]
fn many_first_messages_at_once_make_one_card_one_lead_and_one_conversation() {
    tell(anna_and_boris, async |story| {
        let texts: Vec<String> = (0..20).map(|n| n.to_string()).collect();
        let mut arrivals = Vec::new();
        for text in &texts {
            arrivals.push(story.arrival(CHANNEL, "501", Sent::Text(text)));
        }
        let accepted = join_all(arrivals.into_iter().map(|arrival| story.node.arrive(arrival)));
        assert_eq!(accepted.await, [Ok(Accepted::Created); 20]);
        story.settles().await;
        assert_eq!(story.cards_and_leads().await, (1, 1));
        let conversation = story.open_of(IVAN).await;
        let messages = story.messages(&conversation).await;
        assert_eq!(messages[0], "0");
        assert_eq!(messages.len(), 21, "with the welcome: {messages:?}");
        story.restarts().await;
        story.customer_writes(IVAN, "and after a restart").await;
        assert_eq!(story.cards_and_leads().await, (1, 1));
    });
}

#[test]
fn one_person_on_two_channels_of_two_shards_at_once_is_one_lead() {
    tell(anna_and_boris, async |story| {
        story.opens_line(("support", 0), "helpdesk", anna_and_boris).await;
        for n in 0..5 {
            let (phone, chat) = (format!("+1202555012{n}"), format!("60{n}"));
            let sent = Sent::OwnPhone(&phone);
            let (here, there) =
                (story.arrival(CHANNEL, &chat, sent), story.arrival("helpdesk", &chat, sent));
            let accepted = tokio::join!(story.node.arrive(here), story.node.arrive(there));
            assert_eq!(accepted, (Ok(Accepted::Created), Ok(Accepted::Created)));
            story.settles().await;
        }
        assert_eq!(story.cards_and_leads().await, (10, 5));
        let mut people = Vec::new();
        for conversation in story.conversations().await {
            let person = story.customer_of(&conversation.id).await;
            assert_eq!((person.merged.len(), person.leads.len()), (1, 1));
            people.push(person.card.id.clone());
        }
        people.sort();
        people.dedup();
        assert_eq!(people.len(), 5);
    });
}

#[test]
fn a_lead_is_whose_who_accepts_first_and_goes_with_a_transfer() {
    for moves in [true, false] {
        tell(
            |line| {
                anna_and_boris(line);
                line.crm.transfer_changes_responsible = moves;
            },
            async |story| {
                let anna = story.signs_in("anna").await;
                story.customer_writes(IVAN, "hello").await;
                let conversation = story.open_of(IVAN).await;
                assert_eq!(story.customer_of(&conversation).await.leads[0].responsible, None);
                anna.accepts_it(story).await;
                let lead = story.customer_of(&conversation).await.leads.remove(0);
                assert_eq!(lead.responsible, owner("anna"));
                assert_eq!(lead.conversations, [conversation.clone()]);
                let boris = story.signs_in("boris").await;
                anna.hands_to(story, &conversation, "boris").await;
                let lead = story.customer_of(&conversation).await.leads.remove(0);
                assert_eq!(lead.responsible, owner("anna"), "not before he accepts");
                boris.accepts_it(story).await;
                let lead = story.customer_of(&conversation).await.leads.remove(0);
                assert_eq!(lead.responsible, owner(if moves { "boris" } else { "anna" }));
            },
        );
    }
}

#[test]
fn a_transfer_to_a_line_of_another_shard_leaves_the_responsible() {
    tell(anna_and_boris, async |story| {
        story.hires("clara", |_| {}).await;
        let serves = |line: &mut LineSettings| line.queue.operators = operators(["clara"]);
        story.opens_line(("support", 0), "helpdesk", serves).await;
        let (anna, clara) = (story.signs_in("anna").await, story.signs_in("clara").await);
        story.customer_writes(IVAN, "hello").await;
        let first = anna.accepts_it(story).await;
        anna.hands_to_line(story, &first, "support").await;
        let second = clara.accepts_it(story).await;
        let person = story.customer_of(&second).await;
        assert_eq!(person.leads[0].responsible, owner("anna"));
        assert_eq!(person.leads[0].conversations, [first, second]);
        assert_eq!(person.card.open.len(), 1);
    });
}

#[test]
fn the_responsible_is_asked_first_outside_the_queue_and_beyond_his_places() {
    tell(anna_and_boris, async |story| {
        story.hires("dora", |dora| dora.capacity = 1).await;
        let (anna, dora) = (story.signs_in("anna").await, story.signs_in("dora").await);
        let last = story.anna_has_talked(&anna).await;
        story.is_owned_by(&last, "dora").await;
        for (status, customer) in [(Status::Available, "501"), (Status::Busy, "501")] {
            dora.is(story, status).await;
            story.arrives(CHANNEL, customer, Sent::Text("it is me")).await.unwrap();
            let (conversation, _) = dora.offer();
            assert!(anna.offers().is_empty(), "{status:?}");
            let row = story.row(&conversation).await;
            assert_eq!((row.offers.len(), row.offers[0].via), (1, Via::Responsible));
            story.waits(60).await;
            assert!(dora.offers().is_empty(), "{status:?}");
            let taken = anna.accepts_it(story).await;
            anna.finishes(story, &taken).await;
            story.waits(600).await;
        }
    });
}

#[test]
fn a_responsible_who_is_away_has_it_in_his_list_while_the_queue_is_asked() {
    tell(anna_and_boris, async |story| {
        story.hires("dora", |_| {}).await;
        let (anna, dora) = (story.signs_in("anna").await, story.signs_in("dora").await);
        let last = story.anna_has_talked(&anna).await;
        story.is_owned_by(&last, "dora").await;
        dora.is(story, Status::Away).await;
        story.customer_writes(IVAN, "it is me").await;
        let (conversation, offer) = anna.offer();
        assert_eq!(story.row(&conversation).await.listed_for, owner("dora"));
        assert!(dora.rows().contains_key(&conversation), "it is in her list");
        story.customer_writes(IVAN, "are you there?").await;
        assert!(dora.texts().contains(&"are you there?".to_owned()), "she reads on");
        assert_eq!(dora.takes(story, &conversation).await, Outcome::Done {});
        assert!(anna.offers().is_empty());
        let late = anna.accepts(story, (conversation, offer)).await;
        assert_ne!(late, Outcome::Done {});
    });
}

#[test]
fn what_another_takes_is_gone_from_the_list_of_the_responsible() {
    tell(anna_and_boris, async |story| {
        story.hires("dora", |_| {}).await;
        let (anna, dora) = (story.signs_in("anna").await, story.signs_in("dora").await);
        let last = story.anna_has_talked(&anna).await;
        story.is_owned_by(&last, "dora").await;
        dora.is(story, Status::Away).await;
        story.customer_writes(IVAN, "it is me").await;
        assert_eq!(dora.rows().len(), 1);
        anna.accepts_it(story).await;
        assert!(dora.rows().is_empty());
    });
}

#[test]
fn whom_the_customer_knows_is_asked_before_others_of_the_queue() {
    tell(
        |line| {
            anna_and_boris(line);
            line.crm.forward_to_responsible = false;
        },
        async |story| {
            let anna = story.signs_in("anna").await;
            story.anna_has_talked(&anna).await;
            let boris = story.signs_in("boris").await;
            story.customer_writes(IVAN, "it is me").await;
            let (conversation, _) = anna.offer();
            assert_eq!(story.row(&conversation).await.offers[0].via, Via::Known);
            anna.declines(story, anna.offer()).await;
            assert_eq!(boris.offers().len(), 1);
            boris.accepts_it(story).await;
            boris.finishes(story, &conversation).await;
            story.waits(600).await;
            story.restarts().await;
            let boris = story.signs_in("boris").await;
            story.customer_writes(IVAN, "and again").await;
            assert_eq!(boris.offers().len(), 1, "remembered over a restart");
        },
    );
}

#[test]
fn a_blocked_customer_is_stored_in_silence_until_he_is_unblocked() {
    tell(anna_and_boris, async |story| {
        let (anna, boris) = (story.signs_in("anna").await, story.signs_in("boris").await);
        story.customer_writes(IVAN, "buy now").await;
        let spam = story.open_of(IVAN).await;
        assert_eq!(boris.blocks(story, &spam).await, Outcome::Done {});
        assert!(anna.offers().is_empty() && boris.offers().is_empty());
        let person = story.customer_of(&spam).await;
        assert_eq!(person.leads[0].status, LeadStatus::Junk);
        let said = story.platform.sent_to(IVAN).len();
        story.time_jumps(3_600).await;
        for text in ["buy more", "buy all"] {
            story.customer_writes(IVAN, text).await;
        }
        assert_eq!(story.messages(&spam).await.last().unwrap(), "buy all");
        assert_eq!(story.conversations().await.len(), 1);
        assert_eq!(story.platform.sent_to(IVAN).len(), said, "nothing is said to him");
        assert_eq!(story.cards_and_leads().await, (1, 1));
        let unblock = CustomerChange::Unblock;
        let chief = OperatorId::new("chief");
        story.node.change_customer(&chief, &person.card.id, &unblock).await.unwrap();
        story.customer_writes(IVAN, "sorry").await;
        let conversation = story.open_of(IVAN).await;
        assert_eq!(story.row(&conversation).await.state, RowState::Offered);
        assert_eq!(story.cards_and_leads().await, (1, 1));
    });
}

#[test]
fn what_a_blocked_customer_writes_moves_nobody() {
    tell(anna_and_boris, async |story| {
        let (anna, boris) = (story.signs_in("anna").await, story.signs_in("boris").await);
        story.customer_writes(IVAN, "buy now").await;
        let spam = story.open_of(IVAN).await;
        anna.takes(story, &spam).await;
        anna.blocks(story, &spam).await;
        story.customer_writes(IVAN, "buy more").await;
        assert!(!boris.texts().contains(&"buy more".to_owned()));
        assert!(boris.rows().is_empty() && anna.has().is_empty());
        let entries = story.entries(&spam).await;
        let Body::Message(last) = &entries.last().unwrap().body else { panic!("a message") };
        assert_eq!(last.unheard, Some(Unheard::Blocked));
    });
}

#[test]
fn what_a_machine_writes_opens_nothing() {
    tell(anna_and_boris, async |story| {
        let anna = story.signs_in("anna").await;
        story.arrives(CHANNEL, "501", Sent::Automatic("out of office")).await.unwrap();
        assert!(anna.offers().is_empty());
        assert_eq!(story.cards_and_leads().await, (1, 0));
        assert_eq!(story.platform.sent_to(IVAN), [""; 0]);
        story.customer_writes(IVAN, "I am back").await;
        let conversation = anna.accepts_it(story).await;
        story.arrives(CHANNEL, "501", Sent::Automatic("out of office")).await.unwrap();
        let all = story.messages(&conversation).await;
        assert_eq!(all.last().unwrap(), "out of office", "it is stored where he talks");
        assert_eq!(story.cards_and_leads().await, (1, 1));
    });
}
