//! Operators over HTTP: list, read, create, change, set a password. Whoever is disabled, gets
//! another role or another password is signed out everywhere in the same change.

use actix_web::{HttpResponse, web};
use domain::account::Account;
use domain::id::{LineId, OperatorId};
use domain::line::FieldProblem;
use domain::operator::{CAPACITY_MAX, NAME_CHARS_MAX, Operator, Role, Status};
use serde::{Deserialize, Serialize};

use crate::actors::directory::{Directory, Versioned};
use crate::actors::handle::{Change, NotStored};
use crate::clock;
use crate::config::Secret;
use crate::web::api::{not_stored, same_version, schema};
use crate::web::auth;
use crate::web::edge::Edge;
use crate::web::error::{ApiError, ErrorBody};
use crate::web::password;
use crate::web::person::Person;

pub(in crate::web) const CAPACITY_DEFAULT: u32 = 5;
const LOGIN_CHARS_MAX: usize = 100;
/// A change that also ends sign-ins loses a race against their renewal now and then.
const ATTEMPTS_MAX: usize = 3;

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(in crate::web) struct OperatorBody {
    #[schema(value_type = String)]
    id: OperatorId,
    /// Send it back with a change.
    version: u64,
    name: String,
    login: Option<String>,
    #[schema(value_type = schema::Role)]
    role: Role,
    /// Lines that a supervisor oversees.
    #[schema(value_type = Vec<String>)]
    supervises: Vec<LineId>,
    /// Conversations at a time over all lines; 0: unlimited.
    capacity: u32,
    #[schema(value_type = schema::Status)]
    status: Status,
    /// Why, in his own words.
    status_reason: Option<String>,
    /// He was set away because he missed offers.
    set_away: bool,
    enabled: bool,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(in crate::web) struct OperatorsBody {
    operators: Vec<OperatorBody>,
}

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::web) struct NewOperator {
    name: String,
    /// 1..100 characters without spaces; capitals do not matter.
    login: String,
    /// At least 8 characters, better 15.
    #[schema(value_type = String)]
    password: Secret,
    #[schema(value_type = schema::Role)]
    role: Role,
    /// 0..1000; 0: unlimited; 5 if left out.
    #[serde(default = "capacity_default")]
    capacity: u32,
    #[schema(value_type = Option<Vec<String>>)]
    #[serde(default)]
    supervises: Vec<LineId>,
}

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::web) struct ChangedOperator {
    /// The version that was read.
    version: u64,
    name: String,
    #[schema(value_type = schema::Role)]
    role: Role,
    capacity: u32,
    #[schema(value_type = Vec<String>)]
    supervises: Vec<LineId>,
    enabled: bool,
}

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::web) struct NewPassword {
    #[schema(value_type = String)]
    password: Secret,
    /// Needed to set one's own.
    #[schema(value_type = Option<String>)]
    current_password: Option<Secret>,
}

#[utoipa::path(get, path = "/api/v1/operators", tag = "operators", security(("cookie" = [])),
    responses((status = 200, body = OperatorsBody), (status = 403, body = ErrorBody)))]
pub(in crate::web) async fn list(person: Person) -> Result<web::Json<OperatorsBody>, ApiError> {
    person.administers()?;
    let operators = person.directory.operators.values();
    let operators = operators.map(|found| show(found, &person.directory)).collect();
    Ok(web::Json(OperatorsBody { operators }))
}

#[utoipa::path(get, path = "/api/v1/operators/{id}", tag = "operators", security(("cookie" = [])),
    params(("id" = String, Path)),
    responses((status = 200, body = OperatorBody), (status = 404, body = ErrorBody)))]
pub(in crate::web) async fn one(
    person: Person,
    id: web::Path<String>,
) -> Result<web::Json<OperatorBody>, ApiError> {
    person.administers()?;
    Ok(web::Json(show(find(&person.directory, &id)?, &person.directory)))
}

#[utoipa::path(post, path = "/api/v1/operators", tag = "operators", security(("cookie" = [])),
    request_body = NewOperator,
    responses(
        (status = 201, body = OperatorBody),
        (status = 403, body = ErrorBody),
        (status = 409, description = "the login is taken", body = ErrorBody),
        (status = 422, body = ErrorBody),
    ))]
