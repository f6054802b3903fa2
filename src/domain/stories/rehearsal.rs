//! Rehearsals of days made by hand.

use std::sync::Arc;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::hours::Hours;
use crate::id::OperatorId;
use crate::limits::Limits;
use crate::line::{LineSettings, QueueMode, UnansweredRule};
use crate::operator::Status;
use crate::rehearsal::{
    ARRIVALS_MAX, Arrival, ArrivalKind, Attendance, Handling, NoRehearsal, OfferAnswer,
    OperatorSummary, Record, Rehearsal, Rules, Stay, Summary, rehearse,
};
use crate::stories::hours::every_day;

const HOURS: u32 = 3_600;

/// From midnight on, so many seconds.
fn at(seconds: u32) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_secs(seconds.into())
}

fn day() -> Record {
    let (from, until) = (at(0), at(24 * HOURS));
    Record { from, until, arrivals: vec![], attendances: vec![], handlings: vec![] }
}

impl Record {
    fn writes(mut self, seconds: u32, chat: &str) -> Self {
        let kind = ArrivalKind::Message;
        self.arrivals.push(Arrival { at: at(seconds), chat: chat.into(), kind });
        self
    }

    /// So many customers at the same time.
    fn crowd(self, seconds: u32, customers: u32) -> Self {
        (0..customers).fold(self, |day, n| day.writes(seconds, &n.to_string()))
    }

    /// There all day, one conversation at a time, with these answers to offers.
    fn works(self, name: &str, answers: &[OfferAnswer]) -> Self {
        self.works_from(name, 0, 24 * HOURS, answers)
    }

    fn works_from(mut self, name: &str, from: u32, until: u32, answers: &[OfferAnswer]) -> Self {
        let status = Status::Available;
        let stays = vec![Stay { from: at(from), until: at(until), status, capacity: 1 }];
        let (operator, answers) = (OperatorId::new(name), answers.to_vec());
        self.attendances.push(Attendance { operator, stays, answers, reply_seconds: vec![20] });
        self
    }

    fn handled(mut self, chat: &str, seconds: u32, finished: u32) -> Self {
        let finished_at = at(finished);
        self.handlings.push(Handling { chat: chat.into(), seconds, finished_at });
        self
    }

    fn rehearsed(&self, as_it_is: &Rules, as_proposed: &Rules) -> Rehearsal {
        rehearse(self, as_it_is, as_proposed, Limits::default()).expect("a day of the usual size")
    }

    fn under(&self, rules: &Rules) -> Summary {
        self.rehearsed(rules, rules).as_it_is
    }
}

const fn accepts(after_seconds: u32) -> OfferAnswer {
    OfferAnswer::Accepted { after_seconds }
}

/// A line with these in its queue.
fn line(names: &[&str]) -> Rules {
    let list = names.iter().map(|name| OperatorId::new(*name)).collect();
    let settings = LineSettings::new("support", list, "UTC");
    Rules { settings, hours: Hours::round_the_clock() }
}

fn with(mut rules: Rules, change: fn(&mut LineSettings)) -> Rules {
    change(&mut rules.settings);
    rules.hours = Hours::new(&rules.settings.hours, TimeZone::UTC);
    rules
}

#[test]
fn twice_the_operators_halve_the_waits() {
    let team = ["anna", "boris", "clara", "dora"];
    let crowded = day().crowd(60, 12).handled("0", 600, 900);
    let day = team.iter().fold(crowded, |day, name| day.works(name, &[accepts(5)]));
    let Rehearsal { as_it_is, as_proposed } = day.rehearsed(&line(&team[..2]), &line(&team));
    assert_eq!((as_it_is.conversations, as_it_is.accepted, as_it_is.unanswered), (12, 12, 0));
    // Six after each other, and three.
    assert_eq!(as_it_is.wait_max_seconds, Some(6 * 5 + 5 * 600));
    assert_eq!(as_proposed.wait_max_seconds, Some(3 * 5 + 2 * 600));
    assert_eq!(as_it_is.wait_p50_seconds, Some(3 * 5 + 2 * 600));
    assert_eq!(as_proposed.wait_p50_seconds, Some(2 * 5 + 600));
    let shares: Vec<usize> = as_proposed.by_operator.iter().map(|his| his.accepted).collect();
    assert_eq!(shares, [3, 3, 3, 3]);
}

#[test]
fn a_shorter_timeout_shortens_the_waits_of_who_is_missed() {
    let day = day()
        .writes(60, "ivan")
        .works("anna", &[OfferAnswer::Ignored])
        .works("boris", &[accepts(5)]);
    let slow = with(line(&["anna", "boris"]), |line| {
        line.queue.mode = QueueMode::Strictly;
        line.queue.offer_timeout_seconds = 300;
    });
    let fast = with(slow.clone(), |line| line.queue.offer_timeout_seconds = 60);
    let Rehearsal { as_it_is, as_proposed } = day.rehearsed(&slow, &fast);
    assert_eq!(as_it_is.wait_max_seconds, Some(305));
    assert_eq!(as_proposed.wait_max_seconds, Some(65));
    let of = |name: &str, [offered, accepted, missed, declined]: [usize; 4]| {
        let operator = OperatorId::new(name);
        OperatorSummary { operator, offered, accepted, missed, declined }
    };
    assert_eq!(as_proposed.by_operator, [of("anna", [1, 0, 1, 0]), of("boris", [1, 1, 0, 0])]);
    assert_eq!((as_proposed.missed, as_proposed.declined), (1, 0));
}

