//! A request on its way: the one value that every step is given.

use std::net::IpAddr;
use std::sync::Arc;

use acs_identity_protocol::api_version::ApiVersion;

use super::body::Held;
use super::connection::Connection;
use super::head::Head;
use super::host::HostName;
use crate::edge::callers::principal::Principal;
use crate::edge::routes::route::{Callers, Route, Value};

/// A request, with what is known of it so far.
pub(crate) struct RequestContext {
    pub(crate) peer: IpAddr,
    pub(crate) connection: Arc<Connection>,
    pub(crate) head: Head,
    /// What the `Host` header names.
    pub(crate) host: Option<HostName>,
    /// The route of the path; of the method, too, where the path has that. `None` where the path leads nowhere.
    pub(crate) route: Option<&'static Route>,
    values: Vec<(Value, String)>,
    /// The api-version that is served; the newest where the route has none.
    pub(crate) version: &'static ApiVersion,
    pub(crate) caller: Principal,
    /// Empty until it is read.
    pub(crate) body: Held,
}

impl RequestContext {
    pub(crate) fn new(
        head: Head,
        connection: Arc<Connection>,
        route: Option<&'static Route>,
        values: Vec<(Value, String)>,
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
            body: Held::default(),
        }
    }

    /// What the path has in place of a value.
    pub(crate) fn value(&self, value: Value) -> &str {
        self.values.iter().find(|(known, _)| *known == value).map_or("", |(_, text)| text)
    }

    /// Who may call. A path that leads nowhere is for those who may call the service.
    pub(crate) fn callers(&self) -> Callers {
        self.route.map_or(Callers::Management, |route| route.callers)
    }

    /// Whether pages in browsers may ask, where their origin is allowed.
    pub(crate) fn is_for_browsers(&self) -> bool {
        self.route.is_none_or(|route| route.is_for_browsers)
    }
}
