//! What a request is answered when it is not done. Nothing internal gets out.

use std::borrow::Cow;
use std::fmt;

use actix_web::error::{JsonPayloadError, QueryPayloadError};
use actix_web::http::StatusCode;
use actix_web::http::header::{ALLOW, RETRY_AFTER};
use actix_web::{HttpResponse, ResponseError};
use domain::line::FieldProblem;
use serde::Serialize;
use serde_json::Value;

use crate::actors::handle::NotStored;

/// How long a caller waits when too much is going on.
pub const RETRY_AFTER_SECONDS: u64 = 2;

/// Why a request was not carried out. Each has its `code` and its status.
#[derive(Clone, Debug, PartialEq)]
pub enum ApiError {
    /// 400: no JSON, or not of the documented form; the text is for people.
    Malformed(String),
    /// 400: a request at our own webhook that is not of the documented form.
    MalformedAt { pointer: String, problem: &'static str },
    /// 401: sign in first.
    NotSignedIn,
    /// 401: one answer for wrong logins, wrong passwords and disabled operators.
    WrongCredentials,
    /// 401: one answer for unknown channels and wrong proofs of origin.
    NotGenuine,
    /// 403
    Forbidden,
    /// 403: the request does not come from a page of ours.
    ForeignOrigin,
    /// 404: there is none, or none that the person may know of.
    NotFound,
    /// 405, with the methods that there are.
    MethodNotAllowed(&'static str),
    /// 409: somebody else changed it meanwhile; the newer one, if there still is one.
    Stale(Option<Value>),
    /// 409: that value is somebody else's already.
    Taken(&'static str),
    /// 409: as things stand it cannot be done.
    Refused { code: &'static str, message: &'static str },
    /// 409: the set-up is over.
    AlreadySetUp,
    /// 413
    TooLarge,
    /// 415: bodies are `application/json`.
    NotJson,
    /// 422: fields with what is allowed in them.
    InvalidFields(Vec<FieldProblem>),
    /// 422: a field that is not of its form; nobody looked at the others.
    NotOfForm(FormProblem),
    /// 429, with seconds to wait.
    TooFast(u64),
    /// 503: repeat it a little later.
    Unavailable,
}

/// A field that is not of its form, by the name that stands in the request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormProblem {
    pub field: String,
    /// What would be accepted.
    pub allowed: String,
}

/// The documented form of every error.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ErrorBody {
    pub error: ErrorDetail,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ErrorDetail {
    /// For programs: `malformed`, `not_signed_in`, `invalid_fields`, ...
    pub code: &'static str,
    /// For people, in English.
    pub message: String,
    /// With `invalid_fields` and `taken`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<Field>,
    /// With `malformed` at our own webhook: a JSON pointer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pointer: Option<String>,
    /// With `stale`: the object as it is now.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub current: Option<Value>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Field {
    #[schema(value_type = String)]
    pub field: Cow<'static, str>,
    /// What would be accepted.
    pub allowed: String,
}

impl ApiError {
    /// One field that is out of bounds.
    pub fn field(field: &'static str, allowed: &str) -> Self {
        Self::InvalidFields(vec![FieldProblem { field, allowed: allowed.to_owned() }])
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Malformed(_) | Self::MalformedAt { .. } => "malformed",
            Self::NotSignedIn => "not_signed_in",
            Self::WrongCredentials => "wrong_credentials",
            Self::NotGenuine => "not_genuine",
            Self::Forbidden => "forbidden",
            Self::ForeignOrigin => "foreign_origin",
            Self::NotFound => "not_found",
            Self::MethodNotAllowed(_) => "method_not_allowed",
            Self::Stale(_) => "stale",
            Self::Taken(_) => "taken",
            Self::Refused { code, .. } => code,
            Self::AlreadySetUp => "already_set_up",
            Self::TooLarge => "too_large",
            Self::NotJson => "not_json",
            Self::InvalidFields(_) | Self::NotOfForm(_) => "invalid_fields",
            Self::TooFast(_) => "too_fast",
            Self::Unavailable => "unavailable",
        }
    }

    fn message(&self) -> String {
        match self {
            Self::Malformed(message) => message.clone(),
            Self::MalformedAt { problem, .. } => (*problem).to_owned(),
            Self::NotSignedIn => "sign in first".to_owned(),
            Self::WrongCredentials => "login or password is wrong".to_owned(),
            Self::NotGenuine => "unknown channel, or the proof of origin is wrong".to_owned(),
            Self::Forbidden => "you may not do this".to_owned(),
            Self::ForeignOrigin => "the request does not come from a page of this server: send \
                `X-Switchboard: 1` and a matching `Origin`"
                .to_owned(),
            Self::NotFound => "there is nothing here".to_owned(),
            Self::MethodNotAllowed(allowed) => format!("here one can only: {allowed}"),
            Self::Stale(_) => "somebody else changed it meanwhile".to_owned(),
            Self::Taken(field) => format!("this {field} is taken"),
            Self::Refused { message, .. } => (*message).to_owned(),
            Self::AlreadySetUp => "the set-up is over: sign in".to_owned(),
            Self::TooLarge => "the request is too large".to_owned(),
            Self::NotJson => "the body must be `application/json`".to_owned(),
            Self::InvalidFields(_) | Self::NotOfForm(_) => {
                "some fields are out of bounds".to_owned()
            }
            Self::TooFast(seconds) => format!("too many attempts: wait {seconds} s"),
            Self::Unavailable => "too much is going on: repeat it in a moment".to_owned(),
        }
    }

    fn body(&self) -> ErrorBody {
        let mut error = ErrorDetail {
            code: self.code(),
            message: self.message(),
            fields: Vec::new(),
            pointer: None,
            current: None,
        };
        if let Self::InvalidFields(problems) = self {
            error.fields = problems.iter().cloned().map(Field::from).collect();
        } else if let Self::NotOfForm(FormProblem { field, allowed }) = self {
            error.fields = vec![Field { field: field.clone().into(), allowed: allowed.clone() }];
        } else if let Self::Taken(field) = self {
            let (field, allowed) = ((*field).into(), "one that is free".to_owned());
            error.fields = vec![Field { field, allowed }];
        } else if let Self::MalformedAt { pointer, .. } = self {
            error.pointer = Some(pointer.clone());
        } else if let Self::Stale(current) = self {
            error.current.clone_from(current);
        }
        ErrorBody { error }
    }

    fn retry_after_seconds(&self) -> Option<u64> {
        if let Self::TooFast(seconds) = self {
            return Some(*seconds);
        }
        matches!(self, Self::Unavailable).then_some(RETRY_AFTER_SECONDS)
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl std::error::Error for ApiError {}

impl ResponseError for ApiError {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::Malformed(_) | Self::MalformedAt { .. } => StatusCode::BAD_REQUEST,
            Self::NotSignedIn | Self::WrongCredentials | Self::NotGenuine => {
                StatusCode::UNAUTHORIZED
            }
            Self::Forbidden | Self::ForeignOrigin => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed(_) => StatusCode::METHOD_NOT_ALLOWED,
            Self::Stale(_) | Self::Taken(_) | Self::Refused { .. } | Self::AlreadySetUp => {
                StatusCode::CONFLICT
            }
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::NotJson => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::InvalidFields(_) | Self::NotOfForm(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::TooFast(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::build(self.status_code());
        if let Some(seconds) = self.retry_after_seconds() {
            response.insert_header((RETRY_AFTER, seconds.to_string()));
        }
        if let Self::MethodNotAllowed(allowed) = self {
            response.insert_header((ALLOW, *allowed));
        }
        response.json(self.body())
    }
}

impl From<FieldProblem> for Field {
    fn from(problem: FieldProblem) -> Self {
        Self { field: problem.field.into(), allowed: problem.allowed }
    }
}

impl From<NotStored> for ApiError {
    fn from(not_stored: NotStored) -> Self {
        match not_stored {
            NotStored::Full | NotStored::Unavailable => Self::Unavailable,
            NotStored::Stale => Self::Stale(None),
        }
    }
}

/// What a body that is not taken is answered.
pub(super) fn of_json(error: &JsonPayloadError) -> ApiError {
    match error {
        JsonPayloadError::OverflowKnownLength { .. } | JsonPayloadError::Overflow { .. } => {
            ApiError::TooLarge
        }
        JsonPayloadError::ContentType => ApiError::NotJson,
        JsonPayloadError::Deserialize(error) => ApiError::Malformed(error.to_string()),
        JsonPayloadError::Payload(_) | JsonPayloadError::Serialize(_) | _ => {
            ApiError::Malformed("the body cannot be read".to_owned())
        }
    }
}

/// What a query that is not taken is answered.
pub(super) fn of_query(error: &QueryPayloadError) -> ApiError {
    match error {
        QueryPayloadError::Deserialize(error) => ApiError::Malformed(error.to_string()),
        _ => ApiError::Malformed("the query cannot be read".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use actix_web::body::MessageBody as _;
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn check(error: &ApiError, status: u16, expected: &Value) {
        let response = error.error_response();
        assert_eq!(response.status().as_u16(), status);
        let body = response.into_body().try_into_bytes().expect("a whole body");
        assert_eq!(
            serde_json::from_slice::<Value>(&body).expect("json"),
            json!({"error": expected})
        );
    }

    #[test]
    fn errors_have_the_documented_form() {
        check(
            &ApiError::field("name", "1..100 characters"),
            422,
            &json!({
                "code": "invalid_fields",
                "message": "some fields are out of bounds",
                "fields": [{"field": "name", "allowed": "1..100 characters"}],
            }),
        );
        check(
            &ApiError::Stale(Some(json!({"version": 3}))),
            409,
            &json!({
                "code": "stale",
                "message": "somebody else changed it meanwhile",
                "current": {"version": 3},
            }),
        );
    }

    #[test]
    fn who_comes_too_early_is_told_when() {
        for (error, status, seconds) in [
            (ApiError::from(NotStored::Full), 503, "2"),
            (ApiError::from(NotStored::Unavailable), 503, "2"),
            (ApiError::TooFast(7), 429, "7"),
        ] {
            let response = error.error_response();
            let wait = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok());
            assert_eq!((response.status().as_u16(), wait), (status, Some(seconds)));
        }
    }
}
