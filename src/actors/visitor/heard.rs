//! What the feed tells a visitor's page, so that nothing need be read from what is stored.
//!
//! What is read of a feed at once may end within a commit, or hold several; a conversation's `Chat` follows
//! all records that were added until then, and has the number of the last of them. So it can be told
//! whether they join on to where a page is; whatever does not, or would change more on the page than it
//! adds, is left to [`chat::news`](super::chat::news).

use domain::entry::{Body, CorrectionState, Entry};
use domain::event::{FeedEvent, Row, RowState};
use domain::id::ConversationId;
use domain::texts::Kind;
use jiff::Timestamp;

use crate::actors::directory::Directory;
use crate::actors::feed::visitors::Stirred;
use crate::actors::visitor::chat::{Position, answerer, hours, item};
use crate::protocol::visitor::{ChatState, Phase, VisitorNews};

/// What happened since a position at which the page was told that state, by the parts of the feed that
/// came since, in their order. None: they do not tell all of it.
pub(super) fn news(
    parts: &[Stirred],
    (at, told): (&Position, &ChatState),
    directory: &Directory,
    now: Timestamp,
) -> Option<VisitorNews> {
    if told.phase != Phase::Answered || told.rating.is_some() {
        return None;
    }
    let (mut record, mut row, mut entries) = (at.record, None, Vec::new());
    for part in parts {
        let part = Part::of(part, &at.conversation)?;
        // The page has it from what was read meanwhile.
        if part.last_record <= record {
            continue;
        }
        if part.last_record.checked_sub(part.records) != Some(record) {
            return None;
        }
        record = part.last_record;
        row = part.row.or(row);
        entries.extend(part.entries);
    }
    let state = match row {
        Some(row) => ChatState {
            with: answerer(row.operator.as_ref(), &row.line, directory),
            hours: hours(Some(&row.line), directory, now),
            ..told.clone()
        },
        // Nothing is shown anew: the hours are told with what comes next.
        None => told.clone(),
    };
    let line = row.map(|row| &row.line);
    let shown = |entry| Some(item(entry, (&at.conversation, line?), directory));
    let items = entries.into_iter().map(shown).collect::<Option<Vec<_>>>()?;
    let position = Position { record, ..at.clone() };
    Some(VisitorNews {
        reset: false,
        items: items.into_iter().flatten().collect(),
        position: Some(position.text()),
        state,
    })
}

/// What a part of the feed says of a conversation that is answered.
struct Part<'a> {
    last_record: u32,
    /// How many it adds.
    records: u32,
    row: Option<&'a Row>,
    entries: Vec<&'a Entry>,
}

impl<'a> Part<'a> {
    /// None: it is about another conversation, changes more of what is shown than it adds, or has records
    /// behind the last `Chat`: that of their commit is not here.
    fn of(Stirred(events): &'a Stirred, conversation: &ConversationId) -> Option<Self> {
        let (mut last, mut records, mut row, mut entries) = (None, 0, None, Vec::new());
        for event in events.iter() {
            match &event.event {
                FeedEvent::Chat { conversation: of, last_record, .. } if of == conversation => {
                    last = Some(*last_record);
                }
                FeedEvent::Row { row: shown } if shown.state == RowState::Active => {
                    row = Some(&**shown);
                }
                FeedEvent::Entry { entry, .. } if !asks(entry) => {
                    (last, records) = (None, records + 1);
                    entries.push(&**entry);
                }
                FeedEvent::Corrected {
                    state: CorrectionState::Pending | CorrectionState::Failed { .. },
                    ..
                }
                | FeedEvent::Edited { .. }
                | FeedEvent::Delivery { .. }
                | FeedEvent::Copied { .. }
                | FeedEvent::Deleted { .. }
                | FeedEvent::Reacted { .. } => (last, records) = (None, records + 1),
                FeedEvent::Chat { .. }
                | FeedEvent::Row { .. }
                | FeedEvent::Entry { .. }
                | FeedEvent::Corrected { state: CorrectionState::Done, .. }
                | FeedEvent::Shared { .. }
                | FeedEvent::Records { .. }
                | FeedEvent::Load { .. }
                | FeedEvent::Offered { .. }
                | FeedEvent::Attention { .. }
                | FeedEvent::Answered { .. }
                | FeedEvent::Forgotten { .. }
                | FeedEvent::Alarm { .. } => return None,
            }
        }
        Some(Self { last_record: last?, records, row, entries })
    }
}

