//! Tests of introspection for applications with a client secret, and for clients that have only the token.

use acs_identity_emulator::{Config, Emulator};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::support::client::{Answer, Client};
use super::token_of;

fn introspect(client: &mut Client, form: &str, authorization: Option<String>) -> Answer {
    let headers: Vec<_> = authorization.map(|text| ("authorization".to_owned(), text)).into_iter().collect();
    client.raw("POST", "/introspect", &headers, form).unwrap()
}

#[test]
fn an_application_learns_the_reason_and_a_client_with_the_token_alone_does_not() {
    let emulator = Emulator::start(Config::in_memory()).unwrap();
    let mut client = Client::new(emulator.port());
    let user = client.create();
    let form = format!("token={}", token_of(&client.issue(&user)));
    let secret = emulator.client_secret();
    let by_form = format!("{form}&client_id=app&client_secret={secret}");
    let by_header = Some(format!("Basic {}", STANDARD.encode(format!("app:{secret}"))));
    let alone = introspect(&mut client, &form, None);
    assert_eq!((alone.status, &alone.body["sub"]), (200, &user.clone().into()), "{alone:?}");
    assert_eq!(introspect(&mut client, &by_form, None).body["active"], true);
    let revoked = client.send("POST", &format!("/identities/{user}/:revokeAccessTokens"), "");
    assert_eq!(revoked.status, 204, "{revoked:?}");
    insta::assert_snapshot!(introspect(&mut client, &form, None).body, @r#"{"active":false}"#);
    insta::assert_snapshot!(introspect(&mut client, &by_form, None).body, @r#"{"active":false,"reason":"revoked"}"#);
    insta::assert_snapshot!(introspect(&mut client, &form, by_header).body, @r#"{"active":false,"reason":"revoked"}"#);
}

#[test]
fn a_client_secret_ends_with_the_access_key_that_it_derives_from() {
    let emulator = Emulator::start(Config::in_memory()).unwrap();
    let mut client = Client::new(emulator.port());
    let form = format!("token=rubbish&client_id=app&client_secret={}", emulator.client_secret());
    assert_eq!(introspect(&mut client, &form, None).body["reason"], "malformed");
    assert_eq!(client.send("POST", "/emulator/regenerate-key?", r#"{"keyType":"Primary"}"#).status, 200);
    let answer = introspect(&mut client, &form, None);
    assert_eq!(answer.header("www-authenticate"), Some("Basic realm=\"emulator\""));
    insta::assert_snapshot!(format!("{} {}", answer.status, answer.body), @r#"401 {"error":"invalid_client","error_description":"The client secret is not the one of the emulator."}"#);
}
