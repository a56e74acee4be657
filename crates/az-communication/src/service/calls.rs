//! Requests to the service.

use std::sync::Arc;

use acs_identity::models::{
    CommunicationIdentityClientCreateIdentityOptions, CommunicationIdentityClientExchangeTeamsUserAccessTokenOptions,
    CommunicationIdentityClientIssueAccessTokenOptions, CreateIdentityRequest, ExchangeTeamsUserAccessTokenRequest,
    IssueAccessTokenRequest,
};
use acs_identity::{CommunicationIdentityClient, CommunicationIdentityClientOptions};
use acs_identity_protocol::api_version::CLI_DEFAULT;
use azure_core::credentials::Secret;
use azure_core::http::policies::Policy;
use azure_core::http::{ClientOptions, RetryOptions, Url, UserAgentOptions};
use pyjmespath::Value;

use crate::knack::invocation::Invocation;
use crate::report::error::CliError;
use crate::report::printer::{Level, Printer};
use crate::report::secrets;
use crate::service::answer::{Issued, string_at, token, token_scopes};
use crate::service::belongs::{Created, is_for_another};
use crate::service::connection::{Auth, Connection};
use crate::service::failure::{Asked, Cause, Failure};
use crate::service::login::Login;
use crate::service::network;
use crate::service::sending::log_policy::LogPolicy;
use crate::service::sending::origin::{OriginPolicy, SecretBody};
use crate::service::sending::redirect::RedirectPolicy;
use crate::service::sending::retry::RetryPolicy;
use crate::transport::http::block_on::block_on;
use crate::transport::resend::{Creation, Repeats};
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
        per_call_policies: Vec<Arc<dyn Policy>>,
    ) -> Result<Self, CliError> {
        let trust = connection.trust()?;
        let endpoint = connection.endpoint();
        let home = Url::parse(&endpoint)
            .map_err(|error| CliError::new(format!("The {} cannot be used: {error}.", connection.named_by())))?;
        let mut per_try_policies: Vec<Arc<dyn Policy>> = vec![Arc::new(OriginPolicy { home })];
        if printer.shows(Level::Info) || crate::report::log_file::is_open() {
            per_try_policies.push(Arc::new(LogPolicy { printer }));
        }
        let transport = Arc::new(network::transport(trust));
        let options = CommunicationIdentityClientOptions {
            api_version: api_version.to_owned(),
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

    /// Creates an identity and returns its raw id.
    ///
    /// # Errors
    ///
    /// When the service refuses, cannot be reached, or gives an unexpected response.
    pub fn create_user(&self) -> Result<String, Failure> {
        let user = self.create(None, Asked::NewUser, |body| string_at(body, &["identity", "id"]))?;
        match self.created.is_new(&user, None) {
            true => Ok(user),
            false => Err(self.created_before(&user)),
        }
    }

    /// Creates or finds the identity with a user-defined name, and returns the answer of the service.
    ///
    /// # Errors
    ///
    /// When the service refuses, cannot be reached, or gives an unexpected response.
    pub fn create_named_user(&self, custom_id: &str) -> Result<Value, Failure> {
        let request = CreateIdentityRequest { custom_id: Some(custom_id.to_owned()), ..Default::default() };
        self.create(Some(request), Asked::Nothing, |body| {
            body.get("identity").cloned().ok_or_else(|| "it has no 'identity'".into())
        })
    }

    /// Returns the description of an identity.
    ///
    /// # Errors
    ///
    /// When the service refuses, cannot be reached, or gives an unexpected response.
    pub fn show_user(&self, user: &str) -> Result<Value, Failure> {
        let result = block_on(self.client.get_identity(user, None));
        self.read(result, Asked::User(user.to_owned()), |body| Ok(body.clone()))
    }

    /// Creates an identity and a token for it.
    ///
    /// # Errors
    ///
    /// When the service refuses, cannot be reached, or gives an unexpected response.
    pub fn create_user_and_token(&self, scopes: &[String], minutes: Option<i32>) -> Result<Issued, Failure> {
        self.create_and_issue(None, scopes, minutes)
    }

    /// Creates or finds the identity with a user-defined name, and creates a token for it.
    ///
    /// # Errors
    ///
    /// When the service refuses, cannot be reached, or gives an unexpected response.
    pub fn create_named_user_and_token(
        &self,
        custom_id: &str,
        scopes: &[String],
        minutes: Option<i32>,
    ) -> Result<Issued, Failure> {
        self.create_and_issue(Some(custom_id.to_owned()), scopes, minutes)
    }

    fn create_and_issue(
        &self,
        custom_id: Option<String>,
        scopes: &[String],
        minutes: Option<i32>,
    ) -> Result<Issued, Failure> {
        let request = CreateIdentityRequest {
            create_token_with_scopes: Some(token_scopes(scopes)),
            expires_in_minutes: minutes,
            custom_id,
        };
        let name = request.custom_id.clone();
        let issued = self.create(Some(request), Asked::NewUser, |body| {
            Ok(Issued {
                user: string_at(body, &["identity", "id"])?,
                token: string_at(body, &["accessToken", "token"])?,
                expires_on: string_at(body, &["accessToken", "expiresOn"])?,
            })
        })?;
        if !self.created.is_new(&issued.user, name.as_deref()) {
            return Err(self.created_before(&issued.user));
        }
        self.belonging(issued, Asked::NewUser)
    }

    /// Creates the failure of a creation whose answer contains an identity that was created before. This is the answer
    /// to another request.
    fn created_before(&self, user: &str) -> Failure {
        self.mixed_up(format!("its user, {user}, was created before, by another request"), Asked::NewUser)
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

    fn create<T>(
        &self,
        request: Option<CreateIdentityRequest>,
        asked: Asked,
        read: impl FnOnce(&Value) -> Result<T, String>,
    ) -> Result<T, Failure> {
        let creation = Creation::new(self.repeats_creations);
        // With a user-defined name, a repeated request finds the user that an earlier attempt has created.
        let is_named = request.as_ref().is_some_and(|request| request.custom_id.is_some());
        let body = request.map(TryInto::try_into).transpose();
        let result = body.and_then(|body| {
            let mut options = CommunicationIdentityClientCreateIdentityOptions { body, ..Default::default() };
            if is_named {
                options.method_options.context.insert(self.repeats.clone());
            } else {
                options.method_options.context.insert(creation.clone());
            }
            block_on(self.client.create_identity(Some(options)))
        });
        let lost = creation.lost();
        let result = self.read(result, asked, read).map_err(|failure| failure.after(lost));
        if result.is_ok() && lost > 0 {
            let others =
                if lost == 1 { "Another identity".to_owned() } else { format!("Up to {lost} other identities") };
            let ids = if lost == 1 { "its id was" } else { "their ids were" };
            self.printer.warning(&format!(
                "The request was sent {} times, because a gateway had no answer. {others} may have been created, but \
                 {ids} lost.",
                lost + 1
            ));
        }
        result
    }

    /// Issues a token for an identity.
    ///
    /// # Errors
    ///
    /// When the service refuses, cannot be reached, or gives an unexpected response.
    pub fn issue_token(&self, user: &str, scopes: &[String], minutes: Option<i32>) -> Result<Issued, Failure> {
        let request = IssueAccessTokenRequest { scopes: Some(token_scopes(scopes)), expires_in_minutes: minutes };
        let mut options = CommunicationIdentityClientIssueAccessTokenOptions::default();
        options.method_options.context.insert(self.repeats.clone());
        let result =
            request.try_into().and_then(|body| block_on(self.client.issue_access_token(user, body, Some(options))));
        let (token, expires_on) = self.read(result, Asked::User(user.to_owned()), token)?;
        let issued = Issued { user: user.to_owned(), token, expires_on };
        self.belonging(issued, Asked::User(user.to_owned()))
    }

    /// Revokes all tokens of an identity.
    ///
    /// # Errors
    ///
    /// When the service refuses or cannot be reached.
    pub fn revoke_tokens(&self, user: &str) -> Result<(), Failure> {
        let result = block_on(self.client.revoke_access_tokens(user, None));
        result.map(drop).map_err(|error| self.fail(error, Asked::User(user.to_owned())))
    }

    /// Deletes an identity.
    ///
    /// # Errors
    ///
    /// When the service refuses or cannot be reached.
    pub fn delete_user(&self, user: &str) -> Result<(), Failure> {
        let result = block_on(self.client.delete_identity(user, None));
        result.map(drop).map_err(|error| self.fail(error, Asked::User(user.to_owned())))
    }

    /// Exchanges an Entra token of a Teams user. Returns the token and its expiry as the service writes it.
    ///
    /// # Errors
    ///
    /// When the service refuses, cannot be reached, or gives an unexpected response.
    pub fn exchange_teams_token(
        &self,
        aad_token: &str,
        client_id: &str,
        user_object_id: &str,
    ) -> Result<(String, String), Failure> {
        secrets::hide(aad_token);
        let request = ExchangeTeamsUserAccessTokenRequest {
            token: Some(aad_token.into()),
            app_id: Some(client_id.into()),
            user_id: Some(user_object_id.into()),
        };
        let mut options = CommunicationIdentityClientExchangeTeamsUserAccessTokenOptions::default();
        options.method_options.context.insert(SecretBody);
        let result = request
            .try_into()
            .and_then(|body| block_on(self.client.exchange_teams_user_access_token(body, Some(options))));
        let asked = Asked::TeamsToken {
            token: Secret::new(aad_token.to_owned()),
            client_id: client_id.to_owned(),
            user_object_id: user_object_id.to_owned(),
        };
        self.read(result, asked, token)
    }
}
