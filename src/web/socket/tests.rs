//! The pipe over real connections, with a session that only listens.

use std::future::pending;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use actix::{Addr, Context};
use actix_web::App;
use actix_web::rt::net::TcpStream;
use futures_util::future::join_all;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::oneshot;

use super::*;
use crate::web::{COMMON_HEADERS, server};

const WATCHDOG: Duration = Duration::from_secs(10);

/// What a session hears of its socket.
#[derive(Debug)]
enum Heard {
    Opened(SocketLink),
    Text(String),
    /// It was told to be [`BUSY`], and hears nothing until it is told to go on.
    IsBusy(oneshot::Sender<()>),
    Gone,
    /// Somebody asked for what takes for ever.
    Asked,
    /// And nobody works on it any more.
    LeftOff,
}

/// A session that only listens.
struct Listener(UnboundedSender<Heard>);

const BUSY: &str = "be busy";

impl Actor for Listener {
    type Context = Context<Self>;
}

impl Handler<Received> for Listener {
    type Result = ();

    fn handle(&mut self, Received(text): Received, ctx: &mut Self::Context) {
        if text == BUSY {
            let (goes_on, waits) = oneshot::channel();
            let _ended = self.0.send(Heard::IsBusy(goes_on));
            ctx.wait(waits.into_actor(self).map(|_, _, _| ()));
        } else {
            let _ended = self.0.send(Heard::Text(text.to_string()));
        }
    }
}

impl Handler<SocketClosed> for Listener {
    type Result = ();

    fn handle(&mut self, _: SocketClosed, _: &mut Self::Context) {
        let _ended = self.0.send(Heard::Gone);
    }
}

/// A browser's end of a socket, with the session's end beside it.
struct Story {
    browser: TcpStream,
    heard: UnboundedReceiver<Heard>,
    socket: SocketLink,
}

/// What a browser asks for, but for its key.
const ASKS: &str = "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\n\
    Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n";
const KEY: &str = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

impl Story {
    async fn begins() -> Self {
        Self::begins_and_sends(b"").await
    }

    /// With bytes that the browser sends before it is answered.
    async fn begins_and_sends(bytes: &[u8]) -> Self {
        let (tell, mut heard) = unbounded_channel();
        let mut browser = TcpStream::connect(serve(tell)).await.expect("connected");
        let upgrade = [ASKS.as_bytes(), KEY.as_bytes(), bytes].concat();
        browser.write_all(&upgrade).await.expect("sent");
        while byte(&mut browser).await != Some(b'\r')
            || byte(&mut browser).await != Some(b'\n')
            || byte(&mut browser).await != Some(b'\r')
            || byte(&mut browser).await != Some(b'\n')
        {}
        let Heard::Opened(socket) = next(&mut heard).await else { panic!("not opened") };
        Self { browser, heard, socket }
    }

    /// Sends a masked frame; the mask is zero, so that the payload is readable here.
    async fn sends(&mut self, first: u8, payload: &[u8]) {
        let length = payload.len();
        assert!(length < 126, "only short frames are sent so");
        let mut frame = vec![first, 0x80 | u8::try_from(length).expect("short enough")];
        frame.extend([0; 4]);
        frame.extend(payload);
        self.browser.write_all(&frame).await.expect("sent");
    }

    /// The next frame that the browser gets: its first byte and payload.
    async fn gets(&mut self) -> (u8, Vec<u8>) {
        let first = byte(&mut self.browser).await.expect("a frame");
        let length = byte(&mut self.browser).await.expect("its length");
        assert!(length < 126, "only short frames are awaited");
        let mut payload = vec![0; length.into()];
        let read = self.browser.read_exact(&mut payload);
        tokio::time::timeout(WATCHDOG, read).await.expect("in time").expect("its payload");
        (first, payload)
    }

    /// The browser gets a close frame with that code, then the end; the session hears it.
    async fn closes_with(&mut self, code: u16) {
        let (first, payload) = self.gets().await;
        assert_eq!((first, &payload[..2]), (0x88, &code.to_be_bytes()[..]));
        assert_eq!(byte(&mut self.browser).await, None, "the connection ends");
        self.is_heard_gone().await;
    }

    async fn is_heard_gone(&mut self) {
        assert!(matches!(next(&mut self.heard).await, Heard::Gone));
    }

    async fn is_heard(&mut self, expected: &str) {
        let heard = next(&mut self.heard).await;
        let Heard::Text(text) = heard else { panic!("{heard:?} instead of {expected}") };
        assert_eq!(text, expected);
    }
}

