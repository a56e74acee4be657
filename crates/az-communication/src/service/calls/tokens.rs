//! Requests that issue, exchange and revoke access tokens.

use acs_identity::models::{
    CommunicationIdentityClientExchangeTeamsUserAccessTokenOptions, CommunicationIdentityClientIssueAccessTokenOptions,
    ExchangeTeamsUserAccessTokenRequest, IssueAccessTokenRequest,
};
use azure_core::credentials::Secret;

use super::Service;
use crate::report::secrets;
use crate::service::answer::{Issued, token, token_scopes};
use crate::service::failure::{Asked, Failure};
use crate::service::sending::dot_segments::for_sdk;
use crate::service::sending::origin::SecretBody;
use crate::transport::http::block_on::block_on;

impl Service {
    /// Issues a token for an identity.
    ///
    /// # Errors
    ///
    /// When the service refuses, cannot be reached, or gives an unexpected response.
    pub fn issue_token(&self, user: &str, scopes: &[String], minutes: Option<i32>) -> Result<Issued, Failure> {
        let request = IssueAccessTokenRequest { scopes: Some(token_scopes(scopes)), expires_in_minutes: minutes };
        let mut options = CommunicationIdentityClientIssueAccessTokenOptions::default();
        options.method_options.context.insert(self.repeats.clone());
        let result = request
            .try_into()
            .and_then(|body| block_on(self.client.issue_access_token(&for_sdk(user), body, Some(options))));
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
        let result = block_on(self.client.revoke_access_tokens(&for_sdk(user), None));
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
