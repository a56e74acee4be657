//! The exchange of a Teams user's Entra token (docs/service.md, section 8).

use acs_identity_protocol::api_version::TeamsUserBody;
use acs_identity_protocol::claims::{AccessTokenClaims, SCP_TEAMS_USER};
use acs_identity_protocol::models::{AccessToken, ExchangeTeamsUserAccessTokenRequest};

use super::entra::{EntraClaims, Purpose};
use super::{Core, REGION, Refusal, Refused, check_guid, required};
use crate::store::Caller;

impl Core {
    /// Checks in the order of the recordings, then issues a token that lives as long as the Entra token.
    pub(crate) async fn exchange_teams_user(
        &self,
        caller: Caller,
        body: TeamsUserBody,
        request: ExchangeTeamsUserAccessTokenRequest,
    ) -> Refused<AccessToken> {
        let token = request
            .token
            .ok_or_else(|| Refusal::binding("The body is either missing or doesn't contain any token.", None))?;
        let empty = body == TeamsUserBody::TokenWithoutErrorBody;
        let claims = self.verify_entra_token(&token, Purpose::TeamsUser);
        let claims = claims.map_err(|refusal| Refusal { empty, ..refusal })?.in_lower_case();
        if body == TeamsUserBody::TokenAppIdUserId {
            check(request.app_id, request.user_id, &claims)?;
        }
        let key = self.signing_key_of(caller).await?;
        self.store.check(caller).map_err(|failure| self.refusal(failure))?;
        let now = self.clock.now();
        let expires_on = claims.expires_on(now);
        let signed = self
            .sign(
                &key,
                &AccessTokenClaims {
                    skypeid: format!("orgid:{}", claims.oid),
                    scp: SCP_TEAMS_USER,
                    csi: claims.iat.to_string(),
                    exp: expires_on.unix_timestamp(),
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
        Ok(AccessToken::new(signed, expires_on))
    }
}

fn check(app_id: Option<String>, user_id: Option<String>, claims: &EntraClaims) -> Refused<()> {
    let given = |value: Option<String>, name| required(value.filter(|value| !value.is_empty()), name);
    let (app_id, user_id) = (given(app_id, "AppId")?, given(user_id, "UserId")?);
    let app_id = check_guid(&app_id, "AppId", "appId")?;
    let user_id = check_guid(&user_id, "UserId", "userId")?;
    if !app_id.eq_ignore_ascii_case(&claims.appid) {
        return Err(Refusal::validation("AAD application is not the expected one.", "appId"));
    }
    if !user_id.eq_ignore_ascii_case(&claims.oid) {
        return Err(Refusal::validation("Provided AAD token issued for unexpected user.", "userId"));
    }
    Ok(())
}
