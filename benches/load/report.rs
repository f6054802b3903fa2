//! Figures for people: a line a rate, and a report with charts.

use std::fmt::{self, Write as _};
use std::path::Path;
use std::time::Duration;

use hdrhistogram::Histogram;

use crate::backlog::Backlog;
use crate::chart;
use crate::fanout::Fanout;
use crate::series::{Floor, Growth, Lists, Measured, SEVERAL_LINES, best, highest};
use crate::sockets::Crowd;
use crate::stalled::Stalled;
use crate::tally::Tally;
use crate::targets;

/// A rate at which one message in a hundred takes longer is not sustained.
const SLOWEST: Duration = Duration::from_millis(50);
/// A generator that is later than this measures itself.
const SLIP_MAX: Duration = Duration::from_millis(5);

/// Of a core, or of all cores: who has so much is at work all the time.
const BUSY: f64 = 0.9;

/// Of a core: if its host took more from the machine, a load was disturbed.
const DISTURBED: f64 = 0.01;

/// CPU time of a load; none: it is not known, or there is no Redis.
pub(crate) struct Spent {
    /// All hubs.
    pub(crate) hub: Option<Duration>,
    pub(crate) redis: Option<Duration>,
    /// The generator.
    pub(crate) load: Option<Duration>,
    /// What the machine wanted and its host gave to others.
    pub(crate) stolen: Option<Duration>,
}

/// Cores that were at work on the mean of a load; none: as in [`Spent`].
#[derive(Clone, Copy, Debug)]
struct Cores {
    hub: Option<f64>,
    redis: Option<f64>,
    load: Option<f64>,
    stolen: Option<f64>,
}

/// What one rate came to.
#[derive(Clone)]
pub(crate) struct Rung {
    pub(crate) rate: u32,
    sent: u64,
    acknowledged: Times,
    pub(crate) delivered: Times,
    slip: Times,
    refused: u64,
    pub(crate) lost: usize,
    pub(crate) duplicated: u64,
    pub(crate) out_of_order: u64,
    undone: usize,
    /// CPU time of all hubs for each message, in microseconds.
    pub(crate) hub_cpu_us: Option<f64>,
    /// The same of Redis.
    pub(crate) redis_cpu_us: Option<f64>,
    cores: Cores,
}

/// In milliseconds.
#[derive(Clone, Debug)]
pub(crate) struct Times {
    count: u64,
    pub(crate) p50: f64,
    pub(crate) p99: f64,
    p999: f64,
    max: f64,
}

impl Times {
    pub(crate) fn of(histogram: &Histogram<u64>) -> Self {
        let at = |quantile| millis(histogram.value_at_quantile(quantile));
        let (count, max) = (histogram.len(), millis(histogram.max()));
        Self { count, p50: at(0.5), p99: at(0.99), p999: at(0.999), max }
    }
}

fn millis(nanoseconds: u64) -> f64 {
    Duration::from_nanos(nanoseconds).as_secs_f64() * 1_000.0
}

impl Rung {
    pub(crate) const TITLE: &str = "    rate     sent      ack   delivd refusd  lost  dupl disord undone | \
        ack ms    p50     p99   p99.9 | delivered p50     p99   p99.9     max | slip p99 | hub us | redis us | cores: hub, redis, load, stolen";

    pub(crate) fn of(rate: u32, tally: &Tally, spent: &Spent) -> Self {
        let messages = f64::from(u32::try_from(tally.sent).unwrap().max(1));
        let each = |cpu: Duration| cpu.as_secs_f64() * 1e6 / messages;
        let of = |cpu: Option<Duration>| Some(cpu?.div_duration_f64(tally.within));
        let (hub, redis) = (of(spent.hub), of(spent.redis));
        let cores = Cores { hub, redis, load: of(spent.load), stolen: of(spent.stolen) };
        Self {
            rate,
            sent: tally.sent,
            acknowledged: Times::of(&tally.acknowledged),
            delivered: Times::of(&tally.delivered),
            slip: Times::of(&tally.slip),
            refused: tally.refused,
            lost: tally.lost(),
            duplicated: tally.duplicated,
            out_of_order: tally.out_of_order,
            undone: tally.undone,
            hub_cpu_us: spent.hub.map(each),
            redis_cpu_us: spent.redis.map(each),
            cores,
        }
    }

    /// Messages that were lost, came again, or out of order.
    pub(crate) fn wrong(&self) -> u64 {
        u64::try_from(self.lost).unwrap() + self.duplicated + self.out_of_order
    }

    /// Everything arrived, once, in order and in time, and the generator was on time.
    pub(crate) fn is_sustained(&self) -> bool {
        self.is_on_time()
            && self.undone == 0
            && self.delivered.p99 <= SLOWEST.as_secs_f64() * 1_000.0
    }

