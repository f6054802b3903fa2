//! The sign-in of a socket: looked at with each beat, renewed while in use.

use actix::{AsyncContext, Context, WrapFuture};
use domain::account::SignIn;
use jiff::SignedDuration;

use crate::actors::handle::Change;
use crate::actors::operator_session::{OperatorSession, Phase};
use crate::protocol::close;

/// How often a socket in use renews its sign-in.
const RENEW_MINUTES: i64 = 10;

impl OperatorSession {
    /// Looks at the sign-in again, and renews it while the socket is in use.
    pub(super) fn is_signed_in(&mut self, ctx: &mut Context<Self>) -> bool {
        let settings = &self.node.parts().settings;
        let (idle, absolute) = (settings.sign_in_idle, settings.sign_in_absolute);
        let now = self.node.clock().now();
        let directory = self.node.directory();
        let found = directory.sign_ins.get(&*self.sign_in);
        let Some(found) = found.filter(|found| !found.value.has_ended(idle, absolute, now)) else {
            self.sign_out(ctx);
            return false;
        };
        let unseen = now.duration_since(found.value.seen_at);
        if unseen >= SignedDuration::from_mins(RENEW_MINUTES) {
            let sign_in = SignIn { seen_at: now, ..(*found.value).clone() };
            let (version, digest) = (found.version, self.sign_in.to_string());
            let (node, by) = (self.node.clone(), self.operator.clone());
            let change = Change::SignIn { version, digest, sign_in };
            let renewed = async move {
                // Somebody else may have renewed or ended it: the next beat sees what is true.
                let _raced = node.change(&by, vec![change]).await;
            };
            ctx.spawn(renewed.into_actor(self));
        }
        true
    }

    pub(super) fn sign_out(&mut self, ctx: &mut Context<Self>) {
        self.signed_out = true;
        self.phase = Phase::Ending;
        self.end(close::SIGNED_OUT, "signed out", ctx);
    }
}
