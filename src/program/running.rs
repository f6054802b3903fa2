//! A node with its server, until a signal ends them in order.

use std::io;
use std::time::Duration;

use actix_web::dev::{Server, ServerHandle};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::task::JoinHandle;

use crate::actors::handle::NodeHandle;
use crate::clock;
use crate::program::Failure;

/// For consoles to be sent away and for what is at hand to be finished.
const DRAIN_WITHIN: Duration = Duration::from_secs(5);
/// For requests that are being answered. Together with the above well below 10 seconds, after
/// which service managers kill.
const ANSWER_WITHIN: Duration = Duration::from_secs(3);

/// For a proxy before several processes to see that this one is not ready any more, while requests
/// are still answered.
const NOTICED_WITHIN: Duration = Duration::from_secs(1);

/// The running program.
pub struct Running {
    node: NodeHandle,
    server: ServerHandle,
    ended: JoinHandle<io::Result<()>>,
    signals: Signals,
}

impl Running {
    /// Serves, and listens to signals, from when this returns.
    pub fn begin(node: NodeHandle, server: Server) -> Result<Self, Failure> {
        let signals = Signals::listen()?;
        Ok(Self { node, server: server.handle(), ended: actix::spawn(server), signals })
    }

    /// Returns when a signal came and everything was ended in order; at a second signal at once.
    pub async fn until_told(mut self) -> Result<(), Failure> {
        tokio::select! {
            () = self.signals.next() => {}
            _ = &mut self.ended => return Err(Failure::Ended),
        }
        tracing::info!("told to stop");
        tokio::select! {
            () = wind_down(&self.node, &self.server) => tracing::info!("stopped"),
            () = self.signals.next() => tracing::warn!("told twice, stopped at once"),
        }
        Ok(())
    }
}

async fn wind_down(node: &NodeHandle, server: &ServerHandle) {
    let drained = async {
        if tokio::time::timeout(DRAIN_WITHIN, node.drain()).await.is_err() {
            tracing::warn!("not everything at hand was finished; it is taken up at the next start");
        }
    };
    if node.is_among_others() {
        let noticed = tokio::time::sleep_until(clock::tick() + NOTICED_WITHIN);
        tokio::join!(drained, noticed);
    } else {
        drained.await;
    }
    if tokio::time::timeout(ANSWER_WITHIN, server.stop(true)).await.is_err() {
        tracing::info!("connections were still open");
    }
}

/// What service managers and terminals send to end a program.
struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    fn listen() -> io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}
