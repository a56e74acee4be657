//! The client with the operations on identities and access tokens (docs/service.md, sections 1 and 8).

use std::sync::{Arc, OnceLock};

use acs_identity_protocol::{AccessKey, ConnectionString, raw_id};
use azure_core::Uuid;
use azure_core::credentials::{Secret, TokenCredential};
use azure_core::error::{CheckSuccessOptions, Error, ErrorKind, ResultExt as _};
use azure_core::fmt::SafeDebug;
use azure_core::http::headers::{CLIENT_REQUEST_ID, Header as _};
use azure_core::http::policies::{Policy, auth::BearerTokenAuthorizationPolicy};
use azure_core::http::request::options::ClientRequestId;
use azure_core::http::{
    ClientOptions, Context, Method, NoFormat, Pipeline, PipelineSendOptions, RawResponse, Request, RequestContent,
    Response, Url,
};
use azure_core::tracing;

use crate::models::{
    AccessToken, CommunicationIdentityClientCreateIdentityOptions, CommunicationIdentityClientDeleteIdentityOptions,
    CommunicationIdentityClientExchangeTeamsUserAccessTokenOptions, CommunicationIdentityClientGetIdentityOptions,
    CommunicationIdentityClientIssueAccessTokenOptions, CommunicationIdentityClientRevokeAccessTokensOptions,
    CreateIdentityResult, ExchangeTeamsUserAccessTokenRequest, Identity, IssueAccessTokenRequest,
};
use crate::policies::{AccessKeyPolicy, PacePolicy};

/// The scope of management calls. It has two slashes, because the audience ends with one (docs/service.md, section 2.2).
const SCOPE: &str = "https://communication.azure.com//.default";

/// Options used when creating a [`CommunicationIdentityClient`].
#[derive(Clone, SafeDebug)]
pub struct CommunicationIdentityClientOptions {
    /// The api-version of all requests, such as `2025-06-30`, which is the default.
    /// [`api_version::KNOWN`](crate::api_version::KNOWN) lists the known ones.
    pub api_version: String,

    /// The options of `azure_core`: transport, retries, policies and tracing.
    pub client_options: ClientOptions,
}

impl Default for CommunicationIdentityClientOptions {
    fn default() -> Self {
        Self { api_version: "2025-06-30".into(), client_options: ClientOptions::default() }
    }
}

/// Creates and deletes identities of a Communication Services resource, and issues, exchanges and revokes access tokens.
///
/// The methods have the names of the service's operations. [`CommunicationIdentityClientExt`] has shorter ones.
///
/// # Errors
///
/// Each operation returns an error if a path parameter is empty, the request cannot be sent, or the service refuses it.
/// [`ErrorBody::try_from`] reads the error of the service (docs/service.md, section 4).
///
/// [`CommunicationIdentityClientExt`]: crate::CommunicationIdentityClientExt
/// [`ErrorBody::try_from`]: crate::models::ErrorBody
#[tracing::client]
pub struct CommunicationIdentityClient {
    pub(crate) api_version: String,
    pub(crate) endpoint: Url,
    pub(crate) pipeline: Pipeline,
    /// The pipeline of the exchanges that a user's token authenticates. It is created when it is first needed.
    user_pipeline: OnceLock<Pipeline>,
    client_options: ClientOptions,
}

impl std::fmt::Debug for CommunicationIdentityClient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CommunicationIdentityClient")
            .field("endpoint", &self.endpoint.as_str())
            .field("api_version", &self.api_version)
            .finish_non_exhaustive()
    }
}

impl CommunicationIdentityClient {
    /// Creates a client that authenticates with Entra ID.
    ///
    /// # Arguments
    ///
    /// * `endpoint` - The resource's endpoint, `https://<resource>.communication.azure.com`.
    /// * `credential` - An implementation of [`TokenCredential`] that can provide an Entra ID token.
    /// * `options` - Optional configuration for the client.
    ///
    /// # Errors
    ///
    /// Returns an error if `endpoint` is not an https URL. Without TLS, others could read the bearer token on the way.
    pub fn new(
        endpoint: &str,
        credential: Arc<dyn TokenCredential>,
        options: Option<CommunicationIdentityClientOptions>,
    ) -> azure_core::Result<Self> {
        let endpoint = parse_endpoint(endpoint)?;
        if endpoint.scheme() != "https" {
            return Err(Error::with_message(ErrorKind::Other, format!("{endpoint} must use https")));
        }
        let policy = BearerTokenAuthorizationPolicy::new(credential, [SCOPE]);
        Self::with_policy(endpoint, Arc::new(policy), options.unwrap_or_default())
    }

