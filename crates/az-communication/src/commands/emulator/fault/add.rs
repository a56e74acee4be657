//! `emulator fault add`.

use std::fmt::Display;
use std::ops::RangeInclusive;
use std::str::FromStr;

use acs_identity_emulator::{FAULT_OPERATIONS, fault_operation_meant};
use acs_identity_protocol::duration::parse_duration_with_unit;
use acs_identity_protocol::time::{parse_iso, utc};
use azure_core::time::{Duration, OffsetDateTime};
use serde_json::{Map, Value as Json};

use super::{COLUMNS, PATH};
use crate::commands::emulator::control::{self, Body, Control};
use crate::knack::argument::{Argument, Arity};
use crate::knack::command_table::{CommandSpec, Example};
use crate::knack::invocation::Invocation;
use crate::knack::json_value::value_of;
use crate::knack::outcome::Outcome;
use crate::knack::values::duration::{DAY, Durations};
use crate::knack::values::number::{parse, parse_at_least};
use crate::knack::values::options::{duration, number};
use crate::report::error::CliError;

/// The longest delay, in seconds.
const LONGEST_DELAY: i64 = 5 * 60;

/// The largest shift of the time, in seconds: ten years.
const LONGEST_SHIFT: i64 = 3660 * DAY;

const CONDITION: &str = "Request";
const RESULT: &str = "Effect";
const LIMIT: &str = "Limit";

const OPERATION: Argument = Argument::new(
    &["--operation"],
    "Operation of the requests; separate more than one by commas. `token issue` without a user and `create_user_and_token` \
     are createIdentity.",
)
.group(CONDITION)
.list_of(FAULT_OPERATIONS)
.meant(fault_operation_meant)
.extension();
const METHOD: Argument = Argument::new(&["--method"], "Method of the requests.")
    .choices(&["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"])
    .group(CONDITION)
    .extension();
const PATH_PATTERN: Argument = Argument::new(
    &["--path"],
    "Pattern of the path as it is sent, which is 8%3Aacs%3A… for most SDKs: * stands for characters of a segment, ** for \
     any characters, ? for one character.",
)
.group(CONDITION)
.extension();
const IDENTITY: Argument =
    Argument::new(&["--identity"], "Raw id or custom id of the identity that the requests are about.")
        .group(CONDITION)
        .extension();
const EVERY: Argument = Argument::new(&["--every"], "Hit only every n-th request.").group(LIMIT).extension();
const PROBABILITY: Argument =
    Argument::new(&["--probability"], "Hit only this part of the requests, by chance: 0.1.").group(LIMIT).extension();
const SEED: Argument = Argument::new(
    &["--seed"],
    "Number that selects the requests of --probability; the same number selects the same ones.",
)
.group(LIMIT)
.extension();
const INCLUDE_UNAUTHENTICATED: Argument = Argument::new(
    &["--include-unauthenticated"],
    "Hit requests before they authenticate; without it, requests that do not authenticate are not counted.",
)
.group(CONDITION)
.arity(Arity::Flag)
.extension();

const STATUS: Argument = Argument::new(&["--status"], "Status of the error that answers the request, from 400 to 599.")
    .group(RESULT)
    .extension();
const CODE: Argument =
    Argument::new(&["--code"], "Code of the error; by default, the usual one of the status.").group(RESULT).extension();
const MESSAGE: Argument = Argument::new(&["--message"], "Message of the error.").group(RESULT).extension();
const RETRY_AFTER: Argument =
    Argument::new(&["--retry-after"], "Value of the header Retry-After, in seconds: 2 or 2s.")
        .group(RESULT)
        .extension();
const DELAY: Argument =
    Argument::new(&["--delay"], "How long the request waits first, with a unit: 500ms, 2s, up to 5m.")
        .group(RESULT)
        .extension();
const DROP: Argument =
    Argument::new(&["--drop"], "End the connection without a response: before the operation is executed, or after it.")
        .choices(&["before", "after"])
        .group(RESULT)
        .extension();
const TRUNCATE_BODY_AT: Argument =
    Argument::new(&["--truncate-body-at"], "End the connection after so many bytes of the body of the response.")
        .group(RESULT)
        .extension();
