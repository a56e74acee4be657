//! Assignments of Teams extension and Entra principals, and the exchange of their tokens (docs/service.md, section 9).

use std::collections::HashSet;

use acs_identity_protocol::models::{
    CreateIdentityResult, EntraAssignmentList, EntraAssignmentRequest, EntraAssignmentsPatch, Identity, PrincipalType,
    TeamsExtensionAssignment, TeamsExtensionAssignmentRequest,
};
use acs_identity_protocol::scope::TokenScope;

use super::entra::{EntraClaims, Purpose};
use super::{Core, Refusal, Refused, check_guid, missing, required};
use crate::store::{AssignmentRow, Caller, Change, Kind};

/// The most assignments that one answer lists.
const PAGE: usize = 1000;

fn model(row: AssignmentRow) -> TeamsExtensionAssignment {
    TeamsExtensionAssignment {
        object_id: Some(row.object),
        tenant_id: Some(row.tenant),
        principal_type: Some(PrincipalType::from(row.principal_type)),
        client_ids: row.client_ids,
    }
}

fn check_clients(clients: &[String]) -> Refused<Vec<String>> {
    clients.iter().map(|client| check_guid(client, "ClientId", "clientIds")).collect()
}

/// What replaces or removes the assignment of an Entra object, in whichever tenant it is.
fn of_object(object: String, row: Option<AssignmentRow>) -> Change {
    Change { tenant: None, object, row }
}

fn entra_row(object: &str, request: EntraAssignmentRequest) -> Refused<AssignmentRow> {
    let tenant = required(request.tenant_id, "TenantId")?;
    let principal_type = required(request.principal_type, "PrincipalType")?;
    let clients = required(request.client_ids, "ClientIds")?;
    if !matches!(principal_type, PrincipalType::User | PrincipalType::Group | PrincipalType::Tenant) {
        let message = format!("PrincipalType '{principal_type}' is not supported.");
        return Err(Refusal::validation(message, "principalType"));
    }
    Ok(AssignmentRow {
        tenant: check_guid(&tenant, "TenantId", "tenantId")?,
        object: check_guid(object, "ObjectId", "objectId")?,
        principal_type: principal_type.to_string(),
        client_ids: Some(check_clients(&clients)?),
    })
}

impl Core {
    /// The assignment of an object; of a Teams extension object, in that tenant.
    pub(crate) fn assignment(
        &self,
        caller: Caller,
        kind: Kind,
        tenant: Option<&str>,
        object: &str,
    ) -> Refused<TeamsExtensionAssignment> {
        let object = check_guid(object, "ObjectId", "objectId")?;
        let tenant = tenant.map(|tenant| check_guid(tenant, "TenantId", "tenantId")).transpose()?;
        let rows = self.store.assignments_of(caller, kind, tenant.as_deref(), &[&object]);
        let row = rows.map_err(|failure| self.refusal(failure))?.into_iter().next();
        row.map(model).ok_or_else(Refusal::assignment_not_found)
    }

    /// Carries changes out, all or none; which of them replaced or removed something.
    async fn assign(&self, caller: Caller, kind: Kind, changes: Vec<Change>) -> Refused<Vec<bool>> {
        self.store.assign(caller, kind, changes).await.map_err(|failure| self.refusal(failure))
    }

    /// Makes or replaces a Teams extension assignment; whether it is new.
    pub(crate) async fn assign_teams_extension(
        &self,
        caller: Caller,
        tenant: &str,
        object: &str,
        request: TeamsExtensionAssignmentRequest,
    ) -> Refused<(bool, TeamsExtensionAssignment)> {
        let principal_type = required(request.principal_type, "PrincipalType")?;
        // The specification and the documentation spell the second one differently; both are taken.
        if !matches!(
            principal_type,
            PrincipalType::User | PrincipalType::ResourceAccount | PrincipalType::TeamsResourceAccount
        ) {
            let message = format!("PrincipalType '{principal_type}' is not supported.");
            return Err(Refusal::validation(message, "principalType"));
        }
        if principal_type == PrincipalType::User && request.client_ids.as_ref().is_none_or(Vec::is_empty) {
            return Err(missing("ClientIds"));
        }
        let row = AssignmentRow {
            tenant: check_guid(tenant, "TenantId", "tenantId")?,
            object: check_guid(object, "ObjectId", "objectId")?,
            principal_type: principal_type.to_string(),
            client_ids: request.client_ids.as_deref().map(check_clients).transpose()?,
        };
        let change = Change { tenant: Some(row.tenant.clone()), object: row.object.clone(), row: Some(row.clone()) };
        let replaced = self.assign(caller, Kind::TeamsExtension, vec![change]).await?;
        Ok((replaced != [true], model(row)))
    }

    /// Makes or replaces an Entra assignment; whether it is new.
    pub(crate) async fn assign_entra(
        &self,
        caller: Caller,
        object: &str,
        request: EntraAssignmentRequest,
    ) -> Refused<(bool, TeamsExtensionAssignment)> {
        let row = entra_row(object, request)?;
        let change = of_object(row.object.clone(), Some(row.clone()));
        let replaced = self.assign(caller, Kind::Entra, vec![change]).await?;
        Ok((replaced != [true], model(row)))
    }

