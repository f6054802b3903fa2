//! What a visitor reads: his chat and nothing else, without a gap, and where he stands.

use domain::entry::{Author, Body, DeliveryState};
use domain::id::ConversationId;
use domain::line::{ClosingRule, Persona, ShownAs};
use serde_json::json;
use switchboard::protocol::Outcome;
use switchboard::protocol::visitor::{Phase, QueueState, VisitorServerFrame};

use super::page::{DONE, Page, anna};
use crate::story::{Story, open_at, operators, tell};

#[test]
fn a_visitor_is_answered() {
    tell(anna, async |story| {
        story.has_a_widget(|_| {}).await;
        let anna = story.signs_in("anna").await;
        let page = story.visits("ivan").await;
        assert_eq!((page.lines(), page.state().phase), (vec![], Phase::Idle));
        assert_eq!(page.writes(story, "is it in stock?").await, DONE);
        assert_eq!(page.state().phase, Phase::Waiting);
        let id = anna.accepts_it(story).await;
        assert_eq!(page.state().with.unwrap().name, "anna");
        anna.replies(story, &id, "it is").await;
        assert_eq!(page.lines(), ["me: is it in stock?", "anna: it is"]);
        assert_eq!(deliveries(story, &id).await, [DeliveryState::Sent], "at the commit");
    });
}

#[test]
fn notes_and_facts_are_not_for_visitors() {
    tell(anna, async |story| {
        let (anna, page, id) = story.anna_talks_on_a_page().await;
        anna.asks(story, "note", &id, json!({ "text": "a difficult one" })).await;
        anna.asks(story, "topic", &id, json!({ "topic": null })).await;
        anna.replies(story, &id, "good morning").await;
        assert_eq!(page.lines(), ["me: hello", "anna: good morning"]);
        let seen = format!("{:?}", page.frames());
        assert!(!seen.contains("difficult"), "{seen}");
    });
}

#[test]
fn names_are_shown_as_the_line_wants_it() {
    for (shown_as, expected) in
        [(ShownAs::Name, "anna"), (ShownAs::Persona, "Helen of Sales"), (ShownAs::Hidden, "we")]
    {
        tell(anna, async |story| {
            story.has_a_widget(|_| {}).await;
            story
                .line_is_changed(|line| {
                    line.operator_shown_as = shown_as;
                    line.personas = vec![Persona {
                        operator: operators(["anna"])[0].clone(),
                        name: "Helen of Sales".into(),
                        picture: Some("https://shop.example/helen.png".into()),
                    }];
                })
                .await;
            let anna = story.signs_in("anna").await;
            let page = story.visits("ivan").await;
            page.writes(story, "hello").await;
            let id = anna.accepts_it(story).await;
            anna.replies(story, &id, "good morning").await;
            assert_eq!(page.lines(), ["me: hello".to_owned(), format!("{expected}: good morning")]);
            let shows_anna = format!("{:?}", page.frames()).contains("anna");
            assert_eq!(shows_anna, shown_as == ShownAs::Name);
        });
    }
}

#[test]
fn one_visitor_sees_nothing_of_another() {
    tell(anna, async |story| {
        story.has_a_widget(|_| {}).await;
        let anna = story.signs_in("anna").await;
        let (ivan, olga) = (story.visits("ivan").await, story.visits("olga").await);
        ivan.writes(story, "hello").await;
        let id = anna.accepts_it(story).await;
        anna.replies(story, &id, "good morning").await;
        assert_eq!(olga.lines(), [""; 0]);
        let position = ivan.position();
        let curious = story.news_of(&olga.visitor, position.as_deref()).await;
        assert!(curious.items.is_empty() && curious.position.is_none(), "{curious:?}");
        let read = json!({ "type": "received", "conversation": id, "up_to": 9, "how": "read" });
        olga.says_text(&read.to_string());
        story.settles().await;
        assert_eq!(deliveries(story, &id).await, [DeliveryState::Sent], "not hers to read");
    });
}

