//! Forms of domain values for the `OpenAPI` document. The domain itself knows nothing of documents;
//! the tests below keep these forms and the domain's the same. Those of a line are in
//! `line_schema`, those of a conversation's log in `entry_schema`.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::web::api::line_schema::RatingScale;

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

/// What became of the customers of a day that was rehearsed.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RehearsedDay {
    /// That customers began.
    pub conversations: u64,
    /// Of them: somebody has had it.
    pub accepted: u64,
    /// Offers that ran out.
    pub missed: u64,
    /// Offers that were declined.
    pub declined: u64,
    /// Conversations that nobody has had by the end of the day.
    pub unanswered: u64,
    /// From the customer's first message until somebody had it; null: nobody had any.
    pub wait_p50_seconds: Option<u64>,
    pub wait_p90_seconds: Option<u64>,
    pub wait_max_seconds: Option<u64>,
    pub by_operator: Vec<RehearsedOperator>,
}

#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RehearsedOperator {
    pub operator: String,
    pub offered: u64,
    pub accepted: u64,
    pub missed: u64,
    pub declined: u64,
}

/// A conversation in a list.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Row {
    pub conversation: String,
    pub line: String,
    pub channel: String,
    /// Whose card it is; not there: nobody's yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer: Option<String>,
    pub customer_name: String,
    pub state: RowState,
    /// Who holds it, or finished it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operator: Option<String>,
    /// Open offers.
    pub offers: Vec<RowOffer>,
    /// Who hands it to a colleague and may take that back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub handed_by: Option<String>,
    /// Whose customer it is: he is not here, and may take it all the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub listed_for: Option<String>,
    /// All who hold or held it.
    pub held: Vec<String>,
    /// Who takes part beside the operator.
    pub joined: Vec<String>,
    /// Its round is exhausted and nobody has taken it yet.
    pub unanswered: bool,
    /// Since when the customer waits for an answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waiting_since: Option<String>,
    /// He has waited longer than the line allows.
    pub late: bool,
    /// The operator has put it aside until then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hold_until: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub topic: Option<String>,
    /// What the customer thinks of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rating: Option<RowRating>,
    /// What a supervisor thinks of it, 1..5.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub review: Option<u8>,
    /// Why it is closed, or is about to be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<CloseReason>,
    /// The conversation before this one, or the part of this one in another line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub continues: Option<String>,
    pub started_at: String,
    pub updated_at: String,
    /// The first characters of the last message; empty if it had no text.
    pub preview: String,
    /// What came instead of text: `contact`, `location`, `sticker`, `photo`, ...
    #[serde(skip_serializing_if = "Option::is_none")]
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
    pub via: Via,
}

/// How a conversation comes to an operator.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Via {
    Queue,
    /// He owns the customer.
    Responsible,
    /// The customer knows him.
    Known,
    /// A colleague hands it to him.
    Transfer,
    /// He took it, or opened it himself.
    Hand,
    /// It was his, and he came back.
    Return,
}

#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RowRating {
    pub scale: RatingScale,
    pub value: u8,
}

/// Why a conversation is closed.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(tag = "why", rename_all = "snake_case")]
pub enum CloseReason {
    Finished,
    /// The customer was silent.
    Silence,
    Spam,
    /// It goes on there.
    Moved {
        line: String,
        next: String,
    },
    /// It holds what a blocked customer or a machine wrote, and was never open.
    Unheard,
}

#[cfg(test)]
pub(super) mod tests {
    use domain::audit::{self, AuditEntry as Audited};
    use domain::entry::CloseReason as Reason;
    use domain::event;
    use domain::id::{
        ChannelId, ConversationId, CustomerId, EntryNumber, LineId, OfferId, OperatorId,
    };
    use domain::line::RatingScale as Scale;
    use domain::operator;
    use domain::rehearsal::{OperatorSummary, Summary};
    use domain::routing;
    use jiff::Timestamp;
    use serde::de::DeserializeOwned;

