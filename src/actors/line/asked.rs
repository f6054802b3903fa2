//! What people ask of a line outside of any round. Nothing here changes it.

use actix::{Handler, Message};
use domain::id::{ConversationId, OperatorId};
use domain::line::LineSettings;
use domain::queue::Reach;
use domain::routing::Seek;

use crate::actors::line::{Decided, LineActor};

/// Who would be offered a new conversation under these settings, if the line is open?
#[derive(Debug, Message)]
#[rtype(result = "Decided")]
pub(crate) struct Foresee(pub(crate) Box<LineSettings>);

impl Handler<Foresee> for LineActor {
    type Result = Decided;

    fn handle(&mut self, foresee: Foresee, _: &mut Self::Context) -> Decided {
        let mut queue = self.queue.clone();
        queue.configure(&foresee.0);
        Decided(queue.next(&Seek::default(), Reach::None))
    }
}

/// Which conversations are open?
#[derive(Clone, Debug, Message)]
#[rtype(result = "Vec<ConversationId>")]
pub(crate) enum Open {
    All,
    /// Those that this operator has, is asked for, or gets back.
    Of(OperatorId),
}

impl Handler<Open> for LineActor {
    type Result = Vec<ConversationId>;

    fn handle(&mut self, open: Open, _: &mut Self::Context) -> Vec<ConversationId> {
        match open {
            Open::All => self.standings.all().cloned().collect(),
            Open::Of(operator) => self.standings.of(&operator).cloned().collect(),
        }
    }
}
