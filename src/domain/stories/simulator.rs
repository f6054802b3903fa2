//! Random days of a whole exchange, told by a seed, judged after every step by a book that is kept
//! from the rules alone.
//!
//! All seeds: `cargo test -p domain simulator`. How many: `SIMULATOR_SEEDS=100`. One seed, with its
//! story in words: `SIMULATOR_SEED=123 cargo test -p domain simulator -- --nocapture`.

mod book;
mod chance;
mod play;
mod scene;
mod words;

use std::ops::Range;
use std::thread;

use crate::stories::simulator::play::Play;

const SEEDS: u64 = 10_000;
/// What happens in a seed.
const ACTS: u32 = 60;
const THREADS: u64 = 2;

#[test]
fn whatever_happens_the_rules_hold() {
    let asked = |name: &str| std::env::var(name).ok().and_then(|value| value.parse::<u64>().ok());
    if let Some(seed) = asked("SIMULATOR_SEED") {
        return run(seed, true);
    }
    let seeds = asked("SIMULATOR_SEEDS").unwrap_or(SEEDS);
    let runs: Vec<_> =
        (0..THREADS).map(|thread| thread::spawn(move || run_all(thread..seeds))).collect();
    let failed = runs.into_iter().filter_map(|run| run.join().err()).next();
    assert!(failed.is_none(), "a seed has failed: its number and its reason stand above");
}

fn run_all(seeds: Range<u64>) {
    for seed in seeds.step_by(usize::try_from(THREADS).unwrap_or(1)) {
        if std::env::var("SIMULATOR_ALL").is_ok() {
            drop(std::panic::catch_unwind(|| run(seed, false)));
        } else {
            run(seed, false);
        }
    }
}

fn run(seed: u64, aloud: bool) {
    let _named = Named(seed);
    let mut play = Play::of(seed, aloud);
    for _ in 0..ACTS {
        play.act();
    }
}

/// Says which seed it was when something breaks.
struct Named(u64);

impl Drop for Named {
    fn drop(&mut self) {
        if thread::panicking() {
            let seed = self.0;
            println!(
                "seed {seed} fails; its story: \
                 SIMULATOR_SEED={seed} cargo test -p domain simulator -- --nocapture"
            );
        }
    }
}
