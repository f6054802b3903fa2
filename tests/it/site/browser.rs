//! An operator's browser: a real WebSocket, and what came over it.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::time::Duration;

use awc::error::WsProtocolError;
use awc::ws::{Frame, Message};
use domain::event::Row;
use domain::id::{ConversationId, OfferId, OperatorId};
use futures_util::stream::LocalBoxStream;
use futures_util::{Sink, SinkExt as _, StreamExt as _};
use switchboard::protocol::{ClientFrame, FeedPosition, Outcome, ServerFrame};

use super::Page;
use crate::screen;
use crate::story::new_id;

/// Real time after which a frame is missing.
const WATCHDOG: Duration = Duration::from_secs(20);
const SNAPSHOT_BYTES_MAX: usize = 16 * 1024 * 1024;

pub(crate) struct Browser {
    out: Pin<Box<dyn Sink<Message, Error = WsProtocolError>>>,
    incoming: LocalBoxStream<'static, Result<Frame, WsProtocolError>>,
    frames: Vec<ServerFrame>,
}

impl Browser {
    /// Opens a socket from a page; nothing is said yet.
    pub(crate) async fn opens(page: &Page) -> Self {
        let opening = awc::Client::new()
            .ws(format!("{}/ws/operator", page.url))
            .set_header("cookie", page.cookie.as_deref().unwrap_or_default())
            .origin(&*page.origin)
            .max_frame_size(SNAPSHOT_BYTES_MAX)
            .connect();
        let (_, connection) = opening.await.expect("upgraded");
        let (out, incoming) = connection.split();
        Self { out: Box::pin(out), incoming: incoming.boxed_local(), frames: Vec::new() }
    }

    /// Opens a socket and waits until the screen shows what is.
    pub(crate) async fn shows(page: &Page) -> Self {
        let mut browser = Self::opens(page).await;
        browser.says(&ClientFrame::Hello { protocol: 1, positions: Vec::new() }).await;
        browser.until(|frames| frames.contains(&ServerFrame::CaughtUp {})).await;
        browser
    }

    pub(crate) async fn says(&mut self, frame: &ClientFrame) {
        self.says_text(serde_json::to_string(frame).expect("json")).await;
    }

    pub(crate) async fn says_text(&mut self, text: impl Into<String>) {
        self.sends(Message::Text(text.into().into())).await;
    }

    pub(crate) async fn sends(&mut self, message: Message) {
        self.out.send(message).await.expect("sent");
    }

    /// Takes frames in until there are enough.
    pub(crate) async fn until(&mut self, enough: impl Fn(&[ServerFrame]) -> bool) {
        while !enough(&self.frames) {
            match self.next().await {
                Some(Frame::Text(text)) => {
                    self.frames.push(serde_json::from_slice(&text).expect("a frame"));
                }
                other => panic!("{other:?} after {:?}", self.frames),
            }
        }
    }

    async fn next(&mut self) -> Option<Frame> {
        let next = tokio::time::timeout(WATCHDOG, self.incoming.next()).await;
        let next = next.unwrap_or_else(|_| panic!("nothing more after {:?}", self.frames));
        next.map(|frame| frame.expect("a good frame"))
    }

    /// Waits for the end and answers its code.
    pub(crate) async fn closes(&mut self) -> u16 {
        loop {
            match self.next().await {
                Some(Frame::Close(Some(reason))) => return reason.code.into(),
                Some(Frame::Text(_)) => {}
                other => panic!("{other:?} instead of a close frame"),
            }
        }
    }

    /// Gives a command and waits for its answer.
    pub(crate) async fn commands(&mut self, frame: &ClientFrame) -> Outcome {
        let json = serde_json::to_value(frame).expect("json");
        self.says(frame).await;
        self.answer(json["cmd_id"].as_str().expect("an id")).await
    }

    pub(crate) async fn answer(&mut self, id: &str) -> Outcome {
        let is_answer = |frame: &ServerFrame| {
            let ServerFrame::Result { cmd_id, outcome } = frame else { return None };
            (cmd_id.to_string() == id).then(|| outcome.clone())
        };
        self.until(|frames| frames.iter().any(|frame| is_answer(frame).is_some())).await;
        self.frames.iter().find_map(is_answer).expect("it has come")
    }

    /// Waits for the next `error` and answers it as JSON.
    pub(crate) async fn error(&mut self) -> serde_json::Value {
        let is_error = |frame: &&ServerFrame| matches!(frame, ServerFrame::Error { .. });
        self.until(|frames| frames.iter().any(|frame| is_error(&frame))).await;
        let error = self.frames.iter().find(is_error).expect("it has come");
        serde_json::to_value(error).expect("json")
    }

    /// Waits until a conversation with this customer is offered to this operator.
    pub(crate) async fn is_offered(
        &mut self,
        operator: &OperatorId,
        customer: &str,
    ) -> (ConversationId, OfferId) {
        let offered = |frames: &[ServerFrame]| {
            screen::rows(frames).into_values().find_map(|row| {
                let offer = row.offers.iter().find(|offer| offer.operator == *operator)?;
                (row.customer_name == customer).then(|| (row.conversation.clone(), offer.offer))
            })
        };
        self.until(|frames| offered(frames).is_some()).await;
        offered(&self.frames).expect("it has come")
    }

    pub(crate) async fn accepts(&mut self, (id, offer): &(ConversationId, OfferId)) -> Outcome {
        let (cmd_id, conversation) = (new_id(), id.clone());
        self.commands(&ClientFrame::Accept { cmd_id, conversation, offer: *offer }).await
    }

    pub(crate) fn frames(&self) -> &[ServerFrame] {
        &self.frames
    }

    pub(crate) fn rows(&self) -> BTreeMap<ConversationId, Row> {
        screen::rows(&self.frames)
    }

    pub(crate) fn positions(&self) -> Vec<FeedPosition> {
        screen::positions(&self.frames)
    }
}
