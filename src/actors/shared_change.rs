//! Shared documents: how a person's change is written, and how the node learns of it.

use domain::event::FeedEvent;
use domain::id::{ChannelId, LineId, OperatorId};
use serde::Serialize;

use crate::actors::directory::{Directory, Versioned};
use crate::actors::encode;
use crate::actors::group::Group;
use crate::actors::handle::Change;
use crate::actors::node::SharedChanged;
use crate::actors::parts::Shared;
use crate::store::op::{Op, SharedKind};

/// Whether it fits what there is by now: the edge has looked at that a moment ago. An archived line
/// has no channels, a calendar is followed over one step, and somebody administers.
pub(crate) fn fits(change: &Change, directory: &Directory) -> bool {
    match change {
        Change::Line { line, .. } if line.archived => {
            !directory.channels.values().any(|channel| channel.value.line == line.id)
        }
        Change::Line { line, .. } => directory.may_follow_calendar(Some(&line.id), &line.settings),
        Change::Operator { operator, .. } => directory.keeps_an_administrator(operator),
        Change::Channel { channel, .. } => {
            directory.lines.get(&channel.line).is_none_or(|line| !line.value.archived)
        }
        Change::ImportedLine { .. }
        | Change::Account { .. }
        | Change::SignIn { .. }
        | Change::EndSignIn { .. }
        | Change::Noted { .. }
        | Change::Record { .. } => true,
    }
}

/// Adds a change to the group.
pub(crate) fn write(group: &mut Group, change: &Change) {
    match change {
        Change::Line { version, line } => {
            put(group, SharedKind::Line, line.id.as_str(), *version, line);
        }
        Change::ImportedLine { line } => {
            put(group, SharedKind::Line, line.id.as_str(), 0, line);
        }
        Change::Channel { version, channel } => {
            put(group, SharedKind::Channel, channel.id.as_str(), *version, channel);
        }
        Change::Operator { version, operator } => {
            put(group, SharedKind::Operator, operator.id.as_str(), *version, operator);
        }
        Change::Account { version, login, account } => {
            put(group, SharedKind::Account, login, *version, account);
        }
        Change::SignIn { version, digest, sign_in } => {
            put(group, SharedKind::SignIn, digest, *version, sign_in);
        }
        // The customers of the round have taken a record, as others of its works may change it too.
        Change::Record { .. } | Change::Noted { .. } => {}
        Change::EndSignIn { version, digest } => {
            let (kind, id) = (SharedKind::SignIn, digest.clone());
            group.ops.push(Op::DeleteShared { kind, id: id.clone(), expected: *version });
            let kind = kind.as_str().to_owned();
            group.show(FeedEvent::Shared { kind, id, version: 0, bytes: String::new() });
        }
    }
}

fn put(group: &mut Group, kind: SharedKind, id: &str, expected: u64, value: &impl Serialize) {
    let bytes = encode::document(value);
    let text = String::from_utf8_lossy(&bytes).into_owned();
    group.ops.push(Op::PutShared { kind, id: id.to_owned(), expected, bytes });
    let (kind, id) = (kind.as_str().to_owned(), id.to_owned());
    group.show(FeedEvent::Shared { kind, id, version: expected + 1, bytes: text });
}

/// Takes a committed event into what the node has in memory, before anybody is answered.
pub(crate) fn apply(parts: &Shared, event: &FeedEvent) {
    let FeedEvent::Shared { kind, id, version, bytes } = event else { return };
    parts.directory.change(|directory| directory.take(kind, id, *version, bytes.as_bytes()));
    if let Some(node) = parts.node.get() {
        node.do_send(SharedChanged { kind: kind.clone(), id: id.clone() });
    }
}

impl Directory {
    /// Takes a document as stored; the higher version wins. Version 0: it was deleted.
    pub(crate) fn take(&mut self, kind: &str, id: &str, version: u64, bytes: &[u8]) {
        match kind {
            "line" => {
                let line = LineId::new(id);
                keep(&mut self.lines, line.clone(), version, bytes);
                self.line_changed(&line);
            }
            "channel" => keep(&mut self.channels, ChannelId::new(id), version, bytes),
            "operator" => keep(&mut self.operators, OperatorId::new(id), version, bytes),
            "account" => keep(&mut self.accounts, id.to_owned(), version, bytes),
            "sign_in" => keep(&mut self.sign_ins, id.to_owned(), version, bytes),
            other => tracing::warn!(kind = other, "shared document of an unknown kind"),
        }
    }
}

fn keep<K: Ord, T: serde::de::DeserializeOwned>(
    map: &mut std::collections::BTreeMap<K, Versioned<T>>,
    id: K,
    version: u64,
    bytes: &[u8],
) {
    if version == 0 {
        map.remove(&id);
        return;
    }
    if map.get(&id).is_some_and(|kept| kept.version >= version) {
        return;
    }
    if let Some(value) = encode::read("shared document", bytes) {
        map.insert(id, Versioned { version, value: std::sync::Arc::new(value) });
    }
}
