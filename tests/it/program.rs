//! The program as its operators start it: command line, exit codes, ready line, signals.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use tempfile::TempDir;

use crate::redis_server;
use crate::redis_server::RedisServer;

const READY_WITHIN: Duration = Duration::from_secs(30);
/// What the program promises to service managers.
const ENDS_WITHIN: Duration = Duration::from_secs(10);

#[test]
fn serve_says_when_it_is_ready_and_ends_in_order_at_a_signal() {
    for signal in ["TERM", "INT"] {
        let place = Place::new("");
        let mut program = Running::start(place.command("serve"));
        let address = program.ready();
        assert!(program.said("/#/setup/"), "the first start shows the set-up link");
        assert!(get(&address, "/readyz").starts_with("HTTP/1.1 200"));
        counts_what_is_posted(&address, "unknown");
        let status = program.end(signal);
        assert!(status.success(), "{signal}: {status}");
    }
}

#[test]
fn a_directory_serves_one_program_at_a_time() {
    let place = Place::new("");
    let mut program = Running::start(place.command("serve"));
    program.ready();
    let check = place.run("check");
    assert_eq!(check.status.code(), Some(1));
    assert!(text(&check.stdout).contains("in use by another process"), "{}", text(&check.stdout));
    assert_eq!(place.run("serve").status.code(), Some(1));
    program.end("TERM");
    let check = place.run("check");
    assert!(check.status.success(), "{}", text(&check.stdout));
    assert!(text(&check.stdout).contains("SQLite library  ok       3."));
}

#[test]
fn shards_are_never_taken_away() {
    let place = Place::new("[store]\nshards = 4");
    let mut program = Running::start(place.command("serve"));
    program.ready();
    program.end("TERM");
    place.configure("[store]\nshards = 2");
    for command in ["check", "serve"] {
        let refused = place.run(command);
        assert_eq!(refused.status.code(), Some(1), "{command}");
        let said = text(&refused.stdout) + &text(&refused.stderr);
        assert!(said.contains("store.shards"), "{command} says only: {said}");
    }
}

#[test]
fn wrong_settings_are_told_with_exit_code_2() {
    for (toml, key) in [
        ("[server]\nlisten_on = 1", "listen_on"),
        ("[server]\nlisten = \"0.0.0.0:80\"", "server.listen"),
        ("[log]\nlevel = \"loud=very\"", "log.level"),
        ("[log]\nformat = \"xml\"", "format"),
        ("this is no toml", "TOML"),
    ] {
        let place = Place::new(toml);
        let refused = place.run("serve");
        let said = text(&refused.stderr);
        assert_eq!(refused.status.code(), Some(2), "{toml}: {said}");
        assert!(said.contains(key), "{toml} says only: {said}");
    }
    let place = Place::new("");
    let refused = place.command("serve").env("SWITCHBOARD__COLOUR__RED", "1").output().unwrap();
    assert_eq!(refused.status.code(), Some(2));
    fs::remove_file(&place.file).unwrap();
    assert_eq!(place.run("check").status.code(), Some(2));
}

#[test]
fn the_demo_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = program();
    command.args(["demo", "--port", "0"]).env("TMPDIR", folder.path());
    let mut demo = Running::start(command);
    let address = demo.ready();
    for login in ["anna", "boris", "vera"] {
        assert!(demo.said(&format!("  {login} ")), "{login} has a login");
    }
    assert!(get(&address, "/pretend").starts_with("HTTP/1.1 200"));
    counts_what_is_posted(&address, "telegram");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    assert!(demo.end("INT").success());
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn the_demo_runs_on_redis_and_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = program();
    command.args(["demo", "--port", "0", "--store", "redis"]).env("TMPDIR", folder.path());
    let mut demo = Running::start(command);
    demo.ready();
    assert!(demo.end("INT").success());
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn check_and_serve_look_at_the_redis() {
    let durable = ["--appendonly", "yes", "--appendfsync", "always"];
    let server = RedisServer::start(&durable);
    let on = |url: &str, more: &str| {
        let store = "[store]\nkind = \"redis\"\nshards = 4\n";
        format!("{store}[redis]\nurl = \"{url}\"\n{more}")
    };
    let place = Place::new(&on(&server.url(), "durability = \"strict\""));
    let check = place.run("check");
    assert!(check.status.success(), "{}", text(&check.stdout));
    assert!(text(&check.stdout).contains("Redis role      ok       master"));
    assert!(text(&check.stdout).contains("Redis transport warning  whoever reaches it"));
    let mut program = Running::start(place.command("serve"));
    program.ready();
    assert!(program.end("TERM").success());
    let volatile = RedisServer::start(&["--appendonly", "no"]);
    for (url, word) in [
        (volatile.url(), "appendonly is no"),
        ("redis://127.0.0.1:1".to_owned(), "Redis does not answer"),
        ("gopher://127.0.0.1".to_owned(), "not an address of a Redis"),
    ] {
        place.configure(&on(&url, ""));
        for command in ["check", "serve"] {
            let refused = place.run(command);
            let said = text(&refused.stdout) + &text(&refused.stderr);
            assert!(!refused.status.success() && said.contains(word), "{command} {url}: {said}");
        }
    }
}

