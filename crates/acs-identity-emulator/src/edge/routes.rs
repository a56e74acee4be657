//! The table of all routes: the service, what the emulator has beside it, and the Entra side.

use hyper::Method;

use super::path::decode_segment;
use super::resources::Resource;

/// What a path leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Route {
    /// An operation of the service.
    Service(Resource),
    /// What needs no authentication.
    Public(Public),
    /// Whether a token is active.
    Introspect,
    /// What rules the emulator.
    Control(Control),
    /// What Entra answers, not the service.
    Entra(Entra),
    /// Nothing.
    Unknown,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Public {
    Health,
    Live,
    Ready,
    OpenApi,
    TokenMetadata,
    TokenKeys,
    /// The announced `controlEndpoint`.
    Index,
    CaCertificate,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Control {
    EntraToken,
    ListKeys,
    RegenerateKey,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Entra {
    Token {
        tenant: String,
    },
    DeviceCode {
        tenant: String,
    },
    /// The page that device codes name.
    DeviceLogin,
    Keys,
    Metadata {
        tenant: String,
    },
    /// The managed identity of App Service.
    AppService,
    /// That of a virtual machine.
    Imds,
}

/// Who may come in by a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Admission {
    /// Anybody.
    Anyone,
    /// Whoever is on this machine and knows it by a name of ours. There is no credential.
    ThisMachine,
    /// Whoever brings what the operation itself looks at: a secret, or the Entra token of a user.
    Itself,
    /// Whoever has an access key or an Entra token for management.
    Callers,
    /// Whoever has an access key or the control secret.
    Control,
    /// They, and the Entra callers that the operator named.
    Keys,
}

/// What the emulator has beside the service: each path, and where it leads.
pub(super) const PUBLIC: [(&str, Public); 9] = [
    ("/health", Public::Health),
    ("/health/live", Public::Live),
    ("/health/ready", Public::Ready),
    ("/openapi.json", Public::OpenApi),
    ("/.well-known/openid-configuration", Public::TokenMetadata),
    ("/.well-known/jwks.json", Public::TokenKeys),
    ("/emulator/", Public::Index),
    ("/emulator", Public::Index),
    ("/emulator/ca.pem", Public::CaCertificate),
];
pub(super) const CONTROL: [(&str, Control); 3] = [
    ("/emulator/entra-token", Control::EntraToken),
    ("/emulator/list-keys", Control::ListKeys),
    ("/emulator/regenerate-key", Control::RegenerateKey),
];
pub(super) const INTROSPECT: &str = "/introspect";

const GET: &[Method] = &[Method::GET];
const GET_HEAD: &[Method] = &[Method::GET, Method::HEAD];
const POST: &[Method] = &[Method::POST];

impl Route {
    /// Finds the route of a raw path. Words count in any case, as ASP.NET takes them. Segments are decoded one by one, so that an
    /// encoded slash separates nothing.
    pub(super) fn find(path: &str) -> Self {
        if let Some((_, public)) = PUBLIC.iter().find(|(known, _)| path.eq_ignore_ascii_case(known)) {
            return Self::Public(*public);
        }
        if let Some((_, control)) = CONTROL.iter().find(|(known, _)| path.eq_ignore_ascii_case(known)) {
            return Self::Control(*control);
        }
        if path.eq_ignore_ascii_case(INTROSPECT) {
            return Self::Introspect;
        }
        let segments = path.strip_prefix('/').map(|path| path.split('/').map(decode_segment));
        let Some(segments) = segments.and_then(Iterator::collect::<Option<Vec<String>>>) else { return Self::Unknown };
        if let Some(resource) = Resource::find(&segments) {
            return Self::Service(resource);
        }
        Entra::find(&segments).map_or(Self::Unknown, Self::Entra)
    }

    /// The methods that it has; of the service, in any api-version.
    pub(super) fn methods(&self) -> &'static [Method] {
        match self {
            Self::Service(resource) => resource.methods(),
            Self::Public(_) | Self::Entra(Entra::DeviceLogin) => GET_HEAD,
            Self::Introspect | Self::Control(_) => POST,
            Self::Entra(Entra::Token { .. } | Entra::DeviceCode { .. }) => POST,
            Self::Entra(Entra::Keys | Entra::Metadata { .. } | Entra::AppService | Entra::Imds) => GET,
            Self::Unknown => &[],
        }
    }

    /// Who may come in.
    pub(super) fn admission(&self) -> Admission {
        match self {
            Self::Service(Resource::ExchangeTeamsExtension | Resource::ExchangeEntra) => Admission::Itself,
            Self::Service(_) | Self::Introspect | Self::Unknown => Admission::Callers,
            Self::Public(_) => Admission::Anyone,
            Self::Control(Control::EntraToken) => Admission::Control,
            Self::Control(Control::ListKeys | Control::RegenerateKey) => Admission::Keys,
            Self::Entra(Entra::Keys | Entra::Metadata { .. }) => Admission::Anyone,
            Self::Entra(Entra::Token { .. } | Entra::AppService) => Admission::Itself,
            Self::Entra(Entra::DeviceCode { .. } | Entra::DeviceLogin | Entra::Imds) => Admission::ThisMachine,
        }
    }

    /// Whether pages in browsers may ask, where their origin is allowed: the service, and what verifies its tokens.
    pub(super) fn is_for_browsers(&self) -> bool {
        match self {
            Self::Service(_) | Self::Introspect | Self::Public(_) | Self::Unknown => true,
            Self::Control(_) => false,
            Self::Entra(entra) => matches!(entra, Entra::Keys | Entra::Metadata { .. }),
        }
    }
}

