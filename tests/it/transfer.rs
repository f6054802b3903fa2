//! Handing a conversation on: to a colleague, and to a line of this shard or of another.

use domain::entry::CloseReason;
use domain::event::RowState;
use domain::id::{ConversationId, LineId};
use domain::line::{ClosingRule, LineSettings};
use domain::operator::{Role, Status};
use futures_util::future::join_all;
use serde_json::json;
use switchboard::actors::handle::Accepted;
use switchboard::protocol::Outcome;

use crate::story::{Desk, Sent, Story, code, open_at, operators, tell, to_line};

/// Ivan, who writes to the sales.
const IVAN: i64 = 501;
/// The shards in which the other line lives: with the sales, and apart.
const TOGETHER: u16 = 1;
const APART: u16 = 0;

fn anna_and_boris(line: &mut LineSettings) {
    line.queue.operators = operators(["anna", "boris"]);
    asks_the_queue_alone(line);
}

/// It says nothing while nobody answers, and asks nobody first whom the customer knows.
fn asks_the_queue_alone(line: &mut LineSettings) {
    line.unanswered.text_on_requeue = false;
    line.queue.known_operator_days = 0;
    line.crm.forward_to_responsible = false;
}

/// Anna and Boris sit at their desks, and Anna has a conversation with Ivan.
async fn anna_talks(story: &mut Story) -> (Desk, Desk, ConversationId) {
    let anna = story.signs_in("anna").await;
    story.customer_writes(IVAN, "one").await;
    let conversation = anna.accepts_it(story).await;
    let boris = story.signs_in("boris").await;
    (anna, boris, conversation)
}

/// Clara serves the support, which lives in that shard.
async fn clara_supports(story: &Story, shard: u16) -> Desk {
    story.hires("clara", |_| {}).await;
    story
        .opens_line(("support", shard), "helpdesk", |line| {
            line.queue.operators = operators(["clara"]);
            asks_the_queue_alone(line);
        })
        .await;
    story.signs_in("clara").await
}

#[test]
fn a_colleague_is_asked_and_has_it_when_he_accepts() {
    tell(anna_and_boris, async |story| {
        let (anna, boris, conversation) = anna_talks(story).await;
        anna.drafts(story, &conversation, "I shall ask").await;
        assert_eq!(anna.hands_to(story, &conversation, "boris").await, Outcome::Done {});
        assert_eq!((anna.offers().len(), boris.offers().len()), (0, 1));
        assert_eq!(story.places("anna").await, []);
        assert_eq!(story.places("boris").await, [conversation.clone()], "kept for him");
        let late = anna.replies(story, &conversation, "wait").await;
        assert_eq!(code(&late), "not_yours");
        boris.accepts_it(story).await;
        assert_eq!(story.draft(&conversation).await.as_deref(), Some("I shall ask"));
        assert_eq!(boris.replies(story, &conversation, "here I am").await, Outcome::Done {});
        assert_eq!(story.platform.sent_to(IVAN), ["here I am"]);
    });
}

#[test]
fn what_a_colleague_does_not_take_comes_back() {
    tell(anna_and_boris, async |story| {
        let (anna, boris, conversation) = anna_talks(story).await;
        for how in ["declined", "missed", "withdrawn", "left"] {
            assert_eq!(anna.hands_to(story, &conversation, "boris").await, Outcome::Done {});
            let offer = boris.offer();
            match how {
                "declined" => assert_eq!(boris.declines(story, offer).await, Outcome::Done {}),
                "missed" => story.waits(60).await,
                "withdrawn" => {
                    assert_eq!(anna.withdraws(story, &conversation).await, Outcome::Done {});
                    let late = boris.accepts(story, offer).await;
                    assert_eq!(code(&late), "no_longer_yours");
                }
                _ => boris.is(story, Status::Away).await,
            }
            assert_eq!(anna.holder(&conversation), Some(anna.name.clone()), "{how}");
            assert!(boris.offers().is_empty(), "{how}");
            assert_eq!(story.last("transfer_ended", &conversation).await["how"], how);
            assert_eq!(story.places("anna").await, [conversation.clone()], "{how}");
            assert_eq!(story.places("boris").await, [], "{how}");
        }
        assert_eq!(code(&anna.withdraws(story, &conversation).await), "forbidden");
    });
}

