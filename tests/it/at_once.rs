//! Two people who each change what the other's change rests on: one of them is told that he is late.

use domain::id::LineId;
use domain::operator::Role;
use switchboard::actors::handle::{Change, NotStored};

use crate::story::{Story, chief, operators, tell};

const NOBODY_ELSE: [Result<(), NotStored>; 2] = [Ok(()), Err(NotStored::Stale)];

#[test]
fn two_administrators_who_dismiss_each_other_leave_one() {
    tell(
        |line| line.queue.operators = operators(["anna"]),
        async |story| {
            story.operator_is_changed("anna", |anna| anna.role = Role::Administrator).await;
            let (one, other) = (dismissed(story, "anna"), dismissed(story, "chief"));
            let (chief, anna) = (chief(), operators(["anna"]).remove(0));
            let said =
                tokio::join!(story.node.change(&chief, one), story.node.change(&anna, other));
            assert_eq!([said.0, said.1], NOBODY_ELSE);
            let directory = story.node.directory();
            let left = directory.operators.values().filter(|found| found.value.administers());
            assert_eq!(left.count(), 1);
        },
    );
}

#[test]
fn two_lines_that_take_each_others_calendar_make_no_circle() {
    tell(
        |line| line.queue.operators = operators(["anna"]),
        async |story| {
            story.another_line("support", "helpdesk", "anna").await;
            let (one, other) = (("sales", "support"), ("support", "sales"));
            let (one, other) = (follows(story, one.0, one.1), follows(story, other.0, other.1));
            let chief = chief();
            let said =
                tokio::join!(story.node.change(&chief, one), story.node.change(&chief, other));
            assert_eq!([said.0, said.1], NOBODY_ELSE);
        },
    );
}

fn dismissed(story: &Story, name: &str) -> Vec<Change> {
    let directory = story.node.directory();
    let found = &directory.operators[&operators([name])[0]];
    let mut operator = (*found.value).clone();
    operator.role = Role::Operator;
    vec![Change::Operator { version: found.version, operator }]
}

fn follows(story: &Story, line: &str, other: &str) -> Vec<Change> {
    let directory = story.node.directory();
    let found = &directory.lines[&LineId::new(line)];
    let mut line = (*found.value).clone();
    line.settings.hours.calendar_of = Some(LineId::new(other));
    vec![Change::Line { version: found.version, line }]
}
