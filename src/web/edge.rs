//! What every request handler has at hand.

use std::net::IpAddr;

use metrics_exporter_prometheus::PrometheusHandle;
use tokio::sync::Semaphore;

use crate::actors::directory::time_zone;
use crate::actors::handle::NodeHandle;
use crate::clock;
use crate::clock::Clock;
use crate::config::{Company, Config, Limits, Metrics, Secret, Server, Sessions};
use crate::web::password::Passwords;
use crate::web::setup::Setup;
use crate::web::throttle::Throttle;
use crate::web::widget::Sightings;

/// Rehearsals that run at a time; who comes then is told to come back.
const REHEARSALS_MAX: usize = 2;

/// The node, the settings of the edge, and its limits. One a process, shared by all workers.
#[derive(Debug)]
pub struct Edge {
    pub node: NodeHandle,
    pub clock: Clock,
    pub server: Server,
    pub company: Company,
    /// Of new lines, by its IANA name.
    pub timezone: String,
    pub limits: Limits,
    pub sessions: Sessions,
    pub metrics: Metrics,
    pub(super) prometheus: Option<Prometheus>,
    pub(super) setup: Setup,
    pub(super) passwords: Passwords,
    pub(super) throttles: Throttles,
    /// Rehearsals at a time: each may take a processor for seconds.
    pub(super) rehearsals: Semaphore,
    pub(super) sightings: Sightings,
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
            timezone: timezone(&config.company),
            limits: config.limits.clone(),
            sessions: config.sessions.clone(),
            metrics: config.metrics.clone(),
            prometheus: prometheus.map(Prometheus),
            setup: Setup::new(setup_token),
            passwords: Passwords::default(),
            throttles: Throttles::new(&config.limits),
            rehearsals: Semaphore::new(REHEARSALS_MAX),
            sightings: Sightings::default(),
        }
    }
}

/// That of the configuration, else that of the machine if it is one that all nodes know.
fn timezone(company: &Company) -> String {
    let set = Some(company.timezone.clone()).filter(|name| !name.is_empty());
    let of_machine = || clock::zone_of_machine().filter(|name| time_zone(name).is_some());
    set.or_else(of_machine).unwrap_or_else(|| "UTC".to_owned())
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
