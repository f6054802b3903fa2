//! The way to a server on which one of our scripts is another: whether the tests notice is what
//! `make teeth-redis` asks. The server runs the altered script wherever the program wants its own.

use std::io::{self, Read, Write};
use std::net::Shutdown;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::{env, fs, thread};

use redis::Script;

/// Names a file with what is to run instead of the script of that name.
const ALTERED: &str = "REDIS_SCRIPT_ALTERED";

const PAGE: usize = 64 * 1024;

/// A script as the program has it and as the server is to have it: how it is loaded, and how called.
struct Altered {
    text: [Vec<u8>; 2],
    digest: [Vec<u8>; 2],
}

/// The socket by which tests reach the server behind `server`.
pub(crate) fn way_to(server: &Path) -> PathBuf {
    let Some(file) = env::var_os(ALTERED).map(PathBuf::from) else { return server.to_owned() };
    let altered = Arc::new(Altered::read(&file));
    let (socket, server) = (server.with_extension("altered"), server.to_owned());
    let listener = UnixListener::bind(&socket).expect("a socket in a folder of our own");
    thread::spawn(move || {
        for client in listener.incoming() {
            // Nobody is there: the client sees its connection end.
            let Ok(server) = UnixStream::connect(&server) else { continue };
            carry(client.expect("a client"), server, altered.clone());
        }
    });
    socket
}

fn carry(client: UnixStream, server: UnixStream, altered: Arc<Altered>) {
    let (to_client, from_server) = (clone(&client), clone(&server));
    let of_answers = altered.clone();
    thread::spawn(move || {
        let _broken = of_answers.pass_answers(from_server, &to_client);
        let _gone = to_client.shutdown(Shutdown::Both);
    });
    thread::spawn(move || {
        let _broken = altered.pass_commands(client, &server);
        let _gone = server.shutdown(Shutdown::Both);
    });
}

fn clone(stream: &UnixStream) -> UnixStream {
    stream.try_clone().expect("another handle")
}

impl Altered {
    fn read(file: &Path) -> Self {
        let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/store/redis/lua");
        let ours = scripts.join(file.file_name().expect("a file"));
        let both = [&ours, file].map(|file| fs::read_to_string(file).expect("a script"));
        let text = |script: &String| format!("${}\r\n{script}\r\n", script.len()).into_bytes();
        let digest = |script: &String| Script::new(script).get_hash().as_bytes().to_vec();
        Self { text: both.each_ref().map(text), digest: both.each_ref().map(digest) }
    }

    fn pass_commands(&self, mut client: UnixStream, mut server: &UnixStream) -> io::Result<()> {
        let mut bytes = Vec::new();
        while read(&mut client, &mut bytes)? {
            while let Some(length) = whole(&bytes) {
                let mut command = bytes.drain(..length).collect();
                for [ours, altered] in [&self.text, &self.digest] {
                    replace(&mut command, ours, altered);
                }
                server.write_all(&command)?;
            }
        }
        Ok(())
    }

    /// The program compares the digest of what it has loaded.
    fn pass_answers(&self, mut server: UnixStream, mut client: &UnixStream) -> io::Result<()> {
        let [ours, altered] = &self.digest;
        let mut bytes = Vec::new();
        while read(&mut server, &mut bytes)? {
            replace(&mut bytes, altered, ours);
            // The digest may have come in halves.
            let begun = (1..altered.len()).rev().find(|&of| bytes.ends_with(&altered[..of]));
            let rest = bytes.split_off(bytes.len() - begun.unwrap_or_default());
            client.write_all(&bytes)?;
            bytes = rest;
        }
        Ok(())
    }
}

/// False: nothing comes any more.
fn read(from: &mut UnixStream, into: &mut Vec<u8>) -> io::Result<bool> {
    let before = into.len();
    into.resize(before + PAGE, 0);
    let read = from.read(&mut into[before..])?;
    into.truncate(before + read);
    Ok(read > 0)
}

fn replace(bytes: &mut Vec<u8>, one: &[u8], other: &[u8]) {
    if let Some(at) = bytes.windows(one.len()).position(|found| found == one) {
        bytes.splice(at..at + one.len(), other.iter().copied());
    }
}

/// The length of the first command, a list of texts that tell their lengths; none: not all is here.
fn whole(bytes: &[u8]) -> Option<usize> {
    let (texts, mut at) = number(bytes, 0)?;
    for _ in 0..texts {
        let (length, from) = number(bytes, at)?;
        at = from + length + 2;
    }
    (at <= bytes.len()).then_some(at)
}

/// The number behind the sign at this place, and where its line ends.
fn number(bytes: &[u8], at: usize) -> Option<(usize, usize)> {
    let line = bytes.get(at + 1..)?;
    let length = line.windows(2).position(|pair| pair == b"\r\n")?;
    let number = std::str::from_utf8(&line[..length]).ok()?.parse().expect("a number");
    Some((number, at + 1 + length + 2))
}
