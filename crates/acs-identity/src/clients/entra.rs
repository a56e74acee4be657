//! Assignments of Entra users, groups and tenants, and the exchange of their tokens (docs/service.md, section 9).

use azure_core::credentials::Secret;
use azure_core::http::{Method, NoFormat, Pager, RawResponse, RequestContent, Response, StatusCode};
use azure_core::tracing;

use super::CommunicationIdentityClient;
use super::endpoint::segment;
use crate::models::{
    CommunicationIdentityClientCreateOrReplaceEntraAssignmentOptions,
    CommunicationIdentityClientDeleteEntraAssignmentOptions,
    CommunicationIdentityClientExchangeEntraAccessTokenOptions, CommunicationIdentityClientGetEntraAssignmentOptions,
    CommunicationIdentityClientListEntraAssignmentsOptions, CommunicationIdentityClientUpdateEntraAssignmentsOptions,
    CreateIdentityResult, EntraAssignment, EntraAssignmentList, EntraAssignmentRequest, EntraAssignmentsPatch,
};

const EXCHANGE: &str = "/access/entra/:exchangeAccessToken";
const ASSIGNMENTS: &str = "/access/entra/assignments";

fn path(object_id: &str) -> azure_core::Result<String> {
    Ok(format!("{ASSIGNMENTS}/{}", segment("object_id", object_id)?))
}

impl CommunicationIdentityClient {
    /// Gets an Entra assignment. Available in api-version 2025-03-02-preview only.
    ///
    /// # Arguments
    ///
    /// * `object_id` - The object id of the user or group, or the id of the tenant.
    /// * `options` - Optional parameters for the request.
    #[tracing::function("Azure.Communication.Identity.getEntraAssignment")]
    pub async fn get_entra_assignment(
        &self,
        object_id: &str,
        options: Option<CommunicationIdentityClientGetEntraAssignmentOptions<'_>>,
    ) -> azure_core::Result<Response<EntraAssignment>> {
        let options = options.unwrap_or_default();
        self.require_entra()?;
        let ctx = options.method_options.context.to_borrowed();
        let request = self.request(Method::Get, &path(object_id)?)?;
        Ok(self.send(&ctx, request, &[200]).await?.into())
    }

    /// Lists the Entra assignments. Available in api-version 2025-03-02-preview only.
    ///
    /// # Arguments
    ///
    /// * `options` - Optional parameters for the request.
    #[tracing::function("Azure.Communication.Identity.listEntraAssignments")]
    pub fn list_entra_assignments(
        &self,
        options: Option<CommunicationIdentityClientListEntraAssignmentsOptions<'_>>,
    ) -> azure_core::Result<Pager<EntraAssignmentList>> {
        let options = options.unwrap_or_default().into_owned();
        self.require_entra()?;
        Ok(self.pages(self.request(Method::Get, ASSIGNMENTS)?, options.method_options))
    }

    /// Creates or replaces the assignment of a user, a group or a tenant. Available in api-version 2025-03-02-preview
    /// only.
    ///
    /// # Arguments
    ///
    /// * `object_id` - The object id of the user or group, or the id of the tenant.
    /// * `body` - The tenant, the kind of principal, and the applications that it may use.
    /// * `options` - Optional parameters for the request.
    #[tracing::function("Azure.Communication.Identity.createOrReplaceEntraAssignment")]
    pub async fn create_or_replace_entra_assignment(
        &self,
        object_id: &str,
        body: RequestContent<EntraAssignmentRequest>,
        options: Option<CommunicationIdentityClientCreateOrReplaceEntraAssignmentOptions<'_>>,
    ) -> azure_core::Result<Response<EntraAssignment>> {
        let options = options.unwrap_or_default();
        self.require_entra()?;
        let ctx = options.method_options.context.to_borrowed();
        let mut request = self.request(Method::Put, &path(object_id)?)?;
        request.insert_header("content-type", "application/json");
        request.set_body(body);
        Ok(self.send(&ctx, request, &[200, 201]).await?.into())
    }

    /// Creates, replaces and deletes several Entra assignments, all or none of them. Available in api-version
    /// 2025-03-02-preview only.
    ///
    /// The response has the assignments that were created or replaced. If there are none, the service answers 204
    /// without a body, and the model of the response is an empty list.
    ///
    /// # Arguments
    ///
    /// * `assignments` - For each object id, the assignment to create or replace, or `None` to delete it.
    /// * `options` - Optional parameters for the request.
    #[tracing::function("Azure.Communication.Identity.updateEntraAssignments")]
    pub async fn update_entra_assignments(
        &self,
        assignments: &EntraAssignmentsPatch,
        options: Option<CommunicationIdentityClientUpdateEntraAssignmentsOptions<'_>>,
    ) -> azure_core::Result<Response<EntraAssignmentList>> {
        let options = options.unwrap_or_default();
        self.require_entra()?;
        let ctx = options.method_options.context.to_borrowed();
        let mut request = self.request(Method::Patch, ASSIGNMENTS)?;
        request.insert_header("content-type", "application/merge-patch+json");
        request.set_body(azure_core::json::to_json(assignments)?);
        let response = self.send(&ctx, request, &[200, 204]).await?;
        if response.status() != StatusCode::NoContent {
            return Ok(response.into());
        }
        // Without a body, `into_model` would fail although the service did what it was asked for.
        let (status, headers, _) = response.deconstruct();
        Ok(RawResponse::from_bytes(status, headers, r#"{"value":[]}"#).into())
    }

    /// Deletes an Entra assignment. Available in api-version 2025-03-02-preview only.
    ///
    /// # Arguments
    ///
    /// * `object_id` - The object id of the user or group, or the id of the tenant.
    /// * `options` - Optional parameters for the request.
    #[tracing::function("Azure.Communication.Identity.deleteEntraAssignment")]
    pub async fn delete_entra_assignment(
        &self,
        object_id: &str,
        options: Option<CommunicationIdentityClientDeleteEntraAssignmentOptions<'_>>,
    ) -> azure_core::Result<Response<(), NoFormat>> {
        let options = options.unwrap_or_default();
        self.require_entra()?;
        let ctx = options.method_options.context.to_borrowed();
        let request = self.request(Method::Delete, &path(object_id)?)?;
        Ok(self.send(&ctx, request, &[204]).await?.into())
    }

    /// Exchanges the token of an Entra user for an access token. Available in api-version 2025-03-02-preview only.
    ///
    /// # Arguments
    ///
    /// * `entra_token` - The user's token for `https://communication.azure.com/clients`. It authenticates the request
    ///   instead of the client's own credential.
    /// * `options` - Optional parameters for the request.
    ///
    /// # Errors
    ///
    /// Returns an error if the endpoint is not an https URL, because the token is a credential.
    #[tracing::function("Azure.Communication.Identity.exchangeEntraAccessToken")]
    pub async fn exchange_entra_access_token(
        &self,
        entra_token: &Secret,
        options: Option<CommunicationIdentityClientExchangeEntraAccessTokenOptions<'_>>,
    ) -> azure_core::Result<Response<CreateIdentityResult>> {
        let options = options.unwrap_or_default();
        self.require_entra()?;
        let ctx = options.method_options.context.to_borrowed();
        Ok(self.exchange(&ctx, EXCHANGE, entra_token).await?.into())
    }
}
