//! The guarded way out: where it goes, where it does not, and what it reads.

use std::sync::Arc;
use std::time::Duration;

use switchboard::outbound::{Answer, Fault, Fetch, Outbound, OutboundSettings, Post};

use super::outbound_to_fakes;
use crate::fakes::server::{Reply, Server};

fn closed() -> Outbound {
    Outbound::new(OutboundSettings::default()).expect("tls is there")
}

/// Addresses that lead to this machine, its neighbours, a cloud's metadata, or nowhere good.
const EVIL: [&str; 92] = [
    // Loopback in all its spellings.
    "https://127.0.0.1/",
    "https://127.0.0.1:443/",
    "https://127.255.255.254/",
    "https://127.1/",
    "https://127.0.1/",
    "https://2130706433/",
    "https://0x7f000001/",
    "https://0x7f.0.0.1/",
    "https://0177.0.0.1/",
    "https://017700000001/",
    "https://127.0.0.1./",
    "https://%31%32%37.0.0.1/",
    "https://①②⑦.⓪.⓪.①/",
    "https://127。0。0。1/",
    "https://localhost/",
    "https://localhost./",
    "https://LOCALHOST/",
    "https://[::1]/",
    "https://[0:0:0:0:0:0:0:1]/",
    // "This network".
    "https://0.0.0.0/",
    "https://0/",
    "https://0.1.2.3/",
    "https://[::]/",
    // Private and shared networks.
    "https://10.0.0.1/",
    "https://10.255.255.255/",
    "https://172.16.0.1/",
    "https://172.31.255.255/",
    "https://192.168.0.1/",
    "https://192.168.1.254/",
    "https://100.64.0.1/",
    "https://100.100.100.200/",
    "https://100.127.255.254/",
    "https://[fc00::1]/",
    "https://[fd00:ec2::254]/",
    "https://[fdff:ffff::1]/",
    // Link-local and metadata.
    "https://169.254.0.1/",
    "https://169.254.169.254/latest/meta-data/",
    "https://169.254.170.2/",
    "https://0xa9fea9fe/",
    "https://2852039166/",
    "https://168.63.129.16/",
    "https://192.0.0.192/",
    "https://[fe80::1]/",
    "https://[febf::1]/",
    "https://[fec0::1]/",
    // Multicast, broadcast, reserved.
    "https://224.0.0.1/",
    "https://239.255.255.250/",
    "https://240.0.0.1/",
    "https://255.255.255.255/",
    "https://[ff02::1]/",
    "https://[ff0e::1]/",
    // Documentation and measuring.
    "https://192.0.0.8/",
    "https://192.0.2.1/",
    "https://198.51.100.1/",
    "https://203.0.113.1/",
    "https://198.18.0.1/",
    "https://198.19.255.255/",
    "https://192.88.99.1/",
    "https://[2001:db8::1]/",
    "https://[2001:2::1]/",
    "https://[3fff::1]/",
    "https://[100::1]/",
    // IPv4 inside IPv6.
    "https://[::ffff:127.0.0.1]/",
    "https://[::ffff:7f00:1]/",
    "https://[::ffff:10.0.0.1]/",
    "https://[::ffff:169.254.169.254]/",
    "https://[::ffff:8.8.8.8]/",
    "https://[::127.0.0.1]/",
    "https://[::ffff:0:127.0.0.1]/",
    "https://[64:ff9b::7f00:1]/",
    "https://[64:ff9b::8.8.8.8]/",
    "https://[64:ff9b:1::a00:1]/",
    "https://[2002:7f00:1::]/",
    "https://[2002:a9fe:a9fe::1]/",
    "https://[2001::1]/",
    "https://[2001:0:7f00:1::]/",
    // Not https, or not its port.
    "http://8.8.8.8/",
    "http://example.com/",
    "http://localhost/",
    "https://8.8.8.8:22/",
    "https://8.8.8.8:8443/",
    "https://[2606:4700::1111]:6379/",
    "ftp://8.8.8.8/",
    "file:///etc/passwd",
    "gopher://127.0.0.1:6379/_INFO",
    "data:text/plain,hello",
    "javascript:alert(1)",
    // Something else than a host, or more than one.
    "https://user@8.8.8.8/",
    "https://user:password@8.8.8.8/",
    "https://8.8.8.8@127.0.0.1/",
    "https://",
    "//127.0.0.1/",
];

