//! HTTP as the pages of a hub speak it, and as strangers try to.

use std::time::Duration;

use actix_web::http::StatusCode;
use awc::error::SendRequestError;
use serde_json::{Value, json};

/// For machines that are busy with other tests; nothing here takes that long.
const PATIENCE: Duration = Duration::from_secs(30);

/// A page of a hub, in the browser of somebody who may have signed in.
#[derive(Clone)]
pub(crate) struct Page {
    /// Where the hub listens.
    pub(crate) url: String,
    /// What the browser writes into `Origin`.
    pub(crate) origin: String,
    /// `name=value`.
    pub(crate) cookie: Option<String>,
}

/// An answer: status, headers, and the body as text.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: awc::http::header::HeaderMap,
    pub(crate) text: String,
}

impl Page {
    pub(crate) fn new(url: &str, origin: &str) -> Self {
        Self { url: url.to_owned(), origin: origin.to_owned(), cookie: None }
    }

    /// A request without any header of a browser, unless it is among these.
    pub(crate) async fn ask(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: impl AsRef<[u8]>,
    ) -> Answer {
        self.tries(method, path, headers, body.as_ref().to_vec()).await.expect("an answer")
    }

    /// As [`Self::ask`]; refused when there is no whole answer.
    pub(crate) async fn tries(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Vec<u8>,
    ) -> Result<Answer, SendRequestError> {
        let method = method.parse().expect("a method");
        let client = awc::Client::builder().timeout(PATIENCE).finish();
        let mut request = client.request(method, format!("{}{path}", self.url));
        for (name, value) in headers {
            request = request.insert_header((*name, *value));
        }
        let mut response = request.send_body(body).await?;
        let text = response.body().await.map_err(|error| SendRequestError::Body(error.into()))?;
        let text = String::from_utf8(text.to_vec()).expect("text");
        Ok(Answer { status: response.status(), headers: response.headers().clone(), text })
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        let cookie = self.cookie.as_deref().map(|cookie| ("cookie", cookie));
        self.ask("GET", path, &Vec::from_iter(cookie), "").await
    }

    /// A request as a page of ours sends it.
    pub(crate) async fn send(&self, method: &str, path: &str, body: &str) -> Answer {
        let mut headers = vec![
            ("x-switchboard", "1"),
            ("origin", &*self.origin),
            ("content-type", "application/json"),
        ];
        headers.extend(self.cookie.as_deref().map(|cookie| ("cookie", cookie)));
        self.ask(method, path, &headers, body).await
    }

    /// As [`Self::send`], for what is sure to be done.
    pub(crate) async fn does(&self, method: &str, path: &str, body: &Value) -> Value {
        let answer = self.send(method, path, &body.to_string()).await;
        assert!(answer.status.is_success(), "{method} {path}: {}", answer.text);
        answer.json()
    }

    /// The same page after a sign-in.
    pub(crate) async fn signs_in(&self, login: &str, password: &str) -> Self {
        let body = json!({ "login": login, "password": password }).to_string();
        let answer = self.send("POST", "/api/v1/sign-in", &body).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        self.with_cookie_of(&answer)
    }

    pub(crate) fn with_cookie_of(&self, answer: &Answer) -> Self {
        let cookie = answer.header("set-cookie").split(';').next().expect("a cookie").to_owned();
        Self { cookie: Some(cookie), ..self.clone() }
    }
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("no JSON: {}", self.text))
    }

    /// Status and `error.code`.
    pub(crate) fn refusal(&self) -> (u16, String) {
        let code = self.json()["error"]["code"].as_str().expect("a code").to_owned();
        (self.status.as_u16(), code)
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("text"))
    }

    #[track_caller]
    pub(crate) fn is_refused(&self, status: u16, code: &str) {
        assert_eq!(self.refusal(), (status, code.to_owned()), "{}", self.text);
    }
}
