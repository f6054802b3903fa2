//! Each kind of deadline in a process that is killed before it, and in one that is killed after it.
//!
//! The processes are this test program, each told one part of the story in virtual time on one
//! data directory. A part that is told says so and waits for its end.

use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use domain::id::ConversationId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::story::{Story, tell_a_part};
use crate::timers::{ALL, Deadline};

/// What a process is to tell.
const LIFE: &str = "SWITCHBOARD_TEST_LIFE";
const TOLD: &str = "told: ";

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Part {
    /// Up to two seconds before the deadline.
    Before,
    /// Past it.
    After,
    /// Nothing more comes of it.
    Later,
}

#[derive(Debug, Serialize, Deserialize)]
struct Life {
    folder: PathBuf,
    /// Place of the deadline in [`ALL`].
    deadline: usize,
    part: Part,
    before: Option<Told>,
}

/// Where a process leaves off.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Told {
    conversation: ConversationId,
    at: Timestamp,
}

#[test]
fn a_deadline_has_its_effect_once_though_processes_are_killed_around_it() {
    for (deadline, kind) in ALL.into_iter().enumerate() {
        let folder = tempfile::tempdir().unwrap();
        let life = |part, before| Life { folder: folder.path().into(), deadline, part, before };
        let mut before = None;
        for part in [Part::Before, Part::After, Part::Later] {
            before = Some(is_told_and_killed(&life(part, before)).unwrap_or_else(|| {
                panic!("{kind:?}: the process that was to tell {part:?} has failed")
            }));
        }
    }
}

/// None: it failed, and has said why.
fn is_told_and_killed(life: &Life) -> Option<Told> {
    let mut process = begins(life);
    let lines = BufReader::new(process.stdout.take().expect("piped")).lines();
    let told = lines.map_while(Result::ok).find_map(|line| {
        let told = line.split_once(TOLD)?.1;
        Some(serde_json::from_str(told).expect("a process of ours"))
    });
    process.kill().expect("killed");
    process.wait().expect("gone");
    told
}

fn begins(life: &Life) -> Child {
    Command::new(std::env::current_exe().expect("a program"))
        .args(["--exact", "--ignored", "--nocapture", "lives::one_part_of_it"])
        .env(LIFE, serde_json::to_string(life).expect("JSON"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("started")
}

#[test]
#[ignore = "told in a process that is killed, by the test above"]
fn one_part_of_it() {
    let life: Life = serde_json::from_str(&std::env::var(LIFE).expect("told by the test above"))
        .expect("written by the test above");
    let deadline = ALL[life.deadline];
    let since = life.before.as_ref().map(|told| told.at);
    tell_a_part(
        &life.folder,
        since,
        |line| deadline.set(line),
        async |story| {
            let conversation = match &life.before {
                None => deadline.is_armed(story).await,
                Some(told) => told.conversation.clone(),
            };
            match life.part {
                Part::Before => story.time_jumps(deadline.seconds() - 2).await,
                Part::After => {
                    let _desks = deadline.people(story).await;
                    story.seconds_pass(1).await;
                    assert_eq!(stored(deadline, story, &conversation).await, 0, "before its time");
                    story.seconds_pass(1).await;
                    assert_eq!(stored(deadline, story, &conversation).await, 1, "at its time");
                }
                Part::Later => {
                    let _desks = deadline.people(story).await;
                    story.seconds_pass(3).await;
                    assert_eq!(stored(deadline, story, &conversation).await, 1, "once");
                }
            }
            says(&Told { conversation, at: story.now() });
        },
    );
}

/// How often the deadline has had its effect. What the platform was sent, each process knows for
/// itself alone: of a text it counts that it was written.
async fn stored(deadline: Deadline, story: &Story, id: &ConversationId) -> usize {
    match deadline {
        Deadline::UnansweredText | Deadline::Closing => {
            story.messages(id).await.iter().filter(|text| *text != "hello").count()
        }
        _ => deadline.times(story, id).await,
    }
}

/// Says where the story stands and holds still until it is killed, or until nobody is left to do so.
fn says(told: &Told) {
    use std::io::Write as _;
    let told = serde_json::to_string(told).expect("JSON");
    writeln!(std::io::stdout(), "\n{TOLD}{told}").expect("heard");
    let mut nothing = String::new();
    std::io::stdin().read_line(&mut nothing).expect("readable");
}
