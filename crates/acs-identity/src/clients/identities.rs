//! Identities, and access tokens for them (docs/service.md, sections 1 and 8).

use azure_core::http::{Method, NoFormat, Request, RequestContent, Response};
use azure_core::tracing;

use super::CommunicationIdentityClient;
use super::endpoint::segment;
use crate::models::{
    AccessToken, CommunicationIdentityClientCreateIdentityOptions, CommunicationIdentityClientDeleteIdentityOptions,
    CommunicationIdentityClientExchangeTeamsUserAccessTokenOptions, CommunicationIdentityClientGetIdentityOptions,
    CommunicationIdentityClientIssueAccessTokenOptions, CommunicationIdentityClientRevokeAccessTokensOptions,
    CreateIdentityResult, ExchangeTeamsUserAccessTokenRequest, Identity, IssueAccessTokenRequest,
};

impl CommunicationIdentityClient {
    /// Creates an identity. If the body has scopes, a token is issued for it, too. A `custom_id` needs api-version
    /// 2025-03-02-preview: with another one, this method returns an error before anything is sent.
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
        self.check_create(&request)?;
        Ok(self.send_creation(&ctx, request, &[201]).await?.into())
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
        self.require_custom_ids("get_identity")?;
        let ctx = options.method_options.context.to_borrowed();
        let request = self.identity_request(Method::Get, id, "")?;
        Ok(self.send(&ctx, request, &[200]).await?.into())
    }

    /// Deletes an identity, revokes its tokens and deletes its data.
    ///
    /// An identity that is not there is the error 404 `IdentityNotFound`. But if the client has sent the request again,
    /// because the first answer was lost, it is a success with status 204 and no headers: the first request may have
    /// deleted it.
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
        Ok(self.send_deletion(&ctx, request, &[204]).await?.into())
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
        self.check_issue(&request)?;
        Ok(self.send(&ctx, request, &[200]).await?.into())
    }

    /// Revokes all access tokens of an identity that were issued before. The service of Azure can take up to 15 minutes
    /// until it accepts none of them any more.
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
        self.require_revocation()?;
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
        self.check_teams_user(&request)?;
        Ok(self.send(&ctx, request, &[200]).await?.into())
    }

    fn identity_request(&self, method: Method, id: &str, verb: &str) -> azure_core::Result<Request> {
        self.request(method, &format!("/identities/{}{verb}", segment("id", id)?))
    }
}
