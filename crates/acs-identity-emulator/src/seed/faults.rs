//! Reads the faults of a seed. They have the fields of the control API (docs/emulator/requests.md).

use super::reading::{Found, Members};
use super::{At, SeedError};
use crate::faults::{DropAt, MOST_RULES, Rule};

pub(super) const FAULT: &[&str] = &[
    "operation",
    "method",
    "path",
    "identity",
    "every",
    "probability",
    "seed",
    "status",
    "code",
    "message",
    "retryAfter",
    "delayMilliseconds",
    "drop",
    "truncateBodyAt",
    "tokenExpiresInSeconds",
    "shiftSeconds",
    "times",
    "until",
    "includeUnauthenticated",
];

/// The numbers that most fields take.
const COUNT: &str = "a whole number that is not negative";

pub(super) fn read(found: &Found<'_>) -> Result<Vec<Rule>, SeedError> {
    let all = found.list()?;
    if let Some(first) = all.get(MOST_RULES) {
        return Err(first.at.error(format!("is one too many: there can be {MOST_RULES} faults")));
    }
    all.iter().map(fault).collect()
}

fn fault(found: &Found<'_>) -> Result<Rule, SeedError> {
    let mut fields = Fields { members: found.members(FAULT)?, places: Vec::new() };
    let rule = Rule {
        operation: fields.text("operation")?,
        method: fields.text("method")?,
        path: fields.text("path")?,
        identity: fields.text("identity")?,
        every: fields.count("every")?,
        probability: fields.take("probability", |found| found.number("a number"))?,
        seed: fields.count("seed")?,
        status: fields.take("status", |found| found.number("a status from 400 to 599"))?,
        code: fields.text("code")?,
        message: fields.text("message")?,
        retry_after: fields.count("retryAfter")?,
        delay_milliseconds: fields.count("delayMilliseconds")?,
        drop: fields.take("drop", drop_at)?,
        truncate_body_at: fields.count("truncateBodyAt")?,
        token_expires_in_seconds: fields.take("tokenExpiresInSeconds", |found| found.number("a whole number"))?,
        shift_seconds: fields.take("shiftSeconds", |found| found.number("a whole number"))?,
        times: fields.count("times")?,
        until: fields.text("until")?,
        include_unauthenticated: fields.take("includeUnauthenticated", Found::bool)?.unwrap_or(false),
    };
    match rule.problem() {
        // A field that is missing has no place of its own.
        Some(problem) => Err(match fields.place(problem.field) {
            Some(at) => at.error(problem.words),
            None => found.at.error(format!("has a mistake: {} {}", problem.field, problem.words)),
        }),
        None => Ok(rule),
    }
}

fn drop_at(found: &Found<'_>) -> Result<DropAt, SeedError> {
    match found.text()? {
        "before" => Ok(DropAt::Before),
        "after" => Ok(DropAt::After),
        other => Err(found.at.error(format!("must be before or after, but it is '{other}'"))),
    }
}

/// The fields of a fault, and the places of those that were read.
struct Fields<'a> {
    members: Members<'a>,
    places: Vec<(&'static str, At)>,
}

impl<'a> Fields<'a> {
    fn take<T>(
        &mut self,
        name: &'static str,
        read: impl FnOnce(&Found<'a>) -> Result<T, SeedError>,
    ) -> Result<Option<T>, SeedError> {
        let Some(found) = self.members.take(name) else { return Ok(None) };
        let value = read(&found)?;
        self.places.push((name, found.at));
        Ok(Some(value))
    }

    fn text(&mut self, name: &'static str) -> Result<Option<String>, SeedError> {
        self.take(name, |found| Ok(found.text()?.to_owned()))
    }

    fn count(&mut self, name: &'static str) -> Result<Option<u64>, SeedError> {
        self.take(name, |found| found.number(COUNT))
    }

    fn place(&self, name: &str) -> Option<&At> {
        self.places.iter().find(|(there, _)| *there == name).map(|(_, at)| at)
    }
}
