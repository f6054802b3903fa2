//! What every request handler has at hand.

use std::net::IpAddr;

use metrics_exporter_prometheus::PrometheusHandle;

use crate::actors::handle::NodeHandle;
use crate::clock::Clock;
use crate::config::{Company, Config, Limits, Metrics, Secret, Server, Sessions};
use crate::web::password::Passwords;
use crate::web::setup::Setup;
use crate::web::throttle::Throttle;

/// The node, the settings of the edge, and its limits. One a process, shared by all workers.
#[derive(Debug)]
pub struct Edge {
    pub node: NodeHandle,
    pub clock: Clock,
    pub server: Server,
    pub company: Company,
    pub limits: Limits,
    pub sessions: Sessions,
    pub metrics: Metrics,
    pub(super) prometheus: Option<Prometheus>,
    pub(super) setup: Setup,
    pub(super) passwords: Passwords,
    pub(super) throttles: Throttles,
}

/// Limits on attempts that fail, or may.
#[derive(Debug)]
pub(super) struct Throttles {
    pub(super) sign_ins_of_account: Throttle<String>,
    pub(super) sign_ins_of_address: Throttle<IpAddr>,
    pub(super) unverified_hooks: Throttle<IpAddr>,
}

/// Where the numbers are read from.
pub(super) struct Prometheus(pub(super) PrometheusHandle);

impl Edge {
    /// Without `prometheus`, `/metrics` is empty. `setup_token` opens the set-up while there is no
    /// account.
    pub fn new(
        node: NodeHandle,
        clock: Clock,
        config: &Config,
        prometheus: Option<PrometheusHandle>,
        setup_token: Option<Secret>,
    ) -> Self {
        Self {
            node,
            clock,
            server: config.server.clone(),
            company: config.company.clone(),
            limits: config.limits.clone(),
            sessions: config.sessions.clone(),
            metrics: config.metrics.clone(),
            prometheus: prometheus.map(Prometheus),
            setup: Setup::new(setup_token),
            passwords: Passwords::default(),
            throttles: Throttles::new(&config.limits),
        }
    }
}

impl Throttles {
    fn new(limits: &Limits) -> Self {
        Self {
            sign_ins_of_account: Throttle::per_minute(limits.sign_ins_per_minute_per_account),
            sign_ins_of_address: Throttle::per_minute(limits.sign_ins_per_minute_per_address),
            unverified_hooks: Throttle::per_minute(limits.unverified_hooks_per_minute),
        }
    }
}

impl std::fmt::Debug for Prometheus {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Prometheus")
    }
}
