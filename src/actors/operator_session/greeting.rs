//! From the browser's greeting to now: what it missed, then what happened meanwhile.

use std::collections::BTreeMap;

use actix::{ActorFutureExt, AsyncContext, Context, WrapFuture};
use domain::id::ShardId;
use domain::operator::Operator;

use crate::actors::catch_up::{CatchUp, catch_up};
use crate::actors::encode::{self, Place};
use crate::actors::feed::BEAT;
use crate::actors::operator_session::{OperatorSession, Phase};
use crate::actors::progress::Progress;
use crate::protocol::{ErrorCode, FeedPosition, Me, POSITIONS_MAX, PROTOCOL_VERSION, ServerFrame};

impl OperatorSession {
    pub(super) fn hello(
        &mut self,
        protocol: u32,
        positions: &[FeedPosition],
        ctx: &mut Context<Self>,
    ) {
        if protocol != PROTOCOL_VERSION {
            let message = format!("this server speaks protocol {PROTOCOL_VERSION}");
            return self.error(ErrorCode::ProtocolVersion, &message);
        }
        if positions.len() > POSITIONS_MAX {
            return self.error(ErrorCode::BadFrame, "too many positions");
        }
        if matches!(self.phase, Phase::CatchingUp(_)) {
            return self.error(ErrorCode::BadFrame, "hello is being answered");
        }
        let known: Option<Vec<_>> = positions.iter().map(encode::parse_position).collect();
        let known = known.filter(|known| !known.is_empty()).map(BTreeMap::from_iter);
        self.welcome(known, ctx);
    }

    /// Brings the browser from what it knows to now.
    pub(super) fn welcome(
        &mut self,
        known: Option<BTreeMap<ShardId, Place>>,
        ctx: &mut Context<Self>,
    ) {
        let Some(who) = self.who() else { return self.sign_out(ctx) };
        self.send(&ServerFrame::Welcome {
            protocol: PROTOCOL_VERSION,
            me: self.me(&who),
            beat_seconds: u32::try_from(BEAT.as_secs()).unwrap_or(u32::MAX),
            now: self.node.clock().now(),
        });
        self.phase = Phase::CatchingUp(Vec::new());
        self.progress = Progress::default();
        let (node, visibility) = (self.node.clone(), self.node.visibility(&who));
        let caught_up = async move { catch_up(&node, known, visibility).await };
        ctx.spawn(caught_up.into_actor(self).map(|caught_up, session, ctx| match caught_up {
            Some(caught_up) => session.go_live(caught_up, ctx),
            None => session.send_away(ctx),
        }));
    }

    fn me(&self, who: &Operator) -> Me {
        self.node.me(who)
    }

    /// Hands out what was missed, then what happened meanwhile.
    fn go_live(&mut self, caught_up: CatchUp, ctx: &mut Context<Self>) {
        if matches!(self.phase, Phase::Ending) {
            return;
        }
        self.progress = Progress::from(caught_up.from);
        if let Some(snapshot) = caught_up.snapshot {
            self.send(&snapshot);
        }
        for (shard, events) in caught_up.missed {
            if let Some(to) = events.last().map(|event| event.place) {
                self.hand_over(shard, to, &events);
            }
        }
        self.progress.forgive_size();
        let meanwhile = match std::mem::replace(&mut self.phase, Phase::Live) {
            Phase::CatchingUp(shares) => shares,
            Phase::Silent | Phase::Live | Phase::Ending => Vec::new(),
        };
        for share in meanwhile {
            self.take_share(share, ctx);
        }
        self.send(&ServerFrame::CaughtUp {});
        if std::mem::take(&mut self.rights_changed) {
            self.welcome(None, ctx);
        }
    }
}
