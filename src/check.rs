//! `switchboard check`: whether `serve` could start here.
//!
//! Tries what `serve` would do and leaves nothing behind but the data directory itself. That the
//! configuration is valid was found out before: without one there is nothing to check.

use std::fmt::Display;
use std::io::Write as _;

use actix::System;

use crate::config::{Config, StoreKind};
use crate::program;
use crate::program::Failure;
use crate::store::sqlite::library_version;
use crate::web::server;

/// One line of the table.
type Finding = (&'static str, Result<String, String>);

/// Prints a table of what was found. Refused: at least one line says so.
pub fn check(config: &Config) -> Result<(), Failure> {
    let findings = [
        ("configuration", Ok(format!("valid, for {}", config.server.public_url.as_str()))),
        store(config),
        ("SQLite library", Ok(library_version().to_owned())),
        ("listen address", listen_address(config)),
        ("outgoing HTTPS", program::way_out(config).map(|_| "set up".to_owned()).map_err(words)),
    ];
    print(&findings)?;
    let refused = findings.iter().any(|(_, found)| found.is_err());
    if refused { Err(Failure::Refused) } else { Ok(()) }
}

/// Opens it as `serve` does: a file locked against a second process and of a schema that is known
/// here, or a Redis that answers.
fn store(config: &Config) -> Finding {
    let opened = System::new().block_on(program::open_store(config)).map_err(words);
    match config.store.kind {
        StoreKind::Sqlite => {
            let directory = config.store.directory.display();
            let found = opened.map(|_| format!("{directory}, free and of a known schema"));
            ("data directory", found)
        }
        StoreKind::Redis => ("Redis", opened.map(|_| "answers".to_owned())),
    }
}

fn listen_address(config: &Config) -> Result<String, String> {
    let address = config.server.listen;
    server::listen(address).map_err(|error| Failure::Listen(address, error)).map_err(words)?;
    Ok(format!("{address}, free"))
}

fn words(error: impl Display) -> String {
    error.to_string()
}

fn print(findings: &[Finding]) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    for (what, found) in findings {
        let (word, text) = match found {
            Ok(text) => ("ok", text),
            Err(text) => ("REFUSED", text),
        };
        writeln!(out, "{what:<16}{word:<9}{text}")?;
    }
    Ok(())
}
