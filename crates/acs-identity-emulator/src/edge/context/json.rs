//! JSON bodies.

use std::collections::HashSet;

use serde::de::{Deserialize, DeserializeOwned, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::error::Category;
use serde_json::{Map, Value};

use super::any_case;
use super::members::{self, Member};
use super::request::RequestContext;
use crate::edge::http::error::{HttpError, HttpResult};

/// Reads a JSON body. An empty body and `null` are the default.
pub(crate) fn body_or_default<T: DeserializeOwned + Default>(request: &RequestContext) -> HttpResult<T> {
    if request.body.is_empty() {
        return Ok(T::default());
    }
    check_type(request)?;
    parse(&request.body).map(Option::unwrap_or_default)
}

/// Reads a required JSON body.
pub(crate) fn body<T: DeserializeOwned>(request: &RequestContext) -> HttpResult<T> {
    check_type(request)?;
    parse(&request.body)?.ok_or_else(no_object)
}

/// Reads the required JSON body of an operation of the control API, which has no other members than these.
pub(crate) fn body_with<T: DeserializeOwned>(request: &RequestContext, known: &[Member]) -> HttpResult<T> {
    check_type(request)?;
    let given = object(&request.body)?.ok_or_else(no_object)?;
    members::check(&given, known)?;
    read(given)
}

fn no_object() -> HttpError {
    HttpError::binding("The request body must be a JSON object.", None)
}

fn check_type(request: &RequestContext) -> HttpResult<()> {
    if let Some(kind) = request.head.header("content-type") {
        let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        if !kind.ends_with("json") {
            let message = format!("The content type '{kind}' is not supported; application/json is.");
            return Err(HttpError::new(415, "UnsupportedMediaType", message));
        }
    }
    Ok(())
}

/// Reads JSON. Returns `None` if it is `null`.
pub(crate) fn parse<T: DeserializeOwned>(body: &[u8]) -> HttpResult<Option<T>> {
    let Some(members) = object(body)? else { return Ok(None) };
    read(members).map(Some)
}

/// Reads the members of an object. Returns `None` if the body is `null`.
fn object(body: &[u8]) -> HttpResult<Option<Map<String, Value>>> {
    let mut value: Value = serde_json::from_slice(body).map_err(|error| {
        let why = match error.classify() {
            Category::Eof => format!("it ends too early, in line {} at column {}", error.line(), error.column()),
            Category::Io | Category::Syntax | Category::Data => error.to_string(),
        };
        HttpError::binding(format!("The request body is not valid JSON: {why}."), None)
    })?;
    with_integers(&mut value);
    match value {
        Value::Null => Ok(None),
        Value::Object(members) => Ok(Some(members)),
        // serde would read an array as an object's members in order.
        _ => Err(no_object()),
    }
}

fn read<T: DeserializeOwned>(members: Map<String, Value>) -> HttpResult<T> {
    any_case::from_value(Value::Object(members))
        .map_err(|error| HttpError::binding(format!("The request body is not valid: {error}."), None))
}

/// Refuses a body that has a member twice, in any case, because it would not be clear which of two assignments of one
/// object is meant.
pub(crate) fn check_names_differ(body: &[u8], target: &'static str) -> HttpResult<()> {
    let Ok(names) = serde_json::from_slice::<MemberNames>(body) else { return Ok(()) };
    let mut seen = HashSet::new();
    match names.0.into_iter().find(|name| !seen.insert(name.to_ascii_lowercase())) {
        Some(name) => Err(HttpError::validation(format!("'{name}' is given more than once."), target)),
        None => Ok(()),
    }
}

/// The names of an object's members. A name that occurs twice is listed twice.
struct MemberNames(Vec<String>);

impl<'de> Deserialize<'de> for MemberNames {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Collect;
        impl<'de> Visitor<'de> for Collect {
            type Value = MemberNames;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<MemberNames, A::Error> {
                let mut names = Vec::new();
                while let Some((name, IgnoredAny)) = members.next_entry()? {
                    names.push(name);
                }
                Ok(MemberNames(names))
            }
        }
        deserializer.deserialize_map(Collect)
    }
}

/// Turns `60.0` into `60`, because some clients write all numbers of JSON as floats.
fn with_integers(value: &mut Value) {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    match value {
        Value::Number(number) if number.is_f64() => {
            if let Some(float) = number.as_f64().filter(|float| float.fract() == 0.0 && float.abs() < EXACT) {
                // The cast is exact, because it is a whole number below 2^53.
                #[allow(clippy::cast_possible_truncation)]
                let whole = float as i64;
                *value = whole.into();
            }
        }
        Value::Array(items) => items.iter_mut().for_each(with_integers),
        Value::Object(members) => members.values_mut().for_each(with_integers),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use acs_identity_protocol::models::CreateIdentityRequest;

    #[test]
    fn names_that_differ_in_case_only_are_the_same() {
        assert!(check_names_differ(br#"{"a":1,"b":{"a":1}}"#, "t").is_ok());
        for body in [r#"{"a":1,"a":2}"#, r#"{"a":1,"b":2,"A":null}"#] {
            assert_eq!(check_names_differ(body.as_bytes(), "t").map_err(|error| error.status), Err(400), "{body}");
        }
    }

    #[test]
    fn only_objects_are_bodies() {
        let minutes = |body: &str| {
            parse::<CreateIdentityRequest>(body.as_bytes()).map(|request| request.and_then(|r| r.expires_in_minutes))
        };
        assert_eq!(minutes(r#"{"expiresInMinutes":60.0}"#), Ok(Some(60)));
        assert_eq!(minutes("null"), Ok(None));
        for body in ["[null]", "1", "\"a\"", "{", r#"{"expiresInMinutes":60.5}"#, r#"{"expiresInMinutes":1e99}"#] {
            assert_eq!(minutes(body).map_err(|error| error.status), Err(400), "{body}");
        }
    }
}
