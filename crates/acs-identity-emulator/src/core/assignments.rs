//! Assignments: which Teams extension and Entra principals may exchange their tokens (docs/service.md, section 9).

use std::collections::HashSet;
use std::sync::Arc;

use acs_identity_protocol::models::{
    EntraAssignmentList, EntraAssignmentRequest, EntraAssignmentsPatch, PrincipalType, TeamsExtensionAssignment,
    TeamsExtensionAssignmentRequest,
};
use acs_identity_protocol::raw_id::is_guid;

use super::access_keys::AccessKeys;
use super::fields::{guid, required};
use super::refusal::{Field, Refusal, Refused};
use crate::store::{AssignmentRow, Caller, Change, Kind, Store};

/// The largest number of assignments in one response.
const PAGE: usize = 1000;

/// The assignments.
pub(crate) struct Assignments {
    store: Arc<Store>,
    access_keys: Arc<AccessKeys>,
}

pub(super) fn model(row: AssignmentRow) -> TeamsExtensionAssignment {
    TeamsExtensionAssignment::new(row.object, row.tenant)
        .with_principal_type(PrincipalType::from(row.principal_type))
        .with_client_ids(row.client_ids)
}

fn check_clients(clients: &[String]) -> Refused<Vec<String>> {
    clients.iter().map(|client| guid(client, Field::ClientId)).collect()
}

/// Returns the change that replaces or removes the assignment of an Entra object in any tenant.
fn of_object(object: String, row: Option<AssignmentRow>) -> Change {
    Change { tenant: None, object, row }
}

fn entra_row(object: &str, request: EntraAssignmentRequest) -> Refused<AssignmentRow> {
    let tenant = required(request.tenant_id, Field::TenantId)?;
    let principal_type = required(request.principal_type, Field::PrincipalType)?;
    let clients = required(request.client_ids, Field::ClientIds)?;
    if !has_type(Kind::Entra, &principal_type) {
        return Err(Refusal::PrincipalType(principal_type));
    }
    Ok(AssignmentRow {
        tenant: guid(&tenant, Field::TenantId)?,
        object: guid(object, Field::ObjectId)?,
        principal_type: principal_type.to_string(),
        client_ids: Some(check_clients(&clients)?),
    })
}

/// Returns what is wrong with a row that no operation makes.
pub(super) fn problem_of(kind: Kind, row: &AssignmentRow) -> Option<&'static str> {
    let is_lower_guid = |text: &str| is_guid(text) && !text.bytes().any(|byte| byte.is_ascii_uppercase());
    if !is_lower_guid(&row.tenant) || !is_lower_guid(&row.object) {
        return Some("'tenant' and 'object' must be GUIDs in lower case");
    }
    let clients = row.client_ids.as_deref();
    if clients.is_some_and(|clients| !clients.iter().all(|client| is_guid(client))) {
        return Some("'clientIds' must be GUIDs");
    }
    let principal_type = PrincipalType::from(row.principal_type.clone());
    if !has_type(kind, &principal_type) {
        return Some("'principalType' is not one of these assignments");
    }
    let needs_clients = match kind {
        Kind::Entra => clients.is_none(),
        Kind::TeamsExtension => principal_type == PrincipalType::User && clients.is_none_or(<[String]>::is_empty),
    };
    needs_clients.then_some("'clientIds' is missing")
}

/// Returns whether assignments of a kind have principals of that type.
fn has_type(kind: Kind, principal_type: &PrincipalType) -> bool {
    match kind {
        Kind::Entra => matches!(principal_type, PrincipalType::User | PrincipalType::Group | PrincipalType::Tenant),
        // The specification says `resourceAccount`, and the documentation says `teamsResourceAccount`
        // (docs/service.md, section 9). Both are accepted.
        Kind::TeamsExtension => matches!(
            principal_type,
            PrincipalType::User | PrincipalType::ResourceAccount | PrincipalType::TeamsResourceAccount
        ),
    }
}

impl Assignments {
    pub(super) fn new(store: Arc<Store>, access_keys: Arc<AccessKeys>) -> Self {
        Self { store, access_keys }
    }

    /// Returns the assignments in a tenant that let any of the objects exchange tokens.
    pub(super) async fn of_objects(&self, kind: Kind, tenant: &str, objects: &[&str]) -> Refused<Vec<AssignmentRow>> {
        self.access_keys.heed(self.store.assignments_of(Caller::Entra, kind, Some(tenant), objects).await).await
    }

