//! Visitors whose pages are at another node than their line.

use domain::id::ConversationId;
use switchboard::protocol::ServerFrame;
use switchboard::protocol::visitor::{
    QueueState, VisitorFrame, VisitorOutcome, VisitorRefusal, VisitorServerFrame,
};

use super::{Among, SHARD, tell_among};
use crate::contract::words::trim;
use crate::story::Desk;
use crate::widget::page::{Page, anna};

fn told(page: &Page) -> usize {
    let frames = page.frames().into_iter();
    frames.filter(|frame| *frame == VisitorServerFrame::Typing {}).count()
}

fn shown(desk: &Desk) -> usize {
    let frames = desk.frames().into_iter();
    frames.filter(|frame| matches!(frame, ServerFrame::Typing { .. })).count()
}

/// Who waits is told where he stands, and both sides see that the other is writing.
#[test]
fn a_visitor_at_another_node_is_told_his_place_and_who_is_writing() {
    tell_among(["a", "b"], anna, async |story| {
        story.has_a_widget(|_| {}).await;
        let (owner, other) = (story.owner_of(SHARD).await, story.other_than_owner_of(SHARD).await);
        story.stands_at(other);
        let page: Page = story.visits("ivan").await;
        page.writes(story, "is anybody here?").await;
        story.passes(6_000).await;
        let queue = page.state().queue;
        assert_eq!(queue, Some(QueueState { position: 1, wait_minutes: None, staffed: false }));
        story.stands_at(owner.expect("somebody has it"));
        let anna = story.signs_in("anna").await;
        let id = anna.accepts_it(story).await;
        anna.drafts(story, &id, "A mom").await;
        story.passes(1_000).await;
        assert_eq!(told(&page), 1, "she is writing");
        anna.drafts(story, &id, "A moment").await;
        story.passes(1_000).await;
        assert_eq!(told(&page), 1, "not at each letter");
        page.says(&VisitorFrame::Typing {});
        story.passes(1_000).await;
        assert_eq!(shown(&anna), 1, "he is writing");
    });
}

/// What is written at one node is on the page at another, whoever wrote it.
#[test]
fn a_visitor_at_another_node_is_answered() {
    tell_among(["a", "b"], anna, async |story| {
        let (page, anna, id) = anna_talks_from_another_node(story).await;
        for n in 1..=3 {
            anna.replies(story, &id, &format!("answer {n}")).await;
            page.writes(story, &format!("question {n}")).await;
            story.passes(1_000).await;
        }
        let said = page.lines();
        assert_eq!(said[0], "me: is anybody here?");
        let talk = (1..=3).flat_map(|n| [format!("anna: answer {n}"), format!("me: question {n}")]);
        assert_eq!(said[1..], talk.collect::<Vec<_>>());
    });
}

/// A node was away for so long that what happened meanwhile is not in the feed any more.
#[test]
fn a_visitor_at_a_node_that_missed_events_is_told_all_the_same() {
    tell_among(["a", "b"], anna, async |story| {
        let (page, anna, id) = anna_talks_from_another_node(story).await;
        let other = story.other_than_owner_of(SHARD).await;
        story.is_killed(other);
        anna.replies(story, &id, "I am").await;
        trim(&story.store, SHARD, 0).await;
        story.comes_to(other);
        story.passes(1_000).await;
        assert_eq!(page.lines(), ["me: is anybody here?", "anna: I am"]);
    });
}

/// His node has not heard yet that the conversation is over.
#[test]
fn who_begins_anew_is_asked_first_also_where_the_end_is_not_known_yet() {
    tell_among(["a", "b"], anna, async |story| {
        let (page, anna, id) = anna_talks_from_another_node(story).await;
        story
            .line_is_changed(|line| {
                line.consent.enabled = true;
                line.closing.reopen_window_seconds = 0;
            })
            .await;
        story.passes(1_000).await;
        let other = story.other_than_owner_of(SHARD).await;
        story.is_killed(other);
        anna.finishes(story, &id).await;
        story.comes_to(other);
        let outcome = page.writes(story, "one thing more").await;
        let why = VisitorRefusal::ConsentNeeded {};
        assert_eq!(outcome, VisitorOutcome::Refused { why });
        story.passes(1_000).await;
    });
}

/// Anna, at the node of the line, talks with a visitor whose page is at another.
async fn anna_talks_from_another_node(story: &mut Among) -> (Page, Desk, ConversationId) {
    story.has_a_widget(|_| {}).await;
    let owner = story.owner_of(SHARD).await.expect("somebody has it");
    let other = story.other_than_owner_of(SHARD).await;
    story.stands_at(other);
    let page = story.visits("ivan").await;
    page.writes(story, "is anybody here?").await;
    story.passes(1_000).await;
    story.stands_at(owner);
    let anna = story.signs_in("anna").await;
    let id = anna.accepts_it(story).await;
    story.passes(1_000).await;
    (page, anna, id)
}
