//! A socket and its session: what each may say to the other, and how they are brought together.

use std::fmt;
use std::sync::Arc;

use actix::{Message, Recipient};
use bytestring::ByteString;
use domain::id::OperatorId;

use crate::actors::handle::NodeHandle;
use crate::actors::node::SocketCame;
use crate::actors::operator_session::OperatorSession;
use crate::actors::presence::Came;

/// Frames for a socket, in order. The pipe sends each as one text frame.
#[derive(Clone, Debug, Message)]
#[rtype(result = "()")]
pub struct Deliver(pub Vec<ByteString>);

/// The session ends the socket.
#[derive(Clone, Copy, Debug, Message)]
#[rtype(result = "()")]
pub struct CloseSocket {
    pub code: u16,
    pub reason: &'static str,
}

/// A text frame from the browser.
#[derive(Clone, Debug, Message)]
#[rtype(result = "()")]
pub struct Received(pub ByteString);

/// The browser's socket is gone.
#[derive(Clone, Copy, Debug, Message)]
#[rtype(result = "()")]
pub struct SocketClosed;

/// The session's side of a socket. The pipe keeps it and sends only through it.
#[derive(Clone, Debug)]
pub struct SessionLink {
    pub received: Recipient<Received>,
    pub closed: Recipient<SocketClosed>,
}

/// The socket's side of a session.
#[derive(Clone, Debug)]
pub struct SocketLink {
    pub deliver: Recipient<Deliver>,
    /// Asks for a last frame and the end. A pipe whose peer does not read does not hear it.
    pub close: Recipient<CloseSocket>,
    pub cut: Cut,
}

/// Ends the connection under a socket at once and without a last frame, whatever its peer does.
/// Harmless when it has ended already. The default cuts nothing.
#[derive(Clone, Default)]
pub struct Cut(Option<Arc<dyn Fn() + Send + Sync>>);

impl Cut {
    pub fn new(cut: impl Fn() + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(cut)))
    }

    pub fn cut(&self) {
        if let Some(cut) = &self.0 {
            cut();
        }
    }
}

impl fmt::Debug for Cut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Cut")
    }
}

impl NodeHandle {
    /// Starts an operator session on this thread for a socket that was just opened by the sign-in
    /// of that digest. None: the operator has too many sockets, or the node goes down.
    pub fn open_session(
        &self,
        operator: &OperatorId,
        sign_in: &str,
        socket: SocketLink,
    ) -> Option<SessionLink> {
        if self.parts.is_draining() {
            return None;
        }
        let came = self.parts.presence.came(operator, self.parts.settings.sockets_per_operator)?;
        let session =
            OperatorSession::start(self.clone(), operator.clone(), sign_in.into(), socket);
        match came {
            // Whether he is here is news to nobody else.
            Came::WithOthers => {}
            Came::First => self.node_send(SocketCame(operator.clone())),
        }
        Some(SessionLink { received: session.clone().recipient(), closed: session.recipient() })
    }
}