pub(in crate::web) async fn create(
    person: Person,
    edge: web::Data<Edge>,
    body: web::Json<NewOperator>,
) -> Result<HttpResponse, ApiError> {
    person.administers()?;
    let NewOperator { name, login, password, role, capacity, supervises } = body.into_inner();
    let login = login_of(&login);
    let mut problems = problems_of(&name, &login, password.expose(), capacity);
    problems.extend(unknown_lines(&supervises, &person.directory));
    if !problems.is_empty() {
        return Err(ApiError::InvalidFields(problems));
    }
    if person.directory.accounts.contains_key(&login) {
        return Err(ApiError::Taken("login"));
    }
    let operator = Operator {
        id: OperatorId::new(clock::new_uuid()),
        name: name.trim().to_owned(),
        role,
        supervises,
        capacity,
        status: Status::Available,
        status_reason: None,
        set_away: false,
        enabled: true,
    };
    let password_hash = edge.passwords.hash(password).await?;
    let account = Account { operator: operator.id.clone(), password_hash };
    let changes = vec![
        Change::Operator { version: 0, operator: operator.clone() },
        Change::Account { version: 0, login, account },
    ];
    let stored = edge.node.change(&person.operator.id, changes).await;
    stored.map_err(|why| match why {
        NotStored::Stale => ApiError::Taken("login"),
        NotStored::Full | NotStored::Unavailable => ApiError::from(why),
    })?;
    let created = Versioned { version: 1, value: operator.into() };
    Ok(HttpResponse::Created().json(show(&created, &edge.node.directory())))
}

#[utoipa::path(put, path = "/api/v1/operators/{id}", tag = "operators", security(("cookie" = [])),
    params(("id" = String, Path)), request_body = ChangedOperator,
    responses(
        (status = 200, body = OperatorBody),
        (status = 403, body = ErrorBody),
        (status = 404, body = ErrorBody),
        (status = 409, description = "with the newer one", body = ErrorBody),
        (status = 422, body = ErrorBody),
    ))]
pub(in crate::web) async fn change(
    person: Person,
    edge: web::Data<Edge>,
    id: web::Path<String>,
    body: web::Json<ChangedOperator>,
) -> Result<web::Json<OperatorBody>, ApiError> {
    person.administers()?;
    let found = find(&person.directory, &id)?;
    let ChangedOperator { version, name, role, capacity, supervises, enabled } = body.into_inner();
    same_version(found, version, |found| show(found, &person.directory))?;
    let old = &*found.value;
    let name = name.trim().to_owned();
    let operator = Operator { name, role, capacity, supervises, enabled, ..old.clone() };
    check_change(&operator, &person.directory)?;
    let signs_out = !enabled || role != old.role;
    let changed = Change::Operator { version, operator: operator.clone() };
    if signs_out {
        change_and_sign_out(&edge, &person, &operator.id, &changed).await
    } else {
        edge.node.change(&person.operator.id, vec![changed]).await
    }
    .map_err(|why| {
        let directory = edge.node.directory();
        not_stored(why, || find(&directory, &id).ok().map(|found| show(found, &directory)))
    })?;
    let changed = Versioned { version: version + 1, value: operator.into() };
    Ok(web::Json(show(&changed, &edge.node.directory())))
}

/// Sets another's password (administrators), or one's own with the current one.
#[utoipa::path(put, path = "/api/v1/operators/{id}/password", tag = "operators",
    security(("cookie" = [])), params(("id" = String, Path)), request_body = NewPassword,
    responses(
        (status = 204, description = "set; signed out everywhere"),
        (status = 401, description = "the current password is wrong", body = ErrorBody),
        (status = 404, body = ErrorBody),
        (status = 422, body = ErrorBody),
    ))]
