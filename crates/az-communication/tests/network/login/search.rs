//! Tests of the search for a credential: which one is used, and when the search ends.

use super::*;
use crate::support;
use insta::assert_snapshot;

#[test]
fn an_application_that_is_refused_ends_the_search() {
    let world = World::new(vec![refused("AADSTS7000215: Invalid client secret provided.\r\nTrace ID: 1")]);
    assert_snapshot!(world.fails(&mut world.application()), @"
    exit 1
    --- stderr
    ERROR: No credential returned an Entra token.
      environment: AADSTS7000215: Invalid client secret provided (status 401, invalid_client)
    Hint: AZURE_CLIENT_SECRET is set, so no other credential is tried in place of this one. Correct the environment variables, or unset AZURE_CLIENT_SECRET.
    Hint: To use an access key: --connection-string, or AZURE_COMMUNICATION_CONNECTION_STRING.
    ");
}

#[test]
fn a_token_endpoint_that_cannot_be_reached_ends_the_search() {
    let world = World::new(vec![]);
    let closed = support::unused_port();
    let mut command = world.application();
    let seen = world.fails(command.env("AZURE_AUTHORITY_HOST", format!("localhost:{closed}")));
    assert_snapshot!(seen.hiding(closed, "CLOSED"), @"
    exit 1
    --- stderr
    ERROR: No credential returned an Entra token.
      environment: Cannot connect to localhost:CLOSED: Connection refused
    Hint: AZURE_CLIENT_SECRET is set, so no other credential is tried in place of this one. Correct the environment variables, or unset AZURE_CLIENT_SECRET.
    Hint: To use an access key: --connection-string, or AZURE_COMMUNICATION_CONNECTION_STRING.
    ");
}

/// Returns the command in the environment of a workload whose token is in this file.
fn workload(world: &World, file: &str) -> Command {
    let mut command = world.command();
    command
        .env("AZURE_TENANT_ID", "contoso.example")
        .env("AZURE_CLIENT_ID", "app")
        .env("AZURE_FEDERATED_TOKEN_FILE", file);
    command
}

#[test]
fn a_workload_without_its_file_ends_the_search() {
    let world = World::new(vec![]);
    assert_snapshot!(world.fails(&mut workload(&world, "none")), @"
    exit 1
    --- stderr
    ERROR: No credential returned an Entra token.
      workload identity: AZURE_FEDERATED_TOKEN_FILE, none, cannot be read: No such file or directory
    Hint: AZURE_FEDERATED_TOKEN_FILE is set, so no other credential is tried in place of this one. Correct the environment variables, or unset AZURE_FEDERATED_TOKEN_FILE.
    Hint: To use an access key: --connection-string, or AZURE_COMMUNICATION_CONNECTION_STRING.
    ");
}

#[test]
fn a_workload_with_an_empty_file_ends_the_search() {
    let world = World::new(vec![]);
    world.home.write("token", "\n");
    assert_snapshot!(world.fails(&mut workload(&world, "token")), @"
    exit 1
    --- stderr
    ERROR: No credential returned an Entra token.
      workload identity: AZURE_FEDERATED_TOKEN_FILE, token, cannot be read: it is empty
    Hint: AZURE_FEDERATED_TOKEN_FILE is set, so no other credential is tried in place of this one. Correct the environment variables, or unset AZURE_FEDERATED_TOKEN_FILE.
    Hint: To use an access key: --connection-string, or AZURE_COMMUNICATION_CONNECTION_STRING.
    ");
}

#[test]
fn a_workload_that_is_refused_ends_the_search() {
    let world = World::new(vec![refused("AADSTS700024: The assertion federated-1 is not good.")]);
    world.home.write("token", "federated-1\n");
    assert_snapshot!(world.fails(&mut workload(&world, "token")), @"
    exit 1
    --- stderr
    ERROR: No credential returned an Entra token.
      workload identity: AADSTS700024: The assertion ***** is not good (status 401, invalid_client)
    Hint: AZURE_FEDERATED_TOKEN_FILE is set, so no other credential is tried in place of this one. Correct the environment variables, or unset AZURE_FEDERATED_TOKEN_FILE.
    Hint: To use an access key: --connection-string, or AZURE_COMMUNICATION_CONNECTION_STRING.
    ");
    let body = &world.entra.requests()[0].body;
    assert!(body.contains("client_assertion=federated-1&"), "{body}");
}

/// Returns the command in the environment of a managed identity.
fn managed_identity(world: &World) -> Command {
    let mut command = world.command();
    let endpoint = format!("https://localhost:{}/msi/token", world.entra.port);
    command.env("IDENTITY_ENDPOINT", endpoint).env("IDENTITY_HEADER", "id-header");
    command
}

#[test]
fn a_managed_identity_that_is_refused_ends_the_search() {
    let message = "No User Assigned Identity found (id-header)";
    let world = World::new(vec![response(400, json!({"statusCode": 400, "message": message}))]);
    assert_snapshot!(world.fails(managed_identity(&world).env("AZURE_CLIENT_ID", "mine")), @"
    exit 1
    --- stderr
    ERROR: No credential returned an Entra token.
      managed identity: No User Assigned Identity found (*****) (status 400)
    Hint: IDENTITY_ENDPOINT is set, so no other credential is tried in place of this one. Correct the environment variables, or unset IDENTITY_ENDPOINT.
    Hint: To use an access key: --connection-string, or AZURE_COMMUNICATION_CONNECTION_STRING.
    ");
    let path = &world.entra.requests()[0].path;
    assert!(path.ends_with("resource=https%3A%2F%2Fcommunication.azure.com%2F&client_id=mine"), "{path}");
}

#[test]
fn the_error_object_of_a_managed_identity_is_read() {
    let error = json!({"error": {"code": "invalid_request", "message": "Identity not found"}});
    let world = World::new(vec![response(400, error)]);
    let seen = world.fails(&mut managed_identity(&world));
    assert!(seen.stderr.contains("managed identity: Identity not found (status 400, invalid_request)"), "{seen}");
}

#[test]
fn a_credential_with_empty_variables_is_skipped() {
    let world = World::new(vec![refused("this is not asked")]);
    let mut command = world.command();
    command.env("AZURE_CLIENT_SECRET", "").env("AZURE_CLIENT_ID", "app").env("AZURE_FEDERATED_TOKEN_FILE", "");
    world.azure_cli(&mut command, GIVES_A_TOKEN);
    assert_eq!(world.shown(&mut command).to_string(), CREATED);
    assert_eq!(world.entra.requests(), []);
}

#[test]
fn a_user_name_and_a_password_are_not_supported() {
    let world = World::new(vec![]);
    let mut command = world.command();
    command.env("AZURE_TENANT_ID", "t").env("AZURE_CLIENT_ID", "app");
    let seen = world.shown(command.env("AZURE_USERNAME", "u").env("AZURE_PASSWORD", "p"));
    assert!(seen.stderr.contains("environment: AZURE_USERNAME and AZURE_PASSWORD are not supported: "), "{seen}");
}

#[test]
fn an_authority_without_tls_is_not_used() {
    let world = World::new(vec![]);
    assert_snapshot!(world.fails(world.application().env("AZURE_AUTHORITY_HOST", "http://localhost")), @"
    exit 1
    --- stderr
    ERROR: No credential returned an Entra token.
      environment: AZURE_AUTHORITY_HOST is not an https URL: 'http://localhost'
    Hint: AZURE_CLIENT_SECRET is set, so no other credential is tried in place of this one. Correct the environment variables, or unset AZURE_CLIENT_SECRET.
    Hint: To use an access key: --connection-string, or AZURE_COMMUNICATION_CONNECTION_STRING.
    ");
}

#[test]
fn a_tenant_that_is_not_an_id_or_a_domain_is_not_used() {
    let world = World::new(vec![]);
    assert_snapshot!(world.fails(world.application().env("AZURE_TENANT_ID", "a/../b")), @"
    exit 1
    --- stderr
    ERROR: No credential returned an Entra token.
      environment: AZURE_TENANT_ID: 'a/../b' is not the id or the domain of a tenant
    Hint: AZURE_CLIENT_SECRET is set, so no other credential is tried in place of this one. Correct the environment variables, or unset AZURE_CLIENT_SECRET.
    Hint: To use an access key: --connection-string, or AZURE_COMMUNICATION_CONNECTION_STRING.
    ");
}

#[test]
fn a_key_that_is_not_used_beside_an_endpoint_is_named() {
    let world = World::new(vec![refused("AADSTS7000215: Invalid client secret provided.")]);
    let mut command = world.application();
    command.args(["--endpoint", "https://localhost:1"]);
    command.args(["--connection-string", "endpoint=https://localhost:1/;accesskey=AAAA"]);
    assert_snapshot!(world.fails(&mut command), @"
    exit 1
    --- stderr
    ERROR: No credential returned an Entra token.
      environment: AADSTS7000215: Invalid client secret provided (status 401, invalid_client)
    Hint: AZURE_CLIENT_SECRET is set, so no other credential is tried in place of this one. Correct the environment variables, or unset AZURE_CLIENT_SECRET.
    Hint: --endpoint selects a login, so the key of --connection-string was not used. To use the key, remove --endpoint.
    ");
}
