//! The resources of the service: which methods each one has, and in which api-versions (docs/service.md, section 1).

use std::sync::OnceLock;

use acs_identity_protocol::api_version::{self, ApiVersion};
use hyper::Method;

/// What a path of the service leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Resource {
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

impl Resource {
    /// Finds the resource of a path. ASP.NET takes the words of a path in any case.
    pub(super) fn find(segments: &[String]) -> Option<Self> {
        let is = |at: usize, word: &str| segments.get(at).is_some_and(|segment| segment.eq_ignore_ascii_case(word));
        let value = |at: usize| segments.get(at).cloned().unwrap_or_default();
        let access = |word: &str| is(0, "access") && is(1, word);
        Some(match segments.len() {
            1 if is(0, "identities") => Self::Identities,
            2 if is(0, "identities") && !segments[1].is_empty() => Self::Identity(value(1)),
            3 if is(0, "identities") && is(2, "token") => Self::LegacyToken(value(1)),
            3 if is(0, "identities") && is(2, ":issueAccessToken") => Self::IssueAccessToken(value(1)),
            3 if is(0, "identities") && is(2, ":revokeAccessTokens") => Self::RevokeAccessTokens(value(1)),
            2 if is(0, "teamsUser") && is(1, ":exchangeAccessToken") => Self::ExchangeTeamsUser,
            3 if access("teamsExtension") && is(2, ":exchangeAccessToken") => Self::ExchangeTeamsExtension,
            6 if access("teamsExtension") && is(2, "tenants") && is(4, "assignments") => {
                Self::TeamsExtensionAssignment { tenant: value(3), object: value(5) }
            }
            3 if access("entra") && is(2, ":exchangeAccessToken") => Self::ExchangeEntra,
            3 if access("entra") && is(2, "assignments") => Self::EntraAssignments,
            4 if access("entra") && is(2, "assignments") && !segments[3].is_empty() => Self::EntraAssignment(value(3)),
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
