//! The bodies of requests and responses (docs/service.md, section 3). Fields are in the order of the service, and
//! absent fields are not written.

mod assignments;

pub use assignments::{
    EntraAssignment, EntraAssignmentList, EntraAssignmentRequest, EntraAssignmentsPatch, PrincipalType,
    TeamsExtensionAssignment, TeamsExtensionAssignmentRequest,
};

use std::fmt;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::scope::TokenScope;

/// The body of `POST /identities`. All fields are optional, and so is the body.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreateIdentityRequest {
    /// Your own name for the identity, 1 to 256 characters. The same name always gives the same identity. Only in
    /// previews.
    #[serde(default, rename = "customId", skip_serializing_if = "Option::is_none")]
    pub custom_id: Option<String>,
    /// If present, a token with these scopes is issued, too.
    #[serde(default, rename = "createTokenWithScopes", skip_serializing_if = "Option::is_none")]
    pub create_token_with_scopes: Option<Vec<TokenScope>>,
    /// The lifetime of the token in minutes, 60 to 1440; 1440 if absent.
    #[serde(default, rename = "expiresInMinutes", skip_serializing_if = "Option::is_none")]
    pub expires_in_minutes: Option<i32>,
}

/// The body of `POST /identities/{id}/:issueAccessToken`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct IssueAccessTokenRequest {
    /// The scopes of the token; required.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scopes: Option<Vec<TokenScope>>,
    /// The lifetime of the token in minutes, 60 to 1440; 1440 if absent.
    #[serde(default, rename = "expiresInMinutes", skip_serializing_if = "Option::is_none")]
    pub expires_in_minutes: Option<i32>,
}

/// The body of `POST /teamsUser/:exchangeAccessToken`. `Debug` does not show the token.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExchangeTeamsUserAccessTokenRequest {
    /// The Entra access token of the Teams user; required.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// The client id of the Entra application, which must be the token's `appid`; required.
    #[serde(default, rename = "appId", skip_serializing_if = "Option::is_none")]
    pub app_id: Option<String>,
    /// The object id of the Teams user, which must be the token's `oid`; required.
    #[serde(default, rename = "userId", skip_serializing_if = "Option::is_none")]
    pub user_id: Option<String>,
}

impl fmt::Debug for ExchangeTeamsUserAccessTokenRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ExchangeTeamsUserAccessTokenRequest")
            .field("app_id", &self.app_id)
            .field("user_id", &self.user_id)
            .finish_non_exhaustive()
    }
}

/// An identity.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Identity {
    /// Your own name for the identity. Only in previews.
    #[serde(default, rename = "customId", skip_serializing_if = "Option::is_none")]
    pub custom_id: Option<String>,
    /// When the last token was issued, in whole seconds; absent if none was issued. Only in previews.
    #[serde(
        default,
        rename = "lastTokenIssuedAt",
        skip_serializing_if = "Option::is_none",
        with = "crate::time::whole_seconds_option"
    )]
    pub last_token_issued_at: Option<OffsetDateTime>,
    /// The raw id, `8:acs:…`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
}

impl Identity {
    /// Makes an identity with this raw id. The other fields are absent.
    pub fn with_id(id: impl Into<String>) -> Self {
        Self { id: Some(id.into()), ..Self::default() }
    }
}

/// An access token. `Debug` does not show it.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AccessToken {
    /// The JWT.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// When the token expires. It is written with seven decimals and `+00:00`.
    #[serde(
        default,
        rename = "expiresOn",
        skip_serializing_if = "Option::is_none",
        with = "crate::time::seven_decimals_option"
    )]
    pub expires_on: Option<OffsetDateTime>,
}

impl AccessToken {
    /// Makes an access token from a JWT and its time of expiry.
    pub fn new(token: impl Into<String>, expires_on: OffsetDateTime) -> Self {
        Self { token: Some(token.into()), expires_on: Some(expires_on) }
    }
}

impl fmt::Debug for AccessToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccessToken").field("expires_on", &self.expires_on).finish_non_exhaustive()
    }
}

/// The response to `POST /identities` and to the exchanges below `/access/…`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CreateIdentityResult {
    /// The identity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity: Option<Identity>,
    /// The token, if one was requested.
    #[serde(default, rename = "accessToken", skip_serializing_if = "Option::is_none")]
    pub access_token: Option<AccessToken>,
}

impl CreateIdentityResult {
    /// Makes a result from an identity and its token, if there is one.
    pub fn new(identity: Identity, access_token: Option<AccessToken>) -> Self {
        Self { identity: Some(identity), access_token }
    }
}

#[cfg(feature = "azure_core")]
mod request_content {
    use super::{
        CreateIdentityRequest, EntraAssignmentRequest, ExchangeTeamsUserAccessTokenRequest, IssueAccessTokenRequest,
        TeamsExtensionAssignmentRequest,
    };
    use azure_core::http::RequestContent;

    macro_rules! request_content {
        ($($model:ty),+ $(,)?) => {$(
            impl TryFrom<$model> for RequestContent<$model> {
                type Error = azure_core::Error;

                fn try_from(model: $model) -> azure_core::Result<Self> {
                    Ok(Self::from(azure_core::json::to_json(&model)?.to_vec()))
                }
            }
        )+};
    }

    request_content!(
        CreateIdentityRequest,
        EntraAssignmentRequest,
        ExchangeTeamsUserAccessTokenRequest,
        IssueAccessTokenRequest,
        TeamsExtensionAssignmentRequest,
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recorded_answers_are_read_and_written_alike() -> serde_json::Result<()> {
        for text in [
            r#"{"identity":{"id":"8:acs:a_b"},"accessToken":{"token":"t","expiresOn":"2023-06-28T07:30:12.7039383+00:00"}}"#,
            r#"{"identity":{"customId":"alice","lastTokenIssuedAt":"2025-04-14T15:32:35+00:00","id":"8:acs:a_b"}}"#,
        ] {
            let model: CreateIdentityResult = serde_json::from_str(text)?;
            assert_eq!(serde_json::to_string(&model)?, text);
        }
        Ok(())
    }

    #[test]
    fn nulls_are_absent() -> serde_json::Result<()> {
        let text = r#"{"createTokenWithScopes":null,"expiresInMinutes":null,"customId":null}"#;
        assert_eq!(serde_json::from_str::<CreateIdentityRequest>(text)?, CreateIdentityRequest::default());
        Ok(())
    }

    #[test]
    fn debug_does_not_show_tokens() {
        let token = AccessToken::new("secret", OffsetDateTime::UNIX_EPOCH);
        let request = ExchangeTeamsUserAccessTokenRequest { token: Some("secret".into()), ..Default::default() };
        assert!(!format!("{token:?}{request:?}").contains("secret"));
    }
}
