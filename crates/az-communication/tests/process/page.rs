//! The emulator's page: the URL that a terminal shows, and `--open`.

use super::support::browser::{Browser, code_of, works_once};
use super::*;

/// The port of a ready line.
fn port_of(line: &str) -> u16 {
    let ready: Value = serde_json::from_str(line).unwrap();
    let dashboard = ready["dashboard"].as_str().unwrap();
    dashboard.strip_prefix("http://localhost:").unwrap().strip_suffix("/emulator/").unwrap().parse().unwrap()
}

/// Waits until a terminal shows a URL with a code, and returns the URL.
fn shown_url(screen: &Collector) -> String {
    let end = Instant::now() + LIMIT;
    loop {
        let text = screen.so_far();
        let line = text.split_inclusive('\n').find(|line| line.contains("#code=") && line.ends_with('\n'));
        if let Some(line) = line {
            return line.split_whitespace().last().unwrap().to_owned();
        }
        assert!(Instant::now() < end, "{text}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Returns the text without the lines of the log about refused requests.
fn without_requests(said: &str) -> String {
    said.split_inclusive('\n').filter(|line| !line.contains(" INFO ")).collect()
}

/// Returns the open files of a process, each as the target of its link.
fn open_files(process: impl std::fmt::Display) -> Vec<(String, String)> {
    let files = std::fs::read_dir(format!("/proc/{process}/fd")).unwrap().map(|entry| entry.unwrap());
    // A file may be closed meanwhile.
    let target = |file: std::fs::DirEntry| Some(std::fs::read_link(file.path()).ok()?.display().to_string());
    files.filter_map(|file| Some((file.file_name().into_string().unwrap(), target(file)?))).collect()
}

/// Ends an emulator cleanly.
fn end(child: &mut Child) {
    kill("TERM", child.id());
    assert_eq!(wait(child).code(), Some(0));
}

#[test]
fn a_terminal_shows_the_url_with_a_code_and_the_ready_line_has_the_url_without_it() {
    let home = Folder::new();
    let (terminal, stderr) = open();
    let mut command = az(&home);
    command.args(START).arg("--in-memory").stdin(Stdio::null()).stdout(Stdio::piped()).stderr(stderr);
    let mut child = command.spawn().unwrap();
    drop(command);
    let screen = Collector::new(terminal);
    let line = Lines::of(child.stdout.take().unwrap()).next().unwrap();
    let url = shown_url(&screen);
    let port = port_of(&line);
    let code = code_of(&url, port);
    assert!(!line.contains("code="), "{line}");
    works_once(&code, port);
    end(&mut child);
}

#[test]
fn start_opens_the_page_and_no_stream_or_file_has_the_code() {
    let home = Folder::new();
    home.write(".azure/config", "[logging]\nenable_log_file = true\n");
    let browser = Browser::new(&home);
    let mut command = az(&home);
    command.args(START).args(["--in-memory", "--open", "--debug", "--log-requests", "--ready-file", "ready.json"]);
    command.env("BROWSER", &browser.program);
    let (mut child, line) = ready::ready_line(&mut command);
    let port = port_of(&line);
    let code = code_of(&browser.url(), port);
    works_once(&code, port);
    let file = std::fs::read_to_string(home.path().join("ready.json")).unwrap();
    assert_eq!(port_of(&file), port);
    let said = ready::stop(&mut child);
    let log = std::fs::read_to_string(home.path().join(".azure/logs/az.log")).unwrap();
    assert!(said.contains("/emulator/page/session") && !said.contains("noise"), "{said}");
    for text in [line, file, said, log] {
        assert!(!text.contains(&code) && !text.contains("code="), "{text}");
    }
}

#[test]
fn run_opens_the_page_of_its_emulator() {
    let home = Folder::new();
    let browser = Browser::new(&home);
    let mut command = az(&home);
    command.args(["communication", "emulator", "run", "--open", "--", "sh", "-c"]);
    command.arg("echo ready; echo \"$AZURE_COMMUNICATION_ENDPOINT\"; read -r line").env("BROWSER", &browser.program);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let lines = Lines::of(child.stdout.take().unwrap());
    assert_eq!(lines.next().as_deref(), Some("ready"));
    let port = lines.next().unwrap().rsplit(':').next().unwrap().parse().unwrap();
    works_once(&code_of(&browser.url(), port), port);
    drop(child.stdin.take());
    wait(&mut child);
    let mut said = String::new();
    child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    assert_eq!((without_requests(&said).as_str(), lines.next()), ("", None));
}

#[test]
fn the_browser_goes_on_alone_without_a_socket_or_file_of_the_emulator() {
    let home = Folder::new();
    let browser = Browser::that(&home, "echo $$ > pid.part; mv pid.part browser.pid; exec sleep 60");
    let mut command = az(&home);
    command.args(START).args(["--data-dir", "data", "--open"]).env("BROWSER", &browser.program);
    let (mut child, _line) = ready::ready_line(&mut command);
    let file = home.path().join("browser.pid");
    let ends = Instant::now() + LIMIT;
    while !file.exists() {
        assert!(Instant::now() < ends, "the browser runs");
        std::thread::sleep(Duration::from_millis(5));
    }
    let pid: u32 = std::fs::read_to_string(file).unwrap().trim().parse().unwrap();
    while std::fs::read_to_string(format!("/proc/{pid}/comm")).unwrap() != "sleep\n" {
        assert!(Instant::now() < ends, "the browser runs on");
        std::thread::sleep(Duration::from_millis(5));
    }
    // The program that runs this test may leave files open for all programs.
    let of_test = open_files("self");
    let mut open = open_files(pid);
    open.retain(|(number, file)| {
        ["0", "1", "2"].contains(&number.as_str()) || !of_test.iter().any(|(_, own)| own == file)
    });
    open.sort();
    let open: Vec<String> = open.into_iter().map(|(number, file)| format!("{number} {file}")).collect();
    // Ctrl-C at the terminal reaches the group of the emulator only.
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    let group = stat.rsplit(") ").next().unwrap().split(' ').nth(2).unwrap().to_owned();
    end(&mut child);
    let goes_on = std::path::Path::new(&format!("/proc/{pid}")).exists();
    kill("KILL", pid);
    let streams = ["0 /dev/null", "1 /dev/null", "2 /dev/null"].map(str::to_owned);
    assert_eq!((open, group, goes_on), (streams.to_vec(), pid.to_string(), true));
}

#[test]
fn an_emulator_whose_page_cannot_be_opened_serves_and_says_why() {
    let home = Folder::new();
    let failing = home.program("failing", "#!/bin/sh\nexit 3\n");
    let list = format!("{}:none-of-these %s", failing.display());
    let said = |browser: &str, words: &[&str]| {
        let mut command = az(&home);
        command.args(words).env("BROWSER", browser).env("PATH", home.path());
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let out = Lines::of(child.stdout.take().unwrap());
        let port = port_of(&out.next().unwrap());
        let warning = Lines::of(child.stderr.take().unwrap()).next().unwrap();
        Client::new(port).create();
        end(&mut child);
        format!("{}\n", warning.replace(&port.to_string(), "PORT").replace(home.path().to_str().unwrap(), "HOME"))
    };
    let start = [&START[..], &["--in-memory", "--open"]].concat();
    insta::assert_snapshot!([said(&list, &start), said("", &start)].concat(), @r"
    WARNING: The page was not opened: HOME/failing has ended with the exit code 3; none-of-these was not found on PATH. Name your browser in the variable BROWSER, or open http://localhost:PORT/emulator/ and sign in with the connection string.
    WARNING: The page was not opened: xdg-open was not found on PATH. Name your browser in the variable BROWSER, or open http://localhost:PORT/emulator/ and sign in with the connection string.
    ");
}

#[test]
fn on_a_terminal_the_url_with_the_code_follows_the_reason_and_is_not_in_the_log_file() {
    let home = Folder::new();
    home.write(".azure/config", "[logging]\nenable_log_file = true\n");
    let (terminal, stderr) = open();
    let mut command = az(&home);
    command.args(["communication", "emulator", "run", "--open", "--", "sh", "-c"]);
    command.arg("echo ready; echo \"$AZURE_COMMUNICATION_ENDPOINT\"; read -r line").env("BROWSER", "none-of-these");
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(stderr).spawn().unwrap();
    drop(command);
    let (lines, screen) = (Lines::of(child.stdout.take().unwrap()), Collector::new(terminal));
    assert_eq!(lines.next().as_deref(), Some("ready"));
    let port: u16 = lines.next().unwrap().rsplit(':').next().unwrap().parse().unwrap();
    let url = shown_url(&screen);
    works_once(&code_of(&url, port), port);
    drop(child.stdin.take());
    wait(&mut child);
    let said = without_requests(&screen.finish()).replace(&url, "URL");
    insta::assert_snapshot!(said, @r"
    WARNING: The page was not opened: none-of-these was not found on PATH. Open it yourself by this URL, which works once.
    URL
    ");
    let log = std::fs::read_to_string(home.path().join(".azure/logs/az.log")).unwrap();
    assert!(log.contains("The page was not opened") && !log.contains("code="), "{log}");
}
