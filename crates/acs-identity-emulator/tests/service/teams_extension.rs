//! Tests of Teams Phone extensibility: assignments, and the exchange of Entra tokens.

use serde_json::{Value, json};

use super::support::client::{Answer, Client};
use super::support::running::Running;
use super::{APP, TENANT, USER, entra_token, part_of, with_bearer};

const AUDIENCE: &str = "https://auth.msft.communication.azure.com";
const EXCHANGE: &str = "/access/teamsExtension/:exchangeAccessToken?api-version=2025-06-30";

fn assignment(version: &str) -> String {
    format!("/access/teamsExtension/tenants/{TENANT}/assignments/{USER}?api-version={version}")
}

fn put(client: &mut Client, body: &Value) -> Answer {
    client.send("PUT", &assignment("2025-06-30"), &body.to_string())
}

/// Assigns the user to the application.
fn assign(client: &mut Client) -> Answer {
    put(client, &json!({"principalType": "user", "clientIds": [APP]}))
}

fn user_token(client: &mut Client) -> String {
    entra_token(client, AUDIENCE, &["TeamsExtension.ManageCalls"])
}

#[test]
fn an_assignment_is_created_and_then_replaced() {
    let emulator = Running::in_memory();
    let mut client = emulator.client();
    let made = assign(&mut client);
    assert_eq!(made.status, 201, "{made:?}");
    assert_eq!(assign(&mut client).status, 200);
}

#[test]
fn an_assignment_is_returned_as_it_was_made() {
    let emulator = Running::in_memory();
    let mut client = emulator.client();
    assert_eq!(client.send("GET", &assignment("2025-06-30"), "").status, 404);
    let made = assign(&mut client);
    let expected = json!({"objectId": USER, "tenantId": TENANT, "principalType": "user", "clientIds": [APP]});
    assert_eq!(made.body, expected);
    assert_eq!(client.send("GET", &assignment("2025-06-30"), "").body, expected);
}

#[test]
fn both_names_of_a_resource_account_are_accepted() {
    let emulator = Running::in_memory();
    let mut client = emulator.client();
    for principal in ["resourceAccount", "teamsResourceAccount"] {
        let answer = put(&mut client, &json!({"principalType": principal}));
        assert!(matches!(answer.status, 200 | 201), "{answer:?}");
    }
}

#[test]
fn an_unknown_kind_of_principal_is_refused() {
    assert_eq!(put(&mut Running::in_memory().client(), &json!({"principalType": "robot"})).status, 400);
}

#[test]
fn an_exchanged_token_ends_with_the_entra_token() {
    let emulator = Running::in_memory();
    let mut client = emulator.client();
    assign(&mut client);
    let token = user_token(&mut client);
    let exchanged = with_bearer(&mut client, "POST", EXCHANGE, &token);
    assert_eq!(exchanged.status, 200, "{exchanged:?}");
    let issued = part_of(exchanged.body["accessToken"]["token"].as_str().unwrap(), 1);
    assert_eq!(exchanged.body["identity"]["id"], format!("8:{}", issued["skypeid"].as_str().unwrap()));
    assert_eq!(issued["exp"], part_of(&token, 1)["exp"]);
}

#[test]
fn an_exchange_without_an_assignment_is_forbidden() {
    let emulator = Running::in_memory();
    let mut client = emulator.client();
    let token = user_token(&mut client);
    assert_eq!(with_bearer(&mut client, "POST", EXCHANGE, &token).status, 403);
    assign(&mut client);
    assert_eq!(with_bearer(&mut client, "POST", EXCHANGE, &token).status, 200);
    assert_eq!(client.send("DELETE", &assignment("2025-06-30"), "").status, 204);
    assert_eq!(with_bearer(&mut client, "POST", EXCHANGE, &token).status, 403);
}

#[test]
fn an_exchange_needs_the_permission_to_manage_calls() {
    let emulator = Running::in_memory();
    let mut client = emulator.client();
    assign(&mut client);
    let token = entra_token(&mut client, AUDIENCE, &["Teams.ManageCalls"]);
    assert_eq!(with_bearer(&mut client, "POST", EXCHANGE, &token).code(), "InvalidAccessToken");
}

#[test]
fn an_exchange_needs_an_entra_token_even_with_an_access_key() {
    let emulator = Running::in_memory();
    let mut client = emulator.client();
    assign(&mut client);
    assert_eq!(client.send("POST", EXCHANGE, "{}").code(), "InvalidAccessToken");
}

#[test]
fn a_deleted_assignment_is_not_found() {
    let emulator = Running::in_memory();
    let mut client = emulator.client();
    assign(&mut client);
    assert_eq!(client.send("DELETE", &assignment("2025-06-30"), "").status, 204);
    assert_eq!(client.send("GET", &assignment("2025-06-30"), "").status, 404);
}

#[test]
fn versions_before_2025_have_no_assignments() {
    let answer = Running::in_memory().client().send("GET", &assignment("2023-10-01"), "");
    assert_eq!(answer.code(), "UnsupportedApiVersion");
}
