//! Exchanges of Entra tokens for access tokens of the service (docs/service.md, sections 8 and 9).

use std::sync::Arc;

use acs_identity_protocol::api_version::TeamsUserBody;
use acs_identity_protocol::claims::{AccessTokenClaims, SCP_TEAMS_USER};
use acs_identity_protocol::models::{AccessToken, CreateIdentityResult, ExchangeTeamsUserAccessTokenRequest, Identity};
use acs_identity_protocol::scope::TokenScope;

use super::access_keys::AccessKeys;
use super::assignments::Assignments;
use super::entra::{EntraClaims, Purpose, TokenVerifier};
use super::fields::{guid, required};
use super::refusal::{Field, Refusal, Refused};
use super::resource::{REGION, Resource, User};
use super::token_signer::TokenSigner;
use super::token_times::TokenTimes;
use crate::clock::ServiceClock;
use crate::store::{AssignmentRow, Caller, Kind};

/// The exchanges.
pub(crate) struct Exchanges {
    clock: ServiceClock,
    access_keys: Arc<AccessKeys>,
    signer: Arc<TokenSigner>,
    verifier: Arc<TokenVerifier>,
    assignments: Arc<Assignments>,
    resource: Resource,
}

impl Exchanges {
    pub(super) fn new(
        clock: ServiceClock,
        access_keys: Arc<AccessKeys>,
        signer: Arc<TokenSigner>,
        verifier: Arc<TokenVerifier>,
        assignments: Arc<Assignments>,
        resource: Resource,
    ) -> Self {
        Self { clock, access_keys, signer, verifier, assignments, resource }
    }

    /// Exchanges the token of a Teams user. The checks are in the order of the recordings.
    pub(crate) async fn teams_user(
        &self,
        caller: Caller,
        body: TeamsUserBody,
        request: ExchangeTeamsUserAccessTokenRequest,
        times: TokenTimes,
    ) -> Refused<AccessToken> {
        let token = request.token.ok_or(Refusal::NoTokenToExchange)?;
        let claims = self.verifier.check_for_exchange(&token, Purpose::TeamsUser).await?;
        if body == TeamsUserBody::TokenAppIdUserId {
            check_names(request.app_id, request.user_id, &claims)?;
        }
        let key = self.signer.key_for(caller).await?;
        self.access_keys.check(caller).await?;
        let now = self.clock.now();
        let (issued, expires_on) = times.of(now, claims.lifetime(now));
        let claims = AccessTokenClaims {
            skypeid: format!("orgid:{}", claims.oid),
            scp: SCP_TEAMS_USER,
            csi: claims.iat.to_string(),
            exp: expires_on.unix_timestamp(),
            rgn: Some(REGION.into()),
            acs_scope: "voip,chat".into(),
            resource_id: self.resource.id().to_string(),
            iat: issued.unix_timestamp(),
            tid: Some(claims.tid),
            aad_iat: Some(claims.iat.to_string()),
            aad_uti: claims.uti,
            aad_appid: Some(claims.appid),
            ..AccessTokenClaims::default()
        };
        Ok(AccessToken::new(self.signer.sign(&key, &claims).await?, expires_on))
    }

    /// Exchanges the token of a Teams extension user.
    pub(crate) async fn teams_extension_user(&self, token: &str, times: TokenTimes) -> Refused<CreateIdentityResult> {
        let claims = self.verifier.check_for_exchange(token, Purpose::TeamsExtension).await?;
        let rows = self.assignments.of_objects(Kind::TeamsExtension, &claims.tid, &[&claims.oid]).await?;
        if !rows.iter().any(|row| admits_client(row, &claims)) {
            return Err(Refusal::NotAssigned);
        }
        let user = format!("{}_{}", claims.tid, claims.oid);
        self.issue(&user, &[TokenScope::VoIP], &claims, times).await
    }

    /// Exchanges the token of an Entra user.
    pub(crate) async fn entra_user(&self, token: &str, times: TokenTimes) -> Refused<CreateIdentityResult> {
        let claims = self.verifier.check_for_exchange(token, Purpose::Clients).await?;
        let mut objects = vec![claims.oid.as_str(), claims.tid.as_str()];
        objects.extend(claims.groups.iter().map(String::as_str));
        let rows = self.assignments.of_objects(Kind::Entra, &claims.tid, &objects).await?;
        let admits = |row: &AssignmentRow| {
            admits_client(row, &claims)
                && match row.principal_type.as_str() {
                    "user" => row.object == claims.oid,
                    "group" => claims.groups.contains(&row.object),
                    _ => row.object == claims.tid,
                }
        };
        if !rows.iter().any(admits) {
            return Err(Refusal::NotAssigned);
        }
        let scopes: Vec<TokenScope> = claims
            .permissions()
            .map(|permission| TokenScope::from(permission.to_ascii_lowercase()))
            .filter(TokenScope::is_known)
            .collect();
        if scopes.is_empty() {
            return Err(Refusal::NothingGranted);
        }
        let user = format!("wf_{}_{}", claims.tid, claims.oid);
        self.issue(&user, &scopes, &claims, times).await
    }

    /// Issues a token that lives as long as the Entra token.
    async fn issue(
        &self,
        user: &str,
        scopes: &[TokenScope],
        claims: &EntraClaims,
        times: TokenTimes,
    ) -> Refused<CreateIdentityResult> {
        let now = self.clock.now();
        let (issued, expires_on) = times.of(now, claims.lifetime(now));
        let key = self.signer.key_for(Caller::Entra).await?;
        let claims = self.resource.claims(&User { name: user, revocation: 0 }, scopes, issued, expires_on);
        let token = AccessToken::new(self.signer.sign(&key, &claims).await?, expires_on);
        Ok(CreateIdentityResult::new(Identity::with_id(self.resource.raw_id(user)), Some(token)))
    }
}

/// Returns whether the assignment holds for the application that the token was issued to.
fn admits_client(row: &AssignmentRow, claims: &EntraClaims) -> bool {
    let admits = |clients: &Vec<String>| clients.iter().any(|client| client.eq_ignore_ascii_case(&claims.appid));
    row.client_ids.as_ref().is_none_or(admits)
}

/// Refuses a token of another application or another user than the request names.
fn check_names(app_id: Option<String>, user_id: Option<String>, claims: &EntraClaims) -> Refused<()> {
    let given = |value: Option<String>, field| required(value.filter(|value| !value.is_empty()), field);
    let (app_id, user_id) = (given(app_id, Field::AppId)?, given(user_id, Field::UserId)?);
    let (app_id, user_id) = (guid(&app_id, Field::AppId)?, guid(&user_id, Field::UserId)?);
    if !app_id.eq_ignore_ascii_case(&claims.appid) {
        return Err(Refusal::OtherApplication);
    }
    if !user_id.eq_ignore_ascii_case(&claims.oid) {
        return Err(Refusal::OtherUser);
    }
    Ok(())
}
