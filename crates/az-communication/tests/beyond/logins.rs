//! Tests of logins without a key: `emulator run` gives its command the variables that Azure's credentials read.

use super::*;
use insta::assert_snapshot;

const ISSUE: &str = "az communication user-identity token issue --scope chat --query expires_on --verbose";

/// Runs a script in `emulator run`.
fn inside(home: &Folder, script: &str) -> Seen {
    let mut command = az(home);
    run(command.args(["communication", "emulator", "run", "--", "bash", "-c", script]))
}

/// Checks that a script gets a token from this credential.
fn authenticated(script: &str, by: &str) {
    let seen = inside(&Folder::new(), script);
    assert!(seen.code == Some(0) && seen.stdout.contains("+00:00"), "{seen}");
    assert!(seen.stderr.contains(&format!("Authenticated by {by}.")), "{seen}");
}

#[test]
fn an_option_or_a_variable_asks_for_a_login() {
    authenticated(&format!("{ISSUE} --auth-mode login"), "environment");
    authenticated(&format!("AZURE_COMMUNICATION_AUTH_MODE=login {ISSUE}"), "environment");
}

#[test]
fn an_endpoint_without_a_key_asks_for_a_login() {
    authenticated(&format!("{ISSUE} --endpoint $AZURE_COMMUNICATION_ENDPOINT"), "environment");
    authenticated(&format!("unset AZURE_COMMUNICATION_CONNECTION_STRING; {ISSUE}"), "environment");
}

#[test]
fn a_managed_identity_is_used_where_the_environment_has_no_application() {
    authenticated(&format!("unset AZURE_CLIENT_SECRET; {ISSUE} --auth-mode login"), "managed identity");
}

/// Returns a script that requests a token for a workload. The emulator trusts its own issuer, which issues the
/// federated token.
fn federated(more: &str) -> String {
    format!(
        r#"unset AZURE_CLIENT_SECRET IDENTITY_ENDPOINT
        curl -sS "$AZURE_POD_IDENTITY_AUTHORITY_HOST/metadata/identity/oauth2/token?resource=api://AzureADTokenExchange" \
            -H "Metadata: true" | sed 's/.*"access_token":"\([^"]*\)".*/\1/' > federated
        {more}
        export AZURE_FEDERATED_TOKEN_FILE=$PWD/federated
        {ISSUE} --auth-mode login"#
    )
}

#[test]
fn a_workload_identity_is_used_where_there_is_a_federated_token() {
    authenticated(&federated(""), "workload identity");
}

#[test]
fn a_federated_token_that_is_refused_ends_the_search() {
    let seen = inside(&Folder::new(), &federated("echo a.b.c > federated"));
    assert_eq!(seen.code, Some(1));
    assert!(seen.stderr.contains("workload identity: ") && seen.stderr.contains("AADSTS700024"), "{seen}");
}

/// Returns a script that puts a real `az` on PATH. It prints a token that the emulator signs for this resource.
fn azure_cli(resource: &str) -> String {
    format!(
        r#"mkdir -p real
        response=$(curl -sS "$IDENTITY_ENDPOINT?resource={resource}" -H "X-IDENTITY-HEADER: $IDENTITY_HEADER")
        token=$(printf %s "$response" | sed 's/.*"access_token":"\([^"]*\)".*/\1/')
        {{
            echo '#!/bin/sh'
            echo "echo \"\$@\" >> $PWD/real/asked"
            echo "echo '{{\"accessToken\": \"$token\", \"expires_on\": 4102444800, \"tokenType\": \"Bearer\"}}'"
        }} > real/az
        chmod +x real/az
        export PATH=$PATH:$PWD/real
        unset AZURE_CLIENT_SECRET IDENTITY_ENDPOINT
        {ISSUE} --auth-mode login"#
    )
}

#[test]
fn the_azure_cli_is_asked_where_there_is_no_other_credential() {
    let home = Folder::new();
    let seen = inside(&home, &azure_cli("https://communication.azure.com/"));
    assert!(seen.code == Some(0) && seen.stderr.contains("Authenticated by az login."), "{seen}");
    let asked = std::fs::read_to_string(home.path().join("real/asked")).unwrap();
    assert!(asked.starts_with("account get-access-token"), "{asked}");
}

#[test]
fn a_token_for_another_service_comes_with_a_hint_about_the_role() {
    let seen = inside(&Folder::new(), &azure_cli("https://vault.azure.net"));
    assert_eq!(seen.code, Some(1));
    let text = &seen.stderr;
    assert!(
        text.contains("(Denied)") && text.contains("needs a role") && !text.contains("access key is not"),
        "{seen}"
    );
}

#[test]
fn without_a_credential_each_one_is_named_with_its_reason() {
    let script =
        "unset AZURE_CLIENT_SECRET IDENTITY_ENDPOINT; az communication user-identity user create --auth-mode login";
    // It depends on the machine whether a managed identity answers.
    assert_snapshot!(inside(&Folder::new(), script).without_lines("  managed identity: "), @"
    exit 1
    --- stderr
    ERROR: No credential returned an Entra token.
      environment: AZURE_CLIENT_SECRET is not set
      workload identity: AZURE_FEDERATED_TOKEN_FILE is not set
      az login: the Azure CLI was not found further down PATH
    Hint: Set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET, or install the Azure CLI, which this az then calls, and sign in with `az login`.
    Hint: To use an access key: --connection-string, or AZURE_COMMUNICATION_CONNECTION_STRING.
    ");
}

#[test]
fn many_requests_share_one_login() {
    let batch =
        "az communication user-identity token issue-batch --scope chat --count 40 --out-file t --auth-mode login";
    let seen = inside(&Folder::new(), batch);
    assert_eq!((seen.code, &seen.json()["issued"]), (Some(0), &40.into()), "{seen}");
}