    /// Creates a client that signs its requests with an access key.
    ///
    /// # Arguments
    ///
    /// * `endpoint` - The resource's endpoint, `https://<resource>.communication.azure.com`.
    /// * `access_key` - One of the resource's two access keys, in base64.
    /// * `options` - Optional configuration for the client.
    ///
    /// # Errors
    ///
    /// Returns an error if `endpoint` is not an http or https URL, or `access_key` is not base64.
    pub fn with_access_key(
        endpoint: &str,
        access_key: &Secret,
        options: Option<CommunicationIdentityClientOptions>,
    ) -> azure_core::Result<Self> {
        let access_key: AccessKey =
            access_key.secret().parse().map_err(|error: acs_identity_protocol::signature::InvalidAccessKey| {
                Error::with_message(ErrorKind::DataConversion, error.to_string())
            })?;
        let policy = AccessKeyPolicy::new(access_key);
        Self::with_policy(parse_endpoint(endpoint)?, Arc::new(policy), options.unwrap_or_default())
    }

    /// Creates a client from the connection string that the Azure portal shows.
    ///
    /// # Arguments
    ///
    /// * `connection_string` - `endpoint=https://<resource>.communication.azure.com/;accesskey=<base64>`.
    /// * `options` - Optional configuration for the client.
    ///
    /// # Errors
    ///
    /// Returns an error if a part is missing, the endpoint is not valid, or the key is not base64.
    pub fn with_connection_string(
        connection_string: &str,
        options: Option<CommunicationIdentityClientOptions>,
    ) -> azure_core::Result<Self> {
        let parsed: ConnectionString = connection_string.parse().with_kind(ErrorKind::DataConversion)?;
        Self::with_parsed_connection_string(&parsed, options)
    }

    /// Creates a client from a parsed connection string.
    ///
    /// # Arguments
    ///
    /// * `connection_string` - The connection string.
    /// * `options` - Optional configuration for the client.
    ///
    /// # Errors
    ///
    /// Returns an error if the host is not valid in a URL.
    pub fn with_parsed_connection_string(
        connection_string: &ConnectionString,
        options: Option<CommunicationIdentityClientOptions>,
    ) -> azure_core::Result<Self> {
        let scheme = if connection_string.plain_http { "http" } else { "https" };
        let endpoint = parse_endpoint(&format!("{scheme}://{}{}", connection_string.host, connection_string.path))?;
        let policy = AccessKeyPolicy::new(connection_string.access_key.clone());
        Self::with_policy(endpoint, Arc::new(policy), options.unwrap_or_default())
    }

    // `#[tracing::new]` accepts public functions only, so the code that it generates is written here.
    fn with_policy(
        endpoint: Url,
        auth_policy: Arc<dyn Policy>,
        options: CommunicationIdentityClientOptions,
    ) -> azure_core::Result<Self> {
        let tracer_provider = options.client_options.instrumentation.tracer_provider.as_ref();
        let tracer = tracer_provider.map(|provider| {
            provider.get_tracer(
                Some("Azure.Communication.Identity"),
                option_env!("CARGO_PKG_NAME").unwrap_or("UNKNOWN"),
                option_env!("CARGO_PKG_VERSION"),
            )
        });
        Ok(Self {
            tracer,
            endpoint,
            api_version: options.api_version,
            pipeline: pipeline(options.client_options.clone(), vec![Arc::new(PacePolicy::default()), auth_policy]),
            user_pipeline: OnceLock::new(),
            client_options: options.client_options,
        })
    }

    /// The pipeline without the client's own credential.
    pub(crate) fn user_pipeline(&self) -> &Pipeline {
        self.user_pipeline.get_or_init(|| pipeline(self.client_options.clone(), Vec::new()))
    }

    /// The endpoint of this client.
    pub fn endpoint(&self) -> &Url {
        &self.endpoint
    }

