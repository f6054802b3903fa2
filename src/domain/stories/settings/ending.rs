//! How conversations of a line end.

use jiff::SignedDuration;

use crate::line::{ClosingRule, LineSettings, RatingScale, RetentionSettings};
use crate::stories::inputs::{accepts, finishes, names_topic, replies, wrote};
use crate::stories::settings::{bounds, choices, line, problems, text_bounds};
use crate::stories::story::{ANNA, Story};

/// Anna has answered.
fn answered(rules: fn(&mut LineSettings)) -> Story {
    let mut story = Story::with([ANNA], rules);
    story.tell(0, wrote("hello"));
    story.tell(0, accepts(ANNA, 1));
    story.tell(0, replies(ANNA, "good day"));
    story
}

const RULES: [(ClosingRule, usize); 3] =
    [(ClosingRule::Reply, 1), (ClosingRule::Rating, 2), (ClosingRule::Nothing, 0)];

#[test]
pub(super) fn closing_rule() {
    choices("/closing/rule", &["reply", "rating", "nothing"]);
    for (rule, texts) in RULES {
        let mut story = answered(|_| {});
        story.rules_change(|line| line.closing.rule = rule);
        story.tell(0, finishes(ANNA));
        assert_eq!(story.sent().len() - 1, texts, "{rule:?}");
    }
}

#[test]
pub(super) fn closing_text() {
    assert_eq!(line().closing.text, None);
    let set: fn(&mut LineSettings, Option<String>) = |line, text| line.closing.text = text;
    text_bounds("closing.text", "{operator}, {company}, {customer}", set);
    let mut story = answered(|line| {
        line.closing.rule = ClosingRule::Reply;
        line.closing.text = Some("Goodbye, {customer}".to_owned());
    });
    story.tell(0, finishes(ANNA));
    assert_eq!(story.sent()[1], "Goodbye, Ivan");
}

#[test]
pub(super) fn closing_reopen_window_seconds() {
    assert_eq!(line().closing.reopen_window_seconds, 600);
    let set: fn(&mut LineSettings, u32) = |line, value| line.closing.reopen_window_seconds = value;
    bounds("closing.reopen_window_seconds", "0..86400", set, &[0, 1, 86_400], &[86_401]);
    let mut story = answered(|line| line.closing.reopen_window_seconds = 30);
    story.tell(0, finishes(ANNA));
    story.seconds_pass(29, &[]);
    story.seconds_pass(1, &["closed", "free"]);
    let mut story = answered(|line| line.closing.reopen_window_seconds = 0);
    story.then(finishes(ANNA), &["finished anna", "release anna", "closed", "free"]);
}

#[test]
pub(super) fn auto_close_after_seconds() {
    assert_eq!(line().auto_close.after_seconds, 0);
    let set: fn(&mut LineSettings, u32) = |line, value| line.auto_close.after_seconds = value;
    let (good, bad) = ([0, 60, 2_678_400], [1, 59, 2_678_401]);
    bounds("auto_close.after_seconds", "0 or 60..2678400", set, &good, &bad);
    let mut story = answered(|line| line.auto_close.after_seconds = 60);
    story.seconds_pass(59, &[]);
    story.seconds_pass(1, &["silent too long", "release anna"]);
    let mut story = answered(|_| {});
    story.seconds_pass(10_000_000, &[]);
}

#[test]
pub(super) fn auto_close_rule() {
    choices("/auto_close/rule", &["nothing", "reply", "rating"]);
    for (rule, texts) in RULES {
        let mut story = answered(|line| line.auto_close.after_seconds = 60);
        story.rules_change(|line| line.auto_close.rule = rule);
        story.pass(60);
        assert_eq!(story.sent().len() - 1, texts, "{rule:?}");
    }
}

#[test]
pub(super) fn auto_close_text() {
    assert_eq!(line().auto_close.text, None);
    let set: fn(&mut LineSettings, Option<String>) = |line, text| line.auto_close.text = text;
    text_bounds("auto_close.text", "{operator}, {company}, {customer}", set);
    let mut story = answered(|line| {
        line.auto_close.after_seconds = 60;
        line.auto_close.rule = ClosingRule::Reply;
        line.auto_close.text = Some("{operator} waits no longer".to_owned());
    });
    story.pass(60);
    assert_eq!(story.sent()[1], "Anna waits no longer");
}

