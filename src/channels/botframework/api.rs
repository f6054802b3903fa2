//! Calls of the connector, with a token of the identity provider.

use std::time::Duration;

use domain::entry::Correction;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use url::form_urlencoded::Serializer;

use super::super::correcting::{self, Correcting};
use super::super::kept::{Kept, Token};
use super::super::sign::SignTo;
use super::super::{
    FileSource, NoFile, Outgoing, SendOutcome, asked_to_wait, rating, reason, unsent, url_part,
};
use super::proof::is_allowed;
use crate::outbound::{ANSWER_BYTES_MAX, Answer, Ask, Fault, Outbound, Post};

const SCOPE: &str = "https://api.botframework.com/.default";
/// A token is renewed that long before it ends.
const TOKEN_EARLY: SignedDuration = SignedDuration::from_mins(5);
/// How long a token lasts if its giver does not say it.
const TOKEN_SECONDS: i64 = 600;

/// Whose calls they are, and where they go.
#[derive(Clone, Copy)]
pub(crate) struct Bot<'a> {
    pub(crate) app_id: &'a str,
    pub(crate) app_password: &'a str,
    pub(crate) tenant: &'a str,
    pub(crate) login_base: &'a str,
    pub(crate) service_hosts: &'a str,
}

/// The token goes to the address of the chat, and only if its host is one of those allowed.
pub(crate) async fn send(
    outbound: &Outbound,
    kept: &Kept,
    bot: Bot<'_>,
    message: &Outgoing<'_>,
) -> SendOutcome {
    if message.text.trim().is_empty() && message.files.is_empty() {
        return SendOutcome::Sent { external_id: None };
    }
    let address = message.return_to.unwrap_or_default();
    if !is_allowed(bot.service_hosts, address) {
        let reason = "the address of this chat is not among the allowed hosts".to_owned();
        return SendOutcome::Refused { reason };
    }
    let url = activities_of(address, message.chat);
    let body = match body_of(message) {
        Ok(body) => body.to_string(),
        Err(outcome) => return outcome,
    };
    let posted = bot.with_token(outbound, kept, message.now, async |token| {
        bot.post(outbound, &url, &token, body.as_bytes()).await
    });
    match posted.await {
        Ok(Ok(answer)) => sent(&answer),
        Ok(Err(fault)) => unsent(&fault),
        Err(outcome) => outcome,
    }
}

/// Puts another text in the place of a message, or takes it back.
pub(crate) async fn correct(
    outbound: &Outbound,
    kept: &Kept,
    bot: Bot<'_>,
    correcting: &Correcting<'_>,
) -> SendOutcome {
    let address = correcting.return_to.unwrap_or_default();
    if !is_allowed(bot.service_hosts, address) {
        let reason = "the address of this chat is not among the allowed hosts".to_owned();
        return SendOutcome::Refused { reason };
    }
    let activities = activities_of(address, correcting.chat);
    let url = format!("{activities}/{}", url_part(correcting.external_id));
    let told = bot.with_token(outbound, kept, correcting.now, async |token| {
        let bearer = format!("Bearer {token}");
        let headers = [("content-type", "application/json"), ("authorization", &*bearer)];
        match correcting.correction {
            Correction::Edit { text } => {
                let body = json!({ "type": "message", "text": text, "textFormat": "plain" });
                let body = body.to_string();
                outbound.put(Post { headers: &headers, ..Post::json(&url, body.as_bytes()) }).await
            }
            Correction::Delete => outbound.delete(Ask::of(&url, &headers[1..])).await,
        }
    });
    let answer = match told.await {
        Ok(Ok(answer)) => answer,
        Ok(Err(fault)) => return correcting::unanswered(&fault),
        Err(outcome) => return outcome,
    };
    let deletes = *correcting.correction == Correction::Delete;
    match (answer.status, sent(&answer)) {
        (404, _) if deletes => correcting::done(),
        (_, SendOutcome::Sent { .. }) => correcting::done(),
        // That is about the message, not about the customer.
        (_, SendOutcome::Unreachable { reason }) => SendOutcome::Refused { reason },
        (_, outcome) => outcome,
    }
}

