//! The client of the service. Its requests stand in a file for each topic.

mod tokens;
mod users;

use std::sync::Arc;

use acs_identity::{CommunicationIdentityClient, CommunicationIdentityClientOptions, Timeouts};
use acs_identity_protocol::api_version::CLI_DEFAULT;
use azure_core::credentials::Secret;
use azure_core::http::policies::Policy;
use azure_core::http::{ClientOptions, RetryOptions, Url, UserAgentOptions};

use crate::knack::invocation::Invocation;
use crate::report::error::CliError;
use crate::report::printer::{Level, Printer};
use crate::service::answer::Issued;
use crate::service::belongs::{Created, is_for_another};
use crate::service::connection::{Auth, Connection};
use crate::service::failure::{Asked, Cause, Failure};
use crate::service::login::Login;
use crate::service::network;
use crate::service::sending::dot_segments::DotSegmentPolicy;
use crate::service::sending::log_policy::LogPolicy;
use crate::service::sending::origin::OriginPolicy;
use crate::service::sending::pace::PacePolicy;
use crate::service::sending::redirect::RedirectPolicy;
use crate::service::sending::retry::RetryPolicy;
use crate::transport::resend::Repeats;
use crate::transport::send::Transport;

/// A client of the service.
pub struct Service {
    pub(crate) client: CommunicationIdentityClient,
    connection: Connection,
    printer: Printer,
    repeats_creations: bool,
    transport: Arc<Transport>,
    created: Created,
    repeats: Repeats,
}

impl Service {
    /// Creates a client of the service for the arguments of a command.
    ///
    /// # Errors
    ///
    /// When the connection string is missing or malformed.
    pub fn of(invocation: &Invocation<'_>) -> Result<Self, CliError> {
        Self::of_version(invocation, CLI_DEFAULT)
    }

    /// Creates a client for a command that needs a certain api-version.
    ///
    /// # Errors
    ///
    /// When the connection string is missing or malformed.
    pub fn of_version(invocation: &Invocation<'_>, api_version: &str) -> Result<Self, CliError> {
        let connection = Connection::find(&invocation.arguments, invocation.config)?;
        Self::connect(connection, api_version, invocation.printer)
    }

    /// Creates a client of the service. Nothing is sent yet.
    ///
    /// # Errors
    ///
    /// When the endpoint is not a valid URL.
    pub fn connect(connection: Connection, api_version: &str, printer: Printer) -> Result<Self, CliError> {
        Self::with_policies(
            connection,
            api_version,
            printer,
            vec![Arc::new(RedirectPolicy { printer }), Arc::new(RetryPolicy { printer })],
        )
    }

    /// Creates a client that returns the first answer to a request, whatever it is. No request is repeated, and no
    /// redirect is followed.
    ///
    /// # Errors
    ///
    /// When the endpoint is not a valid URL.
    pub fn connect_once(connection: Connection, api_version: &str, printer: Printer) -> Result<Self, CliError> {
        Self::with_policies(connection, api_version, printer, Vec::new())
    }

    fn with_policies(
        connection: Connection,
        api_version: &str,
        printer: Printer,
        mut per_call_policies: Vec<Arc<dyn Policy>>,
    ) -> Result<Self, CliError> {
        let trust = connection.trust()?;
        let endpoint = connection.endpoint();
        let home = Url::parse(&endpoint)
            .map_err(|error| CliError::new(format!("The {} cannot be used: {error}.", connection.named_by())))?;
        per_call_policies.insert(0, Arc::new(DotSegmentPolicy));
        // It waits before the request is signed, because the signature contains the time.
        per_call_policies.push(Arc::new(PacePolicy::default()));
        let mut per_try_policies: Vec<Arc<dyn Policy>> = vec![Arc::new(OriginPolicy { home })];
        if printer.shows(Level::Info) || crate::report::log_file::is_open() {
            per_try_policies.push(Arc::new(LogPolicy { printer }));
        }
        let transport = Arc::new(network::transport(trust));
        let options = CommunicationIdentityClientOptions {
            api_version: api_version.to_owned(),
            // The transport has the limits of the reference.
            timeouts: Timeouts::none(),
            client_options: ClientOptions {
                per_call_policies,
                per_try_policies,
                retry: RetryOptions::none(),
                transport: Some(azure_core::http::Transport::new(transport.clone())),
                user_agent: UserAgentOptions { application_id: Some("az-communication".into()) },
                ..Default::default()
            },
        };
        let client = match &connection.auth {
            Auth::Key(key) => {
                let key = Secret::new(key.to_base64());
                CommunicationIdentityClient::with_access_key(&endpoint, &key, Some(options))
            }
            Auth::Login => {
                let login = Arc::new(Login::new(printer, connection.subscription.clone()));
                CommunicationIdentityClient::new(&endpoint, login, Some(options))
            }
        };
        let client =
            client.map_err(|error| CliError::new(format!("The {} cannot be used: {error}.", connection.named_by())))?;
        Ok(Self {
            client,
            connection,
            printer,
            repeats_creations: true,
            repeats: Repeats::default(),
            transport,
            created: Created::default(),
        })
    }

    /// Returns a client that never repeats a creation that the service may have carried out. The reference repeats it
    /// after a 500, 503 or 504. For a command that creates many users, this would leave users whose ids are unknown.
    #[must_use]
    pub fn creating_once(self) -> Self {
        Self { repeats_creations: false, ..self }
    }

    /// Returns how often a request for a token was repeated although the service may have issued one.
    pub fn repeated_tokens(&self) -> usize {
        self.repeats.count()
    }

    /// Returns the connection: the service, and how requests are authenticated.
    pub fn connection(&self) -> &Connection {
        &self.connection
    }

    /// Converts an error of azure_core to the failure of a request.
    pub(crate) fn fail(&self, error: azure_core::Error, asked: Asked) -> Failure {
        Failure::of(error, &self.connection, asked)
    }

    /// Creates the failure of a request that received the answer to another request. The outcome of this request is
    /// unknown.
    fn mixed_up(&self, what: String, asked: Asked) -> Failure {
        self.transport.distrust_connections();
        Failure::new(Cause::Answer { what, page: None, created: None }, &self.connection, asked)
    }

    /// Returns the token, unless it says that it is for another identity.
    fn belonging(&self, issued: Issued, asked: Asked) -> Result<Issued, Failure> {
        match is_for_another(&issued.token, &issued.user) {
            true => Err(self.mixed_up(format!("its token is not for {}", issued.user), asked)),
            false => Ok(issued),
        }
    }
}
