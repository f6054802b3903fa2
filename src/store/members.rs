//! Who has announced itself, for stores that live in one process.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::time::Instant;

use crate::clock;
use crate::store::op::{InstanceId, Member};

/// Who is there, each until a moment of the runtime's monotonic clock.
#[derive(Debug, Default)]
pub(super) struct Members(BTreeMap<InstanceId, (Instant, Vec<u8>)>);

impl Members {
    pub(super) fn announce(&mut self, me: InstanceId, bytes: Vec<u8>, ttl: Duration) {
        self.0.insert(me, (clock::tick() + ttl, bytes));
    }

    /// In the order of instances; those whose time is over are forgotten.
    pub(super) fn list(&mut self) -> Vec<Member> {
        let now = clock::tick();
        self.0.retain(|_, (until, _)| *until > now);
        let member = |(instance, (_, bytes)): (&InstanceId, &(Instant, Vec<u8>))| Member {
            instance: instance.clone(),
            bytes: bytes.clone(),
        };
        self.0.iter().map(member).collect()
    }
}
