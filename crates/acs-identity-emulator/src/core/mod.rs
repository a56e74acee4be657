//! The service without HTTP: identities, tokens, exchanges, revocation.

mod access;
mod access_keys;
mod entra;
mod identities;
mod introspection;
mod refusal;
mod teams;

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use acs_identity_protocol::AccessKey;
use acs_identity_protocol::api_version::ApiVersion;
use acs_identity_protocol::claims::{AccessTokenClaims, SCP_USER};
use acs_identity_protocol::models::AccessToken;
use acs_identity_protocol::raw_id::is_guid;
use acs_identity_protocol::scope::TokenScope;
use aws_lc_rs::rand::{SecureRandom as _, SystemRandom};
use time::{Duration, OffsetDateTime};
use tokio::sync::Semaphore;

pub(crate) use access::{ENTRA, TEAMS_EXTENSION};
pub(crate) use access_keys::{AccessKeys, KeySlot};
pub(crate) use entra::{Consent, DEFAULT_TENANT, EntraTokenRequest, Grant, audience_of};
pub(crate) use refusal::Refusal;

use crate::config::{Config, TrustedIssuer};
use crate::error::Error;
use crate::keys::signing::{LazySigningKey, SigningKey, key_id};
use crate::store::{Outcome, Store, Write};

/// The data location and region that tokens name. The emulator's own, so that nobody takes them for the cloud's.
const RESOURCE_LOCATION: &str = "unitedstates";
const REGION: &str = "amer";

const ENTRA_KEY_FILE: &str = "entra-key.pem";

/// The stack of a thread that makes a key, in bytes.
const KEY_STACK: usize = 512 * 1024;

const MIN_MINUTES: i64 = 60;
const MAX_MINUTES: i64 = 1440;

/// The service.
pub(crate) struct Core {
    pub(crate) store: Store,
    /// The resource's immutable GUID, the first part of every id.
    pub(crate) resource_id: String,
    /// The keys that sign tokens, one for each way to authenticate: what an access key made ends with it.
    token_keys: [LazySigningKey; 3],
    entra_key: LazySigningKey,
    /// One permit a core.
    signers: Semaphore,
    /// The access keys.
    pub(crate) access_keys: AccessKeys,
    issuers: Vec<TrustedIssuer>,
    revocation_delay: Duration,
    consents: Mutex<HashMap<String, Consent>>,
    /// The secret of all applications. It follows from the access key: who knows that one may do no less.
    pub(crate) client_secret: String,
    /// What shows the App Service endpoint of managed identities that the caller is of this machine.
    pub(crate) identity_header: String,
    random: SystemRandom,
}

pub(crate) type Refused<T> = Result<T, Refusal>;

impl Core {
    /// Opens the store and the keys.
    pub(crate) fn open(config: &Config) -> Result<Self, Error> {
        let folder = config.storage.folder();
        let store = Store::open(folder)?;
        let random = SystemRandom::new();
        let database = |what: String| Error::Database(folder.unwrap_or_else(|| "".as_ref()).to_owned(), what);
        let resource_id = match store.setting("resource_id").map_err(database)? {
            Some(id) => id,
            None => new_resource_id(&random)?,
        };
        let access_keys = AccessKeys::load(&store, config, &random).map_err(database)?;
        let primary = access_keys.get(KeySlot::Primary);
        let core = Self {
            client_secret: derived_secret(&primary, "client secret"),
            identity_header: derived_secret(&primary, "identity header"),
            store,
            resource_id,
            token_keys: KeySlot::ALL.map(|slot| LazySigningKey::new(folder, slot.signing_key_file())),
            entra_key: LazySigningKey::new(folder, ENTRA_KEY_FILE),
            signers: Semaphore::new(std::thread::available_parallelism().map_or(1, usize::from)),
            access_keys,
            issuers: config.issuers.clone(),
            revocation_delay: config.revocation_delay.try_into().unwrap_or(Duration::ZERO),
            consents: Mutex::default(),
            random,
        };
        // A file that is not a key is a problem of the start, not of the first token.
        core.token_keys[KeySlot::Primary as usize].get()?;
        Ok(core)
    }

    /// Stores what was chosen at the first start.
    pub(crate) async fn settle(&self) -> Result<(), Error> {
        let setting = |name, value| Write::Setting { name, value, replace: false };
        let writes = vec![
            setting("resource_id", self.resource_id.clone()),
            setting(KeySlot::Secondary.setting(), self.access_keys.get(KeySlot::Secondary).to_base64()),
        ];
        self.store.write(Write::All(writes)).await.map(drop).map_err(|what| Error::Database("".into(), what))
    }

