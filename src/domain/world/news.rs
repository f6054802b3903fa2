//! What lines hear of each other: places taken and offers made, once they are committed.

use jiff::Timestamp;

use crate::id::{ConversationId, LineId, OperatorId};
use crate::world::World;
use crate::world::line::LineState;

/// Carries news from one line to the others.
#[derive(Debug, Default)]
pub(super) struct Newsboy {
    /// Waits until he is sent.
    pub(super) waits: bool,
    bag: Vec<(LineId, News)>,
}

#[derive(Clone, Debug)]
pub(super) enum News {
    /// A conversation takes a place of an operator, or does not any more.
    Holds { operator: OperatorId, conversation: ConversationId, holds: bool },
    /// A conversation is put before these.
    Offered { conversation: ConversationId, operators: Vec<OperatorId> },
    /// Something was offered to an operator, or came to him.
    Received { operator: OperatorId, at: Timestamp },
}

impl News {
    fn tell(&self, line: &mut LineState) {
        match self {
            Self::Holds { operator, conversation, holds } => {
                line.queue.hold(operator, conversation, *holds);
            }
            Self::Offered { conversation, operators } => {
                line.queue.offered(conversation, operators);
            }
            Self::Received { operator, at } => line.received(operator, 0, Some(*at)),
        }
    }
}

impl World {
    /// The line itself knows it already; of who has been offered something it hears again.
    pub(super) fn spread(&mut self, from: &LineId, news: News) {
        if self.newsboy.waits {
            self.newsboy.bag.push((from.clone(), news));
        } else {
            self.tell_others(from, &news);
        }
    }

    /// All that has happened in other lines is heard now.
    pub(super) fn hear(&mut self) {
        for (from, news) in std::mem::take(&mut self.newsboy.bag) {
            self.tell_others(&from, &news);
        }
    }

    fn tell_others(&mut self, from: &LineId, news: &News) {
        for (line, state) in &mut self.lines {
            let is_new = line != from || matches!(news, News::Received { .. });
            if is_new {
                news.tell(state);
            }
        }
    }
}
