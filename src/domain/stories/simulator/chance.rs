//! Chance, drawn from a seed: the same seed draws the same.

use std::ops::Range;

use rand::rngs::SmallRng;
use rand::{Rng as _, SeedableRng as _};

pub(super) struct Chance(SmallRng);

impl Chance {
    pub(super) fn of(seed: u64) -> Self {
        Self(SmallRng::seed_from_u64(seed))
    }

    pub(super) fn within(&mut self, range: Range<i64>) -> i64 {
        self.0.random_range(range)
    }

    pub(super) fn index(&mut self, length: usize) -> usize {
        self.0.random_range(0..length)
    }

    /// True so often in a hundred times.
    pub(super) fn percent(&mut self, percent: u32) -> bool {
        self.0.random_range(0..100) < percent
    }

    pub(super) fn one_of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.index(all.len())]
    }

    /// None: there is nothing to choose from.
    pub(super) fn any_of<T>(&mut self, mut all: Vec<T>) -> Option<T> {
        if all.is_empty() {
            return None;
        }
        let index = self.index(all.len());
        Some(all.swap_remove(index))
    }

    /// The first so often as its weight says, and so on.
    pub(super) fn weighted<T: Copy>(&mut self, all: &[(u32, T)]) -> T {
        let sum: u32 = all.iter().map(|(weight, _)| weight).sum();
        let mut drawn = self.0.random_range(0..sum);
        for (weight, item) in all {
            if drawn < *weight {
                return *item;
            }
            drawn -= weight;
        }
        all[0].1
    }
}
