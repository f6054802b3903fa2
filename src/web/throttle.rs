//! Who asks, and whether he asks too often. No session, no store.

use std::hash::Hash;
use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;

use actix_web::HttpRequest;
use governor::clock::Clock as _;
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use crate::web::error::ApiError;

/// Keys remembered before those that could act again anyway are forgotten.
const KEYS_MAX: usize = 10_000;
const FORWARDED_FOR: &str = "x-forwarded-for";

/// So many attempts a minute for each key.
#[derive(Debug)]
pub struct Throttle<K: Hash + Eq + Clone>(DefaultKeyedRateLimiter<K>);

impl<K: Hash + Eq + Clone> Throttle<K> {
    pub fn per_minute(attempts: u32) -> Self {
        let attempts = NonZeroU32::new(attempts).unwrap_or(NonZeroU32::MIN);
        Self(RateLimiter::keyed(Quota::per_minute(attempts)))
    }

    /// Counts one attempt; refused with the seconds to wait when there were too many.
    pub fn attempt(&self, key: &K) -> Result<(), ApiError> {
        if self.0.len() > KEYS_MAX {
            self.0.retain_recent();
        }
        self.0.check_key(key).map_err(|not_until| {
            let wait = not_until.wait_time_from(self.0.clock().now());
            ApiError::TooFast(wait.as_secs() + 1)
        })
    }
}

/// The address that limits count by: of the peer, or what the outermost trusted proxy saw. An IPv6
/// address stands for its /64, which one household or server owns.
pub fn counted_address(request: &HttpRequest, behind_proxy: usize) -> IpAddr {
    let peer = || request.peer_addr().map(|address| address.ip());
    let address = forwarded(request, behind_proxy).or_else(peer);
    match address.unwrap_or(IpAddr::V6(Ipv6Addr::UNSPECIFIED)).to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => {
            IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64)))
        }
    }
}

/// Whether the request comes from a program on this machine. With a proxy in front nobody can
/// tell.
pub fn is_local(request: &HttpRequest, behind_proxy: usize) -> bool {
    let local =
        request.peer_addr().is_some_and(|address| address.ip().to_canonical().is_loopback());
    behind_proxy == 0 && local
}

/// The entry of `X-Forwarded-For` that the outermost trusted proxy added: all before it can be
/// invented by the caller.
fn forwarded(request: &HttpRequest, behind_proxy: usize) -> Option<IpAddr> {
    let from_the_right = behind_proxy.checked_sub(1)?;
    let values: Vec<&str> =
        request.headers().get_all(FORWARDED_FOR).filter_map(|value| value.to_str().ok()).collect();
    let joined = values.join(",");
    joined.rsplit(',').nth(from_the_right)?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use actix_web::test::TestRequest;

    use super::*;

    fn seen(behind_proxy: usize, forwarded_for: &str) -> String {
        let request = TestRequest::default()
            .peer_addr(SocketAddr::from(([10, 0, 0, 1], 4000)))
            .insert_header((FORWARDED_FOR, forwarded_for))
            .to_http_request();
        counted_address(&request, behind_proxy).to_string()
    }

    #[test]
    fn only_what_trusted_proxies_added_counts() {
        assert_eq!(seen(0, "1.1.1.1"), "10.0.0.1");
        assert_eq!(seen(1, "6.6.6.6, 1.1.1.1"), "1.1.1.1");
        assert_eq!(seen(2, "6.6.6.6, 1.1.1.1, 10.0.0.9"), "1.1.1.1");
        assert_eq!(seen(3, "1.1.1.1"), "10.0.0.1");
        assert_eq!(seen(1, "<script>"), "10.0.0.1");
        assert_eq!(seen(1, "2001:db8::1:2:3:4"), "2001:db8::");
    }

    #[test]
    fn the_sixth_attempt_waits_and_others_do_not() {
        let throttle = Throttle::per_minute(5);
        for _ in 0..5 {
            assert_eq!(throttle.attempt(&"anna"), Ok(()));
        }
        assert!(matches!(throttle.attempt(&"anna"), Err(ApiError::TooFast(1..=13))));
        assert_eq!(throttle.attempt(&"boris"), Ok(()));
    }
}