    /// Creates an identity. If the body has scopes, a token is issued for it, too.
    ///
    /// # Arguments
    ///
    /// * `options` - Optional parameters for the request.
    #[tracing::function("Azure.Communication.Identity.createIdentity")]
    pub async fn create_identity(
        &self,
        options: Option<CommunicationIdentityClientCreateIdentityOptions<'_>>,
    ) -> azure_core::Result<Response<CreateIdentityResult>> {
        let options = options.unwrap_or_default();
        let ctx = options.method_options.context.to_borrowed();
        let mut request = self.request(Method::Post, "/identities")?;
        request.insert_header("content-type", "application/json");
        if let Some(body) = options.body {
            request.set_body(body);
        }
        Ok(self.send(&ctx, request, &[201]).await?.into())
    }

    /// Gets an identity. Available in api-version 2025-03-02-preview only.
    ///
    /// # Arguments
    ///
    /// * `id` - The raw id of the identity, `8:acs:…`.
    /// * `options` - Optional parameters for the request.
    #[tracing::function("Azure.Communication.Identity.getIdentity")]
    pub async fn get_identity(
        &self,
        id: &str,
        options: Option<CommunicationIdentityClientGetIdentityOptions<'_>>,
    ) -> azure_core::Result<Response<Identity>> {
        let options = options.unwrap_or_default();
        let ctx = options.method_options.context.to_borrowed();
        let request = self.identity_request(Method::Get, id, "")?;
        Ok(self.send(&ctx, request, &[200]).await?.into())
    }

    /// Deletes an identity, revokes its tokens and deletes its data.
    ///
    /// # Arguments
    ///
    /// * `id` - The raw id of the identity, `8:acs:…`.
    /// * `options` - Optional parameters for the request.
    #[tracing::function("Azure.Communication.Identity.deleteIdentity")]
    pub async fn delete_identity(
        &self,
        id: &str,
        options: Option<CommunicationIdentityClientDeleteIdentityOptions<'_>>,
    ) -> azure_core::Result<Response<(), NoFormat>> {
        let options = options.unwrap_or_default();
        let ctx = options.method_options.context.to_borrowed();
        let request = self.identity_request(Method::Delete, id, "")?;
        Ok(self.send(&ctx, request, &[204]).await?.into())
    }

    /// Issues an access token for an identity.
    ///
    /// # Arguments
    ///
    /// * `id` - The raw id of the identity, `8:acs:…`.
    /// * `body` - The scopes and the lifetime of the token.
    /// * `options` - Optional parameters for the request.
    #[tracing::function("Azure.Communication.Identity.issueAccessToken")]
    pub async fn issue_access_token(
        &self,
        id: &str,
        body: RequestContent<IssueAccessTokenRequest>,
        options: Option<CommunicationIdentityClientIssueAccessTokenOptions<'_>>,
    ) -> azure_core::Result<Response<AccessToken>> {
        let options = options.unwrap_or_default();
        let ctx = options.method_options.context.to_borrowed();
        let mut request = self.identity_request(Method::Post, id, "/:issueAccessToken")?;
        request.insert_header("content-type", "application/json");
        request.set_body(body);
        Ok(self.send(&ctx, request, &[200]).await?.into())
    }

    /// Revokes all access tokens of an identity that were issued before. It can take up to 15 minutes (docs/service.md,
    /// section 7).
    ///
    /// # Arguments
    ///
    /// * `id` - The raw id of the identity, `8:acs:…`.
    /// * `options` - Optional parameters for the request.
    #[tracing::function("Azure.Communication.Identity.revokeAccessTokens")]
    pub async fn revoke_access_tokens(
        &self,
        id: &str,
        options: Option<CommunicationIdentityClientRevokeAccessTokensOptions<'_>>,
    ) -> azure_core::Result<Response<(), NoFormat>> {
        let options = options.unwrap_or_default();
        let ctx = options.method_options.context.to_borrowed();
        let request = self.identity_request(Method::Post, id, "/:revokeAccessTokens")?;
        Ok(self.send(&ctx, request, &[204]).await?.into())
    }

    /// Exchanges the Entra access token of a Teams user for an access token with the same time of expiry.
    ///
    /// # Arguments
    ///
    /// * `body` - The Entra token, the application that it was issued to, and the object id of its user.
    /// * `options` - Optional parameters for the request.
    #[tracing::function("Azure.Communication.Identity.exchangeTeamsUserAccessToken")]
    pub async fn exchange_teams_user_access_token(
        &self,
        body: RequestContent<ExchangeTeamsUserAccessTokenRequest>,
        options: Option<CommunicationIdentityClientExchangeTeamsUserAccessTokenOptions<'_>>,
    ) -> azure_core::Result<Response<AccessToken>> {
        let options = options.unwrap_or_default();
        let ctx = options.method_options.context.to_borrowed();
        let mut request = self.request(Method::Post, "/teamsUser/:exchangeAccessToken")?;
        request.insert_header("content-type", "application/json");
        request.set_body(body);
        Ok(self.send(&ctx, request, &[200]).await?.into())
    }

