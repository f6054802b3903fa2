//! What a browser has on its screen after the frames it was sent.

use std::collections::BTreeMap;

use domain::event::Row;
use domain::id::ConversationId;
use switchboard::protocol::{Event, FeedPosition, ServerFrame};

/// The rows as a browser would have them by now.
pub(crate) fn rows(frames: &[ServerFrame]) -> BTreeMap<ConversationId, Row> {
    let mut shown = BTreeMap::new();
    for frame in frames {
        if let ServerFrame::Snapshot { rows, .. } = frame {
            shown = rows.iter().map(|row| (row.conversation.clone(), row.clone())).collect();
        } else if let ServerFrame::Events { events, .. } = frame {
            for event in events {
                show(&mut shown, event);
            }
        }
    }
    shown
}

fn show(rows: &mut BTreeMap<ConversationId, Row>, event: &Event) {
    if let Event::Row { row } = event {
        rows.insert(row.conversation.clone(), (**row).clone());
    } else if let Event::Gone { conversation } = event {
        rows.remove(conversation);
    }
}

/// Where a browser is in each shard; panics when frames do not join on without a gap.
pub(crate) fn positions(frames: &[ServerFrame]) -> Vec<FeedPosition> {
    let mut at: BTreeMap<&str, &FeedPosition> = BTreeMap::new();
    for frame in frames {
        if let ServerFrame::Snapshot { positions, .. } = frame {
            at = positions.iter().map(|position| (shard_of(position), position)).collect();
        } else if let ServerFrame::Events { from, to, .. } = frame
            && let Some(known) = at.insert(shard_of(to), to)
        {
            assert_eq!(known, from, "a gap");
        }
    }
    at.into_values().cloned().collect()
}

fn shard_of(position: &FeedPosition) -> &str {
    position.0.split(':').next().expect("a shard")
}
