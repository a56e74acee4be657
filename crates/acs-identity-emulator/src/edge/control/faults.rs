//! The rules of faults: adds, lists and deletes them.

use serde::Serialize;

use crate::edge::backend::Backend;
use crate::edge::context::json::body_with;
use crate::edge::context::members::{Kind, Member};
use crate::edge::context::request::RequestContext;
use crate::edge::http::answer::Answer;
use crate::edge::http::error::{HttpError, HttpResult};
use crate::edge::routes::route::PathValue;
use crate::faults::{Fault, MOST_RULES, Problem, Rule};

/// The members of a rule.
const MEMBERS: &[Member] = &[
    Member::new("operation", Kind::Text),
    Member::new("method", Kind::Text),
    Member::new("path", Kind::Text),
    Member::new("identity", Kind::Text),
    Member::new("every", Kind::Count),
    Member::new("probability", Kind::Number),
    Member::new("seed", Kind::Count),
    Member::new("status", Kind::Status),
    Member::new("code", Kind::Text),
    Member::new("message", Kind::Text),
    Member::new("retryAfter", Kind::Count),
    Member::new("delayMilliseconds", Kind::Count),
    Member::new("drop", Kind::OneOf(&["before", "after"], &[])),
    Member::new("truncateBodyAt", Kind::Count),
    Member::new("tokenExpiresInSeconds", Kind::Whole),
    Member::new("shiftSeconds", Kind::Whole),
    Member::new("times", Kind::Count),
    Member::new("until", Kind::Text),
    Member::new("includeUnauthenticated", Kind::Bool),
];

/// A rule that is in force.
#[derive(Serialize)]
struct Shown<'a> {
    id: String,
    #[serde(flatten)]
    rule: &'a Rule,
    /// How many requests it has hit.
    hits: u64,
}

#[derive(Serialize)]
struct List<'a> {
    value: Vec<Shown<'a>>,
}

impl<'a> Shown<'a> {
    fn of(fault: &'a Fault) -> Self {
        Self { id: fault.id.to_string(), rule: &fault.rule, hits: fault.hits() }
    }
}

pub(super) fn add(backend: &Backend, request: &RequestContext) -> HttpResult<Answer> {
    let rule: Rule = body_with(request, MEMBERS)?;
    let added = backend.faults.add(rule).map_err(refused)?;
    let fault = added.map_err(|_| {
        HttpError::new(409, "Conflict", format!("There are {MOST_RULES} faults already. Delete some of them first."))
    })?;
    Answer::json(201, &Shown::of(&fault))
}

pub(super) fn list(backend: &Backend, _: &RequestContext) -> HttpResult<Answer> {
    let faults = backend.faults.list();
    Answer::json(200, &List { value: faults.iter().map(|fault| Shown::of(fault)).collect() })
}

pub(super) fn get(backend: &Backend, request: &RequestContext) -> HttpResult<Answer> {
    let id = request.value(PathValue::FaultId);
    let fault = id.parse().ok().and_then(|id| backend.faults.get(id)).ok_or_else(|| missing(id))?;
    Answer::json(200, &Shown::of(&fault))
}

pub(super) fn delete(backend: &Backend, request: &RequestContext) -> HttpResult<Answer> {
    let id = request.value(PathValue::FaultId);
    match id.parse().is_ok_and(|id| backend.faults.delete(id)) {
        true => Ok(Answer::no_content()),
        false => Err(missing(id)),
    }
}

pub(super) fn clear(backend: &Backend, _: &RequestContext) -> HttpResult<Answer> {
    backend.faults.clear();
    Ok(Answer::no_content())
}

fn missing(id: &str) -> HttpError {
    HttpError::new(404, "FaultNotFound", format!("There is no fault '{id}'."))
}

fn refused(problem: Problem) -> HttpError {
    HttpError::validation(format!("'{}' {}.", problem.field, problem.words), problem.field)
}