const TOKEN_EXPIRES_IN: Argument = Argument::new(
    &["--token-expires-in"],
    "Issue tokens that expire after this time: 30s. For expired tokens: --token-expires-in=-1m, with the equals sign.",
)
.group(RESULT)
.extension();
const SHIFT: Argument = Argument::new(
    &["--shift"],
    "Shift the header Date and the times in tokens: 2h. For a clock that is late: --shift=-2h, with the equals sign.",
)
.group(RESULT)
.extension();

const TIMES: Argument = Argument::new(&["--times"], "Hit only so many requests.").group(LIMIT).extension();
const UNTIL: Argument = Argument::new(
    &["--until"],
    "Hit requests until this time of the service: 2026-01-31T12:00:00Z, or 10m from its present time.",
)
.group(LIMIT)
.extension();

pub(crate) const SPEC: CommandSpec = CommandSpec {
    summary: "Add a fault: a running emulator then answers some requests with an error, late, or not as a whole.\n\n\
        Options name the requests, what happens to them, and how often. Without an option for the requests, every \
        request is hit, but no request of the control API and of the health endpoints. Faults end with the \
        emulator. Those of a database stay there, for all emulators that use it.",
    arguments: control::arguments![
        OPERATION,
        METHOD,
        PATH_PATTERN,
        IDENTITY,
        INCLUDE_UNAUTHENTICATED,
        STATUS,
        CODE,
        MESSAGE,
        RETRY_AFTER,
        DELAY,
        DROP,
        TRUNCATE_BODY_AT,
        TOKEN_EXPIRES_IN,
        SHIFT,
        EVERY,
        PROBABILITY,
        SEED,
        TIMES,
        UNTIL,
    ],
    connects: false,
    confirms: false,
    examples: &[
        Example {
            name: "Answer the next three requests for a token with 429",
            command: "{} --operation createIdentity,issueAccessToken --status 429 --retry-after 2 --times 3",
        },
        Example {
            name: "Create identities, but end the connection before the client learns it",
            command: "{} --operation createIdentity --drop after",
        },
        Example {
            name: "Let one in ten requests fail, the same ones in each run",
            command: "{} --status 503 --probability 0.1 --seed 7",
        },
        Example {
            name: "Issue tokens that are about to expire",
            command: "{} --operation createIdentity,issueAccessToken --token-expires-in 30s",
        },
    ],
    run: |invocation| {
        let mut rule = rule(invocation)?;
        let control = Control::find(invocation)?;
        if let Some(until) = until(invocation, &control)? {
            rule.insert("until".to_owned(), until.into());
        }
        let added = control.post(PATH, Body::Json(&Json::Object(rule)))?;
        Ok(Outcome::of(value_of(added)).columns(COLUMNS).foreign())
    },
};

/// The options that say what happens. A rule needs one of them.
const RESULTS: [&Argument; 6] = [&STATUS, &DROP, &TRUNCATE_BODY_AT, &DELAY, &TOKEN_EXPIRES_IN, &SHIFT];

/// Returns the rule that the options describe. The emulator checks which of them go together.
fn rule(invocation: &Invocation<'_>) -> Result<Map<String, Json>, CliError> {
    if RESULTS.iter().all(|option| invocation.given(option).is_none()) {
        let names = RESULTS.map(Argument::key);
        let (last, others) = names.split_last().unwrap_or((&"", &[]));
        return Err(CliError::usage("No option says what happens to the requests.")
            .hint(format!("Give {} or {last}.", others.join(", "))));
    }
    for (option, needed) in [(&SEED, &PROBABILITY), (&CODE, &STATUS), (&MESSAGE, &STATUS), (&RETRY_AFTER, &STATUS)] {
        if invocation.given(option).is_some() && invocation.given(needed).is_none() {
            return Err(CliError::usage(format!("{} needs {}.", option.key(), needed.key())));
        }
    }
    let mut rule = Map::new();
    let mut put = |name: &str, value: Option<Json>| {
        rule.extend(value.map(|value| (name.to_owned(), value)));
    };
    let text = |argument: &Argument| invocation.given(argument).map(Json::from);
    put("operation", text(&OPERATION));
    put("method", text(&METHOD));
    put("path", text(&PATH_PATTERN));
    put("identity", text(&IDENTITY));
    put("every", at_least(invocation, &EVERY, 1)?);
    put("probability", probability(invocation)?);
    put("seed", at_least(invocation, &SEED, 0)?);
    put("includeUnauthenticated", invocation.arguments.has(&INCLUDE_UNAUTHENTICATED).then_some(Json::Bool(true)));
    put("status", count(invocation, &STATUS, &(400..=599_u16))?);
    put("code", text(&CODE));
    put("message", text(&MESSAGE));
    put("retryAfter", retry_after(invocation)?);
    put("delayMilliseconds", milliseconds(invocation)?);
    put("drop", text(&DROP));
    put("truncateBodyAt", count(invocation, &TRUNCATE_BODY_AT, &(0..=1 << 20_u64))?);
    put("tokenExpiresInSeconds", seconds(invocation, &TOKEN_EXPIRES_IN, DAY)?);
    put("shiftSeconds", seconds(invocation, &SHIFT, LONGEST_SHIFT)?);
    put("times", at_least(invocation, &TIMES, 1)?);
    Ok(rule)
}

