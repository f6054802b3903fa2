//! A long steady load: conversations begin and end, consoles come and go, and memory stays as it is.

use std::fmt;
use std::net::SocketAddr;
use std::path::Path;

use serde_json::json;

use crate::chart;
use crate::furnish::{BYSTANDERS, OFFERS, OPERATORS};
use crate::hub::{Hubs, Stage, StoreKind};
use crate::ladder::rung;
use crate::pacer::{Load, Run, Work};
use crate::report::Rung;
use crate::series::rounded;
use crate::socket::{Positions, Socket};

/// How long, if nothing else is said.
pub(crate) const MINUTES: u32 = 60;
const LINES: u16 = 8;
/// Five seconds lie between two messages of a customer, who begins a conversation every minute.
const CUSTOMERS: usize = 1_500;
const MESSAGES: usize = 12;
const LOAD: Load = Load { rate: 300, seconds: 60 };
/// A console without work stays for so many beats of five seconds, and for one more the next does,
/// up to twice as many.
const BEATS: usize = 6;
/// Memory is flat when the median of the last third is at most so much above that of the middle
/// third. What is kept is full long before (the feeds of all shards after a few minutes), and a
/// median does not mind a peak; what is left is that the allocator gives pages back late. With a
/// hub of 200 MiB, a third of an hour and 300 messages a second this is a leak of 30 bytes a message.
const TOLERANCE: f64 = 0.05;
/// The p99 of a minute, in milliseconds, from which on the hub has stood still.
const STILL_MS: f64 = 1_000.0;
/// In fewer minutes what is kept is not full in the middle third.
const MINUTES_MIN: usize = 15;

/// One minute of it.
struct Minute {
    rung: Rung,
    /// Of all hubs; none: not on Linux.
    resident_kib: Option<u64>,
}

/// Runs, leaves its own report in the folder, and fails if a message went wrong, the hub stood still or
/// memory grows.
pub(crate) fn run(folder: &Path, store: StoreKind, minutes: u32) {
    println!("soak on {store}, {minutes} minutes\n{} | MiB", Rung::TITLE);
    let hubs =
        Hubs::start(Stage { store, nodes: 1, lines: LINES, operators: OPERATORS, offers: OFFERS });
    let run = Run::of_customers(&hubs, Work::Visits { customers: CUSTOMERS, messages: MESSAGES });
    run.open_consoles(&hubs);
    for n in 0..BYSTANDERS {
        run.spawn(comes_and_goes(hubs.address(n), OPERATORS + n, BEATS + n % BEATS));
    }
    let minutes = (0..minutes).map(|_| {
        let rung = rung(&hubs, &run, LOAD);
        let minute = Minute { rung, resident_kib: hubs.resident_kib() };
        println!("{} MiB", minute.resident_mib());
        minute
    });
    let soaked = Soaked { store, minutes: minutes.collect(), ended: run.done() / 2 };
    std::fs::create_dir_all(folder).unwrap();
    let picture = format!("soak-{store}.svg");
    let resident: Vec<f64> = soaked.minutes.iter().map(Minute::resident_mib).collect();
    chart::draw_memory(&folder.join(&picture), &resident);
    let text = format!("{soaked}\n![Memory]({picture})\n");
    std::fs::write(folder.join(format!("soak-{store}.md")), text).unwrap();
    println!("{}", soaked.summary());
    assert!(soaked.is_exact(), "messages were lost, repeated or out of order");
    assert!(soaked.slowest() < STILL_MS, "the hub stood still");
    assert_ne!(soaked.is_flat(), Some(false), "memory grows");
}

/// A console on which nothing happens. Every other time it knows where it was.
async fn comes_and_goes(address: SocketAddr, operator: usize, beats: usize) {
    let mut known = Positions::new();
    loop {
        let forgets = !known.is_empty();
        let mut socket = Socket::open(address, operator, known).await.expect("a console is opened");
        let mut heard = 0;
        while heard < beats {
            let text = socket.hear().await.expect("an idle console is left open");
            heard += usize::from(text.starts_with("{\"type\":\"beat\""));
        }
        known = if forgets { Positions::new() } else { std::mem::take(&mut socket.positions) };
    }
}

