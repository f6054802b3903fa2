//! Anything at any time: random steps over one line with several chats and operators.
//! What must hold is in the ledger and the model, which look at every effect and every decision, and
//! in `truths`, which looks at everything after every step.

use jiff::SignedDuration;
use proptest::prelude::{ProptestConfig, proptest};
use proptest::sample::select;
use proptest::test_runner::FileFailurePersistence;

use crate::conversation::Conversation;
use crate::customer::KnownOperator;
use crate::effect::{Effect, Input};
use crate::hours::HoursSettings;
use crate::id::{ConversationId, OfferId, OperatorId};
use crate::limits::Limits;
use crate::line::LineSettings;
use crate::stories::hours::every_day;
use crate::stories::inputs::{
    accepts, blocks, came_from, declines, drafts, finishes, finishes_silently, hands_to,
    hands_to_absent, holds, invites, joins, leaves, marks_spam, moves_to, notes, picks_up, presses,
    releases, replies, resumes, reviews, takes, takes_over, withdraws, wrote, wrote_itself,
};
use crate::stories::steps::{CHATS, Change, Deed, Event, NAMES, News, Rule, Saying, Step, step};
use crate::stories::story::{Story, id};
use crate::stories::truths::check;

/// Failing seeds are kept beside this file.
fn config() -> ProptestConfig {
    let seeds = Box::new(FileFailurePersistence::WithSource("seeds"));
    ProptestConfig { cases: 400, failure_persistence: Some(seeds), ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn whatever_happens_the_rules_hold(
        steps in proptest::collection::vec((step(), 0..CHATS, select(&NAMES[..])), 1..150)
    ) {
        let operators = NAMES.into_iter().map(id).collect();
        let limits = Limits { open_offers: 2, ..Limits::default() };
        let mut story = Story::under(limits, LineSettings::new("support", operators, "UTC"));
        let mut chats: Vec<usize> = (0..CHATS).map(|_| story.opens()).collect();
        for (step, chat, name) in steps {
            take(&mut story, &step, &mut chats[chat], name);
            if story.turns_at.is_none_or(|at| at > story.now) {
                check(&story);
            }
        }
    }
}

/// `n`: the conversation of the chat, or the last one.
fn take(story: &mut Story, step: &Step, n: &mut usize, name: &str) {
    match step {
        Step::Says(saying) => {
            let input = match saying {
                Saying::Text(text) => wrote(text),
                Saying::Automatic => wrote_itself("I am on holiday"),
                Saying::Button(value) => presses(*value),
            };
            go_on_with(story, n, &input);
            story.tell(*n, input);
        }
        Step::Does(deed) => {
            let input = done(story, deed, *n, name);
            if matches!(deed, Deed::Moves) {
                return moves(story, n, name);
            }
            if matches!(deed, Deed::PicksUp) && story.conversations[*n].is_closed() {
                *n = story.follows(*n);
            }
            story.tell(*n, input);
        }
        Step::Customer(news) => becomes_known(story, news, *n, name),
        Step::Person(change) => match *change {
            Change::Status(status) => story.set_status(name, status),
            Change::Presence(is_there) => {
                story.presence_changes(name, |_, present| *present = is_there);
            }
            Change::Capacity(capacity) => story.person_changes(name, |who| who.capacity = capacity),
            Change::Enabled(enabled) => story.person_changes(name, |who| who.enabled = enabled),
        },
        Step::Line(event) => happens(story, event, *n, name),
    }
}

fn done(story: &Story, deed: &Deed, n: usize, name: &str) -> Input {
    let current = story.conversations[n].last_offer;
    let offer = |late: bool| OfferId(current.0.saturating_sub(u32::from(late))).0;
    match *deed {
        Deed::Accepts { late } => accepts(name, offer(late)),
        Deed::Declines { late } => declines(name, offer(late)),
        Deed::Takes => takes(name),
        Deed::TakesOver => takes_over(name),
        Deed::PicksUp => picks_up(name),
        Deed::Replies => replies(name, "yes"),
        Deed::Notes => notes(name, "a regular"),
        Deed::Drafts => drafts(name, "dear"),
        Deed::Holds { seconds } => holds(name, story.now + SignedDuration::from_secs(seconds)),
        Deed::Resumes => resumes(name),
        Deed::HandsTo(to) => {
            let (person, present) = &story.people[&id(to)];
            if person.is_available(*present) {
                hands_to(name, to)
            } else {
                hands_to_absent(name, to)
            }
        }
        Deed::Moves => moves_to(name, "support"),
        Deed::Withdraws => withdraws(name),
        Deed::Invites(colleague) => invites(name, colleague),
        Deed::Joins => joins(name),
        Deed::Leaves => leaves(name),
        Deed::Finishes { silent: false } => finishes(name),
        Deed::Finishes { silent: true } => finishes_silently(name),
        Deed::Spam { block: false } => marks_spam(name),
        Deed::Spam { block: true } => blocks(name),
        Deed::Releases => releases(name),
        Deed::Reviews => reviews(name, 4),
    }
}

fn becomes_known(story: &mut Story, news: &News, n: usize, name: &str) {
    let (external_id, text) = ("1".into(), "hallo".into());
    match *news {
        News::Edits => story.tell(n, Input::CustomerEdited { external_id, text }),
        News::Goes => story.tell(n, Input::CustomerGone { reason: "blocked".into() }),
        News::IsBlocked(blocked) => story.customers[n].blocked = blocked,
        News::HasResponsible(has) => story.customers[n].responsible = has.then(|| id(name)),
        News::KnowsOperator { days_ago } => {
            let ago = |days: i64| story.now - SignedDuration::from_hours(24 * days);
            let finished_at = days_ago.map(ago);
            story.customers[n].known = Some(KnownOperator { operator: id(name), finished_at });
        }
    }
}

fn happens(story: &mut Story, event: &Event, n: usize, name: &str) {
    match *event {
        Event::JoinsOrLeavesQueue => {
            story.rules_change(|line| leave_or_join(&mut line.queue.operators, name));
        }
        Event::Rule(rule) => story.rules_change(|line| set(line, rule)),
        Event::Wakes => story.tell(n, Input::SomebodyEligible),
        Event::Deadline => story.tell(n, Input::DeadlinePassed),
        Event::Passes(seconds) => story.pass(seconds),
        Event::Outage(seconds) => story.outage(seconds),
        Event::Restart => restart(story),
    }
}

/// What is written to a closed conversation, and is no rating of it, opens the next one.
fn go_on_with(story: &mut Story, n: &mut usize, input: &Input) {
    let conversation = &story.conversations[*n];
    let Input::CustomerWrote { message, .. } = input else { return };
    let is_rating = conversation.rating_in(message, story.now).is_some();
    if conversation.is_closed() && !is_rating {
        *n = story.follows(*n);
    }
}

/// It goes on in the same line, as if that were another.
fn moves(story: &mut Story, n: &mut usize, name: &str) {
    if story.conversations[*n].last_entry.0 == 0 {
        return;
    }
    let effects_before = story.effects.len();
    story.tell(*n, moves_to(name, "support"));
    let mut news = story.effects[effects_before..].iter();
    let next = news.find_map(|(_, effect)| {
        let Effect::Continue(next) = effect else { return None };
        Some(Conversation::resume((**next).clone(), story.now))
    });
    let Some(mut next) = next else { return };
    next.id = ConversationId::new(format!("0-{:06}", story.conversations.len()));
    let customer = story.customers[*n].clone();
    *n = story.begins(next);
    story.customers[*n] = customer;
    story.tell(*n, came_from(name, "support"));
}

fn restart(story: &mut Story) {
    for conversation in &mut story.conversations {
        let stored = serde_json::to_string(conversation).expect("a document");
        *conversation = serde_json::from_str(&stored).expect("a conversation");
    }
    story.restart_queue();
}

fn leave_or_join(operators: &mut Vec<OperatorId>, name: &str) {
    let place = operators.iter().position(|who| *who == id(name));
    match place {
        Some(place) => drop(operators.remove(place)),
        None => operators.push(id(name)),
    }
}

fn set(line: &mut LineSettings, rule: Rule) {
    match rule {
        Rule::Active(active) => line.active = active,
        Rule::Mode(mode) => line.queue.mode = mode,
        Rule::RequireAvailable(required) => line.queue.require_available = required,
        Rule::Unanswered(rule) => line.unanswered.rule = rule,
        Rule::TextAfter(wait) => line.unanswered.after_seconds = wait,
        Rule::Hours(enabled) => {
            let half_hours = "00:00-00:30 01:00-01:30 02:00-02:30 03:00-03:30 04:00-04:30 \
                              05:00-05:30 06:00-06:30 07:00-07:30";
            let timezone = "UTC".to_owned();
            line.hours = HoursSettings { enabled, timezone, ..every_day(half_hours) };
        }
        Rule::AnswerLimit(limit, rule) => {
            (line.answer.limit_seconds, line.answer.rule) = (limit, rule);
        }
        Rule::Welcome { each, consent } => {
            (line.welcome.each_conversation, line.consent.enabled) = (each, consent);
        }
        Rule::Closing(rule, window) => {
            (line.closing.rule, line.closing.reopen_window_seconds) = (rule, window);
        }
        Rule::AutoClose(rule, after) => {
            (line.auto_close.rule, line.auto_close.after_seconds) = (rule, after);
        }
    }
}