    /// Cores that the machine wanted and its host gave to others; 0 also if that is not known.
    pub(crate) fn stolen(&self) -> f64 {
        self.cores.stolen.unwrap_or_default()
    }

    pub(crate) fn is_disturbed(&self) -> bool {
        self.stolen() > DISTURBED
    }

    /// Everything arrived, once and in order, and the generator was on time: how long it took means something.
    pub(crate) fn is_on_time(&self) -> bool {
        self.delivered.count == self.sent
            && self.wrong() == 0
            && self.slip.p99 <= SLIP_MAX.as_secs_f64() * 1_000.0
    }
}

impl fmt::Display for Rung {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { rate, sent, acknowledged, delivered, slip, undone, .. } = self;
        write!(f, "{rate:8} {sent:8} {:8} {:8}", acknowledged.count, delivered.count)?;
        let (refused, lost, duplicated) = (self.refused, self.lost, self.duplicated);
        write!(f, " {refused:6} {lost:5} {duplicated:5} {:6} {undone:6} |", self.out_of_order)?;
        let Times { p50, p99, p999, .. } = acknowledged;
        write!(f, "        {p50:6.2} {p99:7.2} {p999:7.2} |")?;
        let Times { p50, p99, p999, max, .. } = delivered;
        write!(f, "        {p50:6.2} {p99:7.2} {p999:7.2} {max:7.2} | {:8.2}", slip.p99)?;
        write!(f, " | {:>6} | {:>8}", whole(self.hub_cpu_us), whole(self.redis_cpu_us))?;
        let Cores { hub, redis, load, stolen } = self.cores;
        write!(f, " | {} {} {}", hundredths(hub), hundredths(redis), hundredths(load))?;
        write!(f, " {}", hundredths(stolen))
    }
}

/// The last try of the lowest rate that was not sustained, and who had no more to give there. None: all
/// were sustained.
pub(crate) fn limit(rungs: &[Rung], cores: usize) -> Option<(&Rung, Vec<&'static str>)> {
    let held = highest(rungs);
    let broke = rungs.iter().rev().filter(|rung| !rung.is_sustained() && rung.rate > held);
    let rung = broke.min_by_key(|rung| rung.rate)?;
    let Cores { hub, redis, load, stolen } = rung.cores;
    let all = f64::from(u32::try_from(cores).unwrap());
    let sum = [hub, redis, load, stolen].into_iter().flatten().sum::<f64>();
    // Redis has one thread for commands, and the load one for everything.
    let is_busy = |share: Option<f64>| share.is_some_and(|share| share > BUSY);
    let full = [
        ("load", is_busy(load) || rung.slip.p99 > SLIP_MAX.as_secs_f64() * 1_000.0),
        ("Redis", is_busy(redis)),
        ("processors", sum > BUSY * all),
    ];
    Some((rung, full.into_iter().filter(|(_, full)| *full).map(|(who, _)| who).collect()))
}

/// Without its fraction; `-`: not known.
fn whole(number: Option<f64>) -> String {
    number.map_or_else(|| "-".to_owned(), |number| format!("{number:.0}"))
}

fn hundredths(number: Option<f64>) -> String {
    number.map_or_else(|| "-".to_owned(), |number| format!("{number:.2}"))
}

fn tenths(number: Option<f64>) -> String {
    number.map_or_else(|| "-".to_owned(), |number| format!("{number:.1}"))
}

/// Leaves `report.md` and its charts in the folder.
pub(crate) fn write(folder: &Path, all: &[Measured]) {
    std::fs::create_dir_all(folder).unwrap();
    let mut text = String::from("# Load\n");
    for measured in all {
        section(&mut text, measured).unwrap();
        for (name, title, rungs) in [
            ("messages", "Messages of customers of one line", &measured.messages),
            ("spread", "Messages of customers of several lines", &measured.spread),
            ("pages", "Messages of visitors on pages", &measured.pages),
            ("arrivals", "New conversations", &measured.arrivals),
        ] {
            let file = format!("{}-{name}.svg", measured.store);
            chart::draw(&folder.join(&file), title, rungs);
            write!(text, "\n![{title}]({file})\n").unwrap();
        }
    }
    std::fs::write(folder.join("report.md"), text).unwrap();
}

