//! The platform of the bots: notes what is sent to each chat, and answers as it should.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

pub(crate) struct Platform {
    pub(crate) address: String,
    sent: Sent,
}

/// The texts that stand in each chat, in the order of their coming.
type Sent = Arc<Mutex<BTreeMap<String, Vec<String>>>>;

impl Platform {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let sent = Sent::default();
        let noted = sent.clone();
        tokio::spawn(async move {
            loop {
                let Ok((socket, _)) = listener.accept().await else { continue };
                tokio::spawn(serve(socket, noted.clone()));
            }
        });
        Self { address, sent }
    }

    pub(crate) fn sent(&self) -> BTreeMap<String, Vec<String>> {
        self.sent.lock().unwrap().clone()
    }
}

async fn serve(mut socket: TcpStream, sent: Sent) {
    let mut bytes = Vec::new();
    loop {
        let Some((path, body, length)) = request(&bytes) else {
            match socket.read_buf(&mut bytes).await {
                Ok(read) if read > 0 => continue,
                Ok(_) | Err(_) => return,
            }
        };
        bytes.drain(..length);
        let result = if path.ends_with("/sendMessage") { note(&sent, &body) } else { json!(true) };
        let answer = json!({ "ok": true, "result": result }).to_string();
        let answer = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{answer}",
            answer.len()
        );
        if socket.write_all(answer.as_bytes()).await.is_err() {
            return;
        }
    }
}

/// Path, body and length of the first request; none: not all of it is here.
fn request(bytes: &[u8]) -> Option<(String, Value, usize)> {
    let head_ends = bytes.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
    let head = String::from_utf8_lossy(&bytes[..head_ends]).to_ascii_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    let length: usize = length.map_or(0, |length| length.trim().parse().unwrap_or_default());
    let body = bytes.get(head_ends..head_ends + length)?;
    let path = String::from_utf8_lossy(&bytes[..head_ends]).split(' ').nth(1)?.to_owned();
    Some((path, serde_json::from_slice(body).unwrap_or_default(), head_ends + length))
}

fn note(sent: &Sent, body: &Value) -> Value {
    let chat = &body["chat_id"];
    let chat = chat.as_str().map_or_else(|| chat.to_string(), str::to_owned);
    let text = body["text"].as_str().unwrap_or_default().to_owned();
    let mut sent = sent.lock().unwrap();
    let texts = sent.entry(chat).or_default();
    texts.push(text);
    json!({ "message_id": texts.len() })
}
