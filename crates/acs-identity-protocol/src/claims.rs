//! The claims of access tokens (docs/service.md, section 6).

use serde::{Deserialize, Serialize};

/// `scp` of every token of a communication user or an Entra user, whatever its scopes.
pub const SCP_USER: u32 = 1792;

/// `scp` of a Teams user's token.
pub const SCP_TEAMS_USER: u32 = 1024;

/// The payload of an access token. The fields are in the order of the service.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessTokenClaims {
    /// The raw id without its leading `8:`.
    #[serde(default)]
    pub skypeid: String,
    /// [`SCP_USER`] or [`SCP_TEAMS_USER`].
    #[serde(default)]
    pub scp: u32,
    /// `iat` as a string; for a Teams user, the `iat` of the Entra token.
    #[serde(default)]
    pub csi: String,
    /// The time of expiry, in seconds since 1970-01-01T00:00:00Z.
    #[serde(default)]
    pub exp: i64,
    /// The region, such as `amer`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rgn: Option<String>,
    /// The granted scopes, joined by commas in the order of the request.
    #[serde(default, rename = "acsScope")]
    pub acs_scope: String,
    /// The resource's immutable GUID.
    #[serde(default, rename = "resourceId")]
    pub resource_id: String,
    /// The data location, such as `unitedstates`; absent in the token of a Teams user.
    #[serde(default, rename = "resourceLocation", skip_serializing_if = "Option::is_none")]
    pub resource_location: Option<String>,
    /// The time of issue, in seconds since 1970-01-01T00:00:00Z.
    #[serde(default)]
    pub iat: i64,
    /// Only in tokens of the emulator: the number of the identity's last revocation before the token was issued; absent
    /// if there was none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revocation: Option<i64>,
    /// Only for a Teams user: the tenant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tid: Option<String>,
    /// Only for a Teams user: `iat` of the Entra token, as a string.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub aad_iat: Option<String>,
    /// Only for a Teams user: `uti` of the Entra token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub aad_uti: Option<String>,
    /// Only for a Teams user: the application that the Entra token was issued to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub aad_appid: Option<String>,
}

/// What an Entra access token must contain to be accepted (docs/service.md, sections 2.3 and 8).
pub mod entra {
    /// The application id of Azure Communication Services, an accepted `aud`.
    pub const ACS_APPLICATION_ID: &str = "1fd5118e-2576-4263-8130-9503064c837a";

    /// The resource URI of "Azure Communication Services - control plane", the other accepted `aud`.
    pub const ACS_RESOURCE: &str = "https://auth.msft.communication.azure.com";

    /// The application id of Azure Communication Services Clients, `aud` of the tokens for `/access/entra`.
    pub const ACS_CLIENTS_APPLICATION_ID: &str = "2a04943b-b6a7-4f65-8786-2bb6131b59f6";

    /// The resource URI of tokens for `/access/entra`. With a slash at the end, it is the audience of management calls,
    /// for which the SDKs request the scope `https://communication.azure.com//.default`, with two slashes.
    pub const ACS_MANAGEMENT_RESOURCE: &str = "https://communication.azure.com";

    /// The two delegated permissions that the exchange of a Teams user's token requires.
    pub const TEAMS_PERMISSIONS: [&str; 2] = ["Teams.ManageCalls", "Teams.ManageChats"];

    /// The delegated permission that the exchange of Teams extension requires.
    pub const TEAMS_EXTENSION_PERMISSION: &str = "TeamsExtension.ManageCalls";

    /// Checks whether `audience` is [`ACS_APPLICATION_ID`] or [`ACS_RESOURCE`], in any case, with or without a slash at
    /// its end.
    pub fn is_acs_audience(audience: &str) -> bool {
        let audience = audience.trim_end_matches('/');
        audience.eq_ignore_ascii_case(ACS_APPLICATION_ID) || audience.eq_ignore_ascii_case(ACS_RESOURCE)
    }
}
