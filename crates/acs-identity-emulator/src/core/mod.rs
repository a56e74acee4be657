//! The service without HTTP: identities, tokens, exchanges, revocation.

mod entra;
mod identities;
mod introspection;
mod refusal;
mod teams;

use std::sync::Arc;

use acs_identity_protocol::claims::{AccessTokenClaims, SCP_USER};
use acs_identity_protocol::models::AccessToken;
use acs_identity_protocol::scope::TokenScope;
use aws_lc_rs::rand::{SecureRandom as _, SystemRandom};
use time::{Duration, OffsetDateTime};

pub(crate) use entra::EntraTokenRequest;
pub(crate) use refusal::Refusal;

use crate::config::{Config, Storage};
use crate::error::Error;
use crate::keys::signing::{LazySigningKey, SigningKey};
use crate::store::{Outcome, Store, Write};

/// The data location and region that tokens name. The emulator's own, so that nobody takes them for the cloud's.
const RESOURCE_LOCATION: &str = "unitedstates";
const REGION: &str = "amer";

const TOKEN_KEY_FILE: &str = "token-key.pem";
const ENTRA_KEY_FILE: &str = "entra-key.pem";

const MIN_MINUTES: i64 = 60;
const MAX_MINUTES: i64 = 1440;

/// The service.
pub(crate) struct Core {
    pub(crate) store: Store,
    /// The resource's immutable GUID, the first part of every id.
    pub(crate) resource_id: String,
    token_key: LazySigningKey,
    entra_key: LazySigningKey,
    random: SystemRandom,
}

pub(crate) type Refused<T> = Result<T, Refusal>;

impl Core {
    /// Opens the store and the keys.
    pub(crate) fn open(config: &Config) -> Result<Self, Error> {
        let folder = match &config.storage {
            Storage::Folder(folder) => Some(folder.as_path()),
            Storage::Memory => None,
        };
        let store = Store::open(folder)?;
        let random = SystemRandom::new();
        let database = |what: String| Error::Database(folder.unwrap_or_else(|| "".as_ref()).to_owned(), what);
        let resource_id = match store.setting("resource_id").map_err(database)? {
            Some(id) => id,
            None => new_resource_id(&random)?,
        };
        let core = Self {
            store,
            resource_id,
            token_key: LazySigningKey::new(folder, TOKEN_KEY_FILE),
            entra_key: LazySigningKey::new(folder, ENTRA_KEY_FILE),
            random,
        };
        // A file that is no key is a problem of the start, not of the first token.
        core.token_key.prepare()?;
        Ok(core)
    }

    /// Stores what was chosen at the first start.
    pub(crate) async fn settle(&self) -> Result<(), Error> {
        let write = Write::Setting { name: "resource_id", value: self.resource_id.clone() };
        self.store.write(write).await.map(drop).map_err(|what| Error::Database("".into(), what))
    }

    pub(crate) fn token_key(&self) -> Refused<&SigningKey> {
        self.token_key.prepare().map_err(Refusal::fault)
    }

    pub(crate) fn entra_key(&self) -> Refused<&SigningKey> {
        self.entra_key.prepare().map_err(Refusal::fault)
    }

    fn random_bytes<const N: usize>(&self) -> Refused<[u8; N]> {
        let mut bytes = [0; N];
        self.random.fill(&mut bytes).map_err(|_| Refusal::fault("no random numbers"))?;
        Ok(bytes)
    }

    /// Signs an access token for an identity of this resource, off the threads that serve connections.
    async fn sign_user_token(
        self: &Arc<Self>,
        user: &str,
        scopes: &[TokenScope],
        minutes: i64,
        issued: OffsetDateTime,
    ) -> Refused<AccessToken> {
        let expires_on = issued + Duration::minutes(minutes);
        let claims = AccessTokenClaims {
            skypeid: format!("acs:{}_{user}", self.resource_id),
            scp: SCP_USER,
            csi: issued.unix_timestamp().to_string(),
            exp: expires_on.unix_timestamp(),
            rgn: Some(REGION.into()),
            acs_scope: scopes.iter().map(TokenScope::as_str).collect::<Vec<_>>().join(","),
            resource_id: self.resource_id.clone(),
            resource_location: Some(RESOURCE_LOCATION.into()),
            iat: issued.unix_timestamp(),
            ..AccessTokenClaims::default()
        };
        Ok(AccessToken::new(self.sign(claims).await?, expires_on))
    }

    async fn sign(self: &Arc<Self>, claims: AccessTokenClaims) -> Refused<String> {
        let core = Arc::clone(self);
        tokio::task::spawn_blocking(move || core.token_key()?.sign(&claims).map_err(Refusal::fault))
            .await
            .map_err(Refusal::fault)?
    }

    async fn write(&self, write: Write) -> Refused<Outcome> {
        self.store.write(write).await.map_err(Refusal::fault)
    }
}

fn new_resource_id(random: &SystemRandom) -> Result<String, Error> {
    let mut bytes = [0_u8; 16];
    random.fill(&mut bytes).map_err(|_| Error::Crypto("no random numbers".into()))?;
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]))
}

/// Nanoseconds since 1970, as the store keeps times.
fn nanos(at: OffsetDateTime) -> i64 {
    i64::try_from(at.unix_timestamp_nanos()).unwrap_or(i64::MAX)
}

/// The lifetime in minutes that a request asks for.
fn check_minutes(minutes: Option<i32>) -> Refused<i64> {
    let minutes = minutes.map_or(MAX_MINUTES, i64::from);
    if (MIN_MINUTES..=MAX_MINUTES).contains(&minutes) {
        return Ok(minutes);
    }
    Err(Refusal::validation(
        format!(
            "ExpiresInMinutes value {minutes} is invalid. Value must be within the [{MIN_MINUTES}, {MAX_MINUTES}] interval."
        ),
        "ExpiresInMinutes",
    ))
}

/// The scopes that a request asks for, each one once, in its order.
fn check_scopes(scopes: &[TokenScope], join_scopes: bool) -> Refused<Vec<TokenScope>> {
    if scopes.is_empty() {
        return Err(Refusal::validation("Invalid scopes - Scopes field is required.", "scopes"));
    }
    let mut granted: Vec<TokenScope> = Vec::new();
    for scope in scopes {
        if !scope.is_known() || (scope.is_join() && !join_scopes) {
            return Err(Refusal::validation(format!("Invalid scopes - Scope '{scope}' is not supported."), "scopes"));
        }
        if !granted.contains(scope) {
            granted.push(scope.clone());
        }
    }
    Ok(granted)
}
