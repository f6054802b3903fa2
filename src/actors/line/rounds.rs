//! What rounds ask of a line and do to it: applied at once, in force with the commit.

use std::sync::Arc;

use actix::{Handler, Message, MessageResponse};
use domain::conversation::Conversation;
use domain::effect::Effect;
use domain::id::{ConversationId, OperatorId};
use domain::queue::Reach;
use domain::routing::{Decision, Seek};

use crate::actors::line::LineActor;

/// Who is offered the conversation?
#[derive(Debug, Message)]
#[rtype(result = "Decided")]
pub(crate) struct Next(pub(crate) Seek);

#[derive(Debug, MessageResponse)]
pub(crate) struct Decided(pub(crate) Decision);

impl Handler<Next> for LineActor {
    type Result = Decided;

    fn handle(&mut self, next: Next, _: &mut Self::Context) -> Decided {
        let owner = next.0.responsible.as_ref().and_then(|owner| self.parts.standing(owner));
        let reach = owner.map_or(Reach::None, |(operator, present)| Reach::of(&operator, present));
        Decided(self.queue.next(&next.0, reach))
    }
}

/// Has the operator a free place?
#[derive(Debug, Message)]
#[rtype(result = "bool")]
pub(crate) struct HasPlace(pub(crate) OperatorId);

impl Handler<HasPlace> for LineActor {
    type Result = bool;

    fn handle(&mut self, has: HasPlace, _: &mut Self::Context) -> bool {
        self.queue.has_place(&has.0)
    }
}

/// Which conversation waits longest for somebody who could be asked?
#[derive(Clone, Copy, Debug, Message)]
#[rtype(result = "Option<ConversationId>")]
pub(crate) struct NextWaiting;

impl Handler<NextWaiting> for LineActor {
    type Result = Option<ConversationId>;

    fn handle(&mut self, _: NextWaiting, _: &mut Self::Context) -> Option<ConversationId> {
        self.wake_asked = false;
        self.queue.next_waiting()
    }
}

/// What one step of a round did to a conversation of this line.
#[derive(Debug, Message)]
#[rtype(result = "()")]
pub(crate) struct Stepped {
    pub(crate) effects: Arc<Vec<Effect>>,
    pub(crate) conversation: Arc<Conversation>,
}

impl Handler<Stepped> for LineActor {
    type Result = ();

    fn handle(&mut self, stepped: Stepped, _: &mut Self::Context) {
        self.queue.follow(&stepped.conversation, &stepped.effects);
        self.staged.push(stepped.conversation);
    }
}

/// The round is decided and is written now: what comes from here on is the next one's.
#[derive(Clone, Copy, Debug, Message)]
#[rtype(result = "()")]
pub(crate) struct Seal;

impl Handler<Seal> for LineActor {
    type Result = ();

    fn handle(&mut self, _: Seal, _: &mut Self::Context) {
        self.queue.seal();
        self.sealed.append(&mut self.staged);
    }
}

/// The round that was sealed is committed.
#[derive(Clone, Copy, Debug, Message)]
#[rtype(result = "()")]
pub(crate) struct Keep;

impl Handler<Keep> for LineActor {
    type Result = ();

    fn handle(&mut self, _: Keep, ctx: &mut Self::Context) {
        self.queue.keep_sealed();
        for conversation in std::mem::take(&mut self.sealed) {
            self.stand(&conversation);
        }
        self.sleep(ctx);
        self.wake();
    }
}

/// The round was refused: what it changed here is taken back, also what the next one has.
#[derive(Clone, Copy, Debug, Message)]
#[rtype(result = "()")]
pub(crate) struct TakeBack;

impl Handler<TakeBack> for LineActor {
    type Result = ();

    fn handle(&mut self, _: TakeBack, _: &mut Self::Context) {
        self.queue.take_back();
        self.sealed.clear();
        self.staged.clear();
    }
}
