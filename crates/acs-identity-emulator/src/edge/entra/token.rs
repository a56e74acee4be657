//! The token endpoint.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::form::{Form, missing};
use super::managed_identity::MAX_NAME;
use crate::core::{Refusal, SignInFault, audience_of};
use crate::edge::backend::Backend;
use crate::edge::callers::this_machine;
use crate::edge::context::request::RequestContext;
use crate::edge::http::answer::Answer;
use crate::edge::http::error::{HttpError, HttpResult};
use crate::edge::http::path::decode_segment;
use crate::edge::routes::route::PathValue;
use crate::store::Caller;

const DEVICE_CODE: &str = "urn:ietf:params:oauth:grant-type:device_code";

/// The application that asks, and its secret, where the request has one.
struct Client {
    id: String,
    secret: Option<String>,
}

impl Client {
    fn of(request: &RequestContext, form: &Form<'_>) -> HttpResult<Self> {
        match basic_credentials(request) {
            Some((id, secret)) => Ok(Self { id, secret: Some(secret) }),
            None => Ok(Self { id: form.required("client_id")?, secret: form.field("client_secret") }),
        }
    }
}

pub(super) async fn issue(backend: &Backend, request: &RequestContext) -> HttpResult<Answer> {
    let form = Form::of(request);
    let client = Client::of(request, &form)?;
    match form.field("grant_type").as_deref() {
        Some("client_credentials") => for_application(backend, request, &form, &client).await,
        Some("device_code" | DEVICE_CODE) => {
            // This grant needs no credential.
            this_machine::check(backend, request)?;
            let code = form.field("device_code").or_else(|| form.field("code")).unwrap_or_default();
            let (base, tenant) = (backend.base_of(request), request.value(PathValue::Tenant));
            Answer::secret(&backend.core.device_logins.end(&base, tenant, &client.id, &code).await?)
        }
        Some(other) => {
            let description = format!(
                "AADSTS70003: The grant type '{other}' is not supported; client_credentials and device_code are."
            );
            Err(HttpError::oauth(400, "unsupported_grant_type", description))
        }
        None => Err(missing("grant_type")),
    }
}

/// Handles the grant `client_credentials`.
async fn for_application(
    backend: &Backend,
    request: &RequestContext,
    form: &Form<'_>,
    client: &Client,
) -> HttpResult<Answer> {
    let by = authenticate(backend, form, client).await?;
    let scope = form.scope()?;
    if scope.len() > MAX_NAME {
        return Err(Refusal::SignIn(SignInFault::ScopeTooLong).into());
    }
    let audience = audience_of(scope.split(' ').next().unwrap_or_default());
    let (base, tenant) = (backend.base_of(request), request.value(PathValue::Tenant));
    let issuer = &backend.core.entra_issuer;
    Answer::secret(&issuer.issue_application_token(&base, tenant, &client.id, audience, by).await?)
}

/// Returns the access key by which the application authenticates: with the secret that derives from it, or with a token
/// that was requested with it.
async fn authenticate(backend: &Backend, form: &Form<'_>, client: &Client) -> HttpResult<Caller> {
    if let Some(assertion) = form.field("client_assertion") {
        return Ok(backend.core.entra_tokens.check_assertion(&assertion).await?);
    }
    let secret = client.secret.as_deref();
    secret.and_then(|secret| backend.core.access_keys.by_client_secret(secret)).ok_or_else(|| {
        let description = "AADSTS7000215: Invalid client secret provided. The secret of the emulator is in \
            AZURE_CLIENT_SECRET inside 'emulator run'; see docs/emulator.md.";
        HttpError::oauth(401, "invalid_client", description)
    })
}

/// Returns client id and secret from a header, as RFC 6749 allows.
fn basic_credentials(request: &RequestContext) -> Option<(String, String)> {
    let text = request.head.credentials("Basic")?;
    let decoded = String::from_utf8(STANDARD.decode(text).ok()?).ok()?;
    let (client, secret) = decoded.split_once(':')?;
    Some((decode_segment(client)?, decode_segment(secret)?))
}
