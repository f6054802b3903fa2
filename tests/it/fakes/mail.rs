//! A mail server: one mailbox by IMAP, and what is sent by SMTP. On a thread and a runtime of its own,
//! so that a story's paused clock does not touch it.
//!
//! Behaves as the standards say where it matters here: numbers of letters only grow, `n:*` always names
//! the last letter, nobody is told of a letter before he asks or idles.

mod imap;
mod smtp;

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, mpsc};
use std::time::Duration;

use jiff::civil::Date;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

pub(crate) const LOGIN: &str = "hello@shop.example";
pub(crate) const PASSWORD: &str = "pass \"word\" of the mailbox";
/// Real time after which a wait is a failure.
const WATCHDOG: Duration = Duration::from_secs(10);

/// A letter in the mailbox.
#[derive(Clone, Debug)]
struct Lying {
    uid: u32,
    received: Date,
    raw: Vec<u8>,
}

/// A letter that we were given to send on.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Sent {
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) raw: String,
}

/// What goes wrong, once.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Fault {
    /// This is answered instead.
    Says(&'static str),
    /// The connection ends without an answer.
    Cut,
}

#[derive(Debug)]
pub(crate) struct State {
    letters: Vec<Lying>,
    validity: u32,
    next: u32,
    pub(crate) today: Date,
    /// Whether it knows `IDLE`.
    pub(crate) idles: bool,
    pub(crate) sent: Vec<Sent>,
    faults: VecDeque<(&'static str, Fault)>,
    /// Every command, without its tag.
    pub(crate) commands: Vec<String>,
}

struct Shared {
    state: Mutex<State>,
    another: Condvar,
    /// Counts what whoever idles is to hear of.
    news: watch::Sender<u64>,
    /// Counts cuts of all connections.
    cuts: watch::Sender<u64>,
}

/// A running server; it ends with the process.
pub(crate) struct Mail {
    shared: Arc<Shared>,
    imap: u16,
    smtp: u16,
}

impl Mail {
    pub(crate) fn start() -> Self {
        let state = State {
            letters: Vec::new(),
            validity: 7,
            next: 1,
            today: Date::constant(2026, 3, 2),
            idles: true,
            sent: Vec::new(),
            faults: VecDeque::new(),
            commands: Vec::new(),
        };
        let shared = Arc::new(Shared {
            state: Mutex::new(state),
            another: Condvar::new(),
            news: watch::Sender::new(0),
            cuts: watch::Sender::new(0),
        });
        let (ready, is_ready) = mpsc::channel();
        let behind = shared.clone();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.expect("a runtime").block_on(async move {
                let imap = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
                let smtp = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
                let ports = [&imap, &smtp].map(|l| l.local_addr().expect("bound").port());
                ready.send(ports).expect("the test waits");
                let (one, other) = (behind.clone(), behind);
                let imap = serve(imap, one, |line, shared| Box::pin(imap::talk(line, shared)));
                let smtp = serve(smtp, other, |line, shared| Box::pin(smtp::talk(line, shared)));
                futures_util::future::join(imap, smtp).await;
            });
        });
        let [imap, smtp] = is_ready.recv().expect("the fake starts");
        Self { shared, imap, smtp }
    }

    pub(crate) fn imap_server(&self) -> String {
        format!("imap+plain://127.0.0.1:{}", self.imap)
    }

    pub(crate) fn smtp_server(&self) -> String {
        format!("smtp+plain://127.0.0.1:{}", self.smtp)
    }

    /// A letter comes into the mailbox; line ends are made those of letters.
    pub(crate) fn arrives(&self, raw: impl AsRef<[u8]>) {
        self.arrives_unheard(raw);
        self.shared.news.send_modify(|news| *news += 1);
    }

    /// A letter comes, and whoever idles is not told.
    pub(crate) fn arrives_unheard(&self, raw: impl AsRef<[u8]>) {
        self.with(|state| {
            let (uid, received) = (state.next, state.today);
            state.next += 1;
            state.letters.push(Lying { uid, received, raw: as_sent(raw.as_ref()) });
        });
    }

    /// The mailbox was moved: all letters have other numbers, for whoever opens it anew.
    pub(crate) fn numbers_anew(&self) {
        self.with(|state| {
            state.validity += 1;
            state.next = 1000;
            for letter in &mut state.letters {
                letter.uid = state.next;
                state.next += 1;
            }
        });
    }

    /// All connections end.
    pub(crate) fn cuts(&self) {
        self.shared.cuts.send_modify(|cuts| *cuts += 1);
    }

    /// The next command that begins like this meets `fault`; several are met one after the other.
    /// `.` is the end of a letter.
    pub(crate) fn fails(&self, command: &'static str, fault: Fault) {
        self.with(|state| state.faults.push_back((command, fault)));
    }

    /// Looks at the state, or changes it.
    pub(crate) fn with<T>(&self, look: impl FnOnce(&mut State) -> T) -> T {
        look(&mut self.shared.lock())
    }

    /// How many commands began like this so far.
    pub(crate) fn times(&self, command: &str) -> usize {
        self.with(|state| state.times(command))
    }

    /// Waits in real time for that; blocks a virtual clock meanwhile.
    pub(crate) async fn waits_until(&self, enough: impl Fn(&State) -> bool + Send + 'static) {
        let shared = self.shared.clone();
        let waiting = tokio::task::spawn_blocking(move || {
            let state = shared.lock();
            let waited = shared.another.wait_timeout_while(state, WATCHDOG, |state| !enough(state));
            let (state, waited) = waited.expect("no panic");
            assert!(!waited.timed_out(), "waited in vain; heard so far: {:?}", state.commands);
        });
        waiting.await.expect("what is waited for comes");
    }

    /// Waits until somebody has begun to idle so many times.
    pub(crate) async fn idled(&self, times: usize) {
        self.waits_until(move |state| state.times("IDLE") >= times).await;
    }
}

