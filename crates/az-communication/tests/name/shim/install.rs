//! Tests of `shim install`: what it creates, prints and does not change.

use super::*;
use crate::support::AZ;
use crate::support::seen::each;
use insta::assert_snapshot;
use std::ffi::OsStr;
use std::os::unix::fs::symlink;

#[test]
fn a_link_to_the_program_is_made() {
    let user = User::with_folders(&["own", ".local/bin", "real"]);
    assert_snapshot!(user.run("shim install"), @r#"
    exit 0
    --- stdout
    {
      "first_az": "HOME/.local/bin/az",
      "profile_line": null,
      "real_az": "HOME/real/az",
      "shim": "HOME/.local/bin/az",
      "state": "installed",
      "target": "HOME/opt/az-communication"
    }
    --- stderr
    Created HOME/.local/bin/az, which calls HOME/opt/az-communication.
    A shell that has already run az remembers its old path. To clear it: hash -r
    "#);
    assert_eq!(fs::read_link(user.path(".local/bin/az")).unwrap(), user.path("opt/az-communication"));
}

#[test]
fn the_shim_is_az() {
    let user = User::with_folders(&[".local/bin", "real"]);
    user.result("shim install");
    let page = user.az("communication doctor -h");
    assert!(page.stdout.contains("\n    az communication doctor : "), "{page}");
    assert_eq!(user.az("vm list").stdout, "real: vm list\n");
}

#[test]
fn called_as_az_the_program_makes_the_same_link() {
    let user = User::with_folders(&["own", "real"]);
    let mut az = with_path(AZ, &user.home, &user.folders);
    assert_eq!(run(az.args(["communication", "shim", "install"])).code, Some(0));
    assert_eq!(fs::read_link(user.path("own/az")).unwrap(), Path::new(AZ));
}

#[test]
fn a_second_time_changes_nothing() {
    let user = User::with_folders(&["own", "real"]);
    assert_eq!(user.result("shim install")["state"], "installed");
    let all = user.all();
    assert_snapshot!(user.run("shim install"), @r#"
    exit 0
    --- stdout
    {
      "first_az": "HOME/own/az",
      "profile_line": null,
      "real_az": "HOME/real/az",
      "shim": "HOME/own/az",
      "state": "unchanged",
      "target": "HOME/opt/az-communication"
    }
    --- stderr
    HOME/own/az already calls HOME/opt/az-communication.
    "#);
    assert_eq!(user.all(), all);
}

#[test]
fn called_through_the_shim_it_changes_nothing() {
    let user = User::with_folders(&[".local/bin", "real"]);
    user.result("shim install");
    let all = user.all();
    assert_eq!(user.az("communication shim install --query state").stdout, "\"unchanged\"\n");
    assert_eq!(user.all(), all);
}

#[test]
fn the_program_itself_is_not_a_shim() {
    let user = User::new(&["opt", "real"]);
    installed(&user.home, "opt/az");
    let all = user.all();
    assert_snapshot!(user.run("shim install").stderr, @"HOME/opt/az is this program itself.");
    assert_eq!(user.all(), all);
}

/// Makes a user with files called `az` that belong to other programs.
fn with_others() -> User {
    let user = User::new(&["real"]);
    user.home.write("other/file/az", "");
    fs::create_dir_all(user.path("other/folder/az")).unwrap();
    for (name, target) in [("link", user.path("real/az")), ("dangling", "/no/where/az".into())] {
        fs::create_dir(user.path(&format!("other/{name}"))).unwrap();
        symlink(target, user.path(&format!("other/{name}/az"))).unwrap();
    }
    user
}

const OTHERS: [&str; 4] = ["file", "folder", "link", "dangling"];

#[test]
fn a_file_of_another_program_is_not_replaced() {
    let user = with_others();
    let all = user.all();
    assert_snapshot!(each(OTHERS, |name| user.run(&format!("shim install --dir other/{name}"))), @"
    > file
    exit 1
    --- stderr
    ERROR: HOME/other/file/az is a file of another program, so it was not changed.
    Hint: Choose another folder that comes before it on PATH: --dir DIR

    > folder
    exit 1
    --- stderr
    ERROR: HOME/other/folder/az is a folder, so it was not changed.
    Hint: Choose another folder that comes before it on PATH: --dir DIR

    > link
    exit 1
    --- stderr
    ERROR: HOME/other/link/az is a link to HOME/real/az, so it was not changed.
    Hint: Choose another folder that comes before it on PATH: --dir DIR

    > dangling
    exit 1
    --- stderr
    ERROR: HOME/other/dangling/az is a link to /no/where/az, which does not exist, so it was not changed.
    Hint: Choose another folder that comes before it on PATH: --dir DIR
    ");
    assert_eq!(user.all(), all);
}

#[test]
fn a_file_of_another_program_is_not_removed() {
    let user = with_others();
    let all = user.all();
    assert_snapshot!(each(OTHERS, |name| user.run(&format!("shim remove --dir other/{name}"))), @"
    > file
    exit 1
    --- stderr
    ERROR: HOME/other/file/az is a file of another program, not a shim, so it was not removed.

    > folder
    exit 1
    --- stderr
    ERROR: HOME/other/folder/az is a folder, not a shim, so it was not removed.

    > link
    exit 1
    --- stderr
    ERROR: HOME/other/link/az is a link to HOME/real/az, not a shim, so it was not removed.

    > dangling
    exit 1
    --- stderr
    ERROR: HOME/other/dangling/az is a link to /no/where/az, which does not exist, not a shim, so it was not removed.
    ");
    assert_eq!(user.all(), all);
}

#[test]
fn a_link_to_a_program_of_our_name_that_does_not_exist_is_repaired() {
    let user = User::with_folders(&["own", "real"]);
    symlink("/old/place/az-communication", user.path("own/az")).unwrap();
    let seen = user.run("shim install");
    assert!(seen.stdout.contains("\"state\": \"repaired\""), "{seen}");
    assert_snapshot!(seen.stderr, @"HOME/own/az called /old/place/az-communication. Now it calls HOME/opt/az-communication.");
}

#[test]
fn a_link_that_was_noted_is_repaired_whatever_the_name_of_the_program() {
    let user = User::with_folders(&["own", "real"]);
    user.result("shim install");
    fs::rename(user.path("opt/az-communication"), user.path("opt/acs")).unwrap();
    let mut renamed = with_path(user.path("opt/acs"), &user.home, &user.folders);
    let seen = run(renamed.args(["shim", "install"]));
    assert!(seen.stdout.contains("\"state\": \"repaired\""), "{seen}");
    assert_eq!(fs::read_link(user.path("own/az")).unwrap(), user.path("opt/acs"));
}

#[test]
fn a_path_that_stays_when_a_package_is_updated_is_linked() {
    let user = User::with_folders(&["bin", "own", "real"]);
    symlink("../opt/az-communication", user.path("bin/az-communication")).unwrap();
    user.result("shim install --dir own");
    assert_eq!(fs::read_link(user.path("own/az")).unwrap(), user.path("bin/az-communication"));
}

/// A run of the emulator finds the program by a link that is removed at the end of the run.
#[test]
fn a_shim_that_is_installed_in_a_run_is_valid_after_it() {
    let user = User::with_folders(&["own", "real"]);
    let seen = user.run("emulator run -- az-communication shim install");
    assert_eq!(seen.code, Some(0), "{seen}");
    assert_eq!(fs::read_link(user.path("own/az")).unwrap(), user.path("opt/az-communication"));
}

#[test]
fn for_a_program_in_a_cache_or_a_project_none_is_made() {
    for place in ["app/node_modules/.bin", ".npm/_npx/1/node_modules/x/bin", ".cache/uv/archive-v0/x/bin"] {
        let user = User::with_folders(&[place, ".local/bin", "real"]);
        let program = installed(&user.home, &format!("{place}/az-communication"));
        let all = user.all();
        let seen = run(with_path(program, &user.home, &user.folders).args(["shim", "install"]));
        assert_eq!((seen.code, &*seen.stdout), (Some(1), ""), "{place}");
        assert!(seen.stderr.contains("is in a cache or a project"), "{seen}");
        assert_eq!(user.all(), all);
    }
}

#[test]
fn a_path_that_is_not_utf_8_gets_a_shim_without_a_note() {
    use std::os::unix::ffi::OsStrExt as _;
    let user = User::new(&[]);
    let own = user.home.path().join(OsStr::from_bytes(b"own\xff"));
    fs::create_dir(&own).unwrap();
    let mut command = user.command("shim install");
    let path = std::env::join_paths([own.clone(), user.path("real")]).unwrap();
    let output = command.env("PATH", path).output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success() && own.join("az").is_symlink(), "{stderr}");
    assert!(stderr.contains("is not valid UTF-8, so it was not recorded."), "{stderr}");
}

#[test]
fn with_only_show_errors_nothing_is_said() {
    assert_eq!(User::new(&["real"]).run("shim install --only-show-errors").stderr, "");
}
