//! The edge as a stranger meets it: what is refused, with which answer, before anything is asked of
//! the node. The hub has no lines and no people yet.

use serde_json::json;

use crate::site::{SETUP_TOKEN, Site};

#[actix_web::test]
async fn every_documented_operation_is_there_and_closed_to_strangers() {
    let site = Site::open().await;
    let document = site.page.get("/api/v1/openapi.json").await.json();
    let mut closed = 0;
    for (path, operations) in document["paths"].as_object().expect("paths") {
        let path = path.replace("{id}", "1").replace("{channel}", "1");
        for (method, operation) in operations.as_object().expect("operations") {
            let answer = site.page.send(&method.to_uppercase(), &path, "{}").await;
            let status = answer.status.as_u16();
            // Whoever has no link to a file, or no chat that it is in, is not told that there is one.
            let is_file = path.ends_with("/{link}") || path.starts_with("/widget/1/files");
            let secret = is_file && status == 404;
            assert!(secret || ![404, 405].contains(&status), "{method} {path}: {status}");
            if operation["security"][0]["cookie"].is_array() {
                answer.is_refused(401, "not_signed_in");
                closed += 1;
            }
        }
    }
    assert!(closed >= 15, "only {closed} operations need a sign-in");
    site.page.get("/api/v1/me").await.is_refused(401, "not_signed_in");
}

#[actix_web::test]
async fn what_is_not_there_is_said_in_json() {
    let site = Site::open().await;
    site.page.get("/api").await.is_refused(404, "not_found");
    site.page.get("/api/v2/lines").await.is_refused(404, "not_found");
    site.page.send("POST", "/api/v1/nothing", "{}").await.is_refused(404, "not_found");
    site.page.get("/pretend/nothing").await.is_refused(404, "not_found");
    let answer = site.page.send("DELETE", "/api/v1/lines", "").await;
    answer.is_refused(405, "method_not_allowed");
    assert_eq!(answer.header("allow"), "GET, POST");
}

#[actix_web::test]
async fn foreign_pages_change_nothing() {
    let site = Site::open().await;
    let json = ("content-type", "application/json");
    let own = ("x-switchboard", "1");
    for headers in [
        vec![json],
        vec![json, own],
        vec![json, ("origin", &*site.page.url)],
        vec![json, own, ("origin", "https://evil.example.com")],
        vec![json, own, ("sec-fetch-site", "cross-site")],
        vec![("content-type", "text/plain"), ("sec-fetch-site", "same-origin")],
    ] {
        let answer = site.page.ask("POST", "/api/v1/sign-in", &headers, "{}").await;
        answer.is_refused(403, "foreign_origin");
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.header("cache-control"), "no-store");
    }
    let same = ("sec-fetch-site", "same-origin");
    let answer = site.page.ask("POST", "/api/v1/sign-in", &[json, own, same], "{}").await;
    answer.is_refused(400, "malformed");
}

#[actix_web::test]
async fn bodies_are_checked_before_they_are_used() {
    let site = Site::open().await;
    let sign_in = "/api/v1/sign-in";
    for body in
        ["", "{", "[]", "{\"login\": 1}", "{\"login\": \"a\", \"password\": \"b\", \"c\": 1}"]
    {
        site.page.send("POST", sign_in, body).await.is_refused(400, "malformed");
    }
    let large = format!("{{\"login\": \"{}\"}}", "a".repeat(300_000));
    site.page.send("POST", sign_in, &large).await.is_refused(413, "too_large");
    let headers = [("x-switchboard", "1"), ("sec-fetch-site", "same-origin")];
    let form = [headers[0], headers[1], ("content-type", "application/x-www-form-urlencoded")];
    site.page.ask("POST", sign_in, &form, "login=a").await.is_refused(415, "not_json");
}

#[actix_web::test]
async fn guessing_passwords_is_slow() {
    let site = Site::open().await;
    let guess = json!({"login": "Anna", "password": "guess"}).to_string();
    for _ in 0..5 {
        site.page
            .send("POST", "/api/v1/sign-in", &guess)
            .await
            .is_refused(401, "wrong_credentials");
    }
    let answer = site.page.send("POST", "/api/v1/sign-in", &guess).await;
    answer.is_refused(429, "too_fast");
    assert!(answer.header("retry-after").parse::<u64>().is_ok_and(|seconds| seconds <= 13));
    let other = json!({"login": "boris", "password": "guess"}).to_string();
    site.page.send("POST", "/api/v1/sign-in", &other).await.is_refused(401, "wrong_credentials");
}

#[actix_web::test]
async fn signing_out_forgets_the_cookie() {
    let site = Site::open().await;
    let answer = site.page.send("POST", "/api/v1/sign-out", "").await;
    assert_eq!(answer.status, 204);
    assert_eq!(answer.header("set-cookie"), "sb=; HttpOnly; SameSite=Lax; Path=/; Max-Age=0");
}

