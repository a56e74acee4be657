//! Assignments of Teams and Entra principals, and the exchange of their tokens (docs/service.md, section 9).

use acs_identity_protocol::raw_id::encode_path_segment;
use azure_core::credentials::Secret;
use azure_core::error::{Error, ErrorKind, ResultExt as _};
use azure_core::http::pager::{PagerContinuation, PagerOptions, PagerResult, PagerState};
use azure_core::http::{Context, Method, NoFormat, Pager, RawResponse, RequestContent, Response, Url};
use azure_core::tracing;

use super::CommunicationIdentityClient;
use super::request::send_through;
use crate::models::{
    CommunicationIdentityClientCreateOrReplaceEntraAssignmentOptions,
    CommunicationIdentityClientCreateOrReplaceTeamsExtensionAssignmentOptions,
    CommunicationIdentityClientDeleteEntraAssignmentOptions,
    CommunicationIdentityClientDeleteTeamsExtensionAssignmentOptions,
    CommunicationIdentityClientExchangeEntraAccessTokenOptions,
    CommunicationIdentityClientExchangeTeamsExtensionAccessTokenOptions,
    CommunicationIdentityClientGetEntraAssignmentOptions,
    CommunicationIdentityClientGetTeamsExtensionAssignmentOptions,
    CommunicationIdentityClientListEntraAssignmentsOptions, CommunicationIdentityClientUpdateEntraAssignmentsOptions,
    CreateIdentityResult, EntraAssignment, EntraAssignmentList, EntraAssignmentRequest, EntraAssignmentsPatch,
    TeamsExtensionAssignment, TeamsExtensionAssignmentRequest,
};

const TEAMS_EXTENSION_EXCHANGE: &str = "/access/teamsExtension/:exchangeAccessToken";
const ENTRA_EXCHANGE: &str = "/access/entra/:exchangeAccessToken";
const ENTRA_ASSIGNMENTS: &str = "/access/entra/assignments";

fn teams_extension_path(tenant_id: &str, object_id: &str) -> azure_core::Result<String> {
    let (tenant, object) = (segment("tenant_id", tenant_id)?, segment("object_id", object_id)?);
    Ok(format!("/access/teamsExtension/tenants/{tenant}/assignments/{object}"))
}

fn entra_path(object_id: &str) -> azure_core::Result<String> {
    Ok(format!("{ENTRA_ASSIGNMENTS}/{}", segment("object_id", object_id)?))
}

fn request_url(link: &str) -> azure_core::Result<Url> {
    Url::parse(link).with_kind(ErrorKind::DataConversion)
}

fn segment(name: &str, value: &str) -> azure_core::Result<String> {
    if value.is_empty() {
        return Err(Error::with_message(ErrorKind::Other, format!("parameter {name} cannot be empty")));
    }
    Ok(encode_path_segment(value))
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
        let ctx = options.method_options.context.to_borrowed();
        let request = self.request(Method::Get, &teams_extension_path(tenant_id, object_id)?)?;
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
        let ctx = options.method_options.context.to_borrowed();
        let mut request = self.request(Method::Put, &teams_extension_path(tenant_id, object_id)?)?;
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
        let ctx = options.method_options.context.to_borrowed();
        let request = self.request(Method::Delete, &teams_extension_path(tenant_id, object_id)?)?;
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
        let ctx = options.method_options.context.to_borrowed();
        Ok(self.exchange(&ctx, TEAMS_EXTENSION_EXCHANGE, entra_token).await?.into())
    }

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
        let ctx = options.method_options.context.to_borrowed();
        let request = self.request(Method::Get, &entra_path(object_id)?)?;
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
        let (pipeline, api_version) = (self.pipeline.clone(), self.api_version.clone());
        let first = self.request(Method::Get, ENTRA_ASSIGNMENTS)?;
        Ok(Pager::new(
            move |state: PagerState, options: PagerOptions<'static>| {
                let (pipeline, mut request) = (pipeline.clone(), first.clone());
                let api_version = api_version.clone();
                Box::pin(async move {
                    if let PagerState::More(next) = state {
                        // Only the query of the link is used, so that the credential is sent to the endpoint only.
                        let next: Url = next.try_into()?;
                        let rest = next.query_pairs().filter(|(name, _)| name != "api-version");
                        let mut query = request.url_mut().query_pairs_mut();
                        query.clear().extend_pairs(rest).append_pair("api-version", &api_version);
                    }
                    let response = send_through(&pipeline, &options.context, request, &[200]).await?;
                    let (status, headers, body) = response.deconstruct();
                    let page: EntraAssignmentList = azure_core::json::from_json(&body)?;
                    let response = RawResponse::from_bytes(status, headers, body).into();
                    Ok(match page.next_link.filter(|link| !link.is_empty()) {
                        Some(link) => {
                            let link = request_url(&link)?;
                            PagerResult::More { response, continuation: PagerContinuation::Link(link) }
                        }
                        None => PagerResult::Done { response },
                    })
                })
            },
            Some(options.method_options),
        ))
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
        let ctx = options.method_options.context.to_borrowed();
        let mut request = self.request(Method::Put, &entra_path(object_id)?)?;
        request.insert_header("content-type", "application/json");
        request.set_body(body);
        Ok(self.send(&ctx, request, &[200, 201]).await?.into())
    }

    /// Creates, replaces and deletes several Entra assignments, all or none of them. Available in api-version
    /// 2025-03-02-preview only. If no assignment was created or replaced, the response has no body.
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
        let ctx = options.method_options.context.to_borrowed();
        let mut request = self.request(Method::Patch, ENTRA_ASSIGNMENTS)?;
        request.insert_header("content-type", "application/merge-patch+json");
        request.set_body(azure_core::json::to_json(assignments)?);
        Ok(self.send(&ctx, request, &[200, 204]).await?.into())
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
        let ctx = options.method_options.context.to_borrowed();
        let request = self.request(Method::Delete, &entra_path(object_id)?)?;
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
        let ctx = options.method_options.context.to_borrowed();
        Ok(self.exchange(&ctx, ENTRA_EXCHANGE, entra_token).await?.into())
    }

    async fn exchange(&self, ctx: &Context<'_>, path: &str, token: &Secret) -> azure_core::Result<RawResponse> {
        // The token is a credential, and without TLS others could read it on the way.
        if self.endpoint.scheme() != "https" {
            return Err(Error::with_message(ErrorKind::Other, format!("{} must use https", self.endpoint)));
        }
        let mut request = self.request(Method::Post, path)?;
        request.insert_header("content-type", "application/json");
        request.insert_header("authorization", format!("Bearer {}", token.secret()));
        request.set_body("{}");
        send_through(self.user_pipeline(), ctx, request, &[200]).await
    }
}
