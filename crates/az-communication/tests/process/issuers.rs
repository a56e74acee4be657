//! Tests of issuers other than the emulator's own: `--entra-issuer` and `--entra-admin`.

use super::*;

/// Starts an issuer of all tenants. Returns its address. It ends with the process.
fn issuer_of_all_tenants() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let body = format!(r#"{{"issuer":"{address}/{{tenantid}}/v2.0","jwks_uri":"{address}/keys","keys":[]}}"#);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let _ = stream.read(&mut [0; 4096]);
            let head = format!("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {}\r\n\r\n", body.len());
            let _ = std::io::Write::write_all(&mut stream, format!("{head}{body}").as_bytes());
        }
    });
    address
}

#[test]
fn an_admin_of_an_issuer_of_all_tenants_is_named_with_its_tenant() {
    let home = Folder::new();
    let issuer = issuer_of_all_tenants();
    let refused = |admin: &str| {
        let options = ["--in-memory", "--entra-issuer", &issuer, "--entra-admin", admin];
        refusal_with(2, az(&home).args(START).args(options))
    };
    insta::assert_snapshot!(refused("app"), @r"
    ERROR: --entra-admin must be TENANT/CLIENT, but it is 'app'.
    Hint: An issuer of --entra-issuer issues tokens for all tenants, and anyone can create an application in their own tenant. Name the tenant of your application, or the issuer of that tenant.
    ");
    assert!(refused("/app").starts_with("ERROR: --entra-admin must be TENANT/CLIENT"));
    drop(Emulator::start(&home, &["--in-memory", "--entra-issuer", &issuer, "--entra-admin", "tenant/app"]));
}

#[test]
#[ignore = "waits for 10 s"]
fn an_issuer_that_does_not_respond_is_an_error_after_10_s() {
    let home = Folder::new();
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://user:secret@{}", silent.local_addr().unwrap());
    let said = refusal(az(&home).args(START).args(["--in-memory", "--entra-issuer", &url]));
    let said = said.replace(&silent.local_addr().unwrap().port().to_string(), "PORT");
    insta::assert_snapshot!(said, @r"
    ERROR: http://127.0.0.1:PORT cannot be read: it did not respond within 10 s.
    Hint: Entra's: https://login.microsoftonline.com/TENANT/v2.0/.well-known/openid-configuration
    Hint: --entra-issuer names an issuer. Its metadata and keys are read once, at the start.
    ");
}

#[test]
fn an_issuer_that_cannot_be_reached_is_named_with_its_option() {
    let home = Folder::new();
    let closed = format!("127.0.0.1:{}", support::unused_port());
    let said = refusal(az(&home).args(START).args(["--in-memory", "--entra-issuer", &format!("http://{closed}/")]));
    insta::assert_snapshot!(said.replace(&closed, "127.0.0.1:PORT"), @r"
    ERROR: http://127.0.0.1:PORT/ cannot be read: Cannot connect to 127.0.0.1:PORT: Connection refused.
    Hint: --entra-issuer names an issuer. Its metadata and keys are read once, at the start.
    ");
}
