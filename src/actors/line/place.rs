//! Where a customer stands who waits in this line, for his own page.

use actix::{Handler, Message, MessageResponse};
use domain::id::ConversationId;
use domain::queue::pace::Place;

use crate::actors::line::LineActor;

/// Where does the customer of that conversation stand?
#[derive(Debug, Message)]
#[rtype(result = "Stands")]
pub(crate) struct AskPlace(pub(crate) ConversationId);

#[derive(Clone, Copy, Debug, MessageResponse)]
pub(crate) struct Stands {
    /// None: nobody is sought for it.
    pub(crate) place: Option<Place>,
    /// Somebody is here who could answer.
    pub(crate) staffed: bool,
}

impl Handler<AskPlace> for LineActor {
    type Result = Stands;

    fn handle(&mut self, ask: AskPlace, _: &mut Self::Context) -> Stands {
        let place = self.pace.place(&ask.0, self.parts.clock.now());
        Stands { place, staffed: self.queue.somebody_is_available() }
    }
}
