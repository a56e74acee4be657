//! The exchange of a Teams user's Entra token (service.md, section 8).

use std::sync::Arc;

use acs_identity_protocol::api_version::TeamsUserBody;
use acs_identity_protocol::claims::{AccessTokenClaims, SCP_TEAMS_USER};
use acs_identity_protocol::models::{AccessToken, ExchangeTeamsUserAccessTokenRequest};
use acs_identity_protocol::raw_id::is_guid;
use time::{Duration, OffsetDateTime};

use super::entra::{EntraClaims, Purpose};
use super::{Core, KeySlot, REGION, Refusal, Refused};

impl Core {
    /// Checks in the order of the recordings, then issues a token that lives as long as the Entra token.
    pub(crate) async fn exchange_teams_user(
        self: &Arc<Self>,
        slot: KeySlot,
        body: TeamsUserBody,
        request: ExchangeTeamsUserAccessTokenRequest,
    ) -> Refused<AccessToken> {
        let token = request
            .token
            .ok_or_else(|| Refusal::binding("The body is either missing or doesn't contain any token.", None))?;
        let empty = body == TeamsUserBody::TokenWithoutErrorBody;
        let claims =
            self.verify_entra_token(&token, Purpose::TeamsUser).map_err(|refusal| Refusal { empty, ..refusal })?;
        if body == TeamsUserBody::TokenAppIdUserId {
            check(request.app_id, request.user_id, &claims)?;
        }
        let now = OffsetDateTime::now_utc();
        let remaining = Duration::seconds(claims.exp - now.unix_timestamp());
        let signed = self
            .sign(
                slot,
                AccessTokenClaims {
                    skypeid: format!("orgid:{}", claims.oid),
                    scp: SCP_TEAMS_USER,
                    csi: claims.iat.to_string(),
                    exp: claims.exp,
                    rgn: Some(REGION.into()),
                    acs_scope: "voip,chat".into(),
                    resource_id: self.resource_id.clone(),
                    iat: now.unix_timestamp(),
                    tid: Some(claims.tid),
                    aad_iat: Some(claims.iat.to_string()),
                    aad_uti: claims.uti,
                    aad_appid: Some(claims.appid),
                    ..AccessTokenClaims::default()
                },
            )
            .await?;
        Ok(AccessToken::new(signed, now + remaining))
    }
}

fn check(app_id: Option<String>, user_id: Option<String>, claims: &EntraClaims) -> Refused<()> {
    let required = |value: Option<String>, name: &'static str| {
        value
            .filter(|value| !value.is_empty())
            .ok_or_else(|| Refusal::binding(format!("{name}: The {name} field is required."), Some(name)))
    };
    let (app_id, user_id) = (required(app_id, "AppId")?, required(user_id, "UserId")?);
    for (value, name, target) in [(&app_id, "AppId", "appId"), (&user_id, "UserId", "userId")] {
        if !is_guid(value) {
            return Err(Refusal::validation(format!("Provided {name} has invalid format."), target));
        }
    }
    if !app_id.eq_ignore_ascii_case(&claims.appid) {
        return Err(Refusal::validation("AAD application is not the expected one.", "appId"));
    }
    if !user_id.eq_ignore_ascii_case(&claims.oid) {
        return Err(Refusal::validation("Provided AAD token issued for unexpected user.", "userId"));
    }
    Ok(())
}
