//! A company on a hub: its people, lines and channels, all made through the API, and the platforms
//! that post to it.

use std::cell::Cell;

use awc::error::SendRequestError;
use domain::id::{ConversationId, LineId, OperatorId};
use serde_json::{Value, json};
use switchboard::channels::telegram::SECRET_HEADER;
use switchboard::channels::webhook::{ID_HEADER, SIGNATURE_HEADER, TIMESTAMP_HEADER, sign};
use switchboard::clock::Clock;
use switchboard::protocol::{FeedPosition, Outcome};

use super::{Answer, Browser, Page, SETUP_TOKEN, Site};
use crate::fakes::telegram::{Customer, TOKEN, Telegram, Update};

/// What the bot's platform proves itself with.
pub(crate) const SECRET: &str = "secret_of_the_company_s_bot";
const PASSWORD: &str = "correct horse battery";
const NOTHING: Value = Value::Null;

/// Two lines with a channel each. Sales: Anna and Boris, both asked at once, a Telegram bot.
/// Support: Vera, a webhook.
pub(crate) struct Company {
    pub(crate) site: Site,
    pub(crate) platform: Telegram,
    pub(crate) chief: Page,
    pub(crate) anna: Operator,
    pub(crate) boris: Operator,
    pub(crate) vera: Operator,
    pub(crate) sales: LineId,
    pub(crate) support: LineId,
    pub(crate) bot: Bot,
    pub(crate) form: Form,
    customers: Cell<u32>,
}

/// An operator at a page, signed in.
pub(crate) struct Operator {
    pub(crate) id: OperatorId,
    pub(crate) page: Page,
}

/// The hook of a Telegram channel.
pub(crate) struct Bot {
    pub(crate) path: String,
}

/// The hook of a webhook channel.
#[derive(Clone)]
pub(crate) struct Form {
    pub(crate) path: String,
    pub(crate) key: String,
}

/// Everything that is stored, as far as an administrator can see it.
#[derive(Debug, PartialEq)]
pub(crate) struct Stored {
    /// Where the feeds end: whatever is written moves them.
    positions: Vec<FeedPosition>,
    /// Lines, channels and operators with their versions.
    settings: Vec<Value>,
    pub(crate) transcripts: Vec<Value>,
}

impl Company {
    pub(crate) async fn opens() -> Self {
        Self::opens_at(Site::open().await).await
    }

    pub(crate) async fn opens_at(site: Site) -> Self {
        let platform = Telegram::start(Clock::Wall.now());
        let chief = founded(&site.page, SETUP_TOKEN).await;
        let [anna, boris, vera] = [
            Operator::hired(&chief, "Anna").await,
            Operator::hired(&chief, "Boris").await,
            Operator::hired(&chief, "Vera").await,
        ];
        let queue = json!({ "mode": "all", "operators": [anna.id, boris.id] });
        let sales = line(&chief, &json!({ "name": "Sales", "queue": queue })).await;
        let queue = json!({ "operators": [vera.id] });
        let support = line(&chief, &json!({ "name": "Support", "queue": queue })).await;
        let bot = Bot::connected(&chief, &sales, &platform.api_base()).await;
        let form = Form::connected(&chief, &support).await;
        let customers = Cell::new(0);
        Self { site, platform, chief, anna, boris, vera, sales, support, bot, form, customers }
    }

    /// What goes wrong writes nothing, and everybody else is served as before.
    pub(crate) async fn is_not_harmed_by(&self, wrong: impl AsyncFnOnce()) {
        let before = self.stored().await;
        wrong().await;
        assert_eq!(self.stored().await, before, "something was written");
        self.serves().await;
    }

    /// New customers of both channels reach their operators.
    pub(crate) async fn serves(&self) {
        let (mut boris, mut vera) =
            (Browser::shows(&self.boris.page).await, Browser::shows(&self.vera.page).await);
        let (buyer, asker) = (self.customer_writes_to_bot().await, self.new_customer());
        let answer = self.form.posts(&self.site.page, &message(&asker, "1", "hello")).await;
        assert_eq!(answer.status, 202, "{}", answer.text);
        boris.is_offered(&self.boris.id, &buyer).await;
        vera.is_offered(&self.vera.id, &asker).await;
    }

    /// A conversation of the bot that Anna has accepted.
    pub(crate) async fn anna_talks(&self) -> (Browser, ConversationId) {
        let mut anna = Browser::shows(&self.anna.page).await;
        let customer = self.customer_writes_to_bot().await;
        let offer = anna.is_offered(&self.anna.id, &customer).await;
        assert_eq!(anna.accepts(&offer).await, Outcome::Done {});
        (anna, offer.0)
    }

    /// Answers the name of the customer, who is new.
    pub(crate) async fn customer_writes_to_bot(&self) -> String {
        let name = self.new_customer();
        let answer = self.bot.posts(&self.site.page, &self.update("hello")).await;
        assert_eq!((answer.status.as_u16(), &*answer.text), (200, ""));
        name
    }

    /// An update of the customer who came last.
    pub(crate) fn update(&self, text: &str) -> Vec<u8> {
        let Update(mut update) =
            self.platform.text(Customer { id: self.last_id(), name: "" }, text);
        for person in ["from", "chat"] {
            update["message"][person]["first_name"] = self.last_name().into();
        }
        Update(update).bytes()
    }

    pub(crate) fn new_customer(&self) -> String {
        self.customers.set(self.customers.get() + 1);
        self.last_name()
    }

    fn last_id(&self) -> i64 {
        500 + i64::from(self.customers.get())
    }

    fn last_name(&self) -> String {
        format!("Customer {}", self.last_id())
    }

