//! Changes of shared documents by people: what there is to change, and how it is asked for.

use std::collections::BTreeSet;
use std::sync::Arc;

use domain::account::{Account, SignIn};
use domain::audit::{Deed, Subject};
use domain::channel::Channel;
use domain::id::{LineId, OperatorId, ShardId};
use domain::line::Line;
use domain::operator::Operator;
use serde::{Deserialize, Serialize};

use crate::actors::directory::Directory;
use crate::actors::handle::{NodeHandle, NotStored};
use crate::actors::work::{Answer, Work};
use crate::store::op::SharedKind;

/// Shared documents changed in one step.
pub const CHANGES_MAX: usize = 50;

/// A change of shared documents by a person. `version` is the one that was read; 0: it is new.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    Line {
        version: u64,
        line: Line,
    },
    /// A new line from what another one, or another hub, has exported.
    ImportedLine {
        line: Line,
    },
    Channel {
        version: u64,
        channel: Channel,
    },
    Operator {
        version: u64,
        operator: Operator,
    },
    Account {
        version: u64,
        login: String,
        account: Account,
    },
    SignIn {
        version: u64,
        digest: String,
        sign_in: SignIn,
    },
    EndSignIn {
        version: u64,
        digest: String,
    },
    /// Is in the audit log only: its documents are changed beside it.
    Noted {
        what: Deed,
        subject: Subject,
    },
    /// A customer's card, a lead, or what a customer is known by, as `actors::customers` makes it.
    Record {
        version: u64,
        kind: SharedKind,
        id: String,
        bytes: Arc<[u8]>,
    },
}

impl Change {
    /// The document that it is about.
    pub(crate) fn target(&self) -> String {
        match self {
            Self::Line { line, .. } | Self::ImportedLine { line } => target_of_line(&line.id),
            Self::Channel { channel, .. } => format!("channel:{}", channel.id),
            Self::Operator { operator, .. } => format!("operator:{}", operator.id),
            Self::Account { login, .. } => format!("account:{login}"),
            Self::SignIn { digest, .. } | Self::EndSignIn { digest, .. } => {
                format!("sign_in:{digest}")
            }
            Self::Noted { what, subject } => format!("noted:{what:?}:{subject:?}"),
            Self::Record { kind, id, .. } => format!("{}:{id}", kind.as_str()),
        }
    }

    /// What else says whether it may be: of those that are judged by the same, one is made at a time.
    pub(crate) fn judged_by(&self, directory: &Directory) -> Option<String> {
        match self {
            Self::Channel { channel, .. } => Some(target_of_line(&channel.line)),
            Self::Line { line, .. } => {
                line.settings.hours.calendar_of.as_ref().map(|_| "calendars".to_owned())
            }
            Self::Operator { operator, .. } => {
                directory.ends_an_administrator(operator).then(|| "administrators".to_owned())
            }
            Self::ImportedLine { .. }
            | Self::Account { .. }
            | Self::SignIn { .. }
            | Self::EndSignIn { .. }
            | Self::Noted { .. }
            | Self::Record { .. } => None,
        }
    }
}

fn target_of_line(line: &LineId) -> String {
    format!("line:{line}")
}

impl NodeHandle {
    /// Changes shared documents, all or none. When it returns `Ok`, `directory()` shows them.
    /// At most [`CHANGES_MAX`] at a time, each about another document. `by`: who wants it so, for
    /// the audit log.
    pub async fn change(&self, by: &OperatorId, changes: Vec<Change>) -> Result<(), NotStored> {
        let targets: BTreeSet<_> = changes.iter().map(Change::target).collect();
        if changes.len() > CHANGES_MAX || targets.len() < changes.len() {
            return Err(NotStored::Full);
        }
        if self.is_elsewhere(ShardId(0)) {
            return self.change_elsewhere(by, changes).await;
        }
        let (answer, answered) = Answer::new();
        let work = Work::Change { by: by.clone(), changes, answer };
        self.parts
            .hand_to(ShardId(0), work)
            .ok_or(NotStored::Unavailable)?
            .map_err(|_| NotStored::Full)?;
        answered.await.unwrap_or(Err(NotStored::Unavailable))
    }
}
