//! What the audit log says of a change: who did it, and which fields differ.

use domain::audit::{AuditEntry, Deed, FieldChange, Subject, differences};
use domain::channel::{Channel, SECRETS};
use domain::conversation::Conversation;
use domain::effect::Effect;
use domain::id::OperatorId;
use domain::line::{Line, LineSettings};
use domain::operator::Operator;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

use crate::actors::directory::Directory;
use crate::actors::handle::Change;

/// Never of interest: they do not change.
const FIXED: [&str; 2] = ["id", "shard"];
/// What an operator says of himself: where he is, is remembered apart.
const OWN_STATUS: [&str; 3] = ["status", "status_reason", "set_away"];

/// The entry of a change, before the directory shows it. None: nothing differs, or it is nothing
/// that is audited.
pub(crate) fn entry_of(
    change: &Change,
    directory: &Directory,
    by: &OperatorId,
    at: Timestamp,
) -> Option<AuditEntry> {
    let (subject, what, changes) = match change {
        Change::Line { line, .. } => {
            let before = directory.lines.get(&line.id).map(|found| &*found.value);
            let (what, changes) = of_line(before, line);
            (Subject::Line(line.id.clone()), what, changes)
        }
        Change::ImportedLine { line } => {
            (Subject::Line(line.id.clone()), Deed::Imported, beside_defaults(&line.settings))
        }
        Change::Channel { channel, .. } => {
            let before = directory.channels.get(&channel.id).map(|found| &*found.value);
            (Subject::Channel(channel.id.clone()), deed(before), of_channel(before, channel))
        }
        Change::Operator { operator, .. } => {
            let before = directory.operators.get(&operator.id).map(|found| &*found.value);
            let changes = of_operator(before, operator, by);
            (Subject::Operator(operator.id.clone()), deed(before), changes)
        }
        Change::Account { login, account, .. } => {
            // A new one comes with its operator.
            directory.accounts.get(login)?;
            (Subject::Operator(account.operator.clone()), Deed::PasswordSet, Vec::new())
        }
        Change::Noted { what, subject } => (subject.clone(), *what, Vec::new()),
        Change::SignIn { .. } | Change::EndSignIn { .. } | Change::Record { .. } => return None,
    };
    let says_it_all = match what {
        Deed::Created | Deed::Changed => false,
        Deed::Imported
        | Deed::Archived
        | Deed::Restored
        | Deed::PasswordSet
        | Deed::Blocked
        | Deed::Unblocked => true,
    };
    let entry = AuditEntry { at, by: by.clone(), what, subject, changes };
    (says_it_all || what == Deed::Created || !entry.changes.is_empty()).then_some(entry)
}

/// The entry of a step of a conversation. None: nobody was blocked by it.
pub(crate) fn of_step(
    effects: &[Effect],
    conversation: &Conversation,
    at: Timestamp,
) -> Option<AuditEntry> {
    let subject = Subject::Customer(conversation.customer.clone()?);
    effects.iter().find_map(|effect| {
        let Effect::Spam { by, block: true } = effect else { return None };
        let (by, what, subject) = (by.clone(), Deed::Blocked, subject.clone());
        Some(AuditEntry { at, by, what, subject, changes: Vec::new() })
    })
}

fn deed<T>(before: Option<&T>) -> Deed {
    if before.is_some() { Deed::Changed } else { Deed::Created }
}

fn of_line(before: Option<&Line>, line: &Line) -> (Deed, Vec<FieldChange>) {
    let Some(before) = before else {
        return (Deed::Created, beside_defaults(&line.settings));
    };
    let changes = differences(&json(&before.settings), &json(&line.settings), &[]);
    let what = match (before.archived, line.archived) {
        (false, true) => Deed::Archived,
        (true, false) => Deed::Restored,
        (false, false) | (true, true) => Deed::Changed,
    };
    (what, changes)
}

/// What of a new line is not as in every new line.
fn beside_defaults(settings: &LineSettings) -> Vec<FieldChange> {
    let defaults = LineSettings::new("", Vec::new(), &settings.hours.timezone);
    differences(&json(&defaults), &json(settings), &[])
}

fn of_channel(before: Option<&Channel>, channel: &Channel) -> Vec<FieldChange> {
    differences(&document(before), &document(Some(channel)), &SECRETS)
}

fn of_operator(
    before: Option<&Operator>,
    operator: &Operator,
    by: &OperatorId,
) -> Vec<FieldChange> {
    let mut changes = differences(&document(before), &document(Some(operator)), &[]);
    if operator.id == *by {
        changes.retain(|change| !OWN_STATUS.contains(&change.field.as_str()));
    }
    changes
}

/// A document without what never changes.
fn document(value: Option<&impl Serialize>) -> Value {
    let mut document = value.map(json).unwrap_or_default();
    if let Some(fields) = document.as_object_mut() {
        fields.retain(|name, _| !FIXED.contains(&name.as_str()));
    }
    document
}

/// Stored types hold only text keys and finite numbers: this does not fail.
fn json(value: &impl Serialize) -> Value {
    serde_json::to_value(value).unwrap_or_default()
}
