//! The targets of the project beside what was measured, also by the yardstick.

use std::fmt::{self, Write as _};

use crate::hub::StoreKind;
use crate::report::Rung;
use crate::series::{Growth, Measured, highest};

/// What is wanted.
#[derive(Clone, Copy)]
enum Wanted {
    /// At least so many a second.
    Rate(f64),
    /// At most so much time, of a clock or of a processor.
    Time(f64),
    /// At most so much on any machine.
    AtMost(f64),
}

struct Target {
    what: String,
    wanted: Wanted,
    /// None: not known.
    measured: Option<f64>,
}

/// A table of all that are set for the store.
pub(crate) fn table(text: &mut String, measured: &Measured) -> fmt::Result {
    let slower = measured.ground.yardstick.as_ref().map(|yardstick| yardstick.slower);
    text.push_str("\n| target | wanted | by the yardstick | measured | |\n|---|---|---|---|---|\n");
    all(measured).iter().try_for_each(|target| target.row(text, slower))
}

fn all(measured: &Measured) -> Vec<Target> {
    let Measured { store, messages, arrivals, half, steady, floor, growth, .. } = measured;
    let Measured { stalled, crowd, .. } = measured;
    let target = |what: &str, wanted, measured| Target { what: what.to_owned(), wanted, measured };
    let rate = |rungs: &[Rung]| Some(f64::from(highest(rungs)));
    let least = match store {
        StoreKind::Sqlite => 10_000.0,
        StoreKind::Redis => 25_000.0,
    };
    let (p99_half, p99_steady) = (half.delivered.p99, steady.delivered.p99);
    let mut all = vec![
        target("messages of one line, 1/s", Wanted::Rate(least), rate(messages)),
        target("new conversations, 1/s", Wanted::Rate(5_000.0), rate(arrivals)),
        target("p99 at half of the highest rate, ms", Wanted::Time(10.0), Some(p99_half)),
        target("p99 at 2,000/s, ms", Wanted::Time(3.0), Some(p99_steady)),
    ];
    all.extend(floor.as_ref().zip(half.redis_cpu_us).map(|(floor, redis)| {
        let times = redis / floor.redis_cpu_us;
        target(
            "Redis, times what the same commits of a loop cost it",
            Wanted::AtMost(1.5),
            Some(times),
        )
    }));
    let growing = growth.iter().map(|Growth { what, most, small, large }| {
        let times = small.hub_cpu_us.zip(large.hub_cpu_us).map(|(small, large)| large / small);
        target(&format!("{what}, times the CPU of the hubs"), Wanted::AtMost(*most), times)
    });
    all.extend(growing);
    let gone = stalled.gone_after.map_or(f64::INFINITY, |gone| gone.as_secs_f64());
    let by_stalled = stalled.one_stalls.delivered.p99 / stalled.all_read.delivered.p99;
    all.extend([
        target("an idle console, KiB", Wanted::AtMost(12.0), crowd.kib_per_socket),
        target("an idle console, CPU us a second", Wanted::Time(3.0), crowd.cpu_us),
        target("all consoles back, s", Wanted::Time(10.0), Some(crowd.back_seconds)),
        target("p99 of the others, times, while one stalls", Wanted::AtMost(1.2), Some(by_stalled)),
        target("who stalls is let go after, s", Wanted::AtMost(20.0), Some(gone)),
    ]);
    all
}

impl Target {
    fn row(&self, text: &mut String, slower: Option<f64>) -> fmt::Result {
        let Self { what, wanted, measured } = self;
        let absolute = wanted.figure();
        let here = slower.map(|slower| wanted.by(slower).figure());
        let shown = |figure: Option<f64>| figure.map_or_else(|| "-".to_owned(), shown);
        let by_yardstick = shown(here.filter(|_| !matches!(wanted, Wanted::AtMost(_))));
        let verdict = measured.map_or_else(String::new, |measured| {
            if wanted.is_met(measured) {
                "holds".to_owned()
            } else if slower.is_some_and(|slower| wanted.by(slower).is_met(measured)) {
                "holds by the yardstick".to_owned()
            } else {
                format!("{:.2} of it", measured / here.unwrap_or(absolute))
            }
        });
        let (absolute, measured) = (shown(Some(absolute)), shown(*measured));
        writeln!(text, "| {what} | {absolute} | {by_yardstick} | {measured} | {verdict} |")
    }
}

impl Wanted {
    fn figure(self) -> f64 {
        match self {
            Self::Rate(figure) | Self::Time(figure) | Self::AtMost(figure) => figure,
        }
    }

    /// The same of a machine that takes so many times as long.
    fn by(self, slower: f64) -> Self {
        match self {
            Self::Rate(rate) => Self::Rate(rate / slower),
            Self::Time(time) => Self::Time(time * slower),
            Self::AtMost(most) => Self::AtMost(most),
        }
    }

    fn is_met(self, measured: f64) -> bool {
        match self {
            Self::Rate(least) => measured >= least,
            Self::Time(most) | Self::AtMost(most) => measured <= most,
        }
    }
}

/// As many digits as say something.
fn shown(figure: f64) -> String {
    if figure >= 100.0 { format!("{figure:.0}") } else { format!("{figure:.2}") }
}
