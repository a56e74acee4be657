//! HTTP. A request goes one way: head, route, authentication by the headers, body, throttle, operation, answer, log.

mod any_case;
mod authentication;
mod body;
mod connection;
mod context;
mod control;
mod doors;
mod entra;
pub(crate) mod framing;
mod head;
mod host;
mod json;
mod openapi;
mod operations;
mod path;
mod points;
mod public;
mod resources;
mod responses;
mod routes;
#[cfg(test)]
mod tests;
mod throttle;

use std::sync::Arc;
use std::time::Instant;

use hyper::body::{Body as HttpBody, Bytes};
use hyper::{Method, Request, Response};

pub(crate) use authentication::has_credentials;
pub(crate) use connection::Connection;
pub(crate) use responses::Body;

use crate::config::Config;
use crate::core::{Core, Refusal};
use crate::keys::pki::Pki;
use body::{Budget, LARGE_REQUEST, MAX_BODY, MAX_UNAUTHENTICATED};
use context::{Head, RequestContext};
use host::Names;
use points::{Fault, Point};
use responses::{Answer, finish};
use routes::{Admission, Route};
use throttle::Throttle;

/// What every request needs.
pub(crate) struct Edge {
    pub(crate) core: Arc<Core>,
    config: Config,
    pki: Arc<Pki>,
    /// `https://localhost:PORT`, where a client names no host of ours.
    base: String,
    names: Names,
    throttle: Option<Throttle>,
    bodies: Arc<Budget>,
    /// For the bodies of those who have not authenticated.
    strangers: Arc<Budget>,
    fault: Option<Fault>,
}

/// The connection ends without an answer.
#[derive(Debug)]
pub(crate) struct Dropped;

impl std::fmt::Display for Dropped {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the connection is to end without an answer")
    }
}

impl std::error::Error for Dropped {}

/// The way of a request ends before its operation is answered.
enum Stop {
    Answer(Answer),
    Drop,
}

impl From<Answer> for Stop {
    fn from(answer: Answer) -> Self {
        Self::Answer(answer)
    }
}

impl Edge {
    pub(crate) fn new(core: Arc<Core>, config: Config, pki: Arc<Pki>, base: String) -> Self {
        let throttle = config.throttle.then(Throttle::new);
        let names = Names::of(&config);
        Self {
            core,
            config,
            pki,
            base,
            names,
            throttle,
            bodies: Budget::new(),
            strangers: Budget::for_strangers(),
            fault: None,
        }
    }

    /// Answers a request. What goes wrong is an answer, too, unless the connection is to be dropped.
    ///
    /// # Errors
    ///
    /// When the connection is to end without an answer.
    pub(crate) async fn handle<B>(
        self: Arc<Self>,
        request: Request<B>,
        connection: Arc<Connection>,
    ) -> Result<Response<Body>, Dropped>
    where
        B: HttpBody<Data = Bytes>,
    {
        let started = crate::clock::machine::instant();
        let (parts, body) = request.into_parts();
        let head = Head::new(parts.method, &parts.uri, parts.version, parts.headers);
        let mut context = RequestContext::new(head, connection);
        let answer = match self.answer(&mut context, body).await {
            Ok(answer) | Err(Stop::Answer(answer)) => answer,
            Err(Stop::Drop) => {
                self.log(&context, "dropped", started);
                return Err(Dropped);
            }
        };
        self.log(&context, answer.status, started);
        Ok(finish(self.for_client(answer, &context), &self, &context, started))
    }

