//! The targets of the project beside what was measured, also by the yardstick.

use std::fmt::{self, Write as _};

use crate::hub::StoreKind;
use crate::report::Rung;
use crate::series::{Growth, Measured, highest};
use crate::sockets::CONSOLES_MAX;

/// CPU of the hubs for a message, at most so many times what it is with one line.
pub(crate) const WITH_MANY_LINES: f64 = 1.5;
/// The same with ten times the conversations.
pub(crate) const WITH_MANY_CHATS: f64 = 1.2;
/// The same with two nodes.
pub(crate) const WITH_TWO_NODES: f64 = 1.6;

/// What is wanted.
#[derive(Clone, Copy)]
enum Wanted {
    /// At least so many a second.
    Rate(f64),
    /// At most so many milliseconds, most of which are spent waiting for a processor or the store.
    Time(f64),
    /// At most so much on any machine.
    AtMost(f64),
}

struct Target {
    what: String,
    wanted: Wanted,
    /// None: not known, or not measured as it must be.
    measured: Option<f64>,
}

/// A table of all that can be measured of the store. The yardstick excuses a machine that is slower than the
/// one where the targets were set; of a faster one no more is wanted.
pub(crate) fn table(text: &mut String, measured: &Measured) -> fmt::Result {
    let yardstick = measured.ground.yardstick.as_ref();
    let slower = yardstick.map(|yardstick| yardstick.slower.max(1.0));
    text.push_str("\n| target | wanted | by the yardstick | measured | |\n|---|---|---|---|---|\n");
    all(measured).iter().try_for_each(|target| target.row(text, slower))
}

fn all(measured: &Measured) -> Vec<Target> {
    let Measured { store, messages, arrivals, half, steady, floor, growth, .. } = measured;
    let Measured { stalled, crowd, .. } = measured;
    let target = |what: &str, wanted, measured| Target { what: what.to_owned(), wanted, measured };
    let rate = |rungs: &[Rung]| Some(f64::from(highest(rungs)));
    let p99 = |rung: &Rung| rung.is_on_time().then_some(rung.delivered.p99);
    let (least, times_floor) = match store {
        StoreKind::Sqlite => (10_000.0, None),
        StoreKind::Redis => {
            let times = |redis: f64| Some(redis / floor.as_ref()?.redis_cpu_us);
            let what = "Redis, times what the same commits of a loop cost it";
            let measured = half.redis_cpu_us.and_then(times);
            (25_000.0, Some(target(what, Wanted::AtMost(1.5), measured)))
        }
    };
    let growing = growth.iter().map(|Growth { what, most, small, large }| {
        let times = small.hub_cpu_us.zip(large.hub_cpu_us).map(|(small, large)| large / small);
        target(&format!("{what}, times the CPU of the hubs"), Wanted::AtMost(*most), times)
    });
    let back = (crowd.sockets >= CONSOLES_MAX).then_some(crowd.back_seconds);
    let by_stalled = Some(stalled.times());
    let gone = stalled.gone_after.map_or(f64::INFINITY, |gone| gone.as_secs_f64());
    let wrong = f64::from(u32::try_from(measured.wrong()).unwrap_or(u32::MAX));
    [
        target("lost, repeated or out of order", Wanted::AtMost(0.0), Some(wrong)),
        target("messages of one line, 1/s", Wanted::Rate(least), rate(messages)),
        target("new conversations, 1/s", Wanted::Rate(5_000.0), rate(arrivals)),
        target("p99 at half of the highest rate, ms", Wanted::Time(10.0), p99(half)),
        target("p99 at 2,000/s, ms", Wanted::Time(3.0), p99(steady)),
    ]
    .into_iter()
    .chain(times_floor)
    .chain(growing)
    .chain([
        target("an idle console, KiB", Wanted::AtMost(12.0), crowd.kib_per_socket),
        target("an idle console, CPU us a second", Wanted::AtMost(3.0), crowd.cpu_us),
        target(&format!("{CONSOLES_MAX} consoles back, s"), Wanted::AtMost(10.0), back),
        target("p99 while one stalls, times that of before", Wanted::AtMost(1.2), by_stalled),
        target("who stalls is let go after, s", Wanted::AtMost(20.0), Some(gone)),
    ])
    .collect()
}

impl Target {
    fn row(&self, text: &mut String, slower: Option<f64>) -> fmt::Result {
        let Self { what, wanted, measured } = self;
        let here = slower.map(|slower| wanted.by(slower));
        let by_yardstick = match wanted {
            Wanted::AtMost(_) => None,
            Wanted::Rate(_) | Wanted::Time(_) => here,
        };
        let verdict = measured.map_or_else(String::new, |measured| {
            let times = measured / here.unwrap_or(*wanted).figure();
            if wanted.is_met(measured) {
                "holds".to_owned()
            } else if here.is_some_and(|here| here.is_met(measured)) {
                "holds by the yardstick".to_owned()
            } else if times.is_finite() {
                format!("missed: {times:.2} times what is wanted")
            } else {
                "missed".to_owned()
            }
        });
        let by_yardstick = by_yardstick.map_or_else(|| "-".to_owned(), |wanted| wanted.to_string());
        let measured = measured.map_or_else(|| "-".to_owned(), digits);
        writeln!(text, "| {what} | {wanted} | {by_yardstick} | {measured} | {verdict} |")
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

impl fmt::Display for Wanted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = match self {
            Self::Rate(_) => '≥',
            Self::Time(_) | Self::AtMost(_) => '≤',
        };
        write!(f, "{sign} {}", digits(self.figure()))
    }
}

/// As many as say something.
fn digits(figure: f64) -> String {
    if figure >= 100.0 || figure == 0.0 { format!("{figure:.0}") } else { format!("{figure:.2}") }
}
