//! The frames between a visitor's page (or any program that stands for one) and the hub.
//!
//! [`VisitorFrame`] comes in, over the socket or by POST; [`VisitorNews`] goes out, over the socket
//! in a [`VisitorServerFrame`] or as the answer to a poll. Nothing here names an operator, a line or
//! another conversation than the visitor's own. `docs/PROTOCOL.md` is written for a stranger.

use domain::chat::Receipt;
use domain::id::{ConversationId, EntryNumber, FileId};
use domain::line::RatingScale;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Most characters of one message of a visitor.
pub const TEXT_CHARS_MAX: usize = 4_000;
/// Longest name, phone or address in the contact form, in characters.
pub const FIELD_CHARS_MAX: usize = 200;

/// From the page.
#[derive(
    Clone, Debug, PartialEq, Deserialize, Serialize, strum::EnumCount, strum::IntoStaticStr,
)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
#[strum(serialize_all = "snake_case")]
pub enum VisitorFrame {
    /// The first frame of a socket. `after`: up to where the page knows its chat; null: nothing.
    Hello { token: String, after: Option<String> },
    /// The page has taken in everything up to here; only over a socket.
    Ack { position: String },
    /// `id` is made by the page and kept when it repeats the message.
    Message {
        id: Uuid,
        /// Empty only with files.
        text: String,
        /// Uploaded before.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        files: Vec<FileId>,
    },
    /// Answers a request to rate.
    Rate { id: Uuid, value: u8 },
    /// The contact form.
    Introduce {
        id: Uuid,
        #[serde(default)]
        name: String,
        #[serde(default)]
        phone: String,
        #[serde(default)]
        email: String,
        #[serde(default)]
        consent: bool,
    },
    /// What the hub wrote in that conversation, up to that entry, has got so far.
    Received { conversation: ConversationId, up_to: EntryNumber, how: Receipt },
    /// The visitor is writing.
    Typing {},
}

/// To the page, over a socket.
#[derive(
    Clone, Debug, PartialEq, Serialize, Deserialize, strum::EnumCount, strum::IntoStaticStr,
)]
#[serde(tag = "type", rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum VisitorServerFrame {
    News(VisitorNews),
    /// The answer to whatever has an `id`.
    Result {
        id: Uuid,
        #[serde(flatten)]
        outcome: VisitorOutcome,
    },
    /// Whoever answers is writing.
    Typing {},
    /// Nothing is new; the connection lives.
    Beat {},
    /// The hub goes down: come back after that many milliseconds.
    Reconnect {
        after_ms: u32,
    },
    /// The frame was not understood, or says something impossible.
    Error {
        code: VisitorError,
        message: String,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VisitorError {
    BadFrame,
    /// The first frame is `hello`.
    HelloExpected,
    /// Start anew: the token is none, or too old.
    BadToken,
}

/// What became of something that a visitor did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum VisitorOutcome {
    /// It is stored, now or by an earlier attempt. With a token, it takes the place of the old one.
    Done {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        token: Option<String>,
    },
    Refused {
        #[serde(flatten)]
        why: VisitorRefusal,
    },
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum VisitorRefusal {
    /// A field is empty, too long or not of its form.
    BadValue { field: String },
    /// Too much at once: repeat it after so many seconds.
    TooFast { seconds: u64 },
    /// The visitor is asked for his consent first.
    ConsentNeeded {},
    /// The contact form is to be filled in first.
    FormNeeded {},
    /// Nothing is known of whether it was stored: repeat it with the same id.
    Unavailable {},
}

/// What happened in the visitor's chat since a position, in order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct VisitorNews {
    /// The page forgets what it has, for it did not know its place, or a message there says something
    /// else now: this is all that it is shown.
    pub reset: bool,
    pub items: Vec<VisitorItem>,
    /// Where the page is when it has taken these in; null: nothing was ever written.
    pub position: Option<String>,
    pub state: ChatState,
}

#[derive(
    Clone, Debug, PartialEq, Serialize, Deserialize, strum::EnumCount, strum::IntoStaticStr,
)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum VisitorItem {
    Message {
        conversation: ConversationId,
        n: EntryNumber,
        at: Timestamp,
        from: Writer,
        text: String,
        /// The visitor's own message: the id that his page gave it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        id: Option<String>,
        /// It asks for a rating on this scale.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        rating: Option<RatingScale>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        files: Vec<VisitorFile>,
        /// It said something else before.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        edited: bool,
        /// It was taken back: nothing is left of it.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        deleted: bool,
    },
    Rated {
        conversation: ConversationId,
        scale: RatingScale,
        value: u8,
    },
}

/// A file of a message, to be fetched at `/widget/{channel}/files/{conversation}/{n}/{index}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VisitorFile {
    pub index: usize,
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size_bytes: Option<u64>,
    /// There is a picture of it, at `.../{index}/picture`.
    pub picture: bool,
}

/// Who wrote a message, as the visitor may see him.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "who", rename_all = "snake_case")]
pub enum Writer {
    Visitor {},
    /// A person, under the name that the line shows.
    Person(Shown),
    /// The company: an automatic message, or a person who is not shown.
    Company {},
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shown {
    pub name: String,
    /// An https address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub picture: Option<String>,
}

/// How the chat stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChatState {
    pub phase: Phase,
    /// Who answers, as he is shown; null: nobody, or nobody in particular.
    pub with: Option<Shown>,
    /// While nobody answers and the line is open.
    pub queue: Option<QueueState>,
    /// A rating is taken for that conversation now.
    pub rating: Option<OpenRating>,
    pub hours: OpenHours,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Nothing is open: a message begins the next conversation.
    Idle,
    Waiting,
    Answered,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueueState {
    /// From 1.
    pub position: usize,
    /// Whole minutes, rounded up; null: too little is known to say.
    pub wait_minutes: Option<u32>,
    /// Somebody is here who could answer.
    pub staffed: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenRating {
    pub conversation: ConversationId,
    pub scale: RatingScale,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenHours {
    pub open: bool,
    /// While it is closed: when it opens; null: not in sight.
    pub opens_at: Option<Timestamp>,
}
