//! Beats: how often a browser hears where the feeds stand.

use jiff::{SignedDuration, Timestamp};
use switchboard::protocol::{FeedPosition, ServerFrame};

use crate::story::{Desk, operators, tell};

/// Longest without one, as `welcome` says it.
const HEARD_EVERY: SignedDuration = SignedDuration::from_secs(10);
const EACH: SignedDuration = SignedDuration::from_secs(5);

#[test]
fn a_browser_at_which_nothing_happens_hears_every_other_beat() {
    tell(
        |line| line.queue.operators = operators(["anna"]),
        async |story| {
            let anna = story.signs_in("anna").await;
            story.seconds_pass(61).await;
            assert_eq!(beat_seconds(&anna), HEARD_EVERY);
            let pauses = pauses(&anna);
            assert!(pauses.len() >= 5, "{pauses:?}");
            assert!(pauses.iter().all(|pause| is(pause, HEARD_EVERY)), "{pauses:?}");
        },
    );
}

#[test]
fn what_has_happened_is_told_by_the_next_beat() {
    tell(
        |line| line.queue.operators = operators(["anna", "boris"]),
        async |story| {
            let (anna, boris) = (story.signs_in("anna").await, story.signs_in("boris").await);
            story.customer_writes(501, "hello").await;
            anna.accepts_it(story).await;
            story.seconds_pass(20).await;
            for n in 0..8 {
                story.customer_writes(501, "are you there?").await;
                // An odd number of beats, so that it falls on those that could be left out.
                story.seconds_pass(if n % 2 == 0 { 5 } else { 15 }).await;
                for desk in [&anna, &boris] {
                    assert_eq!(desk.positions_of_beat(), desk.positions());
                }
            }
            story.seconds_pass(20).await;
            let pauses = pauses(&anna);
            assert!(pauses.iter().all(|pause| is(pause, EACH) || is(pause, HEARD_EVERY)));
            assert!(pauses.iter().any(|pause| is(pause, EACH)), "{pauses:?}");
            assert!(pauses.last().is_some_and(|pause| is(pause, HEARD_EVERY)), "calm again");
        },
    );
}

impl Desk {
    /// What the last beat has named.
    fn positions_of_beat(&self) -> Vec<FeedPosition> {
        beats(self).pop().expect("a beat").0
    }
}

fn beats(desk: &Desk) -> Vec<(Vec<FeedPosition>, Timestamp)> {
    let beats = desk.frames().into_iter().filter_map(|frame| match frame {
        ServerFrame::Beat { positions, now, .. } => Some((positions, now)),
        _ => None,
    });
    beats.collect()
}

/// Between one beat and the next.
fn pauses(desk: &Desk) -> Vec<SignedDuration> {
    let beats = beats(desk);
    let pairs = beats.iter().zip(beats.iter().skip(1));
    pairs.map(|((_, one), (_, next))| next.duration_since(*one)).collect()
}

/// Time passes second by second here.
fn is(pause: &SignedDuration, wanted: SignedDuration) -> bool {
    (*pause - wanted).abs() <= SignedDuration::from_secs(1)
}

fn beat_seconds(desk: &Desk) -> SignedDuration {
    let said = desk.frames().into_iter().find_map(|frame| match frame {
        ServerFrame::Welcome { beat_seconds, .. } => Some(beat_seconds),
        _ => None,
    });
    SignedDuration::from_secs(said.expect("a welcome").into())
}
