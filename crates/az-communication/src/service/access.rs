//! Requests about the access of Entra principals. Answers are returned unchanged.

use acs_identity::models::{EntraAssignmentRequest, PrincipalType, TeamsExtensionAssignmentRequest};
use acs_identity_protocol::claims::entra::TEAMS_EXTENSION_PERMISSION;
use azure_core::credentials::Secret;
use azure_core::http::Response;
use futures::TryStreamExt as _;
use pyjmespath::Value;

use crate::knack::json_value::value_of;
use crate::report::secrets;
use crate::service::calls::Service;
use crate::service::failure::{Asked, Failure};
use crate::transport::http::block_on::block_on;

/// A principal that can have access.
#[derive(Debug, Clone, Default)]
pub struct Principal {
    /// The tenant of the principal.
    pub tenant: String,
    /// The object id of the principal. For a whole tenant, this is the id of the tenant.
    pub object: String,
    /// The type of the principal, as the protocol names it.
    pub kind: Option<String>,
    /// The applications through which the principal has access.
    pub clients: Option<Vec<String>>,
}

/// The two kinds of assignments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Teams users and resource accounts.
    TeamsExtension,
    /// Users, groups and tenants of Entra.
    Entra,
}

impl Service {
    /// Returns the assignment of a principal.
    ///
    /// # Errors
    ///
    /// When the service refuses, cannot be reached, or gives an unexpected response.
    pub fn show_assignment(&self, access: Access, principal: &Principal) -> Result<Value, Failure> {
        let client = &self.client;
        match access {
            Access::TeamsExtension => {
                self.answer(block_on(client.get_teams_extension_assignment(&principal.tenant, &principal.object, None)))
            }
            Access::Entra => self.answer(block_on(client.get_entra_assignment(&principal.object, None))),
        }
    }

    /// Returns all Entra assignments.
    ///
    /// # Errors
    ///
    /// When the service refuses, cannot be reached, or gives an unexpected response.
    pub fn list_entra_assignments(&self) -> Result<Value, Failure> {
        let all = self.client.list_entra_assignments(None).and_then(|pager| block_on(pager.try_collect::<Vec<_>>()));
        let all = all.map_err(|error| self.fail(error, Asked::Nothing))?;
        let all = serde_json::to_value(&all).map_err(|error| self.fail(error.into(), Asked::Nothing))?;
        Ok(value_of(all))
    }

    /// Creates or replaces the assignment of a principal.
    ///
    /// # Errors
    ///
    /// When the service refuses, cannot be reached, or gives an unexpected response.
    pub fn assign(&self, access: Access, principal: &Principal) -> Result<Value, Failure> {
        let client = &self.client;
        let principal_type = principal.kind.as_deref().map(PrincipalType::from);
        let client_ids = principal.clients.clone();
        match access {
            Access::TeamsExtension => {
                let request = TeamsExtensionAssignmentRequest { principal_type, client_ids };
                let (tenant, object) = (&principal.tenant, &principal.object);
                self.answer(request.try_into().and_then(|body| {
                    block_on(client.create_or_replace_teams_extension_assignment(tenant, object, body, None))
                }))
            }
            Access::Entra => {
                let tenant_id = Some(principal.tenant.clone());
                let request = EntraAssignmentRequest { tenant_id, principal_type, client_ids };
                self.answer(request.try_into().and_then(|body| {
                    block_on(client.create_or_replace_entra_assignment(&principal.object, body, None))
                }))
            }
        }
    }

    /// Removes the assignment of a principal.
    ///
    /// # Errors
    ///
    /// When the service refuses or cannot be reached.
    pub fn unassign(&self, access: Access, principal: &Principal) -> Result<(), Failure> {
        let client = &self.client;
        let result = match access {
            Access::TeamsExtension => {
                block_on(client.delete_teams_extension_assignment(&principal.tenant, &principal.object, None))
            }
            Access::Entra => block_on(client.delete_entra_assignment(&principal.object, None)),
        };
        result.map(drop).map_err(|error| self.fail(error, Asked::Nothing))
    }

    /// Exchanges an Entra token. The token itself is the credential of the request.
    ///
    /// # Errors
    ///
    /// When the service refuses, cannot be reached, or gives an unexpected response.
    pub fn exchange_entra_token(&self, access: Access, token: &str) -> Result<Value, Failure> {
        secrets::hide(token);
        let token = Secret::new(token.to_owned());
        let (result, permission) = match access {
            Access::TeamsExtension => {
                (block_on(self.client.exchange_teams_extension_access_token(&token, None)), TEAMS_EXTENSION_PERMISSION)
            }
            Access::Entra => (
                block_on(self.client.exchange_entra_access_token(&token, None)),
                "a scope of https://communication.azure.com/clients such as VoIP",
            ),
        };
        self.read(result, Asked::EntraToken(permission), |body| Ok(body.clone()))
    }

    fn answer<T>(&self, result: azure_core::Result<Response<T>>) -> Result<Value, Failure> {
        self.read(result, Asked::Nothing, |body| Ok(body.clone()))
    }
}
