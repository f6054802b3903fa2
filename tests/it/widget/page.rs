//! A visitor's page, as a story has it: talks to a real session, keeps what it is sent.

use std::cell::RefCell;
use std::net::IpAddr;
use std::rc::Rc;
use std::sync::Arc;

use actix::{Actor, Context, Handler, Recipient};
use domain::channel::widget::{ContactForm, Look, VisitorLimits, WidgetSettings};
use domain::channel::{Channel, ChannelSettings};
use domain::id::{ChannelId, ConversationId};
use domain::line::LineSettings;
use serde_json::{Value, json};
use switchboard::actors::handle::visitors::Guest;
use switchboard::actors::handle::{
    CloseSocket, Cut, Deliver, Received, SessionLink, SocketClosed, SocketLink,
};
use switchboard::channels::widget::{Visitor, issue};
use switchboard::protocol::visitor::{
    ChatState, VisitorFrame, VisitorItem, VisitorNews, VisitorOutcome, VisitorServerFrame, Writer,
};

use crate::story::{Desk, Story, new_id, operators};

pub const WIDGET: &str = "site";
pub const KEY: &str = "the key of the widget";
pub const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1));

/// A line with these operators and a widget, and nothing that it says by itself.
pub fn anna(line: &mut LineSettings) {
    line.queue.operators = operators(["anna"]);
}

/// A widget without forms, with room for everything.
pub fn settings() -> WidgetSettings {
    WidgetSettings {
        origins: vec!["https://shop.example".to_owned()],
        look: Look::default(),
        form: ContactForm { offline: false, ..ContactForm::default() },
        limits: VisitorLimits { messages_per_10_seconds: 100, conversations_per_hour: 100 },
        secret: "a secret of the site".to_owned(),
        key: KEY.to_owned(),
    }
}

impl Story {
    /// The line's bot makes place for a widget.
    pub async fn has_a_widget(&self, change: impl FnOnce(&mut WidgetSettings)) {
        let mut widget = settings();
        change(&mut widget);
        let widget = ChannelSettings::Widget(Box::new(widget));
        self.opens_channel(WIDGET, widget).await;
    }

    pub fn widget(&self) -> Arc<Channel> {
        self.node.directory().channels[&ChannelId::new(WIDGET)].value.clone()
    }

    /// Somebody on the site, whom nobody knows.
    pub fn visitor(&self, id: &str) -> Visitor {
        Visitor {
            id: id.into(),
            name: format!("Visitor {id}"),
            consented: false,
            introduced: false,
            vouched: None,
            issued_at: self.now(),
        }
    }

    /// A page of that visitor is open and knows its chat.
    pub async fn visits(&self, id: &str) -> Page {
        let page = Page::open(self, self.visitor(id));
        page.says_hello(None);
        self.settles().await;
        page
    }

    /// Anna, alone in the queue, talks with a visitor on his page.
    pub async fn anna_talks_on_a_page(&self) -> (Desk, Page, ConversationId) {
        self.has_a_widget(|_| {}).await;
        let anna = self.signs_in("anna").await;
        let page = self.visits("ivan").await;
        page.writes(self, "hello").await;
        let id = anna.accepts_it(self).await;
        (anna, page, id)
    }

    /// Something that a page does by POST.
    pub async fn posts_as(&self, visitor: &Visitor, frame: VisitorFrame) -> VisitorOutcome {
        let visitor = visitor.clone();
        let guest = Guest::new(self.widget(), visitor, HERE);
        let acted = self.node.visitor_acts(&guest, frame).await;
        self.settles().await;
        acted.outcome
    }

    /// What a page that asks is answered.
    pub async fn news_of(&self, visitor: &Visitor, after: Option<&str>) -> VisitorNews {
        let visitor = visitor.clone();
        let guest = Guest::new(self.widget(), visitor, HERE);
        self.node.visitor_news(&guest, after).await.unwrap()
    }
}

pub struct Page {
    pub visitor: Visitor,
    link: SessionLink,
    inbox: Rc<RefCell<Inbox>>,
}

#[derive(Default)]
struct Inbox {
    frames: Vec<VisitorServerFrame>,
    closed: Option<u16>,
    acknowledges: Option<Recipient<Received>>,
}

struct Pipe(Rc<RefCell<Inbox>>);

impl Actor for Pipe {
    type Context = Context<Self>;
}

impl Handler<Deliver> for Pipe {
    type Result = ();