async fn byte(browser: &mut TcpStream) -> Option<u8> {
    let read = tokio::time::timeout(WATCHDOG, browser.read_u8()).await;
    read.expect("the watchdog did not bite").ok()
}

async fn next(heard: &mut UnboundedReceiver<Heard>) -> Heard {
    tokio::time::timeout(WATCHDOG, heard.recv()).await.expect("in time").expect("a word")
}

/// Whether it is done in a time in which a pipe that is polled does anything.
async fn in_time(done: impl Future) -> bool {
    tokio::time::timeout(Duration::from_millis(300), done).await.is_ok()
}

/// A server whose every connection is a socket of a session that tells what it hears.
fn serve(tell: UnboundedSender<Heard>) -> SocketAddr {
    let listener = server::listen((Ipv4Addr::LOCALHOST, 0).into()).expect("bound");
    let address = listener.local_addr().expect("bound");
    let tell = web::Data::new(tell);
    let large = || web::to(async || "x".repeat(1 << 20));
    let app = move || {
        let app = App::new().app_data(tell.clone()).route("/large", large());
        let app = app.route("/page", web::to(async || "a page"));
        let app = app.route("/for-ever", web::to(lasts_for_ever));
        let app = app.route("/in-no-time", web::to(lasts_for_ever_in_no_time));
        app.default_service(web::to(open))
    };
    let server = server::serve(listener, app, |server| server.workers(1)).expect("listening");
    actix_web::rt::spawn(server);
    address
}

async fn open(
    request: HttpRequest,
    payload: web::Payload,
    tell: web::Data<UnboundedSender<Heard>>,
) -> Result<HttpResponse, actix_web::Error> {
    let tell = UnboundedSender::clone(&Arc::clone(&tell));
    respond(&request, payload, move |socket| {
        let session: Addr<Listener> = Listener(tell.clone()).start();
        tell.send(Heard::Opened(socket)).ok()?;
        Some(SessionLink { received: session.clone().recipient(), closed: session.recipient() })
    })
}

/// Tells when it is given up.
struct Work(UnboundedSender<Heard>);

impl Drop for Work {
    fn drop(&mut self) {
        let _ended = self.0.send(Heard::LeftOff);
    }
}

async fn lasts_for_ever(tell: web::Data<UnboundedSender<Heard>>) -> HttpResponse {
    let work = Work(UnboundedSender::clone(&tell));
    let _ended = work.0.send(Heard::Asked);
    pending().await
}

/// As long as that, on a clock that goes on whenever nothing is to be done.
async fn lasts_for_ever_in_no_time(tell: web::Data<UnboundedSender<Heard>>) -> HttpResponse {
    tokio::time::pause();
    lasts_for_ever(tell).await
}

#[actix_web::test]
async fn frames_go_both_ways_in_order() {
    let mut story = Story::begins().await;
    story.sends(0x81, b"one").await;
    let euro = "€".as_bytes();
    story.sends(0x01, &euro[..1]).await;
    story.sends(0x89, b"are you there").await;
    story.sends(0x80, &euro[1..]).await;
    story.is_heard("one").await;
    story.is_heard("€").await;
    assert_eq!(story.gets().await, (0x8a, b"are you there".to_vec()));
    let frames = vec!["a".into(), "b".into()];
    story.socket.deliver.try_send(Deliver(frames)).expect("room");
    assert_eq!(story.gets().await, (0x81, b"a".to_vec()));
    assert_eq!(story.gets().await, (0x81, b"b".to_vec()));
}

#[actix_web::test]
async fn what_came_with_the_request_is_heard() {
    let frame = [0x81, 0x82, 0, 0, 0, 0, b'o', b'k'];
    let mut story = Story::begins_and_sends(&frame).await;
    story.is_heard("ok").await;
    // Nothing was said to it, and what comes next is heard all the same.
    story.sends(0x81, b"more").await;
    story.is_heard("more").await;
    drop(story.browser);
    assert!(matches!(next(&mut story.heard).await, Heard::Gone));
}

