//! The HTTP server: its limits, and what is done to each connection.

use std::any::Any;
use std::io;
use std::net::{Shutdown, SocketAddr, TcpListener};
use std::num::NonZeroUsize;
use std::os::fd::{AsFd, OwnedFd};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use actix_web::dev::{Extensions, Server};
use actix_web::rt::net::TcpStream;
use actix_web::web::{Data, ServiceConfig};
use actix_web::{App, HttpServer};
use socket2::{Domain, Protocol, SockRef, Socket, TcpKeepalive, Type};

use crate::actors::handle::Cut;
use crate::web;
use crate::web::edge::Edge;

const BACKLOG: i32 = 4_096;
/// Blocking work is little: passwords.
const BLOCKING_THREADS: usize = 8;
/// Platforms use their connections again.
const KEEP_ALIVE: Duration = Duration::from_secs(75);
/// How long the peer of an ended connection may still send before it is closed, so that our last
/// words are not lost. Below 500 ms the server, whose clock is that coarse, may never close it.
pub(super) const LINGER: Duration = Duration::from_secs(1);
const SHUTDOWN_SECONDS: u64 = 8;
/// After that long without a word from a peer that owes one, the connection is dead. A console that
/// does not read is not even polled, so nobody else could end it.
const PEER_SILENCE_MAX: Duration = Duration::from_secs(15);

/// A second handle of a connection, so that it can be shut down from outside.
#[derive(Clone)]
pub(super) struct Transport(Arc<OwnedFd>);

impl Transport {
    /// Ends the connection. Does not keep it open, whoever keeps this.
    pub(super) fn cut(&self) -> Cut {
        let connection = Arc::downgrade(&self.0);
        Cut::new(move || {
            if let Some(connection) = connection.upgrade() {
                // An error says that the connection has ended already.
                let _ended = SockRef::from(&*connection).shutdown(Shutdown::Both);
            }
        })
    }
}

/// A socket that listens at `address`. Port 0: any that is free.
pub fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    socket.set_reuse_address(true)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    Ok(socket.into())
}

/// Serves until the handle of the returned server is told to stop; signals are `main`'s. Must be
/// polled. Begins in the current actix system.
pub fn start(listener: TcpListener, edge: Edge) -> io::Result<Server> {
    start_with(listener, edge, |_| {})
}

/// As [`start`], with routes of others before ours.
pub fn start_with(
    listener: TcpListener,
    edge: Edge,
    others: impl Fn(&mut ServiceConfig) + Clone + Send + 'static,
) -> io::Result<Server> {
    let connections_max = edge.server.connections_per_worker;
    let workers = workers(edge.server.workers);
    let edge = Data::new(edge);
    let app = move || {
        App::new()
            .wrap(web::common_headers())
            .configure(others.clone())
            .configure(|routes| web::configure(routes, edge.clone()))
    };
    let server = HttpServer::new(app)
        .workers(workers)
        .on_connect(prepare)
        .tcp_nodelay(true)
        .h1_allow_half_closed(false)
        .keep_alive(KEEP_ALIVE)
        .client_disconnect_timeout(LINGER)
        .max_connections(connections_max)
        .worker_max_blocking_threads(BLOCKING_THREADS)
        .shutdown_timeout(SHUTDOWN_SECONDS)
        .disable_signals()
        .listen(listener)?;
    Ok(server.run())
}

/// How many threads serve connections: what is set, else all processors but that of the actors.
/// More of them would only wake each other up.
fn workers(set: usize) -> usize {
    let all = || thread::available_parallelism().map_or(1, NonZeroUsize::get);
    if set == 0 { all().saturating_sub(1).max(1) } else { set }
}

pub(super) fn prepare(connection: &dyn Any, extensions: &mut Extensions) {
    let Some(stream) = connection.downcast_ref::<TcpStream>() else {
        tracing::error!("connection of an unknown kind: silent peers are not noticed");
        return;
    };
    let socket = SockRef::from(stream);
    let keepalive = TcpKeepalive::new()
        .with_time(Duration::from_secs(30))
        .with_interval(Duration::from_secs(10))
        .with_retries(3);
    let set = set_peer_silence(&socket).and_then(|()| socket.set_tcp_keepalive(&keepalive));
    if let Err(error) = set {
        tracing::debug!(%error, "connection ended before it began");
    }
    match stream.as_fd().try_clone_to_owned() {
        Ok(second) => {
            extensions.insert(Transport(Arc::new(second)));
        }
        Err(error) => tracing::warn!(%error, "no descriptor left: raise the limit of open files"),
    }
}

#[cfg(target_os = "linux")]
fn set_peer_silence(socket: &SockRef<'_>) -> io::Result<()> {
    socket.set_tcp_user_timeout(Some(PEER_SILENCE_MAX))
}

#[cfg(not(target_os = "linux"))]
fn set_peer_silence(_: &SockRef<'_>) -> io::Result<()> {
    Ok(())
}
