//! Tests of an application that signs in with a certificate.

use super::*;
use crate::support::tls::KEY;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::{RSA_PSS_2048_8192_SHA256, UnparsedPublicKey};
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject as _;

const APPLICATION: &str = include_str!("application.pem");
const EC_KEY: &str = include_str!("ec.pem");

/// Returns the command with an application that has this file in place of a secret.
fn with_file(world: &World, name: &str, text: &str) -> Command {
    let file = world.home.write(name, text);
    let mut command = world.application();
    command.env_remove("AZURE_CLIENT_SECRET").env("AZURE_CLIENT_CERTIFICATE_PATH", file);
    command
}

#[test]
fn it_sends_an_assertion_that_its_key_signed() {
    let world = World::new(vec![granted("token", json!(3600))]);
    let mut command = with_file(&world, "application.pem", APPLICATION);
    let seen = world.shown(command.env("AZURE_CLIENT_SEND_CERTIFICATE_CHAIN", "true"));
    assert_eq!(seen.to_string(), CREATED);
    let body = world.entra.requests()[0].body.clone();
    let assertion = body.split('&').find_map(|pair| pair.strip_prefix("client_assertion=")).unwrap();
    let (signed, signature) = assertion.rsplit_once('.').unwrap();
    let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
    let PrivateKeyDer::Pkcs8(key) = PrivateKeyDer::from_pem_slice(APPLICATION.as_bytes()).unwrap() else { panic!() };
    let key = ring::signature::RsaKeyPair::from_pkcs8(key.secret_pkcs8_der()).unwrap();
    let public = UnparsedPublicKey::new(&RSA_PSS_2048_8192_SHA256, key.public());
    public.verify(signed.as_bytes(), &signature).unwrap();
    let part = |index: usize| -> Value {
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(signed.split('.').nth(index).unwrap()).unwrap()).unwrap()
    };
    let (header, claims) = (part(0), part(1));
    assert_eq!((&header["alg"], header["x5c"].as_array().unwrap().len()), (&json!("PS256"), 1));
    assert_eq!((&claims["iss"], &claims["sub"]), (&json!("app"), &json!("app")));
    assert_eq!(claims["aud"], format!("https://localhost:{}/contoso.example/oauth2/v2.0/token", world.entra.port));
}

#[test]
fn a_file_that_cannot_be_used_is_named_and_ends_the_search() {
    let key = APPLICATION.split("-----BEGIN CERTIFICATE").next().unwrap();
    let certificate = &APPLICATION[key.len()..];
    let mut all = String::new();
    for (name, text) in [
        ("app.pfx", "0\u{82}"),
        ("key.pem", key),
        ("cert.only.pem", certificate),
        ("ec.pem", &format!("{EC_KEY}{certificate}")),
        ("other.pem", &format!("{KEY}{certificate}")),
        ("enc.pem", "-----BEGIN ENCRYPTED PRIVATE KEY-----\n"),
    ] {
        let world = World::new(vec![granted("token", json!(3600))]);
        let seen = world.fails(&mut with_file(&world, name, text));
        assert!(
            seen.code == Some(1) && seen.stderr.contains("Hint: AZURE_CLIENT_CERTIFICATE_PATH is set, so no"),
            "{seen}"
        );
        all.push_str(&format!("{}\n", seen.stderr.lines().nth(1).unwrap()));
    }
    insta::assert_snapshot!(all, @"
    environment: AZURE_CLIENT_CERTIFICATE_PATH, HOME/app.pfx, cannot be used: it is not a PEM file. Convert PKCS#12 (.pfx, .p12): openssl pkcs12 -in FILE -out FILE.pem -noenc
    environment: AZURE_CLIENT_CERTIFICATE_PATH, HOME/key.pem, cannot be used: it contains a key, but no certificate
    environment: AZURE_CLIENT_CERTIFICATE_PATH, HOME/cert.only.pem, cannot be used: it contains no private key
    environment: AZURE_CLIENT_CERTIFICATE_PATH, HOME/ec.pem, cannot be used: its key is not an RSA key of 2048 bits or more
    environment: AZURE_CLIENT_CERTIFICATE_PATH, HOME/other.pem, cannot be used: none of its certificates belongs to its key
    environment: AZURE_CLIENT_CERTIFICATE_PATH, HOME/enc.pem, cannot be used: its key is encrypted, which is not supported. To decrypt it: openssl pkey -in FILE
    ");
}
