//! Assignments of Teams users and resource accounts, and the exchange of their tokens (docs/service.md, section 9).

use azure_core::credentials::Secret;
use azure_core::http::{Method, NoFormat, RequestContent, Response};
use azure_core::tracing;

use super::CommunicationIdentityClient;
use super::endpoint::segment;
use crate::models::{
    CommunicationIdentityClientCreateOrReplaceTeamsExtensionAssignmentOptions,
    CommunicationIdentityClientDeleteTeamsExtensionAssignmentOptions,
    CommunicationIdentityClientExchangeTeamsExtensionAccessTokenOptions,
    CommunicationIdentityClientGetTeamsExtensionAssignmentOptions, CreateIdentityResult, TeamsExtensionAssignment,
    TeamsExtensionAssignmentRequest,
};

const EXCHANGE: &str = "/access/teamsExtension/:exchangeAccessToken";

fn path(tenant_id: &str, object_id: &str) -> azure_core::Result<String> {
    let (tenant, object) = (segment("tenant_id", tenant_id)?, segment("object_id", object_id)?);
    Ok(format!("/access/teamsExtension/tenants/{tenant}/assignments/{object}"))
}

impl CommunicationIdentityClient {
    /// Gets the assignment of a Teams user or resource account. Available since api-version 2025-03-02-preview.
    ///
    /// # Arguments
    ///
    /// * `tenant_id` - The tenant of the principal.
    /// * `object_id` - The object id of the principal.
    /// * `options` - Optional parameters for the request.
    #[tracing::function("Azure.Communication.Identity.getTeamsExtensionAssignment")]
    pub async fn get_teams_extension_assignment(
        &self,
        tenant_id: &str,
        object_id: &str,
        options: Option<CommunicationIdentityClientGetTeamsExtensionAssignmentOptions<'_>>,
    ) -> azure_core::Result<Response<TeamsExtensionAssignment>> {
        let options = options.unwrap_or_default();
        self.require_teams_extension()?;
        let ctx = options.method_options.context.to_borrowed();
        let request = self.request(Method::Get, &path(tenant_id, object_id)?)?;
        Ok(self.send(&ctx, request, &[200]).await?.into())
    }

    /// Creates or replaces the assignment of a Teams user or resource account. Available since api-version
    /// 2025-03-02-preview.
    ///
    /// # Arguments
    ///
    /// * `tenant_id` - The tenant of the principal.
    /// * `object_id` - The object id of the principal.
    /// * `body` - The kind of principal and, for a user, the applications that it may use.
    /// * `options` - Optional parameters for the request.
    #[tracing::function("Azure.Communication.Identity.createOrReplaceTeamsExtensionAssignment")]
    pub async fn create_or_replace_teams_extension_assignment(
        &self,
        tenant_id: &str,
        object_id: &str,
        body: RequestContent<TeamsExtensionAssignmentRequest>,
        options: Option<CommunicationIdentityClientCreateOrReplaceTeamsExtensionAssignmentOptions<'_>>,
    ) -> azure_core::Result<Response<TeamsExtensionAssignment>> {
        let options = options.unwrap_or_default();
        self.require_teams_extension()?;
        let ctx = options.method_options.context.to_borrowed();
        let mut request = self.request(Method::Put, &path(tenant_id, object_id)?)?;
        request.insert_header("content-type", "application/json");
        request.set_body(body);
        Ok(self.send(&ctx, request, &[200, 201]).await?.into())
    }

    /// Deletes the assignment of a Teams user or resource account. Available since api-version 2025-03-02-preview.
    ///
    /// # Arguments
    ///
    /// * `tenant_id` - The tenant of the principal.
    /// * `object_id` - The object id of the principal.
    /// * `options` - Optional parameters for the request.
    #[tracing::function("Azure.Communication.Identity.deleteTeamsExtensionAssignment")]
    pub async fn delete_teams_extension_assignment(
        &self,
        tenant_id: &str,
        object_id: &str,
        options: Option<CommunicationIdentityClientDeleteTeamsExtensionAssignmentOptions<'_>>,
    ) -> azure_core::Result<Response<(), NoFormat>> {
        let options = options.unwrap_or_default();
        self.require_teams_extension()?;
        let ctx = options.method_options.context.to_borrowed();
        let request = self.request(Method::Delete, &path(tenant_id, object_id)?)?;
        Ok(self.send(&ctx, request, &[204]).await?.into())
    }

    /// Exchanges the Entra token of a Teams extension user for an access token. Available since api-version
    /// 2025-03-02-preview.
    ///
    /// # Arguments
    ///
    /// * `entra_token` - The user's token with the permission `TeamsExtension.ManageCalls`. It authenticates the
    ///   request instead of the client's own credential.
    /// * `options` - Optional parameters for the request.
    ///
    /// # Errors
    ///
    /// Returns an error if the endpoint is not an https URL, because the token is a credential.
    #[tracing::function("Azure.Communication.Identity.exchangeTeamsExtensionAccessToken")]
    pub async fn exchange_teams_extension_access_token(
        &self,
        entra_token: &Secret,
        options: Option<CommunicationIdentityClientExchangeTeamsExtensionAccessTokenOptions<'_>>,
    ) -> azure_core::Result<Response<CreateIdentityResult>> {
        let options = options.unwrap_or_default();
        self.require_teams_extension()?;
        let ctx = options.method_options.context.to_borrowed();
        Ok(self.exchange(&ctx, EXCHANGE, entra_token).await?.into())
    }
}
