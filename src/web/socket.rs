//! The pipe between a browser's socket and its session, an operator's or a visitor's: frames in, frames out, close.
//!
//! It is polled only as the body of its response, so it freezes while its peer does not read.
//! Nothing that must happen is left to it: the session counts what is not acknowledged, and ends
//! the connection from outside by the [`Cut`] it was given.

use std::io::ErrorKind;

use actix::prelude::SendError;
use actix::{
    Actor, ActorContext as _, ActorFutureExt as _, AsyncContext as _, Handler, Running,
    StreamHandler, WrapFuture as _,
};
use actix_http::ws::{CloseCode, CloseReason, Codec, Message, ProtocolError};
use actix_web::{HttpMessage as _, HttpRequest, HttpResponse, web};
use actix_web_actors::ws::{WebsocketContext, handshake};
use bytestring::ByteString;

use crate::actors::handle::{
    CloseSocket, Cut, Deliver, Received, SessionLink, SocketClosed, SocketLink,
};
use crate::protocol::close;
use crate::web::edge::Edge;
use crate::web::error::ApiError;
use crate::web::frames::{FRAME_BYTES_MAX, Fault, Guard, Joiner};
use crate::web::origin;
use crate::web::person::{self, Person};
use crate::web::throttle;
use crate::web::upgrade::Transport;
use crate::web::widget;

const MAILBOX: usize = 64;

/// Opens a socket for a signed-in operator: only from a page of ours, which the browser's `Origin`
/// proves.
pub(super) async fn operator(
    request: HttpRequest,
    payload: web::Payload,
    edge: web::Data<Edge>,
) -> Result<HttpResponse, actix_web::Error> {
    match origin::origin(&request) {
        Some(origin) if !edge.server.allows_origin(origin) => {
            return Err(ApiError::ForeignOrigin.into());
        }
        None if person::cookie_of(&request, &edge.server).is_some() => {
            return Err(ApiError::ForeignOrigin.into());
        }
        Some(_) | None => {}
    }
    let person = Person::of(&request, &edge)?;
    let node = edge.node.clone();
    respond(&request, payload, move |socket| {
        node.open_session(&person.operator.id, &person.digest, socket)
    })
}

/// Opens a socket for a visitor of a site: only in a page of ours, or of the channel's sites.
pub(super) async fn visitor(
    request: HttpRequest,
    channel: web::Path<String>,
    payload: web::Payload,
    edge: web::Data<Edge>,
) -> Result<HttpResponse, actix_web::Error> {
    let channel = widget::find(&edge, &channel)?;
    widget::refuse_foreign(&request, &edge, widget::settings(&channel)?)?;
    let address = throttle::counted_address(&request, edge.server.behind_proxy);
    edge.node.visitor_comes(&channel, address).map_err(ApiError::TooFast)?;
    let node = edge.node.clone();
    respond(&request, payload, move |socket| node.open_visitor(channel, address, socket))
}

/// Makes the connection a socket, with a session from `open`.
fn respond(
    request: &HttpRequest,
    payload: web::Payload,
    open: impl FnOnce(SocketLink) -> Option<SessionLink> + 'static,
) -> Result<HttpResponse, actix_web::Error> {
    let (frames, fault) = Guard::new(payload);
    let pipe = Pipe {
        open: Some(Box::new(open)),
        cut: request.extensions().get::<Transport>().map(Transport::cut).unwrap_or_default(),
        session: None,
        joiner: Joiner::default(),
        fault,
    };
    let mut response = handshake(request)?;
    let codec = Codec::new().max_size(FRAME_BYTES_MAX);
    Ok(response.streaming(WebsocketContext::with_codec(pipe, frames, codec)))
}

type Open = Box<dyn FnOnce(SocketLink) -> Option<SessionLink>>;

struct Pipe {
    /// How the session begins; gone once it has.
    open: Option<Open>,
    cut: Cut,
    session: Option<SessionLink>,
    joiner: Joiner,
    fault: Fault,
}

