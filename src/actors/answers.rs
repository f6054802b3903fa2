//! Who waits on this node for what became of something asked of another.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

/// Those who wait, by request.
#[derive(Debug, Default)]
pub(crate) struct Answers(Mutex<Waiting>);

type Waiting = BTreeMap<String, Vec<oneshot::Sender<String>>>;

impl Answers {
    /// Waits for an answer from now on, for as long as the receiver is kept.
    pub(crate) fn expect(&self, request: &str) -> oneshot::Receiver<String> {
        let (sender, receiver) = oneshot::channel();
        let mut waiting = self.waiting();
        waiting.retain(|_, senders| {
            senders.retain(|sender| !sender.is_closed());
            !senders.is_empty()
        });
        waiting.entry(request.to_owned()).or_default().push(sender);
        receiver
    }

    /// An answer has come, perhaps for somebody here.
    pub(crate) fn give(&self, request: &str, answer: &str) {
        for sender in self.waiting().remove(request).unwrap_or_default() {
            let _gone = sender.send(answer.to_owned());
        }
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
