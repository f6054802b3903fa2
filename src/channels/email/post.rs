//! The server for outgoing letters: what it says at which step, and what that means.
//!
//! RFC 5321: 4xx may pass, 5xx does not. Until the letter's end is written nothing is sent.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, AsyncTokioStream};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::ClientId;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::super::{SendOutcome, unsent};
use super::Account;
use super::compose::Composed;
use crate::outbound::{Fault, Line, Outbound, Security, Server};

/// After each attempt in vain; the last holds for all later ones.
const PAUSES: [Duration; 4] = [
    Duration::from_mins(1),
    Duration::from_mins(5),
    Duration::from_mins(15),
    Duration::from_hours(1),
];
/// For the letter itself: its bytes, and the server's look at them.
const LETTER_PATIENCE: Duration = Duration::from_mins(3);
/// What a server says before the connection is encrypted.
const GREETING_BYTES_MAX: usize = 16 * 1024;

impl AsyncTokioStream for Line {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.peer())
    }
}

/// At which step a server refused.
#[derive(Clone, Copy)]
enum Step {
    Greeting,
    SignIn,
    Sender,
    Recipient,
    Letter,
}

/// A connection that is signed in.
struct Connection<'a> {
    account: Account<'a>,
    smtp: AsyncSmtpConnection,
    patience: Duration,
    /// Counts from 1.
    attempt: u32,
}

pub(super) async fn send(
    outbound: &Outbound,
    account: Account<'_>,
    letter: &Composed,
    attempt: u32,
) -> Result<(), SendOutcome> {
    let mut connection = Connection::open(outbound, account, attempt).await?;
    connection.command(Mail::new(Some(letter.from.clone()), Vec::new()), Step::Sender).await?;
    connection.command(Rcpt::new(letter.to.clone(), Vec::new()), Step::Recipient).await?;
    connection.command(Data, Step::Letter).await?;
    let sent = connection.smtp.message(&letter.bytes);
    let outcome = match tokio::time::timeout(LETTER_PATIENCE, sent).await {
        Ok(Ok(_)) => Ok(()),
        Ok(Err(error)) if is_answer(&error) => Err(connection.meaning(&error, Step::Letter)),
        Ok(Err(error)) => Err(SendOutcome::Unknown { reason: account.words(&error.to_string()) }),
        Err(_) => Err(SendOutcome::Unknown { reason: NO_ANSWER.to_owned() }),
    };
    connection.leave().await;
    outcome
}

/// Signs in and out.
pub(super) async fn test(outbound: &Outbound, account: Account<'_>) -> Result<(), String> {
    let connection = Connection::open(outbound, account, 1).await;
    connection.map_err(SendOutcome::into_reason)?.leave().await;
    Ok(())
}

const NO_ANSWER: &str = "the mail server does not answer";

impl<'a> Connection<'a> {
    async fn open(
        outbound: &Outbound,
        account: Account<'a>,
        attempt: u32,
    ) -> Result<Self, SendOutcome> {
        let server = Server::parse(account.smtp_server).map_err(|fault| unsent(&fault))?;
        let patience = outbound.step_patience();
        let hello = ClientId::Domain(account.host().to_owned());
        let line = outbound.dial(&server).await.map_err(|fault| unsent(&fault))?;
        let line = match server.security() {
            Security::Upgraded => upgraded(outbound, line, &server, account.host()).await?,
            Security::AtOnce | Security::Never => line,
        };
        let greeted = AsyncSmtpConnection::connect_with_transport(Box::new(line), &hello);
        let smtp = match tokio::time::timeout(patience, greeted).await {
            Ok(Ok(smtp)) => smtp,
            Ok(Err(error)) => return Err(meaning(account, &error, Step::Greeting, attempt)),
            Err(_) => return Err(SendOutcome::RetryLater { reason: NO_ANSWER.to_owned() }),
        };
        let mut connection = Self { account, smtp, patience, attempt };
        let credentials = Credentials::new(account.login.to_owned(), account.password.to_owned());
        let signing_in = connection.smtp.auth(&[Mechanism::Plain, Mechanism::Login], &credentials);
        match tokio::time::timeout(patience, signing_in).await {
            Ok(Ok(_)) => Ok(connection),
            Ok(Err(error)) => Err(connection.meaning(&error, Step::SignIn)),
            Err(_) => Err(SendOutcome::RetryLater { reason: NO_ANSWER.to_owned() }),
        }
    }

