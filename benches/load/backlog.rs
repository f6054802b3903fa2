//! Many customers wait and nobody is there; then the operators come.

use std::thread;
use std::time::Duration;

use switchboard::clock;

use crate::hub::{Hubs, Stage};
use crate::pacer::{Load, Run, Work};

/// Who comes.
pub(crate) const OPERATORS: usize = 50;
/// Those who wait, and how fast they came.
const WRITE: Load = Load { rate: 500, seconds: 2 };
const STEP: Duration = Duration::from_millis(1);
/// Longest that it may take until everybody was served.
const PATIENCE: Duration = Duration::from_mins(1);

/// What it came to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Backlog {
    pub(crate) waiting: u32,
    pub(crate) operators: usize,
    /// From when the first operator came until all conversations were accepted and finished.
    pub(crate) seconds: f64,
}

/// Each operator accepts whatever he is offered as soon as he sees it, and finishes it at once.
pub(crate) fn measure(stage: Stage) -> Backlog {
    let hubs = Hubs::start(Stage { operators: OPERATORS, ..stage });
    let run = Run::of_customers(&hubs, Work::Arrivals);
    run.load(WRITE);
    let waiting = WRITE.rate * WRITE.seconds;
    let began = clock::monotonic();
    run.open_consoles(&hubs);
    let commands = usize::try_from(waiting).unwrap() * 2;
    while run.done() < commands {
        let done = run.done();
        assert!(began.elapsed() < PATIENCE, "{done} of {commands} commands are carried out");
        thread::park_timeout(STEP);
    }
    Backlog { waiting, operators: OPERATORS, seconds: began.elapsed().as_secs_f64() }
}

impl Backlog {
    /// Conversations that were served in a second.
    pub(crate) fn rate(self) -> f64 {
        f64::from(self.waiting) / self.seconds
    }
}