pub(in crate::web) async fn set_password(
    person: Person,
    edge: web::Data<Edge>,
    id: web::Path<String>,
    body: web::Json<NewPassword>,
) -> Result<HttpResponse, ApiError> {
    let own = person.operator.id.as_str() == id.as_str();
    if !own {
        person.administers()?;
    }
    let operator = find(&person.directory, &id)?.value.id.clone();
    let account = account_of(&person.directory, &operator).ok_or(ApiError::NotFound)?;
    let (login, account) = (account.0.clone(), account.1.clone());
    let NewPassword { password, current_password } = body.into_inner();
    if own {
        edge.throttles.sign_ins_of_account.attempt(&login)?;
        let hash = Some(account.value.password_hash.clone());
        let current = current_password.unwrap_or_default();
        if !edge.passwords.matches(hash, current).await? {
            return Err(ApiError::WrongCredentials);
        }
    }
    if let Some(allowed) = password::problem_of(password.expose(), &login) {
        return Err(ApiError::field("password", allowed));
    }
    let password_hash = edge.passwords.hash(password).await?;
    let changed = Account { password_hash, ..(*account.value).clone() };
    let change = Change::Account { version: account.version, login, account: changed };
    change_and_sign_out(&edge, &person, &operator, &change).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Logins differ in more than capitals.
pub(in crate::web) fn login_of(text: &str) -> String {
    text.trim().to_lowercase()
}

/// What is out of bounds in a new person.
pub(in crate::web) fn problems_of(
    name: &str,
    login: &str,
    password: &str,
    capacity: u32,
) -> Vec<FieldProblem> {
    let mut problems = problems_of_card(name, capacity);
    let login_chars = login.chars().count();
    let plain = !login.chars().any(|c| c.is_whitespace() || c.is_control());
    if !(1..=LOGIN_CHARS_MAX).contains(&login_chars) || !plain {
        problems.push(problem("login", "1..100 characters without spaces"));
    }
    if let Some(allowed) = password::problem_of(password, login) {
        problems.push(problem("password", allowed));
    }
    problems
}

fn problems_of_card(name: &str, capacity: u32) -> Vec<FieldProblem> {
    let mut problems = Vec::new();
    if !(1..=NAME_CHARS_MAX).contains(&name.trim().chars().count()) {
        problems.push(problem("name", "1..100 characters"));
    }
    if capacity > CAPACITY_MAX {
        problems.push(problem("capacity", "0..1000; 0: unlimited"));
    }
    problems
}

fn unknown_lines(lines: &[LineId], directory: &Directory) -> Option<FieldProblem> {
    let known = lines.iter().all(|line| directory.lines.contains_key(line));
    (!known).then(|| problem("supervises", "ids of lines that there are"))
}

fn check_change(new: &Operator, directory: &Directory) -> Result<(), ApiError> {
    let mut problems = problems_of_card(&new.name, new.capacity);
    problems.extend(unknown_lines(&new.supervises, directory));
    if !directory.keeps_an_administrator(new) {
        problems.push(problem("role", "one administrator must remain"));
    }
    if problems.is_empty() { Ok(()) } else { Err(ApiError::InvalidFields(problems)) }
}

/// The change and the end of all sign-ins of that operator, in one. `Stale` only when it is the
/// change itself that came too late.
async fn change_and_sign_out(
    edge: &Edge,
    by: &Person,
    operator: &OperatorId,
    change: &Change,
) -> Result<(), NotStored> {
    let mut outcome = Err(NotStored::Stale);
    for _ in 0..ATTEMPTS_MAX {
        let ended = auth::all_ended(&edge.node.directory(), operator);
        let changes = std::iter::once(change.clone()).chain(ended).collect();
        outcome = edge.node.change(&by.operator.id, changes).await;
        if outcome != Err(NotStored::Stale) {
            break;
        }
    }
    outcome
}

pub(super) fn find<'a>(
    directory: &'a Directory,
    id: &str,
) -> Result<&'a Versioned<Operator>, ApiError> {
    let id = OperatorId::parse(id).ok_or(ApiError::NotFound)?;
    directory.operators.get(&id).ok_or(ApiError::NotFound)
}

pub(super) fn account_of<'a>(
    directory: &'a Directory,
    operator: &OperatorId,
) -> Option<(&'a String, &'a Versioned<Account>)> {
    directory.accounts.iter().find(|(_, account)| account.value.operator == *operator)
}

fn show(found: &Versioned<Operator>, directory: &Directory) -> OperatorBody {
    let Operator { id, name, role, supervises, capacity, status, status_reason, set_away, enabled } =
        &*found.value;
    OperatorBody {
        id: id.clone(),
        version: found.version,
        name: name.clone(),
        login: account_of(directory, id).map(|(login, _)| login.clone()),
        role: *role,
        supervises: supervises.clone(),
        capacity: *capacity,
        status: *status,
        status_reason: status_reason.clone(),
        set_away: *set_away,
        enabled: *enabled,
    }
}

fn problem(field: &'static str, allowed: &str) -> FieldProblem {
    FieldProblem { field, allowed: allowed.to_owned() }
}

fn capacity_default() -> u32 {
    CAPACITY_DEFAULT
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(id: &str, role: Role, enabled: bool) -> Operator {
        Operator {
            id: OperatorId::new(id),
            name: id.to_owned(),
            role,
            supervises: Vec::new(),
            capacity: 5,
            status: Status::Available,
            status_reason: None,
            set_away: false,
            enabled,
        }
    }

    fn with(people: Vec<Operator>) -> Directory {
        let mut directory = Directory::default();
        for person in people {
            let found = Versioned { version: 1, value: person.clone().into() };
            directory.operators.insert(person.id, found);
        }
        directory
    }

    #[test]
    fn one_administrator_always_remains() {
        let anna = person("anna", Role::Administrator, true);
        let less = person("anna", Role::Supervisor, true);
        let disabled = person("anna", Role::Administrator, false);
        let alone = with(vec![anna.clone(), person("boris", Role::Administrator, false)]);
        assert!(check_change(&less, &alone).is_err());
        assert!(check_change(&disabled, &alone).is_err());
        assert_eq!(check_change(&anna, &alone), Ok(()));
        let two = with(vec![anna.clone(), person("boris", Role::Administrator, true)]);
        assert_eq!(check_change(&less, &two), Ok(()));
    }

    #[test]
    fn a_new_person_is_checked_field_by_field() {
        let fields = |name, login, password, capacity| -> Vec<_> {
            problems_of(name, login, password, capacity).iter().map(|p| p.field).collect()
        };
        assert!(fields("Anna", "anna", "correct horse", 0).is_empty());
        assert_eq!(fields(" ", "a b", "short", 1001), ["name", "capacity", "login", "password"]);
        assert_eq!(login_of("  Anna@Example.COM "), "anna@example.com");
    }
}
