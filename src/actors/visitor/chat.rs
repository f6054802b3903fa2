//! What a visitor may read: his own chat, without notes, facts and names that the line hides.
//!
//! A position is a conversation of the chat and a record of its history, so that it holds whatever
//! becomes of feeds and nodes: what comes after it is read from what is stored.

use domain::chat::{Chat, Receipt};
use domain::conversation::{Conversation, State};
use domain::entry::{
    Attachment, Author, Body, Correction, CorrectionState, DeliveryState, Entry, Fact, Message,
    Record, fold,
};
use domain::file::{FileCopy, PHOTO};
use domain::id::{ChannelId, ChatKey, ConversationId, EntryNumber, LineId, OperatorId};
use domain::texts::Kind;
use jiff::Timestamp;

use crate::actors::directory::Directory;
use crate::actors::encode;
use crate::actors::handle::{NodeHandle, NotStored};
use crate::actors::line::{AskPlace, Stands, stand};
use crate::cluster::presence::Stand;
use crate::protocol::visitor::{
    ChatState, OpenHours, OpenRating, Phase, QueueState, Shown, VisitorFile, VisitorItem,
    VisitorNews, Writer,
};
use crate::store::op::DocumentKind;

/// Conversations of a chat that are looked at: who was away for longer begins with these.
const CONVERSATIONS_MAX: usize = 20;
/// Conversations whose items a page gets that knows nothing.
const SHOWN_CONVERSATIONS: usize = 3;
/// Items in one answer to a page that knows nothing: the newest.
const ITEMS_MAX: usize = 200;
/// Records of a history read at a time.
const PAGE: usize = 256;
/// Entries marked at a time.
const RECEIPTS_MAX: usize = 50;
const SECONDS_A_MINUTE: i64 = 60;

/// Up to where a page knows its chat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Position {
    pub(crate) conversation: ConversationId,
    pub(crate) record: u32,
}

impl Position {
    /// As the page keeps it.
    pub(crate) fn text(&self) -> String {
        format!("{}.{}", self.conversation, self.record)
    }

    /// Reads what [`Self::text`] wrote.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (conversation, record) = text.rsplit_once('.')?;
        let conversation = ConversationId::parse(conversation)?;
        Some(Self { conversation, record: record.parse().ok()? })
    }
}

/// What happened in a chat since a position.
pub(crate) async fn news(
    node: &NodeHandle,
    key: &ChatKey,
    after: Option<&Position>,
) -> Result<VisitorNews, NotStored> {
    let directory = node.directory();
    let chain = chain(node, key, after).await?;
    let known = after.filter(|after| chain.iter().any(|one| one.id == after.conversation));
    let shown = if known.is_some() { chain.len() } else { chain.len().min(SHOWN_CONVERSATIONS) };
    let mut all = Vec::new();
    for conversation in chain.iter().take(shown).rev() {
        let since = known.filter(|known| known.conversation == conversation.id);
        let since = since.map_or(0, |known| known.record);
        for record in records(node, conversation, since).await? {
            all.extend(said(record, conversation, &directory));
        }
    }
    let (mut items, is_whole) = settled(all);
    // What is on the page is not so any more: it begins anew.
    if known.is_some() && !is_whole {
        return Box::pin(news(node, key, None)).await;
    }
    if known.is_none() && items.len() > ITEMS_MAX {
        items.drain(..items.len() - ITEMS_MAX);
    }
    let newest = chain.first();
    let position = newest
        .map(|newest| Position { conversation: newest.id.clone(), record: newest.last_record });
    let state = state(node, &key.channel, newest, &directory).await?;
    let position = position.map(|position| position.text());
    Ok(VisitorNews { reset: known.is_none(), items, position, state })
}