#[test]
fn a_colleague_of_no_queue_sees_that_he_is_not_asked_any_more() {
    tell(anna_and_boris, async |story| {
        let (anna, _, conversation) = anna_talks(story).await;
        story.hires("dora", |_| {}).await;
        let dora = story.signs_in("dora").await;
        anna.hands_to(story, &conversation, "dora").await;
        assert_eq!(dora.offers().len(), 1);
        anna.withdraws(story, &conversation).await;
        assert!(dora.rows().is_empty());
    });
}

#[test]
fn what_comes_back_to_a_sender_who_has_gone_goes_to_the_queue() {
    tell(
        |line| {
            anna_and_boris(line);
            line.queue.operators = operators(["anna", "boris", "vera"]);
        },
        async |story| {
            let (anna, boris, conversation) = anna_talks(story).await;
            let vera = story.signs_in("vera").await;
            anna.hands_to(story, &conversation, "boris").await;
            anna.is(story, Status::Away).await;
            boris.declines(story, boris.offer()).await;
            assert_eq!(vera.offers().len(), 1);
            assert_eq!(story.last("routed_again", &conversation).await["why"], "sender_absent");
            anna.is(story, Status::Available).await;
            assert_eq!(anna.holder(&conversation), Some(anna.name.clone()), "she is back in time");
            assert!(vera.offers().is_empty());
        },
    );
}

#[test]
fn who_cannot_take_it_at_once_is_asked_for_twice() {
    tell(anna_and_boris, async |story| {
        let (anna, boris, conversation) = anna_talks(story).await;
        story.operator_is_changed("boris", |boris| boris.capacity = 1).await;
        anna.is(story, Status::Busy).await;
        story.customer_writes(502, "hello").await;
        boris.accepts_it(story).await;
        let refused = anna.hands_to(story, &conversation, "boris").await;
        assert_eq!(target(&refused), "full");
        boris.is(story, Status::Away).await;
        let refused = anna.hands_to(story, &conversation, "boris").await;
        assert_eq!(target(&refused), "absent");
        assert_eq!(anna.holder(&conversation), Some(anna.name.clone()), "nothing has happened");
        assert_eq!(anna.insists_on(story, &conversation, "boris").await, Outcome::Done {});
        assert_eq!(boris.offers().len(), 1, "beyond his capacity, and though he is away");
        assert_eq!(story.places("boris").await.len(), 2);
        boris.accepts_it(story).await;
        story.hires("vera", |vera| vera.enabled = false).await;
        for (nobody, expected) in
            [("nobody", "unknown_target"), ("vera", "unknown_target"), ("boris", "same_operator")]
        {
            let refused = boris.insists_on(story, &conversation, nobody).await;
            assert_eq!(code(&refused), expected, "{nobody}");
        }
    });
}

/// How the target stands that was not confirmed.
fn target(refused: &Outcome) -> String {
    assert_eq!(code(refused), "confirm");
    serde_json::to_value(refused).unwrap()["target"].as_str().unwrap().to_owned()
}

#[test]
fn a_line_that_cannot_take_it_at_once_is_asked_for_twice() {
    tell(anna_and_boris, async |story| {
        let (anna, _, conversation) = anna_talks(story).await;
        let clara = clara_supports(story, APART).await;
        let asks = async |line: &str| {
            let to = json!({ "to": { "kind": "line", "id": line } });
            anna.asks(story, "transfer", &conversation, to).await
        };
        assert_eq!(code(&asks("nowhere").await), "unknown_target");
        assert_eq!(code(&asks("sales").await), "unknown_target", "it is there already");
        clara.is(story, Status::Away).await;
        assert_eq!(target(&asks("support").await), "nobody");
        story.changes_line("support", |line| open_at(&mut line.hours, [])).await;
        assert_eq!(target(&asks("support").await), "closed");
        story.changes_line("support", |line| line.active = false).await;
        assert_eq!(target(&asks("support").await), "inactive");
        assert_eq!(story.row(&conversation).await.state, RowState::Active);
    });
}