    /// The public keys of all tokens that are good. Those that were not needed yet are made, side by side: whoever keeps
    /// this list must find the keys of later tokens in it.
    pub(crate) fn token_jwks(&self) -> Refused<serde_json::Value> {
        std::thread::scope(|scope| {
            for key in &self.token_keys[1..] {
                // Where no thread can be started, the key is made below.
                let _ = std::thread::Builder::new().stack_size(KEY_STACK).spawn_scoped(scope, || key.get());
            }
        });
        let mut jwks = Vec::new();
        for key in &self.token_keys {
            jwks.push(key.get().map_err(Refusal::fault)?.jwk());
        }
        Ok(serde_json::json!({"keys": jwks}))
    }

    /// The claims of a token of ours. Expiry and revocation are not checked.
    fn verify_token(&self, token: &str) -> Refused<Option<serde_json::Value>> {
        Ok(self.key_of(token)?.and_then(|key| key.verify(token)))
    }

    /// The signing key that a token names, where it is in force.
    fn key_of(&self, token: &str) -> Refused<Option<Arc<SigningKey>>> {
        let Some(kid) = key_id(token) else { return Ok(None) };
        for key in &self.token_keys {
            if let Some(key) = key.existing().map_err(Refusal::fault)?.filter(|key| key.kid() == kid) {
                return Ok(Some(key));
            }
        }
        Ok(None)
    }

    pub(crate) fn entra_key(&self) -> Refused<Arc<SigningKey>> {
        self.entra_key.get().map_err(Refusal::fault)
    }

    fn random_bytes<const N: usize>(&self) -> Refused<[u8; N]> {
        let mut bytes = [0; N];
        self.random.fill(&mut bytes).map_err(|_| Refusal::fault("no random numbers"))?;
        Ok(bytes)
    }

    /// Signs an access token for an identity of this resource.
    async fn sign_user_token(
        &self,
        slot: KeySlot,
        user: &str,
        scopes: &[TokenScope],
        issued: OffsetDateTime,
        expires_on: OffsetDateTime,
    ) -> Refused<AccessToken> {
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
        Ok(AccessToken::new(self.sign(slot, claims).await?, expires_on))
    }

    /// Signs on the thread that serves the connection: handing over to another one and back costs a tenth of a signature.
    /// One a core at a time, so that what needs no signature waits for a single one, not for all that were asked for.
    async fn sign(&self, slot: KeySlot, claims: AccessTokenClaims) -> Refused<String> {
        let _turn = self.signers.acquire().await.map_err(Refusal::fault)?;
        self.token_keys[slot as usize].get().and_then(|key| key.sign(&claims)).map_err(Refusal::fault)
    }

    async fn write(&self, write: Write) -> Refused<Outcome> {
        self.store.write(write).await.map_err(Refusal::fault)
    }
}

/// A secret in letters and digits, so that no form and no shell changes it.
fn derived_secret(key: &AccessKey, name: &str) -> String {
    key.sign(name).chars().filter(char::is_ascii_alphanumeric).collect()
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

/// A field that must be there.
fn required<T>(value: Option<T>, name: &'static str) -> Refused<T> {
    value.ok_or_else(|| missing(name))
}

fn missing(name: &'static str) -> Refusal {
    Refusal::binding(format!("{name}: The {name} field is required."), Some(name))
}

/// A GUID, in lower case.
fn check_guid(value: &str, name: &str, target: &'static str) -> Refused<String> {
    if is_guid(value) {
        return Ok(value.to_ascii_lowercase());
    }
    Err(Refusal::validation(format!("Provided {name} has invalid format."), target))
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
fn check_scopes(scopes: &[TokenScope], version: &ApiVersion) -> Refused<Vec<TokenScope>> {
    if scopes.is_empty() {
        return Err(Refusal::validation("Invalid scopes - Scopes field is required.", "scopes"));
    }
    let mut granted: Vec<TokenScope> = Vec::new();
    for scope in scopes {
        // `pstn` existed in the first preview only (docs/service.md, section 1).
        let known = (scope.is_known() && (version.join_scopes || !scope.is_join()))
            || (version.legacy && scope.as_str() == "pstn");
        if !known {
            return Err(Refusal::validation(format!("Invalid scopes - Scope '{scope}' is not supported."), "scopes"));
        }
        if !granted.contains(scope) {
            granted.push(scope.clone());
        }
    }
    Ok(granted)
}
