//! Who is here: operators come and go, let offers run out, and the lines hear of it.

use actix::{AsyncContext, Context, Handler, Message};
use domain::id::{OperatorId, ShardId};
use jiff::{SignedDuration, Timestamp};

use crate::actors::feed::EndSessions;
use crate::actors::handle::NodeHandle;
use crate::actors::line::OperatorStands;
use crate::actors::node::Node;
use crate::actors::work::Work;

impl Node {
    /// Tells the lines how an operator stands: he may have conversations of any of them. And has it
    /// noted.
    pub(super) fn tell_lines(&self, operator: &OperatorId) {
        let Some((operator, present)) = self.parts.standing(operator) else { return };
        for addr in self.lines.values() {
            addr.do_send(OperatorStands { operator: operator.clone(), present });
        }
        let operator = Some(operator.id.clone());
        self.parts.with_shard(ShardId(0), |addr| addr.do_send(Work::Attend { operator }));
    }

    /// Sets somebody away who lets his offers run out.
    fn set_away(&self, operator: OperatorId) {
        let node = NodeHandle::new(self.parts.clone());
        actix::spawn(async move {
            if !node.set_away(&operator).await {
                tracing::warn!(%operator, "somebody who misses his offers could not be set away");
            }
        });
    }

    /// Looks again when the grace of somebody who lost his connection is over. A sleep that ended
    /// early by the wall clock is slept on.
    pub(super) fn look_again(&self, operator: OperatorId, ctx: &mut Context<Self>) {
        let grace = SignedDuration::from_secs(self.parts.settings.grace_seconds.into());
        let Some(ends) = self.parts.presence.grace_ends(&operator, grace) else { return };
        if ends <= self.parts.clock.now() {
            return self.tell_lines(&operator);
        }
        ctx.run_later(self.parts.clock.until(ends), move |node, ctx| {
            node.look_again(operator, ctx);
        });
    }

    pub(super) fn operator_changed(&mut self, id: &OperatorId) {
        let directory = self.parts.directory.get();
        let Some(operator) = directory.operators.get(id) else { return };
        if let Some(misses) = self.misses.get_mut(id) {
            misses.sees(&operator.value);
        }
        if !operator.value.enabled {
            self.end_sessions(EndSessions::OfOperator(id.clone()));
        }
        self.tell_lines(id);
    }
}

/// An operator opened a socket.
#[derive(Clone, Debug, Message)]
#[rtype(result = "()")]
pub(crate) struct SocketCame(pub(crate) OperatorId);

impl Handler<SocketCame> for Node {
    type Result = ();

    fn handle(&mut self, came: SocketCame, _: &mut Self::Context) {
        self.announce();
        self.tell_lines(&came.0);
    }
}

/// An operator's socket is gone.
#[derive(Clone, Debug, Message)]
#[rtype(result = "()")]
pub(crate) struct SocketLeft {
    pub(crate) operator: OperatorId,
    /// He signed out: there is no grace.
    pub(crate) signed_out: bool,
}

impl Handler<SocketLeft> for Node {
    type Result = ();

    fn handle(&mut self, left: SocketLeft, ctx: &mut Self::Context) {
        let last = self.parts.presence.left(&left.operator, self.parts.clock.now());
        if last && left.signed_out {
            self.parts.presence.gone_for_good(&left.operator);
            self.announce();
            self.tell_lines(&left.operator);
        } else if last {
            self.announce();
            self.look_again(left.operator, ctx);
        }
    }
}

/// An operator answered an offer, or let one run out that he could have answered.
#[derive(Clone, Debug, Message)]
#[rtype(result = "()")]
pub(crate) struct Attention {
    pub(crate) operator: OperatorId,
    pub(crate) missed: bool,
    pub(crate) at: Timestamp,
}

impl Handler<Attention> for Node {
    type Result = ();

    fn handle(&mut self, attention: Attention, _: &mut Self::Context) {
        let Attention { operator, missed, at } = attention;
        // One node counts for all.
        if !self.parts.serves(ShardId(0)) {
            return;
        }
        if !missed {
            self.misses.remove(&operator);
            return;
        }
        let misses = self.misses.entry(operator.clone()).or_default();
        if let Some(found) = self.parts.directory.get().operators.get(&operator) {
            misses.sees(&found.value);
        }
        if misses.missed(at) {
            self.misses.remove(&operator);
            self.set_away(operator);
        }
    }
}
