//! Finds the row of a request.

use acs_identity_protocol::api_version::ApiVersion;
use hyper::Method;

use super::row::Row;
use crate::edge::routes::route::{PathValue, Route};

/// The tables of routes, in the order in which they are searched.
#[derive(Clone, Copy)]
pub(crate) struct Router {
    tables: &'static [&'static [Row]],
}

/// The rows of a path, which are next to each other in their table. There is at least one.
#[derive(Clone, Copy)]
pub(crate) struct Found(&'static [Row]);

impl Router {
    pub(crate) const fn new(tables: &'static [&'static [Row]]) -> Self {
        Self { tables }
    }

    /// Returns all routes.
    pub(crate) fn routes(self) -> impl Iterator<Item = &'static Route> {
        self.tables.iter().flat_map(|table| table.iter()).map(|row| &row.route)
    }

    /// Returns the rows of a raw path, and the values in it. Returns `None` if the path does not exist.
    pub(crate) fn find(self, path: &str) -> Option<(Found, Vec<(PathValue, String)>)> {
        self.tables.iter().find_map(|table| {
            let (at, values) = table.iter().enumerate().find_map(|(at, row)| Some((at, row.route.values_of(path)?)))?;
            let rows = table[at..].chunk_by(|one, other| one.route.path == other.route.path).next()?;
            Some((Found(rows), values))
        })
    }
}

impl Found {
    /// Returns the row of the method, in any api-version.
    pub(crate) fn row(&self, method: &Method) -> Option<&'static Row> {
        self.0.iter().find(|row| row.route.has(method))
    }

    /// Returns the route of the method, or the first route of the path.
    pub(crate) fn route(&self, method: &Method) -> &'static Route {
        &self.row(method).unwrap_or(&self.0[0]).route
    }

    /// Returns the methods of the path in the form of an `Allow` header. If the route has api-versions, only the
    /// methods in that version are listed.
    pub(crate) fn allow(&self, version: &ApiVersion) -> String {
        let routes = self.0.iter().map(|row| &row.route);
        let routes = routes.filter(|route| route.is_in(version));
        routes.flat_map(|route| route.methods).map(Method::as_str).collect::<Vec<_>>().join(", ")
    }
}
