//! Connections to mail servers, judged by the same rule as every other address.
//!
//! Encrypted connections on the ports of mail go to public addresses; anything else must lie inside
//! the allowed networks. The name is resolved once, and what was judged is what is connected to.

use std::fmt;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::ClientConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::ServerName;
use url::Url;

use super::{Fault, Outbound, Reach, URL_BYTES_MAX};

/// Schemes with their usual ports. Without an `s` the connection is encrypted by `STARTTLS`.
const SCHEMES: [(&str, u16, Security); 6] = [
    ("imaps", 993, Security::AtOnce),
    ("imap", 143, Security::Upgraded),
    ("imap+plain", 143, Security::Never),
    ("smtps", 465, Security::AtOnce),
    ("smtp", 587, Security::Upgraded),
    ("smtp+plain", 25, Security::Never),
];
/// Where mail servers usually listen.
const MAIL_PORTS: [u16; 6] = [25, 143, 465, 587, 993, 2525];
/// Read between two calls of [`Line::may_read`], unless they say otherwise.
const READ_BYTES_MAX: usize = 1024 * 1024;

/// A mail server, as settings name it: `imaps://imap.example.com`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Server {
    host: String,
    port: u16,
    security: Security,
}

/// When a connection becomes encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Security {
    AtOnce,
    /// By `STARTTLS`, before anything secret is said.
    Upgraded,
    /// Only inside the allowed networks.
    Never,
}

/// Whether addresses with that scheme lead to mail servers.
pub(super) fn is_of_mail(scheme: &str) -> bool {
    SCHEMES.iter().any(|(known, ..)| *known == scheme)
}

impl Server {
    /// Reads an address with one of the mail schemes and nothing but a host and a port.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let forbidden = |why| Err(Fault::Forbidden(why));
        if text.len() > URL_BYTES_MAX {
            return forbidden("too long");
        }
        let Ok(url) = Url::parse(text) else { return forbidden("not a url") };
        let scheme = SCHEMES.iter().find(|(scheme, ..)| *scheme == url.scheme());
        let Some((_, usual_port, security)) = scheme else {
            return forbidden("not the address of a mail server");
        };
        if !url.username().is_empty() || url.password().is_some() {
            return forbidden("holds a user or password");
        }
        let only_host = matches!(url.path(), "" | "/") && url.query().is_none();
        if !only_host || url.fragment().is_some() {
            return forbidden("more than a host and a port");
        }
        let Some(host) = url.host_str().filter(|host| !host.is_empty()) else {
            return forbidden("without a host");
        };
        let host = host.trim_start_matches('[').trim_end_matches(']').to_ascii_lowercase();
        Ok(Self { host, port: url.port().unwrap_or(*usual_port), security: *security })
    }

    pub fn security(&self) -> Security {
        self.security
    }

    fn reach(&self) -> Reach {
        let encrypted = self.security != Security::Never;
        if encrypted && MAIL_PORTS.contains(&self.port) { Reach::Public } else { Reach::Listed }
    }
}

trait Duplex: AsyncRead + AsyncWrite + Send + Sync + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Sync + Unpin> Duplex for T {}

/// A connection. Reads no more than it [may](Self::may_read).
pub struct Line {
    inner: Box<dyn Duplex>,
    peer: SocketAddr,
    left_bytes: usize,
    /// Read before everything else.
    first: Vec<u8>,
}

impl Line {
    /// From now on so many bytes are read, then reading is an error.
    pub fn may_read(&mut self, bytes: usize) {
        self.left_bytes = bytes;
    }

    /// These are read again, before what is new.
    pub fn rereads(&mut self, bytes: Vec<u8>) {
        self.first = bytes;
    }

    pub fn peer(&self) -> SocketAddr {
        self.peer
    }
}

impl Outbound {
    /// What can be said of a server without asking for its address.
    pub(super) fn check_server(&self, text: &str) -> Result<(), Fault> {
        self.judge(&Server::parse(text)?)
    }

