//! People, lines and channels, as a browser gets them.

use domain::channel::ReplyWindow;
use domain::id::{ChannelId, LineId, OperatorId};
use domain::operator::{Role, Status};
use serde::{Deserialize, Serialize};

/// The person who signed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Me {
    pub id: OperatorId,
    pub name: String,
    pub role: Role,
    pub status: Status,
    pub status_reason: Option<String>,
    /// He was set away because he missed offers, and has not set his status since.
    pub set_away: bool,
    /// Lines in whose queue he is.
    pub queues: Vec<LineId>,
    /// Lines he oversees; for an administrator all of them.
    pub supervises: Vec<LineId>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineView {
    pub id: LineId,
    pub name: String,
    pub active: bool,
    pub archived: bool,
    /// What a conversation may be about.
    pub topics: Vec<String>,
    pub topic_required: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChannelView {
    pub id: ChannelId,
    pub name: String,
    /// `telegram`, `webhook`, ...
    pub platform: String,
    pub line: LineId,
    /// Operators may edit and delete there what they sent.
    pub corrects: bool,
    /// How long customers may be written to after their last message; none: always.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window: Option<ReplyWindow>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OperatorView {
    pub id: OperatorId,
    pub name: String,
    pub role: Role,
    pub status: Status,
    pub status_reason: Option<String>,
    pub set_away: bool,
    pub enabled: bool,
}
