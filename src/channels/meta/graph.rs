//! Calls of the Graph API, and what their errors mean.

use std::time::Duration;

use serde_json::Value;

use super::super::{NOT_UNDERSTOOD, SendOutcome, bounded, reason, unsent};
use crate::outbound::{ANSWER_BYTES_MAX, Answer, Ask, Fault, Outbound, Post};

/// Whose calls they are, and where they go.
#[derive(Clone, Copy)]
pub(crate) struct Account<'a> {
    pub(crate) id: &'a str,
    pub(crate) token: &'a str,
    /// With the version.
    pub(crate) api_base: &'a str,
}

/// Why a call was not done.
pub(in crate::channels) enum Failed {
    Fault(Fault),
    Error(GraphError),
}

/// `{error: {code, error_subcode, message}}`, or a status without it.
pub(in crate::channels) struct GraphError {
    pub(in crate::channels) code: i64,
    pub(in crate::channels) subcode: i64,
    pub(in crate::channels) reason: String,
    status: u16,
    retry_after: Option<Duration>,
}

/// What the numbers of one platform mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::channels) enum Class {
    Later,
    Unreachable,
    ChannelDead,
    WindowClosed,
    /// It was sent, although the answer is an error.
    PerhapsSent,
    Refused,
}

impl Account<'_> {
    /// A JSON body to an address below the account's own.
    pub(in crate::channels) async fn post(
        self,
        outbound: &Outbound,
        below: &str,
        body: &Value,
    ) -> Result<Value, Failed> {
        let url = format!("{}/{}/{below}", self.api_base, self.id);
        let (body, bearer) = (body.to_string(), format!("Bearer {}", self.token));
        let headers = [("content-type", "application/json"), ("authorization", &*bearer)];
        let post = Post { headers: &headers, ..Post::json(&url, body.as_bytes()) };
        self.read(outbound.post(post).await)
    }

    /// Some fields of anything that has an id.
    pub(in crate::channels) async fn get(
        self,
        outbound: &Outbound,
        what: &str,
        fields: &str,
    ) -> Result<Value, Failed> {
        let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.');
        if !what.bytes().all(plain) {
            return Err(Failed::Fault(Fault::Forbidden("not an id of the platform")));
        }
        let url = format!("{}/{what}?fields={fields}", self.api_base);
        let bearer = format!("Bearer {}", self.token);
        let headers = [("authorization", &*bearer)];
        let ask = Ask { answer_bytes_max: ANSWER_BYTES_MAX, ..Ask::of(&url, &headers) };
        self.read(outbound.ask(ask).await)
    }

    fn read(self, answered: Result<Answer, Fault>) -> Result<Value, Failed> {
        let answer = answered.map_err(Failed::Fault)?;
        let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        let error = &body["error"];
        if answer.status < 300 && !error.is_object() {
            return Ok(body);
        }
        let given = error["message"].as_str().unwrap_or("no description");
        let details = error["error_data"]["details"].as_str();
        let given = details.map_or(given.to_owned(), |details| format!("{given}: {details}"));
        let code = error["code"].as_i64().unwrap_or(0);
        let words = reason(&given.replace(self.token, "***"));
        let shown = if code == 0 { i64::from(answer.status) } else { code };
        let seconds = answer.retry_after.as_deref().and_then(|text| text.trim().parse().ok());
        Err(Failed::Error(GraphError {
            code,
            subcode: error["error_subcode"].as_i64().unwrap_or(0),
            reason: format!("{shown}: {words}"),
            status: answer.status,
            retry_after: seconds.map(bounded),
        }))
    }
}

impl Failed {
    pub(in crate::channels) fn words(self) -> String {
        match self {
            Self::Fault(fault) => fault.to_string(),
            Self::Error(error) => error.reason,
        }
    }

    /// What became of a send. `class` knows the platform's own numbers.
    pub(in crate::channels) fn outcome(self, class: fn(i64, i64) -> Class) -> SendOutcome {
        let error = match self {
            Self::Fault(fault) => return unsent(&fault),
            Self::Error(error) => error,
        };
        let reason = error.reason;
        if let Some(wait) = error.retry_after {
            return SendOutcome::RetryAfter(wait);
        }
        if error.code == 0 {
            return match error.status {
                401 | 403 => SendOutcome::ChannelDead { reason },
                429 | 500.. => SendOutcome::RetryLater { reason },
                _ => SendOutcome::Refused { reason },
            };
        }
        match class(error.code, error.subcode) {
            Class::Later => SendOutcome::RetryLater { reason },
            Class::Unreachable => SendOutcome::Unreachable { reason },
            Class::ChannelDead => SendOutcome::ChannelDead { reason },
            Class::PerhapsSent => SendOutcome::Unknown { reason },
            Class::WindowClosed | Class::Refused => SendOutcome::Refused { reason },
        }
    }
}

/// The id that a send is answered with.
pub(in crate::channels) fn sent(external_id: Option<String>) -> SendOutcome {
    match external_id {
        Some(id) => SendOutcome::Sent { external_id: Some(id) },
        None => SendOutcome::Unknown { reason: NOT_UNDERSTOOD.to_owned() },
    }
}
