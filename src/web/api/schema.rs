//! Forms of domain values for the `OpenAPI` document. The domain itself knows nothing of documents;
//! the tests below keep these forms and the domain's the same.

use serde::{Deserialize, Serialize};
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

/// The settings of a line.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LineSettings {
    /// 1..100 characters; shown to operators, never to customers.
    pub name: String,
    /// An inactive line stores messages and does not route them.
    pub active: bool,
    pub language: Language,
    pub queue: QueueSettings,
    pub unanswered: UnansweredSettings,
    pub closing: ClosingSettings,
}

/// The settings of a new line; what is left out is the default.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct NewLineSettings {
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub active: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub language: Option<Language>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub queue: Option<NewQueueSettings>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub unanswered: Option<NewUnansweredSettings>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub closing: Option<ClosingSettings>,
}

/// As `QueueSettings`.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct NewQueueSettings {
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub mode: Option<QueueMode>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub operators: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub offer_timeout_seconds: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub require_available: Option<bool>,
}

/// As `UnansweredSettings`.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct NewUnansweredSettings {
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub rule: Option<UnansweredRule>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub after_seconds: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub text_on_requeue: Option<bool>,
    /// Null: the default text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// A day or a range of days with hours of their own.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Holiday {
    /// `YYYY-MM-DD`
    pub from: String,
    /// `YYYY-MM-DD`, the last day of it.
    pub to: String,
    /// Every year from that day and month to that day and month.
    pub yearly: bool,
    /// At most 8; none: closed.
    pub intervals: Vec<Interval>,
    /// At most 100 characters.
    pub name: String,
    /// From a calendar file; what is entered by hand goes before it.
    pub imported: bool,
}

/// Open from a time of the day it belongs to until another.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Interval {
    /// `00:00` to `23:59`
    pub from: String,
    /// `00:00` to `24:00`; not after `from`: on the next day.
    pub to: String,
}

/// Language of the default texts.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    En,
    Ru,
}

#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct QueueSettings {
    pub mode: QueueMode,
    /// Ids in the order in which `strictly` offers; at most 1000, each once.
    pub operators: Vec<String>,
    /// 60..1800, unless the configuration says otherwise.
    pub offer_timeout_seconds: u32,
    /// Offer only to operators who are available.
    pub require_available: bool,
}

#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum QueueMode {
    /// Everybody receives the same number.
    Evenly,
    /// The first eligible from the head of the list.
    Strictly,
    /// Everybody eligible at once; the first accept wins.
    All,
}

#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UnansweredSettings {
    pub rule: UnansweredRule,
    /// 0: at the end of the round; else 30..86400.
    pub after_seconds: u32,
    /// Whether `requeue` sends the text too.
    pub text_on_requeue: bool,
    /// 1..2000 characters; null: the default text in the line's language.
    pub text: Option<String>,
}

#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum UnansweredRule {
    /// The text to the customer; the conversation is in the unanswered list.
    Reply,
    /// A new round, again and again.
    Requeue,
    /// The unanswered list, without a text.
    Nothing,
}

#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ClosingSettings {
    /// 0..86400: a message within it reopens the conversation with the same operator.
    pub reopen_window_seconds: u32,
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
    use domain::{hours, line, operator, texts};
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
    fn holidays_are_as_documented() {
        let (from, to) = hours::ClockTime::new(9, 0).zip(hours::ClockTime::new(24, 0)).unwrap();
        same::<_, Holiday>(&hours::Holiday {
            from: jiff::civil::date(2026, 5, 1),
            to: jiff::civil::date(2026, 5, 2),
            yearly: true,
            intervals: vec![hours::Interval { from, to }],
            name: "May".to_owned(),
            imported: true,
        });
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
