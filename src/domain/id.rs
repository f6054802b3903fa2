//! Ids: one type for each noun, so that none is taken for another.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// Longest id accepted from outside, in bytes.
pub const ID_BYTES_MAX: usize = 64;

macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Arc<str>);

        impl $name {
            /// Takes a text that this program made. For text from outside use [`Self::parse`].
            pub fn new(text: impl Into<Arc<str>>) -> Self {
                Self(text.into())
            }

            /// Accepts 1 to [`ID_BYTES_MAX`] letters, digits, `-` and `_`.
            pub fn parse(text: &str) -> Option<Self> {
                let fits = (1..=ID_BYTES_MAX).contains(&text.len());
                let plain = text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
                (fits && plain).then(|| Self(text.into()))
            }

            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

text_id!(
    /// A line: a named set of rules with a queue.
    LineId
);
text_id!(
    /// A channel: one connected account of a platform.
    ChannelId
);
text_id!(
    /// A person who works in the console, whatever the role.
    OperatorId
);
text_id!(
    /// A conversation, `<shard>-<uuid v7>`: the id says where it lives.
    ConversationId
);

text_id!(
    /// A customer: a person, whatever channels he writes through.
    CustomerId
);
text_id!(
    /// A lead: the record made of an unknown customer.
    LeadId
);

text_id!(
    /// A file that is kept here: nobody can guess it.
    FileId
);

impl ConversationId {
    /// The id of a conversation that lives in `shard`; `unique` is a fresh UUID v7.
    pub fn in_shard(shard: ShardId, unique: &str) -> Self {
        Self(format!("{}-{unique}", shard.0).into())
    }

    /// The shard in which the conversation lives, if the id is well formed.
    pub fn shard(&self) -> Option<ShardId> {
        let (shard, _) = self.0.split_once('-')?;
        shard.parse().ok().map(ShardId)
    }
}

/// A shard: a group of lines that one node owns at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ShardId(pub u16);

impl fmt::Display for ShardId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The number of an entry in its conversation: 1, 2, 3 and so on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EntryNumber(pub u32);

impl EntryNumber {
    /// That of the entry behind it.
    pub(crate) fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

/// The number of an offer in its conversation. One decision makes one offer, which may be put
/// before several operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct OfferId(pub u32);

/// The permanent pair of a channel and the id that its platform gives to a chat.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ChatKey {
    pub channel: ChannelId,
    /// As the platform names it, always as text.
    pub external: Arc<str>,
}

impl fmt::Display for ChatKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.channel, self.external)
    }
}
