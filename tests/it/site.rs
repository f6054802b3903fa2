//! A whole hub in this process, met from outside only: real time, real sockets on loopback.
//!
//! What a story does with it goes over HTTP and web sockets. The node is at hand for what nobody can
//! do from outside, such as to wait for days.

mod browser;
mod company;
mod http;
mod process;

use std::net::Ipv4Addr;
use std::sync::LazyLock;

use actix_web::rt;
use metrics_exporter_prometheus::PrometheusHandle;
use switchboard::actors::handle::NodeHandle;
use switchboard::clock::Clock;
use switchboard::config::{Config, Secret};
use switchboard::program;
use switchboard::web::edge::Edge;
use switchboard::web::server;
use tempfile::TempDir;

pub(crate) use awc::ws::Message;
pub(crate) use browser::Browser;
pub(crate) use company::{
    Bot, Company, Form, Operator, SECRET, founded, line, message, transcript,
};
pub(crate) use http::{Answer, Page};
pub(crate) use process::Program;

/// Opens the set-up of a hub without accounts.
pub(crate) const SETUP_TOKEN: &str = "the token of the printed link";

/// Of all hubs of this process together.
static NUMBERS: LazyLock<PrometheusHandle> =
    LazyLock::new(|| program::count_numbers().expect("the first to count"));

/// A running hub on the embedded store, put together as `serve` does it.
pub(crate) struct Site {
    /// A page of the hub in the browser of somebody who has not signed in.
    pub(crate) page: Page,
    pub(crate) node: NodeHandle,
    _folder: TempDir,
}

impl Site {
    /// Without lines and people.
    pub(crate) async fn open() -> Self {
        Self::open_with("").await
    }

    /// With settings beside those that a story needs.
    pub(crate) async fn open_with(toml: &str) -> Self {
        Self::open_at(toml, Clock::Wall).await
    }

    /// With pages that have another clock than the hub behind them.
    pub(crate) async fn open_at(toml: &str, pages: Clock) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let listener = server::listen((Ipv4Addr::LOCALHOST, 0).into()).expect("bound");
        let url = format!("http://{}", listener.local_addr().expect("bound"));
        let toml = format!(
            "server.public_url = \"{url}\"\nstore.directory = '{}'\nstore.shards = 4\n\
             outbound.allow_networks = [\"127.0.0.0/8\"]\n{toml}",
            folder.path().display()
        );
        let config = Config::with(&toml).expect("valid");
        let numbers = NUMBERS.clone();
        let node = program::start_node(&config, Clock::Wall).await.expect("started");
        let token = Some(Secret::new(SETUP_TOKEN));
        let edge = Edge::new(node.clone(), pages, &config, Some(numbers), token);
        rt::spawn(server::start(listener, edge).expect("listening"));
        Self { page: Page::new(&url, &url), node, _folder: folder }
    }
}
