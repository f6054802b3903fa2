//! A connection that has become a socket: its bytes to and from the answer that its request got.
//!
//! The server's own connection keeps buffers as long as it lasts, and of thousands of consoles hardly
//! one has anything to say at a time. So a request that asks for a socket is answered by the same
//! routes as any other, and the connection is then carried on here, which keeps nothing of what it
//! has handed on. The answer is not polled while the peer does not read.

use std::cell::RefCell;
use std::future::{pending, poll_fn};
use std::io::{Error, ErrorKind};
use std::net::Shutdown;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::{Arc, Weak};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use actix_codec::{Encoder as _, Framed, FramedParts};
use actix_http::body::{BodySize, BoxBody, MessageBody, to_bytes_limited};
use actix_http::error::PayloadError;
use actix_http::h1::{Codec, Message};
use actix_http::header::{HeaderName, HeaderValue};
use actix_http::{
    ConnectionType, HttpMessage as _, Method, Payload, Request, Response, StatusCode,
};
use actix_service::Service;
use actix_web::ResponseError as _;
use actix_web::rt::net::TcpStream;
use actix_web::rt::time::timeout;
use bytes::{Buf as _, Bytes};
use futures_util::Stream;
use socket2::SockRef;

use crate::actors::handle::Cut;
use crate::web::COMMON_HEADERS;
use crate::web::error::ApiError;
use crate::web::server::LINGER;

/// Bytes that are read at a time; more is read when the answer has taken them.
const READ_BYTES: usize = 4 * 1024;

/// Longest answer to a request that gets no socket; what is longer becomes a 400.
const REFUSAL_BYTES_MAX: usize = 64 * 1024;

/// Until then the routes have opened a socket or answered; after that the answer is a 503.
const ANSWER_WAIT: Duration = Duration::from_secs(30);

/// The connection of a request that asks for a socket, so that it can be ended from outside.
#[derive(Clone)]
pub(super) struct Transport(Weak<TcpStream>);

impl Transport {
    /// Ends the connection. Does not keep it open, whoever keeps this.
    pub(super) fn cut(&self) -> Cut {
        let connection = self.0.clone();
        Cut::new(move || {
            if let Some(connection) = connection.upgrade() {
                // An error says that the connection has ended already.
                let _ended = SockRef::from(&*connection).shutdown(Shutdown::Both);
            }
        })
    }
}

/// Has a request that asks for a socket answered, and carries the connection to its end.
pub(super) async fn carry<S, B>(
    service: Rc<S>,
    (request, connection): (Request, Framed<TcpStream, Codec>),
) -> Result<(), actix_web::Error>
where
    S: Service<Request>,
    S::Response: Into<Response<B>>,
    S::Error: Into<Response<BoxBody>>,
    B: MessageBody + 'static,
{
    // What is needed only before and after the long life of a socket takes no room meanwhile.
    let Some(mut carried) = Box::pin(answered(service, request, connection)).await? else {
        return Ok(());
    };
    if let End::Answered = poll_fn(|context| carried.poll(context)).await {
        Box::pin(carried.says_goodbye()).await;
    }
    Ok(())
}

/// None: the peer went away before.
async fn answered<S, B>(
    service: Rc<S>,
    mut request: Request,
    connection: Framed<TcpStream, Codec>,
) -> Result<Option<Carried>, actix_web::Error>
where
    S: Service<Request>,
    S::Response: Into<Response<B>>,
    S::Error: Into<Response<BoxBody>>,
    B: MessageBody + 'static,
{
    let FramedParts { io, mut codec, read_buf, mut write_buf, .. } = connection.into_parts();
    let (connection, arrived) = (Arc::new(io), Arrived::default());
    *request.payload() = Payload::Stream { payload: Box::pin(arrived.clone()) };
    request.extensions_mut().insert(Transport(Arc::downgrade(&connection)));
    let asks_for_head = request.method() == Method::HEAD;
    let answer = tokio::select! {
        // What is known at once is said also to who has ended his side.
        biased;
        answer = timeout(ANSWER_WAIT, answer_of(&*service, request)) => {
            answer.unwrap_or_else(|_| Answer::instead(&ApiError::Unavailable))
        }
        () = peer_leaves(&connection) => return Ok(None),
    };
    let (head, size, body) = match answer {
        Answer::Socket(head, body) => {
            arrived.put(&read_buf);
            (head, BodySize::Stream, body)
        }
        Answer::Refusal(mut head, whole) => {
            head.head_mut().set_connection_type(ConnectionType::Close);
            let size = BodySize::Sized(u64::try_from(whole.len()).unwrap_or(u64::MAX));
            (head, size, BoxBody::new(if asks_for_head { Bytes::new() } else { whole }))
        }
    };
    codec.encode(Message::Item((head, size)), &mut write_buf)?;
    let rest = Bytes::copy_from_slice(&write_buf);
    Ok(Some(Carried { connection, arrived, body, rest }))
}

/// What a request for a socket is answered.
enum Answer {
    Socket(Response<()>, BoxBody),
    /// All of it, after which the connection ends.
    Refusal(Response<()>, Bytes),
}

async fn answer_of<S, B>(service: &S, request: Request) -> Answer
where
    S: Service<Request>,
    S::Response: Into<Response<B>>,
    S::Error: Into<Response<BoxBody>>,
    B: MessageBody + 'static,
{
    let response = match service.call(request).await {
        Ok(response) => response.into().map_into_boxed_body(),
        Err(error) => error.into(),
    };
    let (head, body) = response.into_parts();
    if head.status() == StatusCode::SWITCHING_PROTOCOLS {
        return Answer::Socket(head, body);
    }
    match to_bytes_limited(body, REFUSAL_BYTES_MAX).await {
        Ok(Ok(whole)) => Answer::Refusal(head, whole),
        // Something else than a socket, asked for as if it were one.
        Ok(Err(_)) | Err(_) => {
            Answer::instead(&ApiError::Malformed("there is no socket here".to_owned()))
        }
    }
}

