//! The one guarded way out, for every address that we did not write ourselves: by HTTP, and to mail
//! servers (`line.rs`).
//!
//! The only place that names the libraries for HTTP and TLS. Requests go by https to public addresses on port
//! 443; anything else must lie inside the networks that an administrator allowed. The address that
//! was checked is the address that is connected to: the check is the library's own resolver. No
//! proxies, no cookies; answers have a size limit. Only a download follows redirects, each checked. It knows no platform.

pub mod address;
mod download;
mod line;
mod upload;

use std::error::Error as StdError;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use reqwest::StatusCode;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{CONNECTION, HeaderValue};
use reqwest::redirect::Policy;
use tokio_rustls::rustls::ClientConfig;
use url::{Host, Url};

use self::address::{AllowedNetworks, NotANetwork};

pub use self::download::{Download, Fetch};
pub use self::line::{Line, Security, Server};
pub use self::upload::{Piece, Upload};

/// Largest answer read by default.
pub const ANSWER_BYTES_MAX: usize = 1024 * 1024;
/// Time for a whole call when the settings say nothing else.
pub const TIMEOUT: Duration = Duration::from_secs(10);
/// Time to reach the other side, TLS included.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const URL_BYTES_MAX: usize = 4096;
const IDLE_CONNECTIONS_PER_HOST_MAX: usize = 32;

/// What the configuration says about the way out.
#[derive(Clone, Debug)]
pub struct OutboundSettings {
    pub allow_networks: AllowedNetworks,
    /// For a whole call, from connecting to the last byte of the answer.
    pub timeout: Duration,
    pub connect_timeout: Duration,
}

impl Default for OutboundSettings {
    fn default() -> Self {
        Self {
            allow_networks: AllowedNetworks::default(),
            timeout: TIMEOUT,
            connect_timeout: CONNECT_TIMEOUT,
        }
    }
}

impl OutboundSettings {
    /// The usual times, and the networks of `list`: CIDR notation or single addresses.
    pub fn allowing<S: AsRef<str>>(list: &[S]) -> Result<Self, NotANetwork> {
        Ok(Self { allow_networks: AllowedNetworks::parse(list)?, ..Self::default() })
    }
}

/// One POST with a body that is already bytes, because signatures are made over bytes.
#[derive(Clone, Copy, Debug)]
pub struct Post<'a> {
    pub url: &'a str,
    pub headers: &'a [(&'a str, &'a str)],
    pub body: &'a [u8],
    /// On top of the settings' time: for calls that wait on the other side on purpose.
    pub patience: Duration,
    pub answer_bytes_max: usize,
}

impl<'a> Post<'a> {
    /// A JSON body, the usual limits and no further headers.
    pub fn json(url: &'a str, body: &'a [u8]) -> Self {
        let headers = &[("content-type", "application/json")];
        Self { url, headers, body, patience: Duration::ZERO, answer_bytes_max: ANSWER_BYTES_MAX }
    }
}

/// One call without a body.
#[derive(Clone, Copy, Debug)]
pub struct Ask<'a> {
    pub url: &'a str,
    pub headers: &'a [(&'a str, &'a str)],
    /// On top of the settings' time: for calls that wait on the other side on purpose.
    pub patience: Duration,
    pub answer_bytes_max: usize,
}

impl<'a> Ask<'a> {
    /// The usual limits.
    pub fn of(url: &'a str, headers: &'a [(&'a str, &'a str)]) -> Self {
        Self { url, headers, patience: Duration::ZERO, answer_bytes_max: ANSWER_BYTES_MAX }
    }
}

/// An answer of any status but 408, read to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    /// The header `Retry-After` as it stands.
    pub retry_after: Option<String>,
    pub body: Bytes,
}

