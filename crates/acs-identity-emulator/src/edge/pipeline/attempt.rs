//! Answers a request. In front of a shared store, an answer that rests on old copies of its data is not given: the
//! copies are read again, and the request begins again at its authentication.

use std::sync::Arc;

use hyper::Method;
use hyper::body::{Body as HttpBody, Bytes};

use super::edge::Edge;
use super::points::{self, Stop};
use crate::core::Refusal;
use crate::edge::callers::{authentication, origins, own_page, signature, this_machine};
use crate::edge::context::request::RequestContext;
use crate::edge::http::answer::Answer;
use crate::edge::http::body::{self, Budget, MAX_BODY, MAX_STATE, MAX_UNAUTHENTICATED};
use crate::edge::http::error::{HttpError, HttpResult};
use crate::edge::http::head::Head;
use crate::edge::routes::route::{BodySize, Callers, Route};
use crate::edge::table::router::Found;
use crate::faults::Phase;
use crate::store::confirmation::{self, Confirmation};

/// How often a request begins. It begins again only if the data was changed meanwhile.
const MOST_ATTEMPTS: usize = 100;

/// What is left of a request.
struct Rest<B> {
    /// `None` after it was read.
    body: Option<B>,
    /// Whether the request was counted for its rate limit.
    is_counted: bool,
}

impl Edge {
    pub(super) async fn answer<B>(
        &self,
        request: &mut RequestContext,
        found: Option<Found>,
        body: B,
    ) -> Result<Answer, Stop>
    where
        B: HttpBody<Data = Bytes>,
    {
        let checked = request.head.check(request.host.as_ref(), &request.connection);
        let checked = checked.and_then(|()| body::check_length(&request.head, self.limits(request).0));
        checked.map_err(|error| self.closing(request, error))?;
        if request.head.method == Method::OPTIONS {
            let answer = Answer::preflight(origins::allowed(&self.backend, request).is_some());
            return Ok(after_discarding(answer, &request.head, body).await);
        }
        let mut rest = Rest { body: Some(body), is_counted: false };
        let rests_on_copies = self.backend.core.is_shared() && !request.route.is_some_and(|route| route.is_fixed);
        let answered = match rests_on_copies {
            true => Box::pin(self.answer_by_new_copies(request, found, &mut rest)).await,
            // Its memory is free again while the client does not read the answer.
            false => Box::pin(self.attempt(request, found, &mut rest)).await,
        };
        match answered {
            // A client that was refused may still send its body.
            Err(Stop::Refused(error)) => {
                let answer = self.refuse(request, error);
                match rest.body {
                    Some(body) => Ok(after_discarding(answer, &request.head, body).await),
                    None => Ok(answer),
                }
            }
            other => other,
        }
    }

    /// Answers a request by copies that were those of the store at a moment after its begin.
    async fn answer_by_new_copies<B>(
        &self,
        request: &mut RequestContext,
        found: Option<Found>,
        rest: &mut Rest<B>,
    ) -> Result<Answer, Stop>
    where
        B: HttpBody<Data = Bytes>,
    {
        let core = &self.backend.core;
        for _ in 0..MOST_ATTEMPTS {
            let generation = core.copied_generation();
            let attempt = self.attempt(request, found, rest);
            let (answered, confirmation) = confirmation::observe(generation, attempt).await;
            let confirmed = match confirmation {
                Confirmation::Given => Ok(()),
                Confirmation::Stale => Err(Refusal::Stale),
                // What says that the store has failed rests on no copy.
                Confirmation::Missing if is_failure(&answered) => Ok(()),
                Confirmation::Missing => core.confirm(generation).await,
            };
            match confirmed {
                Ok(()) => return answered,
                Err(Refusal::Stale) => {
                    core.renew(generation, &self.backend.faults)
                        .await
                        .map_err(|refusal| Stop::Refused(refusal.into()))?;
                }
                Err(refusal) => return Err(Stop::Refused(refusal.into())),
            }
        }
        Err(Stop::Refused(Refusal::Stale.into()))
    }

