//! The highest rate that is sustained.

use crate::hub::Hubs;
use crate::pacer::{Load, Run};
use crate::process;
use crate::report::{Rung, Spent};

/// A load is tried as often.
const TIMES_MAX: u32 = 3;

/// How rates are looked for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ladder {
    /// The first rate.
    pub(crate) from: u32,
    /// None is tried above.
    pub(crate) to: u32,
    pub(crate) seconds: u32,
    /// Halvings between the highest rate that was sustained and the lowest that was not.
    pub(crate) halvings: u32,
}

/// One rate, measured.
pub(crate) fn rung(hubs: &Hubs, run: &Run, load: Load) -> Rung {
    let id = std::process::id();
    let so_far = || [hubs.cpu(), hubs.redis_cpu(), process::cpu(id), process::stolen()];
    let before = so_far();
    let tally = run.load(load);
    let after = so_far();
    let of = |n: usize| Some(after[n]?.saturating_sub(before[n]?));
    let spent = Spent { hub: of(0), redis: of(1), load: of(2), stolen: of(3) };
    let rung = Rung::of(load.rate, &tally, &spent);
    println!("{rung}");
    rung
}

/// The same again while others are given the processors meanwhile, at most so many times: the one in which
/// they were given least counts, or one in which something went wrong. Answers how many times that were, too.
pub(crate) fn undisturbed(hubs: &Hubs, run: &Run, load: Load) -> (Rung, u32) {
    let mut best = rung(hubs, run, load);
    for times in 1..TIMES_MAX {
        if best.wrong() > 0 || !best.is_disturbed() {
            return (best, times);
        }
        let again = rung(hubs, run, load);
        if again.wrong() > 0 || again.stolen() < best.stolen() {
            best = again;
        }
    }
    (best, TIMES_MAX)
}

impl Ladder {
    /// Where no target asks for more.
    pub(crate) fn in_large_steps(self) -> Self {
        Self { halvings: self.halvings.min(1), ..self }
    }

    /// Doubles until a rate is not sustained twice, then halves the gap.
    pub(crate) fn climb(self, hubs: &Hubs, run: &Run) -> Vec<Rung> {
        let mut rungs = Vec::new();
        let (mut held, mut broke) = (0, None);
        let mut rate = self.from;
        let mut halvings = self.halvings;
        loop {
            let load = Load { rate, seconds: self.seconds };
            let mut tried = rung(hubs, run, load);
            // Somebody else may have had the machine for a moment.
            if !tried.is_sustained() {
                rungs.push(tried);
                tried = rung(hubs, run, load);
            }
            if tried.is_sustained() {
                held = held.max(rate);
            } else {
                broke = Some(rate);
            }
            rungs.push(tried);
            rate = match broke {
                None if rate == self.to => break,
                None => (rate * 2).min(self.to),
                Some(broke) if halvings > 0 && broke - held > 1 => {
                    halvings -= 1;
                    held.midpoint(broke)
                }
                Some(_) => break,
            };
        }
        rungs
    }
}
