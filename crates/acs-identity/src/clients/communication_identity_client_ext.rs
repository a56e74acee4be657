//! The convenience methods that the SDKs of other languages have, under the same names.

use azure_core::http::{NoFormat, Response};

use super::CommunicationIdentityClient;
use crate::models::{
    AccessToken, CommunicationIdentityClientCreateIdentityOptions, CreateIdentityRequest, CreateIdentityResult,
    ExchangeTeamsUserAccessTokenRequest, IssueAccessTokenRequest, TokenScope,
};

/// Short methods for the usual cases.
#[async_trait::async_trait]
pub trait CommunicationIdentityClientExt {
    /// Creates a user.
    async fn create_user(&self) -> azure_core::Result<Response<CreateIdentityResult>>;

    /// Creates a user and issues a token with these scopes.
    ///
    /// # Arguments
    ///
    /// * `scopes` - The scopes of the token.
    /// * `expires_in_minutes` - The lifetime in minutes, 60 to 1440; 1440 if `None`.
    async fn create_user_and_token(
        &self,
        scopes: &[TokenScope],
        expires_in_minutes: Option<i32>,
    ) -> azure_core::Result<Response<CreateIdentityResult>>;

    /// Issues a token for a user.
    ///
    /// # Arguments
    ///
    /// * `user` - The raw id of the user.
    /// * `scopes` - The scopes of the token.
    /// * `expires_in_minutes` - The lifetime in minutes, 60 to 1440; 1440 if `None`.
    async fn get_token(
        &self,
        user: &str,
        scopes: &[TokenScope],
        expires_in_minutes: Option<i32>,
    ) -> azure_core::Result<Response<AccessToken>>;

    /// Exchanges the Entra access token of a Teams user for an access token.
    ///
    /// # Arguments
    ///
    /// * `aad_token` - The Entra access token.
    /// * `client_id` - The application that it was issued to.
    /// * `user_object_id` - The object id of the Teams user.
    async fn get_token_for_teams_user(
        &self,
        aad_token: &str,
        client_id: &str,
        user_object_id: &str,
    ) -> azure_core::Result<Response<AccessToken>>;

    /// Revokes all tokens of a user.
    ///
    /// # Arguments
    ///
    /// * `user` - The raw id of the user.
    async fn revoke_tokens(&self, user: &str) -> azure_core::Result<Response<(), NoFormat>>;

    /// Deletes a user.
    ///
    /// # Arguments
    ///
    /// * `user` - The raw id of the user.
    async fn delete_user(&self, user: &str) -> azure_core::Result<Response<(), NoFormat>>;
}

#[async_trait::async_trait]
impl CommunicationIdentityClientExt for CommunicationIdentityClient {
    async fn create_user(&self) -> azure_core::Result<Response<CreateIdentityResult>> {
        self.create_identity(None).await
    }

    async fn create_user_and_token(
        &self,
        scopes: &[TokenScope],
        expires_in_minutes: Option<i32>,
    ) -> azure_core::Result<Response<CreateIdentityResult>> {
        let body = CreateIdentityRequest {
            create_token_with_scopes: Some(scopes.to_vec()),
            expires_in_minutes,
            ..Default::default()
        };
        let options =
            CommunicationIdentityClientCreateIdentityOptions { body: Some(body.try_into()?), ..Default::default() };
        self.create_identity(Some(options)).await
    }

    async fn get_token(
        &self,
        user: &str,
        scopes: &[TokenScope],
        expires_in_minutes: Option<i32>,
    ) -> azure_core::Result<Response<AccessToken>> {
        let body = IssueAccessTokenRequest { scopes: Some(scopes.to_vec()), expires_in_minutes };
        self.issue_access_token(user, body.try_into()?, None).await
    }

    async fn get_token_for_teams_user(
        &self,
        aad_token: &str,
        client_id: &str,
        user_object_id: &str,
    ) -> azure_core::Result<Response<AccessToken>> {
        let body = ExchangeTeamsUserAccessTokenRequest {
            token: Some(aad_token.into()),
            app_id: Some(client_id.into()),
            user_id: Some(user_object_id.into()),
        };
        self.exchange_teams_user_access_token(body.try_into()?, None).await
    }

    async fn revoke_tokens(&self, user: &str) -> azure_core::Result<Response<(), NoFormat>> {
        self.revoke_access_tokens(user, None).await
    }

    async fn delete_user(&self, user: &str) -> azure_core::Result<Response<(), NoFormat>> {
        self.delete_identity(user, None).await
    }
}