/// Its authority is of our own making: only who is told of it trusts the server.
#[test]
fn a_redis_behind_tls_is_reached_by_whoever_trusts_its_authority() {
    let folder = tempfile::tempdir().unwrap();
    certify("127.0.0.1", folder.path());
    let file = |name: &str| folder.path().join(name).display().to_string();
    let (authority, certificate, key) = (file("authority"), file("certificate"), file("key"));
    let port = redis_server::free_port();
    let mut options = vec!["--appendonly", "yes", "--appendfsync", "always"];
    options.extend(["--requirepass", "secret", "--tls-port", &port, "--tls-auth-clients", "no"]);
    options.extend(["--tls-ca-cert-file", &authority]);
    options.extend(["--tls-cert-file", &certificate, "--tls-key-file", &key]);
    let _server = RedisServer::start(&options);
    let store = "[store]\nkind = \"redis\"\nshards = 4\n";
    let url = format!("rediss://:secret@127.0.0.1:{port}");
    let place = Place::new(&format!("{store}[redis]\nurl = \"{url}\"\n"));
    let trusting = |name: &str| {
        let mut command = place.command(name);
        command.env("SSL_CERT_FILE", &authority);
        command
    };
    let check = trusting("check").output().unwrap();
    assert!(check.status.success(), "{}", text(&check.stdout));
    let mut program = Running::start(trusting("serve"));
    let address = program.ready();
    assert!(get(&address, "/readyz").starts_with("HTTP/1.1 200"));
    assert!(program.end("TERM").success());
    let refused = place.run("check");
    let said = text(&refused.stdout) + &text(&refused.stderr);
    assert!(!refused.status.success() && said.contains("Redis does not answer"), "{said}");
}

/// Writes the certificate of a server, its key, and the authority that has signed it.
fn certify(host: &str, folder: &Path) {
    let mut authority = CertificateParams::default();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let of_host = CertificateParams::new([host.to_owned()]).unwrap();
    let certificate = of_host.signed_by(&key, &authority).unwrap();
    fs::write(folder.join("authority"), authority.pem()).unwrap();
    fs::write(folder.join("certificate"), certificate.pem()).unwrap();
    fs::write(folder.join("key"), key.serialize_pem()).unwrap();
}

/// A directory of data with a configuration file beside it.
struct Place {
    folder: TempDir,
    file: PathBuf,
}

impl Place {
    fn new(toml: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("switchboard.toml");
        fs::write(&file, toml).unwrap();
        Self { folder, file }
    }

    fn configure(&self, toml: &str) {
        fs::write(&self.file, toml).unwrap();
    }

    fn command(&self, name: &str) -> Command {
        let mut command = program();
        command.arg(name).arg("--config").arg(&self.file);
        command.env("SWITCHBOARD__STORE__DIRECTORY", self.data());
        if !fs::read_to_string(&self.file).unwrap_or_default().contains("listen") {
            command.env("SWITCHBOARD__SERVER__LISTEN", "127.0.0.1:0");
        }
        command
    }

    fn run(&self, name: &str) -> Output {
        self.command(name).output().unwrap()
    }

    fn data(&self) -> PathBuf {
        Path::join(self.folder.path(), "data")
    }
}

/// A program that runs, and what it has printed so far.
struct Running {
    child: Child,
    lines: Receiver<String>,
    printed: Vec<String>,
}

impl Running {
    fn start(mut command: Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        let (line, lines) = channel();
        thread::spawn(move || out.lines().map_while(Result::ok).try_for_each(|l| line.send(l)));
        Self { child, lines, printed: Vec::new() }
    }

    /// Waits for the ready line, and answers its address.
    fn ready(&mut self) -> String {
        loop {
            let line = self.lines.recv_timeout(READY_WITHIN);
            let line = line.unwrap_or_else(|why| panic!("{why}, printed: {:#?}", self.printed));
            self.printed.push(line.clone());
            if let Some(url) = line.strip_prefix("ready: http://") {
                return url.to_owned();
            }
        }
    }

    fn said(&self, text: &str) -> bool {
        self.printed.iter().any(|line| line.contains(text))
    }

    fn end(&mut self, signal: &str) -> ExitStatus {
        let id = self.child.id().to_string();
        let sent = Command::new("kill").args(["-s", signal, &id]).status().unwrap();
        assert!(sent.success());
        loop {
            match self.lines.recv_timeout(ENDS_WITHIN) {
                Ok(line) => self.printed.push(line),
                Err(RecvTimeoutError::Disconnected) => return self.child.wait().unwrap(),
                Err(RecvTimeoutError::Timeout) => panic!("does not end: {:#?}", self.printed),
            }
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // An error says that it has ended already.
        let _ended = self.child.kill();
        let _reaped = self.child.wait();
    }
}

fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_switchboard"));
    command.stdin(Stdio::null());
    command
}

/// A post without proof of origin is seen in the numbers under the kind of its channel.
#[track_caller]
fn counts_what_is_posted(address: &str, kind: &str) {
    assert!(ask(address, "POST", "/hooks/telegram").starts_with("HTTP/1.1 401"));
    let numbers = get(address, "/metrics");
    let counted = format!("switchboard_hooks_total{{channel=\"{kind}\",result=\"not_genuine\"}} 1");
    assert!(numbers.contains(&counted), "{numbers}");
}

fn get(address: &str, path: &str) -> String {
    ask(address, "GET", path)
}

fn ask(address: &str, method: &str, path: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(ENDS_WITHIN)).unwrap();
    let headers = format!("host: {address}\r\nconnection: close\r\ncontent-length: 0");
    write!(stream, "{method} {path} HTTP/1.1\r\n{headers}\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
