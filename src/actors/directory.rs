//! What every node keeps in memory of the shared documents: lines, channels, operators, accounts
//! and sign-ins. Built from the store at start, kept true by `shared` events; the higher version
//! wins.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock, PoisonError, RwLock};

use domain::account::{Account, SignIn};
use domain::channel::Channel;
use domain::hours::Hours;
use domain::id::{ChannelId, LineId, OperatorId};
use domain::line::{Line, LineSettings};
use domain::operator::Operator;
use jiff::tz::{TimeZone, TimeZoneDatabase};

/// A document with the version it was read at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Versioned<T> {
    pub version: u64,
    pub value: Arc<T>,
}

/// All shared documents as of one moment. Immutable; a change makes a new one.
#[derive(Clone, Debug, Default)]
pub struct Directory {
    pub lines: BTreeMap<LineId, Versioned<Line>>,
    pub channels: BTreeMap<ChannelId, Versioned<Channel>>,
    pub operators: BTreeMap<OperatorId, Versioned<Operator>>,
    /// By login, in lower case.
    pub accounts: BTreeMap<String, Versioned<Account>>,
    /// By the SHA-256 of the token, in hex.
    pub sign_ins: BTreeMap<String, Versioned<SignIn>>,
    /// The opening hours of each line, made from its settings.
    pub hours: BTreeMap<LineId, Arc<Hours>>,
    /// Lines in whose queue each operator is, in order, made from their settings.
    queues: BTreeMap<OperatorId, Vec<LineId>>,
}

/// The zones that this program ships with, so that all nodes agree.
static ZONES: LazyLock<TimeZoneDatabase> = LazyLock::new(TimeZoneDatabase::bundled);

/// The zone of that IANA name.
pub fn time_zone(name: &str) -> Option<TimeZone> {
    ZONES.get(name).ok()
}

/// The names of all zones, in order.
pub fn time_zones() -> Vec<String> {
    ZONES.available().map(|name| name.to_string()).collect()
}

impl Directory {
    /// When a line of these settings is open. A line may follow another one's calendar.
    pub fn hours_of(&self, settings: &LineSettings) -> Hours {
        let own = &settings.hours;
        let other = own.calendar_of.as_ref().and_then(|line| self.lines.get(line));
        let hours = other
            .map_or_else(|| own.clone(), |other| own.with_calendar(&other.value.settings.hours));
        // A zone is looked up when settings are saved; one that is gone since then reads as UTC.
        Hours::new(&hours, time_zone(&hours.timezone).unwrap_or(TimeZone::UTC))
    }

    /// Makes anew what is made from the settings of a changed line.
    pub(crate) fn line_changed(&mut self, id: &LineId) {
        self.hours_changed(id);
        self.queue_changed(id);
    }

    /// The hours of a line, and of those that follow its calendar.
    fn hours_changed(&mut self, id: &LineId) {
        let follows = |line: &&Versioned<Line>| {
            line.value.id == *id || line.value.settings.hours.calendar_of.as_ref() == Some(id)
        };
        let made: Vec<_> = self
            .lines
            .values()
            .filter(follows)
            .map(|line| (line.value.id.clone(), self.hours_of(&line.value.settings)))
            .collect();
        self.hours.extend(made.into_iter().map(|(line, hours)| (line, Arc::new(hours))));
    }

    fn queue_changed(&mut self, id: &LineId) {
        self.queues.retain(|_, lines| {
            lines.retain(|line| line != id);
            !lines.is_empty()
        });
        let Some(line) = self.lines.get(id) else { return };
        for operator in &line.value.settings.queue.operators {
            let lines = self.queues.entry(operator.clone()).or_default();
            if let Err(at) = lines.binary_search(id) {
                lines.insert(at, id.clone());
            }
        }
    }

    /// Whether customers of that channel read our messages on a page of ours.
    pub(crate) fn is_widget(&self, channel: &ChannelId) -> bool {
        self.channels.get(channel).is_some_and(|found| found.value.settings.widget().is_some())
    }

    /// Whether a line of these settings may follow the calendar that it wants to: over one step only,
    /// not from a line whose own is followed, nor to one that follows another. None: a new line.
    pub fn may_follow_calendar(&self, line: Option<&LineId>, settings: &LineSettings) -> bool {
        let Some(of) = &settings.hours.calendar_of else { return true };
        let followed_by =
            |id| self.lines.get(id).map(|found| found.value.settings.hours.calendar_of.as_ref());
        let is_followed = line.is_some_and(|line| {
            self.lines.keys().any(|other| other != line && followed_by(other) == Some(Some(line)))
        });
        Some(of) != line && followed_by(of) == Some(None) && !is_followed
    }

    /// Whether somebody administers when that operator has been changed so.
    pub fn keeps_an_administrator(&self, changed: &Operator) -> bool {
        !self.ends_an_administrator(changed)
            || self.operators.iter().any(|(id, one)| *id != changed.id && one.value.administers())
    }

    /// Whether somebody administers no more when he has been changed so.
    pub(crate) fn ends_an_administrator(&self, changed: &Operator) -> bool {
        let before = self.operators.get(&changed.id);
        before.is_some_and(|before| before.value.administers()) && !changed.administers()
    }

    /// Lines in whose queue the operator is.
    pub fn queues_of(&self, operator: &OperatorId) -> &[LineId] {
        self.queues.get(operator).map_or(&[], Vec::as_slice)
    }
}

/// Where the current directory is found.
#[derive(Clone, Debug, Default)]
pub struct DirectoryCell(Arc<RwLock<Arc<Directory>>>);

impl DirectoryCell {
    pub fn get(&self) -> Arc<Directory> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Replaces the directory by a changed copy.
    pub fn change(&self, change: impl FnOnce(&mut Directory)) {
        let mut current = self.0.write().unwrap_or_else(PoisonError::into_inner);
        change(Arc::make_mut(&mut current));
    }
}
