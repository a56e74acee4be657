//! The convenience methods that the SDKs of other languages have, under the same names.

use azure_core::credentials::AccessToken;

use super::endpoint::check_user;
use super::{CommunicationIdentityClient, answer};
use crate::models::{
    CommunicationIdentityClientCreateIdentityOptions, CreateIdentityRequest, ExchangeTeamsUserAccessTokenRequest,
    IssueAccessTokenRequest, TokenScope, UserId,
};

/// Short methods for the usual cases. They return values instead of responses, and an error if the service left
/// something out. A [`UserId`] can be given as `&user` where a method takes a raw id.
///
/// It is a trait, so that a test can implement it, and so that the client has the operations of the service only.
/// The documentation shows what `async_trait` makes of the methods: read `Pin<Box<dyn Future<Output = T>>>` as
/// `async fn … -> T`.
///
/// # Errors
///
/// Each method returns an error if the request cannot be sent, the service refuses it, or its answer lacks something. A
/// user that does not exist or was deleted is the error 404 `IdentityNotFound`.
#[async_trait::async_trait]
pub trait CommunicationIdentityClientExt {
    /// Creates a user, and returns its raw id. Store it: the service cannot list users.
    ///
    /// # Errors
    ///
    /// If it is not known whether the user was created, the source is [`UnknownOutcome`](crate::UnknownOutcome).
    async fn create_user(&self) -> azure_core::Result<UserId>;

    /// Creates a user and issues a token with these scopes.
    ///
    /// # Arguments
    ///
    /// * `scopes` - The scopes of the token.
    /// * `expires_in_minutes` - The lifetime in minutes, 60 to 1440; 1440 if `None`.
    ///
    /// # Errors
    ///
    /// If the service created the user but its answer has no token, the error contains the raw id. If it is not known
    /// whether the user was created, the source is [`UnknownOutcome`](crate::UnknownOutcome).
    async fn create_user_and_token(
        &self,
        scopes: &[TokenScope],
        expires_in_minutes: Option<i32>,
    ) -> azure_core::Result<(UserId, AccessToken)>;

    /// Issues a token for a user.
    ///
    /// # Arguments
    ///
    /// * `user` - The raw id of the user.
    /// * `scopes` - The scopes of the token.
    /// * `expires_in_minutes` - The lifetime in minutes, 60 to 1440; 1440 if `None`.
    ///
    /// # Errors
    ///
    /// 404 `IdentityNotFound` if the user was deleted, 400 `ValidationError` if the lifetime is out of range.
    async fn get_token(
        &self,
        user: &str,
        scopes: &[TokenScope],
        expires_in_minutes: Option<i32>,
    ) -> azure_core::Result<AccessToken>;

    /// Exchanges the Entra access token of a Teams user for an access token.
    ///
    /// # Arguments
    ///
    /// * `aad_token` - The Entra access token.
    /// * `client_id` - The application that it was issued to.
    /// * `user_object_id` - The object id of the Teams user.
    ///
    /// # Errors
    ///
    /// 401 if the token is not one of this user and this application.
    async fn get_token_for_teams_user(
        &self,
        aad_token: &str,
        client_id: &str,
        user_object_id: &str,
    ) -> azure_core::Result<AccessToken>;

    /// Revokes all tokens of a user that were issued before. The service of Azure can take up to 15 minutes until it
    /// accepts none of them any more.
    ///
    /// # Arguments
    ///
    /// * `user` - The raw id of the user.
    ///
    /// # Errors
    ///
    /// 404 `IdentityNotFound` if the user was deleted.
    async fn revoke_tokens(&self, user: &str) -> azure_core::Result<()>;

    /// Deletes a user, its data and its tokens.
    ///
    /// # Arguments
    ///
    /// * `user` - The raw id of the user.
    ///
    /// # Errors
    ///
    /// 404 `IdentityNotFound` if the user was deleted before. It is no error if the client has sent the request again,
    /// because the first answer was lost.
    async fn delete_user(&self, user: &str) -> azure_core::Result<()>;

    /// Asks the emulator whether a token is active: issued by it, not expired and not revoked. The request has the
    /// token and no credential.
    ///
    /// # Arguments
    ///
    /// * `token` - The access token.
    ///
    /// # Errors
    ///
    /// The service of Azure has no such operation. The error says so.
    async fn is_token_active(&self, token: &str) -> azure_core::Result<bool>;
}

#[async_trait::async_trait]
impl CommunicationIdentityClientExt for CommunicationIdentityClient {
    async fn create_user(&self) -> azure_core::Result<UserId> {
        answer::user(self.create_identity(None).await?.body())
    }

    async fn create_user_and_token(
        &self,
        scopes: &[TokenScope],
        expires_in_minutes: Option<i32>,
    ) -> azure_core::Result<(UserId, AccessToken)> {
        let body = CreateIdentityRequest {
            create_token_with_scopes: Some(scopes.to_vec()),
            expires_in_minutes,
            ..Default::default()
        };
        let options =
            CommunicationIdentityClientCreateIdentityOptions { body: Some(body.try_into()?), ..Default::default() };
        answer::user_with_token(self.create_identity(Some(options)).await?.body())
    }

    async fn get_token(
        &self,
        user: &str,
        scopes: &[TokenScope],
        expires_in_minutes: Option<i32>,
    ) -> azure_core::Result<AccessToken> {
        check_user(user)?;
        let body = IssueAccessTokenRequest { scopes: Some(scopes.to_vec()), expires_in_minutes };
        answer::access_token(self.issue_access_token(user, body.try_into()?, None).await?.body())
    }

    async fn get_token_for_teams_user(
        &self,
        aad_token: &str,
        client_id: &str,
        user_object_id: &str,
    ) -> azure_core::Result<AccessToken> {
        let body = ExchangeTeamsUserAccessTokenRequest {
            token: Some(aad_token.into()),
            app_id: Some(client_id.into()),
            user_id: Some(user_object_id.into()),
        };
        answer::access_token(self.exchange_teams_user_access_token(body.try_into()?, None).await?.body())
    }

    async fn revoke_tokens(&self, user: &str) -> azure_core::Result<()> {
        check_user(user)?;
        self.revoke_access_tokens(user, None).await.map(drop)
    }

    async fn delete_user(&self, user: &str) -> azure_core::Result<()> {
        check_user(user)?;
        self.delete_identity(user, None).await.map(drop)
    }

    async fn is_token_active(&self, token: &str) -> azure_core::Result<bool> {
        self.introspect(token).await
    }
}
