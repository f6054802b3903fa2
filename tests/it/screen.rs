//! What a browser has on its screen after the frames it was sent.

use std::collections::BTreeMap;

use domain::event::Row;
use domain::id::ConversationId;
use switchboard::protocol::{Event, FeedPosition, ServerFrame};

/// The rows as a browser would have them by now.
pub(crate) fn rows(frames: &[ServerFrame]) -> BTreeMap<ConversationId, Row> {
    let mut rows = BTreeMap::new();
    for frame in frames {
        match frame {
            ServerFrame::Snapshot { rows: all, .. } => {
                rows = all.iter().map(|row| (row.conversation.clone(), row.clone())).collect();
            }
            ServerFrame::Events { events, .. } => {
                for event in events {
                    match event {
                        Event::Row { row } => {
                            rows.insert(row.conversation.clone(), row.clone());
                        }
                        Event::Gone { conversation } => {
                            rows.remove(conversation);
                        }
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }
    rows
}

/// Where a browser is in each shard; panics when frames do not join on without a gap.
pub(crate) fn positions(frames: &[ServerFrame]) -> Vec<FeedPosition> {
    let mut at: BTreeMap<&str, &FeedPosition> = BTreeMap::new();
    for frame in frames {
        match frame {
            ServerFrame::Snapshot { positions, .. } => {
                at = positions.iter().map(|p| (shard_of(p), p)).collect();
            }
            ServerFrame::Events { from, to, .. } => {
                if let Some(known) = at.insert(shard_of(to), to) {
                    assert_eq!(known, from, "a gap");
                }
            }
            _ => {}
        }
    }
    at.into_values().cloned().collect()
}

fn shard_of(position: &FeedPosition) -> &str {
    position.0.split(':').next().expect("a shard")
}
