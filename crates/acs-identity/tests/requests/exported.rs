//! What the methods take and return can be named with this crate and azure_core alone.

use acs_identity::connection_string::{ConnectionStringError, EndpointFault};
use acs_identity::models::codes;
use acs_identity::{AccessToken, CommunicationIdentityClient, ConnectionString, UserId};

#[test]
fn e5_a_connection_string_can_be_parsed_before_the_client_is_made() -> azure_core::Result<()> {
    let text = "endpoint=https://contoso.communication.azure.com/;accesskey=c2VjcmV0IGtleQ==";
    let parsed: Result<ConnectionString, ConnectionStringError> = text.parse();
    let client = CommunicationIdentityClient::with_parsed_connection_string(&parsed.unwrap(), None)?;
    assert_eq!(client.endpoint().as_str(), "https://contoso.communication.azure.com/");
    let fault = "endpoint=https://u@h;accesskey=YQ==".parse::<ConnectionString>().unwrap_err();
    assert!(matches!(fault, ConnectionStringError::InvalidEndpoint(_, EndpointFault::UserInfo)));
    Ok(())
}

#[test]
fn e5_error_codes_and_results_have_names() {
    fn result(_: Option<(UserId, AccessToken)>) {}
    result(None);
    assert_eq!((codes::DENIED, codes::TOO_MANY_REQUESTS), ("Denied", "TooManyRequests"));
}

/// Every type of the protocol crate in the public interface is exported by this crate under the same name.
#[test]
fn e5_no_signature_needs_the_protocol_crate() {
    let api = include_str!("../public-api.txt");
    let mut missing = Vec::new();
    for line in api.lines() {
        for path in line.split("acs_identity_protocol::").skip(1) {
            let path: String = path.chars().take_while(|c| c.is_alphanumeric() || matches!(c, '_' | ':')).collect();
            let name = path.split("::").find(|part| part.starts_with(char::is_uppercase)).unwrap_or(&path).to_owned();
            let exported = api
                .lines()
                .any(|line| line.starts_with("pub use acs_identity::") && line.ends_with(&format!("::{name}")));
            if !exported {
                missing.push(name);
            }
        }
    }
    missing.sort();
    missing.dedup();
    assert!(missing.is_empty(), "{missing:?}");
    assert!(api.contains("acs_identity_protocol::"));
}
