//! Visitors whose pages are at another node than their line.

use switchboard::protocol::ServerFrame;
use switchboard::protocol::visitor::{QueueState, VisitorFrame, VisitorServerFrame};

use super::{SHARD, tell_among};
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