/// Why there is no answer. No variant names the URL: it may hold a token.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// The address will never be called as it is written.
    #[error("address not allowed: {0}")]
    Forbidden(&'static str),
    /// Certainly nothing was done with it.
    #[error("not reached: {0}")]
    NeverSent(&'static str),
    /// The request may have been read and acted upon.
    #[error("no answer: {0}")]
    PerhapsSent(&'static str),
}

/// The way out itself; clones share their connections.
#[derive(Clone, Debug)]
pub struct Outbound {
    public: reqwest::Client,
    listed: reqwest::Client,
    allowed: Arc<AllowedNetworks>,
    timeout: Duration,
    connect_timeout: Duration,
    /// For mail servers; made when the first of them is called.
    tls: Arc<OnceLock<Option<Arc<ClientConfig>>>>,
}

impl Outbound {
    /// Fails only when the TLS of this machine cannot be set up.
    pub fn new(settings: OutboundSettings) -> Result<Self, SetupFailed> {
        let allowed = Arc::new(settings.allow_networks);
        let client = |reach| {
            let guard = Guard { reach, allowed: allowed.clone() };
            reqwest::Client::builder()
                .user_agent(concat!("switchboard/", env!("CARGO_PKG_VERSION")))
                .connect_timeout(settings.connect_timeout)
                .pool_max_idle_per_host(IDLE_CONNECTIONS_PER_HOST_MAX)
                .redirect(Policy::none())
                .referer(false)
                .no_proxy()
                .dns_resolver(guard)
                .build()
                .map_err(|error| SetupFailed(error.to_string()))
        };
        Ok(Self {
            public: client(Reach::Public)?,
            listed: client(Reach::Listed)?,
            timeout: settings.timeout,
            connect_timeout: settings.connect_timeout,
            tls: Arc::default(),
            allowed,
        })
    }

    /// Sends `post` once and reads the whole answer.
    pub async fn post(&self, post: Post<'_>) -> Result<Answer, Fault> {
        let (url, client) = self.client_for(post.url)?;
        let request = client.post(url).body(post.body.to_vec());
        self.call(request, post.headers, post.patience, post.answer_bytes_max).await
    }

    /// As [`Self::post`], with what takes the place of what is there.
    pub async fn put(&self, put: Post<'_>) -> Result<Answer, Fault> {
        let (url, client) = self.client_for(put.url)?;
        let request = client.put(url).body(put.body.to_vec());
        self.call(request, put.headers, put.patience, put.answer_bytes_max).await
    }

    /// Has something deleted, and reads the whole answer.
    pub async fn delete(&self, what: Ask<'_>) -> Result<Answer, Fault> {
        let (url, client) = self.client_for(what.url)?;
        self.call(client.delete(url), what.headers, what.patience, what.answer_bytes_max).await
    }

    /// Asks once and reads the whole answer.
    pub async fn ask(&self, ask: Ask<'_>) -> Result<Answer, Fault> {
        let (url, client) = self.client_for(ask.url)?;
        self.call(client.get(url), ask.headers, ask.patience, ask.answer_bytes_max).await
    }

    async fn call(
        &self,
        mut request: reqwest::RequestBuilder,
        headers: &[(&str, &str)],
        patience: Duration,
        answer_bytes_max: usize,
    ) -> Result<Answer, Fault> {
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let timeout = self.timeout.saturating_add(patience);
        let response = request.timeout(timeout).send().await.map_err(|e| fault(&e))?;
        read(response, answer_bytes_max).await
    }

    fn client_for(&self, url: &str) -> Result<(Url, &reqwest::Client), Fault> {
        let (url, reach) = self.admit(url)?;
        Ok((url, self.client(reach)))
    }

    fn client(&self, reach: Reach) -> &reqwest::Client {
        match reach {
            Reach::Public => &self.public,
            Reach::Listed => &self.listed,
        }
    }

    /// What can be said from the URL alone. Names are judged when they are resolved.
    pub fn check(&self, url: &str) -> Result<(), Fault> {
        let is_mail = Url::parse(url).is_ok_and(|url| line::is_of_mail(url.scheme()));
        if is_mail { self.check_server(url) } else { self.admit(url).map(|_| ()) }
    }

    fn admit(&self, text: &str) -> Result<(Url, Reach), Fault> {
        let forbidden = |why| Err(Fault::Forbidden(why));
        if text.len() > URL_BYTES_MAX {
            return forbidden("too long");
        }
        let Ok(url) = Url::parse(text) else { return forbidden("not a url") };
        if !matches!(url.scheme(), "https" | "http") {
            return forbidden("neither https nor http");
        }
        if !url.username().is_empty() || url.password().is_some() {
            return forbidden("holds a user or password");
        }
        let usual = url.scheme() == "https" && url.port().is_none();
        let reach = if usual { Reach::Public } else { Reach::Listed };
        let literal = match url.host() {
            Some(Host::Ipv4(v4)) => Some(IpAddr::from(v4)),
            Some(Host::Ipv6(v6)) => Some(IpAddr::from(v6)),
            Some(Host::Domain(_)) => None,
            None => return forbidden("without a host"),
        };
        // The resolver is not asked about a literal address.
        match literal {
            Some(ip) if !reach.admits(ip, &self.allowed) => forbidden("not a public address"),
            Some(_) | None => Ok((url, reach)),
        }
    }
}

#[derive(Clone, Debug, thiserror::Error)]
#[error("the way out cannot be set up: {0}")]
pub struct SetupFailed(String);

/// How far a request may reach, which its scheme and port decide.
#[derive(Clone, Copy, Debug)]
enum Reach {
    /// Public addresses and the allowed networks.
    Public,
    /// The allowed networks alone.
    Listed,
}

impl Reach {
    fn admits(self, address: IpAddr, allowed: &AllowedNetworks) -> bool {
        allowed.contains(address)
            || match self {
                Self::Public => address::is_public(address),
                Self::Listed => false,
            }
    }
}

/// Resolves names, and refuses a name when a single one of its addresses is not admitted.
struct Guard {
    reach: Reach,
    allowed: Arc<AllowedNetworks>,
}

#[derive(Debug, thiserror::Error)]
#[error("the name leads to an address that is not allowed")]
struct LeadsAstray;

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let (reach, allowed) = (self.reach, self.allowed.clone());
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let found: Vec<SocketAddr> = found.collect();
            if found.iter().any(|address| !reach.admits(address.ip(), &allowed)) {
                return Err(LeadsAstray.into());
            }
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

fn retry_after(response: &reqwest::Response) -> Option<String> {
    let header = response.headers().get("retry-after")?;
    header.to_str().ok().map(str::to_owned)
}

/// Not with status 408, which is no answer: the server did not wait for the request to be whole, did
/// nothing with it, and closes the connection (RFC 9110, 15.5.9). Some say so of a connection that lay
/// idle, and it is taken for the answer to what was sent just then. Who keeps the connection means
/// something else by it: that his program was slow, perhaps.
fn is_answered(response: &reqwest::Response) -> Result<(), Fault> {
    if response.status() != StatusCode::REQUEST_TIMEOUT {
        return Ok(());
    }
    let closes = |value: &HeaderValue| value.as_bytes().eq_ignore_ascii_case(b"close");
    Err(if response.headers().get(CONNECTION).is_some_and(closes) {
        Fault::NeverSent("the server did not wait for the request (status 408)")
    } else {
        Fault::PerhapsSent("status 408")
    })
}

async fn read(mut response: reqwest::Response, bytes_max: usize) -> Result<Answer, Fault> {
    is_answered(&response)?;
    let status = response.status().as_u16();
    let retry_after = retry_after(&response);
    let mut body = BytesMut::new();
    while let Some(chunk) = response.chunk().await.map_err(|e| fault(&e))? {
        if body.len() + chunk.len() > bytes_max {
            return Err(Fault::PerhapsSent("the answer is too large"));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Answer { status, retry_after, body: body.freeze() })
}

/// The library's own words may quote the URL, so they are not used.
fn fault(error: &reqwest::Error) -> Fault {
    if error.is_builder() {
        return Fault::Forbidden("not a valid request");
    }
    if !error.is_connect() {
        let timeout = error.is_timeout();
        return Fault::PerhapsSent(if timeout { "timeout" } else { "connection cut" });
    }
    Fault::NeverSent(if caused_by::<LeadsAstray>(error) {
        "the name leads to an address that is not allowed"
    } else if error.is_timeout() {
        "timeout while connecting"
    } else if error.is_dns() {
        "the name cannot be resolved"
    } else {
        "no connection"
    })
}

fn caused_by<E: StdError + 'static>(error: &reqwest::Error) -> bool {
    let mut cause = error.source();
    while let Some(error) = cause {
        if error.is::<E>() {
            return true;
        }
        cause = error.source();
    }
    false
}
