//! Searches the log of requests, the numbers and the events for secrets, after clients have put every kind of secret
//! into every place of a request.

use std::collections::BTreeSet;

use acs_identity_emulator::{Config, ControlSecret};
use acs_identity_protocol::AccessKey;
use acs_identity_protocol::signature::content_hash;
use acs_identity_protocol::time::http_date;
use serde_json::{Value, json};
use time::OffsetDateTime;

use super::support::client::Client;
use super::support::running::Running;
use super::token_of;

const CONTROL_SECRET: &str = "control-secret-0123456789";

/// The key has the characters `+` and `/`, which URLs change.
const KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8+/w==";

/// A key of another resource.
const FOREIGN_KEY: &str = "+f/4pXDVHq0JwT7r2y5mZbKcVbq1Sx0uLz8Ae3RtYgk6NwQhUiBvFo9GdJmCPs1xT4eWnMaOIjEyK5lDfHrXZQ==";

/// A kind of secret, and a secret.
type Secret = (&'static str, String);

/// Returns a text in the forms in which a URL can have it.
fn forms(text: &str) -> Vec<String> {
    let encoded = text.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D");
    let in_lower_case = encoded.replace("%2B", "%2b").replace("%2F", "%2f").replace("%3D", "%3d");
    let of_urls = text.replace('+', "-").replace('/', "_");
    let again = encoded.replace('%', "%25");
    let first = text.bytes().take(2).map(|byte| format!("%{byte:02x}")).collect::<String>() + &text[2..];
    let forms = BTreeSet::from([text.to_owned(), encoded, in_lower_case, of_urls, again, first]);
    forms.into_iter().collect()
}

/// Returns a secret of every kind, and regenerates the secondary key, so that there is a former one.
fn secrets(client: &mut Client, key: &AccessKey) -> Vec<Secret> {
    let text = |answer: &Value, name: &str| answer[name].as_str().unwrap().to_owned();
    let former = text(&client.send("POST", "/emulator/list-keys?", "").body, "secondaryKey");
    client.send("POST", "/emulator/regenerate-key?", r#"{"keyType":"Secondary"}"#);
    let keys = client.send("POST", "/emulator/list-keys?", "").body;
    let user = client.create();
    let token = token_of(&client.issue(&user));
    let target = "/metadata/identity/oauth2/token?resource=https://communication.azure.com/";
    let metadata = [("metadata".to_owned(), "true".to_owned())];
    let entra = text(&client.raw("GET", target, &metadata, "").unwrap().body, "access_token");
    let derived = |name: &str| key.sign(name).chars().filter(char::is_ascii_alphanumeric).collect();
    vec![
        ("primary key", text(&keys, "primaryKey")),
        ("secondary key", text(&keys, "secondaryKey")),
        ("former key", former),
        ("foreign key", FOREIGN_KEY.to_owned()),
        ("signature", key.sign("POST\n/x\n")),
        ("signature of a token", token.rsplit('.').next().unwrap().to_owned()),
        ("access token", token),
        ("Entra token", entra),
        ("client secret", derived("client secret")),
        ("identity header", derived("identity header")),
        ("control secret", CONTROL_SECRET.to_owned()),
    ]
}

/// Sends requests with a text in every place of a URL.
fn send_in_urls(client: &mut Client, secret: &str) {
    for target in [
        format!("/{secret}"),
        format!("/x/{secret}/y"),
        format!("/identities/{secret}?api-version=2023-10-01"),
        format!("/identities/{secret}/:revokeAccessTokens?api-version=2023-10-01"),
        format!("/identities?api-version={secret}"),
        format!("/identities?api-version=2023-10-01&key={secret}"),
        format!("/identities?api-version=2999-01-01-{secret}"),
        format!("/emulator/faults/{secret}"),
        format!("/emulator/token?user={secret}"),
        // The path is cut in the middle of the secret.
        format!("/{}/{secret}", "a".repeat(232)),
    ] {
        // The signature is right, so that the request gets further.
        client.send("DELETE", &target, "");
        // The signature is wrong, so that the log explains it.
        client.sent_path = Some(target);
        client.send("DELETE", "/other?", "");
        client.sent_path = None;
    }
}

/// Sends requests with a text in headers and bodies.
fn send_in_headers_and_bodies(client: &mut Client, secret: &str) {
    let header = |name: &str, value: &str| vec![(name.to_owned(), value.to_owned())];
    for name in ["user-agent", "x-ms-client-request-id", "x-emulator-control", "x-custom", "cookie", "x-ms-date"] {
        client.raw("POST", "/identities?api-version=2023-10-01", &header(name, secret), "").unwrap();
        client.extra = header(name, secret);
        client.send("POST", "/identities", "");
        client.extra = Vec::new();
    }
    let method = secret.replace('+', "-").replace('/', "_");
    client.raw(method.trim_end_matches('='), "/x", &[], "").unwrap();
    client.raw("POST", "/identities", &header("origin", &format!("https://{secret}")), "").unwrap();
    for value in [
        secret.to_owned(),
        format!("Bearer {secret}"),
        format!("SharedKey {secret}"),
        format!("HMAC-SHA256 {secret}"),
        format!("HMAC-SHA256 SignedHeaders={secret}&Signature={secret}"),
    ] {
        client.raw("POST", "/identities?api-version=2023-10-01", &header("authorization", &value), "").unwrap();
    }
    let signed = "x-ms-date;host;x-ms-content-sha256;x-custom";
    let headers = [
        ("authorization", format!("HMAC-SHA256 SignedHeaders={signed}&Signature={secret}")),
        ("x-ms-date", http_date(OffsetDateTime::now_utc())),
        ("x-ms-content-sha256", content_hash(b"")),
        ("x-custom", secret.to_owned()),
    ];
    client.raw("POST", "/x", &headers.map(|(name, value)| (name.to_owned(), value)), "").unwrap();
    for body in [secret.to_owned(), json!({"customId": secret, "createTokenWithScopes": [secret]}).to_string()] {
        client.send("POST", "/identities?api-version=2025-03-02-preview", &body);
        client.send("POST", "/emulator/faults?", &body);
    }
    client.send("POST", "/introspect?", &format!("token={secret}"));
    let form = format!("grant_type=client_credentials&client_id=x&client_secret={secret}&scope=y/.default");
    client
        .raw("POST", "/x/oauth2/v2.0/token", &header("content-type", "application/x-www-form-urlencoded"), &form)
        .unwrap();
}

#[test]
fn no_secret_is_in_the_log_of_requests_and_in_the_numbers_wherever_clients_put_it() {
    let key: AccessKey = KEY.parse().unwrap();
    let config = Config {
        access_key: Some(key.clone()),
        control_secret: Some(ControlSecret::from(CONTROL_SECRET.to_owned())),
        log_requests: true,
        ..Config::in_memory()
    };
    let (running, events) = Running::with_events(config);
    let mut client = running.client();
    client.key = key.clone();
    let secrets = secrets(&mut client, &key);
    for (_, secret) in &secrets {
        let mut client = running.client();
        client.key = key.clone();
        for form in forms(secret) {
            send_in_urls(&mut client, &form);
        }
        send_in_headers_and_bodies(&mut client, secret);
    }
    let mut client = running.client();
    client.key = key;
    let list = client.send("GET", "/emulator/requests?last=10000", "").body;
    assert!(list["value"].as_array().unwrap().len() > 500, "{}", list["value"].as_array().unwrap().len());
    let places = [
        ("the log of requests", list.to_string()),
        ("the numbers", client.send("GET", "/emulator/metrics?", "").body.as_str().unwrap().to_owned()),
        ("the clients", client.send("GET", "/emulator/trust?", "").body.to_string()),
        ("the status", client.send("GET", "/emulator/status?", "").body.to_string()),
        ("the events", events.text()),
    ];
    for (kind, secret) in &secrets {
        for form in forms(secret) {
            // A text may also be cut.
            let part = &form[..form.len() - form.len() / 4];
            for (place, text) in &places {
                assert!(!text.contains(part), "the {kind} is in {place}: {:?}", around(text, part));
            }
        }
    }
}

fn around<'a>(text: &'a str, part: &str) -> &'a str {
    let at = text.find(part).unwrap_or_default();
    &text[text.floor_char_boundary(at.saturating_sub(300))..text.ceil_char_boundary((at + 200).min(text.len()))]
}
