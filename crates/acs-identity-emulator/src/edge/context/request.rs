//! The context of a request, which every step receives.

use std::net::IpAddr;
use std::sync::{Arc, OnceLock};

use acs_identity_protocol::api_version::ApiVersion;
use acs_identity_protocol::models::CreateIdentityResult;

use time::Duration;

use super::principal::Principal;
use crate::core::TokenTimes;
use crate::edge::http::body::HeldBody;
use crate::edge::http::connection::Connection;
use crate::edge::http::head::Head;
use crate::edge::http::host::HostName;
use crate::edge::routes::route::{Callers, PathValue, Route, WebPages};
use crate::faults::Fault;

/// A request, and the facts that are known about it so far.
pub(crate) struct RequestContext {
    pub(crate) peer: IpAddr,
    pub(crate) connection: Arc<Connection>,
    pub(crate) head: Head,
    /// The host of the `Host` header.
    pub(crate) host: Option<HostName>,
    /// The route of the path and the method. If the path has no such method, the first route of the path. `None` if the
    /// path does not exist.
    pub(crate) route: Option<&'static Route>,
    values: Vec<(PathValue, String)>,
    /// The api-version of the request. It is the newest one if the route has no versions.
    pub(crate) version: &'static ApiVersion,
    pub(crate) caller: Principal,
    /// Empty until it is read.
    pub(crate) body: HeldBody,
    /// The fault that hits the request.
    pub(crate) fault: Option<Arc<Fault>>,
    /// The raw id of the identity that the operation has made or found.
    made: OnceLock<String>,
}

impl RequestContext {
    pub(crate) fn new(
        head: Head,
        connection: Arc<Connection>,
        route: Option<&'static Route>,
        values: Vec<(PathValue, String)>,
    ) -> Self {
        let host = head.header("host").and_then(HostName::parse);
        Self {
            peer: connection.peer_ip(),
            connection,
            head,
            host,
            route,
            values,
            version: ApiVersion::newest(),
            caller: Principal::Anyone,
            body: HeldBody::default(),
            fault: None,
            made: OnceLock::new(),
        }
    }

    /// Returns the text of a value in the path.
    pub(crate) fn value(&self, value: PathValue) -> &str {
        self.values.iter().find(|(known, _)| *known == value).map_or("", |(_, text)| text)
    }

    /// Notes the identity of a result, for the log of requests.
    pub(crate) fn note_identity(&self, result: &CreateIdentityResult) {
        if let Some(id) = result.identity.as_ref().and_then(|identity| identity.id.as_ref()) {
            self.note_made(id.clone());
        }
    }

    /// Notes the raw id of an identity that the operation has made or found.
    pub(crate) fn note_made(&self, id: String) {
        self.made.get_or_init(|| id);
    }

    /// Returns the id of the identity that the request is about: in the path, or else in the result. Returns an empty
    /// text if there is none.
    pub(crate) fn identity(&self) -> &str {
        match self.value(PathValue::Id) {
            "" => self.made.get().map_or("", String::as_str),
            id => id,
        }
    }

    /// Returns the name of the operation. `None` if the path or its method does not exist.
    pub(crate) fn operation(&self) -> Option<&'static str> {
        self.route.filter(|route| route.has(&self.head.method)).map(|route| route.operation)
    }

    /// Returns how the times in a token are changed.
    pub(crate) fn token_times(&self) -> TokenTimes {
        let Some(fault) = &self.fault else { return TokenTimes::default() };
        let seconds = Duration::seconds;
        TokenTimes {
            ahead: fault.rule.shift_seconds.map_or(Duration::ZERO, seconds),
            expires_in: fault.rule.token_expires_in_seconds.map(seconds),
        }
    }

    /// Returns who may call. Only callers of the service learn that a path does not exist.
    pub(crate) fn callers(&self) -> Callers {
        self.route.map_or(Callers::Management, |route| route.callers)
    }

    /// Returns whether web pages of allowed origins may call.
    pub(crate) fn is_for_web_pages(&self) -> bool {
        self.route.is_none_or(|route| route.web_pages == WebPages::Allowed)
    }
}
