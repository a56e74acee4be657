//! The claims of access tokens (docs/service.md, section 6).

use serde::{Deserialize, Serialize};

/// `scp` of every token of a communication user or an Entra user, whatever its scopes.
pub const SCP_USER: u32 = 1792;

/// `scp` of a Teams user's token.
pub const SCP_TEAMS_USER: u32 = 1024;

/// The payload of an access token, members in the order of the wire.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessTokenClaims {
    /// The raw id without its leading `8:`.
    #[serde(default)]
    pub skypeid: String,
    /// [`SCP_USER`] or [`SCP_TEAMS_USER`].
    #[serde(default)]
    pub scp: u32,
    /// `iat` (of the Entra token, for a Teams user) as a string.
    #[serde(default)]
    pub csi: String,
    /// Expiry, in seconds since 1970.
    #[serde(default)]
    pub exp: i64,
    /// Region, such as `amer`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rgn: Option<String>,
    /// The granted scopes, joined by commas in the order of the request.
    #[serde(default, rename = "acsScope")]
    pub acs_scope: String,
    /// The resource's immutable GUID.
    #[serde(default, rename = "resourceId")]
    pub resource_id: String,
    /// Data location, such as `unitedstates`; absent in a Teams user's token.
    #[serde(default, rename = "resourceLocation", skip_serializing_if = "Option::is_none")]
    pub resource_location: Option<String>,
    /// Issue time, in seconds since 1970.
    #[serde(default)]
    pub iat: i64,
    /// Ours, of the emulator: the number of the identity's last revocation when the token was issued; absent before the first
    /// one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revocation: Option<i64>,
    /// Teams user: the tenant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tid: Option<String>,
    /// Teams user: `iat` of the Entra token, as a string.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub aad_iat: Option<String>,
    /// Teams user: `uti` of the Entra token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub aad_uti: Option<String>,
    /// Teams user: the application that the Entra token was issued to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub aad_appid: Option<String>,
}

/// What an Entra access token for a Teams user must hold (docs/service.md, section 8).
pub mod entra {
    /// The application id of Azure Communication Services, an accepted `aud`.
    pub const ACS_APPLICATION_ID: &str = "1fd5118e-2576-4263-8130-9503064c837a";

    /// The resource URI of "Azure Communication Services - control plane", the other accepted `aud`.
    pub const ACS_RESOURCE: &str = "https://auth.msft.communication.azure.com";

    /// The application id of Azure Communication Services Clients, `aud` of the tokens for `/access/entra`.
    pub const ACS_CLIENTS_APPLICATION_ID: &str = "2a04943b-b6a7-4f65-8786-2bb6131b59f6";

    /// The resource URI whose tokens `/access/entra` takes, and, with a slash at the end, the audience of management
    /// calls (the SDKs ask for the scope `https://communication.azure.com//.default`, with two slashes).
    pub const ACS_MANAGEMENT_RESOURCE: &str = "https://communication.azure.com";

    /// The delegated permissions that the exchange of a Teams user's token needs, both of them.
    pub const TEAMS_PERMISSIONS: [&str; 2] = ["Teams.ManageCalls", "Teams.ManageChats"];

    /// The delegated permission that the Teams extension exchange needs.
    pub const TEAMS_EXTENSION_PERMISSION: &str = "TeamsExtension.ManageCalls";

    /// Whether `audience` is that of Azure Communication Services' own API.
    pub fn is_acs_audience(audience: &str) -> bool {
        let audience = audience.trim_end_matches('/');
        audience.eq_ignore_ascii_case(ACS_APPLICATION_ID) || audience.eq_ignore_ascii_case(ACS_RESOURCE)
    }
}