#[actix_web::test]
async fn no_evil_address_is_called() {
    let outbound = closed();
    for url in EVIL {
        let answer = outbound.post(Post::json(url, b"{}")).await;
        let named = url.to_lowercase().contains("localhost");
        match answer {
            Err(Fault::Forbidden(_)) => assert!(outbound.check(url).is_err(), "{url}"),
            // Refused by its address, or unknown to the resolver of this machine.
            Err(Fault::NeverSent(why)) if named => assert!(why.contains("the name"), "{why}"),
            // Without a network the name is not even resolved; it is not called either.
            Err(Fault::NeverSent(_)) if url == "http://example.com/" => {}
            other => panic!("{url}: {other:?}"),
        }
    }
}

#[test]
fn a_public_address_is_admitted() {
    let outbound = closed();
    let good = [
        "https://8.8.8.8/",
        "https://8.8.8.8:443/path?query#fragment",
        "https://1.1.1.1",
        "https://172.32.0.1/",
        "https://100.128.0.1/",
        "https://[2606:4700::1111]/",
        "https://[2a00:1450:4001::200e]/",
        "https://api.telegram.org/bot1:x/sendMessage",
    ];
    for url in good {
        assert_eq!(outbound.check(url), Ok(()), "{url}");
    }
    let long = format!("https://8.8.8.8/{}", "x".repeat(5000));
    assert_eq!(outbound.check(&long), Err(Fault::Forbidden("too long")));
}

#[test]
fn an_allowed_network_opens_itself_and_nothing_else() {
    let settings = OutboundSettings::allowing(&["10.1.0.0/16", " fd12::/16 ", "192.168.7.7"]);
    let outbound = Outbound::new(settings.unwrap()).unwrap();
    let opened = ["http://10.1.2.3:8081/", "https://[fd12::1]:8443/", "http://192.168.7.7/"];
    for url in opened {
        assert_eq!(outbound.check(url), Ok(()), "{url}");
    }
    assert_eq!(outbound.check("http://[::ffff:10.1.2.3]/"), Ok(()), "the same network");
    let closed = ["https://10.2.0.1/", "http://192.168.7.8/", "http://8.8.8.8/", "https://[::1]/"];
    for url in closed {
        assert!(outbound.check(url).is_err(), "{url}");
    }
}

#[test]
fn what_is_no_network_is_refused() {
    for text in ["", "10.0.0.0/33", "10.0.0", "localhost", "10.0.0.0/8,::1", "::1/129"] {
        assert!(OutboundSettings::allowing(&[text]).is_err(), "{text}");
    }
}

/// A name that resolves inside is refused even though no address stands in the URL; the same name
/// is called when its address is allowed.
#[actix_web::test]
async fn a_name_is_judged_by_where_it_leads() {
    let server = Server::answering(200, "inside");
    let url = format!("http://localhost:{}/", server.port());
    let refused = closed().post(Post::json(&url, b"{}")).await;
    let astray = Fault::NeverSent("the name leads to an address that is not allowed");
    assert_eq!(refused, Err(astray));
    assert!(server.requests().is_empty());
    let settings = OutboundSettings::allowing(&["127.0.0.0/8", "::1"]).unwrap();
    let answer = Outbound::new(settings).unwrap().post(Post::json(&url, b"{}")).await.unwrap();
    assert_eq!(&answer.body[..], b"inside");
}

#[actix_web::test]
async fn a_redirect_is_an_answer_and_is_not_followed() {
    let server = Server::start(Arc::new(|_| {
        let headers = vec![("location", "http://127.0.0.1:1/inside".to_owned())];
        Box::pin(async { Reply::Answer { status: 307, headers, body: String::new() } })
    }));
    let answer = outbound_to_fakes().post(Post::json(&server.base(), b"{}")).await.unwrap();
    assert_eq!(answer.status, 307);
    assert_eq!(server.requests().len(), 1);
}

#[actix_web::test]
async fn an_answer_has_a_largest_size() {
    let server = Server::answering(200, Box::leak("x".repeat(1001).into_boxed_str()));
    let outbound = outbound_to_fakes();
    let base = server.base();
    let post = |answer_bytes_max| Post { answer_bytes_max, ..Post::json(&base, b"{}") };
    let cut = outbound.post(post(1000)).await;
    assert_eq!(cut, Err(Fault::PerhapsSent("the answer is too large")));
    assert_eq!(outbound.post(post(1001)).await.unwrap().body.len(), 1001);
}