    use super::*;

    /// The domain's value survives the way through its documented form unchanged.
    #[track_caller]
    pub(in crate::web::api) fn same<D, F>(value: &D)
    where
        D: Serialize,
        F: Serialize + DeserializeOwned,
    {
        let json = serde_json::to_value(value).expect("serialised");
        let form: F = serde_json::from_value(json.clone()).expect("the form knows every field");
        assert_eq!(serde_json::to_value(form).expect("serialised"), json);
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
    fn the_audit_log_is_as_documented() {
        use audit::Deed as D;
        use audit::Subject as S;
        let line = LineId::new("sales");
        for (what, subject) in [
            (D::Created, S::Line(line.clone())),
            (D::Imported, S::Line(line.clone())),
            (D::Archived, S::Line(line.clone())),
            (D::Restored, S::Line(line)),
            (D::Changed, S::Channel(ChannelId::new("bot"))),
            (D::PasswordSet, S::Operator(OperatorId::new("anna"))),
            (D::Blocked, S::Customer(CustomerId::new("ivan"))),
            (D::Unblocked, S::Customer(CustomerId::new("ivan"))),
        ] {
            let (field, from, to) = ("queue.mode".to_owned(), Value::Null, "all".into());
            let changes = vec![audit::FieldChange { field, from, to }];
            let by = OperatorId::new("chief");
            same::<_, AuditEntry>(&Audited {
                at: Timestamp::UNIX_EPOCH,
                by,
                what,
                subject,
                changes,
            });
        }
    }

    #[test]
    fn rehearsals_are_as_documented() {
        let operator = OperatorId::new("anna");
        let (offered, accepted, missed, declined) = (4, 2, 1, 1);
        let his = OperatorSummary { operator, offered, accepted, missed, declined };
        let summary = Summary { by_operator: vec![his], ..Summary::default() };
        same::<_, RehearsedDay>(&summary);
        same::<_, RehearsedDay>(&Summary { wait_p50_seconds: Some(7), ..summary });
    }

    #[test]
    fn rows_are_as_documented() {
        use event::RowState as S;
        use routing::Via as V;
        let at = Timestamp::UNIX_EPOCH;
        let (operator, offer) = (OperatorId::new("anna"), OfferId(3));
        let moved = Reason::Moved { line: LineId::new("sales"), next: ConversationId::new("1-2") };
        let row = |state, via, reason| event::Row {
            conversation: ConversationId::new("0-1"),
            line: LineId::new("support"),
            channel: ChannelId::new("bot"),
            customer: Some(CustomerId::new("ivan")),
            customer_name: "Ivan".to_owned(),
            state,
            operator: Some(operator.clone()),
            offers: vec![event::RowOffer { operator: operator.clone(), offer, until: at, via }],
            handed_by: Some(operator.clone()),
            listed_for: Some(operator.clone()),
            held: vec![operator.clone()],
            joined: vec![operator.clone()],
            unanswered: true,
            waiting_since: Some(at),
            late: true,
            hold_until: Some(at),
            topic: Some("Delivery".to_owned()),
            rating: Some(event::RowRating { scale: Scale::Stars, value: 4 }),
            review: Some(5),
            reason: Some(reason),
            continues: Some(ConversationId::new("0-0")),
            started_at: at,
            updated_at: at,
            preview: "hello".to_owned(),
            preview_kind: Some("photo".to_owned()),
            last_entry: EntryNumber(7),
        };
        for (state, via, reason) in [
            (S::Waiting, V::Queue, Reason::Finished),
            (S::Offered, V::Responsible, Reason::Silence),
            (S::Active, V::Known, Reason::Spam),
            (S::Closing, V::Transfer, Reason::Unheard),
            (S::Closed, V::Hand, moved.clone()),
            (S::Closed, V::Return, moved),
        ] {
            same::<_, Row>(&row(state, via, reason));
        }
    }
}
