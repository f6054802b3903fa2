//! `switchboard demo`: the whole hub to look at, with a pretend platform for customers.
//!
//! Everything lives in a temporary folder that goes at the end. The parts are the real ones: the
//! pretend platform speaks to the hub over HTTP only, as a platform does.

mod announce;
mod cast;
pub mod pretend;
mod redis_server;

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use actix::System;
use tempfile::TempDir;

use crate::clock::Clock;
use crate::config::{Config, Origin, Secret, StoreKind};
use crate::demo::announce::announce;
use crate::demo::cast::Cast;
use crate::demo::pretend::Platform;
use crate::demo::redis_server::RedisServer;
use crate::program;
use crate::program::{Failure, Running};
use crate::web::edge::Edge;
use crate::web::server;

/// How the demo may be varied.
#[derive(Clone, Debug, clap::Args)]
pub struct DemoOptions {
    /// Port on this machine; 0: any that is free
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// The Telegram channel asks for updates instead of getting them posted
    #[arg(long)]
    polling: bool,
    /// Where everything is kept while the demo runs; `redis` needs redis-server on this machine
    #[arg(long, value_enum, default_value_t = DemoStore::Sqlite)]
    store: DemoStore,
    /// One more address under which the console is opened, such as that of a proxy
    #[arg(long, value_name = "URL", value_parser = origin)]
    origin: Vec<Origin>,
    /// What is logged: a level, or `info,switchboard::web=debug`
    #[arg(long, value_name = "LEVEL", default_value = "warn")]
    log: String,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum DemoStore {
    Sqlite,
    Redis,
}

/// Runs until a signal ends it.
pub fn run(options: &DemoOptions) -> Result<(), Failure> {
    let folder = tempfile::Builder::new().prefix("switchboard-demo-").tempdir()?;
    System::new().block_on(perform(options, &folder))
}

async fn perform(options: &DemoOptions, folder: &TempDir) -> Result<(), Failure> {
    let listen = SocketAddr::from((Ipv4Addr::LOCALHOST, options.port));
    let listener = server::listen(listen).map_err(|error| Failure::Listen(listen, error))?;
    let address = listener.local_addr()?;
    let mut config = config(options, address.port(), folder)?;
    let _server = match options.store {
        DemoStore::Sqlite => None,
        DemoStore::Redis => Some(redis_for(&mut config, folder)?),
    };
    program::write_logs(&config.log)?;
    let numbers = program::count_numbers()?;
    program::keep_up(numbers.clone());
    let node = program::start_node(&config, Clock::Wall).await?;
    let cast = Cast::of(address, options.polling);
    node.change(&cast.administrator(), cast.changes()).await?;
    let way_out = program::way_out(&config)?;
    let platform = Arc::new(Platform::new(cast.accounts(address), way_out, Clock::Wall));
    let edge = Edge::new(node.clone(), Clock::Wall, &config, Some(numbers), None);
    let server = server::start_with(listener, edge, pretend::routes(&platform))?;
    let running = Running::begin(node, server)?;
    announce(&mut std::io::stdout().lock(), address, &cast)?;
    running.until_told().await
}

/// Ends with the demo.
fn redis_for(config: &mut Config, folder: &TempDir) -> std::io::Result<RedisServer> {
    let server = RedisServer::start(folder.path())?;
    config.store.kind = StoreKind::Redis;
    config.redis.url = Secret::new(server.url());
    Ok(server)
}

fn config(options: &DemoOptions, port: u16, folder: &TempDir) -> Result<Config, Failure> {
    let mut config = Config::with(&format!(
        "[server]\n\
         listen = \"127.0.0.1:{port}\"\n\
         public_url = \"http://127.0.0.1:{port}\"\n\
         allowed_origins = [\"http://localhost:{port}\"]\n\
         [store]\n\
         shards = 8\n\
         [company]\n\
         name = \"Demo\"\n\
         [outbound]\n\
         allow_networks = [\"127.0.0.1/32\"]\n"
    ))?;
    folder.path().clone_into(&mut config.store.directory);
    config.server.allowed_origins.extend(options.origin.iter().cloned());
    config.log.level.clone_from(&options.log);
    Ok(config)
}

fn origin(text: &str) -> Result<Origin, &'static str> {
    Origin::parse(text).ok_or("expected `http://host:port`")
}