#[actix_web::test]
async fn the_set_up_needs_its_token() {
    let site = Site::open().await;
    let body = |token: &str, password: &str| {
        json!({"token": token, "login": "anna", "name": "Anna", "password": password}).to_string()
    };
    let wrong = site.page.send("POST", "/api/v1/setup", &body("a guess", "correct horse")).await;
    wrong.is_refused(401, "wrong_credentials");
    let weak = site.page.send("POST", "/api/v1/setup", &body(SETUP_TOKEN, "password")).await;
    weak.is_refused(422, "invalid_fields");
    assert_eq!(weak.json()["error"]["fields"][0]["field"], "password");
}

#[actix_web::test]
async fn a_hook_without_proof_tells_nothing_and_tires() {
    let site = Site::open_with("limits.unverified_hooks_per_minute = 3").await;
    for channel in ["1", "telegram", "%2e%2e"] {
        let answer = site.page.ask("POST", &format!("/hooks/{channel}"), &[], "{}").await;
        answer.is_refused(401, "not_genuine");
    }
    let answer = site.page.ask("POST", "/hooks/1", &[], "{}").await;
    answer.is_refused(429, "too_fast");
    assert!(answer.header("retry-after").parse::<u64>().is_ok());
}

#[actix_web::test]
async fn a_hook_has_a_largest_size() {
    let site = Site::open_with("limits.hook_bytes_max = 100").await;
    let whole = site.page.ask("POST", "/hooks/1", &[], &"x".repeat(100)).await;
    whole.is_refused(401, "not_genuine");
    let answer = site.page.ask("POST", "/hooks/1", &[], &"x".repeat(101)).await;
    answer.is_refused(413, "too_large");
}

#[actix_web::test]
async fn a_socket_opens_only_from_our_pages_and_for_people_who_signed_in() {
    let site = Site::open().await;
    let upgrade = [
        ("connection", "upgrade"),
        ("upgrade", "websocket"),
        ("sec-websocket-version", "13"),
        ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
    ];
    let cookie = ("cookie", "sb=stolen");
    let ours = ("origin", &*site.page.url);
    let foreign = ("origin", "http://127.0.0.1:1");
    for (headers, status, code) in [
        (vec![cookie, foreign], 403, "foreign_origin"),
        (vec![foreign], 403, "foreign_origin"),
        (vec![cookie], 403, "foreign_origin"),
        (vec![cookie, ours], 401, "not_signed_in"),
        (vec![ours], 401, "not_signed_in"),
        (vec![], 401, "not_signed_in"),
    ] {
        let headers = [&upgrade[..], &headers].concat();
        site.page.ask("GET", "/ws/operator", &headers, "").await.is_refused(status, code);
    }
}

#[actix_web::test]
async fn numbers_are_not_for_everybody() {
    let token = "0123456789abcdef0123456789abcdef";
    let site = Site::open().await;
    assert_eq!(site.page.get("/healthz").await.status, 200);
    assert_eq!(site.page.get("/metrics").await.status, 200);
    let toml = format!("server.behind_proxy = 1\nmetrics.token = \"{token}\"");
    let proxied = Site::open_with(&toml).await;
    proxied.page.get("/metrics").await.is_refused(404, "not_found");
    for (given, status) in [(token, 200), ("wrong", 404), ("", 404)] {
        let authorization = format!("Bearer {given}");
        let headers = [("authorization", &*authorization)];
        assert_eq!(
            proxied.page.ask("GET", "/metrics", &headers, "").await.status,
            status,
            "{given}"
        );
    }
}

#[actix_web::test]
async fn every_path_of_pages_is_the_console() {
    let site = Site::open().await;
    let index = site.page.get("/").await;
    assert_eq!((index.status.as_u16(), index.header("cache-control")), (200, "no-cache"));
    assert!(index.header("content-type").starts_with("text/html"));
    assert!(index.header("content-security-policy").contains("script-src 'self'; "));
    assert_eq!(index.header("x-content-type-options"), "nosniff");
    assert_eq!(index.header("referrer-policy"), "no-referrer");
    assert_eq!(site.page.get("/conversations/0-abc").await.text, index.text);
    site.page.get("/assets/gone-1234.js").await.is_refused(404, "not_found");
    let known = [("if-none-match", index.header("etag"))];
    let unmodified = site.page.ask("GET", "/", &known, "").await;
    assert_eq!(unmodified.status, 304);
    let policy = "content-security-policy";
    assert_eq!(unmodified.header(policy), index.header(policy), "it holds for the page");
    site.page.ask("POST", "/", &[], "").await.is_refused(405, "method_not_allowed");
}