#[test]
fn a_page_that_comes_back_gets_what_it_missed() {
    tell(anna, async |story| {
        let (anna, page, id) = story.anna_talks_on_a_page().await;
        let known = page.position();
        page.is_cut();
        story.settles().await;
        anna.replies(story, &id, "one").await;
        anna.replies(story, &id, "two").await;
        let again = Page::open(story, page.visitor.clone());
        again.says_hello(known.clone());
        story.settles().await;
        assert_eq!(again.lines(), ["anna: one", "anna: two"], "what it has is not sent again");
        let asked = story.news_of(&page.visitor, known.as_deref()).await;
        assert_eq!((asked.reset, asked.items.len()), (false, 2), "polling is told the same");
        let new = story.visits("ivan").await;
        assert_eq!(new.lines(), ["me: hello", "anna: one", "anna: two"]);
    });
}

#[test]
fn a_position_that_is_none_begins_anew() {
    tell(anna, async |story| {
        story.has_a_widget(|_| {}).await;
        let page = story.visits("ivan").await;
        page.writes(story, "hello").await;
        for after in ["", "x", "0-1.x", "9999-1.1", "0-1.99999999999", &"1".repeat(300)] {
            let news = story.news_of(&page.visitor, Some(after)).await;
            assert_eq!((news.reset, news.items.len()), (true, 1), "{after}");
        }
    });
}

#[test]
fn the_chat_goes_on_after_a_restart_and_in_the_next_conversation() {
    tell(anna, async |story| {
        story.has_a_widget(|_| {}).await;
        let anna = story.signs_in("anna").await;
        let page = story.visits("ivan").await;
        page.writes(story, "hello").await;
        let first = anna.accepts_it(story).await;
        anna.finishes(story, &first).await;
        story.minutes_pass(11).await;
        let known = page.position();
        story.restarts().await;
        let anna = story.signs_in("anna").await;
        let page = Page::open(story, page.visitor.clone());
        page.says_hello(known);
        story.settles().await;
        page.writes(story, "one thing more").await;
        let second = anna.accepts_it(story).await;
        assert_ne!(first, second);
        anna.replies(story, &second, "yes?").await;
        assert_eq!(page.lines(), ["me: one thing more", "anna: yes?"]);
        assert_eq!(story.news_of(&page.visitor, None).await.items.len(), 3, "all of it");
    });
}

#[test]
fn a_chat_is_followed_into_another_line() {
    tell(anna, async |story| {
        story.has_a_widget(|_| {}).await;
        story.hires("boris", |_| {}).await;
        story
            .opens_line(("support", 0), "other", |line| {
                line.queue.operators = operators(["boris"]);
            })
            .await;
        let anna = story.signs_in("anna").await;
        let boris = story.signs_in("boris").await;
        let page = story.visits("ivan").await;
        page.writes(story, "hello").await;
        let id = anna.accepts_it(story).await;
        anna.replies(story, &id, "a moment").await;
        assert_eq!(anna.hands_to_line(story, &id, "support").await, Outcome::Done {});
        story.settles().await;
        let part = boris.accepts_it(story).await;
        boris.replies(story, &part, "here I am").await;
        page.writes(story, "fine").await;
        assert_eq!(page.lines(), ["me: hello", "anna: a moment", "boris: here I am", "me: fine"]);
        let read = json!({ "type": "received", "conversation": id, "up_to": 99, "how": "read" });
        page.says_text(&read.to_string());
        story.settles().await;
        assert_eq!(deliveries(story, &id).await, [DeliveryState::Read]);
        assert_eq!(deliveries(story, &part).await, [DeliveryState::Sent], "that is another part");
    });
}

