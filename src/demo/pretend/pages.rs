//! The platform over HTTP: the page, what the page asks for, and what the hub calls.

use std::sync::Arc;
use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY};
use actix_web::web::{Data, Json, Path, Query, ServiceConfig, get, post, resource};
use actix_web::{HttpRequest, HttpResponse, Responder};
use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::channels::webhook::{ID_HEADER, SIGNATURE_HEADER, TIMESTAMP_HEADER};
use crate::demo::pretend::chats::{Author, Side};
use crate::demo::pretend::deliver::{Act, Acted};
use crate::demo::pretend::form::{Proof, Received};
use crate::demo::pretend::{Platform, form, push_bounded, site, telegram};

const PAGE: &str = include_str!("page.html");
const STYLE: &str = include_str!("page.css");
const SITE_STYLE: &str = include_str!("site.css");
const SCRIPT: &str = include_str!("page.js");
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    connect-src 'self'; img-src https:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
/// Most updates in one answer, and longest wait for one.
const UPDATES_MAX: usize = 100;
const WAIT_SECONDS_MAX: u64 = 50;

pub(super) fn configure(routes: &mut ServiceConfig, platform: Arc<Platform>) {
    let file = |kind: &'static str, text: &'static str| {
        get().to(move || async move {
            HttpResponse::Ok()
                .content_type(kind)
                .insert_header((CONTENT_SECURITY_POLICY, POLICY))
                .insert_header((CACHE_CONTROL, "no-store"))
                .body(text)
        })
    };
    routes
        .app_data(Data::from(platform))
        .service(resource("/pretend").route(file("text/html; charset=utf-8", PAGE)))
        .service(resource("/pretend/page.css").route(file("text/css; charset=utf-8", STYLE)))
        .service(resource("/pretend/page.js").route(file("text/javascript; charset=utf-8", SCRIPT)))
        .service(resource("/pretend/site").route(get().to(site::page)))
        .service(resource("/pretend/site.css").route(file("text/css; charset=utf-8", SITE_STYLE)))
        .service(resource("/pretend/api/chats").route(get().to(chats)))
        .service(resource("/pretend/api/{side}/customers").route(post().to(add_customer)))
        .service(resource("/pretend/api/{side}/customers/{id}/acts").route(post().to(act)))
        .service(
            resource("/pretend/telegram/bot{token}/{method}")
                .route(post().to(bot_method))
                .route(get().to(bot_method)),
        )
        .service(resource("/pretend/form/receive").route(post().to(receive)));
}

#[derive(Debug, Deserialize)]
struct Since {
    seen: u64,
}