/// The conversations of a chat, newest first, back to the one of `after`.
async fn chain(
    node: &NodeHandle,
    key: &ChatKey,
    after: Option<&Position>,
) -> Result<Vec<Conversation>, NotStored> {
    let Some(chat) = chat(node, key).await? else { return Ok(Vec::new()) };
    let mut chain: Vec<Conversation> = Vec::new();
    // One that begins in another shard may not be there yet.
    let mut next = match &chat.open {
        Some(open) if node.stored_conversation(open).await?.is_some() => chat.open.clone(),
        Some(_) | None => chat.last.clone(),
    };
    while let Some(id) = next.take().filter(|_| chain.len() < CONVERSATIONS_MAX) {
        let Some(conversation) = node.stored_conversation(&id).await? else { break };
        let reached = after.is_some_and(|after| after.conversation == id);
        next.clone_from(&conversation.continues);
        chain.push(conversation);
        if reached {
            break;
        }
    }
    // It may have moved on before its chat heard of it.
    if let Some(moved) = chain.first().and_then(Conversation::moved_to).cloned()
        && let Some(conversation) = node.stored_conversation(&moved).await?
    {
        chain.insert(0, conversation);
    }
    Ok(chain)
}

/// A chat as it is stored.
pub(crate) async fn chat(node: &NodeHandle, key: &ChatKey) -> Result<Option<Chat>, NotStored> {
    let directory = node.directory();
    let Some(channel) = directory.channels.get(&key.channel) else { return Ok(None) };
    let store = &node.parts().store;
    let found = store.document(channel.value.shard, DocumentKind::Chat, key.to_string()).await;
    let found = found.map_err(|_| NotStored::Unavailable)?;
    Ok(found.and_then(|found| encode::read("chat", &found.bytes)))
}

/// The records of a conversation after one of them, up to where its document stands.
async fn records(
    node: &NodeHandle,
    conversation: &Conversation,
    after: u32,
) -> Result<Vec<Record>, NotStored> {
    let Some(shard) = conversation.id.shard() else { return Ok(Vec::new()) };
    let (mut found, mut after) = (Vec::new(), after);
    while after < conversation.last_record {
        let store = &node.parts().store;
        let page = store.history(shard, conversation.id.clone(), after, PAGE).await;
        let page = page.map_err(|_| NotStored::Unavailable)?;
        let Some((last, _)) = page.last() else { break };
        after = *last;
        let known = page.into_iter().filter(|(n, _)| *n <= conversation.last_record);
        found.extend(known.filter_map(|(_, bytes)| encode::read::<Record>("record", &bytes)));
    }
    Ok(found)
}

/// Something that a record says to the visitor.
enum Said {
    Item(VisitorItem),
    /// A message says this now; none: it was taken back.
    Corrected {
        of: ConversationId,
        n: EntryNumber,
        now: Option<String>,
    },
}

/// Messages as they stand after what follows of them, so that nobody is told what one said before. With
/// whether all that was corrected is among them.
fn settled(all: Vec<Said>) -> (Vec<VisitorItem>, bool) {
    let (mut items, mut is_whole) = (Vec::with_capacity(all.len()), true);
    for said in all {
        match said {
            Said::Item(item) => items.push(item),
            Said::Corrected { of, n, now } => {
                is_whole &=
                    items.iter_mut().rev().any(|item| is_corrected(item, (&of, n), now.as_deref()));
            }
        }
    }
    (items, is_whole)
}

/// Corrects an item, if it is that message.
fn is_corrected(
    item: &mut VisitorItem,
    (of, number): (&ConversationId, EntryNumber),
    now: Option<&str>,
) -> bool {
    let VisitorItem::Message { conversation, n, text, files, edited, deleted, .. } = item else {
        return false;
    };
    if conversation != of || *n != number {
        return false;
    }
    now.unwrap_or_default().clone_into(text);
    (*edited, *deleted) = (now.is_some(), now.is_none());
    if *deleted {
        files.clear();
    }
    true
}

/// What a record says to the visitor; none: it is not for him.
fn said(record: Record, of: &Conversation, directory: &Directory) -> Option<Said> {
    match record {
        Record::Entry { entry, original: _ } => {
            item(&entry, (&of.id, &of.line), directory).map(Said::Item)
        }
        Record::Corrected { entry: n, correction, state: CorrectionState::Done, at: _ } => {
            let now = match correction {
                Correction::Edit { text } => Some(text),
                Correction::Delete => None,
            };
            Some(Said::Corrected { of: of.id.clone(), n, now })
        }
        Record::Corrected { .. }
        | Record::Edited { .. }
        | Record::Delivery { .. }
        | Record::Copied { .. }
        | Record::Deleted { .. }
        | Record::Reacted { .. } => None,
    }
}

