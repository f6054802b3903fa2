//! Where log lines go: to the standard output, as text or as JSON.

use std::io::IsTerminal as _;

use tracing_subscriber::EnvFilter;

use crate::config::{Log, LogFormat};
use crate::program::Failure;

/// Writes log lines from now on. Once a process; a second call changes nothing.
pub fn write_logs(log: &Log) -> Result<(), Failure> {
    let filter = EnvFilter::builder()
        .parse(&log.level)
        .map_err(|error| Failure::LogLevel(error.to_string()))?;
    let lines = tracing_subscriber::fmt().with_env_filter(filter);
    let _already = match log.format {
        LogFormat::Text => lines.with_ansi(std::io::stdout().is_terminal()).try_init(),
        LogFormat::Json => lines.json().try_init(),
    };
    Ok(())
}
