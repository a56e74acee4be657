//! The options of the client's methods.

use azure_core::fmt::SafeDebug;
use azure_core::http::pager::PagerOptions;
use azure_core::http::{ClientMethodOptions, RequestContent};

use super::CreateIdentityRequest;

/// Options of
/// [`CommunicationIdentityClient::create_identity()`](crate::CommunicationIdentityClient::create_identity()).
#[derive(Clone, Default, SafeDebug)]
pub struct CommunicationIdentityClientCreateIdentityOptions<'a> {
    /// The body. If it is `None`, an identity without a token is created.
    pub body: Option<RequestContent<CreateIdentityRequest>>,

    /// The context of the call.
    pub method_options: ClientMethodOptions<'a>,
}

/// Options of
/// [`CommunicationIdentityClient::list_entra_assignments()`](crate::CommunicationIdentityClient::list_entra_assignments()).
#[derive(Clone, Default, SafeDebug)]
pub struct CommunicationIdentityClientListEntraAssignmentsOptions<'a> {
    /// The context of the call, and the continuation of the list.
    pub method_options: PagerOptions<'a>,
}

impl CommunicationIdentityClientListEntraAssignmentsOptions<'_> {
    /// Converts these options into options that own their data.
    pub fn into_owned(self) -> CommunicationIdentityClientListEntraAssignmentsOptions<'static> {
        CommunicationIdentityClientListEntraAssignmentsOptions {
            method_options: PagerOptions { context: self.method_options.context.into_owned(), ..self.method_options },
        }
    }
}

macro_rules! options {
    ($($name:ident for $method:literal),+ $(,)?) => {$(
        #[doc = concat!("Options of [`CommunicationIdentityClient::", $method, "()`](crate::CommunicationIdentityClient::", $method, "()).")]
        #[derive(Clone, Default, SafeDebug)]
        pub struct $name<'a> {
            /// The context of the call.
            pub method_options: ClientMethodOptions<'a>,
        }
    )+};
}

options!(
    CommunicationIdentityClientCreateOrReplaceEntraAssignmentOptions for "create_or_replace_entra_assignment",
    CommunicationIdentityClientCreateOrReplaceTeamsExtensionAssignmentOptions for
        "create_or_replace_teams_extension_assignment",
    CommunicationIdentityClientDeleteEntraAssignmentOptions for "delete_entra_assignment",
    CommunicationIdentityClientDeleteTeamsExtensionAssignmentOptions for "delete_teams_extension_assignment",
    CommunicationIdentityClientExchangeEntraAccessTokenOptions for "exchange_entra_access_token",
    CommunicationIdentityClientExchangeTeamsExtensionAccessTokenOptions for "exchange_teams_extension_access_token",
    CommunicationIdentityClientGetEntraAssignmentOptions for "get_entra_assignment",
    CommunicationIdentityClientGetTeamsExtensionAssignmentOptions for "get_teams_extension_assignment",
    CommunicationIdentityClientUpdateEntraAssignmentsOptions for "update_entra_assignments",
    CommunicationIdentityClientDeleteIdentityOptions for "delete_identity",
    CommunicationIdentityClientExchangeTeamsUserAccessTokenOptions for "exchange_teams_user_access_token",
    CommunicationIdentityClientGetIdentityOptions for "get_identity",
    CommunicationIdentityClientIssueAccessTokenOptions for "issue_access_token",
    CommunicationIdentityClientRevokeAccessTokensOptions for "revoke_access_tokens",
);
