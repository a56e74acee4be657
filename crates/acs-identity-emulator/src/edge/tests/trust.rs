//! What the control API says about certificates, and about clients that trust them or do not.

use std::sync::Arc;

use super::{Ask, ask, edge, edge_of};
use crate::config::Config;
use crate::edge::dashboard::TrustFiles;
use crate::edge::pipeline::Edge;

fn trust() -> Ask {
    // Over plain HTTP, so that it is not one of the clients.
    ask("GET", "/emulator/trust").plain().signed()
}

#[tokio::test]
async fn the_certificates_in_force_are_listed_as_they_are() {
    let edge = Arc::new(edge_of(Config { hostnames: vec!["acs.example".into()], ..Config::in_memory() }));
    let seen = ask("GET", "/emulator/certificates").signed().of(&edge).await;
    let mut listed = seen.json();
    assert_eq!(listed["value"][1]["notAfter"], edge_end(&edge));
    for certificate in listed["value"].as_array_mut().unwrap() {
        let sha256 = certificate["sha256"].as_str().unwrap();
        assert!(sha256.len() == 95 && sha256.split(':').all(|byte| u8::from_str_radix(byte, 16).is_ok()), "{sha256}");
        for member in ["notBefore", "notAfter", "sha256"] {
            certificate[member] = member.to_uppercase().into();
        }
    }
    insta::assert_snapshot!(listed, @r#"{"value":[{"role":"authority","isOwn":false,"subject":"CN=ACS Identity emulator CA","names":[],"notBefore":"NOTBEFORE","notAfter":"NOTAFTER","sha256":"SHA256"},{"role":"server","isOwn":false,"subject":"CN=localhost","names":["localhost","127.0.0.1","::1","host.docker.internal","host.containers.internal","acs.example"],"notBefore":"NOTBEFORE","notAfter":"NOTAFTER","sha256":"SHA256"}]}"#);
}

/// Returns the end of the server certificate.
fn edge_end(edge: &Arc<Edge>) -> String {
    acs_identity_protocol::time::whole_seconds(edge.backend.pki.not_after())
}

#[tokio::test]
async fn the_files_of_the_program_are_named() {
    let config = Config { public_url: Some("https://acs.example/".into()), ..Config::in_memory() };
    let edge = Arc::new(edge_of(config));
    let nothing = trust().of(&edge).await;
    insta::assert_snapshot!(nothing.text, @r#"{"certificate":null,"bundle":null,"javaTrustStore":null,"publicUrl":"https://acs.example","plainHttp":false,"clients":[],"refused":[]}"#);
    let files = TrustFiles {
        certificate: Some("/a/ca.pem".into()),
        bundle: Some("/a/bundle.pem".into()),
        java_trust_store: None,
    };
    edge.backend.dashboard.set_trust_files(files);
    let named = trust().of(&edge).await.json();
    assert_eq!((&named["certificate"], &named["bundle"]), (&"/a/ca.pem".into(), &"/a/bundle.pem".into()));
}

#[tokio::test]
async fn the_first_request_of_a_connection_over_tls_shows_its_kind_of_client() {
    let secret = "0123456789abcdef";
    let edge = Arc::new(edge_of(Config { control_secret: Some(secret.to_owned().into()), ..Config::in_memory() }));
    let call = |agent: &str| ask("GET", "/health").header("user-agent", agent);
    // Plain HTTP shows nothing about trust.
    call("node").plain().of(&edge).await;
    call("azsdk-python-communication-identity/1.5.0 Python/3.11").of(&edge).await;
    call(&format!("curl/8 {secret} eyJhbGciOiJSUzI1NiJ9.e30.AAAA")).of(&edge).await;
    // A later request of the same connection.
    let first = call("Mozilla/5.0");
    let connection = first.connection();
    for agent in ["Mozilla/5.0", "Java/17"] {
        let request = call(agent).with(http_body_util::Full::new(hyper::body::Bytes::new()));
        Arc::clone(&edge).handle(request, Arc::clone(&connection)).await.unwrap();
    }
    edge.refused_certificate("127.0.0.1:7".parse().unwrap(), "unknown_ca");
    let mut seen = trust().of(&edge).await.json();
    for client in seen["clients"].as_array_mut().unwrap() {
        client["lastSeen"] = "TIME".into();
    }
    seen["refused"][0]["time"] = "TIME".into();
    insta::assert_snapshot!(format!("{}\n{}", seen["clients"], seen["refused"]), @r#"
    [{"client":"python","lastSeen":"TIME","userAgent":"azsdk-python-communication-identity/1.5.0 Python/3.11"},{"client":"curl","lastSeen":"TIME","userAgent":"curl/8 (a secret) (a token)"},{"client":"browser","lastSeen":"TIME","userAgent":"Mozilla/5.0"}]
    [{"time":"TIME","peer":"127.0.0.1:7","reason":"unknown_ca"}]
    "#);
}

#[tokio::test]
async fn the_status_counts_answers_and_what_replaced_data() {
    let edge = edge();
    let status = async || ask("GET", "/emulator/status").signed().of(&edge).await.json();
    let post = async |target: &str, body: &str| ask("POST", target).body(body.to_owned()).signed().of(&edge).await;
    assert_eq!(super::create().of(&edge).await.status, 201);
    // A refused request and one without an operation are answered, too. Those of health and control do not count.
    assert_eq!(ask("POST", "/identities").of(&edge).await.status, 401);
    assert_eq!(ask("GET", "/nothing").signed().of(&edge).await.status, 404);
    assert_eq!(ask("GET", "/health").of(&edge).await.status, 200);
    let rule = r#"{"operation":"tokenKeys","drop":"before"}"#;
    assert_eq!(post("/emulator/faults", rule).await.status, 201);
    assert!(ask("GET", "/.well-known/jwks.json").try_of(&edge).await.is_err());
    assert_eq!(status().await["answered"], 3);
    // The fault was added by the control API.
    assert_eq!(status().await["changes"], 1);
    assert_eq!(post("/emulator/reset", "").await.status, 200);
    let state = ask("GET", "/emulator/export").signed().of(&edge).await.text;
    assert_eq!(post("/emulator/import?replace=true", &state).await.status, 200);
    assert_eq!(post("/emulator/import?replace=true", "rubbish").await.status, 400);
    assert_eq!(post("/emulator/regenerate-key", r#"{"keyType":"Secondary"}"#).await.status, 200);
    assert_eq!(post("/emulator/regenerate-key", r#"{"keyType":"Secondary"}"#).await.status, 200);
    assert_eq!(post("/emulator/list-keys", "").await.status, 200);
    assert_eq!(status().await["changes"], 6);
    let history = status().await["history"].to_string();
    insta::assert_snapshot!(history, @r#"{"resets":1,"imports":1,"regenerations":2}"#);
}
