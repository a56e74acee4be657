//! The form of times in responses.

use std::collections::BTreeMap;
use std::sync::Arc;

use acs_identity_protocol::time::{parse_iso, seven_decimals, whole_seconds};
use serde_json::Value;

use super::{ask, create, edge_of};
use crate::config::Config;

/// Collects the members of a document that are times.
fn times(document: &Value, found: &mut BTreeMap<String, String>) {
    match document {
        Value::Object(members) => {
            for (name, value) in members {
                if let Some(text) = value.as_str().filter(|text| parse_iso(text).is_some()) {
                    found.insert(name.clone(), text.to_owned());
                }
                times(value, found);
            }
        }
        Value::Array(values) => values.iter().for_each(|value| times(value, found)),
        _ => {}
    }
}

#[tokio::test]
async fn times_of_identities_have_whole_seconds_and_all_others_seven_decimals_as_in_the_service() {
    let config =
        Config { token_endpoint: true, revocation_delay: std::time::Duration::from_secs(9), ..Config::in_memory() };
    let edge = Arc::new(edge_of(config));
    for (target, body) in [
        ("/emulator/clock/freeze", ""),
        ("/emulator/clock/set", r#"{"now":"2030-01-31T09:00:00.123456789Z"}"#),
        ("/emulator/faults", r#"{"status":500,"path":"/none","until":"2031-01-31T10:00:00+01:00"}"#),
    ] {
        let seen = ask("POST", target).body(body).signed().of(&edge).await;
        assert!(matches!(seen.status, 200 | 201), "{target}: {seen:?}");
    }
    let created = create().body(r#"{"createTokenWithScopes":["chat"]}"#).of(&edge).await.json();
    let id = created["identity"]["id"].as_str().unwrap();
    let revoked =
        ask("POST", format!("/identities/{id}/:revokeAccessTokens?{}", super::VERSION)).signed().of(&edge).await;
    assert_eq!(revoked.status, 204, "{revoked:?}");
    let mut found = BTreeMap::new();
    for target in ["status", "clock", "identities", "requests", "faults"] {
        let seen = ask("GET", format!("/emulator/{target}")).signed().of(&edge).await;
        times(&seen.json(), &mut found);
    }
    times(&ask("GET", "/emulator/token?user=ann").of(&edge).await.json(), &mut found);
    // The service shows `lastTokenIssuedAt` and `expiresOn` in these two forms.
    let of_identities = ["createdAt", "lastTokenIssuedAt", "pendingRevocationAt"];
    let others = ["expiresOn", "machine", "now", "startedAt", "time", "until"];
    let mut names: Vec<&str> = of_identities.into_iter().chain(others).collect();
    names.sort_unstable();
    assert_eq!(found.keys().collect::<Vec<_>>(), names);
    for (name, text) in &found {
        let form = if of_identities.contains(&name.as_str()) { whole_seconds } else { seven_decimals };
        assert_eq!(parse_iso(text).map(form).as_ref(), Some(text), "{name}");
    }
    assert_eq!(found["now"], "2030-01-31T09:00:00.1234570+00:00");
    assert_eq!(found["until"], "2031-01-31T09:00:00.0000000+00:00");
}
