//! Tests of the folder in which the shim is created, and of the advice if that folder is not on PATH.

use super::*;
use insta::assert_snapshot;
use std::os::unix::fs::{PermissionsExt as _, chown};

/// Returns the folder in which the shim is created.
fn place(user: &User) -> String {
    user.result("shim install")["shim"].as_str().unwrap().to_owned()
}

#[test]
fn the_usual_folder_is_taken_where_it_comes_before_the_real_az() {
    assert_eq!(place(&User::with_folders(&["own", ".local/bin", "real"])), "HOME/.local/bin/az");
}

#[test]
fn otherwise_the_first_folder_before_the_real_az_is_taken() {
    assert_eq!(place(&User::with_folders(&["own", "real", ".local/bin"])), "HOME/own/az");
}

#[test]
fn a_folder_that_is_missing_or_a_file_is_skipped() {
    let user = User::new(&["missing", "file", "own", "real"]);
    user.home.write("file", "");
    fs::create_dir(user.path("own")).unwrap();
    assert_eq!(place(&user), "HOME/own/az");
}

#[test]
fn a_folder_with_another_az_is_skipped_though_that_cannot_be_run() {
    let user = User::with_folders(&["other", "own", "real"]);
    user.home.write("other/az", "");
    assert_eq!(place(&user), "HOME/own/az");
}

#[test]
fn a_folder_outside_of_the_home_folder_is_skipped() {
    let user = User::with_folders(&["elsewhere", "real"]);
    fs::create_dir(user.path("home")).unwrap();
    let seen = user.shown(user.command("shim install --query shim").env("HOME", user.path("home")));
    assert_eq!(seen.stdout, "\"HOME/home/.local/bin/az\"\n", "{seen}");
}

#[test]
fn the_folder_of_a_python_environment_is_skipped() {
    let user = User::with_folders(&["venv/bin", "own", "real"]);
    let seen = user.shown(user.command("shim install --query shim").env("VIRTUAL_ENV", user.path("venv")));
    assert_eq!(seen.stdout, "\"HOME/own/az\"\n", "{seen}");
}

#[test]
fn a_folder_of_another_user_is_skipped() {
    let user = User::with_folders(&["theirs", "own", "real"]);
    if chown(user.path("theirs"), Some(65534), None).is_err() {
        eprintln!("skipped: only root can give a folder to another user");
        return;
    }
    assert_eq!(place(&user), "HOME/own/az");
}

#[test]
fn a_folder_that_all_users_can_write_is_skipped() {
    let user = User::with_folders(&["open", "own", "real"]);
    fs::set_permissions(user.path("open"), fs::Permissions::from_mode(0o777)).unwrap();
    assert_eq!(place(&user), "HOME/own/az");
}

#[test]
fn without_such_a_folder_the_usual_one_is_made_with_the_line_that_puts_it_on_path() {
    let user = User::new(&["real"]);
    assert_snapshot!(user.run("shim install").stderr, @r#"
    Created the folder HOME/.local.
    Created the folder HOME/.local/bin.
    Created HOME/.local/bin/az, which calls HOME/opt/az-communication.
    A shell still finds HOME/real/az first. Add this line at the end of ~/.bashrc, for bash:
      export PATH="$HOME/.local/bin":"$PATH"
    "#);
    assert!(user.path(".local/bin/az").is_symlink());
}

#[test]
fn the_line_is_for_the_shell_of_the_user() {
    let mut all = String::new();
    for shell in ["/bin/bash", "/usr/bin/zsh", "/usr/bin/fish"] {
        let user = User::new(&["real"]);
        let seen = user.shown(user.command("shim install").env("SHELL", shell));
        let line = seen.json()["profile_line"].as_str().unwrap().to_owned();
        assert!(seen.stderr.contains(&line) && seen.stderr.contains("A shell still finds "), "{seen}");
        all.push_str(&format!("{shell}: {line}\n"));
    }
    assert_snapshot!(all, @r#"
    /bin/bash: export PATH="$HOME/.local/bin":"$PATH"
    /usr/bin/zsh: export PATH="$HOME/.local/bin":"$PATH"
    /usr/bin/fish: fish_add_path --path --move "$HOME/.local/bin"
    "#);
}

#[test]
fn without_a_known_shell_the_lines_for_all_are_shown() {
    let user = User::new(&["real"]);
    let seen = user.shown(user.command("shim install").env_remove("SHELL"));
    assert_eq!(seen.stderr.matches("Add this line").count(), 3, "{seen}");
}

#[test]
fn the_line_for_bash_puts_the_shim_first() {
    let user = User::new(&["real"]);
    let line = user.result("shim install")["profile_line"].as_str().unwrap().to_owned();
    let mut shell = with_path("/bin/bash", &user.home, &["real"]);
    let seen = user.shown(shell.args(["-c", &format!("{line}\ncommand -v az")]));
    assert_eq!(seen.stdout, "HOME/.local/bin/az\n");
}

#[test]
fn a_chosen_folder_is_made_with_the_folders_above_it() {
    let user = User::new(&["real"]);
    assert_snapshot!(user.run("shim install --dir a/b/c").stderr, @r#"
    Created the folder HOME/a.
    Created the folder HOME/a/b.
    Created the folder HOME/a/b/c.
    Created HOME/a/b/c/az, which calls HOME/opt/az-communication.
    A shell still finds HOME/real/az first. Add this line at the end of ~/.bashrc, for bash:
      export PATH="$HOME/a/b/c":"$PATH"
    "#);
    assert!(user.path("a/b/c/az").is_symlink());
}
