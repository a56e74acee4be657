//! Assignments of Teams extension and Entra principals, and the exchange of their tokens (docs/service.md, section 9).

use acs_identity_protocol::models::{
    CreateIdentityResult, EntraAssignmentList, EntraAssignmentRequest, EntraAssignmentsPatch, Identity, PrincipalType,
    TeamsExtensionAssignment, TeamsExtensionAssignmentRequest,
};
use acs_identity_protocol::scope::TokenScope;
use time::OffsetDateTime;

use super::entra::{EntraClaims, Purpose};
use super::{Core, KeySlot, Refusal, Refused, check_guid, missing, required};
use crate::store::{AssignmentRow, Outcome, Write};

/// The kinds of assignments, as the store knows them.
pub(crate) const TEAMS_EXTENSION: &str = "teamsExtension";
pub(crate) const ENTRA: &str = "entra";

fn model(row: AssignmentRow) -> TeamsExtensionAssignment {
    TeamsExtensionAssignment {
        object_id: Some(row.object),
        tenant_id: Some(row.tenant),
        principal_type: Some(PrincipalType::from(row.principal_type)),
        client_ids: row.client_ids.and_then(|text| serde_json::from_str(&text).ok()),
    }
}

fn check_clients(clients: Option<Vec<String>>) -> Refused<Option<String>> {
    let Some(clients) = clients else { return Ok(None) };
    let clients: Refused<Vec<String>> =
        clients.iter().map(|client| check_guid(client, "ClientId", "clientIds")).collect();
    serde_json::to_string(&clients?).map(Some).map_err(Refusal::fault)
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
        client_ids: check_clients(Some(clients))?,
    })
}

impl Core {
    /// The assignment of an object; of a Teams extension object, in that tenant.
    pub(crate) fn assignment(
        &self,
        kind: &'static str,
        tenant: Option<&str>,
        object: &str,
    ) -> Refused<TeamsExtensionAssignment> {
        let object = check_guid(object, "ObjectId", "objectId")?;
        let tenant = tenant.map(|tenant| check_guid(tenant, "TenantId", "tenantId")).transpose()?;
        let rows = self.store.assignments(kind, Some(&object)).map_err(Refusal::fault)?;
        let row = rows.into_iter().find(|row| tenant.as_ref().is_none_or(|tenant| row.tenant == *tenant));
        row.map(model).ok_or_else(Refusal::assignment_not_found)
    }

    /// Makes or replaces a Teams extension assignment; whether it is new.
    pub(crate) async fn assign_teams_extension(
        &self,
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
            client_ids: check_clients(request.client_ids)?,
        };
        let outcome = self.write(Write::Assign { kind: TEAMS_EXTENSION, row: row.clone() }).await?;
        Ok((outcome == Outcome::Done, model(row)))
    }

    /// Makes or replaces an Entra assignment; whether it is new.
    pub(crate) async fn assign_entra(
        &self,
        object: &str,
        request: EntraAssignmentRequest,
    ) -> Refused<(bool, TeamsExtensionAssignment)> {
        let row = entra_row(object, request)?;
        let writes = vec![
            Write::Unassign { kind: ENTRA, tenant: None, object: row.object.clone() },
            Write::Assign { kind: ENTRA, row: row.clone() },
        ];
        let Outcome::All(outcomes) = self.write(Write::All(writes)).await? else {
            return Err(Refusal::fault("no outcomes"));
        };
        Ok((outcomes.first() == Some(&Outcome::Missing), model(row)))
    }

    /// Removes an assignment.
    pub(crate) async fn unassign(&self, kind: &'static str, tenant: Option<&str>, object: &str) -> Refused<()> {
        let object = check_guid(object, "ObjectId", "objectId")?;
        let tenant = tenant.map(|tenant| check_guid(tenant, "TenantId", "tenantId")).transpose()?;
        match self.write(Write::Unassign { kind, tenant, object }).await? {
            Outcome::Missing => Err(Refusal::assignment_not_found()),
            _ => Ok(()),
        }
    }

    /// All Entra assignments.
    pub(crate) fn entra_assignments(&self) -> Refused<EntraAssignmentList> {
        let rows = self.store.assignments(ENTRA, None).map_err(Refusal::fault)?;
        Ok(EntraAssignmentList { value: rows.into_iter().map(model).collect(), next_link: None })
    }

    /// Makes, replaces and removes several Entra assignments, all or none; those that were made.
    pub(crate) async fn patch_entra_assignments(&self, patch: EntraAssignmentsPatch) -> Refused<EntraAssignmentList> {
        let mut writes = Vec::new();
        let mut value = Vec::new();
        for (object, request) in patch {
            let object = check_guid(&object, "ObjectId", "objectId")?;
            writes.push(Write::Unassign { kind: ENTRA, tenant: None, object: object.clone() });
            if let Some(request) = request {
                let row = entra_row(&object, request)?;
                value.push(model(row.clone()));
                writes.push(Write::Assign { kind: ENTRA, row });
            }
        }
        self.write(Write::All(writes)).await?;
        Ok(EntraAssignmentList { value, next_link: None })
    }

    /// Exchanges the Entra token of a Teams extension user.
    pub(crate) async fn exchange_teams_extension(&self, token: &str) -> Refused<CreateIdentityResult> {
        let claims = self.verify_entra_token(token, Purpose::TeamsExtension)?;
        let rows = self.store.assignments(TEAMS_EXTENSION, Some(&claims.oid)).map_err(Refusal::fault)?;
        if !rows.iter().any(|row| row.tenant == claims.tid && admits_client(row, &claims)) {
            return Err(Refusal::not_assigned());
        }
        let user = format!("{}_{}", claims.tid, claims.oid);
        self.exchange(&user, &[TokenScope::VoIP], &claims).await
    }

    /// Exchanges the token of an Entra user.
    pub(crate) async fn exchange_entra(&self, token: &str) -> Refused<CreateIdentityResult> {
        let claims = self.verify_entra_token(token, Purpose::Clients)?;
        let rows = self.store.assignments(ENTRA, None).map_err(Refusal::fault)?;
        let admits = |row: &AssignmentRow| {
            row.tenant == claims.tid
                && admits_client(row, &claims)
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
        let now = OffsetDateTime::now_utc();
        let expires_on = claims.expires_on(now);
        let token = self.sign_user_token(KeySlot::Entra, user, scopes, now, expires_on).await?;
        let identity = Identity::with_id(format!("8:acs:{}_{user}", self.resource_id));
        Ok(CreateIdentityResult::new(identity, Some(token)))
    }
}

/// Whether the principal may come in through the application that the token was issued to.
fn admits_client(row: &AssignmentRow, claims: &EntraClaims) -> bool {
    let clients: Option<Vec<String>> = row.client_ids.as_deref().and_then(|text| serde_json::from_str(text).ok());
    clients.is_none_or(|clients| clients.iter().any(|client| client.eq_ignore_ascii_case(&claims.appid)))
}