    /// Everything, when nothing is under way any more.
    pub(crate) async fn stored(&self) -> Stored {
        self.site.node.settle().await;
        let browser = Browser::shows(&self.chief).await;
        let mut settings = Vec::new();
        for list in ["lines", "channels", "operators"] {
            settings.push(self.chief.does("GET", &format!("/api/v1/{list}"), &NOTHING).await);
        }
        let mut transcripts = Vec::new();
        for id in browser.rows().keys() {
            transcripts.push(transcript(&self.chief, id).await);
        }
        Stored { positions: browser.positions(), settings, transcripts }
    }
}

impl Operator {
    /// Somebody with an account, who has signed in.
    pub(crate) async fn hired(chief: &Page, name: &str) -> Self {
        Self::hired_as(chief, name, &json!({ "role": "operator", "capacity": 0 })).await
    }

    /// With these fields beside name, login and password.
    pub(crate) async fn hired_as(chief: &Page, name: &str, fields: &Value) -> Self {
        let mut body = fields.clone();
        (body["name"], body["login"]) = (name.into(), name.into());
        body["password"] = PASSWORD.into();
        let made = chief.does("POST", "/api/v1/operators", &body).await;
        let id = OperatorId::new(made["id"].as_str().expect("an id"));
        let stranger = Page { cookie: None, ..chief.clone() };
        Self { id, page: stranger.signs_in(name, PASSWORD).await }
    }
}

impl Bot {
    pub(crate) async fn connected(chief: &Page, line: &LineId, api_base: &str) -> Self {
        let settings = json!({
            "kind": "telegram", "token": TOKEN, "secret": SECRET, "api_base": api_base,
        });
        Self { path: hook(&connected(chief, line, &settings).await) }
    }

    pub(crate) async fn posts(&self, page: &Page, body: &[u8]) -> Answer {
        self.posts_with(page, &[(SECRET_HEADER, SECRET)], body).await
    }

    pub(crate) async fn posts_with(
        &self,
        page: &Page,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Answer {
        page.ask("POST", &self.path, headers, body).await
    }
}

impl Form {
    /// The id of its channel.
    pub(crate) fn channel(&self) -> &str {
        self.path.rsplit('/').next().expect("the last part")
    }

    pub(crate) async fn connected(chief: &Page, line: &LineId) -> Self {
        let made = connected(chief, line, &json!({ "kind": "webhook" })).await;
        let key = made["new_key"].as_str().expect("a key").to_owned();
        Self { path: hook(&made), key }
    }

    /// As the documentation says it.
    pub(crate) async fn posts(&self, page: &Page, body: &Value) -> Answer {
        self.posts_text(page, &body.to_string()).await
    }

    pub(crate) async fn posts_text(&self, page: &Page, body: &str) -> Answer {
        self.tries(page, body).await.expect("an answer")
    }

    /// As [`Self::posts_text`], at a hub that may be killed meanwhile.
    pub(crate) async fn tries(&self, page: &Page, body: &str) -> Result<Answer, SendRequestError> {
        let at = Clock::Wall.now().as_second();
        let (signature, at) = (self.signature("msg", at, body), at.to_string());
        let headers =
            [(ID_HEADER, "msg"), (TIMESTAMP_HEADER, &*at), (SIGNATURE_HEADER, &*signature)];
        page.tries("POST", &self.path, &headers, body.into()).await
    }

    pub(crate) async fn posts_with(
        &self,
        page: &Page,
        id: &str,
        at: i64,
        signature: &str,
        body: &str,
    ) -> Answer {
        let at = at.to_string();
        let headers = [(ID_HEADER, id), (TIMESTAMP_HEADER, &*at), (SIGNATURE_HEADER, signature)];
        page.ask("POST", &self.path, &headers, body).await
    }

    pub(crate) fn signature(&self, id: &str, at: i64, body: &str) -> String {
        sign(&self.key, id, &at.to_string(), body.as_bytes()).expect("a good key")
    }
}

/// The first administrator's page, made with the token of the printed link.
pub(crate) async fn founded(page: &Page, token: &str) -> Page {
    let body = json!({ "token": token, "login": "chief", "name": "Chief", "password": PASSWORD });
    let answer = page.send("POST", "/api/v1/setup", &body.to_string()).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    page.with_cookie_of(&answer)
}

pub(crate) async fn line(chief: &Page, settings: &Value) -> LineId {
    let mut settings = settings.clone();
    // A story that is not about texts has none.
    if settings["welcome"].is_null() {
        settings["welcome"] = json!({ "enabled": false });
    }
    let made = chief.does("POST", "/api/v1/lines", &json!({ "settings": settings })).await;
    LineId::new(made["id"].as_str().expect("an id"))
}

/// The channel as the API shows it.
async fn connected(chief: &Page, line: &LineId, settings: &Value) -> Value {
    let body = json!({ "name": "Channel", "line": line, "settings": settings });
    chief.does("POST", "/api/v1/channels", &body).await
}

fn hook(channel: &Value) -> String {
    format!("/hooks/{}", channel["id"].as_str().expect("an id"))
}

/// `entries` of a conversation and its `row`.
pub(crate) async fn transcript(chief: &Page, id: &ConversationId) -> Value {
    chief.does("GET", &format!("/api/v1/conversations/{id}"), &NOTHING).await
}

/// A message for our own webhook, from a customer who writes in a chat of his own.
pub(crate) fn message(customer: &str, id: &str, text: &str) -> Value {
    json!({
        "user": { "id": customer, "name": customer },
        "chat": { "id": customer },
        "message": { "id": id, "text": text },
    })
}
