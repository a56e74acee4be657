//! The Entra side: OpenID metadata, the token endpoint, and the endpoints of managed identities, so that code without a
//! key runs offline, too. Errors are those of RFC 6749, as Entra words them.

use serde_json::{Value, json};

use super::Edge;
use super::context::RequestContext;
use super::path::{decode_segment, query_parameter};
use super::responses::Answer;
use super::routes::Entra;
use crate::core::{DEFAULT_TENANT, Grant, Refused, SignInRefusal, audience_of};
use crate::store::Caller;

/// The client that a managed identity is where none is named.
const MANAGED_IDENTITY: &str = "00000000-0000-0000-0000-000000000001";

const DEVICE_CODE: &str = "urn:ietf:params:oauth:grant-type:device_code";

/// What stands at the address that device codes name.
const DEVICE_LOGIN: &str = "<!doctype html><html lang=\"en\"><title>Device login</title>\
    <p>The emulator signs its default user in at once. There is nothing to enter; this page can be closed.</p></html>\n";

/// How often a client may ask whether the user has signed in, in seconds.
const POLL_INTERVAL: u64 = 1;

/// A token holds what it is for. Nothing that is for longer names makes sense, and each answer would be as large.
const MAX_NAME: usize = 2048;

/// An error of RFC 6749.
pub(super) fn oauth_error(status: u16, error: &str, description: impl Into<String>) -> Answer {
    Answer::json(status, &json!({"error": error, "error_description": description.into()}))
}

/// A field that the form must hold is not there.
fn lacks(field: &str) -> Answer {
    oauth_error(400, "invalid_request", format!("AADSTS900144: The request body must contain '{field}'."))
}

/// Why a sign-in by device code does not go on, as Entra words it.
fn refused(refusal: SignInRefusal) -> Answer {
    match refusal {
        SignInRefusal::Client => {
            oauth_error(400, "unauthorized_client", "AADSTS700016: The application was not found: its id is too long.")
        }
        SignInRefusal::Scope => oauth_error(400, "invalid_scope", "AADSTS70011: The scope is too long."),
        SignInRefusal::UnknownCode => {
            oauth_error(400, "invalid_grant", "AADSTS70008: The device code is unknown or has expired.")
        }
        SignInRefusal::OtherClient => {
            oauth_error(400, "invalid_grant", "AADSTS700003: The device code was issued to another client.")
        }
        SignInRefusal::OtherTenant => oauth_error(
            400,
            "invalid_grant",
            "AADSTS700005: The device code is intended to be used against another tenant.",
        ),
    }
}

fn granted(grant: &Grant) -> Answer {
    Answer::json(200, grant).with("cache-control", "no-store")
}

impl Edge {
    /// What Entra answers, not the service.
    pub(super) async fn entra(&self, entra: &Entra, request: &RequestContext) -> Refused<Answer> {
        match entra {
            Entra::Token { tenant } => self.token(tenant, request).await,
            Entra::DeviceCode { tenant } => self.device_code(tenant, request),
            Entra::DeviceLogin => Ok(Answer::text("text/html; charset=utf-8", DEVICE_LOGIN)),
            Entra::Keys => self.keys().await,
            Entra::Metadata { tenant } => Ok(Answer::json(200, &self.metadata(tenant, request))),
            Entra::AppService => self.app_service_token(request).await,
            Entra::Imds => self.imds_token(request).await,
        }
    }

    async fn keys(&self) -> Refused<Answer> {
        Ok(Answer::json(200, &json!({"keys": [self.core.issuer_key().await?.jwk()]})))
    }

    fn metadata(&self, tenant: &str, request: &RequestContext) -> Value {
        let base = self.base_of(request);
        json!({
            "issuer": format!("{base}/{tenant}/v2.0"),
            "authorization_endpoint": format!("{base}/{tenant}/oauth2/v2.0/authorize"),
            "token_endpoint": format!("{base}/{tenant}/oauth2/v2.0/token"),
            "device_authorization_endpoint": format!("{base}/{tenant}/oauth2/v2.0/devicecode"),
            "jwks_uri": format!("{base}/{tenant}/discovery/v2.0/keys"),
            "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "response_types_supported": ["code", "id_token"],
            "subject_types_supported": ["pairwise"],
            "scopes_supported": ["openid", "profile", "email", "offline_access"],
        })
    }

