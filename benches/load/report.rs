//! Figures for people, a line a rate, and one line of JSON for programs.

use std::fmt;
use std::time::Duration;

use hdrhistogram::Histogram;
use serde_json::json;

use crate::tally::Tally;

/// A rate at which one message in a hundred takes longer is not sustained.
const SLOWEST: Duration = Duration::from_millis(50);
/// A generator that is later than this measures itself.
const SLIP_MAX: Duration = Duration::from_millis(5);

/// What one rate came to.
pub(crate) struct Rung {
    rate: u32,
    sent: u64,
    acknowledged: Times,
    delivered: Times,
    slip: Times,
    refused: u64,
    lost: usize,
    duplicated: u64,
    out_of_order: u64,
    /// CPU time of the hub for each message, in microseconds.
    cpu_us: Option<f64>,
}

/// In milliseconds.
struct Times {
    count: u64,
    p50: f64,
    p99: f64,
    p999: f64,
    max: f64,
}

impl Times {
    fn of(histogram: &Histogram<u64>) -> Self {
        let at = |quantile| millis(histogram.value_at_quantile(quantile));
        let (count, max) = (histogram.len(), millis(histogram.max()));
        Self { count, p50: at(0.5), p99: at(0.99), p999: at(0.999), max }
    }
}

fn millis(nanoseconds: u64) -> f64 {
    Duration::from_nanos(nanoseconds).as_secs_f64() * 1_000.0
}

impl Rung {
    pub(crate) const TITLE: &str = "    rate     sent      ack   delivd refusd  lost  dupl disord | \
        ack ms    p50     p99   p99.9 | delivered p50     p99   p99.9     max | slip p99 | cpu us";

    pub(crate) fn of(rate: u32, tally: &Tally, cpu: Option<Duration>) -> Self {
        let messages = u32::try_from(tally.sent).unwrap().max(1);
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
            cpu_us: cpu.map(|cpu| cpu.as_secs_f64() * 1e6 / f64::from(messages)),
        }
    }

    /// Everything arrived, once, in order and in time, and the generator was on time.
    pub(crate) fn is_sustained(&self) -> bool {
        self.delivered.count == self.sent
            && self.lost == 0
            && self.duplicated == 0
            && self.out_of_order == 0
            && self.delivered.p99 <= SLOWEST.as_secs_f64() * 1_000.0
            && self.slip.p99 <= SLIP_MAX.as_secs_f64() * 1_000.0
    }
}

impl fmt::Display for Rung {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { rate, sent, acknowledged, delivered, slip, .. } = self;
        write!(f, "{rate:8} {sent:8} {:8} {:8}", acknowledged.count, delivered.count)?;
        let (refused, lost, duplicated) = (self.refused, self.lost, self.duplicated);
        write!(f, " {refused:6} {lost:5} {duplicated:5} {:6} |", self.out_of_order)?;
        let Times { p50, p99, p999, .. } = acknowledged;
        write!(f, "        {p50:6.2} {p99:7.2} {p999:7.2} |")?;
        let Times { p50, p99, p999, max, .. } = delivered;
        write!(f, "        {p50:6.2} {p99:7.2} {p999:7.2} {max:7.2} | {:8.2} |", slip.p99)?;
        match self.cpu_us {
            Some(cpu_us) => write!(f, " {cpu_us:6.0}"),
            None => write!(f, "      -"),
        }
    }
}

/// One JSON object: the highest rate that was sustained; else the first, as rate 0.
pub(crate) fn summary(rungs: &[Rung], cores: usize) -> String {
    let sustained = rungs.iter().rfind(|rung| rung.is_sustained());
    let Some(rung) = sustained.or(rungs.first()) else { return "{}".to_owned() };
    let rounded = |millis: f64| (millis * 1_000.0).round() / 1_000.0;
    json!({
        "store": "sqlite",
        "cores": cores,
        "rate": sustained.map_or(0, |rung| rung.rate),
        "p50_ms": rounded(rung.delivered.p50),
        "p99_ms": rounded(rung.delivered.p99),
        "lost": rung.lost,
        "duplicated": rung.duplicated,
        "out_of_order": rung.out_of_order,
    })
    .to_string()
}
