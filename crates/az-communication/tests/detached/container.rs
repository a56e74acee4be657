//! Tests of the emulator as process 1 of a container with a read-only root folder that contains only the program, and
//! with a volume. Root makes namespaces for it.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;

use super::*;
use support::root::put;

/// A user without an entry in the user database.
const USER: &str = "61234";

const SECRET: &str = "a-secret-of-the-control-endpoints";

/// The configuration of a container.
struct Image {
    home: Folder,
    /// The mode of the volume at `/data`, which root owns.
    volume: &'static str,
    /// Whether `/tmp` can be written.
    has_tmp: bool,
}

impl Image {
    /// Makes the root folder. Returns `None` and prints the name of the test if there are no namespaces.
    fn new(test: &str) -> Option<Self> {
        if let Some(reason) = support::root::lacking() {
            eprintln!("skipped: {test}: {reason}");
            return None;
        }
        let home = Folder::new();
        let probe = other_program("unshare", &home).args(["--pid", "--fork", "--mount", "true"]).output().unwrap();
        if !probe.status.success() {
            eprintln!("skipped: {test}: no namespaces here: {}", String::from_utf8_lossy(&probe.stderr));
            return None;
        }
        for folder in ["root/data", "root/tmp", "root/proc", "volume"] {
            std::fs::create_dir_all(home.path().join(folder)).unwrap();
        }
        put(Path::new(AZ), &home.path().join("root/az"));
        Some(Self { home, volume: "1777", has_tmp: false })
    }

    /// Returns the program as process 1, with these words, and only these variables in its environment.
    fn command(&self, words: &[&str], variables: &[(&str, &str)]) -> Command {
        let tmp = if self.has_tmp { "mount -t tmpfs -o mode=1777 tmpfs root/tmp" } else { "true" };
        let mode = self.volume;
        let script = format!(
            "set -e; chown 0:0 volume; chmod {mode} volume; mount --bind root root; mount --bind volume root/data; \
             mount -t proc proc root/proc; {tmp}; mount -o remount,bind,ro root; \
             exec chroot --userspec={USER}:{USER} --groups= root /az \"$@\""
        );
        let mut command = other_program("unshare", &self.home);
        command.env_clear().env("PATH", "/usr/sbin:/sbin:/usr/bin:/bin");
        command.args(["--pid", "--fork", "--mount", "--kill-child", "sh", "-c", &script, "sh"]).args(words);
        for (name, value) in variables {
            command.env(format!("AZURE_COMMUNICATION_EMULATOR_{name}"), value);
        }
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Starts an emulator with these variables, and waits until it is ready.
    fn start(&self, variables: &[(&str, &str)]) -> Container {
        let mut variables = variables.to_vec();
        variables.extend([("PORT", "0"), ("CONTROL_SECRET", SECRET)]);
        let mut child = self.command(&["communication", "emulator", "start"], &variables).spawn().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        let Ok(ready) = serde_json::from_str(&line) else {
            let mut said = String::new();
            child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
            panic!("the emulator did not start: {said}");
        };
        Container { process: child_of(&child), child, ready }
    }
}

struct Container {
    child: Child,
    /// The process id of process 1 outside of the container.
    process: u32,
    ready: Value,
}

impl Container {
    fn port(&self) -> u16 {
        self.ready["controlEndpoint"]
            .as_str()
            .unwrap()
            .trim_end_matches("/emulator/")
            .rsplit(':')
            .next()
            .unwrap()
            .parse()
            .unwrap()
    }

    /// Runs the program in the same container, as a health check does.
    fn exec(&self, words: &[&str], variables: &[(&str, &str)]) -> Output {
        let mut command = Command::new("nsenter");
        command.env_clear().args(["--target", &self.process.to_string(), "--pid", "--mount", "--root", "--wd=/"]);
        command.args(["--setuid", USER, "--setgid", USER, "/az"]).args(words);
        for (name, value) in variables {
            command.env(format!("AZURE_COMMUNICATION_EMULATOR_{name}"), value);
        }
        command.output().unwrap()
    }

