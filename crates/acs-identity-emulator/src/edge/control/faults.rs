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
    fn of(fault: &'a Fault, hits: u64) -> Self {
        Self { id: fault.id.to_string(), rule: &fault.rule, hits }
    }
}

pub(super) async fn add(backend: &Backend, request: &RequestContext) -> HttpResult<Answer> {
    let rule: Rule = body_with(request, MEMBERS)?;
    let added = backend.add_fault(rule).await.map_err(refused)??;
    let fault = added.ok_or_else(|| {
        HttpError::new(409, "Conflict", format!("There are {MOST_RULES} faults already. Delete some of them first."))
    })?;
    Answer::json(201, &Shown::of(&fault, 0))
}

pub(super) async fn list(backend: &Backend, _: &RequestContext) -> HttpResult<Answer> {
    let faults = backend.faults.list();
    let hits = backend.fault_hits(&faults).await?;
    Answer::json(200, &List { value: faults.iter().zip(hits).map(|(fault, hits)| Shown::of(fault, hits)).collect() })
}

pub(super) async fn get(backend: &Backend, request: &RequestContext) -> HttpResult<Answer> {
    let id = request.value(PathValue::FaultId);
    let fault = id.parse().ok().and_then(|id| backend.faults.get(id)).ok_or_else(|| missing(id))?;
    let hits = backend.fault_hits(std::slice::from_ref(&fault)).await?;
    Answer::json(200, &Shown::of(&fault, hits.into_iter().sum()))
}

pub(super) async fn delete(backend: &Backend, request: &RequestContext) -> HttpResult<Answer> {
    let id = request.value(PathValue::FaultId);
    let number = id.parse().map_err(|_| missing(id))?;
    if backend.remove_fault(number).await? { Ok(Answer::no_content()) } else { Err(missing(id)) }
}

pub(super) async fn clear(backend: &Backend, _: &RequestContext) -> HttpResult<Answer> {
    backend.clear_faults().await?;
    Ok(Answer::no_content())
}

fn missing(id: &str) -> HttpError {
    HttpError::new(404, "FaultNotFound", format!("There is no fault '{id}'."))
}

fn refused(problem: Problem) -> HttpError {
    HttpError::validation(format!("'{}' {}.", problem.field, problem.words), problem.field)
}