    async fn token(&self, tenant: &str, request: &RequestContext) -> Refused<Answer> {
        let form = std::str::from_utf8(&request.body).unwrap_or_default();
        let field = |name| query_parameter(form, name).filter(|value| !value.is_empty());
        let basic = basic_credentials(request);
        let client = basic.as_ref().map(|(client, _)| client.clone()).or_else(|| field("client_id"));
        let Some(client) = client else {
            return Ok(lacks("client_id"));
        };
        let base = self.base_of(request);
        Ok(match field("grant_type").as_deref() {
            Some("client_credentials") => {
                let secret = basic.map(|(_, secret)| secret).or_else(|| field("client_secret"));
                let by = if let Some(assertion) = field("client_assertion") {
                    match self.core.check_assertion(&assertion)? {
                        Ok(by) => by,
                        Err(why) => {
                            let description = format!("AADSTS700024: The client assertion is refused: {why}.");
                            return Ok(oauth_error(401, "invalid_client", description));
                        }
                    }
                } else if let Some(key) = secret.and_then(|secret| self.core.access_keys.by_client_secret(&secret)) {
                    key
                } else {
                    let description = "AADSTS7000215: Invalid client secret provided. That of the emulator is in \
                        AZURE_CLIENT_SECRET inside 'emulator run'; see docs/emulator.md.";
                    return Ok(oauth_error(401, "invalid_client", description));
                };
                let Some(scope) = field("scope").or_else(|| field("resource").map(|resource| resource + "/.default"))
                else {
                    return Ok(lacks("scope"));
                };
                if scope.len() > MAX_NAME {
                    return Ok(refused(SignInRefusal::Scope));
                }
                let audience = audience_of(scope.split(' ').next().unwrap_or_default());
                granted(&self.core.issue_application_token(&base, tenant, &client, audience, by).await?)
            }
            Some("device_code" | DEVICE_CODE) => {
                // This one gives a token without a credential.
                if let Err(refused) = self.check_this_machine(request) {
                    return Ok(refused);
                }
                let code = field("device_code").or_else(|| field("code")).unwrap_or_default();
                let ended = self.core.end_device_login(&base, tenant, &client, &code).await?;
                ended.as_ref().map_or_else(|refusal| refused(*refusal), granted)
            }
            Some(other) => {
                let description = format!(
                    "AADSTS70003: The grant type '{other}' is not supported; client_credentials and device_code are."
                );
                oauth_error(400, "unsupported_grant_type", description)
            }
            None => lacks("grant_type"),
        })
    }

    fn device_code(&self, tenant: &str, request: &RequestContext) -> Refused<Answer> {
        let form = std::str::from_utf8(&request.body).unwrap_or_default();
        let field = |name| query_parameter(form, name).filter(|value| !value.is_empty());
        let Some(client) = field("client_id") else {
            return Ok(lacks("client_id"));
        };
        // Version 1 names a resource.
        let Some(scope) = field("scope").or_else(|| field("resource").map(|resource| resource + "/.default")) else {
            return Ok(lacks("scope"));
        };
        let (code, expires_in) = match self.core.begin_device_login(tenant, &client, &scope)? {
            Ok(begun) => begun,
            Err(refusal) => return Ok(refused(refusal)),
        };
        let user_code: String = code.chars().filter(char::is_ascii_alphanumeric).take(9).collect();
        let body = json!({
            "user_code": user_code.to_ascii_uppercase(),
            "device_code": code,
            "verification_uri": format!("{}/devicelogin", self.base_of(request)),
            "expires_in": expires_in,
            "interval": POLL_INTERVAL,
            "message": "The emulator signs its default user in at once; there is nothing to enter.",
        });
        Ok(Answer::json(200, &body).with("cache-control", "no-store"))
    }

    /// The endpoint of App Service (`IDENTITY_ENDPOINT`).
    async fn app_service_token(&self, request: &RequestContext) -> Refused<Answer> {
        let secret = request.head.header("x-identity-header");
        let Some(key) = secret.and_then(|secret| self.core.access_keys.by_identity_header(secret)) else {
            return Ok(oauth_error(401, "unauthorized", "X-IDENTITY-HEADER is not the value of IDENTITY_HEADER."));
        };
        self.managed_identity_token(request, key).await
    }

    /// The endpoint of virtual machines (IMDS).
    async fn imds_token(&self, request: &RequestContext) -> Refused<Answer> {
        if !request.head.header("metadata").is_some_and(|value| value.eq_ignore_ascii_case("true")) {
            return Ok(oauth_error(400, "invalid_request", "Required metadata header not specified"));
        }
        self.managed_identity_token(request, Caller::Entra).await
    }

    /// Both endpoints write all numbers as strings, and the SDK for Rust insists on it.
    async fn managed_identity_token(&self, request: &RequestContext, by: Caller) -> Refused<Answer> {
        let Some(resource) = query_parameter(request.head.query(), "resource").filter(|resource| !resource.is_empty())
        else {
            return Ok(oauth_error(400, "invalid_resource", "The query must name a 'resource'."));
        };
        let named = ["client_id", "object_id", "principal_id", "mi_res_id"];
        let client = named.iter().find_map(|name| query_parameter(request.head.query(), name));
        let client = client.as_deref().unwrap_or(MANAGED_IDENTITY);
        if resource.len().max(client.len()) > MAX_NAME {
            return Ok(oauth_error(400, "invalid_resource", format!("The query names more than {MAX_NAME} bytes.")));
        }
        let grant =
            self.core.issue_application_token(&self.base_of(request), DEFAULT_TENANT, client, &resource, by).await?;
        let now = crate::clock::machine::now().unix_timestamp();
        let body = json!({
            "access_token": grant.access_token,
            "client_id": client,
            "expires_in": grant.expires_in.to_string(),
            "expires_on": (now + grant.expires_in).to_string(),
            "not_before": now.to_string(),
            "resource": resource,
            "token_type": grant.token_type,
        });
        Ok(Answer::json(200, &body).with("cache-control", "no-store"))
    }
}

/// Client id and secret in a header, as RFC 6749 allows.
fn basic_credentials(request: &RequestContext) -> Option<(String, String)> {
    use base64::Engine as _;
    let text = request.head.credentials("Basic")?;
    let decoded = String::from_utf8(base64::engine::general_purpose::STANDARD.decode(text).ok()?).ok()?;
    let (client, secret) = decoded.split_once(':')?;
    Some((decode_segment(client)?, decode_segment(secret)?))
}
