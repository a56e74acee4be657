//! Tests that created users are printed, even if the creation of a later user fails.

use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use super::*;
use crate::support::replay::Server;
use crate::support::seen::{each, run, seen};
use crate::support::terminal::Collector;
use crate::support::tls::CERTIFICATE;
use crate::support::{Folder, az};
use insta::assert_snapshot;
use serde_json::json;

/// Runs `user create` with these words. The service creates this number of users and refuses the next one.
fn create(count: usize, words: &str) -> Seen {
    let json = json!({"content-type": "application/json"});
    let created = (1..=count).map(|number| {
        let body = json!({"identity": {"id": format!("8:acs:u{number}")}});
        json!({"status": 201, "headers": json, "body": body})
    });
    let error = json!({"error": {"code": "Full", "message": "No more."}});
    let refused = json!({"status": 403, "headers": json, "body": error});
    let server = Server::start(created.chain([refused]).collect());
    let home = Folder::new();
    let mut command = az(&home);
    command.args(["communication", "user-identity", "user", "create"]).args(words.split_whitespace());
    let connection = format!("endpoint=https://localhost:{};accesskey=AAAA", server.port);
    command.env("AZURE_COMMUNICATION_CONNECTION_STRING", connection);
    run(command.env("REQUESTS_CA_BUNDLE", home.write("cert.pem", CERTIFICATE)))
}

#[test]
fn users_are_shown_in_every_format_where_a_later_one_fails() {
    let formats = ["", "--query [].rawId -o tsv", "-o tsv", "-o table", "-o yaml"];
    assert_snapshot!(each(formats, |format| create(2, &format!("--count 5 {format}"))), @r#"
    > ''
    exit 1
    --- stdout
    [
      {
        "properties": {
          "id": "8:acs:u1"
        },
        "rawId": "8:acs:u1"
      },
      {
        "properties": {
          "id": "8:acs:u2"
        },
        "rawId": "8:acs:u2"
      }
    ]
    --- stderr
    ERROR: (Full) No more.
    Code: Full
    Message: No more.
    Hint: 2 of 5 users were created.

    > --query [].rawId -o tsv
    exit 1
    --- stdout
    8:acs:u1
    8:acs:u2
    --- stderr
    ERROR: (Full) No more.
    Code: Full
    Message: No more.
    Hint: 2 of 5 users were created.

    > -o tsv
    exit 1
    --- stdout
    	8:acs:u1
    	8:acs:u2
    --- stderr
    ERROR: (Full) No more.
    Code: Full
    Message: No more.
    Hint: 2 of 5 users were created.

    > -o table
    exit 1
    --- stdout
    RawId
    --------
    8:acs:u1
    8:acs:u2
    --- stderr
    ERROR: (Full) No more.
    Code: Full
    Message: No more.
    Hint: 2 of 5 users were created.

    > -o yaml
    exit 1
    --- stdout
    - properties:
        id: 8:acs:u1
      rawId: 8:acs:u1
    - properties:
        id: 8:acs:u2
      rawId: 8:acs:u2
    --- stderr
    ERROR: (Full) No more.
    Code: Full
    Message: No more.
    Hint: 2 of 5 users were created.
    "#);
}

#[test]
fn an_empty_list_is_shown_where_no_user_was_created() {
    assert_snapshot!(create(0, "--count 5"), @"
    exit 1
    --- stdout
    []
    --- stderr
    ERROR: (Full) No more.
    Code: Full
    Message: No more.
    Hint: 0 of 5 users were created.
    ");
}

/// The format is the format of Python's `json.dumps(…, indent=2)`.
#[test]
fn users_who_are_shown_one_by_one_form_one_list() {
    let seen = World::shared().run("user create --count 3");
    assert_eq!(seen.json().as_array().unwrap().len(), 3);
    assert_eq!(seen.stdout, format!("{}\n", serde_json::to_string_pretty(&seen.json()).unwrap()));
}

#[test]
fn users_who_are_not_read_from_stdout_are_shown_on_stderr() {
    let world = World::durable();
    for words in ["user create --count 2000", "user create --count 2000 -o tsv"] {
        let mut command = world.command(words);
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let stderr = Collector::new(child.stderr.take().unwrap());
        // The reader closes its end after the first line.
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut String::new()).unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(1));
        let stderr = stderr.finish();
        assert!(stderr.contains("ERROR: These users were created, but cannot be shown on stdout:\n8:acs:"), "{stderr}");
        assert!(stderr.contains("stdout cannot be written: its reader has closed it."), "{stderr}");
        assert!(stderr.contains(" of 2000 users were created."), "{stderr}");
    }
    assert!(world.identities() < 2000);
}

#[test]
fn users_who_were_created_before_an_interrupt_are_shown() {
    for words in ["", "-o table", "--query [].rawId -o tsv"] {
        let world = World::durable();
        let mut command = world.command(&format!("user create --count 5000 {words}"));
        let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        world.wait_for("identities", || world.identities() > 5);
        assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
        let seen = seen(child.wait_with_output().unwrap());
        let made = world.identities();
        assert!(seen.code == Some(130) && made < 5000, "{seen}");
        assert_eq!(seen.stderr, format!("ERROR: Interrupted: {made} of 5000 users were created.\n"));
        let shown = match words {
            "" => seen.json().as_array().unwrap().len(),
            _ => seen.stdout.matches("8:acs:").count(),
        };
        assert_eq!(i64::try_from(shown).unwrap(), made, "{words}");
    }
}

/// The signal of the limit of `ulimit -f` does not end the command.
#[test]
#[cfg_attr(portable_system, ignore = "only on Unix")]
fn users_who_do_not_fit_into_stdout_are_shown_on_stderr() {
    let world = World::durable();
    let mut command = limited(&world, 32, "user create --count 400 --query [].rawId -o tsv");
    let out = world.home.path().join("out");
    let output = command.stdout(File::create(&out).unwrap()).output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{stderr}");
    assert!(stderr.contains("ERROR: These users were created, but cannot be shown on stdout:\n8:acs:"), "{stderr}");
    assert!(stderr.contains("stdout cannot be written: File too large."), "{stderr}");
    let shown = std::fs::read_to_string(out).unwrap() + &stderr;
    let mut ids: Vec<&str> = shown.lines().filter(|line| line.starts_with("8:acs:") && line.len() == 79).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(i64::try_from(ids.len()).unwrap(), world.identities());
}
