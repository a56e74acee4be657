//! `emulator open`, and the URL of the page in the status.

use std::time::{Duration, Instant};

use insta::assert_snapshot;
use serde_json::{Value, json};

use super::support::browser::{Browser, code_of, works_once};
use super::support::emulator::Emulator;
use super::support::terminal;
use super::*;

#[test]
fn the_page_of_a_running_emulator_is_opened_with_a_code_that_works_once() {
    let home = Folder::new();
    let world = World { emulator: Emulator::in_memory(&home).into(), home };
    let port = world.emulator.port();
    let browser = Browser::new(&world.home);
    let opened = || {
        let seen = run(of(&world, "open --debug").env("BROWSER", &browser.program));
        let code = code_of(&browser.url(), port);
        browser.forget();
        let expected = json!({"dashboard": format!("http://localhost:{port}/emulator/"), "opened": true});
        assert_eq!((seen.code, seen.json()), (Some(0), expected), "{seen}");
        assert!(!seen.stderr.contains(&code) && !seen.stderr.contains("noise"), "{seen}");
        code
    };
    let codes = [opened(), opened()];
    assert_ne!(codes[0], codes[1]);
    for code in codes {
        works_once(&code, port);
    }
}

#[test]
fn it_is_found_and_asked_as_by_all_commands() {
    let home = Folder::new();
    let options = ["--in-memory", "--access-key", "c2VjcmV0IHNlY3JldCBzZWNyZXQ=", "--control-secret-file", "secret"];
    let world = World { emulator: Emulator::start(&home, &options).into(), home };
    let browser = Browser::new(&world.home);
    let seen = shows(&world, of(&world, "open").env("BROWSER", &browser.program));
    assert_eq!(seen.code, Some(1), "{seen}");
    assert!(seen.stderr.contains("refuses the well-known access key"), "{seen}");
    let mut with_secret = of(&world, "open --control-secret-file secret -o tsv");
    let seen = shows(&world, with_secret.env("BROWSER", format!("{} %s", browser.program.display())));
    assert_snapshot!(seen, @r"
    exit 0
    --- stdout
    http://localhost:PORT/emulator/	True
    ");
    works_once(&code_of(&browser.url(), world.emulator.port()), world.emulator.port());
    let mut none = emulator(&world.home, "open --port");
    let port = support::unused_port().to_string();
    assert_snapshot!(run(none.arg(&port)).hiding(port, "PORT"), @r"
    exit 1
    --- stderr
    ERROR: Cannot connect to localhost:PORT: Connection refused.
    Hint: Start the emulator: az communication emulator start
    Hint: Name the emulator by the options of its start (--port, --data-dir, --in-memory, --pid-file, --ready-file), or by --endpoint. az communication emulator status shows whether it is ready.
    ");
}

#[test]
fn it_does_not_wait_for_a_browser_that_runs_on() {
    let home = Folder::new();
    let world = World { emulator: Emulator::in_memory(&home).into(), home };
    let browser = Browser::that(&world.home, "echo $$ > browser.pid; exec sleep 60");
    let began = Instant::now();
    let seen = run(of(&world, "open --query opened").env("BROWSER", &browser.program));
    let took = began.elapsed();
    let pid = std::fs::read_to_string(world.home.path().join("browser.pid")).unwrap();
    assert!(Command::new("kill").arg(pid.trim()).status().unwrap().success(), "the browser runs on");
    assert_eq!((seen.code, seen.stdout.as_str(), seen.stderr.as_str()), (Some(0), "true\n", ""));
    assert!(took < Duration::from_secs(30), "{took:?}");
}

#[test]
fn without_a_browser_it_fails_and_says_what_to_do_and_a_terminal_shows_the_url() {
    let home = Folder::new();
    let world = World { emulator: Emulator::in_memory(&home).into(), home };
    let path = world.home.path().to_path_buf();
    let without = |browser: &str| {
        let mut command = of(&world, "open");
        command.env("BROWSER", browser).env("PATH", &path);
        command
    };
    let seen = [shows(&world, &mut without("")), shows(&world, &mut without("none-of-these:/none/too"))];
    assert_snapshot!(seen.map(|seen| seen.to_string()).concat(), @r"
    exit 1
    --- stderr
    ERROR: The page was not opened: xdg-open was not found on PATH.
    Hint: Name your browser in the variable BROWSER, or open http://localhost:PORT/emulator/ and sign in with the connection string.
    exit 1
    --- stderr
    ERROR: The page was not opened: none-of-these was not found on PATH; /none/too does not exist.
    Hint: Name your browser in the variable BROWSER, or open http://localhost:PORT/emulator/ and sign in with the connection string.
    ");
    let seen = terminal::run(without("").env("NO_COLOR", "1"));
    let url = seen.stderr.lines().last().unwrap().to_owned();
    let code = code_of(&url, world.emulator.port());
    assert!(!seen.stdout.contains(&code), "{seen}");
    let seen = seen.hiding(&code, "CODE").hiding(format!("localhost:{}", world.emulator.port()), "localhost:PORT");
    assert_snapshot!(seen, @r#"
    exit 0
    --- stdout
    {
      "dashboard": "http://localhost:PORT/emulator/",
      "opened": false
    }
    --- stderr
    WARNING: The page was not opened: xdg-open was not found on PATH. Open it yourself by this URL, which works once.
    http://localhost:PORT/emulator/#code=CODE
    "#);
    works_once(&code, world.emulator.port());
}

#[test]
fn the_status_has_the_url_of_the_page() {
    let home = Folder::new();
    let world = World { emulator: Emulator::in_memory(&home).into(), home };
    let dashboard = run(&mut of(&world, "status")).json()["dashboard"].clone();
    assert_eq!(dashboard, world.emulator.ready["dashboard"]);
    assert!(dashboard.is_string());
    let mut none = emulator(&world.home, "status --port");
    let seen = run(none.arg(support::unused_port().to_string()));
    assert_eq!((seen.code, &seen.json()["dashboard"]), (Some(1), &Value::Null), "{seen}");
}