fn section(text: &mut String, measured: &Measured) -> fmt::Result {
    let Measured {
        store,
        ground,
        messages,
        spread,
        steady,
        half,
        floor,
        lists,
        pages,
        arrivals,
        growth,
        fanout,
        stalled,
        backlog,
        crowd,
    } = measured;
    write!(
        text,
        "\n## {store}\n\n{ground}\n\n\
         | what | rate, 1/s | p50, ms | p99, ms | hub, us | Redis, us | stolen, cores |\n\
         |---|---|---|---|---|---|---|\n"
    )?;
    let mut row = |what: &str, rung: &Rung| {
        let (hub, redis) = (whole(rung.hub_cpu_us), whole(rung.redis_cpu_us));
        let Times { p50, p99, .. } = rung.delivered;
        let stolen = hundredths(rung.cores.stolen);
        write!(text, "| {what} | {} | {p50:.2} | {p99:.2} ", rung.rate)?;
        writeln!(text, "| {hub} | {redis} | {stolen} |")
    };
    let several = format!("messages of {SEVERAL_LINES} lines, highest");
    for (what, rungs) in [
        ("messages of one line, highest", messages),
        (several.as_str(), spread),
        ("messages of visitors on pages, highest", pages),
        ("new conversations, highest", arrivals),
    ] {
        if let Some(rung) = best(rungs) {
            row(what, rung)?;
        }
    }
    row("messages, steady", steady)?;
    row("messages, half of the highest", half)?;
    for Growth { what, large, .. } in growth {
        row(what, large)?;
    }
    targets::table(text, measured)?;
    for (what, rungs) in [
        ("one line", messages),
        ("several lines", spread),
        ("pages", pages),
        ("new conversations", arrivals),
    ] {
        limits(text, what, rungs, ground.cores)?;
    }
    if let (Some(Floor { messages_in_commit, redis_cpu_us }), Some(redis)) =
        (floor, half.redis_cpu_us)
    {
        writeln!(
            text,
            "\nAt half of the highest rate Redis spent {redis:.0} us on a message, with {messages_in_commit} \
             in a commit: {:.2} times what the same commits cost when a loop makes them.",
            redis / redis_cpu_us
        )?;
    }
    asides(text, (lists, backlog))?;
    consoles(text, (fanout, stalled, crowd))
}

/// What stood in the way, and where Redis would.
fn limits(text: &mut String, what: &str, rungs: &[Rung], cores: usize) -> fmt::Result {
    let Some((rung, full)) = limit(rungs, cores) else { return Ok(()) };
    let Cores { hub, redis, load, stolen } = rung.cores;
    let full = if full.is_empty() { "nothing".to_owned() } else { full.join(" and ") };
    write!(
        text,
        "\nLimit, {what}: at {}/s the hubs had {} of {cores} cores, Redis {}, the load {}, and others of its \
         host {}; full: {full}.",
        rung.rate,
        hundredths(hub),
        hundredths(redis),
        hundredths(load),
        hundredths(stolen)
    )?;
    match redis_full_at(rung) {
        Some(rate) => writeln!(text, " At this cost Redis alone would be full at {rate:.0}/s."),
        None => writeln!(text),
    }
}

/// The rate at which such messages would take the one thread of Redis all its time. None: there is no
/// Redis, or it was spared some.
pub(crate) fn redis_full_at(rung: &Rung) -> Option<f64> {
    rung.redis_cpu_us.filter(|us| *us > 0.0 && rung.refused == 0).map(|us| 1e6 / us)
}

/// What was measured beside the rates.
fn asides(text: &mut String, (lists, backlog): (&Lists, &Backlog)) -> fmt::Result {
    let caught_up = lists.caught_up.map_or("not caught up in time".to_owned(), |took| {
        format!("caught up {:.0} ms after the load", took.as_secs_f64() * 1e3)
    });
    writeln!(
        text,
        "\nThe lists were {:.0} ms behind at half of the highest rate, and {caught_up}.",
        lists.lag.as_secs_f64() * 1e3
    )?;
    writeln!(
        text,
        "\n{} conversations waited when {} operators came: all served after {:.1} s, {:.0} a second.",
        backlog.waiting,
        backlog.operators,
        backlog.seconds,
        backlog.rate()
    )
}

/// What consoles cost.
fn consoles(
    text: &mut String,
    (fanout, stalled, crowd): (&Fanout, &Stalled, &Crowd),
) -> fmt::Result {
    writeln!(
        text,
        "\n{} consoles, each message on a hundred of them, {} messages a second: {} CPU us of the hub for \
         each console and message, p99 {:.2} ms.",
        fanout.consoles,
        fanout.rate,
        tenths(fanout.hub_cpu_us),
        fanout.delivered.p99
    )?;
    let (all_read, one_stalls) = stalled.p99();
    let gone = stalled.gone_after.map_or("not let go".to_owned(), |gone| {
        format!("let go after {:.1} s", gone.as_secs_f64())
    });
    writeln!(
        text,
        "\n100 consoles, each message on ten of them: p99 {all_read:.2} ms; {one_stalls:.2} ms while one of \
         them does not read, which is {gone}."
    )?;
    writeln!(
        text,
        "\n{} idle consoles: opened {:.0} a second, {} KiB each, {} CPU us a second each, beside the {} of \
         a hub without any; cut all at once, the last was back and caught up after {:.1} s.",
        crowd.sockets,
        crowd.opened_per_second,
        tenths(crowd.kib_per_socket),
        tenths(crowd.cpu_us),
        whole(crowd.bare_cpu_us),
        crowd.back_seconds
    )
}