#[actix_web::test]
async fn what_is_sent_is_the_bytes_and_the_headers() {
    let server = Server::start(Arc::new(|_| {
        let headers = vec![("retry-after", "7".to_owned())];
        Box::pin(async { Reply::Answer { status: 503, headers, body: "busy".to_owned() } })
    }));
    let url = format!("{}/a/b?c=d", server.base());
    let answer = outbound_to_fakes().post(Post::json(&url, b"{ \"exact\" : 1 }")).await.unwrap();
    let retry_after = Some("7".to_owned());
    assert_eq!(answer, Answer { status: 503, retry_after, body: "busy".into() });
    let request = &server.requests()[0];
    assert_eq!((&*request.path, &request.body[..]), ("/a/b?c=d", &b"{ \"exact\" : 1 }"[..]));
    assert_eq!(request.headers["content-type"], "application/json");
    assert!(request.headers["user-agent"].starts_with("switchboard/"));
    assert!(!request.headers.contains_key("cookie"));
}

#[actix_web::test]
async fn never_sent_is_told_from_perhaps_sent() {
    let outbound = outbound_to_fakes();
    let nobody = outbound.post(Post::json("http://127.0.0.1:1/", b"{}")).await;
    assert_eq!(nobody, Err(Fault::NeverSent("no connection")));
    let nameless = closed().post(Post::json("https://nobody.invalid/", b"{}")).await;
    assert!(matches!(nameless, Err(Fault::NeverSent(_))), "{nameless:?}");
    let cutting = Server::start(Arc::new(|_| Box::pin(async { Reply::Cut })));
    let cut = outbound.post(Post::json(&cutting.base(), b"{}")).await;
    assert_eq!(cut, Err(Fault::PerhapsSent("connection cut")));
    assert_eq!(cutting.requests().len(), 1, "a cut request is not repeated");
    let late = Server::start(Arc::new(|_| Box::pin(async { Reply::not_waited_for() })));
    let not_waited_for = outbound.post(Post::json(&late.base(), b"{}")).await;
    assert!(matches!(not_waited_for, Err(Fault::NeverSent(_))), "{not_waited_for:?}");
    let (url, headers) = (&*late.base(), &[][..]);
    let file = outbound.download(Fetch { url, headers, patience: Duration::ZERO }).await;
    assert!(matches!(file, Err(Fault::NeverSent(_))), "{file:?}");
    let slow = Server::answering(408, "the program was slow");
    let kept = outbound.post(Post::json(&slow.base(), b"{}")).await;
    assert_eq!(kept, Err(Fault::PerhapsSent("status 408")));
    let headers = [("bad header", "x")];
    let post = Post { headers: &headers, ..Post::json("http://127.0.0.1:1/", b"") };
    assert_eq!(outbound.post(post).await, Err(Fault::Forbidden("not a valid request")));
}

#[actix_web::test]
async fn patience_is_added_to_the_time_of_a_call() {
    let slow = Server::start(Arc::new(|_| {
        Box::pin(async {
            let never = std::future::pending::<()>();
            drop(tokio::time::timeout(Duration::from_millis(300), never).await);
            Reply::of(200, "late")
        })
    }));
    let mut settings = OutboundSettings::allowing(&["127.0.0.1"]).unwrap();
    settings.timeout = Duration::from_millis(100);
    let outbound = Outbound::new(settings).unwrap();
    let base = slow.base();
    let hasty = outbound.post(Post::json(&base, b"{}")).await;
    assert_eq!(hasty, Err(Fault::PerhapsSent("timeout")));
    let patient = Post { patience: Duration::from_secs(9), ..Post::json(&base, b"{}") };
    assert_eq!(outbound.post(patient).await.unwrap().status, 200);
}

#[actix_web::test]
async fn two_ways_out_do_not_share_what_they_allow() {
    let server = Server::answering(200, "inside");
    let url = format!("http://127.0.0.1:{}/", server.port());
    assert!(outbound_to_fakes().post(Post::json(&url, b"{}")).await.is_ok());
    let refused = closed().post(Post::json(&url, b"{}")).await;
    assert_eq!(refused, Err(Fault::Forbidden("not a public address")));
}
