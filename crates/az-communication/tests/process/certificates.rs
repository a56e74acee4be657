//! Tests of the certificates of `emulator start`: names, the authority, and the user's own certificate.

use super::*;
use support::tls::{self, Identity};

/// Returns the data folder of an emulator of that home folder.
fn data(home: &Folder) -> PathBuf {
    home.path().join(".azure/communication-emulator")
}

fn authority(home: &Folder) -> String {
    std::fs::read_to_string(data(home).join("ca.pem")).unwrap()
}

/// Checks whether a client that trusts only that certificate accepts the server under that name.
fn is_trusted(certificate: &Path, name: &str, port: u16) -> bool {
    let url = format!("https://{name}:{port}/health");
    let mut command = Command::new("curl");
    command.args(["-sS", "--noproxy", "*", "--resolve", &format!("{name}:{port}:127.0.0.1"), "--cacert"]);
    let output = command.arg(certificate).arg(url).output().unwrap();
    // The code 60 means that the certificate is not trusted.
    assert!(matches!(output.status.code(), Some(0 | 60)), "{}", String::from_utf8_lossy(&output.stderr));
    output.status.success()
}

#[test]
fn all_users_may_read_certificates_for_clients_and_no_other_files() {
    let home = Folder::new();
    let start = ["umask 077; exec \"$0\" communication emulator start --port 0 \"$@\"", AZ];
    let in_shell = |options: &[&str]| {
        let mut command = other_program("sh", &home);
        command.arg("-c").args(start).args(options);
        Emulator::from_command(&mut command)
    };
    let modes = |folder: &Path| -> String {
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        let mut lines: Vec<String> =
            entries.map(|path| format!("{} {:o}\n", path.file_name().unwrap().display(), mode(&path))).collect();
        lines.sort();
        format!("folder {:o}\n{}", mode(folder), lines.concat())
    };
    drop(in_shell(&[]));
    // The previous version left the file with this mode.
    std::fs::set_permissions(data(&home).join("ca.pem"), std::fs::Permissions::from_mode(0o600)).unwrap();
    let emulator = in_shell(&[]);
    insta::assert_snapshot!(modes(&data(&home)), @"
    folder 700
    bundle.pem 644
    ca.pem 644
    control-secret 600
    identities.db 600
    identities.db-shm 600
    identities.db-wal 600
    lock 600
    ");
    drop(emulator);
    let emulator = in_shell(&["--in-memory"]);
    insta::assert_snapshot!(modes(Path::new(&emulator.ca_certificate()).parent().unwrap()), @r"
    folder 700
    bundle.pem 644
    ca.pem 644
    lock 600
    ");
}

#[test]
fn a_certificate_of_ones_own_for_localhost_is_served_with_a_warning() {
    let home = Folder::new();
    let said = |names: &[&str]| {
        let identity = Identity::own(tls::server(names));
        let file = |name: &str, text: &str| home.write(name, text).to_str().unwrap().to_owned();
        let (certificate, key) = (file("own.pem", &identity.pem), file("own-key.pem", &identity.key.serialize_pem()));
        let options = ["--in-memory", "--certificate", &certificate, "--certificate-key", &key];
        let mut emulator = Emulator::start(&home, &options);
        kill("TERM", emulator.child.id());
        wait(&mut emulator.child);
        let mut text = String::new();
        emulator.child.stderr.take().unwrap().read_to_string(&mut text).unwrap();
        text.lines().map(|line| format!("{}\n", line.split_once(' ').unwrap().1)).collect::<String>()
    };
    insta::assert_snapshot!([said(&["localhost"]), said(&["acs.example", "10.0.0.5"]), said(&[])].concat(), @r"
    WARN  the certificate of --certificate names localhost: clients that use this name must trust its issuer; ca.pem is not enough
    WARN  the certificate of --certificate names 10.0.0.5: clients that connect to addresses must trust its issuer; ca.pem is not enough
    WARN  the certificate of --certificate names no host (subjectAltName), so clients do not accept it
    ");
    assert_eq!(said(&["acs.example"]), "");
}

#[test]
fn names_come_into_the_certificate_by_the_option_and_the_variable() {
    let home = Folder::new();
    let names = ["localhost", "host.docker.internal", "host.containers.internal", "acs-emulator", "a.test", "b.test"];
    let trusted = |emulator: &Emulator| -> Vec<&str> {
        let certificate = PathBuf::from(emulator.ca_certificate());
        names.into_iter().filter(|name| is_trusted(&certificate, name, emulator.port())).collect()
    };
    let first = Emulator::start(&home, &["--hostname", "acs-emulator", "A.test"]);
    assert_eq!(trusted(&first), names[..5]);
    drop(first);
    let authority_of_first = authority(&home);
    let mut command = az(&home);
    command.args(START).env("AZURE_COMMUNICATION_EMULATOR_HOSTNAME", "a.test, b.test");
    let second = Emulator::from_command(&mut command);
    assert_eq!(trusted(&second), ["localhost", "host.docker.internal", "host.containers.internal", "a.test", "b.test"]);
    assert_eq!(authority(&home), authority_of_first, "the authority stays");
}

#[test]
fn a_name_that_the_authority_may_not_sign_for_is_refused_with_the_command_that_helps() {
    let home = Folder::new();
    drop(Emulator::start(&home, &[]));
    let before = authority(&home);
    let said = refusal(az(&home).args(START).args(["--hostname", "acs.example.com", "app.test"]));
    let said = said.replace(home.path().to_str().unwrap(), "HOME");
    insta::assert_snapshot!(said, @"
    ERROR: The emulator cannot start: its certificate authority may not sign for acs.example.com. It may sign only for local names, private addresses, and the names that were given at its first start.
    Hint: Give other names at the first start of a data folder. To use a new folder: --data-dir.
    Hint: Replace the authority, and then its certificate in every trust store: az communication emulator new-authority --data-dir HOME/.azure/communication-emulator --hostname acs.example.com app.test
    ");
    assert_eq!(authority(&home), before);
    let hint =
        said.split("every trust store: az ").nth(1).unwrap().trim_end().replace("HOME", home.path().to_str().unwrap());
    let unasked = az(&home).args(hint.split(' ')).stdin(Stdio::null()).output().unwrap();
    assert_eq!(unasked.status.code(), Some(1), "it asks");
    assert_eq!(authority(&home), before);
    let made = az(&home).args(hint.split(' ')).arg("--yes").output().unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    assert_ne!(authority(&home), before);
    let emulator = Emulator::start(&home, &["--hostname", "acs.example.com"]);
    assert!(is_trusted(&data(&home).join("ca.pem"), "acs.example.com", emulator.port()));
    let busy = az(&home).args(hint.split(' ')).arg("--yes").output().unwrap();
    assert!(String::from_utf8_lossy(&busy.stderr).contains("is in use by another emulator"));
}

#[test]
fn a_host_that_no_certificate_can_name_is_refused() {
    let home = Folder::new();
    let mut said = refusal_with(2, az(&home).args(START).args(["--in-memory", "--hostname", "localhost:10100"]));
    let variable = "AZURE_COMMUNICATION_EMULATOR_HOSTNAME";
    said += &refusal_with(2, az(&home).args(START).env(variable, "acs.test,0.0.0.0"));
    insta::assert_snapshot!(said, @"
    ERROR: The host name 'localhost:10100' of --hostname must be only a name or an address, without a scheme, a port or brackets.
    Hint: --hostname takes names and addresses: acs-emulator, acs.test, 10.0.0.5.
    ERROR: The host name '0.0.0.0' of AZURE_COMMUNICATION_EMULATOR_HOSTNAME means all addresses of a machine, and clients cannot connect to it.
    Hint: --hostname takes names and addresses: acs-emulator, acs.test, 10.0.0.5.
    ");
    assert!(!home.path().join(".azure").exists(), "nothing was made");
}

#[test]
fn who_asks_an_emulator_for_a_name_that_is_not_in_its_certificate_is_told_the_option() {
    let home = Folder::new();
    let emulator = Emulator::start(&home, &["--host", "0.0.0.0"]);
    let at = |host: &str| emulator.connection_string().replace("localhost", host);
    let port = emulator.port().to_string();
    let said = |output: std::process::Output| {
        String::from_utf8(output.stderr).unwrap().replace(&port, "PORT").replace(home.path().to_str().unwrap(), "HOME")
    };
    insta::assert_snapshot!(said(create_user(&home, &at("127.0.0.2"))), @"
    ERROR: The certificate of 127.0.0.2 cannot be trusted: it is valid only for other names: localhost, 127.0.0.1, ::1, host.docker.internal, host.containers.internal.
    Hint: Give one of these names as the host of the endpoint: --connection-string, or --endpoint.
    Hint: Or start the emulator with --hostname 127.0.0.2, so that its certificate contains the name.
    ");
    // On another machine, its authority is not trusted unless a variable names it.
    let Some(address) = own_address() else { return };
    insta::assert_snapshot!(said(create_user(&home, &at(&address))).replace(&address, "ADDRESS"), @"
    ERROR: The certificate of ADDRESS cannot be trusted: it was issued by an unknown authority, 'ACS Identity emulator CA'.
    Hint: To trust the authority, set REQUESTS_CA_BUNDLE to a file with its certificate (PEM).
    Hint: It is the certificate of an emulator, for localhost, 127.0.0.1, ::1, host.docker.internal, host.containers.internal. To add ADDRESS to it, start the emulator with --hostname ADDRESS.
    ");
    drop(emulator);
    let emulator = Emulator::start(&home, &["--host", "0.0.0.0", "--hostname", "127.0.0.2"]);
    assert!(create_user(&home, &emulator.connection_string().replace("localhost", "127.0.0.2")).status.success());
}

/// Returns an address of this machine that is not a loopback address.
fn own_address() -> Option<String> {
    let socket = std::net::UdpSocket::bind("0.0.0.0:0").ok()?;
    socket.connect("192.0.2.1:9").ok()?;
    Some(socket.local_addr().ok()?.ip().to_string())
}

#[test]
fn ones_own_certificate_serves_its_names_and_is_read_again() {
    let home = Folder::new();
    let root = Identity::own(tls::authority("a company"));
    let write = |identity: &Identity| {
        let replace = |name: &str, text: &str| {
            let (new, path) = (home.path().join("new"), home.path().join(name));
            std::fs::write(&new, text).unwrap();
            std::fs::rename(&new, &path).unwrap();
            path.into_os_string().into_string().unwrap()
        };
        (replace("own.pem", &identity.pem), replace("own-key.pem", &identity.key.serialize_pem()))
    };
    let (certificate, key) = write(&Identity::by(&root, tls::server(&["acs.example.com"])));
    let emulator = Emulator::start(
        &home,
        &["--hostname", "acs.example.com", "--certificate", &certificate, "--certificate-key", &key],
    );
    let (company, own) = (home.path().join("root.pem"), data(&home).join("ca.pem"));
    std::fs::write(&company, &root.pem).unwrap();
    assert!(is_trusted(&company, "acs.example.com", emulator.port()));
    assert!(is_trusted(&own, "localhost", emulator.port()), "the emulator's own authority is of use still");
    write(&Identity::by(&root, tls::server(&["acs.example.com", "b.example.com"])));
    let end = Instant::now() + LIMIT;
    while !is_trusted(&company, "b.example.com", emulator.port()) {
        assert!(Instant::now() < end, "the new certificate is not served");
        std::thread::sleep(Duration::from_millis(200));
    }
}

#[test]
fn a_name_of_ones_own_certificate_is_named_to_its_clients_but_gets_nothing_without_a_credential() {
    let home = Folder::new();
    let root = Identity::own(tls::authority("a company"));
    let identity = Identity::by(&root, tls::server(&["*.example.com"]));
    let file = |name: &str, text: &str| home.write(name, text).to_str().unwrap().to_owned();
    let (certificate, key) = (file("own.pem", &identity.pem), file("own-key.pem", &identity.key.serialize_pem()));
    let company = file("root.pem", &root.pem);
    let emulator = Emulator::start(&home, &["--in-memory", "--certificate", &certificate, "--certificate-key", &key]);
    let get = |path: &str| {
        let port = emulator.port();
        let mut curl = Command::new("curl");
        curl.args(["-sS", "--noproxy", "*", "--cacert", &company, "-H", "Metadata: true"]);
        curl.args(["--resolve", &format!("acs.example.com:{port}:127.0.0.1")]);
        let output = curl.arg(format!("https://acs.example.com:{port}{path}")).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap().replace(&port.to_string(), "PORT");
        serde_json::from_str::<Value>(&text).unwrap()
    };
    insta::assert_snapshot!(get("/.well-known/openid-configuration")["issuer"], @r#""https://acs.example.com:PORT""#);
    let refused = get("/metadata/identity/oauth2/token?resource=https://communication.azure.com/");
    insta::assert_snapshot!(refused["error"], @r#""access_denied""#);
}

#[test]
fn a_certificate_and_its_key_are_given_together() {
    let home = Folder::new();
    let refused = |options: [&str; 2]| refusal_with(2, az(&home).args(START).arg("--in-memory").args(options));
    let said = [refused(["--certificate", "a.pem"]), refused(["--certificate-key", "a.pem"])];
    insta::assert_snapshot!(said.concat(), @"
    ERROR: --certificate is given without --certificate-key.
    Hint: A certificate needs its key: --certificate-key FILE, or AZURE_COMMUNICATION_EMULATOR_CERTIFICATE_KEY.
    ERROR: --certificate-key is given without --certificate.
    Hint: A certificate needs its key: --certificate FILE, or AZURE_COMMUNICATION_EMULATOR_CERTIFICATE.
    ");
}

#[test]
fn ones_own_certificate_that_cannot_be_used_is_refused_by_the_name_of_its_file() {
    let home = Folder::new();
    let refused =
        |options: &[&str]| refusal(az(&home).args(START).arg("--in-memory").args(options).current_dir(home.path()));
    let (one, other) = (Identity::own(tls::server(&["a.test"])), Identity::own(tls::server(&["a.test"])));
    std::fs::write(home.path().join("a.pem"), &one.pem).unwrap();
    std::fs::write(home.path().join("b-key.pem"), other.key.serialize_pem()).unwrap();
    let said = [
        refused(&["--certificate", "a.pem", "--certificate-key", "none.pem"]),
        refused(&["--certificate", "a.pem", "--certificate-key", "b-key.pem"]),
        refused(&["--certificate", "b-key.pem", "--certificate-key", "b-key.pem"]),
    ];
    insta::assert_snapshot!(said.concat(), @"
    ERROR: The emulator cannot start: none.pem cannot be used: No such file or directory.
    Hint: --certificate-key names a PEM file with the key of --certificate, without a password.
    ERROR: The emulator cannot start: b-key.pem does not hold the key of the certificate in a.pem.
    Hint: --certificate-key names a PEM file with the key of --certificate, without a password.
    ERROR: The emulator cannot start: b-key.pem does not hold a certificate in PEM.
    Hint: --certificate names a PEM file with a certificate, followed by the certificates of its issuers.
    ");
}
