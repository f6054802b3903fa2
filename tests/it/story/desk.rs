//! Operators at their desks: browsers that keep what they were sent, and say what they are told.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use actix::{Actor, Context, Handler, Recipient};
use domain::entry::Body;
use domain::event::{Row, RowState};
use domain::id::{ConversationId, OfferId, OperatorId};
use domain::operator::Status;
use switchboard::actors::handle::{
    CloseSocket, Cut, Deliver, NodeHandle, Received, SessionLink, SocketClosed, SocketLink,
};
use switchboard::protocol::{ClientFrame, Event, FeedPosition, Outcome, ServerFrame};
use uuid::Uuid;

use crate::screen;
use crate::story::Story;

/// An operator's browser: keeps what it was sent, as a browser would.
pub struct Desk {
    pub name: OperatorId,
    link: SessionLink,
    inbox: Rc<RefCell<Inbox>>,
}

#[derive(Default)]
struct Inbox {
    frames: Vec<ServerFrame>,
    closed: Option<u16>,
    /// Where acknowledgements go; none: the browser hangs.
    acknowledges: Option<Recipient<Received>>,
    /// Where it says that it has closed; none: it hangs.
    closes: Option<Recipient<SocketClosed>>,
}

impl Inbox {
    fn take(&mut self, frame: ServerFrame) {
        if let (ServerFrame::Events { to, .. }, Some(link)) = (&frame, &self.acknowledges) {
            let ack = ClientFrame::Ack { positions: vec![to.clone()] };
            link.do_send(Received(serde_json::to_string(&ack).unwrap().into()));
        }
        self.frames.push(frame);
    }
}

struct Pipe(Rc<RefCell<Inbox>>);

impl Actor for Pipe {
    type Context = Context<Self>;
}

impl Handler<Deliver> for Pipe {
    type Result = ();

    fn handle(&mut self, deliver: Deliver, _: &mut Self::Context) {
        for text in &deliver.0 {
            self.0.borrow_mut().take(serde_json::from_str(text).unwrap());
        }
    }
}

impl Handler<CloseSocket> for Pipe {
    type Result = ();

    fn handle(&mut self, close: CloseSocket, _: &mut Self::Context) {
        let mut inbox = self.0.borrow_mut();
        inbox.closed = Some(close.code);
        if let Some(link) = &inbox.closes {
            link.do_send(SocketClosed);
        }
    }
}

impl Desk {
    /// Opens a socket; nothing is said yet.
    pub fn open(node: &NodeHandle, name: &str) -> Self {
        let inbox = Rc::new(RefCell::new(Inbox::default()));
        let pipe = Pipe(inbox.clone()).start();
        let socket = SocketLink {
            deliver: pipe.clone().recipient(),
            close: pipe.recipient(),
            cut: Cut::default(),
        };
        let name = OperatorId::new(name);
        let link = node.open_session(&name, name.as_str(), socket).unwrap();
        inbox.borrow_mut().acknowledges = Some(link.received.clone());
        inbox.borrow_mut().closes = Some(link.closed.clone());
        Self { name, link, inbox }
    }

    /// The browser takes what it gets and says nothing any more.
    pub fn hangs(&self) {
        let mut inbox = self.inbox.borrow_mut();
        (inbox.acknowledges, inbox.closes) = (None, None);
    }

    pub fn says(&self, frame: &ClientFrame) {
        self.link.received.do_send(Received(serde_json::to_string(frame).unwrap().into()));
    }

    pub fn says_text(&self, text: &str) {
        self.link.received.do_send(Received(text.to_owned().into()));
    }

    pub fn says_hello(&self, positions: Vec<FeedPosition>) {
        self.says(&ClientFrame::Hello { protocol: 1, positions });
    }

    /// The socket breaks.
    pub fn is_cut(&self) {
        self.link.closed.do_send(SocketClosed);
    }

    pub fn frames(&self) -> Vec<ServerFrame> {
        self.inbox.borrow().frames.clone()
    }

    pub fn closed(&self) -> Option<u16> {
        self.inbox.borrow().closed
    }

