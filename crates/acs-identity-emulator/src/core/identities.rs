//! Identities and their tokens.

use acs_identity_protocol::RawId;
use acs_identity_protocol::api_version::ApiVersion;
use acs_identity_protocol::models::{
    AccessToken, CreateIdentityRequest, CreateIdentityResult, Identity, IssueAccessTokenRequest,
};
use acs_identity_protocol::raw_id::{is_guid, new_user_guid};
use time::{Duration, OffsetDateTime};

use super::{Core, KeySlot, Refusal, Refused, check_minutes, check_scopes, nanos, required};
use crate::store::{IdentityRow, Outcome, Write};

const MAX_CUSTOM_ID: usize = 256;

impl Core {
    /// Creates an identity, and a token where scopes are given.
    pub(crate) async fn create(
        &self,
        slot: KeySlot,
        version: &ApiVersion,
        request: CreateIdentityRequest,
    ) -> Refused<CreateIdentityResult> {
        let custom_id = if version.custom_id { request.custom_id } else { None };
        if let Some(id) = &custom_id
            && !(1..=MAX_CUSTOM_ID).contains(&id.chars().count())
        {
            let message = format!("CustomId length must be within the [1, {MAX_CUSTOM_ID}] interval.");
            return Err(Refusal::validation(message, "customId"));
        }
        let minutes = check_minutes(request.expires_in_minutes.filter(|_| version.expiry))?;
        let scopes = request.create_token_with_scopes.map(|scopes| check_scopes(&scopes, version));
        let scopes = scopes.transpose()?;
        let now = OffsetDateTime::now_utc();
        let mut user = new_user_guid(now.unix_timestamp_nanos() / 1_000_000, self.random_bytes()?);
        let mut last_token_issued_at = scopes.as_ref().map(|_| nanos(now));
        let write =
            Write::Create { user: user.clone(), custom_id: custom_id.clone(), token_issued_at: last_token_issued_at };
        if let Outcome::Existing { user: existing, last_token_issued_at: before } = self.write(write).await? {
            user = existing;
            last_token_issued_at = last_token_issued_at.or(before);
        }
        let row = IdentityRow { user, custom_id, last_token_issued_at, ..IdentityRow::default() };
        let token = match &scopes {
            // An identity that existed may have been revoked; its token goes the usual way.
            Some(scopes) if row.custom_id.is_some() => Some(self.issue_for(slot, &row.user, scopes, minutes).await?),
            Some(scopes) => {
                let expires_on = now + Duration::minutes(minutes);
                Some(self.sign_user_token(slot, &row.user, scopes, now, expires_on).await?)
            }
            None => None,
        };
        Ok(CreateIdentityResult::new(self.identity_model(version, &row), token))
    }

    /// An identity.
    pub(crate) fn get(&self, version: &ApiVersion, id: &str) -> Refused<Identity> {
        let user = self.own_user(id)?;
        let row = self.store.identity(&user).map_err(Refusal::fault)?.ok_or_else(Refusal::not_found)?;
        Ok(self.identity_model(version, &row))
    }

    /// Deletes an identity; its tokens end with it.
    pub(crate) async fn delete(&self, id: &str) -> Refused<()> {
        let user = self.own_user(id)?;
        found(self.write(Write::Delete { user }).await?)
    }

    /// Issues a token.
    pub(crate) async fn issue(
        &self,
        slot: KeySlot,
        version: &ApiVersion,
        id: &str,
        request: IssueAccessTokenRequest,
    ) -> Refused<AccessToken> {
        let scopes = required(request.scopes, "Scopes")?;
        let minutes = check_minutes(request.expires_in_minutes.filter(|_| version.expiry))?;
        let scopes = check_scopes(&scopes, version)?;
        let user = self.own_user(id)?;
        self.issue_for(slot, &user, &scopes, minutes).await
    }

    async fn issue_for(
        &self,
        slot: KeySlot,
        user: &str,
        scopes: &[acs_identity_protocol::TokenScope],
        minutes: i64,
    ) -> Refused<AccessToken> {
        let row = self.store.identity(user).map_err(Refusal::fault)?.ok_or_else(Refusal::not_found)?;
        let issued = after_revocation(row.revoked_at).await;
        let token = self.sign_user_token(slot, user, scopes, issued, issued + Duration::minutes(minutes)).await?;
        let write = Write::TokenIssued { user: user.to_owned(), at: nanos(issued) };
        found(self.write(write).await?)?;
        Ok(token)
    }

    /// Revokes the tokens that were issued so far.
    pub(crate) async fn revoke(&self, id: &str) -> Refused<()> {
        self.revoke_before(id, OffsetDateTime::now_utc()).await
    }

    /// Revokes the tokens that were issued up to that time (2020-07-20-preview2's `tokensValidFrom`), at most up to now.
    pub(crate) async fn revoke_before(&self, id: &str, at: OffsetDateTime) -> Refused<()> {
        let user = self.own_user(id)?;
        let now = OffsetDateTime::now_utc();
        let in_force = nanos(now - self.revocation_delay);
        found(self.write(Write::Revoke { user, at: nanos(at.min(now)), in_force }).await?)
    }

    /// The user GUID of an id of this resource.
    fn own_user(&self, id: &str) -> Refused<String> {
        match RawId::parse(id) {
            RawId::CommunicationUser { resource, user }
                if resource.eq_ignore_ascii_case(&self.resource_id) && is_guid(&user) =>
            {
                Ok(user.to_ascii_lowercase())
            }
            _ => Err(Refusal::not_owned()),
        }
    }

    fn identity_model(&self, version: &ApiVersion, row: &IdentityRow) -> Identity {
        let mut identity = Identity::with_id(format!("8:acs:{}_{}", self.resource_id, row.user));
        if version.custom_id {
            identity.custom_id.clone_from(&row.custom_id);
            identity.last_token_issued_at =
                row.last_token_issued_at.and_then(|at| OffsetDateTime::from_unix_timestamp_nanos(i128::from(at)).ok());
        }
        identity
    }
}

/// The time that a token is issued at: now, but in a later second than the revocation before it. Tokens tell their time in
/// whole seconds, and one of the revocation's own second would be the very token that was revoked. So the caller waits
/// for the next second; where the clock was set back, the token's time is ahead of it instead.
async fn after_revocation(revoked_at: Option<i64>) -> OffsetDateTime {
    let now = OffsetDateTime::now_utc();
    let Some(revoked_at) = revoked_at else {
        return now;
    };
    let second = revoked_at.div_euclid(1_000_000_000) + 1;
    let earliest = OffsetDateTime::from_unix_timestamp(second).unwrap_or(now);
    let wait = earliest - now;
    if wait.is_positive() && wait <= Duration::SECOND {
        tokio::time::sleep(wait.unsigned_abs()).await;
    }
    OffsetDateTime::now_utc().max(earliest)
}

fn found(outcome: Outcome) -> Refused<()> {
    if outcome == Outcome::Missing { Err(Refusal::not_found()) } else { Ok(()) }
}
