//! The rules of faults: adds, lists and deletes them.

use std::sync::Arc;

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
    let added = match backend.core.is_shared() {
        true => {
            let checked = Fault::of(0, rule).map_err(refused)?;
            let id = backend.core.add_shared_fault(&checked.rule).await?;
            id.map(|id| Arc::new(checked.with_id(id)))
        }
        false => backend.faults.add(rule).map_err(refused)?.ok(),
    };
    let fault = added.ok_or_else(|| {
        HttpError::new(409, "Conflict", format!("There are {MOST_RULES} faults already. Delete some of them first."))
    })?;
    Answer::json(201, &Shown::of(&fault, 0))
}

/// Returns how many requests each of the rules has hit.
async fn hits(backend: &Backend, faults: &[Arc<Fault>]) -> HttpResult<Vec<u64>> {
    if !backend.core.is_shared() {
        return Ok(faults.iter().map(|fault| fault.hits()).collect());
    }
    let ids: Vec<u64> = faults.iter().map(|fault| fault.id).collect();
    Ok(backend.core.shared_fault_counts(&ids).await?.iter().map(|counts| counts.hits).collect())
}

pub(super) async fn list(backend: &Backend, _: &RequestContext) -> HttpResult<Answer> {
    let faults = backend.faults.list();
    let hits = hits(backend, &faults).await?;
    Answer::json(200, &List { value: faults.iter().zip(hits).map(|(fault, hits)| Shown::of(fault, hits)).collect() })
}

pub(super) async fn get(backend: &Backend, request: &RequestContext) -> HttpResult<Answer> {
    let id = request.value(PathValue::FaultId);
    let fault = id.parse().ok().and_then(|id| backend.faults.get(id)).ok_or_else(|| missing(id))?;
    let hits = hits(backend, std::slice::from_ref(&fault)).await?;
    Answer::json(200, &Shown::of(&fault, hits.into_iter().sum()))
}

pub(super) async fn delete(backend: &Backend, request: &RequestContext) -> HttpResult<Answer> {
    let id = request.value(PathValue::FaultId);
    let number = id.parse().map_err(|_| missing(id))?;
    let existed = match backend.core.is_shared() {
        true => backend.core.remove_shared_faults(Some(number)).await?,
        false => backend.faults.delete(number),
    };
    if existed { Ok(Answer::no_content()) } else { Err(missing(id)) }
}

pub(super) async fn clear(backend: &Backend, _: &RequestContext) -> HttpResult<Answer> {
    match backend.core.is_shared() {
        true => drop(backend.core.remove_shared_faults(None).await?),
        false => backend.faults.clear(),
    }
    Ok(Answer::no_content())
}

fn missing(id: &str) -> HttpError {
    HttpError::new(404, "FaultNotFound", format!("There is no fault '{id}'."))
}

fn refused(problem: Problem) -> HttpError {
    HttpError::validation(format!("'{}' {}.", problem.field, problem.words), problem.field)
}
