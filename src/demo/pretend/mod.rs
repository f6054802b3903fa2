//! The pretend platform: customers in a browser, a bot like Telegram's, a signed web form, and a site
//! with the widget.
//!
//! It knows the hub by its public addresses and nothing else: what it sends and answers are the
//! bytes that the platforms document, so that what works here works there.

mod chats;
mod deliver;
mod form;
mod pages;
mod site;
mod telegram;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use actix_web::web::ServiceConfig;
use serde_json::Value;
use tokio::sync::Notify;

use crate::clock;
use crate::clock::Clock;
use crate::demo::pretend::chats::Chats;
use crate::outbound::Outbound;

/// Updates that wait to be asked for, and ids of what was received.
const KEPT_MAX: usize = 1_000;

/// What the platform and the hub have agreed upon.
#[derive(Clone, Debug, Default)]
pub struct Accounts {
    pub bot: Bot,
    pub form: Form,
    pub site: Site,
}

/// A bot of the pretend Telegram.
#[derive(Clone, Debug, Default)]
pub struct Bot {
    pub token: String,
    pub secret: String,
    pub hook_url: String,
    /// Updates wait to be asked for; nothing is posted.
    pub polling: bool,
}

/// The other side of a generic webhook channel.
#[derive(Clone, Debug, Default)]
pub struct Form {
    /// With its `whsec_`.
    pub key: String,
    pub hook_url: String,
}

/// What a site with the widget knows of the hub.
#[derive(Clone, Debug, Default)]
pub struct Site {
    /// The hub's address, without a path.
    pub hub: String,
    pub channel: String,
    /// What it vouches for its users with.
    pub secret: String,
}

/// The platform. One a process, shared by all workers.
#[derive(Debug)]
pub struct Platform {
    accounts: Accounts,
    way_out: Outbound,
    clock: Clock,
    state: Mutex<State>,
    /// There are new updates to be asked for.
    updates_came: Notify,
}

/// What the platform remembers.
#[derive(Debug)]
struct State {
    chats: Chats,
    next_update: i64,
    updates: VecDeque<Value>,
    /// Of webhook messages: a repeat is recognised by its id.
    received: VecDeque<(String, u64)>,
}

impl Platform {
    /// With a few customers who have not written yet.
    pub fn new(accounts: Accounts, way_out: Outbound, clock: Clock) -> Self {
        let first_update = i64::try_from(100_000_000 + clock::jitter(1_000_000)).unwrap_or(1);
        let state = State {
            chats: Chats::with_the_usual_customers(),
            next_update: first_update,
            updates: VecDeque::new(),
            received: VecDeque::new(),
        };
        let updates_came = Notify::new();
        Self { accounts, way_out, clock, state: Mutex::new(state), updates_came }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The routes of the platform, all under `/pretend`.
pub fn routes(
    platform: &Arc<Platform>,
) -> impl Fn(&mut ServiceConfig) + Clone + Send + 'static + use<> {
    let platform = platform.clone();
    move |routes| pages::configure(routes, platform.clone())
}

/// Keeps the newest.
fn push_bounded<T>(kept: &mut VecDeque<T>, new: T) {
    if kept.len() >= KEPT_MAX {
        kept.pop_front();
    }
    kept.push_back(new);
}