    /// All events in order, of whatever shard.
    pub fn events(&self) -> Vec<Event> {
        let of = |frame| match frame {
            ServerFrame::Events { events, .. } => events,
            _ => Vec::new(),
        };
        self.frames().into_iter().flat_map(of).collect()
    }

    /// Where the browser is in each shard; panics when frames do not join on without a gap.
    pub fn positions(&self) -> Vec<FeedPosition> {
        screen::positions(&self.frames())
    }

    /// The rows as a browser would have them by now.
    pub fn rows(&self) -> BTreeMap<ConversationId, Row> {
        screen::rows(&self.frames())
    }

    /// The offers before this operator now.
    pub fn offers(&self) -> Vec<(ConversationId, OfferId)> {
        let mine = |row: &Row| {
            let offer = row.offers.iter().find(|offer| offer.operator == self.name)?;
            Some((row.conversation.clone(), offer.offer))
        };
        self.rows().values().filter_map(mine).collect()
    }

    /// The only offer before this operator.
    #[track_caller]
    pub fn offer(&self) -> (ConversationId, OfferId) {
        let offers = self.offers();
        assert_eq!(offers.len(), 1, "{} has these offers", self.name);
        offers.into_iter().next().unwrap()
    }

    /// Texts of a conversation as they came, edits aside.
    pub fn texts(&self) -> Vec<String> {
        let text = |event| match event {
            Event::Entry { entry, .. } => match &entry.body {
                Body::Message(message) => Some(message.text.clone()),
                Body::Note { .. } | Body::Fact(_) => None,
            },
            _ => None,
        };
        self.events().into_iter().filter_map(text).collect()
    }

    pub async fn accepts(&self, story: &Story, (id, offer): (ConversationId, OfferId)) -> Outcome {
        let cmd_id = new_id();
        self.commands(story, ClientFrame::Accept { cmd_id, conversation: id, offer }).await
    }

    pub async fn declines(&self, story: &Story, (id, offer): (ConversationId, OfferId)) -> Outcome {
        let (cmd_id, reason) = (new_id(), None);
        let decline = ClientFrame::Decline { cmd_id, conversation: id, offer, reason };
        self.commands(story, decline).await
    }

    pub async fn replies(&self, story: &Story, id: &ConversationId, text: &str) -> Outcome {
        let (cmd_id, text) = (new_id(), text.to_owned());
        let reply =
            ClientFrame::Reply { cmd_id, conversation: id.clone(), text, files: Vec::new() };
        self.commands(story, reply).await
    }

    pub async fn finishes(&self, story: &Story, id: &ConversationId) -> Outcome {
        let cmd_id = new_id();
        self.commands(
            story,
            ClientFrame::Finish { cmd_id, conversation: id.clone(), silent: false },
        )
        .await
    }

    /// Sets the own status.
    pub async fn is(&self, story: &Story, status: Status) {
        let frame = ClientFrame::SetStatus { cmd_id: new_id(), status, reason: None };
        assert_eq!(self.commands(story, frame).await, Outcome::Done {});
    }

    /// Gives a command and waits for its answer.
    pub async fn commands(&self, story: &Story, frame: ClientFrame) -> Outcome {
        let id = serde_json::to_value(&frame).unwrap()["cmd_id"].as_str().unwrap().to_owned();
        self.says(&frame);
        story.settles().await;
        self.answer(id.parse().unwrap()).expect("the command is answered")
    }

    /// The last answer to a command.
    pub fn answer(&self, id: Uuid) -> Option<Outcome> {
        self.frames().into_iter().rev().find_map(|frame| match frame {
            ServerFrame::Result { cmd_id, outcome } if cmd_id == id => Some(outcome),
            _ => None,
        })
    }

    /// How the only conversation it knows stands.
    #[track_caller]
    pub fn state(&self) -> RowState {
        let rows = self.rows();
        assert_eq!(rows.len(), 1, "{} knows these conversations", self.name);
        rows.values().next().unwrap().state
    }
}

pub fn new_id() -> Uuid {
    switchboard::clock::new_uuid().parse().unwrap()
}
