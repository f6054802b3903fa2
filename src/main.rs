//! The command line: what is asked, and the exit code.
//!
//! 0: done; 1: refused or failed while running; 2: the command line or the configuration is wrong.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use switchboard::check;
use switchboard::config::Config;
use switchboard::demo;
use switchboard::demo::DemoOptions;
use switchboard::program::Failure;
use switchboard::serve;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// A self-hosted exchange for customer conversations
#[derive(Debug, Parser)]
#[command(version, about)]
struct CommandLine {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run until told to stop (SIGTERM or Ctrl-C)
    Serve(Settings),
    /// Say whether `serve` could start here, and stop
    Check(Settings),
    /// Try everything with a pretend platform; nothing is kept
    Demo(DemoOptions),
}

#[derive(Debug, Args)]
struct Settings {
    /// Settings that go over the defaults; `SWITCHBOARD__SECTION__KEY` goes over both
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

impl Settings {
    fn load(&self) -> Result<Config, Failure> {
        Ok(Config::load(self.config.as_deref())?)
    }
}

fn main() -> ExitCode {
    let done = match CommandLine::parse().command {
        Command::Serve(settings) => settings.load().and_then(|config| serve::serve(&config)),
        Command::Check(settings) => settings.load().and_then(|config| check::check(&config)),
        Command::Demo(options) => demo::run(&options),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            let _closed = writeln!(std::io::stderr(), "switchboard: {failure}");
            ExitCode::from(failure.exit_code())
        }
    }
}