#[test]
fn the_same_rules_give_the_same_numbers() {
    let answers = [accepts(9), OfferAnswer::Ignored, OfferAnswer::Declined { after_seconds: 3 }];
    let day = day().crowd(60, 9).crowd(7_000, 4).works("anna", &answers).works("boris", &answers);
    let rules = line(&["anna", "boris"]);
    let Rehearsal { as_it_is, as_proposed } = day.rehearsed(&rules, &rules);
    assert_eq!(as_it_is, as_proposed);
    assert_eq!(day.under(&rules), as_it_is);
    let offered: usize = as_it_is.by_operator.iter().map(|his| his.offered).sum();
    assert_eq!(offered, as_it_is.accepted + as_it_is.missed + as_it_is.declined);
}

#[test]
fn who_misses_two_in_a_row_is_away_and_comes_back() {
    let answers = [OfferAnswer::Ignored, OfferAnswer::Ignored, accepts(5)];
    let day = day().writes(0, "ivan").works("anna", &answers);
    // Missed at 60 and, in the next round, at 120; back at 420.
    assert_eq!(day.under(&line(&["anna"])).wait_max_seconds, Some(425));
}

#[test]
fn of_whom_nothing_is_known_the_median_of_the_day_holds() {
    let known = [accepts(10), accepts(20), accepts(50)];
    let day = day().writes(0, "ivan").works("anna", &known).works("boris", &[]);
    assert_eq!(day.under(&line(&["boris"])).wait_max_seconds, Some(20));
}

#[test]
fn nobody_is_finished_before_he_has_written_all() {
    let day = day()
        .writes(0, "ivan")
        .writes(400, "ivan")
        .writes(1_000, "ivan")
        .works("anna", &[accepts(5)])
        .handled("ivan", 900, 1_030);
    let summary = day.under(&with(line(&["anna"]), |line| line.closing.reopen_window_seconds = 0));
    assert_eq!((summary.conversations, summary.accepted), (1, 1));
}

#[test]
fn who_is_not_there_is_not_asked() {
    let day = day().writes(0, "ivan").works_from("anna", 3_600, 7_200, &[accepts(5)]);
    assert_eq!(day.under(&line(&["anna"])).wait_max_seconds, Some(3_605));
    let nobody = day.under(&line(&[]));
    assert_eq!((nobody.conversations, nobody.unanswered, nobody.wait_p50_seconds), (1, 1, None));
}

#[test]
fn a_closed_line_waits_for_the_morning() {
    let day = day().writes(0, "ivan").works("anna", &[accepts(5)]);
    let closed = with(line(&["anna"]), |line| line.hours = every_day("09:00-18:00"));
    assert_eq!(day.under(&closed).wait_max_seconds, Some(u64::from(9 * HOURS) + 5));
}

#[test]
fn what_a_machine_writes_is_no_conversation() {
    let mut day = day().writes(0, "ivan").works("anna", &[accepts(5)]);
    let kind = ArrivalKind::Automatic;
    day.arrivals.push(Arrival { at: at(10), chat: Arc::from("robot"), kind });
    assert_eq!(day.under(&line(&["anna"])).conversations, 1);
}

#[test]
fn a_day_that_is_no_day_is_refused() {
    let rules = line(&["anna"]);
    let refused =
        |day: &Record| rehearse(day, &rules, &rules, Limits::default()).expect_err("no day");
    assert_eq!(refused(&Record { until: at(0), ..day() }), NoRehearsal::BadSpan);
    assert_eq!(refused(&Record { until: at(32 * 24 * HOURS), ..day() }), NoRehearsal::BadSpan);
    let crowd = u32::try_from(ARRIVALS_MAX).expect("a small number") + 1;
    assert_eq!(refused(&day().crowd(0, crowd)), NoRehearsal::TooMuch);
}

#[test]
fn a_busy_day_is_rehearsed_to_the_end() {
    let answers = [accepts(9), OfferAnswer::Ignored, accepts(30)];
    let mut day = (0..8).fold(day(), |day, n| day.works(&format!("operator-{n}"), &answers));
    for n in 0..2_000_u32 {
        day = day.writes(n * 30, &n.to_string());
    }
    let names: Vec<String> = (0..8).map(|n| format!("operator-{n}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let reply = with(line(&names), |line| line.unanswered.rule = UnansweredRule::Reply);
    let summary = day.under(&reply);
    assert_eq!(summary.conversations, 2_000);
    assert_eq!(summary.conversations, summary.accepted + summary.unanswered);
}

#[test]
fn a_summary_as_it_is_shown() {
    let day = day().writes(0, "ivan").works("anna", &[accepts(5)]);
    let shown = serde_json::to_value(day.under(&line(&["anna"]))).expect("a summary");
    let expected = serde_json::json!({
        "conversations": 1, "accepted": 1, "missed": 0, "declined": 0, "unanswered": 0,
        "wait_p50_seconds": 5, "wait_p90_seconds": 5, "wait_max_seconds": 5,
        "by_operator":
            [{ "operator": "anna", "offered": 1, "accepted": 1, "missed": 0, "declined": 0 }],
    });
    assert_eq!(shown, expected);
}
