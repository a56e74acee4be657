//! The bodies about the assignments of Teams and Entra principals (docs/service.md, section 9).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The kind of principal of an assignment. The set is open: unknown values are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PrincipalType {
    /// A user.
    User,
    /// A group (Entra assignments).
    Group,
    /// A whole tenant (Entra assignments).
    Tenant,
    /// A Teams resource account, in the spelling of the specification.
    ResourceAccount,
    /// A Teams resource account, in the spelling of the documentation.
    TeamsResourceAccount,
    /// Any other value.
    UnknownValue(String),
}

crate::scope::extensible_enum!(PrincipalType {
    User => "user",
    Group => "group",
    Tenant => "tenant",
    ResourceAccount => "resourceAccount",
    TeamsResourceAccount => "teamsResourceAccount",
});

/// The body of `PUT /access/teamsExtension/tenants/{tenantId}/assignments/{objectId}`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TeamsExtensionAssignmentRequest {
    /// The kind of principal; required.
    #[serde(default, rename = "principalType", skip_serializing_if = "Option::is_none")]
    pub principal_type: Option<PrincipalType>,
    /// The client ids of the applications that the user may use. Only for users.
    #[serde(default, rename = "clientIds", skip_serializing_if = "Option::is_none")]
    pub client_ids: Option<Vec<String>>,
}

/// A Teams extension assignment.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TeamsExtensionAssignment {
    /// The object id of the principal.
    #[serde(default, rename = "objectId", skip_serializing_if = "Option::is_none")]
    pub object_id: Option<String>,
    /// The tenant of the principal.
    #[serde(default, rename = "tenantId", skip_serializing_if = "Option::is_none")]
    pub tenant_id: Option<String>,
    /// The kind of principal.
    #[serde(default, rename = "principalType", skip_serializing_if = "Option::is_none")]
    pub principal_type: Option<PrincipalType>,
    /// The client ids of the applications that the principal may use.
    #[serde(default, rename = "clientIds", skip_serializing_if = "Option::is_none")]
    pub client_ids: Option<Vec<String>>,
}

impl TeamsExtensionAssignment {
    /// Makes the assignment of a principal: its object id and its tenant. The other fields are absent.
    pub fn new(object_id: impl Into<String>, tenant_id: impl Into<String>) -> Self {
        Self { object_id: Some(object_id.into()), tenant_id: Some(tenant_id.into()), ..Self::default() }
    }

    /// Sets the kind of principal.
    #[must_use]
    pub fn with_principal_type(self, principal_type: PrincipalType) -> Self {
        Self { principal_type: Some(principal_type), ..self }
    }

    /// Sets the client ids of the applications, if there are any.
    #[must_use]
    pub fn with_client_ids(self, client_ids: Option<Vec<String>>) -> Self {
        Self { client_ids, ..self }
    }
}

/// The body of `PUT /access/entra/assignments/{objectId}`, and a value of [`EntraAssignmentsPatch`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntraAssignmentRequest {
    /// The tenant of the principal; required.
    #[serde(default, rename = "tenantId", skip_serializing_if = "Option::is_none")]
    pub tenant_id: Option<String>,
    /// The kind of principal; required.
    #[serde(default, rename = "principalType", skip_serializing_if = "Option::is_none")]
    pub principal_type: Option<PrincipalType>,
    /// The client ids of the applications that the principal may use; required.
    #[serde(default, rename = "clientIds", skip_serializing_if = "Option::is_none")]
    pub client_ids: Option<Vec<String>>,
}

/// An Entra assignment. It has the fields of a [`TeamsExtensionAssignment`].
pub type EntraAssignment = TeamsExtensionAssignment;

/// The body of the bulk `PATCH` of Entra assignments: for each object id, the assignment to create or replace, or
/// `None` to remove it.
pub type EntraAssignmentsPatch = BTreeMap<String, Option<EntraAssignmentRequest>>;

/// A page of Entra assignments.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct EntraAssignmentList {
    /// The assignments.
    #[serde(default)]
    pub value: Vec<EntraAssignment>,
    /// The URL of the next page; absent on the last page.
    #[serde(default, rename = "nextLink", skip_serializing_if = "Option::is_none")]
    pub next_link: Option<String>,
}

impl EntraAssignmentList {
    /// Makes a page without a next one.
    pub fn new(value: Vec<EntraAssignment>) -> Self {
        Self { value, next_link: None }
    }
}

#[cfg(feature = "azure_core")]
#[async_trait::async_trait]
impl azure_core::http::pager::Page for EntraAssignmentList {
    type Item = EntraAssignment;
    type IntoIter = <Vec<EntraAssignment> as IntoIterator>::IntoIter;

    async fn into_items(self) -> azure_core::Result<Self::IntoIter> {
        Ok(self.value.into_iter())
    }
}