#[test]
fn a_conversation_moves_to_another_line_once_with_all_that_is_written() {
    for shard in [TOGETHER, APART] {
        tell(anna_and_boris, async |story| {
            let (anna, _, first) = anna_talks(story).await;
            let clara = clara_supports(story, shard).await;
            story.customer_writes(IVAN, "two").await;
            anna.drafts(story, &first, "one moment").await;
            let asked = anna.begins("transfer", &first, to_line("support"));
            story.posts(IVAN, "three, as it moves").await;
            story.posts(IVAN, "four, as it moves").await;
            story.settles().await;
            assert_eq!(anna.answer(asked), Some(Outcome::Done {}));
            story.customer_writes(IVAN, "five").await;
            let second = clara.accepts_it(story).await;
            story.customer_writes(IVAN, "six").await;
            let written = ["one", "two", "three, as it moves", "four, as it moves", "five", "six"];
            assert_eq!(story.messages_of_all_parts(&second).await, written);
            assert_eq!(second.shard().unwrap().0, shard);
            let (before, after) = (story.row(&first).await, story.row(&second).await);
            let moved = CloseReason::Moved { line: LineId::new("support"), next: second.clone() };
            assert_eq!((before.state, before.reason), (RowState::Closed, Some(moved)));
            assert_eq!(after.started_at, before.started_at, "it is one conversation");
            assert_eq!(after.continues, Some(first));
            assert_eq!(story.conversations().await.len(), 2);
            assert_eq!(story.draft(&second).await.as_deref(), Some("one moment"));
            clara.replies(story, &second, "support speaking").await;
            assert_eq!(story.platform.sent_to(IVAN), ["support speaking"]);
        });
    }
}

#[test]
fn after_the_close_the_chat_is_its_lines_again() {
    for shard in [TOGETHER, APART] {
        tell(anna_and_boris, async |story| {
            let (anna, _, first) = anna_talks(story).await;
            let clara = clara_supports(story, shard).await;
            story.changes_line("support", |line| line.closing.rule = ClosingRule::Rating).await;
            anna.is(story, Status::Busy).await;
            anna.hands_to_line(story, &first, "support").await;
            let second = clara.accepts_it(story).await;
            clara.replies(story, &second, "done").await;
            clara.finishes(story, &second).await;
            story.customer_writes(IVAN, "0").await;
            story.waits(600).await;
            assert_eq!(story.row(&second).await.state, RowState::Closed);
            story.customer_writes(IVAN, "1").await;
            let rated = story.row(&second).await.rating.map(|rating| rating.value);
            assert_eq!(rated, Some(1), "the last one counts, and opens nothing");
            assert_eq!(story.conversations().await.len(), 2);
            anna.is(story, Status::Available).await;
            story.customer_writes(IVAN, "something else").await;
            let third = story.open_of(IVAN).await;
            let row = story.row(&third).await;
            assert_eq!((row.line.as_str(), row.continues), ("sales", Some(second)));
            assert_eq!(story.messages(&third).await, ["something else"]);
        });
    }
}

#[test]
fn a_message_in_the_window_reopens_the_part_where_it_was_finished() {
    tell(anna_and_boris, async |story| {
        let (anna, _, first) = anna_talks(story).await;
        let clara = clara_supports(story, APART).await;
        anna.hands_to_line(story, &first, "support").await;
        let second = clara.accepts_it(story).await;
        clara.finishes(story, &second).await;
        assert_eq!(story.row(&second).await.state, RowState::Closing);
        story.customer_writes(IVAN, "one more thing").await;
        assert_eq!(clara.has(), [second.clone()]);
        assert_eq!(story.row(&second).await.state, RowState::Active);
    });
}

/// At the latest when something arrives there.
async fn the_support_looks_into_its_inbox(story: &mut Story) {
    story.arrives("helpdesk", "601", Sent::Text("hello")).await.unwrap();
}

#[test]
fn it_moves_there_and_back_again_in_order() {
    tell(anna_and_boris, async |story| {
        let (anna, _, first) = anna_talks(story).await;
        let clara = clara_supports(story, APART).await;
        anna.hands_to_line(story, &first, "support").await;
        let second = clara.accepts_it(story).await;
        story.customer_writes(IVAN, "two").await;
        // One more is on its way to the support when Clara gives it back.
        story.is_on_its_way(&second, IVAN, "three").await;
        let asked = clara.begins("transfer", &second, to_line("sales"));
        story.settles().await;
        assert_eq!(clara.answer(asked), Some(Outcome::Done {}));
        story.customer_writes(IVAN, "four").await;
        the_support_looks_into_its_inbox(story).await;
        let third = story.open_of(IVAN).await;
        let written = ["one", "two", "three", "four"];
        assert_eq!(story.messages_of_all_parts(&third).await, written);
        assert_eq!(story.row(&third).await.line.as_str(), "sales");
    });
}