/// What comes while there is no room for it is heard when there is, and so is what comes after that.
#[actix_web::test]
async fn a_session_that_was_busy_hears_all_that_was_said_meanwhile() {
    let mut story = Story::begins().await;
    story.sends(0x81, BUSY.as_bytes()).await;
    let Heard::IsBusy(goes_on) = next(&mut story.heard).await else { panic!("not busy") };
    // So many lie ready for it, and of what comes then some is read and not taken yet.
    let said: Vec<String> = (0..22).map(|n| format!("{n:0>1000}")).collect();
    let frame = |text: &String| [&[0x81, 0xfe, 0x03, 0xe8, 0, 0, 0, 0], text.as_bytes()].concat();
    let ping = vec![0x89, 0x80, 0, 0, 0, 0];
    let frames = |part: &[String]| part.iter().flat_map(frame).collect::<Vec<u8>>();
    for part in [[frames(&said[..16]), ping.clone()], [ping, frames(&said[16..])]] {
        story.browser.write_all(&part.concat()).await.expect("sent");
        assert_eq!(story.gets().await, (0x8a, Vec::new()), "all before it is taken");
    }
    goes_on.send(()).expect("it waits for that");
    for text in &said {
        story.is_heard(text).await;
    }
    story.sends(0x81, b"more").await;
    story.is_heard("more").await;
}

/// Asks for a socket at that path; answers the whole head and the whole body, after which the connection
/// has ended.
async fn is_answered(request: &str) -> (String, String) {
    let (tell, _heard) = unbounded_channel();
    let mut browser = TcpStream::connect(serve(tell)).await.expect("connected");
    browser.write_all(request.as_bytes()).await.expect("sent");
    let mut answer = String::new();
    let read = browser.read_to_string(&mut answer);
    tokio::time::timeout(WATCHDOG, read).await.expect("it ends").expect("an answer");
    let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
    (head.to_ascii_lowercase(), body.to_owned())
}

fn asks_for(method: &str, path: &str) -> String {
    format!("{ASKS}{KEY}").replace("GET /", &format!("{method} {path}"))
}

#[track_caller]
fn has(head: &str, lines: &[&str]) {
    for line in lines {
        assert!(head.lines().any(|of_head| of_head == *line), "{line} is not in\n{head}");
    }
}

#[actix_web::test]
async fn who_is_no_browser_gets_no_socket() {
    let (head, body) = is_answered(&format!("{ASKS}\r\n")).await;
    has(&head, &["http/1.1 400 handshake error", "content-length: 0", "connection: close"]);
    assert_eq!(body, "");
    let unknown = asks_for("GET", "/").replace("Version: 13", "Version: 6");
    let (head, body) = is_answered(&unknown).await;
    has(&head, &["http/1.1 426 unsupported websocket version", "sec-websocket-version: 13"]);
    assert_eq!(body, "");
    let (head, body) = is_answered(&asks_for("POST", "/")).await;
    has(&head, &["http/1.1 405 method not allowed", "allow: get", "connection: close"]);
    assert_eq!(body, "");
}

#[actix_web::test]
async fn where_no_socket_is_the_answer_is_given_if_it_is_short() {
    let (head, body) = is_answered(&asks_for("GET", "/page")).await;
    has(&head, &["http/1.1 200 ok", "content-length: 6", "connection: close"]);
    assert_eq!(body, "a page");
    let (head, body) = is_answered(&asks_for("HEAD", "/page")).await;
    has(&head, &["http/1.1 200 ok", "content-length: 6", "connection: close"]);
    assert_eq!(body, "", "only the head was asked for");
}

#[actix_web::test]
async fn what_is_known_at_once_is_said_to_who_has_ended_his_side() {
    let (tell, _heard) = unbounded_channel();
    let address = serve(tell);
    for _ in 0..8 {
        let mut browser = TcpStream::connect(address).await.expect("connected");
        browser.write_all(asks_for("GET", "/page").as_bytes()).await.expect("sent");
        browser.shutdown().await.expect("ended");
        let mut answer = String::new();
        let read = browser.read_to_string(&mut answer);
        tokio::time::timeout(WATCHDOG, read).await.expect("it ends").expect("an answer");
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer:?}");
    }
}

/// The lines that every answer of ours has, and that of its length.
fn ours(body: &str) -> [String; 6] {
    let length = format!("content-length: {}", body.len());
    let common = COMMON_HEADERS.map(|(name, value)| format!("{name}: {value}"));
    let [a, b, c, d] = common;
    [a, b, c, d, length, "connection: close".to_owned()]
}

#[actix_web::test]
async fn an_answer_that_is_too_long_is_replaced_with_all_headers() {
    let expected = r#"{"error":{"code":"malformed","message":"there is no socket here"}}"#;
    for (method, body_expected) in [("GET", expected), ("HEAD", "")] {
        let (head, body) = is_answered(&asks_for(method, "/large")).await;
        has(&head, &["http/1.1 400 bad request", "content-type: application/json"]);
        has(&head, &ours(expected).each_ref().map(String::as_str));
        assert_eq!(body, body_expected, "{method}");
    }
}