    /// Asks the emulator to end. Returns how long that took, and the exit code.
    fn stop(&mut self) -> (Duration, Option<i32>) {
        let begun = Instant::now();
        kill("TERM", self.process);
        let code = self.child.wait().unwrap().code();
        (begun.elapsed(), code)
    }
}

impl Drop for Container {
    fn drop(&mut self) {
        if !matches!(self.child.try_wait(), Ok(None)) {
            return;
        }
        // Process 1 has become another user, so it does not end together with `unshare`.
        let _ = Command::new("kill").args(["-KILL", &self.process.to_string()]).stderr(Stdio::null()).status();
        let _ = self.child.wait();
    }
}

#[test]
fn it_serves_read_only_for_any_user_with_a_folder_that_it_makes_in_the_volume() {
    let Some(mut image) = Image::new("it_serves_read_only_for_any_user_with_a_folder_that_it_makes_in_the_volume")
    else {
        return;
    };
    // The owner of the volume does not matter, because the emulator makes its own folder in it.
    for mode in ["1777", "0777"] {
        image.volume = mode;
        let mut emulator = image.start(&[("DATA_DIR", "/data/emulator"), ("READY_FILE", "/data/ready.json")]);
        let user = Client::new(emulator.port()).create();
        let folder = image.home.path().join("volume/emulator");
        assert_eq!(std::fs::metadata(&folder).unwrap().permissions().mode() & 0o7777, 0o700, "{mode}");
        // TLS works although there is no folder for temporary files.
        let authority = image.home.path().join("ca.pem");
        std::fs::copy(folder.join("ca.pem"), &authority).unwrap();
        let url = format!("https://localhost:{}/health", emulator.port());
        let output = Command::new("curl")
            .args(["-sS", "--noproxy", "*", "--cacert"])
            .arg(&authority)
            .arg(&url)
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        assert_eq!(emulator.stop().1, Some(0));
        // The volume keeps its data after a restart.
        let emulator = image.start(&[("DATA_DIR", "/data/emulator")]);
        assert_eq!(Client::new(emulator.port()).issue(&user).status, 200);
        drop(emulator);
        std::fs::remove_dir_all(folder).unwrap();
        std::fs::remove_file(image.home.path().join("volume/ready.json")).unwrap_or_default();
    }
}

#[test]
fn its_health_check_needs_variables_only() {
    let Some(image) = Image::new("its_health_check_needs_variables_only") else { return };
    let variables = [("DATA_DIR", "/data/emulator"), ("READY_FILE", "/data/ready.json"), ("PORT", "0")];
    let emulator = image.start(&variables);
    let check = |variables: &[(&str, &str)]| {
        let output = emulator.exec(&STATUS, variables);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(said, "");
        (output.status.code(), serde_json::from_slice::<Value>(&output.stdout).unwrap())
    };
    let (code, answer) = check(&variables);
    assert_eq!((code, &answer["pid"]), (Some(0), &Value::from(1)), "{answer}");
    let port = emulator.port().to_string();
    assert_eq!(check(&[("HOST", "0.0.0.0"), ("PORT", &port)]).0, Some(0));
    assert_eq!(check(&[("PORT", "9")]).0, Some(1));
}

#[test]
fn in_memory_without_a_folder_for_temporary_files_it_serves_with_tls() {
    let Some(image) = Image::new("in_memory_without_a_folder_for_temporary_files_it_serves_with_tls") else { return };
    let emulator = image.start(&[("IN_MEMORY", "yes")]);
    let port = emulator.port();
    let fetch = |words: &[&str]| {
        let output = Command::new("curl").args(["-sS", "--noproxy", "*"]).args(words).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        output.stdout
    };
    let authority = image.home.write("ca.pem", fetch(&[&format!("http://localhost:{port}/emulator/ca.pem")]));
    let health = fetch(&["--cacert", authority.to_str().unwrap(), &format!("https://localhost:{port}/health/ready")]);
    assert!(health.starts_with(br#"{"status":"ok""#), "{}", String::from_utf8_lossy(&health));
}

#[test]
fn it_ends_within_two_seconds_with_idle_connections_and_half_requests() {
    let Some(image) = Image::new("it_ends_within_two_seconds_with_idle_connections_and_half_requests") else { return };
    let mut emulator = image.start(&[("DATA_DIR", "/data/emulator")]);
    let port = emulator.port();
    let mut idle = Client::new(port);
    idle.create();
    let parts = [
        "",
        "GET /hea",
        "POST /identities HTTP/1.1\r\nhost: localhost\r\ncontent-length: 100\r\n\r\n{",
        "\x16\x03\x01",
    ];
    let open = parts.map(|part| {
        let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
        stream.write_all(part.as_bytes()).unwrap();
        stream
    });
    std::thread::sleep(Duration::from_millis(100));
    let (took, code) = emulator.stop();
    assert_eq!(code, Some(0));
    assert!(took < Duration::from_secs(2), "{took:?}");
    drop((idle, open));
}

#[test]
fn it_ends_on_sigterm_while_it_starts() {
    let Some(image) = Image::new("it_ends_on_sigterm_while_it_starts") else { return };
    // This issuer never answers.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let mut child = image
        .command(&["communication", "emulator", "start"], &[("ENTRA_ISSUER", &url), ("IN_MEMORY", "1")])
        .spawn()
        .unwrap();
    let _asked = listener.accept().unwrap();
    let begun = Instant::now();
    kill("TERM", child_of(&child));
    assert_eq!(child.wait().unwrap().code(), Some(128 + 15));
    assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
}

#[test]
fn as_process_1_it_waits_for_orphans() {
    let Some(image) = Image::new("as_process_1_it_waits_for_orphans") else { return };
    let emulator = image.start(&[("IN_MEMORY", "yes")]);
    // This starts a program in the same container whose own parent ends first.
    let mut command = Command::new("nsenter");
    command.args(["--target", &emulator.process.to_string(), "--pid", "sh", "-c", "sh -c 'sleep 0.1 & exit 0'"]);
    assert!(command.status().unwrap().success());
    let children = format!("/proc/{0}/task/{0}/children", emulator.process);
    until("it waits for its children", || std::fs::read_to_string(&children).unwrap().is_empty().then_some(()));
    std::thread::sleep(Duration::from_millis(200));
    until("it waits for its children", || std::fs::read_to_string(&children).unwrap().is_empty().then_some(()));
}

#[test]
fn a_run_as_process_1_needs_a_folder_for_temporary_files_only() {
    let Some(mut image) = Image::new("a_run_as_process_1_needs_a_folder_for_temporary_files_only") else { return };
    image.has_tmp = true;
    let issue =
        ["/az", "communication", "user-identity", "token", "issue", "--scope", "chat", "--query", "token", "-o", "tsv"];
    let words: Vec<&str> = ["communication", "emulator", "run", "--"].into_iter().chain(issue).collect();
    let output = image.command(&words, &[]).output().unwrap();
    assert!(output.stdout.starts_with(b"eyJ"), "{}", String::from_utf8_lossy(&output.stderr));
}