/// Whether it asks for a rating, which can be given for a while.
fn asks(entry: &Entry) -> bool {
    match &entry.body {
        Body::Message(message) => message.automatic.and_then(Kind::asks_for).is_some(),
        Body::Fact(_) | Body::Note { .. } => false,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use domain::conversation::{Conversation, Opening, TextsSent};
    use domain::entry::{Author, Correction, Message};
    use domain::event::Audience;
    use domain::id::{ChannelId, ChatKey, EntryNumber, LineId};

    use super::*;
    use crate::actors::encode::Place;
    use crate::actors::feed::tail::TailEvent;
    use crate::protocol::visitor::{OpenHours, OpenRating, VisitorItem};

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    fn conversation() -> Conversation {
        let opening = Opening {
            id: ConversationId::new("1-a"),
            line: LineId::new("sales"),
            chat: ChatKey { channel: ChannelId::new("site"), external: "ivan".into() },
            customer: None,
            customer_name: "Ivan".to_owned(),
            continues: None,
            texts_sent: TextsSent::default(),
        };
        Conversation::open(opening, NOW)
    }

    fn row(state: RowState) -> FeedEvent {
        FeedEvent::Row { row: Row { state, ..conversation().row() }.into() }
    }

    fn chat(last_record: u32) -> FeedEvent {
        let Conversation { id, chat, .. } = conversation();
        FeedEvent::Chat { chat, conversation: id, last_record }
    }

    fn says(message: Message) -> FeedEvent {
        let Conversation { id, line, .. } = conversation();
        let (n, body) = (EntryNumber(1), Body::Message(message));
        let entry = Entry { n, at: NOW, author: Author::Customer, body }.into();
        FeedEvent::Entry { conversation: id, line, audience: Audience::default(), entry }
    }

    fn text(text: &str) -> FeedEvent {
        says(Message { text: text.into(), ..Message::default() })
    }

    fn corrected(state: CorrectionState) -> FeedEvent {
        let Conversation { id, line, .. } = conversation();
        let (audience, entry, at) = (Audience::default(), EntryNumber(1), NOW);
        let correction = Correction::Delete;
        FeedEvent::Corrected { conversation: id, line, audience, entry, correction, state, at }
    }

    fn commit(events: impl IntoIterator<Item = FeedEvent>) -> Stirred {
        let (place, previous) = (Place::default(), Place::default());
        let event = |event| Arc::new(TailEvent { place, previous, event });
        Stirred(Arc::new(events.into_iter().map(event).collect()))
    }

    /// A commit of one message, after which the conversation has so many records.
    fn message(said: &str, last_record: u32) -> Stirred {
        commit([text(said), row(RowState::Active), chat(last_record)])
    }

    fn answered() -> ChatState {
        let hours = OpenHours { open: true, opens_at: None };
        ChatState { phase: Phase::Answered, with: None, queue: None, rating: None, hours }
    }

    /// Where a page is that had ten records, and what is new on it.
    fn told(commits: &[Stirred]) -> Option<(String, Vec<String>)> {
        told_at(commits, &answered())
    }

    fn told_at(commits: &[Stirred], state: &ChatState) -> Option<(String, Vec<String>)> {
        let at = Position { conversation: conversation().id, record: 10 };
        let news = news(commits, (&at, state), &Directory::default(), NOW)?;
        assert!(!news.reset);
        let text = |item| match item {
            VisitorItem::Message { text, .. } => text,
            VisitorItem::Rated { .. } => "rated".to_owned(),
        };
        Some((news.position?, news.items.into_iter().map(text).collect()))
    }

    fn is(position: &str, items: &[&str]) -> (String, Vec<String>) {
        (position.to_owned(), items.iter().map(|item| (*item).to_owned()).collect())
    }

    #[test]
    fn what_joins_on_is_told() {
        assert_eq!(told(&[message("one", 11)]), Some(is("1-a.11", &["one"])));
        let two = [message("one", 11), message("two", 12)];
        assert_eq!(told(&two), Some(is("1-a.12", &["one", "two"])));
        let together = commit([text("one"), text("two"), row(RowState::Active), chat(12)]);
        assert_eq!(told(&[together]), Some(is("1-a.12", &["one", "two"])));
        let silent = commit([corrected(CorrectionState::Pending), chat(11)]);
        assert_eq!(
            told(&[silent]),
            Some(is("1-a.11", &[])),
            "it says nothing to him, and is behind him"
        );
        assert_eq!(told(&[commit([row(RowState::Active), chat(10)])]), Some(is("1-a.10", &[])));
    }

    #[test]
    fn what_is_known_is_not_told_again() {
        assert_eq!(told(&[message("ten", 10)]), Some(is("1-a.10", &[])));
        assert_eq!(told(&[message("nine", 9), message("one", 11)]), Some(is("1-a.11", &["one"])));
    }

    #[test]
    fn what_does_not_join_on_is_left_to_the_store() {
        assert_eq!(told(&[message("two", 12)]), None);
        assert_eq!(told(&[message("one", 11), message("three", 13)]), None);
        assert_eq!(
            told(&[message("ten", 10), message("two", 12)]),
            None,
            "what is known makes up for nothing"
        );
        let half_known = commit([text("ten"), text("one"), row(RowState::Active), chat(11)]);
        assert_eq!(told(&[half_known]), None);
        assert_eq!(told(&[commit([text("one"), row(RowState::Active)])]), None, "not all is here");
        let within = commit([row(RowState::Active), chat(11), text("two")]);
        assert_eq!(told(&[within]), None, "the first message is in the part before");
        assert_eq!(told(&[Stirred::default()]), None, "nothing is known of what was missed");
    }

    #[test]
    fn what_changes_more_than_it_adds_is_left_to_the_store() {
        for state in [RowState::Waiting, RowState::Offered, RowState::Closing, RowState::Closed] {
            assert_eq!(told(&[commit([text("one"), row(state), chat(11)])]), None, "{state:?}");
        }
        let done = commit([corrected(CorrectionState::Done), row(RowState::Active), chat(11)]);
        assert_eq!(told(&[done]), None);
        let asks = says(Message { automatic: Some(Kind::RateLike), ..Message::default() });
        assert_eq!(told(&[commit([asks, row(RowState::Active), chat(11)])]), None);
        let other = ConversationId::new("1-b");
        let of_other =
            FeedEvent::Chat { chat: conversation().chat, conversation: other, last_record: 11 };
        assert_eq!(told(&[commit([text("one"), row(RowState::Active), of_other])]), None);
        assert_eq!(told(&[commit([text("one"), chat(11)])]), None, "the line is not known");
    }

    #[test]
    fn only_while_a_conversation_is_answered_is_all_told() {
        let conversation = conversation().id;
        let rating = Some(OpenRating { conversation, scale: domain::line::RatingScale::Like });
        for state in [
            ChatState { phase: Phase::Idle, ..answered() },
            ChatState { phase: Phase::Waiting, ..answered() },
            ChatState { rating, ..answered() },
        ] {
            assert_eq!(told_at(&[message("one", 11)], &state), None, "{state:?}");
        }
    }
}
