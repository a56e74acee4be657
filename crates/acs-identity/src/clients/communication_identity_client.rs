//! The client: how it is created, and how it authenticates its requests (docs/service.md, sections 1 and 2).

use std::sync::{Arc, OnceLock};

use acs_identity_protocol::endpoint::shown;
use acs_identity_protocol::visible::is_hidden;
use acs_identity_protocol::{AccessKey, ConnectionString};
use azure_core::credentials::{Secret, TokenCredential};
use azure_core::error::{Error, ErrorKind, ResultExt as _};
use azure_core::fmt::SafeDebug;
use azure_core::http::policies::{Policy, auth::BearerTokenAuthorizationPolicy};
use azure_core::http::{ClientOptions, Url};
use azure_core::tracing;

use super::endpoint::{parse, require_https};
use crate::policies::AccessKeyPolicy;
use crate::sender::Sender;
use crate::timeouts::Timeouts;

/// The scope of management calls. It has two slashes, because the audience ends with one (docs/service.md, section
/// 2.2).
const SCOPE: &str = "https://communication.azure.com//.default";

/// The api-version of a client whose options name none.
pub(super) const DEFAULT_API_VERSION: &str = "2025-06-30";

/// Options used when creating a [`CommunicationIdentityClient`].
#[derive(Clone, SafeDebug)]
pub struct CommunicationIdentityClientOptions {
    /// The api-version of all requests, such as `2025-06-30`, which is the default.
    /// [`api_version::KNOWN`](crate::api_version::KNOWN) lists the known ones. A method or a field that a known version
    /// lacks is refused before anything is sent.
    pub api_version: String,

    /// How long a call waits for the service. By default, each call ends within ten seconds. If the service asks to
    /// wait, it can take a minute longer.
    pub timeouts: Timeouts,

    /// The options of `azure_core`: transport, retries, policies and tracing.
    ///
    /// `azure_core` waits before it sends a request again. If its feature `tokio` is on, as by default, this wait
    /// panics outside of a tokio runtime with a clock. A client with a transport that needs no such runtime must
    /// therefore turn retries off by [`RetryOptions::none`](azure_core::http::RetryOptions::none), or use `azure_core`
    /// without this feature.
    pub client_options: ClientOptions,
}

impl Default for CommunicationIdentityClientOptions {
    fn default() -> Self {
        Self {
            api_version: DEFAULT_API_VERSION.into(),
            timeouts: Timeouts::default(),
            client_options: ClientOptions::default(),
        }
    }
}

/// Creates and deletes identities of a Communication Services resource, and issues, exchanges and revokes access
/// tokens.
///
/// The methods have the names of the service's operations. [`CommunicationIdentityClientExt`] has shorter ones.
///
/// # Errors
///
/// Each operation returns an error if a path parameter is empty, the request cannot be sent, or the service refuses it.
/// [`ErrorBody::try_from`] reads the error of the service.
///
/// [`CommunicationIdentityClientExt`]: crate::CommunicationIdentityClientExt
/// [`ErrorBody::try_from`]: crate::models::ErrorBody
#[tracing::client]
pub struct CommunicationIdentityClient {
    pub(crate) api_version: String,
    pub(crate) endpoint: Url,
    pub(crate) pipeline: Sender,
    /// The pipeline of the exchanges that a user's token authenticates. It is created when it is first needed.
    user_pipeline: OnceLock<Sender>,
    client_options: ClientOptions,
    /// The policy that signs, unless the client authenticates with Entra ID.
    access_key: Option<Arc<AccessKeyPolicy>>,
}

impl std::fmt::Debug for CommunicationIdentityClient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CommunicationIdentityClient")
            .field("endpoint", &shown(self.endpoint.as_str()))
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
        let endpoint = parse(endpoint)?;
        require_https(&endpoint)?;
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
        Self::signing(parse(endpoint)?, parse_key(access_key)?, options)
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
    /// Returns an error if a part is missing, the endpoint is not valid, the key is not base64, or the values of the
    /// two parts are swapped.
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
    /// Returns an error if the host is not valid in a URL, or the values of the two parts are swapped.
    pub fn with_parsed_connection_string(
        connection_string: &ConnectionString,
        options: Option<CommunicationIdentityClientOptions>,
    ) -> azure_core::Result<Self> {
        // The key would become the host, which errors and traces show.
        if connection_string.swapped {
            let message = "the connection string has an endpoint as 'accesskey', or the key as 'endpoint': swap the \
                           values of 'endpoint' and 'accesskey'";
            return Err(Error::with_message(ErrorKind::DataConversion, message));
        }
        let scheme = if connection_string.plain_http { "http" } else { "https" };
        let endpoint = parse(&format!("{scheme}://{}{}", connection_string.host, connection_string.path))?;
        Self::signing(endpoint, connection_string.access_key.clone(), options)
    }

    /// Replaces the access key, for example after it was regenerated. The new key signs the next try of every request,
    /// also of requests that are waiting for their next try.
    ///
    /// # Arguments
    ///
    /// * `access_key` - One of the resource's two access keys, in base64.
    ///
    /// # Errors
    ///
    /// Returns an error if `access_key` is not base64, or if the client authenticates with Entra ID. The client then
    /// keeps its credential.
    pub fn update_access_key(&self, access_key: &Secret) -> azure_core::Result<()> {
        let Some(policy) = &self.access_key else {
            let message = "this client has no access key: it authenticates with Entra ID";
            return Err(Error::with_message(ErrorKind::Credential, message));
        };
        policy.replace(parse_key(access_key)?);
        Ok(())
    }

    fn signing(
        endpoint: Url,
        access_key: AccessKey,
        options: Option<CommunicationIdentityClientOptions>,
    ) -> azure_core::Result<Self> {
        let policy = Arc::new(AccessKeyPolicy::new(access_key));
        let client = Self::with_policy(endpoint, policy.clone(), options.unwrap_or_default())?;
        Ok(Self { access_key: Some(policy), ..client })
    }

    // `#[tracing::new]` accepts public functions only, so the code that it generates is written here.
    fn with_policy(
        endpoint: Url,
        auth_policy: Arc<dyn Policy>,
        options: CommunicationIdentityClientOptions,
    ) -> azure_core::Result<Self> {
        let version = &options.api_version;
        if version.trim().is_empty() || version.chars().any(|c| c.is_whitespace() || is_hidden(c)) {
            let message = "CommunicationIdentityClientOptions::api_version is empty or contains a blank or an invisible \
                           character";
            return Err(Error::with_message(ErrorKind::Other, message));
        }
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
            pipeline: Sender::new(options.client_options.clone(), options.timeouts, Some(auth_policy)),
            user_pipeline: OnceLock::new(),
            client_options: options.client_options,
            access_key: None,
        })
    }

    /// Returns the pipeline without the client's own credential.
    pub(crate) fn user_pipeline(&self) -> &Sender {
        self.user_pipeline.get_or_init(|| Sender::new(self.client_options.clone(), self.pipeline.timeouts(), None))
    }

    /// Returns the endpoint of this client.
    pub fn endpoint(&self) -> &Url {
        &self.endpoint
    }
}

fn parse_key(access_key: &Secret) -> azure_core::Result<AccessKey> {
    access_key.secret().parse().with_kind(ErrorKind::DataConversion)
}

#[cfg(test)]
mod tests {
    use azure_core::http::Request;

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
