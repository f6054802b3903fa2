//! News of what is taken of operators in any line, and counting it anew.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use actix::{ActorFutureExt, AsyncContext, Handler, Message, WrapFuture};
use domain::id::{ConversationId, OperatorId};

use crate::actors::line::taken::by_operator;
use crate::actors::line::{LineActor, Taken};
use crate::store::op::Slot;

/// Before the store is asked again that did not answer.
const RECOUNT_PAUSE: Duration = Duration::from_millis(500);

/// Conversations began or ceased to take places of operators, in any line.
#[derive(Clone, Debug, Message)]
#[rtype(result = "()")]
pub(crate) struct Loads(pub(crate) Arc<Vec<(OperatorId, ConversationId, bool)>>);

impl Handler<Loads> for LineActor {
    type Result = ();

    fn handle(&mut self, loads: Loads, _: &mut Self::Context) {
        for (operator, conversation, holds) in loads.0.iter() {
            self.queue.hold(operator, conversation, *holds);
        }
        self.wake();
    }
}

/// Before whom conversations of any line are put now, instead of those before.
#[derive(Clone, Debug, Message)]
#[rtype(result = "()")]
pub(crate) struct Offers(pub(crate) Arc<Vec<(ConversationId, Vec<OperatorId>)>>);

impl Handler<Offers> for LineActor {
    type Result = ();

    fn handle(&mut self, offers: Offers, _: &mut Self::Context) {
        for (conversation, operators) in offers.0.iter() {
            self.queue.offered(conversation, operators);
        }
        self.wake();
    }
}

/// What this line knows to be taken of operators is not what is stored.
#[derive(Clone, Debug, Message)]
#[rtype(result = "()")]
pub(crate) enum Recount {
    /// Of these operators, as a refusal of the store has shown.
    Of(Slot, BTreeSet<OperatorId>),
    /// News of other lines were lost.
    All,
}

impl Handler<Recount> for LineActor {
    type Result = ();

    /// What the store says takes the place of what is known. Nothing else is heard meanwhile: news
    /// that come later are at least as new as the answer, or in it.
    fn handle(&mut self, recount: Recount, ctx: &mut Self::Context) {
        let store = self.parts.store.clone();
        match recount {
            Recount::Of(slot, operators) => {
                let loads = async move { store.loads(slot).await.map(by_operator) };
                ctx.wait(loads.into_actor(self).map(move |loads, line, _| {
                    // If the store does not answer, its next refusal asks again.
                    let Ok(loads) = loads else { return };
                    for operator in &operators {
                        let his = loads.get(operator).cloned().unwrap_or_default();
                        match slot {
                            Slot::Place => line.queue.holds_exactly(operator, his),
                            Slot::Offer => line.queue.offered_exactly(operator, &his),
                        }
                    }
                    line.wake();
                }));
            }
            Recount::All => {
                let taken = async move { Taken::read(&store).await };
                ctx.wait(taken.into_actor(self).map(|taken, line, ctx| match taken {
                    Ok(taken) => {
                        taken.correct(&mut line.queue);
                        line.wake();
                    }
                    // Who is thought to have too much is asked for nothing that could be refused.
                    Err(_) => {
                        ctx.notify_later(Recount::All, RECOUNT_PAUSE);
                    }
                }));
            }
        }
    }
}
