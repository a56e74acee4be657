//! The bodies of requests and responses, enums, and the options of the client's methods.

mod method_options;
mod user_id;

pub use acs_identity_protocol::error::{ErrorBody, ErrorDetail, codes};
pub use acs_identity_protocol::models::{
    AccessToken, CreateIdentityRequest, CreateIdentityResult, EntraAssignment, EntraAssignmentList,
    EntraAssignmentRequest, EntraAssignmentsPatch, ExchangeTeamsUserAccessTokenRequest, Identity,
    IssueAccessTokenRequest, PrincipalType, TeamsExtensionAssignment, TeamsExtensionAssignmentRequest,
};
pub use acs_identity_protocol::scope::TokenScope;
pub use method_options::*;
pub use user_id::UserId;