/// An entry of a conversation in a line, as the visitor may see it; none: it is not for him.
pub(super) fn item(
    entry: &Entry,
    (of, line): (&ConversationId, &LineId),
    directory: &Directory,
) -> Option<VisitorItem> {
    let Entry { n, at, author, body } = entry;
    match body {
        Body::Message(message) => Some(VisitorItem::Message {
            conversation: of.clone(),
            n: *n,
            at: *at,
            from: writer(author, line, directory),
            id: own_id(author, message),
            rating: message.automatic.and_then(Kind::asks_for),
            files: files(&message.attachments),
            text: message.text.clone(),
            edited: false,
            deleted: false,
        }),
        Body::Fact(Fact::Rated { scale, value }) => {
            Some(VisitorItem::Rated { conversation: of.clone(), scale: *scale, value: *value })
        }
        Body::Fact(_) | Body::Note { .. } => None,
    }
}

fn files(attachments: &[Attachment]) -> Vec<VisitorFile> {
    let shown = |(index, attachment): (usize, &Attachment)| {
        let Attachment::File { what, name, size_bytes, copy, .. } = attachment else { return None };
        // Of what is just being copied we know what kind it is, and not yet whether it can be shown.
        let picture = match copy {
            Some(FileCopy::Stored { file }) => file.picture.is_some(),
            Some(FileCopy::Loading) | None => what == PHOTO,
            Some(FileCopy::Missing { .. }) => false,
        };
        let name = name.clone().unwrap_or_else(|| what.clone());
        Some(VisitorFile { index, name, size_bytes: *size_bytes, picture })
    };
    attachments.iter().enumerate().filter_map(shown).collect()
}

/// An entry of his chat; none: there is no such entry, or it is of another chat.
pub(crate) async fn entry(
    node: &NodeHandle,
    key: &ChatKey,
    conversation: &ConversationId,
    n: EntryNumber,
) -> Result<Option<Entry>, NotStored> {
    let Some(conversation) = node.stored_conversation(conversation).await? else { return Ok(None) };
    if conversation.chat != *key {
        return Ok(None);
    }
    let entries = fold(records(node, &conversation, 0).await?);
    Ok(entries.into_iter().find(|entry| entry.n == n))
}

fn own_id(author: &Author, message: &Message) -> Option<String> {
    let own = *author == Author::Customer;
    message.external_id.as_deref().filter(|_| own).map(str::to_owned)
}

fn writer(author: &Author, line: &LineId, directory: &Directory) -> Writer {
    match author {
        Author::Customer => Writer::Visitor {},
        Author::Operator { id } => {
            let line = directory.lines.get(line).zip(directory.operators.get(id));
            let shown = line.and_then(|(line, operator)| {
                line.value.settings.shown(id, &operator.value.name).map(shown)
            });
            shown.map_or(Writer::Company {}, Writer::Person)
        }
        Author::Elsewhere | Author::Line => Writer::Company {},
    }
}

fn shown(shown: domain::line::Shown<'_>) -> Shown {
    Shown { name: shown.name.to_owned(), picture: shown.picture.map(str::to_owned) }
}

async fn state(
    node: &NodeHandle,
    channel: &ChannelId,
    newest: Option<&Conversation>,
    directory: &Directory,
) -> Result<ChatState, NotStored> {
    let now = node.clock().now();
    let line = newest.map(|newest| newest.line.clone());
    let line = line.or_else(|| directory.channels.get(channel).map(|it| it.value.line.clone()));
    let hours = hours(line.as_ref(), directory, now);
    let phase = newest.map_or(Phase::Idle, phase);
    let queue = match newest {
        Some(newest) if phase == Phase::Waiting && hours.open => queue(node, newest).await?,
        Some(_) | None => None,
    };
    let rating = newest.and_then(|newest| {
        let open = newest.rating.open.as_ref().filter(|open| now < open.until)?;
        Some(OpenRating { conversation: newest.id.clone(), scale: open.scale })
    });
    let with = newest.filter(|_| phase == Phase::Answered);
    let with = with.and_then(|newest| answerer(newest.holder(), &newest.line, directory));
    Ok(ChatState { phase, with, queue, rating, hours })
}