fn count<T>(
    invocation: &Invocation<'_>,
    argument: &Argument,
    range: &RangeInclusive<T>,
) -> Result<Option<Json>, CliError>
where
    T: FromStr + PartialOrd + Display + Into<Json>,
{
    Ok(number(invocation, argument, range)?.map(Into::into))
}

/// Returns the number of an option that has no greatest value of its own.
fn at_least(invocation: &Invocation<'_>, argument: &Argument, least: u64) -> Result<Option<Json>, CliError> {
    let Some(text) = invocation.given(argument) else { return Ok(None) };
    Ok(Some(parse_at_least(argument.key(), text, least)?.into()))
}

fn retry_after(invocation: &Invocation<'_>) -> Result<Option<Json>, CliError> {
    let Some(text) = invocation.given(&RETRY_AFTER) else { return Ok(None) };
    // The header has seconds.
    let with_unit = if text.bytes().all(|byte| byte.is_ascii_digit()) { format!("{text}s") } else { text.to_owned() };
    Ok(Some(Durations::of(0..=DAY).with_unit().parse(RETRY_AFTER.key(), &with_unit)?.into()))
}

/// Returns the time of `--until`. A duration counts from the present time of the service.
fn until(invocation: &Invocation<'_>, control: &Control) -> Result<Option<String>, CliError> {
    let Some(text) = invocation.given(&UNTIL) else { return Ok(None) };
    let Some(seconds) = parse_duration_with_unit(text).filter(|seconds| (0..=LONGEST_SHIFT).contains(seconds)) else {
        return Ok(Some(text.to_owned()));
    };
    let clock = control.get("/emulator/clock")?;
    let now = clock["now"].as_str().and_then(parse_iso).unwrap_or_else(OffsetDateTime::now_utc);
    Ok(Some(utc(now + Duration::seconds(seconds))))
}

fn probability(invocation: &Invocation<'_>) -> Result<Option<Json>, CliError> {
    let Some(text) = invocation.given(&PROBABILITY) else { return Ok(None) };
    let chance = text.parse::<f64>().ok().filter(|chance| *chance > 0.0 && *chance <= 1.0);
    let chance = chance.and_then(serde_json::Number::from_f64).map(Json::Number);
    chance.map(Some).ok_or_else(|| {
        CliError::usage(format!("--probability must be greater than 0 and at most 1, but it is '{text}'."))
    })
}

fn milliseconds(invocation: &Invocation<'_>) -> Result<Option<Json>, CliError> {
    let Some(text) = invocation.given(&DELAY) else { return Ok(None) };
    match text.strip_suffix("ms").map(str::trim_end) {
        Some(text) => Ok(Some(parse(DELAY.key(), text, &(0..=1000 * LONGEST_DELAY))?.into())),
        None => Ok(Some((1000 * Durations::of(0..=LONGEST_DELAY).with_unit().parse(DELAY.key(), text)?).into())),
    }
}

fn seconds(invocation: &Invocation<'_>, argument: &Argument, most: i64) -> Result<Option<Json>, CliError> {
    Ok(duration(invocation, argument, &Durations::of(-most..=most).with_unit())?.map(Into::into))
}
