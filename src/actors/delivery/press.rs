//! Telling a platform that the press of a button has arrived.

use std::sync::Arc;

use actix::{ActorFutureExt, AsyncContext, Handler, Message, WrapFuture};
use domain::channel::Channel;
use domain::chat::Inbound;

use crate::actors::delivery::Delivery;
use crate::channels;

/// Presses of buttons of which platforms are told at a time.
const PRESSES_MAX: usize = 64;

/// The press of a button is stored, and its platform waits to hear of it. That is no job: who
/// presses only sees a button that waits, so it is tried once, and not at all when too many are.
#[derive(Debug, Message)]
#[rtype(result = "()")]
pub(crate) struct PressTaken {
    pub(crate) channel: Arc<Channel>,
    pub(crate) inbound: Inbound,
}

impl Handler<PressTaken> for Delivery {
    type Result = ();

    fn handle(&mut self, taken: PressTaken, ctx: &mut Self::Context) {
        if self.presses >= PRESSES_MAX || self.parts.is_draining() {
            return;
        }
        self.presses += 1;
        let (parts, PressTaken { channel, inbound }) = (self.parts.clone(), taken);
        let told = async move {
            let told = channels::press_taken(&parts.outbound, &channel, &inbound).await;
            if let Err(reason) = told {
                tracing::debug!(channel = %channel.id, reason, "a press was not acknowledged");
            }
        };
        ctx.spawn(told.into_actor(self).map(|(), delivery, _| {
            delivery.presses -= 1;
            delivery.settled();
        }));
    }
}
