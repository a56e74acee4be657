//! Tests of the environment of the command of a run.

use super::*;

/// Returns a certificate in PEM with this content. Bundles do not decode it.
pub(super) fn certificate(content: &str) -> String {
    format!("-----BEGIN CERTIFICATE-----\n{content}\n-----END CERTIFICATE-----\n")
}

/// Runs a command in a run. Returns the contents of the files that its variables name, and the authority of the
/// emulator.
fn bundles_of_child(command: &mut Command) -> ([String; 4], String) {
    let script = "for name in REQUESTS_CA_BUNDLE CURL_CA_BUNDLE SSL_CERT_FILE NODE_EXTRA_CA_CERTS; do \
                  eval cat \\$$name; echo %; done; echo \"$SSL_CERT_DIR\"";
    let output = command.args(run_words(script)).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let stdout = String::from_utf8(output.stdout).unwrap();
    let parts: Vec<String> = stdout.split("%\n").map(str::to_owned).collect();
    // The emulator's authority is the last one.
    let authority = parts[3][parts[3].rfind("-----BEGIN").unwrap()..].to_owned();
    (std::array::from_fn(|index| parts[index].clone()), authority)
}

#[test]
fn each_variable_with_certificates_is_extended_from_its_own_content() {
    let home = Folder::new();
    let file = |name: &str, content: &str| home.write(name, certificate(content));
    let (requests, curl) = (file("requests.pem", "UVE="), file("curl.pem", "Q1U="));
    let (openssl, node) = (file("openssl.pem", "T1M="), file("node.pem", "Tk8="));
    let (bundles, authority) = bundles_of_child(
        az(&home)
            .env("REQUESTS_CA_BUNDLE", &requests)
            .env("CURL_CA_BUNDLE", &curl)
            .env("SSL_CERT_FILE", &openssl)
            .env("NODE_EXTRA_CA_CERTS", &node),
    );
    let expected = ["UVE=", "Q1U=", "T1M=", "Tk8="].map(|own| certificate(own) + &authority);
    assert_eq!(bundles, expected);
    // Without variables, the files have the roots of this machine. The file for Node.js, which has its own roots, has
    // only the authority.
    let (bundles, authority) = bundles_of_child(&mut az(&home));
    assert_eq!(bundles[3], authority);
    assert!(bundles[..3].iter().all(|bundle| *bundle == bundles[0] && bundle.ends_with(&authority)));
    let system = std::fs::read_to_string("/etc/ssl/certs/ca-certificates.crt").unwrap_or_default();
    assert!(bundles[0].matches("BEGIN CERTIFICATE").count() > system.matches("BEGIN CERTIFICATE").count());
    // Other programs read this variable if their own one is not set.
    let (bundles, authority) = bundles_of_child(az(&home).env("CURL_CA_BUNDLE", &curl));
    assert_eq!([&bundles[0], &bundles[1]], [&(certificate("Q1U=") + &authority); 2]);
    assert!(!bundles[2].contains("Q1U="));
    let (bundles, authority) = bundles_of_child(az(&home).env("SSL_CERT_FILE", &openssl));
    assert!(!bundles[0].contains("T1M=") && bundles[0].ends_with(&authority), "requests does not read it");
    assert_eq!([&bundles[1], &bundles[2]], [&(certificate("T1M=") + &authority); 2]);
}

#[test]
fn folders_of_certificates_count_as_well_as_files() {
    let home = Folder::new();
    home.write("certs/0a.0", certificate("QUE="));
    home.write("certs/1b.0", format!("# a comment\n{}", certificate("QkI=")));
    home.write("certs/copy.pem", certificate("QUE="));
    home.write("certs/README", "nothing");
    std::fs::create_dir(home.path().join("certs/below")).unwrap();
    let folder = home.path().join("certs");
    let (bundles, authority) = bundles_of_child(az(&home).env("REQUESTS_CA_BUNDLE", &folder));
    let mut blocks: Vec<&str> = bundles[0].split_inclusive("-----END CERTIFICATE-----\n").collect();
    assert_eq!(blocks.pop(), Some(authority.as_str()));
    blocks.sort_unstable();
    assert_eq!(blocks, [certificate("QUE="), certificate("QkI=")]);
    // OpenSSL reads the folder itself. curl reads it only if no file is named.
    let (bundles, authority) = bundles_of_child(az(&home).env("SSL_CERT_DIR", &folder));
    assert!(bundles[1].contains("QkI=") && bundles[1].ends_with(&authority) && !bundles[2].contains("QkI="));
}

