//! JSON bodies.

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::Received;
use crate::core::{Refusal, Refused};

/// Reads a JSON body; an empty one is the default, and so is `null`.
pub(super) fn body_or_default<T: DeserializeOwned + Default>(request: &Received) -> Refused<T> {
    if request.body.is_empty() {
        return Ok(T::default());
    }
    check_type(request)?;
    parse(&request.body).map(Option::unwrap_or_default)
}

/// Reads a JSON body that must be there.
pub(super) fn body<T: DeserializeOwned>(request: &Received) -> Refused<T> {
    check_type(request)?;
    parse(&request.body)?.ok_or_else(|| Refusal::binding("The request body must be a JSON object.", None))
}

fn check_type(request: &Received) -> Refused<()> {
    if let Some(kind) = request.header("content-type") {
        let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        if !kind.ends_with("json") {
            let message = format!("The content type '{kind}' is not supported; application/json is.");
            return Err(Refusal::http(415, "UnsupportedMediaType", message));
        }
    }
    Ok(())
}

fn parse<T: DeserializeOwned>(body: &[u8]) -> Refused<Option<T>> {
    let invalid = |error: serde_json::Error| Refusal::binding(format!("The request body is not valid: {error}."), None);
    // Most bodies are what is wanted at once.
    if body.first() == Some(&b'{')
        && let Ok(value) = serde_json::from_slice(body)
    {
        return Ok(Some(value));
    }
    let mut value: Value = serde_json::from_slice(body).map_err(invalid)?;
    match &value {
        Value::Null => return Ok(None),
        Value::Object(_) => {}
        // serde would read an array as an object's members in order.
        _ => return Err(Refusal::binding("The request body must be a JSON object.", None)),
    }
    with_integers(&mut value);
    serde_json::from_value(value).map(Some).map_err(invalid)
}

/// Turns `60.0` into `60`: JSON has one kind of number, and some clients write all of them as floats.
fn with_integers(value: &mut Value) {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    match value {
        Value::Number(number) if number.is_f64() => {
            if let Some(float) = number.as_f64().filter(|float| float.fract() == 0.0 && float.abs() < EXACT) {
                // Exact: it is a whole number below 2^53.
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
    fn only_objects_are_bodies() {
        let minutes = |body: &str| {
            parse::<CreateIdentityRequest>(body.as_bytes()).map(|request| request.and_then(|r| r.expires_in_minutes))
        };
        assert_eq!(minutes(r#"{"expiresInMinutes":60.0}"#), Ok(Some(60)));
        assert_eq!(minutes("null"), Ok(None));
        for body in ["[null]", "1", "\"a\"", "{", r#"{"expiresInMinutes":60.5}"#, r#"{"expiresInMinutes":1e99}"#] {
            assert_eq!(minutes(body).map_err(|refusal| refusal.status), Err(400), "{body}");
        }
    }
}
