//! Signing in and out, and who one is. The rules of passwords are in `password`, those of cookies
//! in `person`.

use actix_web::{HttpRequest, HttpResponse, web};
use domain::account::SignIn;
use domain::id::{LineId, OperatorId};
use domain::operator::{Operator, Role, Status};
use serde::{Deserialize, Serialize};

use crate::actors::directory::Directory;
use crate::actors::handle::{Change, NotStored};
use crate::config::Secret;
use crate::web::api::schema;
use crate::web::edge::Edge;
use crate::web::error::{ApiError, ErrorBody};
use crate::web::person::{self, Person};
use crate::web::throttle;

/// Browsers of one person that are signed in at a time; the one seen longest ago goes.
const SIGN_INS_MAX: usize = 20;
const LOGIN_BYTES_MAX: usize = 400;

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SignInBody {
    login: String,
    #[schema(value_type = String)]
    password: Secret,
}

/// The person who is signed in.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct MeBody {
    #[schema(value_type = String)]
    id: OperatorId,
    name: String,
    login: String,
    #[schema(value_type = schema::Role)]
    role: Role,
    #[schema(value_type = schema::Status)]
    status: Status,
    /// Why, in his own words.
    status_reason: Option<String>,
    /// He was set away because he missed offers.
    set_away: bool,
    /// Lines in whose queue he is.
    #[schema(value_type = Vec<String>)]
    queues: Vec<LineId>,
    /// Lines he oversees; for an administrator all of them.
    #[schema(value_type = Vec<String>)]
    supervises: Vec<LineId>,
}

/// Signs in: the answer sets the cookie that every other call needs.
#[utoipa::path(post, path = "/api/v1/sign-in", tag = "sign-in", request_body = SignInBody,
    responses(
        (status = 200, description = "signed in", body = MeBody),
        (status = 401, description = "login or password is wrong", body = ErrorBody),
        (status = 429, description = "too many attempts, see Retry-After", body = ErrorBody),
    ))]
pub(super) async fn sign_in(
    request: HttpRequest,
    edge: web::Data<Edge>,
    body: web::Json<SignInBody>,
) -> Result<HttpResponse, ApiError> {
    let SignInBody { login, password } = body.into_inner();
    let login = login.trim().to_lowercase();
    if login.len() > LOGIN_BYTES_MAX {
        return Err(ApiError::WrongCredentials);
    }
    let address = throttle::counted_address(&request, edge.server.behind_proxy);
    edge.throttles.sign_ins_of_address.attempt(&address)?;
    edge.throttles.sign_ins_of_account.attempt(&login)?;

    let account = edge.node.directory().accounts.get(&login).map(|found| found.value.clone());
    let hash = account.as_ref().map(|account| account.password_hash.clone());
    let matches = edge.passwords.matches(hash, password).await?;
    metrics::counter!("switchboard_sign_ins_total", "matches" => matches.to_string()).increment(1);
    let account = account.filter(|_| matches).ok_or(ApiError::WrongCredentials)?;
    let directory = edge.node.directory();
    let operator = directory.operators.get(&account.operator);
    let operator =
        operator.filter(|found| found.value.enabled).ok_or(ApiError::WrongCredentials)?;
    let ended = superseded(&request, &edge, &directory, &account.operator);
    begin(&edge, &operator.value, &login, ended).await
}

/// Ends the sign-in of this browser and its sockets.
#[utoipa::path(post, path = "/api/v1/sign-out", tag = "sign-in",
    responses((status = 204, description = "signed out, or was not signed in")))]
pub(super) async fn sign_out(
    request: HttpRequest,
    edge: web::Data<Edge>,
) -> Result<HttpResponse, ApiError> {
    if let Some((by, ended)) = own_sign_in(&request, &edge, &edge.node.directory()) {
        match edge.node.change(&by, vec![ended]).await {
            // Stale: somebody renewed it a moment ago; the newer one is ended.
            Err(NotStored::Stale) => {
                let again = own_sign_in(&request, &edge, &edge.node.directory());
                let again = again.into_iter().map(|(_, ended)| ended).collect();
                edge.node.change(&by, again).await?;
            }
            other => other?,
        }
    }
    Ok(HttpResponse::NoContent().cookie(person::sign_out_cookie(&edge.server)).finish())
}