    /// Executes the steps of a request from its authentication to its answer.
    async fn attempt<B>(
        &self,
        request: &mut RequestContext,
        found: Option<Found>,
        rest: &mut Rest<B>,
    ) -> Result<Answer, Stop>
    where
        B: HttpBody<Data = Bytes>,
    {
        points::before(&self.backend, Phase::BeforeAuthentication, request).await?;
        let content_hash = self.admit(request).await.map_err(Stop::Refused)?;
        if let Some(body) = rest.body.take() {
            let (limit, budget) = self.limits(request);
            request.connection.set_takes_long(limit == MAX_STATE);
            let read = body::read(body, limit, budget).await;
            request.connection.set_takes_long(false);
            request.body = read.map_err(|error| self.closing(request, error))?;
        }
        signature::check_body(request, content_hash.as_deref()).map_err(Stop::Refused)?;
        if !rest.is_counted {
            rest.is_counted = true;
            self.count(request).map_err(Stop::Refused)?;
        }
        points::before(&self.backend, Phase::Authenticated, request).await?;
        let answer = self.operate(request, found).await;
        points::after(request, answer)
    }

    /// Returns the size of the largest body, in bytes, and the budget that the body takes its memory from.
    fn limits(&self, request: &RequestContext) -> (usize, &Arc<Budget>) {
        match request.callers() {
            _ if request.route.is_some_and(|route| route.body == BodySize::State) => (MAX_STATE, &self.states),
            Callers::Management | Callers::Control | Callers::Keys => (MAX_BODY, &self.bodies),
            Callers::Holders if authentication::is_of_the_service(&request.head) => (MAX_BODY, &self.bodies),
            Callers::Anyone
            | Callers::ThisMachine
            | Callers::FrontEnd
            | Callers::Holders
            | Callers::CheckedByHandler => (MAX_UNAUTHENTICATED, &self.strangers),
        }
    }

    /// Refuses a request without reading its body.
    fn closing(&self, request: &RequestContext, error: HttpError) -> Stop {
        Stop::Answer(self.refuse(request, error).closing())
    }

    /// Authenticates the caller by the headers, checks its rights, and records it. Returns the hash that the body must
    /// have, if the request is signed.
    async fn admit(&self, request: &mut RequestContext) -> HttpResult<Option<String>> {
        if request.route.is_some_and(Route::is_for_own_page) {
            own_page::check(&self.backend, request)?;
        }
        match request.callers() {
            Callers::Anyone | Callers::CheckedByHandler => Ok(None),
            Callers::ThisMachine => this_machine::check(&self.backend, request).map(|()| None),
            Callers::FrontEnd => this_machine::check_front_end(&self.backend, request).map(|()| None),
            Callers::Holders if !authentication::is_of_the_service(&request.head) => Ok(None),
            Callers::Management | Callers::Control | Callers::Keys | Callers::Holders => {
                let authenticated = authentication::check(&self.backend, request).await?;
                request.caller = authenticated.caller;
                request.connection.authenticate();
                Ok(authenticated.content_hash)
            }
        }
    }

    /// Counts the request, and refuses it if it is over its rate limit.
    fn count(&self, request: &RequestContext) -> HttpResult<()> {
        let class = request.route.and_then(|route| route.class);
        match self.throttle.as_ref().zip(class).and_then(|(throttle, class)| throttle.count(class, &request.body)) {
            Some(over) => Err(HttpError::throttled(over.seconds).because(over.to_string())),
            None => Ok(()),
        }
    }
}

/// Returns whether an answer says that the emulator has failed. A fault that was injected is confirmed when it is
/// counted.
fn is_failure(answered: &Result<Answer, Stop>) -> bool {
    match answered {
        Ok(answer) | Err(Stop::Answer(answer)) => answer.status >= 500,
        Err(Stop::Refused(error)) => error.status >= 500,
        Err(Stop::Drop | Stop::Forget) => false,
    }
}

/// Answers a request without using its body. If the body is not read to its end, the connection ends.
async fn after_discarding<B>(answer: Answer, head: &Head, body: B) -> Answer
where
    B: HttpBody<Data = Bytes>,
{
    if body::discard(head, body).await { answer } else { answer.closing() }
}
