//! The memory of the store fills up: who is there is served, and nobody new is let in.

use switchboard::actors::handle::{Accepted, NotStored};
use switchboard::protocol::{CommandRefusal, EdgeRefusal, Outcome, ServerFrame};

use crate::fakes::telegram::{Customer, Update};
use crate::nodes::{Among, SHARD, tell_among};
use crate::story::{Desk, operators};

const IVAN: i64 = 501;
const OLGA: i64 = 502;

#[test]
fn nobody_new_is_let_in_at_the_end_of_the_memory() {
    tell_among(
        ["a", "b"],
        |line| line.queue.operators = operators(["anna"]),
        async |among| {
            for at_owner in [true, false] {
                let owner = among.owner_of(SHARD).await.unwrap();
                let other = among.other_than_owner_of(SHARD).await;
                among.stands_at(if at_owner { owner } else { other });
                let (ivan, olga) = if at_owner { (IVAN, OLGA) } else { (IVAN + 10, OLGA + 10) };
                among.memory_fills(89);
                assert_eq!(says(among, ivan, "hello").await, Ok(Accepted::Created));
                among.memory_fills(90);
                let first = written(among, olga, "hello");
                assert_eq!(among.delivered(&first).await, [Err(NotStored::Full)]);
                assert_eq!(says(among, ivan, "are you there?").await, Ok(Accepted::Created));
                among.memory_fills(89);
                assert_eq!(among.delivered(&first).await, [Ok(Accepted::Created)], "as repeated");
                among.memory_fills(97);
                assert_eq!(among.delivered(&first).await, [Ok(Accepted::Duplicate)]);
                among.settles().await;
            }
        },
    );
}

#[test]
fn what_is_under_way_goes_on_to_its_end() {
    tell_among(
        ["a"],
        |line| {
            line.queue.operators = operators(["anna"]);
            line.closing.reopen_window_seconds = 0;
        },
        async |among| {
            let anna = among.signs_in("anna").await;
            says(among, IVAN, "hello").await.unwrap();
            among.memory_fills(95);
            let talk = anna.accepts_it(among).await;
            assert_eq!(anna.replies(among, &talk, "good morning").await, Outcome::Done {});
            assert_eq!(anna.finishes(among, &talk).await, Outcome::Done {});
            among.passes(1_000).await;
            let why = CommandRefusal::Edge(EdgeRefusal::Unavailable {});
            assert_eq!(anna.picks_up(among, &talk).await, Outcome::refused(why));
            assert_eq!(says(among, IVAN, "hello?").await, Err(NotStored::Full));
            among.memory_fills(10);
            assert_eq!(anna.picks_up(among, &talk).await, Outcome::Done {});
        },
    );
}

#[test]
fn administrators_see_the_memory_fill_up() {
    tell_among(
        ["a"],
        |line| line.queue.operators = operators(["anna"]),
        async |among| {
            let (chief, anna) = (among.signs_in("chief").await, among.signs_in("anna").await);
            for (percent, seen) in [(59, None), (60, Some(60)), (91, Some(91)), (12, None)] {
                among.memory_fills(percent);
                among.passes(10_000).await;
                assert_eq!((memory_before(&chief), memory_before(&anna)), (seen, None));
            }
        },
    );
}

/// What the last beat has said of it.
fn memory_before(desk: &Desk) -> Option<u8> {
    let frames = desk.frames();
    let mut beats = frames.iter().rev().filter_map(|frame| match frame {
        ServerFrame::Beat { memory_percent, .. } => Some(*memory_percent),
        _ => None,
    });
    beats.next().expect("a beat")
}

async fn says(among: &Among, who: i64, text: &str) -> Result<Accepted, NotStored> {
    let taken = among.delivered(&written(among, who, text)).await;
    among.passes(1_000).await;
    taken[0]
}

fn written(among: &Among, who: i64, text: &str) -> Update {
    among.platform.text(Customer { id: who, name: "Ivan" }, text)
}
