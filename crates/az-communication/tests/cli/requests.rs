//! Tests of the content of requests, and of the status of responses.

use super::*;
use acs_identity_protocol::signature::{AccessKey, string_to_sign};

const ISSUE: &str = "token issue --scope chat --user 8:acs:x --only-show-errors";

#[test]
fn the_path_of_a_gateway_is_kept_and_signed() {
    let service = Service::issuing();
    let mut command = service.az();
    command.args(["communication", "user-identity"]).args(ISSUE.split(' '));
    let seen = run(command.args(["--connection-string", &service.connection_string("/acs/prod/")]));
    assert_eq!(seen.code, Some(0), "{seen}");
    let request = service.requests().remove(0);
    assert_eq!(request.path, "/acs/prod/identities/8%3Aacs%3Ax/:issueAccessToken?api-version=2023-10-01");
    let values = ["x-ms-date", "host", "x-ms-content-sha256"].map(|name| request.header(name));
    let signature = request.header("authorization").rsplit_once("Signature=").unwrap().1;
    let key: AccessKey = ACCESS_KEY.parse().unwrap();
    assert!(key.verify(&string_to_sign("POST", &request.path, &values), signature));
}

#[test]
fn a_request_with_a_key_asks_for_its_id_in_the_response() {
    let service = Service::issuing();
    service.shows(ISSUE);
    assert_eq!(service.requests()[0].header("x-ms-return-client-request-id"), "true");
}

#[test]
fn an_error_without_a_body_has_the_reason_phrase_of_the_response() {
    for (status, reason) in
        [(203, "Custom Reason"), (304, "Not Modified"), (400, "Nur so"), (418, "two  blanks"), (502, "")]
    {
        let service = Service::answering(json!({"status": status, "reason": reason, "body": ""}));
        let seen = service.shows(ISSUE);
        let expected = format!("exit 1\n--- stderr\nERROR: Operation returned an invalid status '{reason}'\n");
        assert_eq!(seen.to_string(), expected, "{status}");
    }
}
