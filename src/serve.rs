//! `switchboard serve`: the hub itself.

use std::io::Write as _;

use actix::System;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use metrics_exporter_prometheus::PrometheusHandle;

use crate::actors::handle::NodeHandle;
use crate::clock;
use crate::clock::Clock;
use crate::config::{Config, Secret};
use crate::program;
use crate::program::{Failure, Running};
use crate::web::edge::Edge;
use crate::web::server;
use crate::web::setup::setup_link;

/// Runs until a signal ends it.
pub fn serve(config: &Config) -> Result<(), Failure> {
    program::write_logs(&config.log)?;
    let numbers = program::count_numbers()?;
    System::new().block_on(run(config, numbers))
}

async fn run(config: &Config, numbers: PrometheusHandle) -> Result<(), Failure> {
    let listen = config.server.listen;
    let listener = server::listen(listen).map_err(|error| Failure::Listen(listen, error))?;
    let address = listener.local_addr()?;
    program::keep_up(numbers.clone());
    let node = program::start_node(config, Clock::Wall).await?;
    let token = setup_token(&node);
    let link = token.as_ref().map(|token| setup_link(config.server.public_url.as_str(), token));
    let edge = Edge::new(node.clone(), Clock::Wall, config, Some(numbers), token);
    let running = Running::begin(node, server::start(listener, edge)?)?;
    let mut out = std::io::stdout().lock();
    if let Some(link) = link {
        writeln!(out, "there is no account yet, make the first one at: {link}")?;
    }
    writeln!(out, "ready: http://{address}")?;
    drop(out);
    running.until_told().await
}

/// A new one at every start, for as long as nobody has an account.
fn setup_token(node: &NodeHandle) -> Option<Secret> {
    let new = || Secret::new(URL_SAFE_NO_PAD.encode(clock::secret_bytes::<24>()));
    node.directory().accounts.is_empty().then(new)
}
