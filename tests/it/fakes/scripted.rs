//! What all fakes of platforms share: a state, an answer to each request, and faults.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard};

use super::server::{Reply, Request, Server};
use super::telegram::{Fault, Judge};

/// A platform with a state of its own.
pub(crate) struct Scripted<S> {
    server: Server,
    inner: Arc<Mutex<Inner<S>>>,
}

struct Inner<S> {
    state: S,
    faults: VecDeque<(&'static str, Fault)>,
    judge: Option<Judge>,
}

impl<S: Send + 'static> Scripted<S> {
    pub(crate) fn start(state: S, answer: fn(&mut S, &Request) -> Reply) -> Self {
        let inner = Arc::new(Mutex::new(Inner { state, faults: VecDeque::new(), judge: None }));
        let behind = inner.clone();
        let server = Server::start(Arc::new(move |request| {
            let behind = behind.clone();
            Box::pin(async move { reply(&behind, answer, &request).await })
        }));
        Self { server, inner }
    }

    pub(crate) fn base(&self) -> String {
        self.server.base()
    }

    /// The next request whose path holds `part` meets `fault`; several are met one after the other.
    /// What a `Status` says is the whole body of the answer.
    pub(crate) fn fails(&self, part: &'static str, fault: Fault) {
        self.lock().faults.push_back((part, fault));
    }

    /// Whatever nothing else goes wrong with meets what `judge` says.
    pub(crate) fn is_judged(&self, judge: Judge) {
        self.lock().judge = Some(judge);
    }

    /// The next connections are cut before anything is read.
    pub(crate) fn cuts_connections(&self, count: usize) {
        self.server.cuts_connections(count);
    }

    /// Looks at the state, or changes it.
    pub(crate) fn with<T>(&self, look: impl FnOnce(&mut S) -> T) -> T {
        look(&mut self.lock().state)
    }

    /// Every request so far whose path holds `part`, also the failed ones.
    pub(crate) fn requests(&self, part: &str) -> Vec<Request> {
        let requests = self.server.requests().into_iter();
        requests.filter(|request| request.path.contains(part)).collect()
    }

    fn lock(&self) -> MutexGuard<'_, Inner<S>> {
        self.inner.lock().expect("no panic")
    }
}

async fn reply<S>(
    inner: &Mutex<Inner<S>>,
    answer: fn(&mut S, &Request) -> Reply,
    request: &Request,
) -> Reply {
    let fault = {
        let Inner { faults, judge, .. } = &mut *inner.lock().expect("no panic");
        let met = faults.iter().position(|(part, _)| request.path.contains(part));
        let met = met.and_then(|at| faults.remove(at)).map(|(_, fault)| fault);
        met.or_else(|| judge.as_mut()?(request))
    };
    let perform = || answer(&mut inner.lock().expect("no panic").state, request);
    match fault {
        None => perform(),
        Some(Fault::Delay(time)) => {
            drop(tokio::time::timeout(time, std::future::pending::<()>()).await);
            perform()
        }
        Some(Fault::TooManyRequests { retry_after_seconds }) => Reply::Answer {
            status: 429,
            headers: vec![("retry-after", retry_after_seconds.to_string())],
            body: "{}".to_owned(),
        },
        Some(Fault::Status(status, body)) => Reply::of(status, body),
        Some(Fault::Held(gate)) => {
            gate.opened().await;
            perform()
        }
        Some(Fault::NotWaitedFor) => Reply::not_waited_for(),
        Some(Fault::RequestLost) => Reply::Cut,
        Some(Fault::AnswerLost) => {
            drop(perform());
            Reply::Cut
        }
    }
}
