//! An HTTP server for fakes: on a thread and a runtime of its own, so that a story's paused clock
//! does not touch it. Keeps every request and can cut connections.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::rc::Rc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, mpsc};
use std::time::Duration;

use actix_web::dev::{Extensions, ServerHandle};
use actix_web::http::KeepAlive;
use actix_web::rt::System;
use actix_web::rt::net::TcpStream;
use actix_web::web::{Bytes, Data};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use futures_util::future::LocalBoxFuture;
use socket2::{SockRef, Socket};

/// Real time after which a wait for a request is a failure.
const WATCHDOG: Duration = Duration::from_secs(10);
const BODY_BYTES_MAX: usize = 4 * 1024 * 1024;

#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: Bytes,
}

pub(crate) enum Reply {
    Answer {
        status: u16,
        headers: Vec<(&'static str, String)>,
        body: String,
    },
    /// The bytes of a file.
    File(Bytes),
    /// The connection ends without a byte of answer.
    Cut,
}

impl Reply {
    pub(crate) fn of(status: u16, body: impl Into<String>) -> Self {
        Self::Answer { status, headers: Vec::new(), body: body.into() }
    }

    /// What a server says who did not wait for the request to be whole.
    pub(crate) fn not_waited_for() -> Self {
        let headers = vec![("connection", "close".to_owned())];
        Self::Answer { status: 408, headers, body: String::new() }
    }
}

pub(crate) type Handler = dyn Fn(Request) -> LocalBoxFuture<'static, Reply> + Send + Sync;

/// A running server; it ends when this is dropped.
pub(crate) struct Server {
    address: SocketAddr,
    handle: ServerHandle,
    seen: Arc<Seen>,
    /// So many of the next connections are cut before anything is read.
    cuts: Arc<AtomicUsize>,
}

#[derive(Default)]
struct Seen {
    requests: Mutex<Vec<Request>>,
    another: Condvar,
}

impl Server {
    /// Serves `answer` on a free port of the loopback address.
    pub(crate) fn start(answer: Arc<Handler>) -> Self {
        let seen = Arc::new(Seen::default());
        let (ready, is_ready) = mpsc::channel();
        let kept = seen.clone();
        let cuts = Arc::new(AtomicUsize::new(0));
        let cutting = cuts.clone();
        std::thread::spawn(move || {
            System::new().block_on(async move {
                let state = (answer, kept);
                let server = HttpServer::new(move || {
                    App::new()
                        .app_data(Data::new(state.clone()))
                        .app_data(web::PayloadConfig::new(BODY_BYTES_MAX))
                        .default_service(web::to(serve))
                })
                .on_connect(move |connection, data| keep_socket(connection, data, &cutting))
                .workers(1)
                // However long a story stands still, no connection is given up.
                .client_request_timeout(Duration::ZERO)
                .keep_alive(KeepAlive::Os)
                .disable_signals()
                .bind(("127.0.0.1", 0))
                .expect("a free port");
                let address = server.addrs()[0];
                let server = server.run();
                ready.send((address, server.handle())).expect("the test waits");
                server.await.expect("the fake runs");
            });
        });
        let (address, handle) = is_ready.recv().expect("the fake starts");
        Self { address, handle, seen, cuts }
    }

    /// Answers everything with `status` and `body`.
    pub(crate) fn answering(status: u16, body: &'static str) -> Self {
        Self::start(Arc::new(move |_| Box::pin(async move { Reply::of(status, body) })))
    }

    /// `http://127.0.0.1:<port>`.
    pub(crate) fn base(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn port(&self) -> u16 {
        self.address.port()
    }

    /// The next connections are cut before anything is read.
    pub(crate) fn cuts_connections(&self, count: usize) {
        self.cuts.store(count, Ordering::SeqCst);
    }

    pub(crate) fn requests(&self) -> Vec<Request> {
        self.seen.requests.lock().expect("no panic").clone()
    }

    /// Waits in real time until `enough` holds; blocks a virtual clock meanwhile.
    pub(crate) async fn waits_until(&self, enough: impl Fn(&[Request]) -> bool + Send + 'static) {
        let seen = self.seen.clone();
        let waiting = tokio::task::spawn_blocking(move || {
            let requests = seen.requests.lock().expect("no panic");
            let (requests, waited) = seen
                .another
                .wait_timeout_while(requests, WATCHDOG, |requests| !enough(requests))
                .expect("no panic");
            let paths: Vec<&str> = requests.iter().map(|r| &*r.path).collect();
            assert!(!waited.timed_out(), "waited in vain; seen so far: {paths:?}");
        });
        waiting.await.expect("the awaited requests come");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.handle.stop(false));
    }
}

fn keep_socket(connection: &dyn std::any::Any, data: &mut Extensions, cuts: &AtomicUsize) {
    if let Some(stream) = connection.downcast_ref::<TcpStream>() {
        let fewer = |left: usize| left.checked_sub(1);
        if cuts.fetch_update(Ordering::SeqCst, Ordering::SeqCst, fewer).is_ok() {
            drop(SockRef::from(stream).shutdown(std::net::Shutdown::Both));
            data.insert(CutAtOnce);
        }
        data.insert(Rc::new(SockRef::from(stream).try_clone().expect("a second handle")));
    }
}

/// A connection on which nothing is read, whatever has come.
struct CutAtOnce;

async fn serve(
    request: HttpRequest,
    body: Bytes,
    state: Data<(Arc<Handler>, Arc<Seen>)>,
) -> HttpResponse {
    if request.conn_data::<CutAtOnce>().is_some() {
        return HttpResponse::Ok().finish();
    }
    let headers = request.headers().iter();
    let headers = headers.map(|(k, v)| (k.to_string(), v.to_str().unwrap_or("").to_owned()));
    let method = request.method().to_string();
    let seen =
        Request { method, path: request.uri().to_string(), headers: headers.collect(), body };
    let (answer, kept) = &**state;
    kept.requests.lock().expect("no panic").push(seen.clone());
    kept.another.notify_all();
    match answer(seen).await {
        Reply::Answer { status, headers, body } => {
            let status = status.try_into().expect("a status");
            let mut response = HttpResponse::build(status);
            for (name, value) in headers {
                match name {
                    // The server says it itself.
                    "connection" => response.force_close(),
                    _ => response.append_header((name, value)),
                };
            }
            response.body(body)
        }
        Reply::File(bytes) => HttpResponse::Ok().body(bytes),
        Reply::Cut => {
            if let Some(socket) = request.conn_data::<Rc<Socket>>() {
                drop(socket.shutdown(std::net::Shutdown::Both));
            }
            HttpResponse::Ok().finish()
        }
    }
}