/// Whether the line is open, and when it opens next; without hours, or a line, it is open.
pub(super) fn hours(line: Option<&LineId>, directory: &Directory, now: Timestamp) -> OpenHours {
    let hours = line.and_then(|line| directory.hours.get(line));
    let open = hours.is_none_or(|hours| hours.is_open(now));
    let opens_at = hours.filter(|_| !open).and_then(|hours| hours.opens_next(now));
    OpenHours { open, opens_at }
}

/// Whoever has a conversation, as its line shows him; none: it shows nobody.
pub(super) fn answerer(
    holder: Option<&OperatorId>,
    line: &LineId,
    directory: &Directory,
) -> Option<Shown> {
    match writer(&Author::Operator { id: holder?.clone() }, line, directory) {
        Writer::Person(shown) => Some(shown),
        Writer::Visitor {} | Writer::Company {} => None,
    }
}

fn phase(conversation: &Conversation) -> Phase {
    match conversation.state {
        State::Waiting { .. } | State::Offered { .. } => Phase::Waiting,
        State::Active(_) => Phase::Answered,
        State::Closing { .. } | State::Closed { .. } => Phase::Idle,
    }
}

async fn queue(
    node: &NodeHandle,
    conversation: &Conversation,
) -> Result<Option<QueueState>, NotStored> {
    let stand = match node.line(&conversation.line).await? {
        Some(line) => {
            let stands = line.send(AskPlace(conversation.id.clone())).await;
            let Stands { place, staffed } = stands.map_err(|_| NotStored::Unavailable)?;
            place.map(|place| stand(&place, staffed))
        }
        // The line lives on another node, which says so of those who wait in it.
        None => node.parts().presence.stands_elsewhere(&conversation.id),
    };
    Ok(stand.map(|Stand { position, wait_seconds, staffed }| {
        let seconds = wait_seconds.filter(|_| staffed).map(|seconds| seconds.max(1));
        let minutes = seconds.map(|seconds| (seconds + SECONDS_A_MINUTE - 1) / SECONDS_A_MINUTE);
        let wait_minutes = minutes.and_then(|minutes| u32::try_from(minutes).ok());
        QueueState { position, wait_minutes, staffed }
    }))
}

/// Entries of ours up to that one that have not got so far yet, the oldest first.
pub(crate) async fn unmarked(
    node: &NodeHandle,
    key: &ChatKey,
    conversation: &ConversationId,
    up_to: EntryNumber,
    how: Receipt,
) -> Result<Vec<EntryNumber>, NotStored> {
    let Some(conversation) = node.stored_conversation(conversation).await? else {
        return Ok(Vec::new());
    };
    if conversation.chat != *key {
        return Ok(Vec::new());
    }
    let entries = fold(records(node, &conversation, 0).await?);
    let waits = |entry: &Entry| {
        let Body::Message(message) = &entry.body else { return false };
        entry.n <= up_to && is_behind(message.delivery.as_ref(), how)
    };
    let found: Vec<EntryNumber> = entries.iter().filter(|e| waits(e)).map(|e| e.n).collect();
    Ok(found.into_iter().take(RECEIPTS_MAX).collect())
}

/// Whether a message of ours has not got so far yet.
fn is_behind(delivery: Option<&DeliveryState>, how: Receipt) -> bool {
    match delivery {
        None | Some(DeliveryState::Read) => false,
        Some(DeliveryState::Delivered) => how == Receipt::Read,
        Some(
            DeliveryState::Pending
            | DeliveryState::Sent
            | DeliveryState::Failed { .. }
            | DeliveryState::Unconfirmed,
        ) => true,
    }
}
