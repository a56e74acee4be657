//! Requests to the service, and the promise that their answers hold what commands need.

use std::fmt;
use std::sync::Arc;

use acs_identity::models::{
    CommunicationIdentityClientCreateIdentityOptions, CreateIdentityRequest, ExchangeTeamsUserAccessTokenRequest,
    IssueAccessTokenRequest, TokenScope,
};
use acs_identity::{CommunicationIdentityClient, CommunicationIdentityClientOptions};
use azure_core::credentials::Secret;
use azure_core::http::policies::Policy;
use azure_core::http::{ClientOptions, RetryOptions, UserAgentOptions};
use pyjmespath::{Object, Value};

use super::block_on::block_on;
use super::connection::{Auth, Connection};
use super::debug_policy::DebugPolicy;
use super::login::Login;
use super::redirect::RedirectPolicy;
use super::retry::RetryPolicy;
use super::service_error::{self, Asked};
use super::transport::Transport;
use crate::error::CliError;
use crate::printer::{Level, Printer};

/// A user and a token, the expiry as the service writes it. `Debug` does not show the token.
#[derive(Clone)]
pub struct Issued {
    /// The raw id.
    pub user: String,
    /// The JWT.
    pub token: String,
    /// When it expires.
    pub expires_on: String,
}

impl fmt::Debug for Issued {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Issued").field("user", &self.user).finish_non_exhaustive()
    }
}

/// The service.
pub struct Service {
    pub(super) client: CommunicationIdentityClient,
    connection: Connection,
}

impl Service {
    /// A client of the service. Nothing is sent yet.
    ///
    /// # Errors
    ///
    /// When the endpoint makes no URL.
    pub fn connect(connection: Connection, api_version: &str, printer: Printer) -> Result<Self, CliError> {
        let trust = connection.trust()?;
        let mut per_try_policies: Vec<Arc<dyn Policy>> = Vec::new();
        if printer.shows(Level::Debug) {
            per_try_policies.push(Arc::new(DebugPolicy { printer }));
        }
        let options = CommunicationIdentityClientOptions {
            api_version: api_version.to_owned(),
            client_options: ClientOptions {
                per_call_policies: vec![Arc::new(RedirectPolicy), Arc::new(RetryPolicy { printer })],
                per_try_policies,
                retry: RetryOptions::none(),
                transport: Some(azure_core::http::Transport::new(Arc::new(Transport::new(trust)))),
                user_agent: UserAgentOptions { application_id: Some("az-communication".into()) },
                ..Default::default()
            },
        };
        let endpoint = connection.endpoint();
        let (client, named_by) = match &connection.auth {
            Auth::Key(key) => {
                let key = Secret::new(key.to_base64());
                (CommunicationIdentityClient::with_access_key(&endpoint, &key, Some(options)), "connection string")
            }
            Auth::Login => {
                let login = Arc::new(Login::new(printer));
                (CommunicationIdentityClient::new(&endpoint, login, Some(options)), "endpoint")
            }
        };
        let client = client.map_err(|error| CliError::new(format!("The {named_by} cannot be used: {error}.")))?;
        Ok(Self { client, connection })
    }

    pub(super) fn fail(&self, error: azure_core::Error, asked: &Asked<'_>) -> CliError {
        service_error::describe(error, &self.connection, asked)
    }

    /// Creates an identity; its raw id.
    ///
    /// # Errors
    ///
    /// When the service refuses, cannot be reached, or answers something else.
    pub fn create_user(&self) -> Result<String, CliError> {
        let result = block_on(self.client.create_identity(None));
        let body = body(result.map_err(|error| self.fail(error, &Asked::Nothing))?.into_body().as_ref())?;
        string_at(&body, &["identity", "id"])
    }

    /// Creates an identity with a name of the caller's own, or finds it: what the service says of it.
    ///
    /// # Errors
    ///
    /// When the service refuses, cannot be reached, or answers something else.
    pub fn create_named_user(&self, custom_id: &str) -> Result<Value, CliError> {
        let request = CreateIdentityRequest { custom_id: Some(custom_id.to_owned()), ..Default::default() };
        let body = self.create(request)?;
        body.get("identity").cloned().ok_or_else(|| unexpected("it has no 'identity'"))
    }

    /// What the service says of an identity.
    ///
    /// # Errors
    ///
    /// When the service refuses, cannot be reached, or answers something else.
    pub fn show_user(&self, user: &str) -> Result<Value, CliError> {
        let result = block_on(self.client.get_identity(user, None));
        body(result.map_err(|error| self.fail(error, &Asked::User(user)))?.into_body().as_ref())
    }