    /// The way of a request.
    async fn answer<B>(&self, request: &mut RequestContext, body: B) -> Result<Answer, Stop>
    where
        B: HttpBody<Data = Bytes>,
    {
        head::check(request).map_err(|refusal| refuse(request, refusal).closing())?;
        let limit = match request.route.admission() {
            Admission::Callers | Admission::Control | Admission::Keys => MAX_BODY,
            Admission::Anyone | Admission::ThisMachine | Admission::Itself => MAX_UNAUTHENTICATED,
        };
        body::check_length(&request.head, limit).map_err(|refusal| refuse(request, refusal).closing())?;
        if request.head.method == Method::OPTIONS {
            let answer = Answer::preflight(self.allowed_origin(request).is_some());
            return Ok(after_discarding(answer, &request.head, body).await);
        }
        self.at(Point::BeforeAuthentication, request)?;
        let content_hash = match self.admit(request) {
            Ok(content_hash) => content_hash,
            Err(refused) => return Ok(after_discarding(refused, &request.head, body).await),
        };
        let budget = if limit == MAX_BODY { &self.bodies } else { &self.strangers };
        let read = body::read(body, limit, budget).await;
        request.body = read.map_err(|refusal| refuse(request, refusal).closing())?;
        authentication::check_body(request, content_hash.as_deref()).map_err(Answer::refused)?;
        if let Some(over) = self.throttle.as_ref().and_then(|throttle| throttle.count(request)) {
            log(request, 429, &over);
            return Ok(Answer::refused(Refusal::throttled(over.seconds)));
        }
        self.at(Point::BeforeOperation, request)?;
        let answer = self.operate(request).await;
        self.at(Point::AfterOperation, request)?;
        Ok(answer)
    }

    /// Lets a request in by its headers, and notes who asks. The hash that its body must have, where it is signed.
    fn admit(&self, request: &mut RequestContext) -> Result<Option<String>, Answer> {
        match request.route.admission() {
            Admission::Anyone | Admission::Itself => Ok(None),
            Admission::ThisMachine => self.check_this_machine(request).map(|()| None),
            Admission::Callers | Admission::Control | Admission::Keys => {
                let authenticated = authentication::check(self, request).map_err(Answer::refused)?;
                request.caller = authenticated.caller;
                request.connection.authenticate();
                Ok(authenticated.content_hash)
            }
        }
    }

    /// Carries out what the route names.
    async fn operate(&self, request: &RequestContext) -> Answer {
        let method = &request.head.method;
        match &request.route {
            Route::Service(resource) => self.serve(resource, request).await,
            Route::Unknown => {
                let message = format!("There is no resource at '{}'.", request.head.path());
                Answer::refused(Refusal::http(404, "NotFound", message))
            }
            route if !route.methods().contains(method) => {
                let allow: Vec<&str> = route.methods().iter().map(Method::as_str).collect();
                Answer::not_allowed(method, allow.join(", "))
            }
            Route::Public(public) => self.public(*public, request).await,
            Route::Introspect => self.introspect(request).await.unwrap_or_else(Answer::refused),
            Route::Control(control) => self.control(*control, request).await.unwrap_or_else(Answer::refused),
            Route::Entra(entra) => self.entra(entra, request).await.unwrap_or_else(Answer::refused),
        }
    }

    /// Chunks end the connection: hyper takes a Content-Length beside them away, and a proxy in front may have gone by that. So
    /// does a large request of somebody who has not authenticated.
    fn for_client(&self, answer: Answer, request: &RequestContext) -> Answer {
        let is_large = || request.head.size() + request.body.len() > LARGE_REQUEST;
        let ends = request.head.headers.contains_key("transfer-encoding")
            || (!request.connection.is_authenticated() && is_large());
        if ends { answer.closing() } else { answer }
    }

    fn log(&self, request: &RequestContext, outcome: impl std::fmt::Display, started: Instant) {
        if self.config.log_requests {
            let elapsed = crate::clock::machine::instant().duration_since(started).as_micros();
            let (method, path) = (&request.head.method, request.head.path());
            crate::log::info(&format!("{method} {path} {outcome} {elapsed} us"));
        }
    }
}

/// Logs why a request is refused.
fn log(request: &RequestContext, status: u16, why: &dyn std::fmt::Display) {
    crate::log::warn(&format!("{status} {} {}: {why}", request.head.method, request.head.path()));
}

/// The answer to a request that is refused before its operation.
fn refuse(request: &RequestContext, refusal: Refusal) -> Answer {
    log(request, refusal.status, &refusal.message);
    Answer::refused(refusal)
}

/// An answer to a request whose body nobody wants. Where it is not read to its end, the connection ends.
async fn after_discarding<B>(answer: Answer, head: &Head, body: B) -> Answer
where
    B: HttpBody<Data = Bytes>,
{
    if body::discard(head, body).await { answer } else { answer.closing() }
}
