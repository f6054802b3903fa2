//! Where a customer stands who waits in this line, for his own page.

use actix::{Handler, Message, MessageResponse};
use domain::id::ConversationId;
use domain::queue::pace::Place;

use crate::actors::line::LineActor;
use crate::cluster::presence::Stand;

/// Where does the customer of that conversation stand?
#[derive(Debug, Message)]
#[rtype(result = "Stands")]
pub(crate) struct AskPlace(pub(crate) ConversationId);

/// As other nodes are told.
pub(crate) fn stand(place: &Place, staffed: bool) -> Stand {
    let wait_seconds = place.wait.map(|wait| wait.as_secs());
    Stand { position: place.position, wait_seconds, staffed }
}

/// Where does everybody stand who waits, of the first?
#[derive(Clone, Copy, Debug, Message)]
#[rtype(result = "AllStand")]
pub(crate) struct AskPlaces;

#[derive(Clone, Debug, MessageResponse)]
pub(crate) struct AllStand {
    pub(crate) places: Vec<(ConversationId, Place)>,
    /// Somebody is here who could answer.
    pub(crate) staffed: bool,
}

/// Customers of a line, and of all lines of a node, of whom other nodes are told where they stand: all
/// nodes read it several times a second.
pub(crate) const TOLD_MAX: usize = 100;

impl Handler<AskPlaces> for LineActor {
    type Result = AllStand;

    fn handle(&mut self, _: AskPlaces, _: &mut Self::Context) -> AllStand {
        let places = self.pace.places(TOLD_MAX, self.parts.clock.now());
        AllStand { places, staffed: self.queue.somebody_is_available() }
    }
}

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