    /// Creates an identity and a token for it.
    ///
    /// # Errors
    ///
    /// When the service refuses, cannot be reached, or answers something else.
    pub fn create_user_and_token(&self, scopes: &[String], minutes: Option<i32>) -> Result<Issued, CliError> {
        let body = self.create(CreateIdentityRequest {
            create_token_with_scopes: Some(token_scopes(scopes)),
            expires_in_minutes: minutes,
            ..Default::default()
        })?;
        Ok(Issued {
            user: string_at(&body, &["identity", "id"])?,
            token: string_at(&body, &["accessToken", "token"])?,
            expires_on: string_at(&body, &["accessToken", "expiresOn"])?,
        })
    }

    fn create(&self, request: CreateIdentityRequest) -> Result<Value, CliError> {
        let result = request.try_into().and_then(|body| {
            let options = CommunicationIdentityClientCreateIdentityOptions { body: Some(body), ..Default::default() };
            block_on(self.client.create_identity(Some(options)))
        });
        body(result.map_err(|error| self.fail(error, &Asked::Nothing))?.into_body().as_ref())
    }

    /// Issues a token for an identity.
    ///
    /// # Errors
    ///
    /// When the service refuses, cannot be reached, or answers something else.
    pub fn issue_token(&self, user: &str, scopes: &[String], minutes: Option<i32>) -> Result<Issued, CliError> {
        let request = IssueAccessTokenRequest { scopes: Some(token_scopes(scopes)), expires_in_minutes: minutes };
        let result = request.try_into().and_then(|body| block_on(self.client.issue_access_token(user, body, None)));
        let (token, expires_on) =
            token(result.map_err(|error| self.fail(error, &Asked::User(user)))?.into_body().as_ref())?;
        Ok(Issued { user: user.to_owned(), token, expires_on })
    }

    /// Revokes all tokens of an identity.
    ///
    /// # Errors
    ///
    /// When the service refuses or cannot be reached.
    pub fn revoke_tokens(&self, user: &str) -> Result<(), CliError> {
        let result = block_on(self.client.revoke_access_tokens(user, None));
        result.map(drop).map_err(|error| self.fail(error, &Asked::User(user)))
    }

    /// Deletes an identity.
    ///
    /// # Errors
    ///
    /// When the service refuses or cannot be reached.
    pub fn delete_user(&self, user: &str) -> Result<(), CliError> {
        let result = block_on(self.client.delete_identity(user, None));
        result.map(drop).map_err(|error| self.fail(error, &Asked::User(user)))
    }

    /// Exchanges an Entra token of a Teams user: the token and its expiry as the service writes it.
    ///
    /// # Errors
    ///
    /// When the service refuses, cannot be reached, or answers something else.
    pub fn exchange_teams_token(
        &self,
        aad_token: &str,
        client_id: &str,
        user_object_id: &str,
    ) -> Result<(String, String), CliError> {
        let request = ExchangeTeamsUserAccessTokenRequest {
            token: Some(aad_token.into()),
            app_id: Some(client_id.into()),
            user_id: Some(user_object_id.into()),
        };
        let result =
            request.try_into().and_then(|body| block_on(self.client.exchange_teams_user_access_token(body, None)));
        let asked = Asked::TeamsToken { token: aad_token, client_id, user_object_id };
        token(result.map_err(|error| self.fail(error, &asked))?.into_body().as_ref())
    }
}

fn token_scopes(scopes: &[String]) -> Vec<TokenScope> {
    scopes.iter().map(|scope| TokenScope::from(scope.as_str())).collect()
}

fn token(bytes: &[u8]) -> Result<(String, String), CliError> {
    let body = body(bytes)?;
    Ok((string_at(&body, &["token"])?, string_at(&body, &["expiresOn"])?))
}

/// Reads the answer as the reference would: any JSON, so that an expiry in an unknown form is passed on.
pub(super) fn body(bytes: &[u8]) -> Result<Value, CliError> {
    let text = std::str::from_utf8(bytes).map_err(|_| unexpected("it is not UTF-8"))?;
    if text.is_empty() {
        return Err(unexpected("its body is empty"));
    }
    Value::from_json(text.trim_start_matches('\u{feff}'))
        .map_err(|error| unexpected(&format!("it is not JSON ({error})")))
}

fn string_at(body: &Value, path: &[&str]) -> Result<String, CliError> {
    let found = path.iter().try_fold(body, |value, name| value.get(name)).and_then(Value::as_str);
    found.map(str::to_owned).ok_or_else(|| unexpected(&format!("it has no '{}'", path.join("."))))
}

fn unexpected(what: &str) -> CliError {
    CliError::new(format!("The response of the service is not what it promises: {what}."))
        .hint("Is the endpoint of the connection string that of a Communication Services resource? Use --debug to see the exchange.")
}

/// An object of these members, in this order.
pub fn object<const N: usize>(members: [(&str, Value); N]) -> Value {
    Value::object(members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect::<Object>())
}
