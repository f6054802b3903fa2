//! The widget's entrance as browsers and strangers meet it.

use domain::id::LineId;
use hmac::{Hmac, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

use crate::site::{Answer, Page, SETUP_TOKEN, Site, founded, line};

pub(super) const SHOP: &str = "https://shop.example";

pub(super) struct Shop {
    pub(super) site: Site,
    pub(super) chief: Page,
    pub(super) path: String,
    secret: String,
}

impl Shop {
    pub(super) async fn opens() -> Self {
        let site = Site::open().await;
        let chief = founded(&site.page, SETUP_TOKEN).await;
        let sales: LineId = line(&chief, &json!({ "name": "Sales" })).await;
        let settings = json!({ "kind": "widget", "origins": [SHOP] });
        let body = json!({ "name": "Shop", "line": sales, "settings": settings });
        let made = chief.does("POST", "/api/v1/channels", &body).await;
        let path = format!("/widget/{}", made["id"].as_str().expect("an id"));
        let secret = made["new_key"].as_str().expect("a secret").to_owned();
        Self { site, chief, path, secret }
    }

    /// As the frame posts it, which is a page of the hub.
    pub(super) async fn posts(&self, what: &str, body: &Value) -> Answer {
        let origin = self.site.page.url.clone();
        self.posts_from(&[("origin", &*origin)], what, body).await
    }

    async fn posts_from(&self, headers: &[(&str, &str)], what: &str, body: &Value) -> Answer {
        let mut headers = headers.to_vec();
        headers.push(("content-type", "application/json"));
        let path = format!("{}/{what}", self.path);
        self.site.page.ask("POST", &path, &headers, body.to_string()).await
    }

    pub(super) async fn starts(&self, body: &Value) -> Value {
        let answer = self.posts("start", body).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer.json()
    }

    fn signs(&self, user: &str) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.secret.as_bytes()).expect("a key");
        mac.update(user.as_bytes());
        format!("{:x}", mac.finalize().into_bytes())
    }
}

#[actix_web::test]
async fn a_page_without_a_socket_writes_and_asks() {
    let shop = Shop::opens().await;
    let started = shop.starts(&json!({ "site": SHOP })).await;
    assert_eq!(started["widget"]["title"], "Our company");
    let token = &started["token"];
    let frame = json!({ "type": "message", "id": crate::story::new_id(), "text": "hello" });
    let act = json!({ "token": token, "frame": frame });
    for _ in 0..2 {
        let done = shop.posts("act", &act).await;
        assert_eq!((done.status.as_u16(), done.json()), (200, json!({ "outcome": "done" })));
    }
    let news = shop.posts("news", &json!({ "token": token, "after": null })).await.json();
    assert_eq!(news["items"].as_array().map(Vec::len), Some(1), "{news}");
    let position = &news["position"];
    let later = shop.posts("news", &json!({ "token": token, "after": position })).await.json();
    assert_eq!((&later["items"], &later["reset"]), (&json!([]), &json!(false)));
    let again = shop.starts(&json!({ "site": SHOP, "token": token })).await;
    assert_eq!(again["news"]["items"][0]["text"], "hello", "he is known again");
}

#[actix_web::test]
async fn foreign_pages_are_refused() {
    let shop = Shop::opens().await;
    let evil = "https://evil.example";
    let body = json!({ "site": SHOP });
    for headers in [
        vec![("origin", evil)],
        vec![("origin", "null")],
        vec![("origin", "https://shop.example.evil.example")],
        vec![("sec-fetch-site", "cross-site")],
    ] {
        let answer = shop.posts_from(&headers, "start", &body).await;
        answer.is_refused(403, "foreign_origin");
    }
    shop.posts("start", &json!({ "site": evil })).await.is_refused(403, "foreign_origin");
    let socket = shop.path.replace("/widget/", "/ws/visitor/");
    let upgrade = [
        ("origin", evil),
        ("connection", "upgrade"),
        ("upgrade", "websocket"),
        ("sec-websocket-version", "13"),
        ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
    ];
    let answer = shop.site.page.ask("GET", &socket, &upgrade, "").await;
    answer.is_refused(403, "foreign_origin");
    let frame = shop.site.page.ask("GET", &shop.path, &[], "").await;
    let policy = frame.header("content-security-policy");
    assert!(policy.ends_with("frame-ancestors 'self' https://shop.example"), "{policy}");
    assert_eq!(shop.posts_from(&[("origin", SHOP)], "start", &body).await.status, 200);
    assert_eq!(shop.posts_from(&[], "start", &body).await.status, 200, "a program says nothing");
}

