//! Tests of the last step: whether the service accepts the credential.

use super::*;
use insta::assert_snapshot;

/// Leaves out the steps before the last one.
fn last(seen: Seen) -> Seen {
    let at = seen.stdout.find("signature ").unwrap();
    Seen { stdout: seen.stdout[at..].to_owned(), ..seen }
}

#[test]
fn an_error_about_an_identity_proves_that_the_credential_is_accepted() {
    for (status, code) in [(401, "IdentityNotOwned"), (404, "IdentityNotFound")] {
        let seen = last(of_error(status, code, "m"));
        assert_eq!(seen.to_string(), "exit 0\n--- stdout\nsignature ok\n", "{status} {code}");
    }
}

#[test]
fn a_success_proves_that_the_credential_is_accepted() {
    assert_eq!(last(of_answer(204, "", Value::Null)).to_string(), "exit 0\n--- stdout\nsignature ok\n");
}

#[test]
fn the_code_of_such_an_error_with_another_status_proves_nothing() {
    for (status, code) in [
        (400, "IdentityNotOwned"),
        (500, "IdentityNotOwned"),
        (401, "IdentityNotFound"),
        (404, "NotFound"),
        (403, "Denied"),
        (200, "IdentityNotOwned"),
    ] {
        let seen = last(of_error(status, code, "m"));
        assert!(seen.code == Some(1) && seen.stdout.starts_with("signature failed\n"), "{status} {code}: {seen}");
    }
}

#[test]
fn a_response_that_is_not_the_services_proves_nothing() {
    for (status, body) in [(200, json!({})), (201, json!("")), (302, json!("")), (404, json!("")), (418, json!("x"))] {
        let seen = last(of_answer(status, "text/plain", body));
        assert!(seen.stdout.starts_with(&format!("signature failed\n{status} ")), "{status}: {seen}");
    }
}

#[test]
fn a_403_means_that_the_caller_is_known() {
    assert_snapshot!(last(of_error(403, "Forbidden", "Blocked by a network rule.")), @"
    exit 1
    --- stdout
    signature failed
    403 Forbidden (Forbidden): Blocked by a network rule.
    The caller is authenticated but not authorized. Check the network rules of the resource, and whether it allows access keys.
    ");
}

#[test]
fn the_first_line_of_a_message_is_shown() {
    assert_snapshot!(last(of_error(403, "AuthorizationFailed", "No permission.\nMore.")), @"
    exit 1
    --- stdout
    signature failed
    403 Forbidden (AuthorizationFailed): No permission.
    The caller is authenticated but not authorized. Check the network rules of the resource, and whether it allows access keys.
    ");
}

#[test]
fn a_401_with_an_unknown_code_may_be_a_gateways() {
    assert_snapshot!(last(of_error(401, "Unauthorized", "Who are you?")), @"
    exit 1
    --- stdout
    signature failed
    401 Unauthorized (Unauthorized): Who are you?
    The error code does not come from the service: a gateway may have refused the request. If the service refused it, the credential is not valid for this resource, or is no longer valid.
    ");
}

#[test]
fn a_401_without_a_code_may_be_a_gateways() {
    assert_snapshot!(last(of_answer(401, "text/plain", json!(""))), @"
    exit 1
    --- stdout
    signature failed
    401 Unauthorized
    The answer lacks the service's error code: a gateway or a proxy may have refused the request.
    ");
}

#[test]
fn an_unsupported_api_version_says_nothing_about_the_credential() {
    assert_snapshot!(last(of_error(400, "UnsupportedApiVersion", "No such version.")), @"
    exit 1
    --- stdout
    signature failed
    400 Bad Request (UnsupportedApiVersion): No such version.
    The service does not support the api-version of this az, so it did not check the credential. Is there a newer az?
    ");
}

#[test]
fn a_rate_limit_says_nothing_about_the_credential() {
    assert_snapshot!(last(of_error(429, "TooManyRequests", "Slow down.")), @"
    exit 1
    --- stdout
    signature failed
    429 Too Many Requests (TooManyRequests): Slow down.
    The rate limit is exceeded. Wait half a minute before you try again. The answer does not show whether the service accepts the credential. Run the doctor again later.
    ");
}

#[test]
fn an_unavailable_service_says_nothing_about_the_credential() {
    assert_snapshot!(last(of_answer(503, "text/plain", json!("x"))), @"
    exit 1
    --- stdout
    signature failed
    503 Service Unavailable
    The answer does not show whether the service accepts the credential. Run the doctor again later.
    ");
}

#[test]
fn a_web_page_is_named_by_its_title() {
    for status in [200, 403, 404, 502] {
        let page = json!("<html><head><title>Hotel\nsign-in</title></head></html>");
        let seen = last(of_answer(status, "text/html", page));
        let expected = "A web page ('Hotel sign-in') answered instead of the service. ";
        let begins = seen.stdout.starts_with(&format!("signature failed\n{status} "));
        assert!(begins && seen.stdout.contains(expected), "{status}: {seen}");
    }
}

#[test]
fn a_refused_login_is_named_with_its_reason() {
    let refused = json!({"status": 401, "headers": {"Content-Type": "application/json"},
        "body": {"error": "invalid_client", "error_description": "AADSTS7000215: Invalid client secret."}});
    let server = Server::start(vec![refused]);
    let home = Folder::new();
    let mut command = doctor(&home, server.port);
    command
        .env("AZURE_COMMUNICATION_AUTH_MODE", "login")
        .env("AZURE_AUTHORITY_HOST", format!("https://localhost:{}", server.port))
        .env("AZURE_TENANT_ID", "t")
        .env("AZURE_CLIENT_ID", "app")
        .env("AZURE_CLIENT_SECRET", "wrong");
    let seen = report(&mut command);
    let expected =
        "login failed\nNo credential returned an Entra token. environment: AADSTS7000215: Invalid client secret";
    assert!(seen.code == Some(1) && seen.stdout.contains(expected), "{seen}");
}