impl State {
    fn times(&self, command: &str) -> usize {
        self.commands.iter().filter(|one| one.starts_with(command)).count()
    }

    /// Notes a command. Answers what goes wrong with it.
    fn hears(&mut self, command: &str) -> Option<Fault> {
        self.commands.push(command.to_owned());
        let met = self.faults.iter().position(|(begins, _)| command.starts_with(begins))?;
        self.faults.remove(met).map(|(_, fault)| fault)
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("no panic")
    }

    fn hears(&self, command: &str) -> Option<Fault> {
        let fault = self.lock().hears(command);
        self.another.notify_all();
        fault
    }
}

type Talk = fn(Line, Arc<Shared>) -> futures_util::future::BoxFuture<'static, Option<()>>;

async fn serve(listener: TcpListener, shared: Arc<Shared>, talk: Talk) {
    while let Ok((stream, _)) = listener.accept().await {
        let (mut cuts, shared) = (shared.cuts.subscribe(), shared.clone());
        stream.set_nodelay(true).expect("a socket");
        tokio::spawn(async move {
            let line = Line(BufReader::new(stream));
            tokio::select! {
                _over = talk(line, shared) => {}
                _cut = cuts.changed() => {}
            }
        });
    }
}

/// A connection, line by line. None: it is over.
struct Line(BufReader<TcpStream>);

impl Line {
    async fn read(&mut self) -> Option<String> {
        let mut bytes = Vec::new();
        self.0.read_until(b'\n', &mut bytes).await.ok().filter(|read| *read > 0)?;
        let text = String::from_utf8_lossy(&bytes);
        Some(text.trim_end_matches(['\r', '\n']).to_owned())
    }

    async fn write(&mut self, bytes: impl AsRef<[u8]>) -> Option<()> {
        self.0.get_mut().write_all(bytes.as_ref()).await.ok()
    }

    async fn says(&mut self, text: &str) -> Option<()> {
        self.write(format!("{text}\r\n")).await
    }
}

fn as_sent(raw: &[u8]) -> Vec<u8> {
    let mut sent = Vec::with_capacity(raw.len());
    for byte in raw {
        if *byte == b'\n' && sent.last() != Some(&b'\r') {
            sent.push(b'\r');
        }
        sent.push(*byte);
    }
    sent
}