    async fn command(
        &mut self,
        command: impl std::fmt::Display,
        step: Step,
    ) -> Result<(), SendOutcome> {
        match tokio::time::timeout(self.patience, self.smtp.command(command)).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => {
                let meaning = self.meaning(&error, step);
                self.smtp.abort().await;
                Err(meaning)
            }
            Err(_) => Err(SendOutcome::RetryLater { reason: NO_ANSWER.to_owned() }),
        }
    }

    fn meaning(&self, error: &Error, step: Step) -> SendOutcome {
        meaning(self.account, error, step, self.attempt)
    }

    /// What the server says to it does not matter.
    async fn leave(mut self) {
        let _gone = tokio::time::timeout(self.patience, self.smtp.quit()).await;
    }
}

/// The server has said what it thinks, as opposed to a connection that broke.
fn is_answer(error: &Error) -> bool {
    error.is_permanent() || error.is_transient()
}

fn meaning(account: Account<'_>, error: &Error, step: Step, attempt: u32) -> SendOutcome {
    let reason = account.words(&error.to_string());
    if error.is_transient() {
        let pause = usize::try_from(attempt.saturating_sub(1)).ok().and_then(|n| PAUSES.get(n));
        let pause = *pause.unwrap_or(&PAUSES[PAUSES.len() - 1]);
        return SendOutcome::RetryIn { pause, reason };
    }
    let wants_sign_in = error.status().is_some_and(|code| u16::from(code) == 530);
    let is_for_good = error.is_permanent();
    match step {
        // There is no way to sign in, or not with these words.
        Step::SignIn if is_for_good || error.is_client() => SendOutcome::ChannelDead { reason },
        Step::Sender | Step::Recipient | Step::Letter if wants_sign_in => {
            SendOutcome::ChannelDead { reason }
        }
        Step::Recipient if is_for_good => SendOutcome::Unreachable { reason },
        Step::Sender | Step::Letter if is_for_good => SendOutcome::Refused { reason },
        Step::Greeting | Step::SignIn | Step::Sender | Step::Recipient | Step::Letter => {
            SendOutcome::RetryLater { reason }
        }
    }
}

/// Asks for encryption. The greeting is kept for whoever goes on: after it the server says nothing of
/// itself any more.
async fn upgraded(
    outbound: &Outbound,
    mut line: Line,
    server: &Server,
    host: &str,
) -> Result<Line, SendOutcome> {
    let later = |reason: &str| SendOutcome::RetryLater { reason: reason.to_owned() };
    let asking = async {
        let greeting = answer(&mut line).await?;
        line.write_all(format!("EHLO {host}\r\n").as_bytes()).await?;
        answer(&mut line).await?;
        line.write_all(b"STARTTLS\r\n").await?;
        io::Result::Ok((greeting, answer(&mut line).await?))
    };
    let asked = tokio::time::timeout(outbound.step_patience(), asking).await;
    let Ok(Ok((greeting, agreed))) = asked else { return Err(later(NO_ANSWER)) };
    if !agreed.starts_with(b"220") {
        let reason = "the mail server does not encrypt by STARTTLS".to_owned();
        return Err(SendOutcome::ChannelDead { reason });
    }
    let mut line = outbound.upgrade(line, server).await.map_err(|fault: Fault| unsent(&fault))?;
    line.rereads(greeting);
    Ok(line)
}

/// One answer of several lines, byte by byte: what comes behind it is for the encrypted connection.
async fn answer(line: &mut Line) -> io::Result<Vec<u8>> {
    let mut read = Vec::new();
    let mut begins = 0;
    while read.len() < GREETING_BYTES_MAX {
        let byte = line.read_u8().await?;
        read.push(byte);
        if byte == b'\n' {
            if read.get(begins + 3) != Some(&b'-') {
                return Ok(read);
            }
            begins = read.len();
        }
    }
    Err(io::Error::other("the answer is too large"))
}