#[test]
pub(super) fn rating_scale() {
    choices("/rating/scale", &["like", "stars"]);
    for (scale, given, none) in [(RatingScale::Like, "0", "5"), (RatingScale::Stars, "5", "0")] {
        let mut story = answered(|line| line.closing.rule = ClosingRule::Rating);
        story.rules_change(|line| line.rating.scale = scale);
        story.tell(0, finishes(ANNA));
        story.tell(0, wrote(given));
        let row = story.conversations[0].row();
        assert_eq!(row.rating.map(|rating| rating.value.to_string()).as_deref(), Some(given));
        story.tell(0, wrote(none));
        assert!(story.conversations[0].waiting_since.is_some(), "{none} is no rating");
    }
}

#[test]
pub(super) fn rating_time_limit_seconds() {
    assert_eq!(line().rating.time_limit_seconds, 86_400);
    let set: fn(&mut LineSettings, u32) = |line, value| line.rating.time_limit_seconds = value;
    let (good, bad) = ([60, 2_678_400], [0, 59, 2_678_401]);
    bounds("rating.time_limit_seconds", "60..2678400", set, &good, &bad);
    for (wait, taken) in [(59, true), (60, false)] {
        let mut story = answered(|line| {
            line.closing.rule = ClosingRule::Rating;
            line.rating.time_limit_seconds = 60;
        });
        story.tell(0, finishes(ANNA));
        story.pass(wait);
        story.tell(0, wrote("1"));
        assert_eq!(story.conversations[0].row().rating.is_some(), taken);
    }
}

#[test]
pub(super) fn topics() {
    assert_eq!(line().topics, [""; 0]);
    let count: fn(&mut LineSettings, usize) = |line, count| {
        line.topics = (0..count).map(|n| n.to_string()).collect();
    };
    bounds("topics", "at most 100", count, &[0, 100], &[101]);
    let longest: fn(&mut LineSettings, usize) = |line, chars| line.topics = vec!["ä".repeat(chars)];
    bounds("topics", "1..100 characters each", longest, &[1, 100], &[0, 101]);
    let both: fn(&mut LineSettings, [&str; 2]) = |line, topics| {
        line.topics = topics.map(str::to_owned).to_vec();
    };
    bounds("topics", "each once", both, &[["a", "b"]], &[["a", "a"]]);
    let mut story = answered(|line| line.topics = vec!["delivery".to_owned()]);
    story.then(names_topic(ANNA, "delivery"), &["topic delivery"]);
    story.then(names_topic(ANNA, "payment"), &["refused: UnknownTopic"]);
}

#[test]
pub(super) fn topic_required() {
    assert!(!line().topic_required);
    // There must be something to choose.
    let mut none = line();
    none.topic_required = true;
    let problem = &problems(&none)[0];
    let allowed = "only with topics to choose from";
    assert_eq!((problem.field, &*problem.allowed), ("topic_required", allowed));
    let mut story = answered(|line| {
        line.topics = vec!["delivery".to_owned()];
        line.topic_required = true;
    });
    story.then(finishes(ANNA), &["refused: TopicRequired"]);
    story.tell(0, names_topic(ANNA, "delivery"));
    story.then(finishes(ANNA), &["finished anna", "release anna"]);
}

#[test]
pub(super) fn retention_days() {
    assert_eq!(line().retention.days, 0);
    let set: fn(&mut LineSettings, u32) = |line, value| line.retention.days = value;
    bounds("retention.days", "0..3650", set, &[0, 1, 3_650], &[3_651]);
    let mut story = answered(|line| line.closing.reopen_window_seconds = 30);
    assert_eq!(story.conversations[0].closed_at(), None);
    story.tell(0, finishes(ANNA));
    assert_eq!(story.conversations[0].closed_at(), None, "it may be reopened");
    story.seconds_pass(30, &["closed", "free"]);
    assert_eq!(story.conversations[0].closed_at(), Some(story.now), "from then on it counts");
    let has_ended = |days: u32, later: i64| {
        let at = story.now + SignedDuration::from_secs(later);
        RetentionSettings { days }.has_ended(&story.conversations[0], at)
    };
    let two_days = 2 * 86_400;
    assert_eq!([two_days - 1, two_days].map(|later| has_ended(2, later)), [false, true]);
    assert!(!has_ended(0, 10 * two_days), "for ever");
}
