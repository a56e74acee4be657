//! The identities of the resource and their access tokens.

use std::sync::Arc;

use acs_identity_protocol::api_version::ApiVersion;
use acs_identity_protocol::models::{
    AccessToken, CreateIdentityRequest, CreateIdentityResult, Identity, IssueAccessTokenRequest,
};
use acs_identity_protocol::raw_id::new_user_guid;
use acs_identity_protocol::scope::TokenScope;
use time::{Duration, OffsetDateTime};

use super::access_keys::AccessKeys;
use super::fields::{self, required};
use super::refusal::{Field, Refusal, Refused};
use super::resource::{Resource, User};
use super::token_signer::TokenSigner;
use super::token_times::TokenTimes;
use crate::clock::{ServiceClock, nanos};
use crate::keys::signing::SigningKey;
use crate::random;
use crate::store::{Caller, Created, Failure, IdentityRow, NewIdentity, Store};

pub(super) use crate::seed::MAX_CUSTOM_ID;

/// The identities.
pub(crate) struct Identities {
    store: Arc<Store>,
    clock: ServiceClock,
    access_keys: Arc<AccessKeys>,
    signer: Arc<TokenSigner>,
    resource: Resource,
    revocation_delay: Duration,
}

/// The scopes and the lifetime of a token.
struct Terms<'a> {
    scopes: &'a [TokenScope],
    issued: OffsetDateTime,
    minutes: i64,
    times: TokenTimes,
}

impl Identities {
    pub(super) fn new(
        store: Arc<Store>,
        clock: ServiceClock,
        access_keys: Arc<AccessKeys>,
        signer: Arc<TokenSigner>,
        resource: Resource,
        revocation_delay: Duration,
    ) -> Self {
        Self { store, clock, access_keys, signer, resource, revocation_delay }
    }

    /// Returns the number of identities.
    pub(crate) async fn count(&self, caller: Caller) -> Refused<u64> {
        self.access_keys.heed(self.store.identity_count(caller).await).await
    }

    /// Creates an identity, and a token if scopes are given.
    pub(crate) async fn create(
        &self,
        caller: Caller,
        version: &ApiVersion,
        request: CreateIdentityRequest,
        times: TokenTimes,
    ) -> Refused<CreateIdentityResult> {
        let custom_id = if version.custom_id { request.custom_id } else { None };
        check_custom_id(custom_id.as_deref())?;
        let minutes = fields::minutes(request.expires_in_minutes.filter(|_| version.expiry))?;
        let scopes = request.create_token_with_scopes.map(|scopes| fields::scopes(&scopes, version));
        let scopes = scopes.transpose()?;
        // If there is no usable key, the identity must not be created either.
        let key = match &scopes {
            Some(_) => Some(self.signer.key_for(caller).await?),
            None => None,
        };
        let now = self.clock.now();
        let row = self.put(caller, custom_id, now, scopes.is_some()).await?.row;
        let token = match (&scopes, &key) {
            (Some(scopes), Some(key)) => {
                let user = User { name: &row.user, revocation: row.revocation };
                Some(self.sign(key, &user, Terms { scopes, issued: now, minutes, times }).await?)
            }
            _ => None,
        };
        Ok(CreateIdentityResult::new(self.model(version, &row), token))
    }

    /// Creates an identity without a token, or finds the existing identity with the custom id. Returns its raw id, and
    /// whether it is new.
    pub(crate) async fn create_or_find(&self, caller: Caller, custom_id: Option<String>) -> Refused<(String, bool)> {
        check_custom_id(custom_id.as_deref())?;
        let created = self.put(caller, custom_id, self.clock.now(), false).await?;
        Ok((self.resource.raw_id(&created.row.user), !created.found))
    }

    /// Stores an identity, unless there is one with the custom id. Records whether a token is issued together with it.
    async fn put(
        &self,
        caller: Caller,
        custom_id: Option<String>,
        now: OffsetDateTime,
        with_token: bool,
    ) -> Refused<Created> {
        let user = new_user_guid(now.unix_timestamp_nanos() / 1_000_000, random::bytes()?);
        let token_issued_at = with_token.then(|| nanos(now));
        let new = NewIdentity { user, custom_id, created_at: nanos(now), token_issued_at };
        self.access_keys.heed(self.store.create(caller, new).await).await
    }

    /// Returns an identity.
    pub(crate) async fn get(&self, caller: Caller, version: &ApiVersion, id: &str) -> Refused<Identity> {
        let user = self.own_user(id)?;
        let snapshot = self.access_keys.heed(self.store.snapshot(Some(caller), Some(&user)).await).await?;
        let row = snapshot.identity.ok_or(Refusal::IdentityNotFound)?;
        Ok(self.model(version, &row))
    }