/// Java's own tools read the trust store and send a request with it. It takes a second or two.
#[test]
#[ignore = "needs a JDK"]
fn java_trusts_the_emulator_and_keeps_its_options() {
    if Command::new("javac").arg("-version").output().is_err() {
        eprintln!("skipped: there is no JDK here");
        return;
    }
    let home = Folder::new();
    let source = home.write(
        "Get.java",
        "public class Get { public static void main(String[] a) throws Exception { \
         var c = (java.net.HttpURLConnection) new java.net.URL(System.getenv(\"AZURE_COMMUNICATION_ENDPOINT\") + \"/health\")\
         .openConnection(); System.out.println(c.getResponseCode() + \" \" + System.getProperty(\"mine\")); } }",
    );
    for folder in ["tmp", "with space"] {
        std::fs::create_dir(home.path().join(folder)).unwrap();
        let output = az(&home)
            .args(["communication", "emulator", "run", "--port", "0", "--", "java"])
            .arg(&source)
            .env("JAVA_TOOL_OPTIONS", "-Dmine=yes")
            .env("TMPDIR", home.path().join(folder))
            .output()
            .unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(String::from_utf8_lossy(&output.stdout), "200 yes\n", "{stderr}");
    }
    let script = "store=$(echo \"$JAVA_TOOL_OPTIONS\" | sed 's/.*trustStore=//; s/ .*//'); unset JAVA_TOOL_OPTIONS; \
                  keytool -list -keystore \"$store\" -storepass changeit | grep -c trustedCertEntry; \
                  grep -c 'BEGIN CERTIFICATE' $SSL_CERT_FILE";
    let output = az(&home).args(run_words(script)).output().unwrap();
    let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
    let counts: Vec<&str> = stdout.lines().collect();
    assert!(counts.len() == 2 && counts[0] == counts[1], "{stdout}{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn a_trust_store_that_java_has_already_stays_the_one() {
    let home = Folder::new();
    let options = |set: &str| {
        let output = az(&home).args(run_words("echo \"$JAVA_TOOL_OPTIONS\"")).env("JAVA_TOOL_OPTIONS", set).output();
        String::from_utf8(output.unwrap().stdout).unwrap()
    };
    assert_eq!(options("-Djavax.net.ssl.trustStore=/corp.jks"), "-Djavax.net.ssl.trustStore=/corp.jks\n");
    assert!(options("-Xmx1g").starts_with("-Xmx1g -Djavax.net.ssl.trustStore=/"));
}

#[test]
fn a_bundle_that_cannot_be_read_is_said_and_left_out() {
    let home = Folder::new();
    let output = az(&home)
        .args(run_words("grep -c BEGIN $NODE_EXTRA_CA_CERTS"))
        .env("NODE_EXTRA_CA_CERTS", "/nowhere/corp.pem")
        .env("REQUESTS_CA_BUNDLE", "/dev/null")
        .output()
        .unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout), "1\n");
    insta::assert_snapshot!(String::from_utf8_lossy(&output.stderr), @r"
    WARNING: REQUESTS_CA_BUNDLE names /dev/null, which cannot be read: it is not a file. It is ignored.
    WARNING: NODE_EXTRA_CA_CERTS names /nowhere/corp.pem, which cannot be read: No such file or directory. It is ignored.
    ");
}

#[test]
fn what_was_in_force_about_proxies_and_programs_stays_so() {
    let home = Folder::new();
    let child = |change: &dyn Fn(&mut Command)| {
        let mut command = az(&home);
        command.args(["communication", "emulator", "run", "--", "/usr/bin/env"]);
        change(&mut command);
        let output = command.output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        let find = |name: &str| {
            let value = text.lines().find_map(|line| line.strip_prefix(&format!("{name}=")));
            value.unwrap_or("(unset)").to_owned()
        };
        (find("NO_PROXY"), find("no_proxy"), find("PATH"))
    };
    let run = format!("{}/az-communication-emulator-", home.path().display());
    let (upper, lower, path) = child(&|command| {
        command.env("NO_PROXY", "corp.example,10.0.0.0/8").env_remove("PATH");
    });
    assert_eq!((upper.as_str(), &upper), ("corp.example,10.0.0.0/8,localhost,127.0.0.1,::1", &lower));
    assert!(path.starts_with(&run) && path.ends_with(":/bin:/usr/bin"), "{path}");
    let (upper, lower, path) = child(&|command| {
        command.env("no_proxy", "*");
    });
    assert_eq!((upper.as_str(), lower.as_str()), ("*", "*"));
    assert!(path.starts_with(&run) && path.ends_with(":/usr/bin:/bin"), "{path}");
}
