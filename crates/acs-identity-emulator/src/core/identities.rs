//! Identities and their tokens.

use acs_identity_protocol::RawId;
use acs_identity_protocol::api_version::ApiVersion;
use acs_identity_protocol::models::{
    AccessToken, CreateIdentityRequest, CreateIdentityResult, Identity, IssueAccessTokenRequest,
};
use acs_identity_protocol::raw_id::{is_guid, new_user_guid};
use time::{Duration, OffsetDateTime};

use super::{Core, Refusal, Refused, check_minutes, check_scopes, nanos, required};
use crate::store::{Caller, Failure, IdentityRow};

const MAX_CUSTOM_ID: usize = 256;

impl Core {
    /// Creates an identity, and a token where scopes are given.
    pub(crate) async fn create(
        &self,
        caller: Caller,
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
        // A key that cannot be used is a problem before there is an identity.
        let key = match &scopes {
            Some(_) => Some(self.signing_key_of(caller).await?),
            None => None,
        };
        let now = self.clock.now();
        let user = new_user_guid(now.unix_timestamp_nanos() / 1_000_000, self.random_bytes()?);
        let token_issued_at = scopes.as_ref().map(|_| nanos(now));
        let created = self.store.create(caller, user, custom_id, token_issued_at).await;
        let row = created.map_err(|failure| self.refusal(failure))?.row;
        let token = match (&scopes, &key) {
            (Some(scopes), Some(key)) => {
                let expires_on = now + Duration::minutes(minutes);
                Some(self.sign_user_token(key, (&row.user, row.revocation), scopes, now, expires_on).await?)
            }
            _ => None,
        };
        Ok(CreateIdentityResult::new(self.identity_model(version, &row), token))
    }

    /// An identity.
    pub(crate) fn get(&self, caller: Caller, version: &ApiVersion, id: &str) -> Refused<Identity> {
        let user = self.own_user(id)?;
        let snapshot = self.store.snapshot(Some(caller), Some(&user)).map_err(|failure| self.refusal(failure))?;
        let row = snapshot.identity.ok_or_else(Refusal::not_found)?;
        Ok(self.identity_model(version, &row))
    }

    /// Deletes an identity; its tokens end with it.
    pub(crate) async fn delete(&self, caller: Caller, id: &str) -> Refused<()> {
        let user = self.own_user(id)?;
        self.found(self.store.delete(caller, user).await)
    }

    /// Issues a token.
    pub(crate) async fn issue(
        &self,
        caller: Caller,
        version: &ApiVersion,
        id: &str,
        request: IssueAccessTokenRequest,
    ) -> Refused<AccessToken> {
        let scopes = required(request.scopes, "Scopes")?;
        let minutes = check_minutes(request.expires_in_minutes.filter(|_| version.expiry))?;
        let scopes = check_scopes(&scopes, version)?;
        let user = self.own_user(id)?;
        let key = self.signing_key_of(caller).await?;
        let now = self.clock.now();
        let issued =
            self.store.issue(caller, user.clone(), nanos(now)).await.map_err(|failure| self.refusal(failure))?;
        let revocation = issued.ok_or_else(Refusal::not_found)?;
        self.sign_user_token(&key, (&user, revocation), &scopes, now, now + Duration::minutes(minutes)).await
    }

    /// Revokes the tokens that were issued so far.
    pub(crate) async fn revoke(&self, caller: Caller, id: &str) -> Refused<()> {
        self.revoke_until(caller, id, None).await
    }

    /// Revokes the tokens that were issued up to that time (2020-07-20-preview2's `tokensValidFrom`), at most up to now.
    pub(crate) async fn revoke_before(&self, caller: Caller, id: &str, at: OffsetDateTime) -> Refused<()> {
        // Tokens tell their time in whole seconds. Those of this second are all that were issued so far.
        let (until, now) = (at.unix_timestamp(), self.clock.now().unix_timestamp());
        self.revoke_until(caller, id, (until < now).then_some(until)).await
    }

    async fn revoke_until(&self, caller: Caller, id: &str, issued_until: Option<i64>) -> Refused<()> {
        let user = self.own_user(id)?;
        let delayed = self.revocation_delay.is_positive();
        let in_force_at = delayed.then(|| nanos(self.clock.now().saturating_add(self.revocation_delay)));
        self.found(self.store.revoke(caller, user, issued_until, in_force_at).await)
    }

    /// Refuses an identity that is not there.
    fn found(&self, found: Result<bool, Failure>) -> Refused<()> {
        if found.map_err(|failure| self.refusal(failure))? { Ok(()) } else { Err(Refusal::not_found()) }
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