    fn judge(&self, server: &Server) -> Result<(), Fault> {
        match server.host.parse::<IpAddr>() {
            Ok(ip) if !server.reach().admits(ip, &self.allowed) => {
                Err(Fault::Forbidden("not a public address"))
            }
            Ok(_) | Err(_) => Ok(()),
        }
    }

    /// Time for one step with a mail server.
    pub fn step_patience(&self) -> Duration {
        self.timeout
    }

    /// Connects, and encrypts where that is done at once.
    pub async fn dial(&self, server: &Server) -> Result<Line, Fault> {
        self.judge(server)?;
        let dialling = async {
            let (stream, peer) = self.connected(server).await?;
            let line = Line {
                inner: Box::new(stream),
                peer,
                left_bytes: READ_BYTES_MAX,
                first: Vec::new(),
            };
            match server.security {
                Security::AtOnce => self.encrypted(line, server).await,
                Security::Upgraded | Security::Never => Ok(line),
            }
        };
        let dialled = tokio::time::timeout(self.connect_timeout, dialling).await;
        dialled.unwrap_or(Err(Fault::NeverSent("timeout while connecting")))
    }

    /// Encrypts a connection whose server has agreed to it.
    pub async fn upgrade(&self, line: Line, server: &Server) -> Result<Line, Fault> {
        let upgraded =
            tokio::time::timeout(self.connect_timeout, self.encrypted(line, server)).await;
        upgraded.unwrap_or(Err(Fault::NeverSent("timeout while connecting")))
    }

    async fn connected(&self, server: &Server) -> Result<(TcpStream, SocketAddr), Fault> {
        let found = tokio::net::lookup_host((server.host.as_str(), server.port)).await;
        let found = found.map_err(|_| Fault::NeverSent("the name cannot be resolved"))?;
        let found: Vec<SocketAddr> = found.collect();
        let reach = server.reach();
        if found.iter().any(|address| !reach.admits(address.ip(), &self.allowed)) {
            return Err(Fault::NeverSent("the name leads to an address that is not allowed"));
        }
        for address in found {
            if let Ok(stream) = TcpStream::connect(address).await {
                // Commands are written in pieces, and each is answered: none waits for the next.
                let _slower_without = stream.set_nodelay(true);
                return Ok((stream, address));
            }
        }
        Err(Fault::NeverSent("no connection"))
    }

    async fn encrypted(&self, line: Line, server: &Server) -> Result<Line, Fault> {
        let name = ServerName::try_from(server.host.clone());
        let name =
            name.map_err(|_| Fault::Forbidden("not a name that a certificate could have"))?;
        let config = self.tls.get_or_init(client_config).clone();
        let config = config.ok_or(Fault::NeverSent("there is no TLS on this machine"))?;
        let Line { inner, peer, .. } = line;
        let stream = TlsConnector::from(config).connect(name, inner).await;
        let stream = stream.map_err(|_| Fault::NeverSent("the connection cannot be encrypted"))?;
        Ok(Line { inner: Box::new(stream), peer, left_bytes: READ_BYTES_MAX, first: Vec::new() })
    }
}

/// Trusts whom this machine trusts.
fn client_config() -> Option<Arc<ClientConfig>> {
    use rustls_platform_verifier::BuilderVerifierExt as _;
    let builder = ClientConfig::builder_with_provider(aws_lc_rs::default_provider().into());
    let builder = builder.with_safe_default_protocol_versions().ok()?;
    Some(Arc::new(builder.with_platform_verifier().ok()?.with_no_client_auth()))
}

impl fmt::Debug for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Line({})", self.peer)
    }
}

impl AsyncRead for Line {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if !self.first.is_empty() {
            let taken = buf.remaining().min(self.first.len());
            buf.put_slice(&self.first[..taken]);
            self.first.drain(..taken);
            return Poll::Ready(Ok(()));
        }
        if self.left_bytes == 0 {
            return Poll::Ready(Err(io::Error::other("the answer is too large")));
        }
        let before = buf.filled().len();
        ready!(Pin::new(&mut self.inner).poll_read(cx, buf))?;
        self.left_bytes = self.left_bytes.saturating_sub(buf.filled().len() - before);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Line {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.inner).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}
