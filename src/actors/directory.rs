//! What every node keeps in memory of the shared documents: lines, channels, operators, accounts
//! and sign-ins. Built from the store at start, kept true by `shared` events; the higher version
//! wins.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use domain::account::{Account, SignIn};
use domain::channel::Channel;
use domain::id::{ChannelId, LineId, OperatorId};
use domain::line::Line;
use domain::operator::Operator;

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
}

impl Directory {
    /// Lines in whose queue the operator is.
    pub fn queues_of(&self, operator: &OperatorId) -> Vec<LineId> {
        let in_queue =
            |line: &&Versioned<Line>| line.value.settings.queue.operators.contains(operator);
        self.lines.values().filter(in_queue).map(|line| line.value.id.clone()).collect()
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