    fn identity_request(&self, method: Method, id: &str, verb: &str) -> azure_core::Result<Request> {
        if id.is_empty() {
            return Err(Error::with_message(ErrorKind::Other, "parameter id cannot be empty"));
        }
        self.request(method, &format!("/identities/{}{verb}", raw_id::encode_path_segment(id)))
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> azure_core::Result<Request> {
        let mut url = self.endpoint.clone();
        // If a gateway is in front of the service, the endpoint may have a path.
        let prefix = url.path().trim_end_matches('/').to_owned();
        url.set_path(&format!("{prefix}{path}"));
        url.query_pairs_mut().append_pair("api-version", &self.api_version);
        let mut request = Request::new(url, method);
        request.insert_header("accept", "application/json");
        Ok(request)
    }

    pub(crate) async fn send(
        &self,
        ctx: &Context<'_>,
        request: Request,
        success_codes: &'static [u16],
    ) -> azure_core::Result<RawResponse> {
        send_through(&self.pipeline, ctx, request, success_codes).await
    }
}

/// Sends a request with its own request id.
pub(super) async fn send_through(
    pipeline: &Pipeline,
    ctx: &Context<'_>,
    mut request: Request,
    success_codes: &'static [u16],
) -> azure_core::Result<RawResponse> {
    // The pipeline would add the id, too. But it first creates an error for the missing header, and the backtrace of that error
    // costs milliseconds if `RUST_BACKTRACE` is set.
    let id = match ctx.value::<ClientRequestId>() {
        Some(id) => id.value().as_str().to_owned(),
        None => Uuid::new_v4().to_string(),
    };
    request.insert_header(CLIENT_REQUEST_ID, id);
    let check_success = CheckSuccessOptions { success_codes };
    pipeline.send(ctx, &mut request, Some(PipelineSendOptions { check_success, ..Default::default() })).await
}

fn pipeline(options: ClientOptions, per_try_policies: Vec<Arc<dyn Policy>>) -> Pipeline {
    let (name, version) = (option_env!("CARGO_PKG_NAME"), option_env!("CARGO_PKG_VERSION"));
    Pipeline::new(name, version, options, Vec::new(), per_try_policies, None)
}

fn parse_endpoint(endpoint: &str) -> azure_core::Result<Url> {
    let mut url = Url::parse(endpoint).with_kind(ErrorKind::DataConversion)?;
    if !matches!(url.scheme(), "https" | "http") || url.host_str().is_none() {
        return Err(Error::with_message(ErrorKind::DataConversion, format!("{endpoint} is not an http(s) URL")));
    }
    url.set_query(None);
    url.set_fragment(None);
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONNECTION_STRING: &str = "endpoint=https://contoso.communication.azure.com/;accesskey=c2VjcmV0IGtleQ==";

    #[test]
    fn debug_shows_no_secret() -> azure_core::Result<()> {
        let options = CommunicationIdentityClientOptions {
            client_options: ClientOptions { transport: Some(transport()), ..Default::default() },
            ..Default::default()
        };
        let client = CommunicationIdentityClient::with_connection_string(CONNECTION_STRING, Some(options))?;
        let shown = format!("{client:?}");
        assert!(shown.contains("https://contoso.communication.azure.com/"), "{shown}");
        assert!(!shown.contains("c2VjcmV0"), "{shown}");
        Ok(())
    }

    #[test]
    fn a_connection_string_without_an_endpoint_is_refused() -> azure_core::Result<()> {
        let error = CommunicationIdentityClient::with_connection_string("bogus", None).err();
        assert!(error.is_some_and(|error| error.to_string().contains("'endpoint'")));
        Ok(())
    }

    fn transport() -> azure_core::http::Transport {
        #[derive(Debug)]
        struct Unreachable;

        #[async_trait::async_trait]
        impl azure_core::http::HttpClient for Unreachable {
            async fn execute_request(&self, _: &Request) -> azure_core::Result<azure_core::http::AsyncRawResponse> {
                Err(Error::with_message(ErrorKind::Io, "no network here"))
            }
        }

        azure_core::http::Transport::new(Arc::new(Unreachable))
    }
}
