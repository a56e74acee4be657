//! Tests of clients on another machine, directly and through a mapped port.

use super::machines::{Network, PORT, SECRET, fetch};
use super::*;

/// Endpoints that return tokens, or lead to tokens, without a credential. Each is a list of arguments for curl, with
/// the path last.
const DOORS: [&[&str]; 4] = [
    &["-H", "Metadata: true", "/metadata/identity/oauth2/token?resource=https://communication.azure.com/"],
    &["-d", "client_id=c&scope=https://communication.azure.com/.default", "/common/oauth2/v2.0/devicecode"],
    &["-d", "client_id=c&grant_type=device_code&device_code=none", "/common/oauth2/v2.0/token"],
    &["/devicelogin"],
];

/// Sends a request to such an endpoint, as a web page of that origin or as a program.
fn knock(mut curl: Command, door: &[&str], base: &str, host: Option<&str>, origin: Option<&str>) -> machines::Reply {
    let (path, words) = door.split_last().unwrap();
    curl.args(words).arg("-k").arg(format!("{base}{path}"));
    if let Some(origin) = origin {
        curl.args(["-H", &format!("Origin: {origin}")]);
    }
    if let Some(host) = host {
        curl.args(["-H", &format!("Host: {host}")]);
    }
    let reply = fetch(&mut curl);
    assert!(!reply.head.contains("access-control-"), "{base}{path} from {origin:?}: {}", reply.head);
    reply
}

#[test]
#[ignore = "makes network namespaces, which needs root: run scripts/test.sh"]
fn another_machine_gets_nothing_where_no_credential_is_asked_for() {
    for listen in ["0.0.0.0", "::"] {
        let Some(network) = Network::new("another_machine_gets_nothing_where_no_credential_is_asked_for", listen)
        else {
            return;
        };
        for door in DOORS {
            for base in Network::urls() {
                for host in [None, Some("localhost"), Some("127.0.0.1:10100"), Some("evil.example")] {
                    for origin in [None, Some("http://localhost:3000")] {
                        let reply = knock(network.elsewhere("curl"), door, &base, host, origin);
                        assert_eq!(reply.status, 403, "{base}, {door:?}, {host:?}, {origin:?}: {}", reply.body);
                        assert_eq!(reply.json()["error"], "access_denied", "{base}, {door:?}: {}", reply.body);
                    }
                }
            }
            // A program on the emulator's own machine gets an answer. An unknown code is refused with its own error.
            let reply = knock(network.here("curl"), door, &format!("http://localhost:{PORT}"), None, None);
            assert!(
                matches!(reply.status, 200 | 400) && !reply.body.contains("access_denied"),
                "{door:?}: {}",
                reply.body
            );
        }
    }
}

#[test]
#[ignore = "makes network namespaces, which needs root: run scripts/test.sh"]
fn a_page_whose_name_was_led_to_this_machine_gets_nothing_where_no_credential_is_asked_for() {
    let test = "a_page_whose_name_was_led_to_this_machine_gets_nothing_where_no_credential_is_asked_for";
    let Some(network) = Network::new(test, "0.0.0.0") else { return };
    for door in DOORS {
        for host in ["evil.example", "evil.example:10100", "localhost.evil.example", "acs-emulator.evil.example"] {
            for scheme in ["http", "https"] {
                let base = format!("{scheme}://127.0.0.1:{PORT}");
                // The request of a page to its own origin by GET has no Origin header.
                for origin in [None, Some(format!("http://{host}"))] {
                    let reply = knock(network.here("curl"), door, &base, Some(host), origin.as_deref());
                    assert_eq!(reply.status, 403, "{base}, {door:?}, {host}, {origin:?}: {}", reply.body);
                }
            }
        }
    }
}

#[test]
#[ignore = "makes network namespaces, which needs root: run scripts/test.sh"]
fn another_machine_uses_the_service_by_the_fetched_certificate_under_a_given_name_and_through_a_mapped_port() {
    let test =
        "another_machine_uses_the_service_by_the_fetched_certificate_under_a_given_name_and_through_a_mapped_port";
    let Some(network) = Network::new(test, "0.0.0.0") else { return };
    let certificate = network.fetch_certificate();
    // The program always uses TLS.
    for base in Network::urls().iter().filter(|base| base.starts_with("https:")) {
        let mut az = network.elsewhere(AZ);
        az.args(["communication", "user-identity", "user", "create", "--query", "rawId", "-o", "tsv"]);
        az.args(["--connection-string", &format!("endpoint={base}/;accesskey={}", network.key)]);
        let output = az.env("REQUESTS_CA_BUNDLE", &certificate).output().unwrap();
        let stdout = String::from_utf8_lossy(&output.stdout);
        assert!(stdout.starts_with("8:acs:"), "{base}: {}", String::from_utf8_lossy(&output.stderr));
    }
}

