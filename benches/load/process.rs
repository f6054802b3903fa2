//! What a process has used, and what the machine was denied, as Linux tells it.

use std::time::Duration;

/// Linux counts CPU time for other processes in these, whatever the kernel's own clock.
const TICKS_PER_SECOND: u64 = 100;

/// CPU time so far, in the program and in the kernel; none: not on Linux.
pub(crate) fn cpu(process: u32) -> Option<Duration> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // The name of the program may hold spaces, but it ends at the last parenthesis.
    let (_, fields) = stat.rsplit_once(") ")?;
    let mut fields = fields.split(' ').skip(11);
    let mut ticks = || fields.next()?.parse::<u64>().ok();
    Some(time(ticks()? + ticks()?))
}

/// CPU time so far that this machine wanted and its own host gave to others; none: not on Linux.
pub(crate) fn stolen() -> Option<Duration> {
    let stat = std::fs::read_to_string("/proc/stat").ok()?;
    let all = stat.lines().next()?.strip_prefix("cpu ")?;
    Some(time(all.split_whitespace().nth(7)?.parse().ok()?))
}

fn time(ticks: u64) -> Duration {
    Duration::from_millis(ticks * 1_000 / TICKS_PER_SECOND)
}

/// Memory that is resident, in KiB; none: not on Linux.
pub(crate) fn resident_kib(process: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix(" kB")?.parse().ok()
}
