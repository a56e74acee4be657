//! Sends the recorded exchanges of the real service (service/exchanges/recorded.json) to the emulator. Values that the
//! recordings do not contain ("sanitized") are filled in with the values that the names in the recording describe.

use serde_json::{Value, json};

use super::client::Client;

const APP: &str = "22222222-2222-2222-2222-222222222222";
const USER: &str = "11111111-1111-1111-1111-111111111111";
const OTHER: &str = "33333333-3333-3333-3333-333333333333";
const NOT_OWNED: &str = "8:acs:00000000-0000-0000-0000-000000000000_00000000-0000-0000-0000-000000000000";

/// Headers that are not compared: they differ in each response, belong to one connection, or are not sent for loopback
/// names.
const TRANSIENT: [&str; 3] = ["content-length", "connection", "strict-transport-security"];

fn entra_token(client: &mut Client, audience: &str, expires_in: i64) -> String {
    let body = json!({"oid": USER, "appid": APP, "aud": audience, "expiresIn": expires_in});
    let answer = client.send("POST", "/emulator/entra-token?", &body.to_string());
    answer.body["access_token"].as_str().unwrap().to_owned()
}

/// The values for the placeholders.
struct Filler {
    valid: String,
    expired: String,
}

impl Filler {
    fn body(&self, name: &str, recorded: &Value) -> String {
        let Value::Object(members) = recorded else { return String::new() };
        let mut members = members.clone();
        for (key, value) in &mut members {
            let text = value.as_str().unwrap_or_default();
            let filled = match (key.as_str(), text) {
                ("token", "sanitized") if name.contains("second preview") => "",
                ("token", "sanitized") if name.contains("expired") => &self.expired,
                ("token", "sanitized") if name.contains("invalid AAD token") => "invalid",
                ("token", "sanitized") => &self.valid,
                ("appId", "sanitized") => APP,
                ("userId", "sanitized") => USER,
                ("appId" | "userId", text) if text.starts_with("<GUID of another") => OTHER,
                (_, text) if text.starts_with("invalid") => "invalid",
                _ => continue,
            };
            *value = filled.into();
        }
        Value::Object(members).to_string()
    }
}

/// Returns the names of all members, so that two responses with different values can be compared.
fn shape(value: &Value) -> Value {
    match value {
        Value::Object(members) => members.iter().map(|(name, value)| (name.clone(), shape(value))).collect(),
        Value::Null => Value::Null,
        _ => "…".into(),
    }
}

fn date_has_the_recorded_form(recorded: &Value, ours: &Value, path: &str) {
    if let Some(recorded) = recorded.pointer(path).and_then(Value::as_str) {
        let ours = ours.pointer(path).and_then(Value::as_str).unwrap();
        let form = |text: &str| text.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect::<String>();
        assert_eq!(form(ours), form(recorded), "{path}");
    }
}

/// Checks that every recorded exchange is answered alike.
pub fn all_are_answered_alike(client: &mut Client) {
    let teams = "https://auth.msft.communication.azure.com";
    let filler = Filler { valid: entra_token(client, teams, 3600), expired: entra_token(client, teams, -60) };
    let management = entra_token(client, "https://communication.azure.com/", 3600);
    // Some recordings use an identity from the previous day.
    let alice = r#"{"customId":"alice@contoso.com","createTokenWithScopes":["chat"]}"#;
    let alice = client.send("POST", "/identities?api-version=2025-03-02-preview", alice);
    let alice = alice.body["identity"]["id"].as_str().unwrap().to_owned();

    let recorded: Vec<Value> = serde_json::from_str(include_str!("../service/exchanges/recorded.json")).unwrap();
    let mut seen_ids = std::collections::HashMap::new();
    for exchange in &recorded {
        let name = exchange["name"].as_str().unwrap();
        println!("{name}");
        let (request, expected) = (&exchange["request"], &exchange["response"]);
        let id = match () {
            () if name.contains("does not own") => NOT_OWNED.to_owned(),
            () if name.starts_with("get identity") => alice.clone(),
            () => client.create(),
        };
        let encoded = id.replace(':', "%3A");
        let path = request["path"].as_str().unwrap();
        let path = path.replace("sanitized", &encoded).replace("8:acs:{resourceGuid}_{userGuid}", &id);
        let version = exchange["api_version"].as_str().unwrap().split(' ').next().unwrap();
        let target = format!("{path}?api-version={version}");
        let body = filler.body(name, &request["body"]);
        let method = request["method"].as_str().unwrap();
        let mut headers = vec![("x-ms-client-request-id".to_owned(), "7d3a".to_owned())];
        if method == "POST" {
            headers.push(("content-type".into(), "application/json".into()));
        }
        let answer = if name.contains("bearer token") {
            headers.push(("authorization".into(), format!("Bearer {management}")));
            client.raw(method, &target, &headers, &body).unwrap()
        } else {
            client.extra = headers;
            let answer = client.send(method, &target, &body);
            client.extra = Vec::new();
            answer
        };

        assert_eq!(answer.status, expected["status"], "{answer:?}");
        let body = if expected["body"] == "" { &Value::Null } else { &expected["body"] };
        if body.get("error").is_some() {
            assert_eq!(&answer.body, body);
        } else {
            assert_eq!(shape(&answer.body), shape(body), "{answer:?}");
            for path in ["/expiresOn", "/accessToken/expiresOn", "/identity/lastTokenIssuedAt", "/lastTokenIssuedAt"] {
                date_has_the_recorded_form(body, &answer.body, path);
            }
        }
        if let Some(custom) = body.pointer("/identity/customId").and_then(Value::as_str) {
            let id = answer.body["identity"]["id"].as_str().unwrap().to_owned();
            assert_eq!(*seen_ids.entry(custom.to_owned()).or_insert_with(|| id.clone()), id);
        }
        for (name, value) in expected["headers"].as_object().unwrap() {
            let name = name.to_ascii_lowercase();
            if TRANSIENT.contains(&name.as_str()) {
                continue;
            }
            let ours = answer.header(&name).unwrap_or_else(|| panic!("no {name}: {answer:?}"));
            match name.as_str() {
                "content-type" | "request-context" | "transfer-encoding" | "x-cache" => assert_eq!(ours, value),
                "x-ms-client-request-id" => assert_eq!(ours, "7d3a"),
                "x-processing-time" => assert!(ours.ends_with("ms"), "{ours}"),
                _ => {}
            }
        }
        for name in ["api-supported-versions", "transfer-encoding", "content-type"] {
            let recorded = expected["headers"].as_object().unwrap().keys().any(|key| key.eq_ignore_ascii_case(name));
            assert_eq!(answer.header(name).is_some(), recorded, "{name}: {answer:?}");
        }
        if let Some(versions) = expected["headers"].get("api-supported-versions").and_then(Value::as_str) {
            // The lists have changed over the years. The versions of 2025 are all served, in the recorded order.
            let ours: Vec<&str> = answer.header("api-supported-versions").unwrap().split(", ").collect();
            assert!(ours.is_sorted(), "{ours:?}");
            if versions.contains("2025") {
                assert!(versions.split(", ").all(|version| ours.contains(&version)), "{versions}: {ours:?}");
            }
        }
    }
    println!("{} of {} exchanges replayed; none is left out", recorded.len(), recorded.len());
}
