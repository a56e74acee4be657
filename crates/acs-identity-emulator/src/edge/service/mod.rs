//! The operations of the service (docs/service.md, section 1): reading requests, and answering them.

mod assignments;
mod exchanges;
mod identities;

use super::routes::route::Callers::{CheckedByHandler, Management};
use super::routes::route::ThrottleClass::{Create, Delete, Exchange, Issue, Revoke};
use super::routes::route::{DELETE, GET, PATCH, POST, PUT};
use super::routes::versions::{ALL, CUSTOM_ID, ENTRA, FIRST, LATER, TEAMS_EXTENSION, TEAMS_USER};
use super::table::row::{Row, later};

const ISSUE: &str = "/identities/{id}/:issueAccessToken";
const REVOKE: &str = "/identities/{id}/:revokeAccessTokens";
const TEAMS_EXTENSION_EXCHANGE: &str = "/access/teamsExtension/:exchangeAccessToken";
const TEAMS_EXTENSION_ASSIGNMENT: &str = "/access/teamsExtension/tenants/{tenantId}/assignments/{objectId}";
const ENTRA_ASSIGNMENT: &str = "/access/entra/assignments/{objectId}";

/// Methods, path, api-versions, callers, rate limit, handler.
#[rustfmt::skip]
pub(super) static ROUTES: &[Row] = &[
    Row::service(POST, "/identities", ALL, Management, Some(Create), later!(identities::create)).named("createIdentity"),
    Row::service(GET, "/identities/{id}", CUSTOM_ID, Management, None, later!(identities::get)).named("getIdentity"),
    Row::service(DELETE, "/identities/{id}", ALL, Management, Some(Delete), later!(identities::delete)).named("deleteIdentity"),
    Row::service(PATCH, "/identities/{id}", FIRST, Management, Some(Revoke), later!(identities::update)).named("updateIdentity"),
    Row::service(POST, "/identities/{id}/token", FIRST, Management, Some(Issue), later!(identities::issue_with_id)).named("issueTokenPreview"),
    Row::service(POST, ISSUE, LATER, Management, Some(Issue), later!(identities::issue)).named("issueAccessToken"),
    Row::service(POST, REVOKE, LATER, Management, Some(Revoke), later!(identities::revoke)).named("revokeAccessTokens"),
    Row::service(POST, "/teamsUser/:exchangeAccessToken", TEAMS_USER, Management, Some(Exchange), later!(exchanges::teams_user)).named("exchangeTeamsUserAccessToken"),
    Row::service(POST, TEAMS_EXTENSION_EXCHANGE, TEAMS_EXTENSION, CheckedByHandler, Some(Exchange), later!(exchanges::teams_extension_user)).named("exchangeTeamsExtensionAccessToken"),
    Row::service(GET, TEAMS_EXTENSION_ASSIGNMENT, TEAMS_EXTENSION, Management, None, later!(assignments::get_teams_extension)).named("getTeamsExtensionAssignment"),
    Row::service(PUT, TEAMS_EXTENSION_ASSIGNMENT, TEAMS_EXTENSION, Management, None, later!(assignments::put_teams_extension)).named("putTeamsExtensionAssignment"),
    Row::service(DELETE, TEAMS_EXTENSION_ASSIGNMENT, TEAMS_EXTENSION, Management, None, later!(assignments::delete_teams_extension)).named("deleteTeamsExtensionAssignment"),
    Row::service(POST, "/access/entra/:exchangeAccessToken", ENTRA, CheckedByHandler, Some(Exchange), later!(exchanges::entra_user)).named("exchangeEntraAccessToken"),
    Row::service(GET, "/access/entra/assignments", ENTRA, Management, None, later!(assignments::list_entra)).named("listEntraAssignments"),
    Row::service(PATCH, "/access/entra/assignments", ENTRA, Management, None, later!(assignments::patch_entra)).named("patchEntraAssignments"),
    Row::service(GET, ENTRA_ASSIGNMENT, ENTRA, Management, None, later!(assignments::get_entra)).named("getEntraAssignment"),
    Row::service(PUT, ENTRA_ASSIGNMENT, ENTRA, Management, None, later!(assignments::put_entra)).named("putEntraAssignment"),
    Row::service(DELETE, ENTRA_ASSIGNMENT, ENTRA, Management, None, later!(assignments::delete_entra)).named("deleteEntraAssignment"),
];
