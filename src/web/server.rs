//! The HTTP server: its limits, and what is done to each connection.

use std::fmt::Debug;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::num::NonZeroUsize;
use std::rc::Rc;
use std::thread;
use std::time::Duration;

use actix_http::body::MessageBody;
use actix_http::{HttpService, Request};
use actix_server::ServerBuilder;
use actix_service::{
    IntoServiceFactory, ServiceFactory, ServiceFactoryExt as _, fn_factory, fn_service, map_config,
};
use actix_web::App;
use actix_web::dev::{AppConfig, Server, ServiceResponse};
use actix_web::rt::net::TcpStream;
use actix_web::web::{Data, ServiceConfig};
use socket2::{Domain, Protocol, SockRef, Socket, TcpKeepalive, Type};

use crate::web;
use crate::web::edge::Edge;
use crate::web::upgrade;

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
    serve(listener, app, |server| {
        server
            .workers(workers)
            .max_concurrent_connections(connections_max)
            .worker_max_blocking_threads(BLOCKING_THREADS)
            .shutdown_timeout(SHUTDOWN_SECONDS)
    })
}

/// How many threads serve connections: what is set, else all processors but that of the actors.
/// More of them would only wake each other up.
fn workers(set: usize) -> usize {
    let all = || thread::available_parallelism().map_or(1, NonZeroUsize::get);
    if set == 0 { all().saturating_sub(1).max(1) } else { set }
}

/// A server of an application, on whose connections sockets take little memory.
pub(super) fn serve<F, I, S, B>(
    listener: TcpListener,
    app: F,
    limit: impl FnOnce(ServerBuilder) -> ServerBuilder,
) -> io::Result<Server>
where
    F: Fn() -> I + Clone + Send + 'static,
    I: IntoServiceFactory<S, Request>,
    S: ServiceFactory<Request, Config = AppConfig, Response = ServiceResponse<B>> + 'static,
    S::Error: Into<actix_web::Error> + 'static,
    S::InitError: Debug,
    B: MessageBody + 'static,
{
    let server = limit(Server::build().disable_signals());
    let stops = server.graceful_shutdown_signal();
    let server = server.listen("http", listener, move || {
        let answering = app.clone();
        let answering = move || {
            let app = answering().into_factory();
            let app = app.map_err(|error| error.into().error_response());
            map_config(app, |()| AppConfig::default())
        };
        let others = answering();
        let sockets = fn_factory(move || {
            let app = answering().new_service(());
            async move {
                let app = Rc::new(app.await?);
                let carry = move |asked| upgrade::carry::<_, B>(app.clone(), asked);
                Ok::<_, S::InitError>(fn_service(carry))
            }
        });
        let stops = stops.clone();
        HttpService::<_, _, B>::build()
            .graceful_shutdown_signal(move || {
                let stops = stops.clone();
                async move { stops.notified().await }
            })
            .keep_alive(KEEP_ALIVE)
            .client_disconnect_timeout(LINGER)
            .tcp_nodelay(true)
            .h1_allow_half_closed(false)
            .on_connect_ext(|connection, _| prepare(connection))
            .upgrade(sockets)
            .finish(others)
            .tcp()
    })?;
    Ok(server.run())
}

fn prepare(connection: &TcpStream) {
    let socket = SockRef::from(connection);
    let keepalive = TcpKeepalive::new()
        .with_time(Duration::from_secs(30))
        .with_interval(Duration::from_secs(10))
        .with_retries(3);
    let set = set_peer_silence(&socket).and_then(|()| socket.set_tcp_keepalive(&keepalive));
    if let Err(error) = set {
        tracing::debug!(%error, "connection ended before it began");
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