#[test]
#[ignore = "makes network namespaces, which needs root: run scripts/test.sh"]
fn everything_that_names_the_emulator_to_another_machine_names_what_that_machine_used() {
    let test = "everything_that_names_the_emulator_to_another_machine_names_what_that_machine_used";
    let Some(network) = Network::new(test, "0.0.0.0") else { return };
    let certificate = network.fetch_certificate();
    let get = |url: &str| fetch(network.elsewhere("curl").args(["--cacert", &certificate, url])).json();
    for base in Network::urls() {
        let metadata = get(&format!("{base}/.well-known/openid-configuration"));
        assert_eq!(metadata["issuer"], base);
        assert_eq!(get(metadata["jwks_uri"].as_str().unwrap())["keys"].as_array().unwrap().len(), 3);
        assert!(metadata["introspection_endpoint"].as_str().unwrap().starts_with(&format!("{base}/")));
        let entra = get(&format!("{base}/common/v2.0/.well-known/openid-configuration"));
        assert_eq!(entra["issuer"], format!("{base}/common/v2.0"));
        for member in ["jwks_uri", "token_endpoint", "device_authorization_endpoint", "authorization_endpoint"] {
            assert!(entra[member].as_str().unwrap().starts_with(&format!("{base}/common/")), "{member}: {entra}");
        }
        assert_eq!(get(entra["jwks_uri"].as_str().unwrap())["keys"].as_array().unwrap().len(), 1);
        let mut curl = network.elsewhere("curl");
        curl.args(["--cacert", &certificate, "-H", &format!("x-emulator-control: {SECRET}"), "-X", "POST"]);
        let keys = fetch(curl.arg(format!("{base}/emulator/list-keys"))).json();
        assert_eq!(keys["primaryConnectionString"], format!("endpoint={base}/;accesskey={}", network.key));
        assert!(keys["secondaryConnectionString"].as_str().unwrap().starts_with(&format!("endpoint={base}/;")));
    }
}

#[test]
#[ignore = "makes network namespaces, which needs root: run scripts/test.sh"]
fn another_machine_with_the_secret_of_the_managed_identity_gets_a_token_that_the_service_takes() {
    let test = "another_machine_with_the_secret_of_the_managed_identity_gets_a_token_that_the_service_takes";
    let Some(network) = Network::new(test, "0.0.0.0") else { return };
    let certificate = network.fetch_certificate();
    // The header derives from the key.
    let mut run = az(&network.home);
    run.args(["communication", "emulator", "run", "--access-key", &network.key, "--", "printenv", "IDENTITY_HEADER"]);
    let secret = String::from_utf8(run.output().unwrap().stdout).unwrap();
    assert!(secret.len() > 8, "{secret:?}");
    for base in Network::urls() {
        let ask = |secret: &str| {
            let mut curl = network.elsewhere("curl");
            curl.args(["--cacert", &certificate, "-H", &format!("X-IDENTITY-HEADER: {secret}")]);
            curl.args(["-H", "Origin: http://localhost:3000"]);
            let reply = fetch(curl.arg(format!("{base}/msi/token?resource=https://communication.azure.com/")));
            assert!(!reply.head.contains("access-control-"), "{}", reply.head);
            reply
        };
        assert_eq!(ask("another").status, 401);
        let token = ask(secret.trim()).json()["access_token"].as_str().unwrap().to_owned();
        let mut curl = network.elsewhere("curl");
        curl.args(["--cacert", &certificate, "-X", "POST", "-H", &format!("Authorization: Bearer {token}")]);
        let reply = fetch(curl.arg(format!("{base}/identities?api-version=2023-10-01")));
        assert_eq!(reply.status, 201, "{base}: {}", reply.body);
    }
}

/// Creates a user and a token with an official SDK on another machine, through the mapped port.
fn makes_a_user(mut sdk: Command, network: &Network) {
    let [_, mapped, ..] = Network::urls();
    let certificate = network.fetch_certificate();
    sdk.env("AZURE_COMMUNICATION_CONNECTION_STRING", format!("endpoint={mapped}/;accesskey={}", network.key));
    let output = sdk.env("REQUESTS_CA_BUNDLE", &certificate).env("NODE_EXTRA_CA_CERTS", &certificate).output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && output.stdout.starts_with(b"8:acs:"), "{stderr}");
}

fn peer(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/peers/mapped").join(name)
}

#[test]
#[ignore = "makes network namespaces, which needs root, and needs Python packages: run scripts/test.sh"]
fn the_python_sdk_makes_a_user_through_a_mapped_port() {
    let Some(network) = Network::new("the_python_sdk_makes_a_user_through_a_mapped_port", "0.0.0.0") else { return };
    let python = std::env::var("AZ_TEST_PYTHON").expect("AZ_TEST_PYTHON: run scripts/test.sh");
    let mut sdk = network.elsewhere(python);
    sdk.arg(peer("identity.py"));
    makes_a_user(sdk, &network);
}

#[test]
#[ignore = "makes network namespaces, which needs root, and needs npm packages: run scripts/test.sh"]
fn the_javascript_sdk_makes_a_user_through_a_mapped_port() {
    let test = "the_javascript_sdk_makes_a_user_through_a_mapped_port";
    let Some(network) = Network::new(test, "0.0.0.0") else { return };
    let packages = std::env::var("AZ_TEST_NODE_PACKAGES").expect("AZ_TEST_NODE_PACKAGES: run scripts/test.sh");
    let mut sdk = network.elsewhere("node");
    sdk.arg(peer("identity.mjs")).env("AZ_TEST_NODE_PACKAGES", packages);
    makes_a_user(sdk, &network);
}
