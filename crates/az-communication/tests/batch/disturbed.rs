//! Tests of another program that removes, replaces or changes a record or a ledger while a command writes to it.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use insta::{allow_duplicates, assert_snapshot};

use crate::support::Folder;
use crate::support::odd::{Connection, Odd, created};
use crate::support::seen::{Seen, run};
use crate::support::terminal::open;
use crate::{ISSUE, recorded};

/// Starts a server that creates users slowly. Returns the number of created users, too.
fn slow() -> (Odd, Arc<AtomicUsize>) {
    let made = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&made);
    let server = Odd::start(move |connection: &mut Connection| {
        while connection.request()?.is_some() {
            thread::sleep(Duration::from_millis(20));
            connection.send(created(count.fetch_add(1, Ordering::SeqCst)))?;
        }
        Ok(())
    });
    (server, made)
}

/// Issues tokens, and disturbs the record in the middle. Returns the output and the number of created users.
fn disturb(home: &Folder, act: impl FnOnce(&Path)) -> (Seen, usize) {
    fs::create_dir_all(home.path().join("d")).unwrap();
    let (server, made) = slow();
    let mut command = server.az(home);
    command.args(["communication", "user-identity"]).args(ISSUE.split(' '));
    command.args(["--count", "60", "--concurrency", "2", "--out-file", "d/t.jsonl", "--only-show-errors"]);
    let path = home.path().join("d/t.jsonl");
    let seen = thread::scope(|scope| {
        let run = scope.spawn(|| run(&mut command));
        let until = Instant::now() + Duration::from_secs(60);
        while fs::read(&path).map_or(0, |text| recorded(&text).0.len()) < 5 {
            assert!(Instant::now() < until);
            thread::sleep(Duration::from_millis(5));
        }
        act(&path);
        run.join().unwrap()
    });
    (seen, made.load(Ordering::SeqCst))
}

/// Returns stderr with `N` in place of each number.
fn words(seen: &Seen) -> String {
    let digits = |c: char| c.is_ascii_digit();
    seen.stderr.replace("of 60", "of all").split(digits).filter(|part| !part.is_empty()).collect::<Vec<_>>().join("N")
}

/// Checks that all existing users are recorded.
fn check(home: &Folder, name: &str, made: usize) {
    let (users, unknown) = recorded(&fs::read(home.path().join(name)).unwrap());
    assert_eq!((users.len(), unknown), (made, 0), "{name}");
    assert!(made < 60, "the run went on");
}

