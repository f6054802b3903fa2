//! The thread on which all talk with Redis happens, with a runtime of its own: whoever calls may be
//! on any runtime, also one with a virtual clock, and a busy one does not make answers late.

use std::io;
use std::thread::JoinHandle;

use futures_util::FutureExt as _;
use tokio::runtime::{Builder, Handle};
use tokio::sync::oneshot;

use crate::store::Unavailable;

/// Ends, with all that it does, when it is dropped.
pub(super) struct IoThread {
    handle: Handle,
    /// Dropped to end the thread.
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl IoThread {
    pub(super) fn start() -> io::Result<Self> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let handle = runtime.handle().clone();
        let (stop, stopped) = oneshot::channel::<()>();
        let thread = std::thread::Builder::new().name("redis".to_owned()).spawn(move || {
            // An error is what a dropped sender sends.
            let _stopped = runtime.block_on(stopped);
            runtime.shutdown_background();
        })?;
        Ok(Self { handle, stop: Some(stop), thread: Some(thread) })
    }

    /// Runs to its end, also when nobody waits for the answer any more.
    pub(super) fn run<T: Send + 'static>(
        &self,
        work: impl Future<Output = Result<T, Unavailable>> + Send + 'static,
    ) -> impl Future<Output = Result<T, Unavailable>> {
        let ended = |_| Err(Unavailable("the store was closed".to_owned()));
        self.handle.spawn(work).map(move |done| done.unwrap_or_else(ended))
    }

    /// Runs until the thread ends.
    pub(super) fn keep(&self, work: impl Future<Output = ()> + Send + 'static) {
        self.handle.spawn(work);
    }

    /// As [`Self::run`], for whoever may wait.
    pub(super) fn wait<T: Send + 'static>(
        &self,
        work: impl Future<Output = T> + Send + 'static,
    ) -> io::Result<T> {
        let (answer, answered) = std::sync::mpsc::sync_channel(1);
        self.handle.spawn(async move { answer.send(work.await) });
        answered.recv().map_err(|_| io::Error::other("the store thread ended"))
    }
}

impl Drop for IoThread {
    fn drop(&mut self) {
        drop(self.stop.take());
        if self.thread.take().is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("the store thread had panicked");
        }
    }
}
