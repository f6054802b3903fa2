//! One connection of the platform: an update is posted when the one before is answered.

use std::net::SocketAddr;

use switchboard::channels::telegram::SECRET_HEADER;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::mpsc::UnboundedReceiver;

use crate::furnish::{SECRET, channel};
use crate::pacer::Work;
use crate::stamp::Stamp;
use crate::tally::Book;

/// Posts what it is handed, in that order, until nothing more can come.
pub(crate) async fn post_all(
    address: SocketAddr,
    (lines, work): (u16, Work),
    mut stamps: UnboundedReceiver<Stamp>,
    book: Book,
) {
    let mut connection = TcpStream::connect(address).await.unwrap();
    connection.set_nodelay(true).unwrap();
    let mut free = 0;
    while let Some(stamp) = stamps.recv().await {
        let request = request(stamp, lines, work);
        book.sent(stamp, free);
        connection.write_all(request.as_bytes()).await.unwrap();
        let status = answer(&mut connection).await;
        book.answered(stamp, status);
        free = book.now();
    }
}

fn request(stamp: Stamp, lines: u16, work: Work) -> String {
    let Stamp { load, chat, n, .. } = stamp;
    let channel = channel(u16::try_from(chat).unwrap() % lines);
    // As a bot's updates: each has a higher number than the one before.
    let update = format!("{load}{:09}", n * work.sequences() + chat);
    let customer = match work {
        Work::Talk { .. } | Work::Pages { .. } | Work::Visits { .. } => (chat + 1).to_string(),
        // Each message is somebody else's.
        Work::Arrivals => update.clone(),
    };
    let body = format!(
        r#"{{"update_id":{update},"message":{{"message_id":{update},"from":{{"id":{customer},"is_bot":false,"first_name":"Ivan","language_code":"en"}},"chat":{{"id":{customer},"first_name":"Ivan","type":"private"}},"date":1772442000,"text":"{stamp}"}}}}"#
    );
    format!(
        "POST /hooks/{channel} HTTP/1.1\r\nhost: load\r\ncontent-type: application/json\r\n\
         {SECRET_HEADER}: {SECRET}\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
}

/// The status of the next answer; its body is read and forgotten.
async fn answer(connection: &mut TcpStream) -> u16 {
    let mut bytes = [0; 4_096];
    let mut filled = 0;
    loop {
        let read = connection.read(&mut bytes[filled..]).await.unwrap();
        assert!(read > 0, "the hub closed a connection of the platform");
        filled += read;
        let text = std::str::from_utf8(&bytes[..filled]).unwrap();
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        if body.len() >= body_bytes(head) {
            return head.split(' ').nth(1).unwrap().parse().unwrap();
        }
    }
}

fn body_bytes(head: &str) -> usize {
    let lengths = head.lines().filter_map(|line| line.split_once(": "));
    let mut lengths = lengths.filter(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    lengths.next().map_or(0, |(_, bytes)| bytes.parse().unwrap())
}
