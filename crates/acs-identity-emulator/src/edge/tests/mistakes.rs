//! The log of requests: which mistakes in signing it names.

use std::sync::Arc;

use acs_identity_protocol::AccessKey;
use acs_identity_protocol::signature::{authorization, content_hash, string_to_sign};
use acs_identity_protocol::time::http_date;
use base64::Engine as _;

use super::requests::last;
use super::{Ask, HOST, ask, create, edge, edge_of};
use crate::clock::machine;
use crate::config::Config;

const TARGET: &str = "/identities/8%3Aacs%3Ax/:issueAccessToken?api-version=2023-10-01&x=a%20b";

/// How a client signs.
struct Signs {
    key: AccessKey,
    method: &'static str,
    target: String,
    host: String,
    date: String,
    sent_date: String,
    hash: String,
    /// Changes the string to sign.
    text: fn(String) -> String,
    /// Changes the signature.
    signature: fn(String) -> String,
}

impl Signs {
    fn right() -> Self {
        let now = http_date(machine::now());
        Self {
            key: AccessKey::development(),
            method: "POST",
            target: TARGET.to_owned(),
            host: HOST.to_owned(),
            date: now.clone(),
            sent_date: now,
            hash: content_hash(b"{}"),
            text: |text| text,
            signature: |signature| signature,
        }
    }

    /// Returns the request, which itself is right.
    fn request(&self) -> Ask {
        let text = string_to_sign(self.method, &self.target, &[&self.date, &self.host, &self.hash]);
        let signature = (self.signature)(self.key.sign(&(self.text)(text)));
        ask("POST", TARGET)
            .body("{}")
            .header("x-ms-date", &self.sent_date)
            .header("date", "Wed, 13 Dec 2023 11:58:57 GMT")
            .header("x-ms-content-sha256", content_hash(b"{}"))
            .header("authorization", authorization(&signature))
    }
}

