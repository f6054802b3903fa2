//! A visitor on a page of a site: writes when the message before is stored, and takes his news in.

use std::net::{Ipv4Addr, SocketAddr};

use domain::id::ChannelId;
use switchboard::clock;
use switchboard::protocol::visitor::VisitorFrame;
use tokio::sync::mpsc::UnboundedReceiver;

use crate::furnish::visitor_token;
use crate::stamp::Stamp;
use crate::tally::Book;
use crate::websocket::WebSocket;

/// All that begin with 127 are this machine's.
const FIRST_HOME: Ipv4Addr = Ipv4Addr::new(127, 1, 0, 1);
const NEWS: &str = "{\"type\":\"news\"";
const RESULT: &str = "{\"type\":\"result\"";
const BEAT: &str = "{\"type\":\"beat\"}";
const DONE: &str = "\"outcome\":\"done\"";

/// Writes what it is handed, in that order, until nothing more can come.
pub(crate) async fn write_all(
    address: SocketAddr,
    (widget, visitor): (ChannelId, usize),
    mut stamps: UnboundedReceiver<Stamp>,
    book: Book,
) {
    let path = format!("/ws/visitor/{widget}");
    let way = (Some(home(visitor)), address);
    let mut socket = WebSocket::open(way, &path, "").await.expect("a page is opened");
    let token = visitor_token(&widget, visitor);
    socket.say(&VisitorFrame::Hello { token, after: None }).await.unwrap();
    let (mut written, mut free) = (None, 0);
    loop {
        tokio::select! {
            stamp = stamps.recv(), if written.is_none() => {
                let Some(stamp) = stamp else { return };
                let id = clock::new_uuid().parse().unwrap();
                let text = stamp.to_string();
                book.sent(stamp, free);
                socket.say(&VisitorFrame::Message { id, text, files: Vec::new() }).await.unwrap();
                written = Some(stamp);
            }
            text = socket.hear() => {
                let text = text.expect("the hub closed a page");
                if text.starts_with(NEWS) {
                    let position = position(&text).to_owned();
                    socket.say(&VisitorFrame::Ack { position }).await.unwrap();
                } else if text.starts_with(RESULT) {
                    let status = if text.contains(DONE) { 200 } else { 503 };
                    book.answered(written.take().expect("he wrote"), status);
                    free = book.now();
                } else {
                    assert_eq!(text, BEAT);
                }
            }
        }
    }
}

/// Each has an address of his own, as what one address may do is bounded.
fn home(visitor: usize) -> Ipv4Addr {
    Ipv4Addr::from_bits(FIRST_HOME.to_bits() + u32::try_from(visitor).unwrap())
}

/// Up to where the page is with these news; empty: nothing was ever written.
fn position(news: &str) -> &str {
    let behind = news.split_once("\"position\":\"").map_or("", |(_, behind)| behind);
    behind.split_once('"').map_or("", |(position, _)| position)
}