    /// Returns the custom id of an identity, if it has one.
    pub(crate) async fn custom_id(&self, id: &str) -> Option<String> {
        let user = self.resource.user_of(id)?;
        self.store.snapshot(None, Some(&user)).await.ok()?.identity?.custom_id
    }

    /// Deletes an identity. Its tokens are revoked.
    pub(crate) async fn delete(&self, caller: Caller, id: &str) -> Refused<()> {
        let user = self.own_user(id)?;
        self.found(self.store.delete(caller, user).await).await
    }

    /// Issues a token.
    pub(crate) async fn issue(
        &self,
        caller: Caller,
        version: &ApiVersion,
        id: &str,
        request: IssueAccessTokenRequest,
        times: TokenTimes,
    ) -> Refused<AccessToken> {
        let scopes = required(request.scopes, Field::Scopes)?;
        let minutes = fields::minutes(request.expires_in_minutes.filter(|_| version.expiry))?;
        let scopes = fields::scopes(&scopes, version)?;
        let user = self.own_user(id)?;
        let key = self.signer.key_for(caller).await?;
        let now = self.clock.now();
        let issued = self.access_keys.heed(self.store.issue(caller, user.clone(), nanos(now)).await).await?;
        let revocation = issued.ok_or(Refusal::IdentityNotFound)?;
        let user = User { name: &user, revocation };
        self.sign(&key, &user, Terms { scopes: &scopes, issued: now, minutes, times }).await
    }

    async fn sign(&self, key: &SigningKey, user: &User<'_>, terms: Terms<'_>) -> Refused<AccessToken> {
        let (issued, expires_on) = terms.times.of(terms.issued, Duration::minutes(terms.minutes));
        let claims = self.resource.claims(user, terms.scopes, issued, expires_on);
        Ok(AccessToken::new(self.signer.sign(key, &claims).await?, expires_on))
    }

    /// Revokes the tokens that were issued until now.
    pub(crate) async fn revoke(&self, caller: Caller, id: &str) -> Refused<()> {
        self.revoke_until(caller, id, None).await
    }

    /// Revokes the tokens that were issued until that time (`tokensValidFrom` of 2020-07-20-preview2), at most until
    /// now.
    pub(crate) async fn revoke_before(&self, caller: Caller, id: &str, at: OffsetDateTime) -> Refused<()> {
        // The issue times of tokens are whole seconds. A time in the current second means all tokens that were issued
        // until now.
        let (until, now) = (at.unix_timestamp(), self.clock.now().unix_timestamp());
        self.revoke_until(caller, id, (until < now).then_some(until)).await
    }

    async fn revoke_until(&self, caller: Caller, id: &str, issued_until: Option<i64>) -> Refused<()> {
        let user = self.own_user(id)?;
        let in_force_at =
            self.delays_revocations().then(|| nanos(self.clock.now().saturating_add(self.revocation_delay)));
        self.found(self.store.revoke(caller, user, issued_until, in_force_at).await).await
    }

    /// Returns whether revocations come into force later than they are asked for.
    pub(super) fn delays_revocations(&self) -> bool {
        self.revocation_delay.is_positive()
    }

    /// Puts the revocations that are due in force permanently, whatever the clock shows afterwards.
    pub(super) async fn settle_revocations(&self) -> Result<(), Failure> {
        self.store.settle(nanos(self.clock.now())).await
    }

    /// Refuses an identity that does not exist.
    async fn found(&self, found: Result<bool, Failure>) -> Refused<()> {
        if self.access_keys.heed(found).await? { Ok(()) } else { Err(Refusal::IdentityNotFound) }
    }

    fn own_user(&self, id: &str) -> Refused<String> {
        self.resource.user_of(id).ok_or(Refusal::NotOwned)
    }

    fn model(&self, version: &ApiVersion, row: &IdentityRow) -> Identity {
        let mut identity = Identity::with_id(self.resource.raw_id(&row.user));
        if version.custom_id {
            identity.custom_id.clone_from(&row.custom_id);
            identity.last_token_issued_at =
                row.last_token_issued_at.and_then(|at| OffsetDateTime::from_unix_timestamp_nanos(i128::from(at)).ok());
        }
        identity
    }
}

fn check_custom_id(custom_id: Option<&str>) -> Refused<()> {
    match custom_id {
        Some(id) if !(1..=MAX_CUSTOM_ID).contains(&id.chars().count()) => {
            Err(Refusal::CustomIdLength { least: 1, most: MAX_CUSTOM_ID })
        }
        _ => Ok(()),
    }
}