fn in_hex(signature: &str) -> String {
    let bytes = base64::engine::general_purpose::STANDARD.decode(signature).unwrap();
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[tokio::test]
async fn known_mistakes_in_signing_are_named() {
    let own: AccessKey = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=".parse().unwrap();
    let edge = Arc::new(edge_of(Config {
        access_key: Some(own.clone()),
        public_url: Some("https://acs.example/x".into()),
        ..Config::in_memory()
    }));
    let right = || Signs { key: own.clone(), ..Signs::right() };
    // The signature is right. The body lacks scopes.
    assert_eq!(right().request().of(&edge).await.code(), "ValidationError");
    let text_key = AccessKey::from_bytes(own.to_base64().into_bytes());
    let path = TARGET.split('?').next().unwrap().to_owned();
    for (expected, signs) in [
        ("wellKnownKey", Signs::right()),
        ("keyNotDecoded", Signs { key: text_key, ..right() }),
        ("signatureEncoding", Signs { signature: |signature| in_hex(&signature), ..right() }),
        ("signatureEncoding", Signs { signature: |text| text.replace('=', "%3D").replace('+', "%2B"), ..right() }),
        ("signatureEncoding", Signs { signature: |text| text.trim_end_matches('=').to_owned(), ..right() }),
        ("lowerCaseMethod", Signs { method: "post", ..right() }),
        ("targetDecoded", Signs { target: TARGET.replace("%3A", ":").replace("%20", " "), ..right() }),
        ("pathDecoded", Signs { target: TARGET.replace("%3A", ":"), ..right() }),
        ("queryDecoded", Signs { target: TARGET.replace("%20", " "), ..right() }),
        ("pathEncoded", Signs { target: TARGET.replace("/:", "/%3A"), ..right() }),
        ("queryMissing", Signs { target: path, ..right() }),
        ("wholeUrl", Signs { target: format!("https://{HOST}{TARGET}"), ..right() }),
        ("otherDate", Signs { date: "Wed, 13 Dec 2023 11:58:57 GMT".into(), ..right() }),
        ("emptyBodyHash", Signs { hash: content_hash(b""), ..right() }),
        ("hexHash", Signs { hash: in_hex(&content_hash(b"{}")), ..right() }),
        ("carriageReturns", Signs { text: |text| text.replace('\n', "\r\n"), ..right() }),
        ("finalLineEnd", Signs { text: |text| format!("{text}\n"), ..right() }),
        ("headersInLines", Signs { text: |text| text.replace(';', "\n"), ..right() }),
        ("otherHost", Signs { host: "acs.example".into(), ..right() }),
        ("otherHost", Signs { host: "127.0.0.1:10100".into(), ..right() }),
    ] {
        assert_eq!(signs.request().of(&edge).await.status, 401, "{expected}");
        let refusal = last(&edge).refusal.unwrap();
        assert_eq!(refusal.mistake.map(|mistake| mistake.name), Some(expected), "{refusal:?}");
    }
    let unknown = Signs { target: "/other".into(), ..right() };
    assert_eq!(unknown.request().of(&edge).await.status, 401);
    assert_eq!(last(&edge).refusal.unwrap().mistake, None);
}

#[tokio::test]
async fn a_client_that_signs_with_a_regenerated_key_learns_so() {
    let edge = edge();
    let former = edge.backend.core.access_keys.get(crate::store::AccessSlot::Secondary);
    let regenerate = || ask("POST", "/emulator/regenerate-key").body(r#"{"keyType":"Secondary"}"#).signed();
    for _ in 0..2 {
        assert_eq!(regenerate().of(&edge).await.status, 200);
    }
    assert_eq!(create().signed_with(former).of(&edge).await.status, 401);
    assert_eq!(last(&edge).refusal.unwrap().mistake.map(|mistake| mistake.name), Some("formerKey"));
}

#[tokio::test]
async fn a_wrong_key_is_named_for_each_string_that_is_accepted_with_the_right_one() {
    let own: AccessKey = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=".parse().unwrap();
    let edge = Arc::new(edge_of(Config { access_key: Some(own.clone()), ..Config::in_memory() }));
    let mut regenerate = ask("POST", "/emulator/regenerate-key").body(r#"{"keyType":"Primary"}"#);
    let signed =
        own.sign_request("POST", "/emulator/regenerate-key", HOST, br#"{"keyType":"Primary"}"#, machine::now());
    for (name, value) in signed {
        regenerate = regenerate.header(name, value);
    }
    assert_eq!(regenerate.of(&edge).await.status, 200);
    let key = edge.backend.core.access_keys.get(crate::store::AccessSlot::Primary);
    let text = AccessKey::from_bytes(key.to_base64().into_bytes());
    // Java signs the host without the port, and old versions for Python sign the path without the first slash.
    let java = || Signs { host: "localhost".into(), ..Signs::right() };
    let python = || Signs { target: TARGET.trim_start_matches('/').into(), ..Signs::right() };
    for signs in [java, python] {
        for (expected, signs) in [
            ("formerKey", Signs { key: own.clone(), ..signs() }),
            ("wellKnownKey", signs()),
            ("keyNotDecoded", Signs { key: text.clone(), ..signs() }),
            ("signatureEncoding", Signs { key: key.clone(), signature: |text| in_hex(&text), ..signs() }),
        ] {
            assert_eq!(signs.request().of(&edge).await.status, 401, "{expected}");
            let refusal = last(&edge).refusal.unwrap();
            assert_eq!(refusal.mistake.map(|mistake| mistake.name), Some(expected), "{refusal:?}");
        }
    }
    // The Java SDK sends the string that it signed.
    let unknown = Signs { key: AccessKey::from_bytes(b"unknown".to_vec()), ..java() };
    let string = string_to_sign("POST", TARGET, &[&unknown.date, "localhost", &unknown.hash]);
    let sent = base64::engine::general_purpose::STANDARD.encode(string);
    let request = unknown.request().header("x-ms-hmac-string-to-sign-base64", sent);
    assert_eq!(request.of(&edge).await.status, 401);
    let reason = "the client signed the right string with another key";
    assert_eq!(last(&edge).refusal.unwrap().reason.as_deref(), Some(reason));
}

#[tokio::test]
async fn a_client_that_signs_the_port_and_does_not_send_it_learns_so() {
    let edge = edge();
    let signed = AccessKey::development().sign_request("POST", TARGET, HOST, b"{}", machine::now());
    let mut request = ask("POST", TARGET).host("localhost").body("{}");
    for (name, value) in signed {
        request = request.header(name, value);
    }
    assert_eq!(request.of(&edge).await.status, 401);
    let refusal = last(&edge).refusal.unwrap();
    let ours = refusal.string_to_sign.unwrap();
    let date = ours.lines().nth(2).unwrap().split(';').next().unwrap();
    let reason = refusal.reason.unwrap().replace(date, "DATE");
    insta::assert_snapshot!(format!("{}\n{}\n{reason}", refusal.mistake.unwrap().name, refusal.code), @"
    hostWithPort
    Denied
    the signature does not match. The client signed the host with the port, but sent it without. It should have signed POST /identities/8%3Aacs%3Ax/:issueAccessToken?api-version=2023-10-01&… with the header values DATE;localhost;RBNvo1WzZ4oRRq0W9+hknpT7T8If536DEMBg9hyq/4o=
    ");
}

#[tokio::test]
async fn known_mistakes_in_the_hash_of_a_body_are_named() {
    let edge = edge();
    for (expected, signed, sent) in [
        (Some("emptyBodyHash"), "", "{}"),
        (Some("bodyLineEnd"), "{}\n", "{}"),
        (Some("bodyLineEnd"), "{}\r\n", "{}"),
        (Some("bodyLineEnd"), "{}", "{}\n"),
        (Some("bodyLineEnds"), "{\n}", "{\r\n}"),
        (Some("bodyLineEnds"), "{\r\n}", "{\n}"),
        (None, "{}", "[]"),
    ] {
        let signed = AccessKey::development().sign_request("POST", TARGET, HOST, signed.as_bytes(), machine::now());
        let mut request = ask("POST", TARGET).body(sent);
        for (name, value) in signed {
            request = request.header(name, value);
        }
        assert_eq!(request.of(&edge).await.status, 401);
        let mistake = last(&edge).refusal.unwrap().mistake;
        assert_eq!(mistake.map(|mistake| mistake.name), expected, "{sent:?}");
    }
}

#[tokio::test]
async fn a_long_string_to_sign_is_not_examined() {
    let edge = edge();
    let target = format!("/identities?x={}", "a".repeat(5000));
    let signed = AccessKey::development().sign_request("post", &target, HOST, b"", machine::now());
    let mut request = ask("POST", target);
    for (name, value) in signed {
        request = request.header(name, value);
    }
    assert_eq!(request.of(&edge).await.status, 401);
    assert_eq!(last(&edge).refusal.unwrap().mistake, None);
}
