//! The steps of a request, from its head to its response.

use std::sync::Arc;
use std::time::Duration;

use hyper::body::{Body as HttpBody, Bytes};
use hyper::{Request, Response};
use tokio::sync::watch;

use super::finish::finish;
use super::points::{self, Stop};
use super::record::record;
use super::tables::ROUTER;
use super::throttle::Throttle;
use crate::clock::machine;
use crate::config::Config;
use crate::core::{Core, keep_copies};
use crate::edge::backend::Backend;
use crate::edge::context::request::RequestContext;
use crate::edge::dashboard::Dashboard;
use crate::edge::http::answer::{Answer, Body};
use crate::edge::http::body::{Budget, LARGE_REQUEST};
use crate::edge::http::connection::Connection;
use crate::edge::http::error::{HttpError, HttpResult, Note};
use crate::edge::http::head::Head;
use crate::edge::routes::route::Route;
use crate::edge::routes::versions::Versions;
use crate::edge::table::router::Found;
use crate::edge::{api_version, control};
use crate::keys::pki::Pki;
use crate::log::Shown;
use crate::store::confirmation;

/// The pipeline, and what its steps need.
pub(crate) struct Edge {
    pub(in crate::edge) backend: Backend,
    pub(super) throttle: Option<Throttle>,
    pub(in crate::edge) bodies: Arc<Budget>,
    /// For the bodies of clients that have not authenticated.
    pub(super) strangers: Arc<Budget>,
    /// For bodies with a whole state.
    pub(super) states: Arc<Budget>,
}

/// The connection ends without a response.
#[derive(Debug)]
pub(crate) struct Dropped;

impl std::fmt::Display for Dropped {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the connection ends without a response")
    }
}

impl std::error::Error for Dropped {}

impl Edge {
    pub(crate) fn new(core: Arc<Core>, config: Config, pki: Arc<Pki>, base: String, dashboard: Arc<Dashboard>) -> Self {
        let throttle = config.throttle.then(Throttle::new);
        let backend = Backend::new(core, config, pki, base, dashboard, ROUTER.routes().collect());
        Self {
            backend,
            throttle,
            bodies: Budget::new(),
            strangers: Budget::for_strangers(),
            states: Budget::for_states(),
        }
    }

    /// Returns whether TLS is refused, because a proxy ends it.
    pub(crate) fn refuses_tls(&self) -> bool {
        self.backend.config.plain_http
    }

    /// Keeps the copies of the data of a shared store current, until the emulator ends.
    pub(crate) fn keep_copies(&self, stopped: watch::Receiver<bool>) -> impl Future<Output = ()> + use<> {
        keep_copies(Arc::clone(&self.backend.core), Arc::clone(&self.backend.faults), stopped)
    }

    /// Answers a request. An error is an answer, too, unless the connection must be dropped.
    ///
    /// # Errors
    ///
    /// Fails when the connection ends without a response.
    pub(crate) async fn handle<B>(
        self: Arc<Self>,
        request: Request<B>,
        connection: Arc<Connection>,
    ) -> Result<Response<Body>, Dropped>
    where
        B: HttpBody<Data = Bytes>,
    {
        let started = machine::instant();
        let (parts, body) = request.into_parts();
        let head = Head::new(parts.method, &parts.uri, parts.version, parts.headers);
        let (found, values) = ROUTER.find(head.path()).unzip();
        let route = found.map(|found| found.route(&head.method));
        let mut context = RequestContext::new(head, connection, route, values.unwrap_or_default());
        let mut answer = match self.answer(&mut context, found, body).await {
            Ok(answer) | Err(Stop::Answer(answer)) => answer,
            Err(Stop::Refused(error)) => self.refuse(&context, error),
            Err(Stop::Drop) => {
                let took = machine::since(started);
                self.log(&context, "dropped", took);
                record(&self.backend, &context, None, None, took);
                return Err(Dropped);
            }
            // Whoever removes a fault begins anew, such as the next test. The log of requests does not show what is
            // left of the time before.
            Err(Stop::Forget) => {
                self.log(&context, "ended with its fault", machine::since(started));
                return Err(Dropped);
            }
        };
        let took = machine::since(started);
        self.log(&context, answer.status, took);
        record(&self.backend, &context, Some(answer.status), answer.refusal.take(), took);
        let answer = points::dated(&context, for_client(answer, &context));
        Ok(finish(answer, &self.backend, &context, started))
    }

