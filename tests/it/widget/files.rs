//! Files of visitors: who may put them, who gets them, and what becomes of them.

use domain::id::EntryNumber;
use serde_json::{Value, json};
use switchboard::actors::handle::visitors::Guest;
use switchboard::files::Owner;
use switchboard::protocol::Outcome;
use switchboard::protocol::visitor::{VisitorFile, VisitorItem};

use super::edge::{SHOP, Shop};
use super::page::{HERE, anna};
use crate::files::{PIXEL, sends, uploaded};
use crate::site::{Answer, Page};
use crate::story::tell;

impl Shop {
    async fn uploads(&self, token: &Value, name: &str, content: &[u8]) -> Answer {
        let bearer = format!("Bearer {}", token.as_str().expect("a token"));
        let page: &Page = &self.site.page;
        let headers = [
            ("origin", &*page.url),
            ("authorization", &*bearer),
            ("content-type", "application/octet-stream"),
        ];
        page.ask("POST", &format!("{}/files?name={name}", self.path), &headers, content).await
    }

    /// What a page shows with the visitor's proof.
    async fn fetches(&self, token: &Value, path: &str) -> Answer {
        let bearer = format!("Bearer {}", token.as_str().expect("a token"));
        let path = format!("{}/files/{path}", self.path);
        self.site.page.ask("GET", &path, &[("authorization", &*bearer)], "").await
    }

    async fn writes(&self, token: &Value, text: &str, files: &[Value]) -> Value {
        let id = crate::story::new_id();
        let frame = json!({ "type": "message", "id": id, "text": text, "files": files });
        let act = json!({ "token": token, "frame": frame });
        self.posts("act", &act).await.json()
    }

    async fn comes(&self) -> Value {
        self.starts(&json!({ "site": SHOP })).await["token"].clone()
    }

    async fn news(&self, token: &Value) -> Value {
        self.posts("news", &json!({ "token": token, "after": null })).await.json()
    }
}

#[actix_web::test]
async fn a_visitor_sends_files_and_sees_them() {
    let shop = Shop::opens().await;
    let token = shop.comes().await;
    let picture = shop.uploads(&token, "lamp.png", PIXEL).await;
    assert_eq!(picture.status, 201, "{}", picture.text);
    let text = shop.uploads(&token, "list.txt", b"two lamps").await.json();
    let files = [picture.json()["id"].clone(), text["id"].clone()];
    assert_eq!(shop.writes(&token, "", &files).await, json!({ "outcome": "done" }));
    let news = shop.news(&token).await;
    let item = &news["items"][0];
    assert_eq!((&item["text"], &item["from"]["who"]), (&json!(""), &json!("visitor")));
    let shown: Vec<_> =
        [0, 1].iter().map(|n| (&item["files"][n]["name"], &item["files"][n]["picture"])).collect();
    let expected = [(&json!("lamp.png"), &json!(true)), (&json!("list.txt"), &json!(false))];
    assert_eq!(shown, expected);
    let conversation = item["conversation"].as_str().expect("an id");
    let of = |index| format!("{conversation}/{}/{index}", item["n"]);
    let listed = shop.fetches(&token, &of(1)).await;
    assert_eq!((listed.status.as_u16(), &*listed.text), (200, "two lamps"));
    assert_eq!(listed.header("content-disposition"), "attachment; filename*=UTF-8''list.txt");
    let shown = shop.fetches(&token, &format!("{}/picture", of(1))).await;
    shown.is_refused(404, "not_found");
    for nothing in [of(2), format!("{conversation}/x/0"), format!("{conversation}/1/-1")] {
        shop.fetches(&token, &nothing).await.is_refused(404, "not_found");
    }

    let stranger = shop.comes().await;
    shop.fetches(&stranger, &of(1)).await.is_refused(404, "not_found");
    shop.fetches(&json!("forged"), &of(1)).await.is_refused(401, "not_genuine");
    let stolen = shop.writes(&stranger, "mine", &files).await;
    assert_eq!((&stolen["code"], &stolen["field"]), (&json!("bad_value"), &json!("files")));
}

#[test]
fn what_an_operator_sends_is_for_that_visitor_alone() {
    tell(anna, async |story| {
        story.has_a_widget(|_| {}).await;
        let page = story.visits("ivan").await;
        page.writes(story, "have you a picture?").await;
        let anna = story.signs_in("anna").await;
        let conversation = anna.accepts_it(story).await;
        let file = uploaded(story, &conversation, PIXEL).await;
        assert_eq!(sends(&anna, story, &conversation, "", &[&file]).await, Outcome::Done {});
        let Some(VisitorItem::Message { n, files, .. }) = page.items().pop() else {
            panic!("an answer")
        };
        let size_bytes = Some(file.size_bytes);
        let name = "photo of it".to_owned();
        assert_eq!(files, [VisitorFile { index: 0, name, size_bytes, picture: true }]);
        let found = async |who: &str, n| {
            let (channel, visitor) = (story.widget(), story.visitor(who));
            let guest = Guest::new(channel, visitor, HERE);
            story.node.visitor_file(&guest, &conversation, n, 0).await.unwrap()
        };
        let owner = Owner::Conversation(conversation.clone());
        assert_eq!(found("ivan", n).await, Some((owner, file.id.clone())));
        assert_eq!(found("olga", n).await, None);
        assert_eq!(found("ivan", EntryNumber(1)).await, None, "it has none");
    });
}

#[actix_web::test]
async fn uploads_are_bounded_and_proved() {
    let shop = Shop::opens().await;
    let token = shop.comes().await;
    shop.uploads(&token, "a", b"").await.is_refused(409, "empty");
    shop.uploads(&token, "a.png", b"MZ\x90\0\x03\0\0\0").await.is_refused(409, "not_allowed");
    shop.uploads(&json!("forged"), "a", b"a").await.is_refused(401, "not_genuine");
    let bearer = format!("Bearer {}", token.as_str().expect("a token"));
    let path = format!("{}/files?name=a", shop.path);
    let foreign = [("origin", "https://evil.example"), ("authorization", &*bearer)];
    shop.site.page.ask("POST", &path, &foreign, "a").await.is_refused(403, "foreign_origin");
    let one = shop.uploads(&token, "a", b"a").await.json()["id"].clone();
    let many = vec![one; 11];
    let refused = shop.writes(&token, "look", &many).await;
    assert_eq!(refused["code"], "bad_value", "more than ten");
    for _ in 0..120 {
        if shop.uploads(&token, "a", b"").await.status == 429 {
            return;
        }
    }
    panic!("an address may upload without end");
}

#[actix_web::test]
async fn who_may_not_begin_a_conversation_uploads_nothing() {
    let shop = Shop::opens().await;
    let path = shop.path.replace("/widget/", "/api/v1/channels/");
    let channel = shop.chief.get(&path).await.json();
    let form = json!({ "before_chat": true, "name": "required", "phone": "no", "email": "no",
        "offline": false });
    let changed = json!({
        "version": channel["version"], "name": "Shop", "line": channel["line"], "enabled": true,
        "settings": { "kind": "widget", "form": form },
    });
    shop.chief.does("PUT", &path, &changed).await;
    let token = shop.comes().await;
    shop.uploads(&token, "a", b"a").await.is_refused(409, "form_needed");
}