/// Who is signed in.
#[utoipa::path(get, path = "/api/v1/me", tag = "sign-in", responses(
    (status = 200, description = "the person", body = MeBody),
    (status = 401, description = "not signed in", body = ErrorBody),
))]
pub(super) async fn me(person: Person) -> web::Json<MeBody> {
    web::Json(me_of(&person.operator, &person.login, &person.directory))
}

/// Begins a sign-in of somebody who has proved who he is, and ends others in the same change.
pub(super) async fn begin(
    edge: &web::Data<Edge>,
    operator: &Operator,
    login: &str,
    ended: Vec<Change>,
) -> Result<HttpResponse, ApiError> {
    let (token, digest) = person::new_token();
    let now = edge.clock.now();
    let sign_in = SignIn {
        operator: operator.id.clone(),
        login: login.to_owned(),
        created_at: now,
        seen_at: now,
    };
    let begun = Change::SignIn { version: 0, digest, sign_in };
    let changes = std::iter::once(begun.clone()).chain(ended).collect();
    match edge.node.change(&operator.id, changes).await {
        // One of the old ones was renewed or ended meanwhile: they end by themselves one day.
        Err(NotStored::Stale) => edge.node.change(&operator.id, vec![begun]).await?,
        other => other?,
    }
    let cookie = person::sign_in_cookie(token, &edge.server, &edge.sessions);
    let me = me_of(operator, login, &edge.node.directory());
    Ok(HttpResponse::Ok().cookie(cookie).json(me))
}

/// Ends every sign-in of an operator.
pub(super) fn all_ended(directory: &Directory, operator: &OperatorId) -> Vec<Change> {
    let own = directory.sign_ins.iter().filter(|(_, found)| found.value.operator == *operator);
    own.map(|(digest, found)| end(digest, found.version)).collect()
}

/// Sign-ins that a new one replaces: this browser's, those that have ended, and the oldest when
/// there are too many.
fn superseded(
    request: &HttpRequest,
    edge: &Edge,
    directory: &Directory,
    operator: &OperatorId,
) -> Vec<Change> {
    let now = edge.clock.now();
    let this_browser = own_digest(request, edge);
    let own = directory.sign_ins.iter().filter(|(_, found)| found.value.operator == *operator);
    let (mut ended, mut others): (Vec<_>, Vec<_>) = own.partition(|(digest, found)| {
        this_browser.as_ref() == Some(*digest)
            || found.value.has_ended(edge.sessions.idle(), edge.sessions.absolute(), now)
    });
    others.sort_by_key(|(_, found)| std::cmp::Reverse(found.value.seen_at));
    ended.extend(others.into_iter().skip(SIGN_INS_MAX - 1));
    ended.into_iter().map(|(digest, found)| end(digest, found.version)).collect()
}

/// Whose it is, and its end.
fn own_sign_in(
    request: &HttpRequest,
    edge: &Edge,
    directory: &Directory,
) -> Option<(OperatorId, Change)> {
    let digest = own_digest(request, edge)?;
    let found = directory.sign_ins.get(&digest)?;
    Some((found.value.operator.clone(), end(&digest, found.version)))
}

fn own_digest(request: &HttpRequest, edge: &Edge) -> Option<String> {
    person::digest_of(person::cookie_of(request, &edge.server)?.value())
}

fn end(digest: &str, version: u64) -> Change {
    Change::EndSignIn { version, digest: digest.to_owned() }
}

fn me_of(operator: &Operator, login: &str, directory: &Directory) -> MeBody {
    let supervises = match operator.role {
        Role::Administrator => directory.lines.keys().cloned().collect(),
        Role::Supervisor => operator.supervises.clone(),
        Role::Operator => Vec::new(),
    };
    MeBody {
        id: operator.id.clone(),
        name: operator.name.clone(),
        login: login.to_owned(),
        role: operator.role,
        status: operator.status,
        status_reason: operator.status_reason.clone(),
        set_away: operator.set_away,
        queues: directory.queues_of(&operator.id).to_vec(),
        supervises,
    }
}