#[test]
fn a_message_on_its_way_to_a_part_that_closes_is_not_overtaken() {
    tell(
        |line| {
            anna_and_boris(line);
            line.closing.reopen_window_seconds = 0;
        },
        async |story| {
            let (anna, _, first) = anna_talks(story).await;
            let clara = clara_supports(story, APART).await;
            story.changes_line("support", |line| line.closing.reopen_window_seconds = 0).await;
            anna.hands_to_line(story, &first, "support").await;
            let second = clara.accepts_it(story).await;
            story.is_on_its_way(&second, IVAN, "two").await;
            clara.finishes(story, &second).await;
            story.customer_writes(IVAN, "three").await;
            the_support_looks_into_its_inbox(story).await;
            let last = story.open_of(IVAN).await;
            assert_eq!(story.messages_of_all_parts(&last).await, ["one", "two", "three"]);
        },
    );
}

/// What dies, and when.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::enum_variant_names, reason = "whose death it is")]
enum Death {
    /// The target's owner, before the conversation is handed there.
    OfTargetBefore,
    /// The sender's owner, right after.
    OfSenderAfter,
    /// Both, right after; the target has not looked into its inbox.
    OfBothAfter,
}

#[test]
fn a_conversation_moves_once_though_an_owner_dies_in_between() {
    for death in [Death::OfTargetBefore, Death::OfSenderAfter, Death::OfBothAfter] {
        tell(anna_and_boris, async |story| {
            let (anna, _, first) = anna_talks(story).await;
            let clara = clara_supports(story, APART).await;
            story.customer_writes(IVAN, "two").await;
            if let Death::OfTargetBefore | Death::OfBothAfter = death {
                story.owner_dies(APART).await;
            }
            assert_eq!(anna.hands_to_line(story, &first, "support").await, Outcome::Done {});
            if let Death::OfTargetBefore = death {
                story.customer_writes(IVAN, "three").await;
                assert!(clara.offers().is_empty(), "nobody reads the inbox there");
            } else {
                story.owner_dies(1).await;
            }
            let [clara] = story.restarts_with(["clara"]).await;
            story.customer_writes(IVAN, "four").await;
            let second = clara.accepts_it(story).await;
            let mut written = vec!["one", "two", "three", "four"];
            if !matches!(death, Death::OfTargetBefore) {
                written.remove(2);
            }
            assert_eq!(story.messages_of_all_parts(&second).await, written, "{death:?}");
            assert_eq!(story.conversations().await.len(), 2, "{death:?}");
        });
    }
}

#[test]
fn a_transfer_without_an_answer_is_repeated_and_done_once() {
    tell(anna_and_boris, async |story| {
        let (anna, _, first) = anna_talks(story).await;
        clara_supports(story, APART).await;
        story.owner_dies(1).await;
        let asked = anna.begins("transfer", &first, to_line("support"));
        story.settles().await;
        assert_eq!(code(&anna.answer(asked).unwrap()), "unavailable");
        let [anna, clara] = story.restarts_with(["anna", "clara"]).await;
        assert_eq!(anna.has(), [first.clone()], "it was not handed on");
        for expected in ["done", "repeated"] {
            anna.repeats(asked, "transfer", &first, to_line("support"));
            story.settles().await;
            assert_eq!(code(&anna.answer(asked).unwrap()), expected);
        }
        clara.accepts_it(story).await;
        assert_eq!(story.conversations().await.len(), 2);
    });
}

#[test]
fn a_conversation_moves_though_its_shard_must_read_the_store_anew() {
    for shard in [1, APART] {
        tell(anna_and_boris, async |story| {
            let (anna, _, first) = anna_talks(story).await;
            let clara = clara_supports(story, APART).await;
            story.loses_track(shard).await;
            let asked = anna.begins("transfer", &first, to_line("support"));
            story.posts_until_heard(IVAN, "two").await;
            story.breaks_and_recovers().await;
            if anna.answer(asked) != Some(Outcome::Done {}) {
                anna.repeats(asked, "transfer", &first, to_line("support"));
                story.settles().await;
            }
            story.customer_writes(IVAN, "three").await;
            let second = clara.accepts_it(story).await;
            assert_eq!(story.messages_of_all_parts(&second).await, ["one", "two", "three"]);
            assert_eq!(story.conversations().await.len(), 2);
        });
    }
}

