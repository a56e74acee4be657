//! The checks of fields that several operations share.

use acs_identity_protocol::api_version::ApiVersion;
use acs_identity_protocol::raw_id::is_guid;
use acs_identity_protocol::scope::TokenScope;

use super::refusal::{Field, Refusal, Refused};

const MIN_MINUTES: i64 = 60;

/// No access token lives longer than this.
pub(super) const MAX_MINUTES: i64 = 1440;

/// Returns the value of a required field.
pub(super) fn required<T>(value: Option<T>, field: Field) -> Refused<T> {
    value.ok_or(Refusal::Missing(field))
}

/// Parses a GUID. Returns it in lower case.
pub(super) fn guid(value: &str, field: Field) -> Refused<String> {
    if is_guid(value) { Ok(value.to_ascii_lowercase()) } else { Err(Refusal::NotAGuid(field)) }
}

/// Returns the lifetime in minutes that a request asks for.
pub(super) fn minutes(asked: Option<i32>) -> Refused<i64> {
    let minutes = asked.map_or(MAX_MINUTES, i64::from);
    if (MIN_MINUTES..=MAX_MINUTES).contains(&minutes) {
        return Ok(minutes);
    }
    Err(Refusal::Lifetime { minutes, least: MIN_MINUTES, most: MAX_MINUTES })
}

/// Returns the scopes that a request asks for, each of them once, in the order of the request.
pub(super) fn scopes(asked: &[TokenScope], version: &ApiVersion) -> Refused<Vec<TokenScope>> {
    if asked.is_empty() {
        return Err(Refusal::NoScopes);
    }
    let mut granted: Vec<TokenScope> = Vec::new();
    for scope in asked {
        // `pstn` existed in the first preview only (docs/service.md, section 1).
        let known = (scope.is_known() && (version.join_scopes || !scope.is_join()))
            || (version.legacy && scope.as_str() == "pstn");
        if !known {
            return Err(Refusal::UnknownScope(scope.clone()));
        }
        if !granted.contains(scope) {
            granted.push(scope.clone());
        }
    }
    Ok(granted)
}