/// Shows that somebody is writing, until the next message or for some seconds.
pub(crate) async fn writing(
    outbound: &Outbound,
    kept: &Kept,
    bot: Bot<'_>,
    to: &SignTo<'_>,
) -> Result<(), String> {
    let address = to.return_to.filter(|address| is_allowed(bot.service_hosts, address));
    let Some(address) = address else { return Ok(()) };
    let url = activities_of(address, to.chat);
    let token = bot.token(outbound, kept, to.now).await.map_err(SendOutcome::into_reason)?;
    let answer = bot.post(outbound, &url, &token, br#"{"type":"typing"}"#).await;
    match answer.map_err(|fault| fault.to_string())? {
        Answer { status: 200..=299, .. } => Ok(()),
        Answer { status, .. } => Err(format!("answered with status {status}")),
    }
}

fn activities_of(address: &str, chat: &str) -> String {
    let base = address.trim_end_matches('/');
    format!("{base}/v3/conversations/{}/activities", url_part(chat))
}

/// Whoever reads it fetches its files.
fn body_of(message: &Outgoing<'_>) -> Result<Value, SendOutcome> {
    let mut body = json!({ "type": "message", "text": message.text, "textFormat": "plain" });
    let attached = message.files.iter().map(|file| {
        let (kind, address) = (&file.file.media_type, file.address()?);
        Ok(json!({ "contentType": kind, "contentUrl": address, "name": file.file.name }))
    });
    let attached: Vec<Value> = attached.collect::<Result<_, SendOutcome>>()?;
    if !attached.is_empty() {
        body["attachments"] = attached.into();
    }
    if let Some(scale) = message.rating {
        // Whoever presses says the value.
        let actions = rating::buttons(scale).into_iter().map(|(words, value)| {
            json!({ "type": "imBack", "title": words, "value": value.to_string() })
        });
        body["suggestedActions"] = json!({ "actions": actions.collect::<Vec<_>>() });
    }
    Ok(body)
}

/// A customer's file. Only those that the connector keeps itself want our token, and only its hosts
/// get it: the address is the customer's word.
pub(crate) async fn locate(
    outbound: &Outbound,
    kept: &Kept,
    bot: Bot<'_>,
    address: &str,
    now: Timestamp,
) -> Result<FileSource, NoFile> {
    let is_kept_there = address.contains("/v3/attachments/");
    if !is_kept_there || !is_allowed(bot.service_hosts, address) {
        return Ok(FileSource::at(address));
    }
    match bot.token(outbound, kept, now).await {
        Ok(token) => {
            let headers = vec![("authorization", format!("Bearer {token}"))];
            Ok(FileSource::Address { url: address.to_owned(), headers })
        }
        Err(outcome) => Err(NoFile::RetryLater { reason: outcome.into_reason() }),
    }
}

fn sent(answer: &Answer) -> SendOutcome {
    let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    let given = body["error"]["message"].as_str().unwrap_or("no description");
    let reason = format!("{}: {}", answer.status, reason(given));
    match answer.status {
        200..=299 => SendOutcome::Sent { external_id: super::id(&body["id"]) },
        401 => SendOutcome::ChannelDead { reason },
        // Blocked, or the conversation is no more.
        403 | 404 => SendOutcome::Unreachable { reason },
        412 | 429 | 500.. => match asked_to_wait(answer) {
            Some(wait) => SendOutcome::RetryAfter(wait),
            None => SendOutcome::RetryLater { reason },
        },
        _ => SendOutcome::Refused { reason },
    }
}

/// Whether the provider gives a token for these settings.
pub(crate) async fn test(
    outbound: &Outbound,
    kept: &Kept,
    bot: Bot<'_>,
    now: Timestamp,
) -> Result<String, String> {
    kept.drop_token(bot.app_id).await;
    match bot.token(outbound, kept, now).await {
        Ok(_) => Ok(String::new()),
        Err(outcome) => Err(outcome.into_reason()),
    }
}

impl Bot<'_> {
    /// A token may have been revoked before its end: then once more with a new one.
    async fn with_token(
        self,
        outbound: &Outbound,
        kept: &Kept,
        now: Timestamp,
        call: impl AsyncFn(String) -> Result<Answer, Fault>,
    ) -> Result<Result<Answer, Fault>, SendOutcome> {
        let answer = call(self.token(outbound, kept, now).await?).await;
        if !matches!(&answer, Ok(answer) if answer.status == 401) {
            return Ok(answer);
        }
        kept.drop_token(self.app_id).await;
        let answer = call(self.token(outbound, kept, now).await?).await;
        if matches!(&answer, Ok(answer) if answer.status == 401) {
            kept.drop_token(self.app_id).await;
        }
        Ok(answer)
    }

    /// One that is good for some minutes yet. Those who ask meanwhile wait for the first.
    async fn token(
        self,
        outbound: &Outbound,
        kept: &Kept,
        now: Timestamp,
    ) -> Result<String, SendOutcome> {
        let place = kept.token_of(self.app_id);
        let mut held = place.lock().await;
        if let Some(token) = held.as_ref().filter(|token| now < token.until) {
            return Ok(token.text.clone());
        }
        let token = self.new_token(outbound, now).await?;
        *held = Some(token.clone());
        Ok(token.text)
    }

    async fn new_token(self, outbound: &Outbound, now: Timestamp) -> Result<Token, SendOutcome> {
        let url = format!("{}/{}/oauth2/v2.0/token", self.login_base, self.tenant);
        let body = Serializer::new(String::new())
            .append_pair("grant_type", "client_credentials")
            .append_pair("client_id", self.app_id)
            .append_pair("client_secret", self.app_password)
            .append_pair("scope", SCOPE)
            .finish();
        let post = Post {
            url: &url,
            headers: &[("content-type", "application/x-www-form-urlencoded")],
            body: body.as_bytes(),
            patience: Duration::ZERO,
            answer_bytes_max: ANSWER_BYTES_MAX,
        };
        // Nothing was sent to the customer yet, so all of this can be tried again.
        let later = |fault: &Fault| match fault {
            Fault::Forbidden(why) => SendOutcome::ChannelDead { reason: (*why).to_owned() },
            Fault::NeverSent(_) | Fault::PerhapsSent(_) => {
                SendOutcome::RetryLater { reason: format!("no access token: {fault}") }
            }
        };
        let answer = outbound.post(post).await.map_err(|fault| later(&fault))?;
        let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        let given = body["error_description"].as_str().or(body["error"].as_str());
        let given = given.unwrap_or("no description").replace(self.app_password, "***");
        let reason = format!("no access token: {}: {}", answer.status, reason(&given));
        match (answer.status, body["access_token"].as_str()) {
            (200, Some(text)) => {
                let seconds = body["expires_in"].as_i64().unwrap_or(TOKEN_SECONDS);
                let lasts = SignedDuration::from_secs(seconds.clamp(0, 86_400)) - TOKEN_EARLY;
                Ok(Token { text: text.to_owned(), until: now + lasts })
            }
            (400 | 401 | 403 | 404, _) => Err(SendOutcome::ChannelDead { reason }),
            (_, _) => Err(match asked_to_wait(&answer) {
                Some(wait) => SendOutcome::RetryAfter(wait),
                None => SendOutcome::RetryLater { reason },
            }),
        }
    }

    async fn post(
        self,
        outbound: &Outbound,
        url: &str,
        token: &str,
        body: &[u8],
    ) -> Result<Answer, Fault> {
        let bearer = format!("Bearer {token}");
        let headers = [("content-type", "application/json"), ("authorization", &*bearer)];
        outbound.post(Post { headers: &headers, ..Post::json(url, body) }).await
    }
}