    fn handle(&mut self, deliver: Deliver, _: &mut Self::Context) {
        for text in &deliver.0 {
            let frame: VisitorServerFrame = serde_json::from_str(text).unwrap();
            let mut inbox = self.0.borrow_mut();
            if let (VisitorServerFrame::News(news), Some(link)) = (&frame, &inbox.acknowledges) {
                let position = news.position.clone().unwrap_or_default();
                let ack = serde_json::to_string(&VisitorFrame::Ack { position }).unwrap();
                link.do_send(Received(ack.into()));
            }
            inbox.frames.push(frame);
        }
    }
}

impl Handler<CloseSocket> for Pipe {
    type Result = ();

    fn handle(&mut self, close: CloseSocket, _: &mut Self::Context) {
        self.0.borrow_mut().closed = Some(close.code);
    }
}

impl Page {
    /// Nothing is said yet.
    pub fn open(story: &Story, visitor: Visitor) -> Self {
        let inbox = Rc::new(RefCell::new(Inbox::default()));
        let pipe = Pipe(inbox.clone()).start();
        let socket = SocketLink {
            deliver: pipe.clone().recipient(),
            close: pipe.recipient(),
            cut: Cut::default(),
        };
        let link = story.node.open_visitor(story.widget(), HERE, socket).unwrap();
        inbox.borrow_mut().acknowledges = Some(link.received.clone());
        Self { visitor, link, inbox }
    }

    pub fn token(&self) -> String {
        issue(KEY, &ChannelId::new(WIDGET), &self.visitor)
    }

    pub fn says_hello(&self, after: Option<String>) {
        self.says(&VisitorFrame::Hello { token: self.token(), after });
    }

    pub fn says(&self, frame: &VisitorFrame) {
        self.says_text(&serde_json::to_string(frame).unwrap());
    }

    pub fn says_text(&self, text: &str) {
        self.link.received.do_send(Received(text.to_owned().into()));
    }

    /// It takes nothing in any more.
    pub fn hangs(&self) {
        self.inbox.borrow_mut().acknowledges = None;
    }

    /// What it was sent last is taken in, and everything that comes.
    pub async fn takes_in(&self, story: &Story) {
        self.inbox.borrow_mut().acknowledges = Some(self.link.received.clone());
        self.says(&VisitorFrame::Ack { position: self.position().unwrap_or_default() });
        story.settles().await;
    }

    pub fn is_cut(&self) {
        self.link.closed.do_send(SocketClosed);
    }

    pub fn closed(&self) -> Option<u16> {
        self.inbox.borrow().closed
    }

    pub async fn writes(&self, story: &Story, text: &str) -> VisitorOutcome {
        self.does(story, json!({ "type": "message", "text": text })).await
    }

    /// Does something that has an id, and waits for its answer.
    pub async fn does(&self, story: &Story, mut frame: Value) -> VisitorOutcome {
        let id = new_id();
        frame["id"] = json!(id);
        self.says_text(&frame.to_string());
        story.settles().await;
        let answers = self.frames().into_iter().rev();
        let mut answers = answers.filter_map(|frame| match frame {
            VisitorServerFrame::Result { id: of, outcome } if of == id => Some(outcome),
            _ => None,
        });
        answers.next().expect("it is answered")
    }

    pub fn frames(&self) -> Vec<VisitorServerFrame> {
        self.inbox.borrow().frames.clone()
    }

    fn news(&self) -> Vec<VisitorNews> {
        let news = self.frames().into_iter().filter_map(|frame| match frame {
            VisitorServerFrame::News(news) => Some(news),
            _ => None,
        });
        news.collect()
    }

    /// What is on the page now.
    pub fn items(&self) -> Vec<VisitorItem> {
        let mut items = Vec::new();
        for news in self.news() {
            if news.reset {
                items.clear();
            }
            items.extend(news.items);
        }
        items
    }

    /// What is on the page now, one line a message.
    pub fn lines(&self) -> Vec<String> {
        lines(&self.items())
    }

    pub fn state(&self) -> ChatState {
        self.news().pop().expect("some news").state
    }

    pub fn position(&self) -> Option<String> {
        self.news().pop().expect("some news").position
    }
}

/// Messages, each with who wrote it.
pub fn lines(items: &[VisitorItem]) -> Vec<String> {
    let line = |item: &VisitorItem| match item {
        VisitorItem::Message { deleted: true, .. } => "deleted".to_owned(),
        VisitorItem::Message { from: Writer::Visitor {}, text, .. } => format!("me: {text}"),
        VisitorItem::Message { from: Writer::Company {}, text, .. } => format!("we: {text}"),
        VisitorItem::Message { from: Writer::Person(who), text, .. } => {
            format!("{}: {text}", who.name)
        }
        VisitorItem::Rated { value, .. } => format!("rated {value}"),
    };
    items.iter().map(line).collect()
}

/// It was done; the page is told of no other token.
pub const DONE: VisitorOutcome = VisitorOutcome::Done { token: None };
