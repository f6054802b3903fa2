//! An operator at work: accepts what he is offered, notes each message, finishes if he is to.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use domain::event::{Row, RowState};
use domain::id::OperatorId;
use switchboard::clock;
use switchboard::protocol::{ClientFrame, Outcome, ServerFrame};
use uuid::Uuid;

use crate::furnish::{OPERATORS, operator};
use crate::pacer::Work;
use crate::socket::{Positions, Socket};
use crate::stamp::Stamp;
use crate::tally::Book;

/// Frames after which a console of one who is visited goes, and comes back where it was.
const FRAMES_OF_A_STAY: usize = 5_000;

/// Begins a row in an `events` frame; quotes in what people write are escaped there.
const ROW: &str = "{\"kind\":\"row\",\"row\":";

/// How far the run is, as seen from the consoles.
#[derive(Clone, Default)]
pub(crate) struct Readiness {
    pub(crate) caught_up: Arc<AtomicUsize>,
    /// Commands that were carried out.
    pub(crate) done: Arc<AtomicUsize>,
}

struct Desk {
    me: OperatorId,
    /// As he stands in a row that is offered to him or his.
    named: String,
    work: Work,
    socket: Socket,
    readiness: Readiness,
    /// Commands that are not answered yet.
    asked: usize,
}

/// Opens the console of an operator, again when the hub closes it.
pub(crate) async fn serve(
    address: SocketAddr,
    n: usize,
    work: Work,
    readiness: Readiness,
    book: Book,
) {
    let socket = Socket::open(address, n, Positions::new()).await.expect("a console is opened");
    let (me, named) = (operator(n), format!("\"operator\":\"{}\"", operator(n)));
    let mut desk = Desk { me, named, work, socket, readiness, asked: 0 };
    let mut frames = n * FRAMES_OF_A_STAY / OPERATORS;
    loop {
        if matches!(work, Work::Visits { .. }) && desk.asked == 0 && frames > FRAMES_OF_A_STAY {
            frames = 0;
            let positions = std::mem::take(&mut desk.socket.positions);
            desk.socket = Socket::open(address, n, positions).await.expect("it comes back");
        }
        let Some(text) = desk.socket.hear().await else {
            // It could not follow. What it has left undone is in the snapshot.
            desk.socket = Socket::open(address, n, Positions::new()).await.expect("it comes back");
            continue;
        };
        frames += 1;
        if work != Work::Arrivals {
            Stamp::found_in(&text).for_each(|stamp| book.delivered(stamp));
        }
        if desk.has_to_read() {
            desk.read(&text, &book).await;
        }
    }
}

impl Desk {
    /// Reading costs more than looking for stamps: it is left out when nothing is to be done.
    fn has_to_read(&self) -> bool {
        match self.work {
            Work::Talk { .. } | Work::Pages { .. } => {
                self.readiness.done.load(Ordering::Relaxed) < self.work.accepted_before()
            }
            Work::Arrivals | Work::Visits { .. } => true,
        }
    }

    async fn read(&mut self, text: &str, book: &Book) {
        if text.starts_with("{\"type\":\"events\"") {
            return self.read_events(text, book).await;
        }
        match serde_json::from_str(text).unwrap() {
            ServerFrame::CaughtUp {} => {
                self.readiness.caught_up.fetch_add(1, Ordering::Relaxed);
            }
            ServerFrame::Result { outcome: Outcome::Done {}, .. } => {
                self.asked -= 1;
                self.readiness.done.fetch_add(1, Ordering::Relaxed);
            }
            // Somebody was faster, or a row was told twice: the count of what is done tells.
            ServerFrame::Result { .. } => self.asked -= 1,
            ServerFrame::Welcome { .. }
            | ServerFrame::Beat { .. }
            | ServerFrame::Typing { .. }
            | ServerFrame::Events { .. }
            | ServerFrame::Reconnect { .. }
            | ServerFrame::Error { .. } => {}
            ServerFrame::Snapshot { rows, .. } => {
                for row in rows {
                    self.look(row, book).await;
                }
            }
        }
    }

    /// Most rows are those of others, and reading one costs more than writing it costs the hub.
    async fn read_events(&mut self, text: &str, book: &Book) {
        for row in text.split(ROW).skip(1) {
            if !row.contains(&self.named) {
                continue;
            }
            let row = serde_json::Deserializer::from_str(row).into_iter().next();
            self.look(row.unwrap().unwrap(), book).await;
        }
    }

    async fn look(&mut self, row: Row, book: &Book) {
        let conversation = row.conversation;
        let cmd_id: Uuid = clock::new_uuid().parse().unwrap();
        let own = row.offers.iter().find(|offer| offer.operator == self.me);
        let is_mine = row.state == RowState::Active && row.operator.as_ref() == Some(&self.me);
        let newest = Stamp::previewed(&row.preview);
        // What is offered shows only how it begins.
        if let (Some(_), Work::Arrivals | Work::Visits { .. }, Some(stamp)) =
            (own, self.work, newest)
        {
            book.offered(stamp);
        }
        let frame = match own {
            Some(own) => ClientFrame::Accept { cmd_id, conversation, offer: own.offer },
            None if is_mine && self.work.ends_with(newest) => {
                ClientFrame::Finish { cmd_id, conversation, silent: true }
            }
            None => return,
        };
        self.asked += 1;
        // A console that is being closed comes back and says it anew.
        let _said = self.socket.say(&frame).await;
    }
}
