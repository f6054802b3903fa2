//! The first person: made once, by whoever holds the link that was printed at the first start.

use actix_web::{HttpResponse, web};
use domain::account::Account;
use domain::id::OperatorId;
use domain::operator::{Operator, Role, Status};
use serde::Deserialize;
use subtle::ConstantTimeEq as _;
use tokio::sync::Mutex;

use crate::actors::handle::Change;
use crate::clock;
use crate::config::Secret;
use crate::web::api::operators::{CAPACITY_DEFAULT, login_of, problems_of};
use crate::web::auth;
use crate::web::edge::Edge;
use crate::web::error::{ApiError, ErrorBody};
use crate::web::throttle;

/// The token of the link; none: the set-up is closed.
#[derive(Debug)]
pub(super) struct Setup(Mutex<Option<Secret>>);

impl Setup {
    pub(super) fn new(token: Option<Secret>) -> Self {
        Self(Mutex::new(token.filter(|token| !token.is_empty())))
    }
}

/// The address to open for the set-up. The token stands behind `#`: browsers send that to nobody.
pub fn setup_link(public_url: &str, token: &Secret) -> String {
    format!("{public_url}/#/setup/{}", token.expose())
}

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SetupBody {
    #[schema(value_type = String)]
    token: Secret,
    login: String,
    name: String,
    #[schema(value_type = String)]
    password: Secret,
}

/// Makes the first administrator and signs him in. Only while there is no account.
#[utoipa::path(post, path = "/api/v1/setup", tag = "sign-in", request_body = SetupBody, responses(
    (status = 200, description = "done and signed in", body = auth::MeBody),
    (status = 401, description = "wrong token", body = ErrorBody),
    (status = 409, description = "there is an account already", body = ErrorBody),
    (status = 422, description = "fields out of bounds", body = ErrorBody),
))]
pub(super) async fn set_up(
    request: actix_web::HttpRequest,
    edge: web::Data<Edge>,
    body: web::Json<SetupBody>,
) -> Result<HttpResponse, ApiError> {
    let address = throttle::counted_address(&request, edge.server.behind_proxy);
    edge.throttles.sign_ins_of_address.attempt(&address)?;
    let body = body.into_inner();
    let mut open = edge.setup.0.lock().await;
    let token = open.as_ref().ok_or(ApiError::AlreadySetUp)?;
    if !edge.node.directory().accounts.is_empty() {
        return Err(ApiError::AlreadySetUp);
    }
    if !bool::from(token.expose().as_bytes().ct_eq(body.token.expose().as_bytes())) {
        return Err(ApiError::WrongCredentials);
    }
    let login = login_of(&body.login);
    let problems = problems_of(&body.name, &login, body.password.expose(), CAPACITY_DEFAULT);
    if !problems.is_empty() {
        return Err(ApiError::InvalidFields(problems));
    }
    let operator = administrator(body.name.trim());
    let password_hash = edge.passwords.hash(body.password).await?;
    let account = Account { operator: operator.id.clone(), password_hash };
    let changes = vec![
        Change::Operator { version: 0, operator: operator.clone() },
        Change::Account { version: 0, login: login.clone(), account },
    ];
    edge.node.change(&operator.id, changes).await?;
    *open = None;
    auth::begin(&edge, &operator, &login, Vec::new()).await
}

fn administrator(name: &str) -> Operator {
    Operator {
        id: OperatorId::new(clock::new_uuid()),
        name: name.to_owned(),
        role: Role::Administrator,
        supervises: Vec::new(),
        capacity: CAPACITY_DEFAULT,
        status: Status::Available,
        status_reason: None,
        set_away: false,
        enabled: true,
    }
}
