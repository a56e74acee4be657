//! The resource: its id, the raw ids of its users, and the claims of their tokens.

use std::sync::{Arc, PoisonError, RwLock};

use acs_identity_protocol::RawId;
use acs_identity_protocol::claims::{AccessTokenClaims, SCP_USER};
use acs_identity_protocol::raw_id::is_guid;
use acs_identity_protocol::scope::TokenScope;
use time::OffsetDateTime;

/// The data location in tokens, one of those that the service has (docs/service.md, section 6). That the emulator's
/// resource is there is our choice.
const LOCATION: &str = "unitedstates";

/// The region that belongs to this location.
pub(super) const REGION: &str = "amer";

/// The resource, by its GUID, which is the first part of every id. Only an import changes it. Clones share the same id.
#[derive(Clone)]
pub(crate) struct Resource(Arc<RwLock<Arc<str>>>);

/// A user of the resource, and the number of the last revocation, which new tokens carry.
pub(super) struct User<'a> {
    /// The second part of the id.
    pub(super) name: &'a str,
    /// 0 before the first revocation.
    pub(super) revocation: i64,
}

impl Resource {
    pub(super) fn new(id: &str) -> Self {
        Self(Arc::new(RwLock::new(id.into())))
    }

    pub(crate) fn id(&self) -> Arc<str> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Changes the id, for all clones.
    pub(super) fn set(&self, id: &str) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = id.into();
    }

    /// Returns the raw id of a user.
    pub(super) fn raw_id(&self, user: &str) -> String {
        format!("8:acs:{}_{user}", self.id())
    }

    /// Returns the GUID of the user with this raw id, in lower case. Returns `None` if the id does not belong to the
    /// resource.
    pub(super) fn user_of(&self, raw_id: &str) -> Option<String> {
        match RawId::parse(raw_id) {
            RawId::CommunicationUser { resource, user }
                if resource.eq_ignore_ascii_case(&self.id()) && is_guid(&user) =>
            {
                Some(user.to_ascii_lowercase())
            }
            _ => None,
        }
    }

    /// Returns the GUID of the identity to which a token was issued. Tokens of Teams and Entra users are not issued to
    /// an identity.
    pub(super) fn identity_in<'a>(&self, claims: &'a AccessTokenClaims) -> Option<&'a str> {
        let user = claims.skypeid.strip_prefix("acs:")?.strip_prefix(&*self.id())?.strip_prefix('_')?;
        is_guid(user).then_some(user)
    }

    /// Returns the claims of an access token.
    pub(super) fn claims(
        &self,
        user: &User<'_>,
        scopes: &[TokenScope],
        issued: OffsetDateTime,
        expires_on: OffsetDateTime,
    ) -> AccessTokenClaims {
        let id = self.id();
        AccessTokenClaims {
            skypeid: format!("acs:{id}_{}", user.name),
            scp: SCP_USER,
            csi: issued.unix_timestamp().to_string(),
            exp: expires_on.unix_timestamp(),
            rgn: Some(REGION.into()),
            acs_scope: scopes.iter().map(TokenScope::as_str).collect::<Vec<_>>().join(","),
            resource_id: id.to_string(),
            resource_location: Some(LOCATION.into()),
            iat: issued.unix_timestamp(),
            // A token without this claim counts as issued before the first revocation.
            revocation: (user.revocation != 0).then_some(user.revocation),
            ..AccessTokenClaims::default()
        }
    }
}
