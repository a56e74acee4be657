//! HTTP: authentication, routes, api-versions, headers.

mod authentication;
mod body;
mod connection;
mod control;
mod entra;
mod openapi;
mod operations;
mod responses;
mod routes;
mod throttle;

use std::sync::Arc;
use std::time::Instant;

use http_body_util::{BodyExt as _, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::header::HeaderMap;
use hyper::{Method, Request, Response};

pub(crate) use connection::{Connection, Dropped};
pub(crate) use responses::Body;

use crate::config::Config;
use crate::core::{Core, Refusal};
use crate::store::Caller;
use responses::{Answer, finish};
use routes::Route;
use throttle::Throttle;

/// Larger bodies are refused; those of the service are a few hundred bytes.
const MAX_BODY: usize = 1024 * 1024;

/// What every request needs.
pub(crate) struct Edge {
    pub(crate) core: Arc<Core>,
    pub(crate) config: Config,
    /// `https://localhost:PORT`, the name under which tokens know this emulator.
    pub(crate) base: String,
    throttle: Option<Throttle>,
}

/// A request whose body has come.
pub(crate) struct Received {
    pub(crate) method: Method,
    /// Path and query as they came, nothing decoded.
    pub(crate) target: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Received {
    pub(crate) fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }

    pub(crate) fn query(&self) -> &str {
        self.target.split_once('?').map_or("", |(_, query)| query)
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// What the Authorization header says behind that scheme.
    pub(crate) fn credentials(&self, wanted: &str) -> Option<&str> {
        let (scheme, credentials) = self.header("authorization")?.split_once(' ')?;
        scheme.eq_ignore_ascii_case(wanted).then_some(credentials)
    }
}

impl Edge {
    pub(crate) fn new(core: Arc<Core>, config: Config, base: String) -> Self {
        let throttle = config.throttle.then(Throttle::new);
        Self { core, config, base, throttle }
    }

    /// Answers a request. What goes wrong is an answer, too.
    pub(crate) async fn handle(
        self: Arc<Self>,
        request: Request<Incoming>,
        connection: Arc<Connection>,
    ) -> Result<Response<Body>, Dropped> {
        let started = Instant::now();
        let (parts, body) = request.into_parts();
        let target = parts.uri.path_and_query().map_or("/", |target| target.as_str()).to_owned();
        let mut received = Received { method: parts.method, target, headers: parts.headers, body: Bytes::new() };
        let answer = match Limited::new(body, MAX_BODY).collect().await {
            Ok(collected) => {
                received.body = collected.to_bytes();
                self.answer(&received, &connection).await
            }
            Err(error) if error.is::<http_body_util::LengthLimitError>() => Answer::refused(Refusal::http(
                413,
                "RequestTooLarge",
                format!("The request body is larger than {MAX_BODY} bytes."),
            ))
            .closing(),
            Err(_) => Answer::refused(Refusal::http(400, "BadRequest", "The request body is incomplete.")).closing(),
        };
        if self.config.log_requests {
            let elapsed = started.elapsed().as_micros();
            crate::log::info(&format!("{} {} {} {elapsed} us", received.method, received.path(), answer.status));
        }
        Ok(finish(answer, &received.headers, started))
    }

    async fn answer(&self, request: &Received, connection: &Connection) -> Answer {
        if request.method == Method::OPTIONS {
            return Answer::preflight();
        }
        if let Some(answer) = self.public(request).await {
            return answer;
        }
        if let Some(answer) = self.entra(request).await {
            return answer;
        }
        let route = Route::find(request.path());
        let caller = if route.as_ref().is_some_and(Route::authenticates_itself) {
            Caller::Entra
        } else {
            match authentication::check(self, request) {
                Ok(caller) => {
                    connection.authenticate();
                    caller
                }
                Err(refusal) => return Answer::refused(refusal),
            }
        };
        if let Some(answer) = self.control(caller, request).await {
            return answer;
        }
        self.route(route, caller, request).await
    }
}
