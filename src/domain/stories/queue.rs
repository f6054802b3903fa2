//! The queue by itself: order, raises, the oldest waiting, and rounds that are taken back.

use jiff::{SignedDuration, Timestamp};

use crate::id::{ConversationId, OperatorId};
use crate::limits::Limits;
use crate::line::{LineSettings, QueueMode};
use crate::operator::{Operator, Status};
use crate::queue::{Queue, Reach};
use crate::routing::{Passed, PassedHow, Reason, Seek};
use crate::stories::inputs::{declines, takes, wrote};
use crate::stories::story::{ANNA, BORIS, CLARA, Story, id, operator};

fn queue_of(names: &[&str]) -> (Queue, LineSettings) {
    let line = LineSettings::new("support", names.iter().map(|name| id(name)).collect(), "UTC");
    let mut queue = Queue::new(&Limits::default());
    for name in names {
        queue.operator(&operator(name), true);
    }
    queue.configure(&line);
    (queue, line)
}

fn away(name: &str) -> Operator {
    Operator { status: Status::Away, ..operator(name) }
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_secs(seconds)
}

fn conversation(n: u32) -> ConversationId {
    ConversationId::new(format!("0-{n}"))
}

fn passed(names: &[&str]) -> Vec<Passed> {
    let pass = |name: &&str| Passed { operator: id(name), how: PassedHow::Missed, at: at(0) };
    names.iter().map(pass).collect()
}

fn seek(names: &[&str]) -> Seek {
    Seek { passed: passed(names), ..Seek::default() }
}

fn next(queue: &Queue, names: &[&str]) -> Vec<OperatorId> {
    queue.next(&seek(names), Reach::None).operators
}

#[test]
fn the_fewest_received_is_next_and_among_equals_who_has_waited_longest() {
    let (mut queue, _) = queue_of(&[ANNA, BORIS, CLARA]);
    assert_eq!(next(&queue, &[]), [id(ANNA)]);
    queue.received(&id(ANNA), 3, Some(at(10)));
    queue.received(&id(BORIS), 2, Some(at(30)));
    queue.received(&id(CLARA), 2, Some(at(20)));
    assert_eq!(next(&queue, &[]), [id(CLARA)]);
    assert_eq!(next(&queue, &[CLARA]), [id(BORIS)]);
    let decision = queue.next(&seek(&[CLARA, BORIS]), Reach::None);
    assert_eq!(decision.operators, [id(ANNA)]);
    assert_eq!(decision.explanation.candidates[0].reason, Reason::FewestReceived { received: 3 });
    assert!(next(&queue, &[ANNA, BORIS, CLARA]).is_empty());
}

#[test]
fn who_comes_back_is_raised_to_the_lowest_of_those_available() {
    let (mut queue, line) = queue_of(&[ANNA, BORIS, CLARA]);
    queue.operator(&away(CLARA), true);
    queue.received(&id(ANNA), 9, None);
    queue.received(&id(BORIS), 7, None);
    assert_eq!(queue.operator(&operator(CLARA), true), 7);
    assert_eq!(queue.operator(&operator(CLARA), true), 0);
    // A coffee gains nothing and costs nothing.
    assert_eq!(queue.operator(&away(ANNA), true), 0);
    assert_eq!(queue.operator(&operator(ANNA), true), 0);
    // Who joins the list is raised as well, with everybody who joins beside him.
    queue.operator(&operator("dora"), true);
    queue.operator(&operator("egon"), true);
    let mut line = line;
    line.queue.operators.extend([id("dora"), id("egon")]);
    assert_eq!(queue.configure(&line), [(id("dora"), 7), (id("egon"), 7)]);
    assert!(queue.configure(&line).is_empty());
}

#[test]
fn a_start_raises_nobody() {
    let mut queue = Queue::new(&Limits::default());
    queue.received(&id(ANNA), 60, None);
    queue.received(&id(BORIS), 10, None);
    assert_eq!(queue.operator(&operator(ANNA), true), 0);
    assert_eq!(queue.operator(&operator(BORIS), true), 0);
    let line = LineSettings::new("support", vec![id(ANNA), id(BORIS)], "UTC");
    assert!(queue.configure(&line).is_empty());
    assert_eq!(next(&queue, &[]), [id(BORIS)]);
}