impl Actor for Pipe {
    type Context = WebsocketContext<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        metrics::gauge!("switchboard_sockets").increment(1);
        ctx.set_mailbox_capacity(MAILBOX);
        let pipe = ctx.address();
        let socket = SocketLink {
            deliver: pipe.clone().recipient(),
            close: pipe.recipient(),
            cut: self.cut.clone(),
        };
        self.session = self.open.take().and_then(|open| open(socket));
        if self.session.is_none() {
            end(ctx, CloseCode::Other(close::TOO_MANY), "too many are open");
        }
    }

    fn stopping(&mut self, _: &mut Self::Context) -> Running {
        metrics::gauge!("switchboard_sockets").decrement(1);
        if let Some(session) = self.session.take() {
            // One message, once: no flood.
            session.closed.do_send(SocketClosed);
        }
        Running::Stop
    }
}

impl Handler<Deliver> for Pipe {
    type Result = ();

    fn handle(&mut self, Deliver(frames): Deliver, ctx: &mut Self::Context) {
        for frame in frames {
            ctx.text(frame);
        }
    }
}

impl Handler<CloseSocket> for Pipe {
    type Result = ();

    fn handle(&mut self, CloseSocket { code, reason }: CloseSocket, ctx: &mut Self::Context) {
        end(ctx, code.into(), reason);
    }
}

impl StreamHandler<Result<Message, ProtocolError>> for Pipe {
    fn handle(&mut self, frame: Result<Message, ProtocolError>, ctx: &mut Self::Context) {
        match frame {
            Ok(Message::Text(text)) => self.forward(text, ctx),
            Ok(Message::Continuation(item)) => match self.joiner.add(item) {
                Ok(Some(text)) => self.forward(text, ctx),
                Ok(None) => {}
                Err(code) => end(ctx, code, "fragments are not taken"),
            },
            Ok(Message::Ping(payload)) => ctx.pong(&payload),
            Ok(Message::Pong(_) | Message::Nop) => {}
            Ok(Message::Binary(_)) => end(ctx, CloseCode::Unsupported, "text frames only"),
            Ok(Message::Close(reason)) => {
                ctx.close(reason.map(|reason| CloseReason { description: None, ..reason }));
                ctx.stop();
            }
            Err(error) => end(ctx, code_of(&error), "the frame is not valid"),
        }
    }

    fn finished(&mut self, ctx: &mut Self::Context) {
        match self.fault.close_code() {
            Some(code) => end(ctx, code, "the frame is not valid"),
            None => ctx.stop(),
        }
    }
}

impl Pipe {
    fn forward(&mut self, text: ByteString, ctx: &mut <Self as Actor>::Context) {
        let Some(session) = &self.session else { return };
        match session.received.try_send(Received(text)) {
            Ok(()) => {}
            // The next frame waits for room: however fast they come, the session answers each.
            Err(SendError::Full(received)) => {
                let taken = session.received.send(received).into_actor(self);
                ctx.wait(taken.map(|taken, _, ctx| {
                    if taken.is_err() {
                        end(ctx, CloseCode::Away, "the session has ended");
                    }
                }));
            }
            Err(SendError::Closed(_)) => end(ctx, CloseCode::Away, "the session has ended"),
        }
    }
}

/// The last frame is sent before the connection ends.
fn end(ctx: &mut WebsocketContext<Pipe>, code: CloseCode, reason: &'static str) {
    ctx.close(Some(CloseReason { code, description: Some(reason.to_owned()) }));
    ctx.stop();
}

/// The codec tells reserved bits and wrong UTF-8 apart only by the kind of an I/O error.
fn code_of(error: &ProtocolError) -> CloseCode {
    if let ProtocolError::Overflow = error {
        return CloseCode::Size;
    }
    let is_text = matches!(error, ProtocolError::Io(io) if io.kind() != ErrorKind::InvalidData);
    if is_text { CloseCode::Invalid } else { CloseCode::Protocol }
}

#[cfg(test)]
mod tests;
