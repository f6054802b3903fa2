//! Messages per second from `POST /hooks` to the operator's socket, on the embedded store.
//!
//! The hub is a process of its own with its files on a disk. The load is an open loop: when each
//! message is to be sent is settled beforehand, and every figure counts from that moment, so that a
//! hub that falls behind cannot slow down the clock that it is measured with. Rates climb until one
//! is not sustained. The last line is JSON.
//!
//! `cargo bench --bench load -- [--quick] [--lines N] [--rate N]`

#![expect(clippy::unwrap_used, reason = "a benchmark fails by panicking")]
#![expect(clippy::print_stdout, reason = "its result is what it prints")]

mod desk;
mod hub;
mod pacer;
mod poster;
mod report;
mod stamp;
mod tally;

use std::path::Path;
use std::thread::available_parallelism;

use mimalloc::MiMalloc;

use crate::pacer::{Load, Run};
use crate::report::Rung;

/// As the program has it.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// Conversations that the messages belong to, all accepted before the first is measured.
const CHATS: usize = 200;
const OPERATORS: usize = 10;
const WARM_UP_RATE: u32 = 500;

struct Settings {
    seconds: u32,
    /// Each line with its channel is in a shard of its own.
    lines: u16,
    rates: Vec<u32>,
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let Some(directory) = value_of(&arguments, "--hub") {
        return hub::serve(Path::new(directory), lines(&arguments));
    }
    // Without `--bench` we are run by `cargo test --benches`, which asks only whether benchmarks
    // start.
    let given = |name: &str| arguments.iter().any(|given| given == name);
    if given("--bench") && !given("--test") {
        measure(&settings(&arguments));
    }
}

fn settings(arguments: &[String]) -> Settings {
    let quick = arguments.iter().any(|given| given == "--quick");
    let one = value_of(arguments, "--rate").map(|rate| vec![rate.parse().unwrap()]);
    let steps = if quick { vec![4_000, 8_000] } else { steps(4_000, 20_000) };
    let rates = one.unwrap_or_else(|| [vec![200, 500, 1_000, 2_000, 3_000], steps].concat());
    Settings { seconds: if quick { 3 } else { 5 }, lines: lines(arguments), rates }
}

/// A quarter more each time.
fn steps(from: u32, to: u32) -> Vec<u32> {
    let next = |rate: &u32| Some(rate * 5 / 4).filter(|next| *next <= to);
    std::iter::successors(Some(from), next).collect()
}

fn lines(arguments: &[String]) -> u16 {
    value_of(arguments, "--lines").map_or(1, |lines| lines.parse().unwrap())
}

fn value_of<'a>(arguments: &'a [String], name: &str) -> Option<&'a str> {
    let at = arguments.iter().position(|given| given == name)?;
    arguments.get(at + 1).map(String::as_str)
}

fn measure(settings: &Settings) {
    let directory = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let hub = hub::Hub::start(directory.path(), settings.lines);
    let run = Run::begin(&hub, settings.lines);
    let cores = available_parallelism().unwrap();
    let Settings { seconds, lines, .. } = settings;
    println!(
        "store sqlite (synchronous=FULL), {cores} cores shared by hub and load; {CHATS} chats, \
         {OPERATORS} operators, {lines} lines; {seconds} s a rate"
    );
    run.load(Load { rate: WARM_UP_RATE, seconds: 2 });
    println!("{}", Rung::TITLE);
    let mut rungs = Vec::new();
    for rate in &settings.rates {
        let before = hub.cpu();
        let tally = run.load(Load { rate: *rate, seconds: *seconds });
        let cpu = hub.cpu().zip(before).map(|(after, before)| after.saturating_sub(before));
        let rung = Rung::of(*rate, &tally, cpu);
        println!("{rung}");
        let goes_on = rung.is_sustained();
        rungs.push(rung);
        if !goes_on {
            break;
        }
    }
    println!("{}", report::summary(&rungs, cores.get()));
}
