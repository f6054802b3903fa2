//! Who was there when: one record a change, also over a restart.

use domain::attendance::Attendance::{self, Available, Away, Busy, Offline, SetAway};
use domain::operator::Status;
use jiff::{SignedDuration, Timestamp};

use crate::story::{MORNING, Story, operators, tell};

/// Seconds since the morning, who, and how he stands.
type Told = (i64, String, Attendance, u32);

async fn told(story: &Story, from: i64, until: i64) -> Vec<Told> {
    let morning: Timestamp = MORNING.parse().unwrap();
    let at = |seconds| morning + SignedDuration::from_secs(seconds);
    let records = story.node.attendance(at(from), at(until)).await.unwrap();
    let seconds = |at: Timestamp| at.duration_since(morning).as_secs();
    let line = |record: domain::attendance::AttendanceRecord| {
        let attends = record.attends;
        (seconds(record.at), record.operator.to_string(), attends.state, attends.capacity)
    };
    records.into_iter().map(line).collect()
}

fn line(at: i64, who: &str, state: Attendance, capacity: u32) -> Told {
    (at, who.to_owned(), state, capacity)
}

#[test]
fn each_change_is_one_record() {
    tell(
        |line| line.queue.operators = operators(["anna"]),
        async |story| {
            assert_eq!(told(story, 0, 1_000).await, []);
            story.seconds_pass(10).await;
            let first = story.signs_in("anna").await;
            let second = story.signs_in("anna").await;
            story.seconds_pass(10).await;
            story.operator_is_changed("anna", |anna| anna.status = Status::Busy).await;
            story.operator_is_changed("anna", |anna| anna.name = "Ann".to_owned()).await;
            story.seconds_pass(10).await;
            story.operator_is_changed("anna", |anna| anna.status = Status::Away).await;
            story.seconds_pass(10).await;
            story.operator_is_changed("anna", |anna| anna.set_away = true).await;
            story.seconds_pass(10).await;
            let back = |anna: &mut domain::operator::Operator| {
                (anna.status, anna.set_away, anna.capacity) = (Status::Available, false, 7);
            };
            story.operator_is_changed("anna", back).await;
            first.is_cut();
            story.seconds_pass(40).await;
            second.is_cut();
            story.seconds_pass(40).await;
            let mut all = told(story, 0, 1_000).await;
            let (gone, _, state, _) = all.pop().unwrap();
            assert!((120..=122).contains(&gone), "at {gone}, when the grace was over");
            assert_eq!(state, Offline);
            let expected = [
                line(10, "anna", Available, 0),
                line(20, "anna", Busy, 0),
                line(30, "anna", Away, 0),
                line(40, "anna", SetAway, 0),
                line(50, "anna", Available, 7),
            ];
            assert_eq!(all, expected);
            // How she stood comes first, at the time of that change.
            assert_eq!(told(story, 25, 45).await, expected[1..4]);
            assert_eq!(told(story, 60, 100).await, expected[4..]);
            assert_eq!(told(story, 125, 1_000).await, [], "she is gone");
        },
    );
}

#[test]
fn who_does_not_come_back_after_a_restart_is_gone_when_the_grace_is_over() {
    tell(
        |line| line.queue.operators = operators(["anna", "boris"]),
        async |story| {
            let _anna = story.signs_in("anna").await;
            let _boris = story.signs_in("boris").await;
            story.seconds_pass(100).await;
            story.restarts().await;
            let _anna = story.signs_in("anna").await;
            story.seconds_pass(100).await;
            let states: Vec<_> = told(story, 0, 1_000)
                .await
                .into_iter()
                .map(|(_, who, state, _)| (who, state))
                .collect();
            let of = |who: &str, state| (who.to_owned(), state);
            let boris: Vec<_> = states.iter().filter(|(who, _)| who == "boris").cloned().collect();
            assert_eq!(boris, [of("boris", Available), of("boris", Offline)]);
            assert_eq!(states.first(), Some(&of("anna", Available)));
            let last = states.iter().rev().find(|(who, _)| who == "anna");
            assert_eq!(last, Some(&of("anna", Available)));
        },
    );
}

#[test]
fn who_is_disabled_is_gone_at_once() {
    tell(
        |line| line.queue.operators = operators(["anna"]),
        async |story| {
            let _anna = story.signs_in("anna").await;
            story.seconds_pass(10).await;
            story.operator_is_changed("anna", |anna| anna.enabled = false).await;
            let states: Vec<_> =
                told(story, 0, 1_000).await.into_iter().map(|(_, _, state, _)| state).collect();
            assert_eq!(states, [Available, Offline]);
        },
    );
}
