//! A route: the facts about a path and its methods, except for the handler.

use acs_identity_protocol::api_version::ApiVersion;
use hyper::Method;

use super::versions::Versions;
use crate::edge::http::path::decode_segment;

pub(crate) const GET: &[Method] = &[Method::GET];
pub(crate) const GET_HEAD: &[Method] = &[Method::GET, Method::HEAD];
pub(crate) const POST: &[Method] = &[Method::POST];
pub(crate) const PUT: &[Method] = &[Method::PUT];
pub(crate) const PATCH: &[Method] = &[Method::PATCH];
pub(crate) const DELETE: &[Method] = &[Method::DELETE];

/// A route. Several routes of one path have different methods, and the same callers.
#[derive(Debug)]
pub(crate) struct Route {
    /// The name of the operation, as in the OpenAPI document.
    pub(crate) operation: &'static str,
    pub(crate) methods: &'static [Method],
    /// Literal segments, and values in braces, as in the OpenAPI document.
    pub(crate) path: &'static str,
    pub(crate) side: Side,
    /// The api-versions. `None` if the route has none.
    pub(crate) versions: Option<Versions>,
    /// Who may call.
    pub(crate) callers: Callers,
    /// The rate limit that applies to a request.
    pub(crate) class: Option<ThrottleClass>,
    /// Whether web pages of allowed origins may call.
    pub(crate) web_pages: WebPages,
    /// The largest body.
    pub(crate) body: BodySize,
    /// The parameters of the query, if the route belongs to the control API.
    pub(crate) parameters: &'static [&'static str],
    /// Whether it changes nothing, although it has a method for changes.
    pub(crate) looks: bool,
    /// Whether its answers do not depend on anything that the store has.
    pub(crate) is_fixed: bool,
}

/// The largest body of the requests of a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BodySize {
    /// The limit for requests of the service.
    Usual,
    /// A whole state.
    State,
}

/// The API to which a route belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    /// The API of the service.
    Service,
    /// The emulator's own API.
    Emulator,
    /// The API of Entra.
    Entra,
}

/// Who may call a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Callers {
    /// Any client.
    Anyone,
    /// A client on this machine that knows the emulator by one of its names. There is no credential.
    ThisMachine,
    /// A client on this machine, as in `ThisMachine`, or a web page of an allowed origin in its browser. There is no
    /// credential.
    FrontEnd,
    /// Callers with an access key or with an Entra token for management. The handler checks the credential of other
    /// clients, if they have one.
    Holders,
    /// The handler checks the credential itself: a secret, or the Entra token of a user.
    CheckedByHandler,
    /// Callers with an access key or with an Entra token for management.
    Management,
    /// Callers with an access key or with the control secret.
    Control,
    /// Callers with an access key or with the control secret, and the Entra applications in the configuration.
    Keys,
}

/// The rate limit that applies to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ThrottleClass {
    /// Creations with and without a token have separate limits.
    Create,
    Delete,
    Issue,
    Revoke,
    Exchange,
}

/// Whether web pages of allowed origins may call a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WebPages {
    Allowed,
    /// A route of the emulator's own API still answers the emulator's own page.
    Refused,
}

/// A value in a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PathValue {
    Id,
    ObjectId,
    FaultId,
    /// The tenant of an Entra endpoint: a GUID, a domain, or a word such as `common`.
    Tenant,
    TenantId,
}

impl PathValue {
    /// Returns the value that a segment of a route's path stands for, or `None` for a literal segment.
    fn of(part: &str) -> Option<Self> {
        match part {
            "{id}" => Some(Self::Id),
            "{objectId}" => Some(Self::ObjectId),
            "{faultId}" => Some(Self::FaultId),
            "{tenant}" => Some(Self::Tenant),
            "{tenantId}" => Some(Self::TenantId),
            _ => None,
        }
    }

    fn can_be(self, text: &str) -> bool {
        self != Self::Tenant || is_tenant(text)
    }
}

/// Returns whether a text can be the tenant of an Entra endpoint.
fn is_tenant(text: &str) -> bool {
    (1..=253).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_'))
}

impl Route {
    /// Returns the values of a raw path, if it is a path of this route. The case of literal segments is ignored, as in
    /// ASP.NET. Segments are decoded one by one, so an encoded slash does not separate segments. The last segment must
    /// not be empty.
    pub(crate) fn values_of(&self, path: &str) -> Option<Vec<(PathValue, String)>> {
        let mut values = Vec::new();
        let (mut parts, mut segments) = (self.path.split('/'), path.split('/'));
        loop {
            let (part, segment) = match (parts.next(), segments.next()) {
                (None, None) => return Some(values),
                (part, segment) => (part?, segment?),
            };
            match PathValue::of(part) {
                Some(value) => {
                    let is_last = parts.clone().next().is_none();
                    let text = decode_segment(segment).filter(|text| !(is_last && text.is_empty()))?;
                    values.push((value, value.can_be(&text).then_some(text)?));
                }
                None if !self.is_word(part, segment) => return None,
                None => {}
            }
        }
    }

    /// Returns whether a segment is that word. In the emulator's own paths, letters are not percent-encoded.
    fn is_word(&self, word: &str, segment: &str) -> bool {
        segment.eq_ignore_ascii_case(word)
            || (self.side != Side::Emulator
                && segment.contains('%')
                && decode_segment(segment).is_some_and(|decoded| decoded.eq_ignore_ascii_case(word)))
    }

    /// Returns whether the route belongs to the control API, which has a version of its own.
    pub(crate) fn is_of_control_api(&self) -> bool {
        is_path_of_control_api(self.path)
    }

    /// Returns whether the route is one of those that steer and watch the emulator. Faults never hit it.
    pub(crate) fn is_for_steering(&self) -> bool {
        (self.is_of_control_api() && self.callers != Callers::FrontEnd) || self.is_probe()
    }

    /// Whether it says how the emulator is.
    pub(crate) fn is_probe(&self) -> bool {
        self.path.starts_with("/health")
    }

    /// Returns whether the emulator's own page is the only web page that may call the route.
    pub(crate) fn is_for_own_page(&self) -> bool {
        self.side == Side::Emulator && self.web_pages == WebPages::Refused
    }

    /// Returns whether a request of the route changes nothing.
    pub(crate) fn only_looks(&self) -> bool {
        self.looks || self.has(&Method::GET)
    }

    /// Returns whether the route has the method in any api-version.
    pub(crate) fn has(&self, method: &Method) -> bool {
        self.methods.contains(method)
    }

    /// Returns whether a version has the route.
    pub(crate) fn is_in(&self, version: &ApiVersion) -> bool {
        self.versions.is_none_or(|versions| versions.contain(version))
    }
}

/// Returns whether a path is one of the control API, whether it exists or not.
pub(crate) fn is_path_of_control_api(path: &str) -> bool {
    let segment = path.split('/').nth(1).unwrap_or_default();
    segment.eq_ignore_ascii_case("emulator")
}
