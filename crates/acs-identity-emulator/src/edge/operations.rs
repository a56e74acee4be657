//! The operations: from a request to the core and back to an answer.

use acs_identity_protocol::api_version::ApiVersion;
use acs_identity_protocol::error::codes;
use acs_identity_protocol::time::parse_iso;
use hyper::Method;
use serde::Deserialize;

use super::Edge;
use super::context::RequestContext;
use super::json::{body, body_or_default, check_names_differ};
use super::path::query_parameters;
use super::resources::Resource;
use super::responses::Answer;
use crate::core::{Refusal, Refused};
use crate::store::Kind;

/// The body of 2020-07-20-preview2's `PATCH /identities/{id}`.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct UpdateIdentityRequest {
    /// Tokens that were issued before are revoked.
    #[serde(default)]
    tokens_valid_from: Option<String>,
}

/// Behind which object a page of assignments begins.
const AFTER: &str = "after";

impl Edge {
    /// Answers a request to the service.
    pub(super) async fn serve(&self, resource: &Resource, request: &RequestContext) -> Answer {
        let versions = resource.supported_versions();
        let version = match self.version(request) {
            Ok(version) => version,
            Err(refusal) => return Answer::of(Err(refusal), versions),
        };
        if resource.has(version, &request.head.method) {
            return Answer::of(self.operation(resource.clone(), version, request).await, versions);
        }
        // As ASP.NET does: a resource that the version lacks is an unsupported version, a method that it lacks is not
        // allowed.
        let allow = resource.allow(version);
        if allow.is_empty() {
            return Answer::of(Err(self.unsupported(request, version.name)), versions);
        }
        Answer::not_allowed(&request.head.method, allow)
    }

