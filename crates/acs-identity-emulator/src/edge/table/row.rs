//! A row of a table of routes: a route and its handler.

use std::pin::Pin;

use hyper::Method;

use crate::edge::backend::Backend;
use crate::edge::context::request::RequestContext;
use crate::edge::http::answer::Answer;
use crate::edge::http::error::HttpResult;
use crate::edge::routes::route::{BodySize, Callers, Route, Side, ThrottleClass, WebPages};
use crate::edge::routes::versions::Versions;

/// A row.
pub(crate) struct Row {
    pub(crate) route: Route,
    handler: Handler,
}

/// The future of a handler that waits.
pub(crate) type Later<'a> = Pin<Box<dyn Future<Output = HttpResult<Answer>> + Send + 'a>>;

/// The function that answers the requests of a route.
pub(crate) enum Handler {
    /// A handler that does not wait.
    Now(fn(&Backend, &RequestContext) -> HttpResult<Answer>),
    /// A handler that waits for the store or for a signature. [`later!`] makes one from an `async fn`.
    Later(for<'a> fn(&'a Backend, &'a RequestContext) -> Later<'a>),
}

/// Makes a handler from an `async fn`.
macro_rules! later {
    ($handler:expr) => {
        $crate::edge::table::row::Handler::Later(|backend, request| Box::pin($handler(backend, request)))
    };
}
pub(crate) use later;

impl Row {
    /// Makes a row for a route of the service.
    pub(crate) const fn service(
        methods: &'static [Method],
        path: &'static str,
        versions: Versions,
        callers: Callers,
        class: Option<ThrottleClass>,
        handler: Handler,
    ) -> Self {
        let row = Self::of(Side::Service, methods, path, callers, WebPages::Allowed, handler);
        Self { route: Route { versions: Some(versions), class, ..row.route }, ..row }
    }

    /// Makes a row for a route of the emulator's own API.
    pub(crate) const fn emulator(
        methods: &'static [Method],
        path: &'static str,
        callers: Callers,
        web_pages: WebPages,
        handler: Handler,
    ) -> Self {
        Self::of(Side::Emulator, methods, path, callers, web_pages, handler)
    }

    /// Makes a row for a route of the Entra API.
    pub(crate) const fn entra(
        methods: &'static [Method],
        path: &'static str,
        callers: Callers,
        web_pages: WebPages,
        handler: Handler,
    ) -> Self {
        Self::of(Side::Entra, methods, path, callers, web_pages, handler)
    }

    const fn of(
        side: Side,
        methods: &'static [Method],
        path: &'static str,
        callers: Callers,
        web_pages: WebPages,
        handler: Handler,
    ) -> Self {
        let route = Route {
            operation: "",
            methods,
            path,
            side,
            versions: None,
            callers,
            class: None,
            web_pages,
            body: BodySize::Usual,
            parameters: &[],
            looks: false,
            is_fixed: false,
        };
        Self { route, handler }
    }

    /// Makes the row of a route whose requests have a whole state as their body.
    pub(crate) const fn with_state(mut self) -> Self {
        self.route.body = BodySize::State;
        self
    }

    /// Makes the row of a route whose requests have these parameters in their query.
    pub(crate) const fn with_query(mut self, parameters: &'static [&'static str]) -> Self {
        self.route.parameters = parameters;
        self
    }

    /// Makes the row of a route that has a method for changes, and changes nothing.
    pub(crate) const fn looking(mut self) -> Self {
        self.route.looks = true;
        self
    }

    /// Makes the row of a route whose answers do not depend on anything that the store has.
    pub(crate) const fn fixed(mut self) -> Self {
        self.route.is_fixed = true;
        self
    }

    /// Gives the row the name of its operation.
    pub(crate) const fn named(self, operation: &'static str) -> Self {
        Self { route: Route { operation, ..self.route }, ..self }
    }

    /// Answers a request.
    pub(crate) async fn handle(&self, backend: &Backend, request: &RequestContext) -> HttpResult<Answer> {
        match self.handler {
            Handler::Now(handler) => handler(backend, request),
            Handler::Later(handler) => handler(backend, request).await,
        }
    }
}
