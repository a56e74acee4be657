//! The operations that the CLI has no command for, and the options of the emulator, over plain HTTP.
#![cfg(unix)]

mod support;

use std::time::Duration;

use serde_json::{Value, json};
use support::Folder;
use support::emulator::{Answer, Client, Emulator};

const APP: &str = "22222222-2222-2222-2222-222222222222";
const USER: &str = "11111111-1111-1111-1111-111111111111";
const TENANT: &str = "72f988bf-86f1-41af-91ab-2d7cd011db47";
const GROUP: &str = "44444444-4444-4444-4444-444444444444";

fn entra_token(client: &mut Client, audience: &str, scopes: &[&str]) -> String {
    let body = json!({"oid": USER, "appid": APP, "aud": audience, "scopes": scopes, "groups": [GROUP]});
    let answer = client.send("POST", "/emulator/entra-token?", &body.to_string());
    answer.body["access_token"].as_str().unwrap().to_owned()
}

fn with_bearer(client: &mut Client, method: &str, target: &str, token: &str, body: &str) -> Answer {
    let headers = [
        ("authorization".to_owned(), format!("Bearer {token}")),
        ("content-type".to_owned(), "application/json".to_owned()),
    ];
    client.raw(method, target, &headers, body).unwrap()
}

fn claims(token: &str) -> Value {
    use base64::Engine as _;
    let payload = token.split('.').nth(1).unwrap();
    serde_json::from_slice(&base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap()
}

#[test]
fn the_first_preview() {
    let home = Folder::new();
    let emulator = Emulator::in_memory(&home);
    let mut client = emulator.client();
    let version = "api-version=2020-07-20-preview2";
    let created = client.send("POST", &format!("/identities?{version}"), "");
    assert_eq!(created.status, 200);
    let id = created.body["id"].as_str().unwrap().to_owned();
    let path = format!("/identities/{id}/token?{version}");
    let issued = client.send("POST", &path, r#"{"scopes":["chat","pstn"]}"#);
    assert_eq!((issued.status, &issued.body["id"]), (200, &Value::from(id.as_str())));
    let token = issued.body["token"].as_str().unwrap().to_owned();
    assert!(client.is_active(&token));
    // A time before the token leaves it alone; a time after it revokes it.
    let update = |client: &mut Client, from: &str| {
        client.send("PATCH", &format!("/identities/{id}?{version}"), &json!({"tokensValidFrom": from}).to_string())
    };
    assert_eq!(update(&mut client, "2020-01-01T00:00:00Z").status, 204);
    assert!(client.is_active(&token));
    assert_eq!(update(&mut client, "tomorrow").status, 400);
    assert_eq!(update(&mut client, "2999-01-01T00:00:00+00:00").status, 204);
    assert!(!client.is_active(&token));
    assert_eq!(client.send("DELETE", &format!("/identities/{id}?{version}"), "").status, 204);
    // What later versions have, this one has not, and the other way round.
    assert_eq!(client.issue(&format!("{id}/x")).status, 404);
    let path = format!("/identities/{id}/:issueAccessToken?{version}");
    assert_eq!(client.send("POST", &path, r#"{"scopes":["chat"]}"#).code(), "UnsupportedApiVersion");
    assert_eq!(client.send("POST", &format!("/identities/{id}/token"), "{}").code(), "UnsupportedApiVersion");
}

#[test]
fn teams_extension_assignments_and_exchange() {
    let home = Folder::new();
    let emulator = Emulator::in_memory(&home);
    let mut client = emulator.client();
    let path = format!("/access/teamsExtension/tenants/{TENANT}/assignments/{USER}?api-version=2025-06-30");
    let exchange = "/access/teamsExtension/:exchangeAccessToken?api-version=2025-06-30";
    let audience = "https://auth.msft.communication.azure.com";
    let token = entra_token(&mut client, audience, &["TeamsExtension.ManageCalls"]);
    assert_eq!(client.send("GET", &path, "").status, 404);
    assert_eq!(with_bearer(&mut client, "POST", exchange, &token, "{}").status, 403);

    let body = json!({"principalType": "user", "clientIds": [APP]}).to_string();
    let made = client.send("PUT", &path, &body);
    assert_eq!(made.status, 201, "{made:?}");
    let expected = json!({"objectId": USER, "tenantId": TENANT, "principalType": "user", "clientIds": [APP]});
    assert_eq!(made.body, expected);
    assert_eq!(client.send("PUT", &path, &body).status, 200);
    assert_eq!(client.send("GET", &path, "").body, expected);
    for principal in ["resourceAccount", "teamsResourceAccount"] {
        let body = json!({"principalType": principal}).to_string();
        assert_eq!(client.send("PUT", &path, &body).status, 200);
    }
    assert_eq!(client.send("PUT", &path, r#"{"principalType":"robot"}"#).status, 400);
    assert_eq!(client.send("PUT", &path, &body).status, 200);

    let exchanged = with_bearer(&mut client, "POST", exchange, &token, "{}");
    assert_eq!(exchanged.status, 200, "{exchanged:?}");
    let issued = claims(exchanged.body["accessToken"]["token"].as_str().unwrap());
    assert_eq!(exchanged.body["identity"]["id"], format!("8:{}", issued["skypeid"].as_str().unwrap()));
    assert_eq!(issued["exp"], claims(&token)["exp"]);
    // The permission and the credential are needed.
    let poor = entra_token(&mut client, audience, &["Teams.ManageCalls"]);
    assert_eq!(with_bearer(&mut client, "POST", exchange, &poor, "{}").code(), "InvalidAccessToken");
    assert_eq!(client.send("POST", exchange, "{}").code(), "InvalidAccessToken");

    assert_eq!(client.send("DELETE", &path, "").status, 204);
    assert_eq!(client.send("GET", &path, "").status, 404);
    assert_eq!(with_bearer(&mut client, "POST", exchange, &token, "{}").status, 403);
    // Not in the versions before.
    let old = path.replace("2025-06-30", "2023-10-01");
    assert_eq!(client.send("GET", &old, "").code(), "UnsupportedApiVersion");
}

#[test]
fn entra_assignments_and_exchange() {
    let home = Folder::new();
    let emulator = Emulator::in_memory(&home);
    let mut client = emulator.client();
    let version = "api-version=2025-03-02-preview";
    let all = format!("/access/entra/assignments?{version}");
    let one = |object: &str| format!("/access/entra/assignments/{object}?{version}");
    let exchange = format!("/access/entra/:exchangeAccessToken?{version}");
    let audience = "https://communication.azure.com/clients";
    let token = entra_token(&mut client, audience, &["Chat", "VoIP.Join"]);
    assert_eq!(client.send("GET", &all, "").body, json!({"value": []}));

    let row = |kind: &str| json!({"tenantId": TENANT, "principalType": kind, "clientIds": [APP]});
    // Each kind of principal lets the user in, and nothing else does.
    for (kind, object) in [("user", USER), ("group", GROUP), ("tenant", TENANT)] {
        assert_eq!(with_bearer(&mut client, "POST", &exchange, &token, "{}").status, 403, "{kind}");
        assert_eq!(client.send("PUT", &one(object), &row(kind).to_string()).status, 201);
        assert_eq!(client.send("PUT", &one(object), &row(kind).to_string()).status, 200);
        assert_eq!(client.send("GET", &one(object), "").body["principalType"], kind);
        let exchanged = with_bearer(&mut client, "POST", &exchange, &token, "{}");
        assert_eq!(exchanged.status, 200, "{kind}: {exchanged:?}");
        let issued = claims(exchanged.body["accessToken"]["token"].as_str().unwrap());
        assert_eq!(issued["acsScope"], "chat,voip.join");
        assert!(issued["skypeid"].as_str().unwrap().ends_with(&format!("_wf_{TENANT}_{USER}")));
        assert_eq!(client.send("DELETE", &one(object), "").status, 204);
        assert_eq!(client.send("DELETE", &one(object), "").status, 404);
    }
    // A bulk change is made as a whole or not at all.
    let bad = json!({USER: row("user"), GROUP: {"tenantId": TENANT}});
    assert_eq!(client.send("PATCH", &all, &bad.to_string()).status, 400);
    assert_eq!(client.send("GET", &all, "").body, json!({"value": []}));
    let good = json!({USER: row("user"), GROUP: row("group")});
    client.extra = vec![("content-type".into(), "application/merge-patch+json".into())];
    assert_eq!(client.send("PATCH", &all, &good.to_string()).body["value"].as_array().unwrap().len(), 2);
    assert_eq!(client.send("PATCH", &all, &json!({USER: null}).to_string()).status, 204);
    client.extra = Vec::new();
    let left = client.send("GET", &all, "").body;
    assert_eq!(left["value"].as_array().unwrap().len(), 1);
    assert_eq!(left["value"][0]["objectId"], GROUP);
    // Another application is not let in.
    let other = json!({GROUP: {"tenantId": TENANT, "principalType": "group", "clientIds": [USER]}});
    assert_eq!(client.send("PATCH", &all, &other.to_string()).status, 200);
    assert_eq!(with_bearer(&mut client, "POST", &exchange, &token, "{}").status, 403);
    let stable = all.replace("2025-03-02-preview", "2025-06-30");
    assert_eq!(client.send("GET", &stable, "").code(), "UnsupportedApiVersion");
}

#[test]
fn a_new_access_key_ends_what_the_old_one_made() {
    let home = Folder::new();
    let emulator = Emulator::start(&home, &[]);
    let mut client = emulator.client();
    let user = client.create();
    let token = client.issue(&user).body["token"].as_str().unwrap().to_owned();
    let before = client.send("POST", "/emulator/list-keys?", "").body;
    let keys = client.send("POST", "/emulator/regenerate-key?", r#"{"keyType":"Secondary"}"#);
    assert_eq!(keys.status, 200, "{keys:?}");
    assert_eq!(before["primaryKey"], keys.body["primaryKey"]);
    assert_ne!(before["secondaryKey"], keys.body["secondaryKey"]);
    let mut second = emulator.client();
    second.key = keys.body["secondaryKey"].as_str().unwrap().parse().unwrap();
    let by_second = second.issue(&user).body["token"].as_str().unwrap().to_owned();
    assert!(client.is_active(&token) && client.is_active(&by_second));

    let keys = second.send("POST", "/emulator/regenerate-key?", r#"{"keyType":"Primary"}"#);
    assert_eq!(client.send("POST", "/identities", "").code(), "Denied");
    assert!(!second.is_active(&token) && second.is_active(&by_second));
    let jwks = second.raw("GET", "/.well-known/jwks.json", &[], "").unwrap().body;
    let kid = {
        use base64::Engine as _;
        let header = token.split('.').next().unwrap();
        let header = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(header).unwrap();
        serde_json::from_slice::<Value>(&header).unwrap()["kid"].clone()
    };
    assert!(jwks["keys"].as_array().unwrap().iter().all(|key| key["kid"] != kid));
    // The new keys outlive the process.
    drop((client, second));
    drop(emulator);
    let emulator = Emulator::start(&home, &[]);
    assert_eq!(emulator.ready["connectionString"], Value::Null, "it is not the well-known key");
    let mut client = emulator.client();
    client.key = keys.body["primaryKey"].as_str().unwrap().parse().unwrap();
    assert_eq!(client.send("POST", "/emulator/list-keys?", "").body["primaryKey"], keys.body["primaryKey"]);
    assert!(!client.is_active(&token) && client.is_active(&by_second));
}

#[test]
fn revocation_can_be_slow() {
    let home = Folder::new();
    let emulator = Emulator::start(&home, &["--in-memory", "--revocation-delay", "2s"]);
    let mut client = emulator.client();
    let user = client.create();
    let token = client.issue(&user).body["token"].as_str().unwrap().to_owned();
    assert_eq!(client.send("POST", &format!("/identities/{user}/:revokeAccessTokens"), "").status, 204);
    assert!(client.is_active(&token));
    let until = std::time::Instant::now() + Duration::from_secs(10);
    while client.is_active(&token) {
        assert!(std::time::Instant::now() < until, "never revoked");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn limits_are_off_and_can_be_on() {
    let home = Folder::new();
    let burst = |options: &[&str]| {
        let emulator = Emulator::start(&home, options);
        let mut client = emulator.client();
        let user = client.create();
        (0..501)
            .map(|_| client.send("POST", &format!("/identities/{user}/:revokeAccessTokens"), ""))
            .find(|answer| answer.status != 204)
    };
    assert!(burst(&["--in-memory"]).is_none());
    let refused = burst(&["--in-memory", "--throttle"]).unwrap();
    assert_eq!((refused.status, refused.code()), (429, "TooManyRequests"));
    let seconds: u64 = refused.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=31).contains(&seconds));
}

#[test]
fn other_issuers_are_trusted_by_their_metadata() {
    let home = Folder::new();
    let issuer = Emulator::in_memory(&home);
    let token = entra_token(&mut issuer.client(), "https://communication.azure.com/", &[]);
    let metadata = format!("http://localhost:{}/{TENANT}/v2.0/.well-known/openid-configuration", issuer.port());
    let target = "/identities?api-version=2023-10-01";

    let stranger = Emulator::in_memory(&home);
    assert_eq!(with_bearer(&mut stranger.client(), "POST", target, &token, "").code(), "Denied");
    let mut command = support::az(&home);
    command.args(["communication", "emulator", "start", "--in-memory", "--port", "0", "--entra-issuer", &metadata]);
    command.env("REQUESTS_CA_BUNDLE", issuer.ca_certificate());
    let friend = Emulator::from_command(&mut command);
    assert_eq!(with_bearer(&mut friend.client(), "POST", target, &token, "").status, 201);
    // A character in the midst of the signature: the last one has bits that mean nothing.
    let (before, after) = token.split_at(token.len() - 100);
    let changed = format!("{before}{}{}", if after.starts_with('A') { "B" } else { "A" }, &after[1..]);
    assert_eq!(with_bearer(&mut friend.client(), "POST", target, &changed, "").code(), "Denied");
}

#[test]
fn a_list_of_assignments_is_whole_however_many_pages_it_has() {
    let home = Folder::new();
    let emulator = Emulator::in_memory(&home);
    let mut client = emulator.client();
    let assignment = json!({"tenantId": TENANT, "principalType": "user", "clientIds": [APP]});
    let objects: serde_json::Map<String, Value> =
        (0..2001).map(|number| (format!("{number:08}-0000-0000-0000-000000000000"), assignment.clone())).collect();
    let made = client.send(
        "PATCH",
        "/access/entra/assignments?api-version=2025-03-02-preview",
        &Value::Object(objects).to_string(),
    );
    assert_eq!(made.status, 200, "{made:?}");
    let mut list = emulator.az(&home);
    let list = list.args(["communication", "user-identity", "entra", "assignment", "list", "--only-show-errors"]);
    let output = list.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let listed: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap();
    let ids: std::collections::BTreeSet<&str> = listed.iter().map(|one| one["objectId"].as_str().unwrap()).collect();
    assert_eq!((listed.len(), ids.len()), (2001, 2001));
}