#[test]
fn a_channel_that_is_given_to_a_line_of_another_shard_keeps_its_chats() {
    tell(anna_and_boris, async |story| {
        let (anna, boris, first) = anna_talks(story).await;
        let clara = clara_supports(story, APART).await;
        let support = LineId::new("support");
        story.changes_channel("telegram", |channel| channel.line = support).await;
        story.customer_writes(IVAN, "two").await;
        assert_eq!(anna.has(), [first.clone()], "what is open stays where it is");
        let texts = ["hello", "are you there?", "hello?"];
        let arrivals = texts.map(|text| story.arrival("telegram", "502", Sent::Text(text)));
        for accepted in join_all(arrivals.map(|arrival| story.node.arrive(arrival))).await {
            assert_eq!(accepted, Ok(Accepted::Created));
        }
        story.settles().await;
        let other = clara.accepts_it(story).await;
        assert_eq!(story.messages(&other).await, ["hello", "are you there?", "hello?"]);
        assert!(boris.offers().is_empty());
        anna.finishes(story, &first).await;
        story.waits(600).await;
        story.customer_writes(IVAN, "three").await;
        let next = clara.accepts_it(story).await;
        assert_eq!(story.row(&next).await.continues, Some(first));
        assert_eq!(story.messages_of_all_parts(&next).await, ["one", "two", "three"]);
    });
}

#[test]
fn a_closed_conversation_is_picked_up_where_its_chat_begins_anew() {
    tell(anna_and_boris, async |story| {
        let (anna, _, first) = anna_talks(story).await;
        let clara = clara_supports(story, APART).await;
        anna.hands_to_line(story, &first, "support").await;
        let second = clara.accepts_it(story).await;
        let early = clara.picks_up(story, &second).await;
        assert_eq!(code(&early), "not_now");
        clara.finishes(story, &second).await;
        story.waits(600).await;
        assert_eq!(clara.picks_up(story, &second).await, Outcome::Done {});
        let third = story.open_of(IVAN).await;
        assert_eq!(clara.holder(&third), Some(clara.name.clone()));
        assert_eq!(story.row(&third).await.line.as_str(), "sales", "the line of the channel");
        assert_eq!(clara.replies(story, &third, "I asked again").await, Outcome::Done {});
        assert_eq!(story.platform.sent_to(IVAN), ["I asked again"]);
        story.customer_writes(IVAN, "thank you").await;
        assert_eq!(story.messages(&third).await, ["I asked again", "thank you"]);
        let twice = anna.picks_up(story, &first).await;
        assert_eq!(code(&twice), "in_progress");
    });
}

/// What they pick up lives in another shard than the chat.
#[test]
fn two_who_pick_up_from_elsewhere_begin_one_conversation() {
    tell(anna_and_boris, async |story| {
        let (anna, _, first) = anna_talks(story).await;
        let clara = clara_supports(story, APART).await;
        anna.hands_to_line(story, &first, "support").await;
        let second = clara.accepts_it(story).await;
        clara.finishes(story, &second).await;
        story.waits(600).await;
        let oversees = vec![LineId::new("support")];
        story
            .hires("vera", |who| (who.role, who.supervises) = (Role::Supervisor, oversees.clone()))
            .await;
        let vera = story.signs_in("vera").await;
        let asked = [&clara, &vera].map(|desk| desk.begins("pick_up", &second, json!({})));
        story.settles().await;
        let answers = [clara.answer(asked[0]), vera.answer(asked[1])];
        let mut answers = answers.map(|answer| code(&answer.unwrap()));
        answers.sort();
        assert_eq!(answers, ["done", "in_progress"]);
        assert_eq!(story.row(&story.open_of(IVAN).await).await.held.len(), 1);
    });
}

#[test]
fn two_who_pick_up_at_once_begin_one_conversation() {
    tell(anna_and_boris, async |story| {
        let (anna, boris, first) = anna_talks(story).await;
        anna.hands_to(story, &first, "boris").await;
        boris.accepts_it(story).await;
        boris.finishes(story, &first).await;
        story.waits(600).await;
        let support = LineId::new("support");
        clara_supports(story, APART).await;
        story.changes_channel("telegram", |channel| channel.line = support).await;
        let asked = [&anna, &boris].map(|desk| desk.begins("pick_up", &first, json!({})));
        story.settles().await;
        let answers = [anna.answer(asked[0]), boris.answer(asked[1])];
        let mut answers = answers.map(|answer| code(&answer.unwrap()));
        answers.sort();
        assert_eq!(answers, ["done", "in_progress"]);
        let next = story.open_of(IVAN).await;
        assert_eq!(next.shard().unwrap().0, APART);
        assert_eq!(story.row(&next).await.held.len(), 1);
    });
}
