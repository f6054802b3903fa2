//! Forms of domain values for the `OpenAPI` document. The domain itself knows nothing of documents;
//! the tests below keep these forms and the domain's the same. Those of a line are in
//! `line_schema`, those of a conversation's log in `entry_schema`.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    Operator,
    Supervisor,
    Administrator,
}

/// What a person says of himself.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    Available,
    /// No new offers; keeps his conversations.
    Busy,
    /// As if offline.
    Away,
}

/// One change by a person.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AuditEntry {
    pub at: String,
    /// The operator who did it.
    pub by: String,
    pub what: Deed,
    pub subject: Subject,
    /// Empty where the deed says it all.
    pub changes: Vec<FieldChange>,
}

#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Deed {
    Created,
    /// Created from a file.
    Imported,
    Changed,
    Archived,
    /// Taken out of the archive.
    Restored,
    PasswordSet,
    Blocked,
    Unblocked,
}

#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", content = "id", rename_all = "snake_case")]
pub enum Subject {
    Line(String),
    Channel(String),
    Operator(String),
    Customer(String),
}

/// A field before and after. Long texts and lists are cut, and end with `…` and how much is left
/// out; a secret is `••••`.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FieldChange {
    /// Its name in the interface, as `queue.mode`.
    pub field: String,
    /// Null: there was nothing.
    #[schema(value_type = Object, nullable)]
    pub from: Value,
    #[schema(value_type = Object, nullable)]
    pub to: Value,
}

/// A conversation in a list.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Row {
    pub conversation: String,
    pub line: String,
    pub channel: String,
    pub customer_name: String,
    pub state: RowState,
    /// Who holds it, or finished it.
    pub operator: Option<String>,
    /// Open offers.
    pub offers: Vec<RowOffer>,
    /// All who hold or held it.
    pub held: Vec<String>,
    /// Its round is exhausted and nobody has taken it yet.
    pub unanswered: bool,
    /// Since when the customer waits for an answer.
    pub waiting_since: Option<String>,
    pub started_at: String,
    pub updated_at: String,
    /// The first characters of the last message; empty if it had no text.
    pub preview: String,
    /// What came instead of text: `contact`, `location`, `sticker`, `photo`, ...
    pub preview_kind: Option<String>,
    /// Number of the last entry.
    pub last_entry: u32,
}

#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RowState {
    Waiting,
    Offered,
    Active,
    Closing,
    Closed,
}

#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RowOffer {
    pub operator: String,
    pub offer: u32,
    pub until: String,
}

#[cfg(test)]
mod tests {
    use domain::event;
    use domain::id::{ChannelId, ConversationId, EntryNumber, LineId, OfferId, OperatorId};
    use domain::{line, operator, texts};
    use jiff::Timestamp;
    use serde::de::DeserializeOwned;

    use super::*;

    /// The domain's value survives the way through its documented form unchanged.
    #[track_caller]
    fn same<D, F>(value: &D)
    where
        D: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug,
        F: Serialize + DeserializeOwned,
    {
        let json = serde_json::to_value(value).expect("serialised");
        let form: F = serde_json::from_value(json.clone()).expect("the form knows every field");
        assert_eq!(serde_json::to_value(form).expect("serialised"), json);
    }

    #[test]
    fn lines_are_as_documented() {
        let mut settings = line::LineSettings::new("Support", vec![OperatorId::new("anna")]);
        for (mode, rule, language) in [
            (line::QueueMode::Evenly, line::UnansweredRule::Reply, texts::Language::En),
            (line::QueueMode::Strictly, line::UnansweredRule::Requeue, texts::Language::Ru),
            (line::QueueMode::All, line::UnansweredRule::Nothing, texts::Language::En),
        ] {
            (settings.queue.mode, settings.unanswered.rule, settings.language) =
                (mode, rule, language);
            same::<_, LineSettings>(&settings);
            settings.unanswered.text = Some("soon".to_owned());
            same::<_, NewLineSettings>(&settings);
        }
    }

    #[test]
    fn people_are_as_documented() {
        use operator::{Role as R, Status as S};
        for role in [R::Operator, R::Supervisor, R::Administrator] {
            same::<_, Role>(&role);
        }
        for status in [S::Available, S::Busy, S::Away] {
            same::<_, Status>(&status);
        }
    }

    #[test]
    fn rows_are_as_documented() {
        use event::RowState as S;
        let at = Timestamp::UNIX_EPOCH;
        let (operator, offer) = (OperatorId::new("anna"), OfferId(3));
        let row = |state| event::Row {
            conversation: ConversationId::new("0-1"),
            line: LineId::new("support"),
            channel: ChannelId::new("bot"),
            customer_name: "Ivan".to_owned(),
            state,
            operator: Some(operator.clone()),
            offers: vec![event::RowOffer { operator: operator.clone(), offer, until: at }],
            held: vec![operator.clone()],
            unanswered: true,
            waiting_since: Some(at),
            started_at: at,
            updated_at: at,
            preview: "hello".to_owned(),
            preview_kind: Some("photo".to_owned()),
            last_entry: EntryNumber(7),
        };
        for state in [S::Waiting, S::Offered, S::Active, S::Closing, S::Closed] {
            same::<_, Row>(&row(state));
        }
    }
}