#[test]
fn who_is_gone_or_full_is_not_eligible() {
    let (mut queue, mut line) = queue_of(&[ANNA, BORIS, CLARA]);
    line.queue.mode = QueueMode::All;
    queue.configure(&line);
    queue.operator(&operator(ANNA), false);
    queue.operator(&Operator { capacity: 2, ..operator(BORIS) }, true);
    queue.hold(&id(BORIS), &conversation(1), true);
    queue.hold(&id(BORIS), &conversation(1), true);
    assert_eq!(next(&queue, &[]), [id(BORIS), id(CLARA)]);
    queue.hold(&id(BORIS), &conversation(2), true);
    assert_eq!(next(&queue, &[]), [id(CLARA)]);
    queue.hold(&id(BORIS), &conversation(1), false);
    assert_eq!(next(&queue, &[]), [id(BORIS), id(CLARA)]);
    queue.operator(&Operator { enabled: false, ..operator(CLARA) }, true);
    assert_eq!(next(&queue, &[]), [id(BORIS)]);
    line.queue.require_available = false;
    queue.configure(&line);
    assert_eq!(next(&queue, &[]), [id(ANNA), id(BORIS)]);
    assert!(!queue.next(&seek(&[]), Reach::None).reserves);
    line.queue.operators = vec![id(CLARA)];
    queue.configure(&line);
    assert!(next(&queue, &[]).is_empty());
}

#[test]
fn the_oldest_is_found_behind_those_that_everybody_has_passed() {
    let (mut queue, mut line) = queue_of(&[ANNA, BORIS]);
    queue.wait(&conversation(1), at(1), &passed(&[ANNA, BORIS]));
    queue.wait(&conversation(2), at(2), &passed(&[BORIS, ANNA]));
    queue.wait(&conversation(4), at(4), &[]);
    queue.wait(&conversation(3), at(4), &passed(&[ANNA]));
    assert_eq!(queue.next_waiting(), Some(conversation(3)));
    queue.wait_no_more(&conversation(3));
    assert_eq!(queue.next_waiting(), Some(conversation(4)));
    queue.wait(&conversation(5), at(5), &passed(&[ANNA]));
    assert_eq!(queue.next_waiting(), Some(conversation(4)));
    queue.wait(&conversation(2), at(2), &passed(&[ANNA]));
    assert_eq!(queue.next_waiting(), Some(conversation(2)));
    queue.operator(&away(BORIS), true);
    assert_eq!(queue.next_waiting(), Some(conversation(4)));
    queue.operator(&away(ANNA), true);
    assert_eq!(queue.next_waiting(), None);
    queue.operator(&operator(BORIS), true);
    line.active = false;
    queue.configure(&line);
    assert_eq!(queue.next_waiting(), None);
}

#[test]
fn a_refused_round_leaves_no_trace_and_what_is_true_anyway_stands() {
    let mut story = Story::of([ANNA, BORIS]);
    story.person_changes(ANNA, |anna| anna.capacity = 1);
    let second = story.opens();
    story.queue.keep();
    let stored = (story.conversations.clone(), story.ledger.clone());
    let before = seek(&[]);
    let decision = story.queue.next(&before, Reach::None);
    // A round: one offer made, declined, made again; another conversation taken.
    story.without_keeping(0, wrote("hello"));
    story.without_keeping(0, declines(ANNA, 1));
    story.without_keeping(second, takes(ANNA));
    story.queue.operator(&operator(CLARA), true);
    assert_ne!(story.queue.next(&before, Reach::None), decision);
    story.queue.take_back();
    assert_eq!(story.queue.next(&before, Reach::None), decision);
    assert_eq!(story.queue.next_waiting(), None);
    (story.conversations, story.ledger) = stored;
    story.tell(0, wrote("hello"));
    assert_eq!(story.offered(0), [ANNA]);
    // What is kept is not taken back.
    story.queue.take_back();
    assert_eq!(next(&story.queue, &[]), [id(BORIS)]);
}

#[test]
fn a_refused_round_takes_the_next_one_with_it_and_a_committed_one_leaves_it_alone() {
    let (mut queue, _) = queue_of(&[ANNA, BORIS]);
    queue.wait(&conversation(1), at(1), &[]);
    queue.seal();
    queue.wait(&conversation(2), at(2), &[]);
    queue.keep_sealed();
    assert_eq!(queue.waiting(), [conversation(1), conversation(2)]);
    queue.take_back();
    assert_eq!(queue.waiting(), [conversation(1)]);
    queue.wait(&conversation(2), at(2), &[]);
    queue.wait_no_more(&conversation(1));
    queue.seal();
    queue.wait(&conversation(1), at(3), &[]);
    assert_eq!(queue.waiting(), [conversation(2), conversation(1)]);
    queue.take_back();
    assert_eq!(queue.waiting(), [conversation(1)]);
}

#[test]
fn a_departure_in_the_middle_of_a_refused_round_stands() {
    let (mut queue, _) = queue_of(&[ANNA, BORIS]);
    queue.wait(&conversation(1), at(1), &[]);
    queue.operator(&away(ANNA), true);
    queue.hold(&id(BORIS), &conversation(7), true);
    queue.take_back();
    assert_eq!(queue.next_waiting(), None);
    let explanation = queue.next(&seek(&[]), Reach::None).explanation;
    assert_eq!(explanation.candidates[0].operator, id(BORIS));
    assert_eq!(explanation.candidates[1].reason, Reason::Unavailable);
}