    /// Calls the handler.
    pub(super) async fn operate(&self, request: &mut RequestContext, found: Option<Found>) -> Answer {
        let Some(found) = found else { return self.refuse(request, HttpError::no_resource(request.head.path())) };
        match request.route.and_then(|route| route.versions) {
            Some(versions) => self.operate_in_version(request, found, versions).await,
            None => self.operate_own(request, found).await.unwrap_or_else(|error| self.refuse(request, error)),
        }
    }

    /// Executes an operation without api-versions.
    async fn operate_own(&self, request: &RequestContext, found: Found) -> HttpResult<Answer> {
        if request.route.is_some_and(Route::is_of_control_api) {
            control::version::check(request)?;
        }
        let row = found.row(&request.head.method).ok_or_else(|| not_allowed(request, found))?;
        if row.route.is_of_control_api() {
            control::query::check(request)?;
        }
        row.handle(&self.backend, request).await
    }

    /// Executes an operation of the service.
    async fn operate_in_version(&self, request: &mut RequestContext, found: Found, versions: Versions) -> Answer {
        let outcome = match api_version::of_query(&self.backend, request) {
            Ok(version) => {
                request.version = version;
                let row = found.row(&request.head.method).filter(|row| row.route.is_in(version));
                match row {
                    Some(row) => row.handle(&self.backend, request).await,
                    // As in ASP.NET, a resource that the version lacks is an unsupported version, and a method that it
                    // lacks is not allowed.
                    None if found.allow(version).is_empty() => {
                        Err(api_version::unsupported(&self.backend, request, version.name))
                    }
                    None => Err(not_allowed(request, found)),
                }
            }
            Err(error) => Err(error),
        };
        match outcome {
            Ok(answer) => answer.announcing(versions.announced()),
            Err(error) if error.announces_versions => self.refuse(request, error).announcing(versions.announced()),
            Err(error) => self.refuse(request, error),
        }
    }

    /// Returns the answer to a refused request. The log has the error's note as a warning, or else its message. It has
    /// nothing about an answer that rests on old copies, because the request begins again.
    pub(super) fn refuse(&self, request: &RequestContext, error: HttpError) -> Answer {
        if confirmation::is_stale() {
            return Answer::refused(error);
        }
        let (known, status) = (self.backend.core.secrets.now(), error.status);
        let (method, path) = known.without_any_in(&request.head.method, request.head.path());
        let inform = |why: &str| {
            let words = format_args!("{status} {method} {path}: {why}");
            tracing::info!(status, %method, path = %Shown(&path), reason = %Shown(why), "{}", Shown(words));
        };
        let Some(note) = &error.note else {
            let why = known.without_any(&error.message);
            inform(&why);
            return Answer::refused(error.because(why));
        };
        let because = |why: &str| {
            let why = known.hide(why);
            let words = format_args!("{status} {method} {path}: {why}");
            tracing::warn!(status, %method, path = %Shown(&path), reason = %Shown(&why), "{}", Shown(words));
        };
        match note {
            Note::Request(why) => because(why),
            Note::Signature(wrong) => because(&wrong.why),
            // Probes come all the time.
            Note::Outage(_) if request.route.is_some_and(|route| route.is_probe()) => {}
            Note::Outage(why) => inform(&known.hide(why)),
            Note::Warning(words) => {
                tracing::warn!(status, %method, path = %Shown(&path), "{}", Shown(known.hide(words)));
            }
            Note::Error(words) => {
                tracing::error!(status, %method, path = %Shown(&path), "{}", Shown(known.hide(words)));
            }
        }
        Answer::refused(error)
    }

    fn log(&self, request: &RequestContext, outcome: impl std::fmt::Display, took: Duration) {
        if self.backend.config.log_requests {
            let elapsed = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
            let known = self.backend.core.secrets.now();
            let (method, path) = known.without_any_in(&request.head.method, request.head.path());
            let words = format_args!("{method} {path} {outcome} {elapsed} us");
            tracing::info!(%method, path = %Shown(&path), %outcome, microseconds = elapsed, "{}", Shown(words));
        }
    }
}

fn not_allowed(request: &RequestContext, found: Found) -> HttpError {
    HttpError::not_allowed(&request.head.method, found.allow(request.version))
}

/// Ends the connection after a request in chunks, because hyper removes a Content-Length of the same request, and a
/// proxy may have used it. Also ends the connection after a large request of a client that has not authenticated.
fn for_client(answer: Answer, request: &RequestContext) -> Answer {
    let is_large = || request.head.size() + request.body.len() > LARGE_REQUEST;
    let ends = request.head.headers.contains_key("transfer-encoding")
        || (!request.connection.is_authenticated() && is_large());
    if ends { answer.closing() } else { answer }
}