/// All chats, or 204 when nothing has changed since the revision that was seen.
async fn chats(platform: Data<Platform>, since: Query<Since>) -> HttpResponse {
    let state = platform.state();
    let mut answer = HttpResponse::Ok();
    answer.insert_header((CACHE_CONTROL, "no-store"));
    if state.chats.revision() == since.seen {
        return answer.status(StatusCode::NO_CONTENT).finish();
    }
    answer.json(&state.chats)
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct NewCustomer {
    name: String,
}

async fn add_customer(
    platform: Data<Platform>,
    side: Path<Side>,
    customer: Json<NewCustomer>,
) -> HttpResponse {
    match platform.state().chats.add(*side, &customer.name) {
        Some(id) => HttpResponse::Created().json(json!({ "id": id })),
        None => problem("a name of 1 to 64 characters, and at most 100 customers"),
    }
}

async fn act(platform: Data<Platform>, path: Path<(Side, u64)>, act: Json<Act>) -> HttpResponse {
    let (side, customer) = path.into_inner();
    match platform.act(side, customer, &act).await {
        Acted::Taken => HttpResponse::Ok().json(json!({})),
        Acted::NotTaken(why) => problem(&why),
        Acted::Senseless => problem("there is nothing to send"),
    }
}

fn problem(text: &str) -> HttpResponse {
    HttpResponse::UnprocessableEntity().json(json!({ "problem": text }))
}

/// The Bot API, as far as a hub needs it. The token is looked at first, as there.
async fn bot_method(
    platform: Data<Platform>,
    path: Path<(String, String)>,
    body: Bytes,
) -> HttpResponse {
    let (token, method) = path.into_inner();
    if token != platform.accounts.bot.token {
        return refused(401, "Unauthorized");
    }
    let asked: Value = serde_json::from_slice(&body).unwrap_or_default();
    match method.to_ascii_lowercase().as_str() {
        "getme" => granted(&telegram::bot()),
        "sendmessage" => send_message(&platform, &asked),
        "editmessagetext" => correct_message(&platform, &asked, asked["text"].as_str()),
        "deletemessage" => correct_message(&platform, &asked, None),
        "answercallbackquery" => answer_callback_query(&platform, &asked),
        "getupdates" => get_updates(&platform, &asked).await,
        // Nobody looks at who is writing.
        "sendchataction" | "deletewebhook" => granted(&Value::Bool(true)),
        _ => refused(404, "Not Found"),
    }
}

fn send_message(platform: &Platform, asked: &Value) -> HttpResponse {
    let text = asked["text"].as_str().unwrap_or_default();
    if let Some(why) = telegram::problem_of(text) {
        return refused(400, why);
    }
    let Some(buttons) = telegram::buttons(asked) else {
        return refused(400, "Bad Request: BUTTON_DATA_INVALID");
    };
    let chat = asked["chat_id"].as_u64().unwrap_or_default();
    let now = platform.clock.now();
    let chats = &mut platform.state().chats;
    let Some(customer) = chats.customer(Side::Telegram, chat).cloned() else {
        return refused(400, "Bad Request: chat not found");
    };
    if customer.blocked {
        return refused(403, "Forbidden: bot was blocked by the user");
    }
    let author = Author::Company { name: None, picture: None };
    match chats.write_with(Side::Telegram, chat, author, text, buttons.clone(), now) {
        Some(number) => granted(&telegram::sent(&customer, number, now, text, &buttons)),
        None => refused(400, "Bad Request: message text is empty"),
    }
}

/// Another text in the place of a message of the bot's, or none.
fn correct_message(platform: &Platform, asked: &Value, text: Option<&str>) -> HttpResponse {
    if let Some(why) = text.and_then(telegram::problem_of) {
        return refused(400, why);
    }
    let [chat, message] = ["chat_id", "message_id"].map(|field| asked[field].as_u64());
    let (chat, message) = (chat.unwrap_or_default(), message.unwrap_or_default());
    if platform.state().chats.correct(Side::Telegram, chat, message, text) {
        return granted(&Value::Bool(true));
    }
    let what = if text.is_some() { "edit" } else { "delete" };
    refused(400, &format!("Bad Request: message to {what} not found"))
}

/// The bot has taken a press: the button waits no longer.
fn answer_callback_query(platform: &Platform, asked: &Value) -> HttpResponse {
    let id = asked["callback_query_id"].as_str().unwrap_or_default();
    if platform.state().chats.press_was_taken(id) {
        granted(&Value::Bool(true))
    } else {
        refused(
            400,
            "Bad Request: query is too old and response timeout expired or query ID is invalid",
        )
    }
}

/// Holds its answer back until there is an update or the time asked for is over.
async fn get_updates(platform: &Platform, asked: &Value) -> HttpResponse {
    if !platform.accounts.bot.polling {
        return refused(409, "Conflict: can't use getUpdates method while webhook is active");
    }
    let offset = asked["offset"].as_i64().unwrap_or(i64::MIN);
    let wait = asked["timeout"].as_u64().unwrap_or_default().min(WAIT_SECONDS_MAX);
    let some = async {
        loop {
            let came = platform.updates_came.notified();
            let updates = updates_from(platform, offset);
            if !updates.is_empty() {
                return updates;
            }
            came.await;
        }
    };
    let updates = tokio::time::timeout(Duration::from_secs(wait), some).await;
    granted(&json!(updates.unwrap_or_default()))
}

/// Asking acknowledges everything before the offset.
fn updates_from(platform: &Platform, offset: i64) -> Vec<Value> {
    let mut state = platform.state();
    state.updates.retain(|update| update["update_id"].as_i64() >= Some(offset));
    state.updates.iter().take(UPDATES_MAX).cloned().collect()
}

fn granted(result: &Value) -> HttpResponse {
    HttpResponse::Ok().json(json!({ "ok": true, "result": result }))
}

fn refused(code: u16, description: &str) -> HttpResponse {
    let status = StatusCode::from_u16(code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let body = json!({ "ok": false, "error_code": code, "description": description });
    HttpResponse::build(status).json(body)
}

/// What the hub sends to the web form's customers.
async fn receive(request: HttpRequest, platform: Data<Platform>, body: Bytes) -> impl Responder {
    let header = |name| request.headers().get(name).and_then(|value| value.to_str().ok());
    let header = |name| header(name).unwrap_or_default();
    let proof = Proof {
        id: header(ID_HEADER),
        timestamp: header(TIMESTAMP_HEADER),
        signatures: header(SIGNATURE_HEADER),
    };
    let now = platform.clock.now();
    if !proof.holds(&platform.accounts.form.key, &body, now) {
        return HttpResponse::Unauthorized().finish();
    }
    let Ok(Received { kind, data }) = serde_json::from_slice::<Received>(&body) else {
        return HttpResponse::BadRequest().finish();
    };
    let mut state = platform.state();
    let chat = data.chat.id.parse().unwrap_or_default();
    if kind != "message" {
        let number = data.message.id.and_then(|id| id.parse().ok()).unwrap_or_default();
        let text = Some(&*data.message.text).filter(|_| kind == "message_edited");
        let known = matches!(&*kind, "message_edited" | "message_deleted");
        if known && !state.chats.correct(Side::Form, chat, number, text) {
            return HttpResponse::NotFound().finish();
        }
        return HttpResponse::Ok().finish();
    }
    let known = state.received.iter().find(|(id, _)| id == proof.id).map(|(_, number)| *number);
    let number = if let Some(number) = known {
        number
    } else {
        let (name, picture) = data.author.map(|author| (author.name, author.picture)).unzip();
        let author = Author::Company { name, picture: picture.flatten() };
        let (text, buttons) = (&data.message.text, form::buttons(data.message.rating.as_ref()));
        let written = state.chats.write_with(Side::Form, chat, author, text, buttons, now);
        let Some(number) = written else {
            return HttpResponse::UnprocessableEntity().finish();
        };
        push_bounded(&mut state.received, (proof.id.to_owned(), number));
        number
    };
    HttpResponse::Ok().json(json!({ "id": number.to_string() }))
}
