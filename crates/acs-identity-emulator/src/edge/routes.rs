//! The operations of the service by path, method and api-version (service.md, section 1).

use acs_identity_protocol::api_version::{self, ApiVersion};
use hyper::Method;
use serde::de::DeserializeOwned;

use super::responses::Answer;
use super::{Edge, Received};
use crate::core::{Refusal, Refused};

/// What a path leads to.
enum Route {
    Identities,
    Identity(String),
    IssueAccessToken(String),
    RevokeAccessTokens(String),
    ExchangeTeamsUser,
}

impl Route {
    /// Finds the route of a raw path. Segments are decoded one by one, so that an encoded slash separates nothing.
    fn find(path: &str) -> Option<Self> {
        let segments: Option<Vec<String>> = path.strip_prefix('/')?.split('/').map(decode_segment).collect();
        let segments = segments?;
        let words: Vec<&str> = segments.iter().map(String::as_str).collect();
        Some(match words[..] {
            ["identities"] => Self::Identities,
            ["identities", id] if !id.is_empty() => Self::Identity(id.to_owned()),
            ["identities", id, verb] if verb.eq_ignore_ascii_case(":issueAccessToken") => {
                Self::IssueAccessToken(id.to_owned())
            }
            ["identities", id, verb] if verb.eq_ignore_ascii_case(":revokeAccessTokens") => {
                Self::RevokeAccessTokens(id.to_owned())
            }
            ["teamsUser", verb] if verb.eq_ignore_ascii_case(":exchangeAccessToken") => Self::ExchangeTeamsUser,
            _ => return None,
        })
    }

    fn methods(&self) -> &'static [Method] {
        match self {
            Self::Identity(_) => &[Method::GET, Method::DELETE],
            _ => &[Method::POST],
        }
    }

    /// Whether a version has the operation.
    fn is_in(&self, version: &ApiVersion, method: &Method) -> bool {
        match self {
            Self::Identity(_) if *method == Method::GET => version.custom_id,
            Self::IssueAccessToken(_) | Self::RevokeAccessTokens(_) => !version.legacy,
            Self::ExchangeTeamsUser => version.teams_user.is_some(),
            _ => true,
        }
    }
}

/// Decodes `%XX`; `None` where that is not UTF-8.
pub(super) fn decode_segment(segment: &str) -> Option<String> {
    let bytes = segment.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let hex = bytes.get(at + 1..at + 3).and_then(|hex| std::str::from_utf8(hex).ok());
        match hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()).filter(|_| byte == b'%') {
            Some(code) => {
                decoded.push(code);
                at += 3;
            }
            None => {
                decoded.push(byte);
                at += 1;
            }
        }
    }
    String::from_utf8(decoded).ok()
}

/// A query parameter, its name in any case.
fn query_parameter(query: &str, name: &str) -> Option<String> {
    query.split('&').find_map(|pair| {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        let key = decode_segment(&key.replace('+', " "))?;
        key.eq_ignore_ascii_case(name).then(|| decode_segment(&value.replace('+', " "))).flatten()
    })
}

impl Edge {
    pub(super) async fn route(&self, request: &Received) -> Answer {
        let Some(route) = Route::find(request.path()) else {
            return Answer::refused(Refusal::http(
                404,
                "NotFound",
                format!("There is no resource at '{}'.", request.path()),
            ));
        };
        if !route.methods().contains(&request.method) {
            let message = format!("The method {} is not allowed here.", request.method);
            let answer = Answer::refused(Refusal::http(405, "MethodNotAllowed", message));
            return match route {
                Route::Identity(_) => answer.with("allow", "GET, DELETE"),
                _ => answer.with("allow", "POST"),
            };
        }
        let versions = supported_versions(&route, &request.method);
        let result = match self.version(request, &route) {
            Ok(version) => self.operation(route, version, request).await,
            Err(refusal) => Err(refusal),
        };
        Answer::of(result, &versions)
    }

