//! Tests of requests that are refused while they are still being sent.

use super::*;

/// More bytes than the buffers of both sides can hold.
const BODY: usize = 20 * 1024 * 1024;

#[test]
fn a_client_that_sends_too_much_over_tls_gets_the_refusal_and_an_orderly_end() {
    let home = Folder::new();
    let emulator = Emulator::in_memory(&home);
    let body = home.write("body", vec![b'x'; BODY]);
    for _ in 0..3 {
        let output = Command::new("curl")
            .args(["-sS", "--http1.1", "-H", "Expect:", "--data-binary", &format!("@{}", body.display())])
            .args(["--cacert", &emulator.ca_certificate(), "-w", "\n%{http_code}"])
            .arg(format!("https://localhost:{}/identities?api-version=2023-10-01", emulator.port()))
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(text.ends_with("\n413"), "{text}{}", String::from_utf8_lossy(&output.stderr));
    }
}

#[test]
#[ignore = "needs Python packages: run scripts/test.sh"]
fn pythons_requests_see_the_refusal() {
    let python = std::env::var("AZ_TEST_PYTHON").expect("AZ_TEST_PYTHON: run scripts/test.sh");
    let home = Folder::new();
    let script = "import os, requests; \
                  url = os.environ['AZURE_COMMUNICATION_ENDPOINT'] + '/identities?api-version=2023-10-01'; \
                  print([requests.post(url, data=b'x' * 20_000_000).status_code for _ in range(5)])";
    let output = az(&home).args(["communication", "emulator", "run", "--", &python, "-c", script]).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(text, "[413, 413, 413, 413, 413]\n", "{}", String::from_utf8_lossy(&output.stderr));
}
