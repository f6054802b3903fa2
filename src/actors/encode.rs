//! Stored forms and wire forms. Bytes are made here and nowhere else in this layer.

use bytestring::ByteString;
use domain::event::{FeedEvent, Row};
use domain::id::ShardId;
use domain::json;
use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use crate::protocol::visitor::VisitorServerFrame;
use crate::protocol::{ChannelView, Event, FeedPosition, LineView, OperatorView, ServerFrame};
use crate::store::op::{InstanceId, Position};

/// The stored form of a document, record, job or event.
///
/// Our stored types hold only text keys and finite numbers, so this does not fail; if it ever did,
/// the empty document would be refused at the next read instead of being taken for something.
pub(crate) fn document(value: &impl Serialize) -> Vec<u8> {
    json::to_vec(value).unwrap_or_default()
}

/// Reads a stored form; what cannot be read is logged and counts as absent.
pub(crate) fn read<T: DeserializeOwned>(what: &'static str, bytes: &[u8]) -> Option<T> {
    serde_json::from_slice(bytes)
        .inspect_err(|error| {
            let (line, column) = (error.line(), error.column());
            tracing::error!(what, line, column, "stored document cannot be read");
        })
        .ok()
}

/// A frame as text.
pub(crate) fn frame(frame: &ServerFrame) -> ByteString {
    json::to_string(frame).unwrap_or_default().into()
}

/// A frame for a visitor's page as text.
pub(crate) fn visitor_frame(frame: &VisitorServerFrame) -> ByteString {
    json::to_string(frame).unwrap_or_default().into()
}

/// Tells a browser where the feeds stand. `memory_percent`: for those who are to look after it.
pub(crate) fn beat<'a>(
    places: impl Iterator<Item = (&'a ShardId, &'a Place)>,
    now: Timestamp,
    memory_percent: Option<u8>,
) -> ByteString {
    let positions = places.map(|(shard, place)| feed_position(*shard, *place)).collect();
    frame(&ServerFrame::Beat { positions, now, memory_percent })
}

/// What tells two writers of the same position apart: 8 hex digits.
pub(crate) fn tag(by: &InstanceId) -> u32 {
    let digest = Sha256::digest(by.0.as_bytes());
    u32::from_be_bytes([digest[0], digest[1], digest[2], digest[3]])
}

/// A position as browsers hold it.
pub(crate) fn feed_position(shard: ShardId, place: Place) -> FeedPosition {
    let Place { position, tag } = place;
    FeedPosition(format!("{shard}:{position}.{tag:08x}"))
}

/// A position with the tag of who wrote the event there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) position: Position,
    pub(crate) tag: u32,
}

/// Reads what [`feed_position`] wrote.
pub(crate) fn parse_position(text: &FeedPosition) -> Option<(ShardId, Place)> {
    let (shard, rest) = text.0.split_once(':')?;
    let (position, tag) = rest.split_once('.')?;
    let (epoch, n) = position.split_once('-')?;
    let position = Position { epoch: epoch.parse().ok()?, n: n.parse().ok()? };
    let tag = u32::from_str_radix(tag, 16).ok()?;
    Some((ShardId(shard.parse().ok()?), Place { position, tag }))
}

/// The wire form of an event for those who may see all of it; none: not for browsers.
pub(crate) fn shown(event: &FeedEvent) -> Option<Event> {
    match event {
        FeedEvent::Row { row } => Some(Event::Row { row: row.clone() }),
        FeedEvent::Entry { conversation, entry, .. } => {
            Some(Event::Entry { conversation: conversation.clone(), entry: entry.clone() })
        }
        FeedEvent::Edited { conversation, external_id, text, at, .. } => Some(Event::Edited {
            conversation: conversation.clone(),
            external_id: external_id.clone(),
            text: text.clone(),
            at: *at,
        }),
        FeedEvent::Delivery { conversation, entry, delivery, .. } => Some(Event::Delivery {
            conversation: conversation.clone(),
            entry: *entry,
            delivery: delivery.clone(),
        }),
        FeedEvent::Copied { conversation, entry, attachment, copy, .. } => Some(Event::File {
            conversation: conversation.clone(),
            entry: *entry,
            attachment: *attachment,
            copy: copy.clone(),
        }),
        FeedEvent::Deleted { conversation, external_ids, at, .. } => Some(Event::Deleted {
            conversation: conversation.clone(),
            external_ids: external_ids.clone(),
            at: *at,
        }),
        FeedEvent::Reacted { conversation, external_id, reaction, .. } => Some(Event::Reacted {
            conversation: conversation.clone(),
            external_id: external_id.clone(),
            reaction: reaction.clone(),
        }),
        FeedEvent::Corrected { conversation, entry, correction, state, at, .. } => {
            Some(Event::Corrected {
                conversation: conversation.clone(),
                entry: *entry,
                correction: correction.clone(),
                state: state.clone(),
                at: *at,
            })
        }
        FeedEvent::Shared { kind, bytes, .. } => shared(kind, bytes.as_bytes()),
        FeedEvent::Alarm { line, alarm, at } => {
            Some(Event::Alarm { line: line.clone(), alarm: alarm.clone(), at: *at })
        }
        FeedEvent::Load { .. }
        | FeedEvent::Offered { .. }
        | FeedEvent::Records { .. }
        | FeedEvent::Attention { .. }
        | FeedEvent::Chat { .. }
        | FeedEvent::Answered { .. }
        | FeedEvent::Forgotten { .. } => None,
    }
}

/// What a browser shows of a changed shared document.
fn shared(kind: &str, bytes: &[u8]) -> Option<Event> {
    match kind {
        "line" => Some(Event::Line { line: line_view(&read("line", bytes)?) }),
        "channel" => Some(Event::Channel { channel: channel_view(&read("channel", bytes)?) }),
        "operator" => Some(Event::Operator { operator: operator_view(&read("operator", bytes)?) }),
        _ => None,
    }
}

/// What is left of a row for those who may not see the conversation any more.
pub(crate) fn gone(row: &Row) -> Event {
    Event::Gone { conversation: row.conversation.clone() }
}

pub(crate) fn line_view(line: &domain::line::Line) -> LineView {
    let settings = &line.settings;
    LineView {
        id: line.id.clone(),
        name: settings.name.clone(),
        active: settings.active,
        archived: line.archived,
        topics: settings.topics.clone(),
        topic_required: settings.topic_required,
    }
}

pub(crate) fn channel_view(channel: &domain::channel::Channel) -> ChannelView {
    ChannelView {
        id: channel.id.clone(),
        name: channel.name.clone(),
        platform: channel.settings.kind().to_owned(),
        line: channel.line.clone(),
        corrects: crate::channels::correcting::is_possible(&channel.settings),
        window: channel.settings.reply_window(),
    }
}

pub(crate) fn operator_view(operator: &domain::operator::Operator) -> OperatorView {
    OperatorView {
        id: operator.id.clone(),
        name: operator.name.clone(),
        role: operator.role,
        status: operator.status,
        status_reason: operator.status_reason.clone(),
        set_away: operator.set_away,
        enabled: operator.enabled,
    }
}