    /// Returns the assignment of an object. For a Teams extension object, the tenant must match.
    pub(crate) async fn get(
        &self,
        caller: Caller,
        kind: Kind,
        tenant: Option<&str>,
        object: &str,
    ) -> Refused<TeamsExtensionAssignment> {
        let object = guid(object, Field::ObjectId)?;
        let tenant = tenant.map(|tenant| guid(tenant, Field::TenantId)).transpose()?;
        let rows = self.store.assignments_of(caller, kind, tenant.as_deref(), &[&object]).await;
        let row = self.access_keys.heed(rows).await?.into_iter().next();
        row.map(model).ok_or(Refusal::AssignmentNotFound)
    }

    /// Makes changes, either all or none. Returns for each whether it replaced or removed an assignment.
    async fn change(&self, caller: Caller, kind: Kind, changes: Vec<Change>) -> Refused<Vec<bool>> {
        self.access_keys.heed(self.store.assign(caller, kind, changes).await).await
    }

    /// Makes or replaces a Teams extension assignment. Returns whether it is new.
    pub(crate) async fn assign_teams_extension(
        &self,
        caller: Caller,
        tenant: &str,
        object: &str,
        request: TeamsExtensionAssignmentRequest,
    ) -> Refused<(bool, TeamsExtensionAssignment)> {
        let principal_type = required(request.principal_type, Field::PrincipalType)?;
        if !has_type(Kind::TeamsExtension, &principal_type) {
            return Err(Refusal::PrincipalType(principal_type));
        }
        if principal_type == PrincipalType::User && request.client_ids.as_ref().is_none_or(Vec::is_empty) {
            return Err(Refusal::Missing(Field::ClientIds));
        }
        let row = AssignmentRow {
            tenant: guid(tenant, Field::TenantId)?,
            object: guid(object, Field::ObjectId)?,
            principal_type: principal_type.to_string(),
            client_ids: request.client_ids.as_deref().map(check_clients).transpose()?,
        };
        let change = Change { tenant: Some(row.tenant.clone()), object: row.object.clone(), row: Some(row.clone()) };
        let replaced = self.change(caller, Kind::TeamsExtension, vec![change]).await?;
        Ok((replaced != [true], model(row)))
    }

    /// Makes or replaces an Entra assignment. Returns whether it is new.
    pub(crate) async fn assign_entra(
        &self,
        caller: Caller,
        object: &str,
        request: EntraAssignmentRequest,
    ) -> Refused<(bool, TeamsExtensionAssignment)> {
        let row = entra_row(object, request)?;
        let change = of_object(row.object.clone(), Some(row.clone()));
        let replaced = self.change(caller, Kind::Entra, vec![change]).await?;
        Ok((replaced != [true], model(row)))
    }

    /// Removes an assignment.
    pub(crate) async fn remove(&self, caller: Caller, kind: Kind, tenant: Option<&str>, object: &str) -> Refused<()> {
        let object = guid(object, Field::ObjectId)?;
        let tenant = tenant.map(|tenant| guid(tenant, Field::TenantId)).transpose()?;
        let removed = self.change(caller, kind, vec![Change { tenant, object, row: None }]).await?;
        if removed == [true] { Ok(()) } else { Err(Refusal::AssignmentNotFound) }
    }

    /// Returns a page of the Entra assignments after an object, and the object after which the next page begins.
    pub(crate) async fn list_entra(
        &self,
        caller: Caller,
        after: Option<&str>,
    ) -> Refused<(EntraAssignmentList, Option<String>)> {
        // The largest code point sorts after all tenants of that object.
        let after = after.map(|object| (object, "\u{10ffff}"));
        let rows = self.store.assignments_after(caller, Kind::Entra, after, PAGE + 1).await;
        let mut rows = self.access_keys.heed(rows).await?;
        let more = rows.len() > PAGE;
        rows.truncate(PAGE);
        let last = rows.last().map(|row| row.object.clone()).filter(|_| more);
        Ok((EntraAssignmentList::new(rows.into_iter().map(model).collect()), last))
    }

    /// Makes, replaces and removes several Entra assignments, either all or none. Returns the assignments that were
    /// made.
    pub(crate) async fn patch_entra(
        &self,
        caller: Caller,
        patch: EntraAssignmentsPatch,
    ) -> Refused<EntraAssignmentList> {
        let mut changes: Vec<Change> = Vec::new();
        let mut value = Vec::new();
        let mut named = HashSet::new();
        for (object, request) in patch {
            let object = guid(&object, Field::ObjectId)?;
            if !named.insert(object.clone()) {
                return Err(Refusal::RepeatedObject(object));
            }
            let row = request.map(|request| entra_row(&object, request)).transpose()?;
            value.extend(row.clone().map(model));
            changes.push(of_object(object, row));
        }
        self.change(caller, Kind::Entra, changes).await?;
        Ok(EntraAssignmentList::new(value))
    }
}
