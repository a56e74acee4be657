//! Tests of Entra users: assignments, and the exchange of their tokens.

use serde_json::{Value, json};

use super::support::client::{Answer, Client};
use super::support::running::Running;
use super::{APP, GROUP, TENANT, USER, entra_token, part_of, with_bearer};

const ALL: &str = "/access/entra/assignments?api-version=2025-03-02-preview";
const EXCHANGE: &str = "/access/entra/:exchangeAccessToken?api-version=2025-03-02-preview";

/// Each kind of principal, with an example to which the user belongs.
const PRINCIPALS: [(&str, &str); 3] = [("user", USER), ("group", GROUP), ("tenant", TENANT)];

fn one(object: &str) -> String {
    format!("/access/entra/assignments/{object}?api-version=2025-03-02-preview")
}

fn row(kind: &str) -> Value {
    json!({"tenantId": TENANT, "principalType": kind, "clientIds": [APP]})
}

fn assign(client: &mut Client, kind: &str, object: &str) -> u16 {
    client.send("PUT", &one(object), &row(kind).to_string()).status
}

/// Changes several assignments in one request.
fn patch(client: &mut Client, rows: &Value) -> Answer {
    client.extra = vec![("content-type".into(), "application/merge-patch+json".into())];
    let answer = client.send("PATCH", ALL, &rows.to_string());
    client.extra = Vec::new();
    answer
}

fn exchange(client: &mut Client) -> Answer {
    let token = entra_token(client, "https://communication.azure.com/clients", &["Chat", "VoIP.Join"]);
    with_bearer(client, "POST", EXCHANGE, &token)
}

#[test]
fn an_assignment_is_created_replaced_returned_and_deleted() {
    let emulator = Running::in_memory();
    let mut client = emulator.client();
    for (kind, object) in PRINCIPALS {
        assert_eq!(assign(&mut client, kind, object), 201);
        assert_eq!(assign(&mut client, kind, object), 200);
        assert_eq!(client.send("GET", &one(object), "").body["principalType"], kind);
        assert_eq!(client.send("DELETE", &one(object), "").status, 204);
        assert_eq!(client.send("DELETE", &one(object), "").status, 404);
    }
}

#[test]
fn an_exchange_without_an_assignment_is_forbidden() {
    assert_eq!(exchange(&mut Running::in_memory().client()).status, 403);
}

#[test]
fn an_assignment_of_the_user_a_group_or_the_tenant_allows_the_exchange() {
    for (kind, object) in PRINCIPALS {
        let emulator = Running::in_memory();
        let mut client = emulator.client();
        assign(&mut client, kind, object);
        let exchanged = exchange(&mut client);
        assert_eq!(exchanged.status, 200, "{kind}: {exchanged:?}");
        let issued = part_of(exchanged.body["accessToken"]["token"].as_str().unwrap(), 1);
        assert_eq!(issued["acsScope"], "chat,voip.join");
        assert!(issued["skypeid"].as_str().unwrap().ends_with(&format!("_wf_{TENANT}_{USER}")));
    }
}

#[test]
fn an_assignment_for_another_application_does_not_allow_the_exchange() {
    let emulator = Running::in_memory();
    let mut client = emulator.client();
    let other = json!({GROUP: {"tenantId": TENANT, "principalType": "group", "clientIds": [USER]}});
    assert_eq!(client.send("PATCH", ALL, &other.to_string()).status, 200);
    assert_eq!(exchange(&mut client).status, 403);
}

#[test]
fn several_assignments_change_all_or_none() {
    let emulator = Running::in_memory();
    let mut client = emulator.client();
    let bad = json!({USER: row("user"), GROUP: {"tenantId": TENANT}});
    assert_eq!(client.send("PATCH", ALL, &bad.to_string()).status, 400);
    assert_eq!(client.send("GET", ALL, "").body, json!({"value": []}));
    let good = json!({USER: row("user"), GROUP: row("group")});
    assert_eq!(patch(&mut client, &good).body["value"].as_array().unwrap().len(), 2);
}

#[test]
fn a_null_in_a_change_of_several_assignments_deletes_one() {
    let emulator = Running::in_memory();
    let mut client = emulator.client();
    patch(&mut client, &json!({USER: row("user"), GROUP: row("group")}));
    assert_eq!(patch(&mut client, &json!({USER: null})).status, 204);
    let left = client.send("GET", ALL, "").body;
    assert_eq!(left["value"].as_array().unwrap().len(), 1);
    assert_eq!(left["value"][0]["objectId"], GROUP);
}

#[test]
fn stable_versions_have_no_assignments_of_entra_users() {
    let stable = ALL.replace("2025-03-02-preview", "2025-06-30");
    assert_eq!(Running::in_memory().client().send("GET", &stable, "").code(), "UnsupportedApiVersion");
}
