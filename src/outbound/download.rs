//! Fetching a file, chunk by chunk.

use std::time::Duration;

use bytes::Bytes;
use reqwest::header::LOCATION;
use url::Url;

use super::{Fault, Outbound, fault, is_answered, retry_after};

/// Redirects that are followed, each checked like the first address.
const REDIRECTS_MAX: usize = 3;

/// Asks for one file.
#[derive(Clone, Copy, Debug)]
pub struct Fetch<'a> {
    pub url: &'a str,
    /// Sent to the host of the address alone, never to one that it leads on to.
    pub headers: &'a [(&'a str, &'a str)],
    /// For the whole file, on top of the settings' time.
    pub patience: Duration,
}

/// An answer of any status but 408, of which the body is still to come. Whoever reads it bounds it.
#[derive(Debug)]
pub struct Download {
    pub status: u16,
    /// The header `Retry-After` as it stands.
    pub retry_after: Option<String>,
    /// What the other side promises.
    pub size_bytes: Option<u64>,
    response: reqwest::Response,
}

impl Download {
    /// The next piece of the body; none: it is complete.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, Fault> {
        self.response.chunk().await.map_err(|error| fault(&error))
    }
}

impl Outbound {
    /// Asks for a file.
    pub async fn download(&self, fetch: Fetch<'_>) -> Result<Download, Fault> {
        let mut address = fetch.url.to_owned();
        let first_host = host_of(&address);
        for _ in 0..=REDIRECTS_MAX {
            let (url, reach) = self.admit(&address)?;
            let timeout = self.timeout.saturating_add(fetch.patience);
            let mut request = self.client(reach).get(url.clone()).timeout(timeout);
            if host_of(&address) == first_host {
                for (name, value) in fetch.headers {
                    request = request.header(*name, *value);
                }
            }
            let response = request.send().await.map_err(|error| fault(&error))?;
            is_answered(&response)?;
            let Some(next) = led_on(&url, &response) else {
                return Ok(Download {
                    status: response.status().as_u16(),
                    retry_after: retry_after(&response),
                    size_bytes: response.content_length(),
                    response,
                });
            };
            address = next;
        }
        Err(Fault::Forbidden("leads on too often"))
    }
}

fn host_of(address: &str) -> Option<String> {
    Url::parse(address).ok().map(|url| url.origin().ascii_serialization())
}

fn led_on(from: &Url, response: &reqwest::Response) -> Option<String> {
    if !response.status().is_redirection() {
        return None;
    }
    let next = response.headers().get(LOCATION)?.to_str().ok()?;
    from.join(next).ok().map(String::from)
}