#[test]
fn what_has_come_and_what_is_read_is_known() {
    tell(anna, async |story| {
        let (anna, page, id) = story.anna_talks_on_a_page().await;
        anna.replies(story, &id, "one").await;
        anna.replies(story, &id, "two").await;
        for (how, expected) in [
            ("delivered", DeliveryState::Delivered),
            ("read", DeliveryState::Read),
            ("delivered", DeliveryState::Read),
        ] {
            let up_to = 1_000;
            let received =
                json!({ "type": "received", "conversation": id, "up_to": up_to, "how": how });
            page.says_text(&received.to_string());
            story.settles().await;
            assert_eq!(deliveries(story, &id).await, [expected.clone(), expected]);
        }
    });
}

#[test]
fn who_waits_knows_his_place_and_how_long_it_may_take() {
    tell(anna, async |story| {
        story.has_a_widget(|_| {}).await;
        story.operator_is_changed("anna", |anna| anna.capacity = 1).await;
        let anna = story.signs_in("anna").await;
        for visitor in ["one", "two", "three"] {
            let page = story.visits(visitor).await;
            page.writes(story, "hello").await;
            story.seconds_pass(20).await;
            let id = anna.accepts_it(story).await;
            anna.finishes(story, &id).await;
        }
        let (first, second) = (story.visits("a").await, story.visits("b").await);
        first.writes(story, "hello").await;
        story.seconds_pass(1).await;
        second.writes(story, "hello").await;
        let stands = |page: &Page| page.state().queue.unwrap();
        let expected =
            |position, minutes| QueueState { position, wait_minutes: Some(minutes), staffed: true };
        assert_eq!((stands(&first), stands(&second)), (expected(1, 1), expected(2, 1)));
        let id = anna.accepts_it(story).await;
        story.seconds_pass(6).await;
        assert_eq!(stands(&second).position, 1, "he has moved up");
        anna.finishes(story, &id).await;
    });
}

#[test]
fn nothing_is_promised_where_nothing_is_known() {
    tell(anna, async |story| {
        story.has_a_widget(|_| {}).await;
        let page = story.visits("ivan").await;
        page.writes(story, "hello").await;
        let state = page.state().queue.unwrap();
        assert_eq!(state, QueueState { position: 1, wait_minutes: None, staffed: false });
    });
}

#[test]
fn a_closed_line_says_when_it_opens() {
    tell(anna, async |story| {
        story.has_a_widget(|_| {}).await;
        story.line_is_changed(|line| open_at(&mut line.hours, [("10:00", "11:00")])).await;
        let page = story.visits("ivan").await;
        let hours = page.state().hours;
        assert!(!hours.open);
        assert_eq!(hours.opens_at, Some("2026-03-02T10:00:00Z".parse().unwrap()));
        page.writes(story, "hello").await;
        assert_eq!(page.state().queue, None, "nobody is sought while it is closed");
        assert_eq!(page.lines(), ["me: hello", "we: closed until today at 10:00"]);
    });
}