    /// Removes an assignment.
    pub(crate) async fn unassign(&self, caller: Caller, kind: Kind, tenant: Option<&str>, object: &str) -> Refused<()> {
        let object = check_guid(object, "ObjectId", "objectId")?;
        let tenant = tenant.map(|tenant| check_guid(tenant, "TenantId", "tenantId")).transpose()?;
        let removed = self.assign(caller, kind, vec![Change { tenant, object, row: None }]).await?;
        if removed == [true] { Ok(()) } else { Err(Refusal::assignment_not_found()) }
    }

    /// The Entra assignments behind that object, a page of them, and the object behind which the next page begins.
    pub(crate) fn entra_assignments(
        &self,
        caller: Caller,
        after: Option<&str>,
    ) -> Refused<(EntraAssignmentList, Option<String>)> {
        // Behind all tenants of that object.
        let after = after.map(|object| (object, "\u{10ffff}"));
        let rows = self.store.assignments_after(caller, Kind::Entra, after, PAGE + 1);
        let mut rows = rows.map_err(|failure| self.refusal(failure))?;
        let more = rows.len() > PAGE;
        rows.truncate(PAGE);
        let last = rows.last().map(|row| row.object.clone()).filter(|_| more);
        Ok((EntraAssignmentList { value: rows.into_iter().map(model).collect(), next_link: None }, last))
    }

    /// Makes, replaces and removes several Entra assignments, all or none; those that were made.
    pub(crate) async fn patch_entra_assignments(
        &self,
        caller: Caller,
        patch: EntraAssignmentsPatch,
    ) -> Refused<EntraAssignmentList> {
        let mut changes: Vec<Change> = Vec::new();
        let mut value = Vec::new();
        let mut named = HashSet::new();
        for (object, request) in patch {
            let object = check_guid(&object, "ObjectId", "objectId")?;
            if !named.insert(object.clone()) {
                return Err(Refusal::validation(format!("ObjectId '{object}' is given more than once."), "objectId"));
            }
            let row = request.map(|request| entra_row(&object, request)).transpose()?;
            value.extend(row.clone().map(model));
            changes.push(of_object(object, row));
        }
        self.assign(caller, Kind::Entra, changes).await?;
        Ok(EntraAssignmentList { value, next_link: None })
    }

    /// Exchanges the Entra token of a Teams extension user.
    pub(crate) async fn exchange_teams_extension(&self, token: &str) -> Refused<CreateIdentityResult> {
        let claims = self.verify_entra_token(token, Purpose::TeamsExtension)?.in_lower_case();
        let rows = self.store.assignments_of(Caller::Entra, Kind::TeamsExtension, Some(&claims.tid), &[&claims.oid]);
        let rows = rows.map_err(|failure| self.refusal(failure))?;
        if !rows.iter().any(|row| admits_client(row, &claims)) {
            return Err(Refusal::not_assigned());
        }
        let user = format!("{}_{}", claims.tid, claims.oid);
        self.exchange(&user, &[TokenScope::VoIP], &claims).await
    }

    /// Exchanges the token of an Entra user.
    pub(crate) async fn exchange_entra(&self, token: &str) -> Refused<CreateIdentityResult> {
        let claims = self.verify_entra_token(token, Purpose::Clients)?.in_lower_case();
        let mut objects = vec![claims.oid.as_str(), claims.tid.as_str()];
        objects.extend(claims.groups.iter().map(String::as_str));
        let rows = self.store.assignments_of(Caller::Entra, Kind::Entra, Some(&claims.tid), &objects);
        let rows = rows.map_err(|failure| self.refusal(failure))?;
        let admits = |row: &AssignmentRow| {
            admits_client(row, &claims)
                && match row.principal_type.as_str() {
                    "user" => row.object == claims.oid,
                    "group" => claims.groups.contains(&row.object),
                    _ => row.object == claims.tid,
                }
        };
        if !rows.iter().any(admits) {
            return Err(Refusal::not_assigned());
        }
        let scopes: Vec<TokenScope> = claims
            .permissions()
            .map(|permission| TokenScope::from(permission.to_ascii_lowercase()))
            .filter(TokenScope::is_known)
            .collect();
        if scopes.is_empty() {
            return Err(Refusal::invalid_access_token());
        }
        let user = format!("wf_{}_{}", claims.tid, claims.oid);
        self.exchange(&user, &scopes, &claims).await
    }

    /// A token that lives as long as the Entra token.
    async fn exchange(&self, user: &str, scopes: &[TokenScope], claims: &EntraClaims) -> Refused<CreateIdentityResult> {
        let now = self.clock.now();
        let expires_on = claims.expires_on(now);
        let key = self.signing_key_of(Caller::Entra).await?;
        let token = self.sign_user_token(&key, (user, 0), scopes, now, expires_on).await?;
        let identity = Identity::with_id(format!("8:acs:{}_{user}", self.resource_id));
        Ok(CreateIdentityResult::new(identity, Some(token)))
    }
}

/// Whether the principal may come in through the application that the token was issued to.
fn admits_client(row: &AssignmentRow, claims: &EntraClaims) -> bool {
    let admits = |clients: &Vec<String>| clients.iter().any(|client| client.eq_ignore_ascii_case(&claims.appid));
    row.client_ids.as_ref().is_none_or(admits)
}