impl Answer {
    /// Ours, as the routes have none that could be given.
    fn instead(error: &ApiError) -> Self {
        let (mut head, body) = Response::from(error.error_response()).into_parts();
        for (name, value) in COMMON_HEADERS {
            let name = HeaderName::from_static(name);
            head.headers_mut().insert(name, HeaderValue::from_static(value));
        }
        Self::Refusal(head, body.try_into_bytes().unwrap_or_default())
    }
}

/// Done when the peer has ended its side. It is not worked for any longer, although it could still be
/// told: whoever has left looks the same, and nobody who wants a socket ends his side before he has it.
/// Once it has said more, nobody looks behind that: it is left where it is for the socket, and the limit
/// on time holds.
async fn peer_leaves(connection: &TcpStream) {
    if let Ok(1..) = connection.peek(&mut [0]).await {
        pending::<()>().await;
    }
}

/// What has come from the peer and was not taken yet.
#[derive(Clone, Default)]
struct Arrived(Rc<RefCell<Arriving>>);

#[derive(Default)]
enum Arriving {
    /// There is no socket: nothing will come.
    #[default]
    Nothing,
    /// Empty: all was taken.
    Bytes(Bytes),
}

impl Arrived {
    fn put(&self, bytes: &[u8]) {
        *self.0.borrow_mut() = Arriving::Bytes(Bytes::copy_from_slice(bytes));
    }

    fn is_taken(&self) -> bool {
        match &*self.0.borrow() {
            Arriving::Nothing => true,
            Arriving::Bytes(bytes) => bytes.is_empty(),
        }
    }
}

impl Stream for Arrived {
    type Item = Result<Bytes, PayloadError>;

    /// Wakes nobody: whoever polls this is polled whenever something has arrived.
    fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        match &mut *self.0.borrow_mut() {
            Arriving::Nothing => Poll::Ready(None),
            Arriving::Bytes(bytes) if bytes.is_empty() => Poll::Pending,
            Arriving::Bytes(bytes) => Poll::Ready(Some(Ok(std::mem::take(bytes)))),
        }
    }
}

/// How a connection ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// All of the answer is written.
    Answered,
    /// The peer has gone, or was cut off.
    Gone,
}

struct Carried {
    connection: Arc<TcpStream>,
    arrived: Arrived,
    body: BoxBody,
    /// What is being written.
    rest: Bytes,
}

impl Carried {
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<End> {
        loop {
            if let Poll::Ready(Err(_gone)) = self.poll_write(context) {
                return Poll::Ready(End::Gone);
            }
            let asks = self.arrived.is_taken();
            let read = if asks { self.poll_read(context) } else { Poll::Pending };
            if self.rest.is_empty() {
                match Pin::new(&mut self.body).poll_next(context) {
                    Poll::Ready(Some(Ok(bytes))) => {
                        self.rest = bytes;
                        continue;
                    }
                    Poll::Ready(Some(Err(error))) => {
                        tracing::debug!(%error, "a socket could not be answered");
                        return Poll::Ready(End::Gone);
                    }
                    Poll::Ready(None) => return Poll::Ready(End::Answered),
                    Poll::Pending => {}
                }
            }
            match read {
                Poll::Ready(Ok(0) | Err(_)) => return Poll::Ready(End::Gone),
                Poll::Ready(Ok(_)) => {}
                // What lay there was taken just now: only asked again, the connection wakes us.
                Poll::Pending if !asks && self.arrived.is_taken() => {}
                Poll::Pending => return Poll::Pending,
            }
        }
    }

    /// Writes what there is to be written, as far as the peer takes it.
    fn poll_write(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Error>> {
        while !self.rest.is_empty() {
            ready!(self.connection.poll_write_ready(context))?;
            match self.connection.try_write(&self.rest) {
                Ok(written) => self.rest.advance(written),
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                Err(error) => return Poll::Ready(Err(error)),
            }
        }
        // Gives its memory back.
        self.rest = Bytes::new();
        Poll::Ready(Ok(()))
    }

    /// Reads some bytes, once. 0: there will be no more.
    fn poll_read(&self, context: &mut Context<'_>) -> Poll<Result<usize, Error>> {
        let mut bytes = [0; READ_BYTES];
        loop {
            ready!(self.connection.poll_read_ready(context))?;
            match self.connection.try_read(&mut bytes) {
                Ok(read) => {
                    self.arrived.put(&bytes[..read]);
                    return Poll::Ready(Ok(read));
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                Err(error) => return Poll::Ready(Err(error)),
            }
        }
    }

    /// Our last words are not lost to a peer that still sends.
    async fn says_goodbye(mut self) {
        self.body = BoxBody::new(());
        if SockRef::from(&*self.connection).shutdown(Shutdown::Write).is_ok() {
            let drained = poll_fn(|context| self.poll_drain(context));
            let _in_time = timeout(LINGER, drained).await;
        }
    }

    /// Done when the peer has ended its side too.
    fn poll_drain(&self, context: &mut Context<'_>) -> Poll<()> {
        loop {
            match ready!(self.poll_read(context)) {
                Ok(0) | Err(_) => return Poll::Ready(()),
                Ok(_) => {}
            }
        }
    }
}