#[actix_web::test]
async fn who_is_not_answered_in_time_is_told_to_come_back() {
    let (head, body) = is_answered(&asks_for("GET", "/in-no-time")).await;
    has(&head, &["http/1.1 503 service unavailable", "retry-after: 2"]);
    has(&head, &ours(&body).each_ref().map(String::as_str));
    assert!(body.contains("unavailable"), "{body}");
}

#[actix_web::test]
async fn what_a_browser_that_went_away_asked_for_is_left_off() {
    let (tell, mut heard) = unbounded_channel();
    let mut browser = TcpStream::connect(serve(tell)).await.expect("connected");
    browser.write_all(asks_for("GET", "/for-ever").as_bytes()).await.expect("sent");
    assert!(matches!(next(&mut heard).await, Heard::Asked));
    drop(browser);
    assert!(matches!(next(&mut heard).await, Heard::LeftOff));
}

#[actix_web::test]
async fn every_end_has_its_code() {
    let giant = [0x81, 0xff, 0, 0, 0, 2, 0, 0, 0, 0];
    let mut many = vec![0x01, 0xfe, 0xff, 0xff, 0, 0, 0, 0];
    many.resize(many.len() + 0xffff, b'x');
    let next = [&[0x00_u8][..], &many[1..]].concat();
    many.extend(next.repeat(16));
    let cases = [
        ("binary", vec![0x82, 0x80, 0, 0, 0, 0], 1003),
        ("wrong text", vec![0x81, 0x81, 0, 0, 0, 0, 0xff], 1007),
        ("not masked", vec![0x81, 0x01, b'x'], 1002),
        ("reserved bits", vec![0xf1, 0x80, 0, 0, 0, 0], 1002),
        ("unknown kind", vec![0x83, 0x80, 0, 0, 0, 0], 1002),
        ("fragment of nothing", vec![0x80, 0x80, 0, 0, 0, 0], 1002),
        ("giant frame", giant.to_vec(), 1009),
        ("many fragments", many, 1009),
        ("peer closes", vec![0x88, 0x82, 0, 0, 0, 0, 3, 0xe8], 1000),
    ];
    let stories = cases.map(async |(what, bytes, code)| {
        let mut story = Story::begins().await;
        story.browser.write_all(&bytes).await.expect(what);
        story.closes_with(code).await;
    });
    join_all(stories).await;
}

#[actix_web::test]
async fn what_came_before_a_bad_frame_is_heard() {
    let mut story = Story::begins().await;
    let bytes = [&[0x81, 0x82, 0, 0, 0, 0, b'o', b'k'][..], &[0xc1]].concat();
    story.browser.write_all(&bytes).await.expect("sent");
    story.is_heard("ok").await;
    story.closes_with(1002).await;
}

#[actix_web::test]
async fn the_session_ends_the_socket() {
    let mut story = Story::begins().await;
    let close = CloseSocket { code: close::SIGNED_OUT, reason: "signed out" };
    story.socket.close.try_send(close).expect("room");
    story.closes_with(close::SIGNED_OUT).await;
}

#[actix_web::test]
async fn a_browser_that_goes_away_is_noticed() {
    let Story { browser, mut heard, socket: _socket } = Story::begins().await;
    drop(browser);
    assert!(matches!(next(&mut heard).await, Heard::Gone));
}

#[actix_web::test]
async fn a_peer_that_does_not_read_is_cut_from_outside() {
    let mut story = Story::begins().await;
    // More than all buffers on the way hold. Once its beginning is there, the rest is stuck.
    let large = ByteString::from("x".repeat(64 << 20));
    story.socket.deliver.send(Deliver(vec![large])).await.expect("taken");
    assert_eq!(byte(&mut story.browser).await, Some(0x81));
    let close = CloseSocket { code: close::SLOW, reason: "too slow" };
    assert!(!in_time(story.socket.close.send(close)).await, "then no cut would be needed");
    story.socket.cut.cut();
    story.is_heard_gone().await;
}

#[actix_web::test]
async fn what_can_be_cut_is_not_kept_open() {
    let mut story = Story::begins().await;
    let close = CloseSocket { code: close::SLOW, reason: "too slow" };
    story.socket.close.try_send(close).expect("room");
    story.closes_with(close::SLOW).await;
    story.socket.cut.cut();
}