impl Entra {
    fn find(segments: &[String]) -> Option<Self> {
        let lower: Vec<String> = segments.iter().map(|segment| segment.to_ascii_lowercase()).collect();
        let words: Vec<&str> = lower.iter().map(String::as_str).collect();
        match words[..] {
            ["devicelogin"] => return Some(Self::DeviceLogin),
            ["msi", "token"] => return Some(Self::AppService),
            ["metadata", "identity", "oauth2", "token"] => return Some(Self::Imds),
            _ => {}
        }
        let tenant = segments.first().filter(|tenant| is_tenant(tenant))?.clone();
        Some(match words[1..] {
            ["oauth2", "v2.0", "token"] | ["oauth2", "token"] => Self::Token { tenant },
            ["oauth2", "v2.0", "devicecode"] | ["oauth2", "devicecode"] => Self::DeviceCode { tenant },
            ["discovery", "v2.0", "keys"] | ["discovery", "keys"] => Self::Keys,
            ["v2.0", ".well-known", "openid-configuration"] | [".well-known", "openid-configuration"] => {
                Self::Metadata { tenant }
            }
            _ => return None,
        })
    }
}

/// A tenant is a GUID, a domain, or a word such as `common`.
fn is_tenant(text: &str) -> bool {
    (1..=253).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_are_told_apart_before_they_are_decoded() {
        let identity = |id: &str| Route::Service(Resource::Identity(id.to_owned()));
        assert_eq!(Route::find("/identities/a%2Fb"), identity("a/b"));
        assert_eq!(Route::find("/identities/%ff"), Route::Unknown);
        assert_eq!(Route::find("/identities/a/b"), Route::Unknown);
        assert_eq!(Route::find("/identities/"), Route::Unknown);
        assert_eq!(Route::find("identities"), Route::Unknown);
    }

    #[test]
    fn words_of_a_path_count_in_any_case_and_values_stay() {
        let tenant = || "AbC".to_owned();
        for (path, expected) in [
            ("/IDENTITIES", Route::Service(Resource::Identities)),
            ("/Identities/8:ACS:X/:IssueAccessToken", Route::Service(Resource::IssueAccessToken("8:ACS:X".into()))),
            ("/TeamsUser/:exchangeaccesstoken", Route::Service(Resource::ExchangeTeamsUser)),
            ("/Access/Entra/Assignments/O", Route::Service(Resource::EntraAssignment("O".into()))),
            ("/Health/Ready", Route::Public(Public::Ready)),
            ("/Emulator/List-Keys", Route::Control(Control::ListKeys)),
            ("/Introspect", Route::Introspect),
            ("/AbC/OAuth2/V2.0/Token", Route::Entra(Entra::Token { tenant: tenant() })),
            ("/MSI/token", Route::Entra(Entra::AppService)),
            ("/metadata/identity/oauth2/token", Route::Entra(Entra::Imds)),
            ("/a%20b/oauth2/token", Route::Unknown),
        ] {
            assert_eq!(Route::find(path), expected, "{path}");
        }
    }

    /// All that there is, by what is described.
    #[test]
    fn every_described_path_is_found_in_any_case() {
        let document: serde_json::Value = serde_json::from_str(include_str!("../openapi.json")).unwrap();
        let paths = document["paths"].as_object().unwrap();
        assert!(paths.len() > 20, "{}", paths.len());
        for path in paths.keys() {
            let path = path.replace(['{', '}'], "");
            let changed = |change: fn(&str) -> String| {
                let segments = path.split('/').map(|segment| match segment {
                    "id" | "tenantId" | "objectId" | "tenant" => segment.to_owned(),
                    word => change(word),
                });
                segments.collect::<Vec<String>>().join("/")
            };
            let expected = Route::find(&path);
            assert_ne!(expected, Route::Unknown, "{path}");
            for other in [changed(str::to_uppercase), changed(str::to_lowercase)] {
                assert_eq!(Route::find(&other), expected, "{other}");
            }
        }
    }
}
