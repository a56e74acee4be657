//! Which operation a path and a method name (docs/service.md, section 1).

use std::sync::OnceLock;

use acs_identity_protocol::api_version::{self, ApiVersion};
use hyper::Method;

/// What a path leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Route {
    Identities,
    Identity(String),
    /// 2020-07-20-preview2's way to issue.
    LegacyToken(String),
    IssueAccessToken(String),
    RevokeAccessTokens(String),
    ExchangeTeamsUser,
    ExchangeTeamsExtension,
    TeamsExtensionAssignment {
        tenant: String,
        object: String,
    },
    ExchangeEntra,
    EntraAssignments,
    EntraAssignment(String),
}

impl Route {
    /// Finds the route of a raw path. Segments are decoded one by one, so that an encoded slash separates nothing.
    pub(super) fn find(path: &str) -> Option<Self> {
        let segments: Option<Vec<String>> = path.strip_prefix('/')?.split('/').map(decode_segment).collect();
        let segments = segments?;
        let words: Vec<&str> = segments.iter().map(String::as_str).collect();
        let is = |word: &str, verb: &str| word.eq_ignore_ascii_case(verb);
        Some(match words[..] {
            ["identities"] => Self::Identities,
            ["identities", id] if !id.is_empty() => Self::Identity(id.to_owned()),
            ["identities", id, "token"] => Self::LegacyToken(id.to_owned()),
            ["identities", id, verb] if is(verb, ":issueAccessToken") => Self::IssueAccessToken(id.to_owned()),
            ["identities", id, verb] if is(verb, ":revokeAccessTokens") => Self::RevokeAccessTokens(id.to_owned()),
            ["teamsUser", verb] if is(verb, ":exchangeAccessToken") => Self::ExchangeTeamsUser,
            ["access", "teamsExtension", verb] if is(verb, ":exchangeAccessToken") => Self::ExchangeTeamsExtension,
            ["access", "teamsExtension", "tenants", tenant, "assignments", object] => {
                Self::TeamsExtensionAssignment { tenant: tenant.to_owned(), object: object.to_owned() }
            }
            ["access", "entra", verb] if is(verb, ":exchangeAccessToken") => Self::ExchangeEntra,
            ["access", "entra", "assignments"] => Self::EntraAssignments,
            ["access", "entra", "assignments", object] if !object.is_empty() => {
                Self::EntraAssignment(object.to_owned())
            }
            _ => return None,
        })
    }

    /// The methods that any version has.
    pub(super) fn methods(&self) -> &'static [Method] {
        match self {
            Self::Identity(_) => &[Method::GET, Method::DELETE, Method::PATCH],
            Self::TeamsExtensionAssignment { .. } | Self::EntraAssignment(_) => {
                &[Method::GET, Method::PUT, Method::DELETE]
            }
            Self::EntraAssignments => &[Method::GET, Method::PATCH],
            _ => &[Method::POST],
        }
    }

    /// The methods that a version has, as an `Allow` header lists them.
    pub(super) fn allow(&self, version: &ApiVersion) -> String {
        let methods = self.methods().iter().filter(|method| self.has(version, method));
        methods.map(Method::as_str).collect::<Vec<_>>().join(", ")
    }

    /// Whether a version has the method here.
    pub(super) fn has(&self, version: &ApiVersion, method: &Method) -> bool {
        self.methods().contains(method) && self.is_in(version, method)
    }

    /// Whether a version has the operation, of one of the methods above.
    pub(super) fn is_in(&self, version: &ApiVersion, method: &Method) -> bool {
        match self {
            Self::Identity(_) if *method == Method::GET => version.custom_id,
            Self::Identity(_) if *method == Method::PATCH => version.legacy,
            Self::LegacyToken(_) => version.legacy,
            Self::IssueAccessToken(_) | Self::RevokeAccessTokens(_) => !version.legacy,
            Self::ExchangeTeamsUser => version.teams_user.is_some(),
            Self::ExchangeTeamsExtension | Self::TeamsExtensionAssignment { .. } => version.teams_extension,
            Self::ExchangeEntra | Self::EntraAssignments | Self::EntraAssignment(_) => version.entra,
            Self::Identities | Self::Identity(_) => true,
        }
    }

    /// Whether the Entra token of the user is itself the credential (docs/service.md, section 2.3).
    pub(super) fn authenticates_itself(&self) -> bool {
        matches!(self, Self::ExchangeTeamsExtension | Self::ExchangeEntra)
    }

    /// The versions for `api-supported-versions`: those of the whole resource, whichever of its operations they have
    /// (docs/service.md, section 1: 2020-07-20-preview2 is announced where tokens are issued, which it does elsewhere).
    pub(super) fn supported_versions(&self) -> &'static str {
        static LISTS: [OnceLock<String>; 4] = [const { OnceLock::new() }; 4];
        let (list, has_it): (_, fn(&ApiVersion) -> bool) = match self {
            Self::ExchangeTeamsUser => (0, |version| version.teams_user.is_some()),
            Self::ExchangeTeamsExtension | Self::TeamsExtensionAssignment { .. } => {
                (1, |version| version.teams_extension)
            }
            Self::ExchangeEntra | Self::EntraAssignments | Self::EntraAssignment(_) => (2, |version| version.entra),
            _ => (3, |_| true),
        };
        LISTS[list].get_or_init(|| {
            let versions = api_version::KNOWN.iter().filter(|version| has_it(version));
            versions.map(|version| version.name).collect::<Vec<_>>().join(", ")
        })
    }
}

/// Decodes `%XX`; `None` where that is not UTF-8.
pub(super) fn decode_segment(segment: &str) -> Option<String> {
    let mut parts = segment.split('%');
    let mut decoded = Vec::with_capacity(segment.len());
    decoded.extend_from_slice(parts.next().unwrap_or_default().as_bytes());
    for part in parts {
        let hex = part.get(..2).filter(|hex| hex.bytes().all(|digit| digit.is_ascii_hexdigit()));
        match hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(code) => {
                decoded.push(code);
                decoded.extend_from_slice(&part.as_bytes()[2..]);
            }
            None => {
                decoded.push(b'%');
                decoded.extend_from_slice(part.as_bytes());
            }
        }
    }
    String::from_utf8(decoded).ok()
}

/// A parameter of a query or of a form, its name in any case.
pub(super) fn query_parameter(query: &str, name: &str) -> Option<String> {
    query.split('&').find_map(|pair| {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        let key = decode_segment(&key.replace('+', " "))?;
        key.eq_ignore_ascii_case(name).then(|| decode_segment(&value.replace('+', " "))).flatten()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_are_decoded_alone() {
        assert_eq!(decode_segment("8%3Aacs%3aa_b").as_deref(), Some("8:acs:a_b"));
        assert_eq!(decode_segment("%zz%4").as_deref(), Some("%zz%4"));
        assert_eq!(decode_segment("%25é%%41%+1%2é").as_deref(), Some("%é%A%+1%2é"));
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