    /// The api-version of the request. One that is newer than all known ones is served as the newest.
    pub(super) fn version(&self, request: &RequestContext) -> Refused<&'static ApiVersion> {
        let mut names = query_parameters(request.head.query(), "api-version").filter(|name| !name.is_empty());
        let Some(name) = names.next() else {
            let message = "An API version is required, but was not specified.";
            return Err(Refusal::api_version("ApiVersionUnspecified", message));
        };
        if let Some(other) = names.find(|other| !other.eq_ignore_ascii_case(&name)) {
            let message = format!(
                "The following API versions were requested: {name}, {other}. At most, only a single API version may be \
                 specified. Please update the intended API version and retry the request."
            );
            return Err(Refusal::api_version("AmbiguousApiVersion", message));
        }
        if let Some(version) = ApiVersion::find(&name) {
            return Ok(version);
        }
        if self.config.strict_api_version || !ApiVersion::is_newer_than_known(&name) {
            return Err(self.unsupported(request, &name));
        }
        let newest = ApiVersion::newest();
        crate::log::warn(&format!("api-version {name:?} is unknown; it is served as {}", newest.name));
        Ok(newest)
    }

    fn unsupported(&self, request: &RequestContext, name: &str) -> Refusal {
        let uri = format!("{}{}", self.base_of(request), request.head.path());
        Refusal::api_version(
            codes::UNSUPPORTED_API_VERSION,
            format!(
                "The HTTP resource that matches the request URI '{uri}' does not support the API version '{name}'."
            ),
        )
    }

    async fn operation(
        &self,
        resource: Resource,
        version: &'static ApiVersion,
        request: &RequestContext,
    ) -> Refused<Answer> {
        let core = &self.core;
        let method = &request.head.method;
        let caller = request.caller.caller();
        match resource {
            Resource::Identities => {
                let created = core.create(caller, version, body_or_default(request)?).await?;
                if version.legacy {
                    return Ok(Answer::json(200, &created.identity));
                }
                Ok(Answer::json(201, &created))
            }
            Resource::Identity(id) if *method == Method::GET => Ok(Answer::json(200, &core.get(caller, version, &id)?)),
            Resource::Identity(id) if *method == Method::PATCH => {
                let update: UpdateIdentityRequest = body_or_default(request)?;
                if let Some(from) = update.tokens_valid_from {
                    let from = parse_iso(&from).ok_or_else(|| {
                        let message = "TokensValidFrom: The value is no date and time in ISO 8601.";
                        Refusal::binding(message, Some("TokensValidFrom"))
                    })?;
                    core.revoke_before(caller, &id, from).await?;
                }
                Ok(Answer::no_content())
            }
            Resource::Identity(id) => core.delete(caller, &id).await.map(|()| Answer::no_content()),
            Resource::LegacyToken(id) => {
                let token = core.issue(caller, version, &id, body_or_default(request)?).await?;
                let mut body = serde_json::to_value(&token).map_err(Refusal::fault)?;
                body["id"] = id.into();
                Ok(Answer::json(200, &body))
            }
            Resource::IssueAccessToken(id) => {
                Ok(Answer::json(200, &core.issue(caller, version, &id, body_or_default(request)?).await?))
            }
            Resource::RevokeAccessTokens(id) => core.revoke(caller, &id).await.map(|()| Answer::no_content()),
            Resource::ExchangeTeamsUser => {
                let form = version.teams_user.ok_or_else(|| Refusal::fault("no teamsUser in this version"))?;
                Ok(Answer::json(200, &core.exchange_teams_user(caller, form, body_or_default(request)?).await?))
            }
            Resource::ExchangeTeamsExtension => {
                let token = request.head.credentials("Bearer").ok_or_else(Refusal::invalid_access_token)?;
                Ok(Answer::json(200, &core.exchange_teams_extension(token).await?))
            }
            Resource::ExchangeEntra => {
                let token = request.head.credentials("Bearer").ok_or_else(Refusal::invalid_access_token)?;
                Ok(Answer::json(200, &core.exchange_entra(token).await?))
            }
            Resource::TeamsExtensionAssignment { tenant, object } => match *method {
                Method::GET => {
                    Ok(Answer::json(200, &core.assignment(caller, Kind::TeamsExtension, Some(&tenant), &object)?))
                }
                Method::DELETE => core
                    .unassign(caller, Kind::TeamsExtension, Some(&tenant), &object)
                    .await
                    .map(|()| Answer::no_content()),
                _ => {
                    let (new, model) =
                        core.assign_teams_extension(caller, &tenant, &object, body_or_default(request)?).await?;
                    Ok(Answer::json(if new { 201 } else { 200 }, &model))
                }
            },
            Resource::EntraAssignments if *method == Method::GET => self.entra_assignments(version, request),
            Resource::EntraAssignments => {
                check_names_differ(&request.body, "objectId")?;
                let made = core.patch_entra_assignments(caller, body(request)?).await?;
                Ok(if made.value.is_empty() { Answer::no_content() } else { Answer::json(200, &made) })
            }
            Resource::EntraAssignment(object) => match *method {
                Method::GET => Ok(Answer::json(200, &core.assignment(caller, Kind::Entra, None, &object)?)),
                Method::DELETE => {
                    core.unassign(caller, Kind::Entra, None, &object).await.map(|()| Answer::no_content())
                }
                _ => {
                    let (new, model) = core.assign_entra(caller, &object, body_or_default(request)?).await?;
                    Ok(Answer::json(if new { 201 } else { 200 }, &model))
                }
            },
        }
    }

    /// A page of assignments. The next one is behind a link, which the SDKs follow.
    fn entra_assignments(&self, version: &ApiVersion, request: &RequestContext) -> Refused<Answer> {
        let after = query_parameters(request.head.query(), AFTER).find(|after| !after.is_empty());
        let (mut page, last) = self.core.entra_assignments(request.caller.caller(), after.as_deref())?;
        page.next_link = last.map(|last| {
            let (base, path, version) = (self.base_of(request), request.head.path(), version.name);
            format!("{base}{path}?api-version={version}&{AFTER}={last}")
        });
        Ok(Answer::json(200, &page))
    }
}
