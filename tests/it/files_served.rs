//! Files over HTTP: who may put and fetch them, and what a browser is told about them.

use serde_json::Value;

use crate::files::PIXEL;
use crate::site::{Answer, Browser, Company, Page};

const SAFE: &str = "sandbox; default-src 'none'";

async fn uploads(page: &Page, conversation: &str, name: &str, content: &[u8]) -> Answer {
    let path = format!("/api/v1/conversations/{conversation}/files?name={name}");
    let mut headers =
        vec![("x-switchboard", "1"), ("origin", &*page.origin), ("content-type", "text/html")];
    headers.extend(page.cookie.as_deref().map(|cookie| ("cookie", cookie)));
    page.ask("POST", &path, &headers, content).await
}

async fn anna_talks(company: &Company) -> (Browser, String) {
    let (browser, conversation) = company.anna_talks().await;
    (browser, conversation.to_string())
}

#[actix_web::test]
async fn a_file_is_what_it_holds_and_is_saved_not_opened() {
    let company = Company::opens().await;
    let (_browser, id) = anna_talks(&company).await;
    let page = &company.anna.page;
    let html = b"<!DOCTYPE html><html><script>alert(1)</script></html>";
    let svg = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>";
    for (name, content, expected) in [
        ("page.html", &html[..], "application/octet-stream"),
        ("image.svg", &svg[..], "text/plain"),
        ("photo.png", &html[..], "application/octet-stream"),
    ] {
        let answer = uploads(page, &id, name, content).await;
        assert_eq!(answer.status, 201, "{}", answer.text);
        let file = answer.json();
        assert_eq!((&file["name"], &file["media_type"]), (&name.into(), &expected.into()));
        assert_eq!(file.get("picture"), None, "{name} is shown to nobody");
        let path = format!("/files/{id}/{}", file["id"].as_str().unwrap());
        let fetched = page.get(&path).await;
        assert_eq!((fetched.status.as_u16(), fetched.text.as_bytes()), (200, content));
        assert_eq!(fetched.header("content-type"), expected);
        let disposition = format!("attachment; filename*=UTF-8''{name}");
        assert_eq!(fetched.header("content-disposition"), disposition);
        assert_eq!(fetched.header("content-security-policy"), SAFE);
        assert_eq!(fetched.header("x-content-type-options"), "nosniff");
        assert_eq!(fetched.header("cache-control"), "private, no-cache");
        page.get(&format!("{path}/picture")).await.is_refused(404, "not_found");
    }
}

#[actix_web::test]
async fn parts_and_known_files_are_not_sent_whole() {
    let company = Company::opens().await;
    let (_browser, id) = anna_talks(&company).await;
    let page = &company.anna.page;
    let file = uploads(page, &id, "ten.txt", b"0123456789").await.json();
    let path = format!("/files/{id}/{}", file["id"].as_str().unwrap());
    let cookie = page.cookie.as_deref().unwrap();
    let ask = async |name, value: &str| {
        page.ask("GET", &path, &[("cookie", cookie), (name, value)], "").await
    };
    for (range, status, text, of) in [
        ("bytes=2-4", 206, "234", "bytes 2-4/10"),
        ("bytes=7-", 206, "789", "bytes 7-9/10"),
        ("bytes=-2", 206, "89", "bytes 8-9/10"),
        ("bytes=4-99", 206, "456789", "bytes 4-9/10"),
        ("bytes=10-", 416, "", "bytes */10"),
        ("bytes=0-1,3-4", 200, "0123456789", ""),
        ("lines=1-2", 200, "0123456789", ""),
    ] {
        let answer = ask("range", range).await;
        let seen = (answer.status.as_u16(), &*answer.text, answer.header("content-range"));
        assert_eq!(seen, (status, text, of), "{range}");
    }
    let tag = page.get(&path).await.header("etag").to_owned();
    let known = ask("if-none-match", &tag).await;
    assert_eq!((known.status.as_u16(), &*known.text), (304, ""));
}

#[actix_web::test]
async fn only_who_may_read_the_conversation_gets_its_files() {
    let company = Company::opens().await;
    let (_browser, id) = anna_talks(&company).await;
    let file = uploads(&company.anna.page, &id, "p.png", PIXEL).await.json();
    assert_eq!((&file["picture"]["width"], &file["media_type"]), (&1.into(), &"image/png".into()));
    let path = format!("/files/{id}/{}", file["id"].as_str().unwrap());
    let picture = format!("{path}/picture");
    let stranger = &company.site.page;
    for path in [&path, &picture] {
        stranger.get(path).await.is_refused(401, "not_signed_in");
        company.vera.page.get(path).await.is_refused(404, "not_found");
    }
    for guessed in ["link", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"] {
        stranger.get(&format!("{path}/{guessed}")).await.is_refused(404, "not_found");
    }
    let (_boris, other) = anna_talks(&company).await;
    let elsewhere = format!("/files/{other}/{}", file["id"].as_str().unwrap());
    company.anna.page.get(&elsewhere).await.is_refused(404, "not_found");
}

#[actix_web::test]
async fn uploads_are_refused_that_are_foreign_empty_large_or_programs() {
    let company = Company::opens().await;
    let (_browser, id) = anna_talks(&company).await;
    let page = &company.anna.page;
    uploads(page, &id, "a", b"").await.is_refused(409, "empty");
    uploads(page, &id, "a.png", b"MZ\x90\0\x03\0\0\0").await.is_refused(409, "not_allowed");
    let large = vec![b'a'; 20 * 1024 * 1024 + 1];
    let answer = uploads(page, &id, "a", &large).await;
    assert_eq!(answer.status, 413);
    uploads(&company.vera.page, &id, "a", b"a").await.is_refused(404, "not_found");
    uploads(&company.site.page, &id, "a", b"a").await.is_refused(401, "not_signed_in");
    uploads(page, "0-none", "a", b"a").await.is_refused(404, "not_found");
    let foreign = Page { origin: "https://evil.example.com".into(), ..page.clone() };
    uploads(&foreign, &id, "a", b"a").await.is_refused(403, "foreign_origin");
    let Value::Array(lines) = page.get("/api/v1/conversations").await.json()["rows"].clone() else {
        panic!("rows")
    };
    assert_eq!(lines.len(), 1, "the hub goes on");
}
