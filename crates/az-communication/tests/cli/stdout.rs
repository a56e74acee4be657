//! Tests of output that cannot be written: it is always an error, if possible before anything is sent.

use super::*;
use crate::support::AZ;
use crate::support::seen::each;
use crate::support::terminal::Collector;
use insta::assert_snapshot;
use std::fs::{File, OpenOptions};
use std::io::Write as _;

const ISSUE: &str = "communication user-identity token issue --scope chat --user 8:acs:a_b --only-show-errors";

/// Runs a command line in a shell with these redirections.
fn redirected(service: &Service, line: &str, redirections: &str) -> Seen {
    let mut shell = support::other_program("/bin/sh", &service.home);
    shell.args(["-c", &format!("exec \"$0\" \"$@\" {redirections}"), AZ]).args(line.split_whitespace());
    shell.envs(service.az().get_envs().filter_map(|(name, value)| Some((name, value?))));
    service.shown(&mut shell)
}

#[test]
fn a_stdout_that_cannot_be_written_is_found_before_anything_is_sent() {
    let service = Service::issuing();
    let redirections = [">&-", "<&- >&-", "1</dev/null", "1</etc/passwd", ">/dev/full", "1<>/dev/full"];
    assert_snapshot!(each(redirections, |redirections| redirected(&service, ISSUE, redirections)), @"
    > >&-
    exit 1
    --- stderr
    ERROR: stdout cannot be written: it is closed, or not open for writing.

    > <&- >&-
    exit 1
    --- stderr
    ERROR: stdout cannot be written: it is closed, or not open for writing.

    > 1</dev/null
    exit 1
    --- stderr
    ERROR: stdout cannot be written: it is closed, or not open for writing.

    > 1</etc/passwd
    exit 1
    --- stderr
    ERROR: stdout cannot be written: it is closed, or not open for writing.

    > >/dev/full
    exit 1
    --- stderr
    ERROR: stdout cannot be written: No space left on device.

    > 1<>/dev/full
    exit 1
    --- stderr
    ERROR: stdout cannot be written: No space left on device.
    ");
    assert_eq!(service.requests(), []);
}

#[test]
fn a_stdout_that_discards_everything_can_be_written() {
    let service = Service::issuing();
    let all = [">/dev/null", "1<>/dev/null", ">/dev/null 2>&1 </dev/null", ">>/dev/null", "2>&- >/dev/null"];
    for redirections in all {
        assert_eq!(redirected(&service, ISSUE, redirections).code, Some(0), "{redirections}");
    }
    assert_eq!(service.requests().len(), all.len());
}

/// Python opens `subprocess.DEVNULL` in this way.
#[test]
fn a_stdout_that_is_opened_for_reading_too_can_be_written() {
    let service = Service::issuing();
    let null = || OpenOptions::new().read(true).write(true).open("/dev/null").unwrap();
    let mut command = service.az();
    command.args(ISSUE.split(' ')).stdin(null()).stdout(null()).stderr(null());
    assert_eq!((command.status().unwrap().code(), service.requests().len()), (Some(0), 1));
}

#[test]
fn a_command_without_a_result_needs_no_stdout() {
    let revoke = "communication user-identity token revoke --yes --user 8:acs:a_b";
    for (line, redirections) in [(&format!("{ISSUE} -o none")[..], ">&-"), (revoke, ">&-"), (revoke, ">/dev/full")] {
        let service = if line == revoke { Service::answering(json!({"status": 204})) } else { Service::issuing() };
        let seen = redirected(&service, line, redirections);
        assert_eq!((seen.code, service.requests().len()), (Some(0), 1), "{line} {redirections}: {seen}");
    }
}

#[test]
fn every_command_says_in_one_line_that_its_output_cannot_be_written() {
    let service = Service::issuing();
    for line in [
        "-h",
        "",
        "--version",
        "version",
        "communication -h",
        "communication emulator -h",
        "communication user-identity token issue -h",
        "communication completion bash",
        "communication completion fish",
        "communication user-identity token inspect --token e30.e30.e30",
        "communication doctor",
    ] {
        for (redirections, reason) in
            [(">/dev/full", "No space left on device"), (">&-", "it is closed, or not open for writing")]
        {
            let expected = format!("exit 1\n--- stderr\nERROR: stdout cannot be written: {reason}.\n");
            assert_eq!(redirected(&service, line, redirections).to_string(), expected, "{line} {redirections}");
        }
    }
}

#[test]
fn the_stdout_of_a_batch_is_checked_before_anything_is_sent() {
    let service = Service::issuing();
    let batch = "communication user-identity token issue-batch --scope chat --count 2 --out-file tokens.jsonl";
    assert_snapshot!(redirected(&service, batch, ">&-"), @"
    exit 1
    --- stderr
    ERROR: stdout cannot be written: it is closed, or not open for writing.
    ");
    assert_eq!(service.requests(), []);
}

#[test]
fn a_full_disk_is_found_before_anything_is_sent() {
    let service = Service::issuing();
    std::fs::create_dir(service.home.path().join("disk")).unwrap();
    // Mounting a disk needs root, and a kernel that allows it.
    let script = "mount -t tmpfs -o size=64k disk \"$HOME/disk\" || exit 77; \
                  head -c 65536 /dev/zero > \"$HOME/disk/x\" 2>/dev/null; exec \"$0\" \"$@\" > \"$HOME/disk/out\"";
    let mut command = support::other_program("/usr/bin/unshare", &service.home);
    command.args(["-m", "/bin/sh", "-c", script, AZ]).args(ISSUE.split(' '));
    command.envs(service.az().get_envs().filter_map(|(name, value)| Some((name, value?))));
    let seen = service.shown(&mut command);
    if seen.code == Some(77) || seen.stderr.starts_with("unshare") {
        eprintln!("skipped: no disk can be mounted here");
        return;
    }
    assert_snapshot!(seen, @"
    exit 1
    --- stderr
    ERROR: stdout cannot be written: No space left on device.
    ");
    assert_eq!(service.requests(), []);
}

#[test]
fn a_stdout_that_does_not_block_gets_everything() {
    use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};
    let home = Folder::new();
    let (reader, writer) = std::io::pipe().unwrap();
    fcntl_setfl(&writer, fcntl_getfl(&writer).unwrap() | OFlags::NONBLOCK).unwrap();
    // The pipe is filled, so that the first write of the program cannot succeed.
    let mut filler = File::from(std::os::fd::OwnedFd::from(writer.try_clone().unwrap()));
    while filler.write(&[b'x'; 4096]).is_ok() {}
    let mut command = line(&home, "completion bash");
    let mut child = command.stdout(writer).spawn().unwrap();
    drop((command, filler));
    let collector = Collector::of_pipe(reader);
    assert!(child.wait().unwrap().success());
    let plain = run(&mut line(&home, "completion bash")).stdout;
    assert!(collector.finish().trim_start_matches('x') == plain);
}

#[test]
fn a_reader_that_has_ended_is_not_an_error() {
    let home = Folder::new();
    for words in ["communication -h", "communication completion bash", "--version"] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output = az(&home).args(words.split(' ')).stdout(writer).output().unwrap();
        assert_eq!((output.status.code(), output.stderr.len()), (Some(0), 0), "{words}: {output:?}");
    }
}
