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
use crate::store::redis::{Verdict, check as look_at_redis};
use crate::store::sqlite::library_version;
use crate::web::server;

/// One line of the table.
struct Finding {
    what: &'static str,
    found: Verdict,
}

/// Prints a table of what was found. Refused: at least one line says so.
pub fn check(config: &Config) -> Result<(), Failure> {
    let valid = format!("valid, for {}", config.server.public_url.as_str());
    let mut findings = vec![of("configuration", Ok(valid))];
    findings.extend(store(config));
    let way_out = program::way_out(config).map(|_| "set up".to_owned()).map_err(words);
    findings.extend([
        of("SQLite library", Ok(library_version().to_owned())),
        of("listen address", listen_address(config)),
        of("outgoing HTTPS", way_out),
    ]);
    print(&findings)?;
    let refused = |finding: &Finding| matches!(finding.found, Verdict::Refused(_));
    if findings.iter().any(refused) { Err(Failure::Refused) } else { Ok(()) }
}

fn of(what: &'static str, found: Result<String, String>) -> Finding {
    Finding { what, found: found.map_or_else(Verdict::Refused, Verdict::Fine) }
}

/// A file is opened as `serve` does it: locked against a second process, and of a schema that is
/// known here. A Redis is only looked at.
fn store(config: &Config) -> Vec<Finding> {
    match config.store.kind {
        StoreKind::Sqlite => {
            let opened = System::new().block_on(program::open_store(config)).map_err(words);
            let directory = config.store.directory.display();
            let found = opened.map(|_| format!("{directory}, free and of a known schema"));
            vec![of("data directory", found)]
        }
        StoreKind::Redis => {
            let looked = program::redis_settings(config)
                .and_then(|settings| look_at_redis(&settings).map_err(Failure::Redis));
            match looked {
                Ok(findings) => findings
                    .into_iter()
                    .map(|finding| Finding { what: finding.what, found: finding.verdict })
                    .collect(),
                Err(failure) => vec![of("Redis", Err(words(failure)))],
            }
        }
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
    for Finding { what, found } in findings {
        let (word, text) = match found {
            Verdict::Fine(text) => ("ok", text),
            Verdict::Warning(text) => ("warning", text),
            Verdict::Refused(text) => ("REFUSED", text),
        };
        writeln!(out, "{what:<16}{word:<9}{text}")?;
    }
    Ok(())
}
