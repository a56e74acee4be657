//! The operations of the control API that describe, reset and stop the emulator, and its version.

use std::sync::Arc;

use super::{ask, create, edge, edge_of};
use crate::config::Config;

#[tokio::test]
async fn the_status_says_what_the_emulator_is_and_holds() {
    let edge = edge();
    create().of(&edge).await;
    let seen = ask("GET", "/emulator/status").signed().of(&edge).await;
    let mut status = seen.json();
    assert_eq!(status["resourceId"], *edge.backend.core.resource.id());
    let started = acs_identity_protocol::time::seven_decimals(edge.backend.started_at);
    assert_eq!(status["startedAt"], started);
    status["resourceId"] = "RESOURCE".into();
    status["startedAt"] = "TIME".into();
    status["version"] = "VERSION".into();
    for member in ["now", "machine"] {
        status["clock"][member] = "TIME".into();
    }
    insta::assert_snapshot!(serde_json::to_string_pretty(&status).unwrap(), @r#"
    {
      "status": "ok",
      "reason": null,
      "version": "VERSION",
      "controlVersion": "2026-11-26",
      "resourceId": "RESOURCE",
      "startedAt": "TIME",
      "endpoint": "https://localhost:10100",
      "storage": "memory",
      "tokenEndpoint": null,
      "identities": 1,
      "requests": 1,
      "faults": 0,
      "clock": {
        "now": "TIME",
        "frozen": false,
        "offsetSeconds": 0,
        "machine": "TIME"
      },
      "answered": 1,
      "changes": 0,
      "keepsRequests": true,
      "history": {
        "resets": 0,
        "imports": 0,
        "regenerations": 0
      }
    }
    "#);
    // As in the ready line, it is the URL on this machine.
    let edge = Arc::new(edge_of(Config { token_endpoint: true, ..Config::in_memory() }));
    let status = ask("GET", "/emulator/status").signed().of(&edge).await.json();
    assert_eq!(status["tokenEndpoint"], "https://localhost:10100/emulator/token");
}

#[tokio::test]
async fn a_reset_deletes_identities_and_their_tokens_and_keeps_the_resource_and_its_keys() {
    let edge = edge();
    let custom = r#"{"customId":"c","createTokenWithScopes":["chat"]}"#;
    let created = create().body(custom).of(&edge).await.json();
    let token = created["accessToken"]["token"].as_str().unwrap().to_owned();
    let assignment =
        ask("PUT", "/access/entra/assignments/11111111-1111-1111-1111-111111111111?api-version=2025-03-02-preview")
            .body(r#"{"tenantId":"22222222-2222-2222-2222-222222222222","principalType":"user","clientIds":["33333333-3333-3333-3333-333333333333"]}"#);
    let assigned = assignment.signed().of(&edge).await;
    assert!(matches!(assigned.status, 200 | 201), "{assigned:?}");
    let keys = ask("POST", "/emulator/list-keys").signed().of(&edge).await.text;
    let resource = edge.backend.core.resource.id().to_owned();
    let rule = r#"{"operation":"tokenKeys","status":500}"#;
    assert_eq!(ask("POST", "/emulator/faults").body(rule).signed().of(&edge).await.status, 201);
    let seen = ask("POST", "/emulator/reset").signed().of(&edge).await;
    insta::assert_snapshot!(format!("{} {}", seen.status, seen.text), @r#"200 {"identities":1,"assignments":1}"#);
    let introspected = ask("POST", "/introspect").body(format!("token={token}")).signed().of(&edge).await;
    insta::assert_snapshot!(introspected.text, @r#"{"active":false,"reason":"identity_deleted"}"#);
    assert_eq!(ask("POST", "/emulator/list-keys").signed().of(&edge).await.text, keys);
    assert_eq!(edge.backend.core.resource.id(), resource);
    let again = create().body(custom).of(&edge).await.json();
    assert_ne!(again["identity"]["id"], created["identity"]["id"]);
    assert_eq!(edge.backend.faults.len(), 0);
    let kept = ask("GET", "/emulator/requests").signed().of(&edge).await.json();
    assert_eq!(kept["value"][0]["operation"], "reset", "{kept}");
}

#[tokio::test]
async fn a_stop_is_answered_when_the_emulator_has_ended() {
    for (ended, status, text) in [
        (Ok(()), 200, "{}"),
        (
            Err("The disk is full.".to_owned()),
            500,
            r#"{"error":{"code":"ExportFailed","message":"The emulator has ended, but the export at its end has failed. The disk is full."}}"#,
        ),
    ] {
        let edge = edge();
        let ending = edge.ending();
        assert_eq!(ask("POST", "/emulator/stop").of(&edge).await.status, 401);
        let end = async {
            ending.asked().await;
            ending.tell(ended);
            ending.tell(Err("It ends once.".to_owned()));
        };
        let (seen, ()) = tokio::join!(ask("POST", "/emulator/stop").signed().of(&edge), end);
        assert_eq!((seen.status, seen.text.as_str()), (status, text));
    }
}

#[tokio::test]
async fn answers_of_the_control_api_say_its_version_and_another_version_is_refused() {
    let edge = edge();
    for (request, status) in [
        (ask("GET", "/emulator/status").signed(), 200),
        (ask("GET", "/emulator/status?control-version=2026-11-26").signed(), 200),
        (ask("GET", "/emulator/status"), 401),
        (ask("PUT", "/emulator/status").signed(), 405),
        (ask("GET", "/emulator/"), 200),
    ] {
        let seen = request.of(&edge).await;
        assert_eq!((seen.status, seen.header("emulator-control-version")), (status, Some("2026-11-26")), "{seen:?}");
    }
    assert_eq!(ask("GET", "/health").of(&edge).await.header("emulator-control-version"), None);
    let seen = ask("GET", "/emulator/status?control-version=2020-01-01").signed().of(&edge).await;
    insta::assert_snapshot!(format!("{} {}", seen.status, seen.text), @r#"400 {"error":{"code":"UnsupportedControlVersion","message":"The control API does not support the version '2020-01-01'. Its version is 2026-11-26: leave out the query parameter control-version, or use an emulator of that version.","target":"control-version"}}"#);
}

#[tokio::test]
async fn a_query_parameter_that_an_operation_does_not_have_or_that_is_repeated_is_refused_by_name() {
    let edge = edge();
    let mut said = String::new();
    for target in [
        "/emulator/identities?filtr=a",
        "/emulator/identities?top=1&TOP=2",
        "/emulator/status?x%1b=1",
        "/emulator/token?user=a&user=b",
    ] {
        let seen = ask("GET", target).signed().of(&edge).await;
        said.push_str(&format!("{} {}\n", seen.status, seen.json()["error"]["message"]));
    }
    insta::assert_snapshot!(said, @r#"
    400 "The operation has no query parameter 'filtr'. Its parameters: filter, top, after."
    400 "The query parameter 'top' is given more than once."
    400 "The operation has no query parameter 'x\\x1b'. It has none."
    400 "The query parameter 'user' is given more than once."
    "#);
    let seen = ask("GET", "/emulator/identities?Top=1&api-version=2023-10-01&&").signed().of(&edge).await;
    assert_eq!(seen.status, 200, "{seen:?}");
}

#[tokio::test]
async fn a_path_that_does_not_exist_is_404_for_the_control_secret_too() {
    let secret = "a secret of the control API";
    let edge = Arc::new(edge_of(Config { control_secret: Some(secret.to_owned().into()), ..Config::in_memory() }));
    for path in ["/emulator/faults/", "/emulator/status/", "/emulator/%73tatus", "/emulator/none"] {
        assert_eq!(ask("GET", path).bearer(secret).of(&edge).await.status, 404, "{path}");
        assert_eq!(ask("GET", path).header("x-emulator-control", secret).of(&edge).await.status, 404, "{path}");
        assert_eq!(ask("GET", path).bearer("another secret").of(&edge).await.status, 401, "{path}");
    }
}