#[test]
fn writing_is_seen_on_both_sides() {
    tell(anna, async |story| {
        story.has_a_widget(|_| {}).await;
        story.hires("boris", |_| {}).await;
        let (anna, boris) = (story.signs_in("anna").await, story.signs_in("boris").await);
        let (page, other) = (story.visits("ivan").await, story.visits("olga").await);
        page.writes(story, "hello").await;
        let id = anna.accepts_it(story).await;
        anna.drafts(story, &id, "good mor").await;
        let is_typing = |frame: &VisitorServerFrame| *frame == VisitorServerFrame::Typing {};
        assert!(page.frames().iter().any(is_typing));
        assert!(!other.frames().iter().any(is_typing));
        let seen = |desk: &crate::story::Desk| {
            let frames = format!("{:?}", desk.frames());
            frames.matches("Typing").count()
        };
        page.says_text(r#"{"type":"typing"}"#);
        story.settles().await;
        assert_eq!((seen(&anna), seen(&boris)), (1, 0), "it is hers");
        page.is_cut();
        let again = Page::open(story, page.visitor.clone());
        again.says_hello(page.position());
        story.seconds_pass(10).await;
        anna.drafts(story, &id, "good morning, what").await;
        assert!(again.frames().iter().any(is_typing), "also where he comes back");
    });
}

#[test]
fn a_rating_is_given_by_a_button() {
    let rates = |line: &mut domain::line::LineSettings| {
        anna(line);
        line.closing.rule = ClosingRule::Rating;
        line.closing.text = Some("bye".into());
    };
    tell(rates, async |story| {
        story.has_a_widget(|_| {}).await;
        let anna = story.signs_in("anna").await;
        let page = story.visits("ivan").await;
        page.writes(story, "hello").await;
        let too_early = page.does(story, json!({ "type": "rate", "value": 1 })).await;
        assert_ne!(too_early, DONE, "nobody has asked");
        let id = anna.accepts_it(story).await;
        anna.replies(story, &id, "good morning").await;
        anna.finishes(story, &id).await;
        assert_eq!(page.state().rating.unwrap().conversation, id);
        assert_ne!(page.does(story, json!({ "type": "rate", "value": 5 })).await, DONE);
        assert_eq!(page.does(story, json!({ "type": "rate", "value": 0 })).await, DONE);
        assert_eq!(page.lines().last().unwrap(), "rated 0");
        assert_eq!(story.row(&id).await.rating.unwrap().value, 0);
        assert_eq!(anna.offers(), [], "a rating calls nobody");
    });
}

#[test]
fn a_page_that_takes_nothing_in_is_sent_nothing_more_and_cut_off() {
    tell(anna, async |story| {
        let (anna, page, id) = story.anna_talks_on_a_page().await;
        page.hangs();
        for text in ["one", "two", "three"] {
            anna.replies(story, &id, text).await;
        }
        assert_eq!(page.lines(), ["me: hello", "anna: one"]);
        story.seconds_pass(40).await;
        assert_eq!(page.closed(), Some(4_008));
        let again = story.visits("ivan").await;
        assert_eq!(again.lines().len(), 4, "it lost nothing");
    });
}

/// How far our messages of a conversation have come.
async fn deliveries(story: &Story, id: &ConversationId) -> Vec<DeliveryState> {
    let transcript = story.node.transcript(id).await.unwrap().unwrap();
    let states = transcript.entries.into_iter().filter_map(|entry| match entry.body {
        Body::Message(message) => message.delivery,
        Body::Note { .. } | Body::Fact(_) => None,
    });
    states.collect()
}

#[test]
fn a_page_follows_corrections_and_who_comes_later_is_not_told_what_was_said_before() {
    tell(anna, async |story| {
        let (anna, page, id) = story.anna_talks_on_a_page().await;
        anna.replies(story, &id, "helo").await;
        anna.replies(story, &id, "my secret").await;
        let ours = story.entries(&id).await.into_iter();
        let ours = ours.filter(|it| matches!(it.author, Author::Operator { .. })).map(|it| it.n);
        let [first, second] = ours.collect::<Vec<_>>()[..] else { panic!("two") };
        let edit = json!({ "entry": first, "text": "hello, Ivan" });
        assert_eq!(anna.asks(story, "edit", &id, edit).await, Outcome::Done {});
        let delete = json!({ "entry": second });
        assert_eq!(anna.asks(story, "delete", &id, delete).await, Outcome::Done {});
        let now = ["me: hello", "anna: hello, Ivan", "deleted"];
        assert_eq!(page.lines(), now);
        anna.replies(story, &id, "good bye").await;
        assert_eq!(page.lines().len(), 4);
        let again = story.visits("ivan").await;
        assert_eq!(again.lines()[..3], now);
        let seen = format!("{:?}", again.frames());
        assert!(!seen.contains("secret") && !seen.contains("helo\""), "{seen}");
    });
}