#[test]
#[cfg_attr(portable_system, ignore = "only on Unix")]
fn a_record_that_was_removed_or_replaced_is_saved_beside_it() {
    let home = Folder::new();
    let (seen, made) = disturb(&home, |path| fs::remove_file(path).unwrap());
    assert_eq!((seen.code, seen.stdout.as_str()), (Some(1), ""), "{seen:?}");
    assert_snapshot!(words(&seen), @r"
    ERROR: d/t.jsonl was removed by another program while this command wrote to it.
    Hint: All recorded lines are in d/t.jsonl.saved. Rename this file to d/t.jsonl, then run the command again.
    Hint: N of all were issued.
    ");
    assert!(!home.path().join("d/t.jsonl").exists());
    check(&home, "d/t.jsonl.saved", made);
    let (seen, made) = disturb(&home, |path| {
        fs::write(path.with_extension("other"), "hello\n").unwrap();
        fs::rename(path.with_extension("other"), path).unwrap();
    });
    assert_eq!((seen.code, seen.stdout.as_str()), (Some(1), ""), "{seen:?}");
    assert_snapshot!(words(&seen), @r"
    ERROR: d/t.jsonl was replaced by another program while this command wrote to it.
    Hint: All recorded lines are in d/t.jsonl.saved-N. Rename this file to d/t.jsonl, then run the command again.
    Hint: N of all were issued.
    ");
    assert_eq!(fs::read_to_string(home.path().join("d/t.jsonl")).unwrap(), "hello\n");
    check(&home, "d/t.jsonl.saved-2", made);
    // After it was renamed, the copy is the record.
    fs::rename(home.path().join("d/t.jsonl.saved-2"), home.path().join("d/t.jsonl")).unwrap();
    let (server, _) = slow();
    let mut command = server.az(&home);
    command.args(["communication", "user-identity"]).args(ISSUE.split(' ')).args(["--count", "1"]);
    let seen = run(command.args(["--out-file", "d/t.jsonl"]));
    assert!(seen.stderr.contains("it belongs to the service localhost:"), "{seen:?}");
}

#[test]
fn a_record_whose_folder_was_removed_goes_to_stdout() {
    let home = Folder::new();
    let (seen, made) = disturb(&home, |path| fs::remove_dir_all(path.parent().unwrap()).unwrap());
    assert_eq!(seen.code, Some(1), "{seen:?}");
    assert_snapshot!(words(&seen), @r"
    ERROR: d/t.jsonl was removed by another program while this command wrote to it.
    Hint: All recorded lines are on stdout, because no file can be created next to it (No such file or directory).
    Hint: N of all were issued.
    ");
    home.write("stdout", &seen.stdout);
    check(&home, "stdout", made);
}

#[test]
fn a_record_that_was_shortened_holds_no_zeros_and_the_later_lines() {
    let home = Folder::new();
    let mut before = 0;
    let (seen, made) = disturb(&home, |path| {
        before = recorded(&fs::read(path).unwrap()).0.len();
        File::create(path).unwrap();
    });
    assert_eq!((seen.code, seen.stdout.as_str()), (Some(1), ""), "{seen:?}");
    assert_snapshot!(words(&seen), @r"
    ERROR: d/t.jsonl was shortened by another program while this command wrote to it.
    Hint: The file contains only the lines that were recorded since then. This command has no copy of the earlier lines.
    Hint: N of all were issued.
    ");
    let text = fs::read(home.path().join("d/t.jsonl")).unwrap();
    assert!(!text.contains(&0));
    let after = recorded(&text).0.len();
    // More users may have been recorded after the record was read and before it was cut.
    assert!(after > 0 && made < 60 && before + after + 4 >= made, "{before} {after} {made}");
}

#[test]
fn what_another_program_adds_to_a_record_stays_and_ends_the_run() {
    for line in ["mine\n", "mine"] {
        let home = Folder::new();
        let (seen, made) = disturb(&home, |path| {
            File::options().append(true).open(path).unwrap().write_all(line.repeat(30).as_bytes()).unwrap();
        });
        assert_eq!((seen.code, seen.stdout.as_str()), (Some(1), ""), "{seen:?}");
        allow_duplicates! {
            assert_snapshot!(words(&seen), @r"
            ERROR: d/t.jsonl was written to by another program while this command wrote to it.
            Hint: The file contains all recorded lines. Remove the lines of the other program, then run the command again.
            Hint: N of all were issued.
            ");
        }
        let text = fs::read_to_string(home.path().join("d/t.jsonl")).unwrap();
        assert_eq!(text.matches("mine").count(), 30);
        check(&home, "d/t.jsonl", made);
    }
}

#[test]
fn what_is_added_while_the_command_asks_stays() {
    let home = Folder::new();
    let server = Odd::answering("HTTP/1.1 204 No Content\r\n\r\n");
    home.write("users", "8:acs:a\n");
    let words = "communication user-identity token revoke-batch --users-from users --out-file r.jsonl";
    let seen = run(server.az(&home).args(words.split(' ')).arg("--yes"));
    assert_eq!(seen.code, Some(0), "{seen:?}");
    home.write("users", "8:acs:a\n8:acs:b\n");
    let path = home.path().join("r.jsonl");
    for cut in ["", "{\"user_id\":\"8:acs"] {
        let text = fs::read_to_string(&path).unwrap();
        fs::write(&path, format!("{text}{cut}")).unwrap();
        let (mut typed, stdin) = open();
        let mut command = server.az(&home);
        command.args(words.split(' ')).stdin(stdin).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut question = [0; 8];
        std::io::Read::read_exact(child.stdout.as_mut().unwrap(), &mut question).unwrap();
        File::options().append(true).open(&path).unwrap().write_all(b"by hand\n").unwrap();
        typed.write_all(b"y\n").unwrap();
        let output = child.wait_with_output().unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{stderr}");
        let error = "ERROR: r.jsonl cannot be used: another program has just written to it.\n\
                     Hint: Nothing was changed. Run the command again.\n";
        assert!(stderr.ends_with(error), "{stderr}");
        assert_eq!(fs::read_to_string(&path).unwrap(), format!("{text}{cut}by hand\n"));
        fs::write(&path, text).unwrap();
    }
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn a_ledger_that_was_removed_is_an_error_that_names_the_user() {
    let home = Folder::new();
    let (server, made) = slow();
    let mut command = server.az(&home);
    command.args(["communication", "user-identity", "user", "create", "--count", "60"]);
    command.env("AZURE_COMMUNICATION_LEDGER", "led");
    let seen = thread::scope(|scope| {
        let run = scope.spawn(|| run(&mut command));
        let until = Instant::now() + Duration::from_secs(60);
        while made.load(Ordering::SeqCst) < 3 {
            assert!(Instant::now() < until);
            thread::sleep(Duration::from_millis(5));
        }
        fs::remove_file(home.path().join("led")).unwrap();
        run.join().unwrap()
    });
    let made = made.load(Ordering::SeqCst);
    assert_eq!(seen.code, Some(1), "{seen:?}");
    assert!(made < 60);
    let error = format!(
        "ERROR: {} was created, and led was removed by another program while this command wrote to it.\n",
        crate::support::odd::user(made - 1)
    );
    assert!(seen.stderr.starts_with(&error), "{seen:?}");
    assert_eq!(seen.json().as_array().unwrap().len(), made);
}