    /// The api-version of the request. One that is newer than all known ones is served as the newest.
    fn version(&self, request: &Received, route: &Route) -> Refused<&'static ApiVersion> {
        let Some(name) = query_parameter(request.query(), "api-version").filter(|name| !name.is_empty()) else {
            return Err(Refusal::api_version(
                "ApiVersionUnspecified",
                "An API version is required, but was not specified.",
            ));
        };
        let known = ApiVersion::find(&name).or_else(|| {
            let newer = ApiVersion::is_newer_than_known(&name) && !self.config.strict_api_version;
            newer.then(|| {
                let newest = ApiVersion::newest();
                crate::log::warn(&format!("api-version {name} is unknown; it is served as {}", newest.name));
                newest
            })
        });
        known.filter(|version| route.is_in(version, &request.method)).ok_or_else(|| {
            Refusal::api_version(
                acs_identity_protocol::error::codes::UNSUPPORTED_API_VERSION,
                format!(
                    "The HTTP resource that matches the request URI '{}{}' does not support the API version '{name}'.",
                    self.base,
                    request.path()
                ),
            )
        })
    }

    async fn operation(&self, route: Route, version: &'static ApiVersion, request: &Received) -> Refused<Answer> {
        let core = &self.core;
        match route {
            Route::Identities => {
                let created = core.create(version, body_or_default(request)?).await?;
                if version.legacy {
                    return Ok(Answer::json(200, &created.identity));
                }
                Ok(Answer::json(201, &created))
            }
            Route::Identity(id) if request.method == Method::GET => Ok(Answer::json(200, &core.get(version, &id)?)),
            Route::Identity(id) => core.delete(&id).await.map(|()| Answer::no_content()),
            Route::IssueAccessToken(id) => {
                Ok(Answer::json(200, &core.issue(version, &id, body_or_default(request)?).await?))
            }
            Route::RevokeAccessTokens(id) => core.revoke(&id).await.map(|()| Answer::no_content()),
            Route::ExchangeTeamsUser => {
                let body = version.teams_user.ok_or_else(|| Refusal::fault("no teamsUser in this version"))?;
                Ok(Answer::json(200, &core.exchange_teams_user(body, body_or_default(request)?).await?))
            }
        }
    }
}

/// Reads a JSON body; an empty one is the default.
fn body_or_default<T: DeserializeOwned + Default>(request: &Received) -> Refused<T> {
    if request.body.is_empty() {
        return Ok(T::default());
    }
    if let Some(kind) = request.header("content-type") {
        let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        if !kind.ends_with("json") {
            let message = format!("The content type '{kind}' is not supported; application/json is.");
            return Err(Refusal::http(415, "UnsupportedMediaType", message));
        }
    }
    serde_json::from_slice::<Option<T>>(&request.body)
        .map(Option::unwrap_or_default)
        .map_err(|error| Refusal::binding(format!("The request body is not valid: {error}."), None))
}

/// The versions that have the operation, for `api-supported-versions`.
fn supported_versions(route: &Route, method: &Method) -> String {
    let names: Vec<&str> =
        api_version::KNOWN.iter().filter(|version| route.is_in(version, method)).map(|version| version.name).collect();
    names.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_are_decoded_alone() {
        assert_eq!(decode_segment("8%3Aacs%3aa_b").as_deref(), Some("8:acs:a_b"));
        assert_eq!(decode_segment("%zz%4").as_deref(), Some("%zz%4"));
        assert_eq!(decode_segment("%ff"), None);
        assert!(matches!(Route::find("/identities/a%2Fb"), Some(Route::Identity(id)) if id == "a/b"));
        assert!(Route::find("/identities/a/b").is_none());
        assert!(Route::find("/identities/").is_none());
    }

    #[test]
    fn parameters_are_found_in_any_case() {
        assert_eq!(query_parameter("a=1&API-Version=2023%2D10-01", "api-version").as_deref(), Some("2023-10-01"));
        assert_eq!(query_parameter("", "api-version"), None);
    }
}
