//! When what arrives at the owner of a shard goes by the inbox too: while others fill that so fast
//! that what is handed over directly would hardly ever have its turn.

use std::collections::BTreeSet;

use crate::store::op::InboxPosition;

/// Rounds for which what arrives goes by the inbox.
const ROUNDS: u32 = 64;

#[derive(Debug, Default)]
pub(crate) struct Detour {
    /// For how many more rounds.
    rounds: u32,
    /// What lies in the inbox and was put there by the owner.
    own: BTreeSet<InboxPosition>,
}

impl Detour {
    /// Whether what arrives is put into the inbox.
    pub(crate) fn is_on(&self) -> bool {
        self.rounds > 0
    }

    /// What had arrived was refused, as something lies in the inbox that should have come before it.
    pub(crate) fn was_behind(&mut self) {
        self.rounds = ROUNDS;
    }

    /// The owner has put these, which arrived at him, into the inbox.
    pub(crate) fn puts(&mut self, entries: impl IntoIterator<Item = InboxPosition>) {
        self.own.extend(entries);
    }

    /// Entries of the inbox were read, all behind `done`. `is_full`: as many as there was room for.
    /// If more than a quarter of them are others', it goes on; what has arrived at the owner must not
    /// keep it on.
    pub(crate) fn has_read(
        &mut self,
        entries: &[InboxPosition],
        done: InboxPosition,
        is_full: bool,
    ) {
        self.own = self.own.split_off(&InboxPosition(done.0.saturating_add(1)));
        if is_full {
            let own = entries.iter().filter(|entry| self.own.contains(entry)).count();
            self.rounds = if own * 4 < entries.len() * 3 { ROUNDS } else { 0 };
        }
    }

    /// A round was written.
    pub(crate) fn round_is_written(&mut self) {
        self.rounds = self.rounds.saturating_sub(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn positions(range: std::ops::RangeInclusive<u64>) -> Vec<InboxPosition> {
        range.map(InboxPosition).collect()
    }

    /// Reads a full page of entries from that one on.
    fn reads(detour: &mut Detour, from: u64) {
        detour.has_read(&positions(from..=from + 59), InboxPosition(from - 1), true);
    }

    #[test]
    fn it_ends_some_rounds_after_others_have_filled_the_inbox() {
        let mut detour = Detour::default();
        assert!(!detour.is_on());
        reads(&mut detour, 1);
        for _ in 0..ROUNDS {
            assert!(detour.is_on());
            detour.round_is_written();
        }
        assert!(!detour.is_on());
    }

    #[test]
    fn what_the_owner_puts_there_does_not_keep_it_on() {
        let mut detour = Detour::default();
        reads(&mut detour, 1);
        detour.puts(positions(61..=104));
        reads(&mut detour, 61);
        assert!(detour.is_on(), "sixteen are others'");
        detour.puts(positions(121..=165));
        reads(&mut detour, 121);
        assert!(!detour.is_on(), "fifteen are");
        reads(&mut detour, 181);
        assert!(detour.is_on());
    }

    #[test]
    fn what_is_done_is_not_kept() {
        let mut detour = Detour::default();
        detour.puts(positions(1..=9));
        detour.has_read(&positions(8..=9), InboxPosition(7), false);
        assert_eq!(detour.own.into_iter().collect::<Vec<_>>(), positions(8..=9));
    }
}
