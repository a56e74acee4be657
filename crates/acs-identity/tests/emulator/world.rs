//! An emulator, and clients that trust its certificate.

use std::sync::{Arc, OnceLock};

use acs_identity::{CommunicationIdentityClient, CommunicationIdentityClientOptions};
use acs_identity_emulator::{Config, Emulator, Handle};
use azure_core::credentials::Secret;
use azure_core::http::{ClientOptions, Transport};

pub const TENANT: &str = "11111111-1111-1111-1111-111111111111";
pub const OBJECT: &str = "22222222-2222-2222-2222-222222222222";
pub const APP: &str = "33333333-3333-3333-3333-333333333333";

const CONTROL_SECRET: &str = "control-secret-of-the-tests";

/// An emulator and a transport that trusts its certificate.
pub struct World {
    emulator: Arc<Handle>,
    transport: Transport,
    http: reqwest::Client,
}

impl World {
    /// Returns a world with an emulator of its own.
    pub fn start() -> Self {
        let config = Config { control_secret: Some(CONTROL_SECRET.to_owned().into()), ..Config::in_memory() };
        Self::of(Arc::new(Emulator::start(config).unwrap()))
    }

    /// Returns a world with the emulator that most tests share. The connections are its own, because they end with the
    /// runtime of a test.
    pub fn shared() -> Self {
        static EMULATOR: OnceLock<Arc<Handle>> = OnceLock::new();
        Self::of(EMULATOR.get_or_init(|| Self::start().emulator).clone())
    }

    fn of(emulator: Arc<Handle>) -> Self {
        let authority = reqwest::Certificate::from_pem(emulator.ca_certificate().as_bytes()).unwrap();
        let http = reqwest::Client::builder().tls_certs_only([authority]).no_proxy().build().unwrap();
        Self { emulator, transport: Transport::new(Arc::new(http.clone())), http }
    }

    /// Returns the connection string.
    pub fn connection_string(&self) -> &str {
        self.emulator.connection_string()
    }

    /// Returns options whose transport trusts the emulator.
    pub fn options(&self) -> CommunicationIdentityClientOptions {
        CommunicationIdentityClientOptions {
            client_options: ClientOptions { transport: Some(self.transport.clone()), ..Default::default() },
            ..Default::default()
        }
    }

    /// Returns a client with an api-version.
    pub fn client(&self, api_version: &str) -> CommunicationIdentityClient {
        let options = CommunicationIdentityClientOptions { api_version: api_version.into(), ..self.options() };
        CommunicationIdentityClient::with_connection_string(self.emulator.connection_string(), Some(options)).unwrap()
    }

    /// Returns a client whose endpoint has a path that the emulator does not have.
    pub fn client_below(&self, path: &str) -> CommunicationIdentityClient {
        let endpoint = format!("{}{path}", self.emulator.endpoint());
        CommunicationIdentityClient::with_access_key(&endpoint, &Secret::new("a2V5"), Some(self.options())).unwrap()
    }

    /// Regenerates the primary access key, and returns the new one.
    pub async fn regenerate_primary_key(&self) -> Secret {
        let request = self.http.post(format!("{}/emulator/regenerate-key", self.emulator.endpoint()));
        let request = request.bearer_auth(CONTROL_SECRET).header("content-type", "application/json");
        let answer = request.body(r#"{"keyType":"Primary"}"#).send().await.unwrap();
        let keys: serde_json::Value = serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap();
        Secret::new(keys["primaryKey"].as_str().unwrap().to_owned())
    }

    /// Gets the Entra token of a user by device code. The emulator signs the user in at once.
    pub async fn entra_token(&self, scope: &str) -> Secret {
        let post = async |path: &str, form: String| -> serde_json::Value {
            let request = self.http.post(format!("{}/{TENANT}/oauth2/v2.0/{path}", self.emulator.endpoint()));
            let request = request.header("content-type", "application/x-www-form-urlencoded").body(form);
            serde_json::from_slice(&request.send().await.unwrap().bytes().await.unwrap()).unwrap()
        };
        let begun = post("devicecode", format!("client_id={APP}&scope={scope}")).await;
        let code = begun["device_code"].as_str().unwrap();
        let granted = post("token", format!("grant_type=device_code&client_id={APP}&device_code={code}")).await;
        Secret::new(granted["access_token"].as_str().unwrap().to_owned())
    }
}
