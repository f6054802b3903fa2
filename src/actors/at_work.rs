//! Whether anything is being done for somebody at the edge that no round of a shard has yet.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::Notify;

/// Counts what is under way on this node.
#[derive(Clone, Debug, Default)]
pub(crate) struct AtWork(Arc<Counted>);

#[derive(Debug, Default)]
struct Counted {
    under_way: AtomicUsize,
    over: Notify,
}

/// Something is under way until this is dropped.
#[derive(Debug)]
pub(crate) struct UnderWay(Arc<Counted>);

impl AtWork {
    pub(crate) fn begin(&self) -> UnderWay {
        self.0.under_way.fetch_add(1, Ordering::Relaxed);
        UnderWay(self.0.clone())
    }

    /// Returns when nothing is under way.
    pub(crate) async fn rests(&self) {
        loop {
            // Made before the look, so that no change falls between the two.
            let over = self.0.over.notified();
            if self.0.under_way.load(Ordering::Relaxed) == 0 {
                return;
            }
            over.await;
        }
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        if self.0.under_way.fetch_sub(1, Ordering::Relaxed) == 1 {
            self.0.over.notify_waiters();
        }
    }
}
