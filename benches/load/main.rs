//! The real program under load: from `POST /hooks` to the operator's socket.
//!
//! Hubs and Redis are processes of their own with their files on a disk. The load is an open loop:
//! when each message is to be sent is settled beforehand, and every figure counts from that moment,
//! so that a hub that falls behind cannot slow down the clock that it is measured with. A report
//! with charts is left in the folder `load` of the target directory. The last line is JSON.
//!
//! `cargo bench --bench load -- [--full | --quick] [--store sqlite|redis] [--only <series>]`, or
//! `cargo bench --bench load -- --soak [<minutes>] [--store sqlite|redis]`. The series are those of
//! [`series::Series`], in lower case. Without a store it is Redis, with `--full` both, one after another.

#![expect(clippy::unwrap_used, reason = "a benchmark fails by panicking")]
#![expect(clippy::print_stdout, reason = "its result is what it prints")]

mod backlog;
mod chart;
mod desk;
mod fanout;
mod floor;
mod furnish;
mod ground;
mod hub;
mod ladder;
mod pacer;
mod page;
mod poster;
mod process;
mod redis;
mod report;
mod series;
mod soak;
mod socket;
mod sockets;
mod stalled;
mod stamp;
mod tally;
mod targets;
mod websocket;
mod yardstick;

use std::path::Path;

use mimalloc::MiMalloc;

use crate::hub::StoreKind;
use crate::series::Extent;

/// As the program has it.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let Some(config) = value_of(&arguments, "--furnish") {
        let number = |name: &str| value_of(&arguments, name).unwrap();
        let (lines, operators) = (number("--lines"), number("--operators"));
        let config = Path::new(config);
        return furnish::furnish(config, lines.parse().unwrap(), operators.parse().unwrap());
    }
    // Without `--bench` we are run by `cargo test --benches`, which asks only whether benchmarks
    // start.
    let given = |name: &str| arguments.iter().any(|given| given == name);
    if !given("--bench") || given("--test") {
        return;
    }
    let extent = match (given("--quick"), given("--full")) {
        (true, _) => Extent::Quick,
        (false, false) => Extent::Standard,
        (false, true) => Extent::Full,
    };
    let stores = match value_of(&arguments, "--store") {
        None if extent == Extent::Full => vec![StoreKind::Sqlite, StoreKind::Redis],
        None | Some("redis") => vec![StoreKind::Redis],
        Some("sqlite") => vec![StoreKind::Sqlite],
        Some(other) => panic!("no store is called {other}"),
    };
    if let Some(series) = value_of(&arguments, "--only") {
        let series = series.parse().unwrap();
        return stores.into_iter().for_each(|store| series::look(store, extent, series));
    }
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("load");
    if given("--soak") {
        let minutes = value_of(&arguments, "--soak").and_then(|minutes| minutes.parse().ok());
        let minutes = minutes.unwrap_or(soak::MINUTES);
        return stores.into_iter().for_each(|store| soak::run(&folder, store, minutes));
    }
    let measured: Vec<_> = stores.into_iter().map(|store| series::measure(store, extent)).collect();
    report::write(&folder, &measured);
    println!("report: {}", folder.join("report.md").display());
    for store in &measured {
        println!("{}", store.summary());
    }
}

fn value_of<'a>(arguments: &'a [String], name: &str) -> Option<&'a str> {
    let at = arguments.iter().position(|given| given == name)?;
    arguments.get(at + 1).map(String::as_str)
}
