//! Options of the client's methods.

use azure_core::fmt::SafeDebug;
use azure_core::http::{ClientMethodOptions, RequestContent};

use super::CreateIdentityRequest;

/// Options to be passed to [`CommunicationIdentityClient::create_identity()`](crate::CommunicationIdentityClient::create_identity()).
#[derive(Clone, Default, SafeDebug)]
pub struct CommunicationIdentityClientCreateIdentityOptions<'a> {
    /// The body. Without one, an identity without a token is created.
    pub body: Option<RequestContent<CreateIdentityRequest>>,

    /// Allows customization of the method call.
    pub method_options: ClientMethodOptions<'a>,
}

macro_rules! options {
    ($($name:ident for $method:literal),+ $(,)?) => {$(
        #[doc = concat!("Options to be passed to [`CommunicationIdentityClient::", $method, "()`](crate::CommunicationIdentityClient::", $method, "()).")]
        #[derive(Clone, Default, SafeDebug)]
        pub struct $name<'a> {
            /// Allows customization of the method call.
            pub method_options: ClientMethodOptions<'a>,
        }
    )+};
}

options!(
    CommunicationIdentityClientDeleteIdentityOptions for "delete_identity",
    CommunicationIdentityClientExchangeTeamsUserAccessTokenOptions for "exchange_teams_user_access_token",
    CommunicationIdentityClientGetIdentityOptions for "get_identity",
    CommunicationIdentityClientIssueAccessTokenOptions for "issue_access_token",
    CommunicationIdentityClientRevokeAccessTokensOptions for "revoke_access_tokens",
);