impl Minute {
    fn resident_mib(&self) -> f64 {
        f64::from(u32::try_from(self.resident_kib.unwrap_or_default()).unwrap()) / 1_024.0
    }
}

/// All of it.
struct Soaked {
    store: StoreKind,
    minutes: Vec<Minute>,
    /// Conversations that were accepted and finished.
    ended: usize,
}

impl Soaked {
    /// How much the median of the last third is above that of the middle third, as a part of it;
    /// none: it cannot be told, as it was too short, or not on Linux.
    fn growth(&self) -> Option<f64> {
        let known = |minute: &Minute| minute.resident_kib.map(|_| minute.resident_mib());
        let mut resident: Vec<f64> = self.minutes.iter().map(known).collect::<Option<_>>()?;
        let third = resident.len() / 3;
        if resident.len() < MINUTES_MIN {
            return None;
        }
        let mut median = |from: usize, to: usize| {
            let part = &mut resident[from..to];
            part.sort_by(f64::total_cmp);
            part[part.len() / 2]
        };
        let (middle, last) = (median(third, 2 * third), median(2 * third, 3 * third));
        Some(last / middle - 1.0)
    }

    fn is_flat(&self) -> Option<bool> {
        self.growth().map(|growth| growth <= TOLERANCE)
    }

    fn is_exact(&self) -> bool {
        let wrong = |rung: &Rung| (rung.lost, rung.duplicated, rung.out_of_order) != (0, 0, 0);
        !self.minutes.iter().any(|minute| wrong(&minute.rung))
    }

    /// The p99 of the slowest minute, in milliseconds.
    fn slowest(&self) -> f64 {
        self.minutes.iter().map(|minute| minute.rung.delivered.p99).fold(0.0, f64::max)
    }

    fn summary(&self) -> String {
        let rungs = || self.minutes.iter().map(|minute| &minute.rung);
        json!({
            "store": self.store.to_string(),
            "minutes": self.minutes.len(),
            "rate": LOAD.rate,
            "conversations": self.ended,
            "lost": rungs().map(|rung| rung.lost).sum::<usize>(),
            "duplicated": rungs().map(|rung| rung.duplicated).sum::<u64>(),
            "out_of_order": rungs().map(|rung| rung.out_of_order).sum::<u64>(),
            "slowest_minute_p99_ms": rounded(self.slowest()),
            "rss_growth": self.growth().map(rounded),
            "is_flat": self.is_flat(),
        })
        .to_string()
    }
}

/// The report.
impl fmt::Display for Soaked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let told = match (self.growth(), self.is_flat()) {
            (Some(growth), Some(is_flat)) => format!(
                "the median of the last third is {:.1} % above that of the middle third: {}",
                growth * 1e2,
                if is_flat { "flat" } else { "it grows" }
            ),
            _ => "whether it is flat could not be told".to_owned(),
        };
        write!(
            f,
            "# Soak on {}\n\n{} messages a second for {} minutes, {} conversations accepted and finished, \
             consoles that come and go. p99 of the slowest minute: {:.0} ms. Memory of the hub: {told}.\n\n\
             | minute | MiB | p50, ms | p99, ms | lost | repeated | out of order |\n\
             |---|---|---|---|---|---|---|\n",
            self.store,
            LOAD.rate,
            self.minutes.len(),
            self.ended,
            self.slowest()
        )?;
        for (n, minute) in self.minutes.iter().enumerate() {
            let (rung, mib) = (&minute.rung, minute.resident_mib());
            let (p50, p99) = (rung.delivered.p50, rung.delivered.p99);
            let (lost, repeated) = (rung.lost, rung.duplicated);
            write!(f, "| {} | {mib:.1} | {p50:.2} | {p99:.2} | {lost} | {repeated} |", n + 1)?;
            writeln!(f, " {} |", rung.out_of_order)?;
        }
        Ok(())
    }
}