#[actix_web::test]
async fn forged_tokens_open_nobodys_chat() {
    let shop = Shop::opens().await;
    let token = shop.starts(&json!({ "site": SHOP })).await["token"].clone();
    let token = token.as_str().expect("a token");
    let (said, signature) = token.split_once('.').expect("two parts");
    let other = shop.starts(&json!({ "site": SHOP })).await["token"].clone();
    let (others, _) = other.as_str().expect("a token").split_once('.').expect("two parts");
    for forged in ["", ".", said, &format!("{others}.{signature}"), &format!("{said}.AAAA")] {
        let asked = json!({ "token": forged, "after": null });
        shop.posts("news", &asked).await.is_refused(401, "not_genuine");
        let frame = json!({ "type": "message", "id": crate::story::new_id(), "text": "hello" });
        let act = json!({ "token": forged, "frame": frame });
        shop.posts("act", &act).await.is_refused(401, "not_genuine");
    }
    let old = shop.starts(&json!({ "site": SHOP, "token": "forged" })).await;
    assert_ne!(old["token"], token, "he is somebody new");
}

#[actix_web::test]
async fn a_site_vouches_for_its_users() {
    let shop = Shop::opens().await;
    let user = r#"{"id":"42","name":"Ivan Petrov","email":"ivan@shop.example"}"#;
    let start = |user: &str, signature: String| json!({ "site": SHOP, "user": user, "signature": signature });
    let started = shop.starts(&start(user, shop.signs(user))).await;
    assert_eq!(started["visitor"]["vouched"], true);
    let frame = json!({ "type": "message", "id": crate::story::new_id(), "text": "hello" });
    let act = json!({ "token": started["token"], "frame": frame });
    assert_eq!(shop.posts("act", &act).await.status, 200);
    let elsewhere = shop.starts(&start(user, shop.signs(user))).await;
    assert_eq!(elsewhere["news"]["items"][0]["text"], "hello", "the same chat");
    let forged = user.replace("42", "43");
    let stranger = shop.starts(&start(&forged, shop.signs(user))).await;
    assert_eq!(stranger["visitor"]["vouched"], false);
    assert_eq!(stranger["news"]["items"], json!([]));
    let mut signed_out = json!({ "site": SHOP });
    signed_out["token"] = started["token"].clone();
    let next = shop.starts(&signed_out).await;
    assert_eq!(next["news"]["items"], json!([]), "whoever sits there now is somebody else");
}

#[actix_web::test]
async fn an_administrator_sees_where_it_is_shown_and_can_change_it() {
    let shop = Shop::opens().await;
    let path = shop.path.replace("/widget/", "/api/v1/channels/");
    let shown = shop.chief.get(&path).await.json();
    assert_eq!(shown["seen"], json!([]));
    assert!(!shown.to_string().contains(&shop.secret), "{shown}");
    shop.starts(&json!({ "site": SHOP })).await;
    shop.starts(&json!({ "site": shop.site.page.url })).await;
    let shown = shop.chief.get(&path).await.json();
    assert_eq!(shown["seen"][0]["site"], SHOP);
    assert_eq!(shown["seen"].as_array().map(Vec::len), Some(1), "our own preview is no site");
    let mut changed = json!({
        "version": shown["version"], "name": "Shop", "line": shown["line"], "enabled": true,
        "settings": { "kind": "widget", "origins": ["shop.example"] },
    });
    let refused = shop.chief.send("PUT", &path, &changed.to_string()).await;
    refused.is_refused(422, "invalid_fields");
    changed["enabled"] = false.into();
    changed["settings"]["origins"] = json!([SHOP]);
    assert_eq!(shop.chief.send("PUT", &path, &changed.to_string()).await.status, 200);
    shop.posts("start", &json!({ "site": SHOP })).await.is_refused(404, "not_found");
    assert_eq!(shop.site.page.ask("GET", &shop.path, &[], "").await.status, 404);
}

#[actix_web::test]
async fn the_frame_and_its_preview_are_pages() {
    let shop = Shop::opens().await;
    for (path, holds) in [
        (shop.path.clone(), "widget-frame.js"),
        (format!("{}/preview", shop.path), "data-channel="),
    ] {
        let page = shop.site.page.ask("GET", &path, &[], "").await;
        assert_eq!((page.status.as_u16(), page.header("x-content-type-options")), (200, "nosniff"));
        assert!(page.text.contains(holds), "{}", page.text);
    }
    let scripts = ["/widget.js", "/widget-frame.js", "/widget-frame.css", "/widget-files.js"];
    for path in scripts {
        assert_eq!(shop.site.page.ask("GET", path, &[], "").await.status, 200, "{path}");
    }
    shop.site.page.ask("GET", "/widget/none", &[], "").await.is_refused(404, "not_found");
}
