//! `shim install`, `remove` and `status`.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use insta::assert_snapshot;
use serde_json::Value;

use super::*;

/// A user with this program in `opt`, a real `az` in `real`, and these folders of the home in front on PATH.
struct User {
    home: Folder,
    folders: Vec<&'static str>,
}

impl User {
    fn new(folders: &[&'static str]) -> Self {
        let home = Folder::new();
        installed(&home, "opt/az-communication");
        home.program("real/az", "#!/bin/sh\necho \"real: $*\"\n");
        Self { home, folders: folders.to_vec() }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    fn command(&self, line: &str) -> Command {
        let mut command = with_path(self.path("opt/az-communication"), &self.home, &self.folders);
        command.args(line.split(' ')).env("SHELL", "/bin/bash");
        command
    }

    fn run(&self, line: &str) -> Seen {
        let seen = seen(&mut self.command(line));
        Seen { stdout: without_home(&self.home, &seen.stdout), stderr: without_home(&self.home, &seen.stderr), ..seen }
    }

    /// The result of a run that succeeds.
    fn result(&self, line: &str) -> Value {
        let seen = self.run(line);
        assert_eq!(seen.code, Some(0), "{seen:?}");
        serde_json::from_str(&seen.stdout).unwrap()
    }

    /// All that is in the home, with what links lead to.
    fn all(&self) -> Vec<String> {
        fn add(folder: &Path, all: &mut Vec<String>) {
            for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
                let path = entry.path();
                let target =
                    fs::read_link(&path).map_or_else(|_| String::new(), |target| format!(" -> {}", target.display()));
                all.push(format!("{}{target}", path.display()));
                if entry.file_type().unwrap().is_dir() {
                    add(&path, all);
                }
            }
        }
        let mut all = Vec::new();
        add(self.home.path(), &mut all);
        all.sort();
        all.iter().map(|path| without_home(&self.home, path)).collect()
    }
}

#[test]
fn it_goes_to_the_usual_folder_where_that_stands_before_the_real_az() {
    let user = User::new(&["own", ".local/bin", "real"]);
    fs::create_dir_all(user.path(".local/bin")).unwrap();
    fs::create_dir(user.path("own")).unwrap();
    let seen = user.run("shim install");
    assert_eq!(seen.code, Some(0));
    assert_snapshot!(seen.stderr, @r"
    Made [HOME]/.local/bin/az, which calls [HOME]/opt/az-communication.
    A shell that has run az before remembers where it was: hash -r
    ");
    assert_snapshot!(seen.stdout, @r#"
    {
      "first_az": "[HOME]/.local/bin/az",
      "profile_line": null,
      "real_az": "[HOME]/real/az",
      "shim": "[HOME]/.local/bin/az",
      "state": "installed",
      "target": "[HOME]/opt/az-communication"
    }
    "#);
    assert_eq!(fs::read_link(user.path(".local/bin/az")).unwrap(), user.path("opt/az-communication"));
    // It is az.
    let mut az = with_path("/usr/bin/env", &user.home, &user.folders);
    let answer = super::seen(az.args(["az", "communication", "doctor", "-h"]));
    assert!(answer.stdout.contains("\n    az communication doctor : "), "{answer:?}");
    let mut az = with_path("/usr/bin/env", &user.home, &user.folders);
    assert_eq!(super::seen(az.args(["az", "vm", "list"])).stdout, "real: vm list\n");
}

#[test]
fn else_to_the_first_own_folder_before_the_real_az() {
    let user = User::new(&["missing", "closed", "other", "own", "real", ".local/bin"]);
    for folder in ["closed", "other", "own", ".local/bin"] {
        fs::create_dir_all(user.path(folder)).unwrap();
    }
    // An az that cannot be run is somebody's, too.
    fs::write(user.path("other/az"), "").unwrap();
    fs::remove_dir(user.path("closed")).unwrap();
    fs::write(user.path("closed"), "").unwrap();
    assert_eq!(user.result("shim install")["shim"], "[HOME]/own/az");
}

#[test]
fn else_to_the_usual_folder_with_the_line_that_puts_it_on_path() {
    for (shell, line) in [
        ("/bin/bash", "export PATH=\"$HOME/.local/bin\":\"$PATH\""),
        ("/usr/bin/zsh", "export PATH=\"$HOME/.local/bin\":\"$PATH\""),
        ("/usr/bin/fish", "fish_add_path --path --move \"$HOME/.local/bin\""),
    ] {
        let user = User::new(&["real"]);
        let seen = seen(user.command("shim install").env("SHELL", shell));
        let result: Value = serde_json::from_str(&seen.stdout).unwrap();
        assert_eq!(result["profile_line"], line, "{seen:?}");
        assert!(seen.stderr.contains(line) && seen.stderr.contains("A shell still finds "), "{seen:?}");
        assert!(user.path(".local/bin/az").is_symlink());
    }
    let user = User::new(&["real"]);
    assert_snapshot!(user.run("shim install").stderr, @r#"
    Made the folder [HOME]/.local.
    Made the folder [HOME]/.local/bin.
    Made [HOME]/.local/bin/az, which calls [HOME]/opt/az-communication.
    A shell still finds [HOME]/real/az first. Add this line at the end of ~/.bashrc, for bash:
      export PATH="$HOME/.local/bin":"$PATH"
    "#);
    let seen = seen(User::new(&["real"]).command("shim install").env_remove("SHELL"));
    assert_eq!(seen.stderr.matches("Add this line").count(), 3, "{seen:?}");
}

/// The line does what it says.
#[test]
fn the_line_for_bash_puts_the_shim_first() {
    let user = User::new(&["real"]);
    let line = user.result("shim install")["profile_line"].as_str().unwrap().to_owned();
    let mut shell = with_path("/bin/bash", &user.home, &["real"]);
    let seen = seen(shell.args(["-c", &format!("{line}\ncommand -v az")]));
    assert_eq!(without_home(&user.home, &seen.stdout), "[HOME]/.local/bin/az\n");
}

#[test]
fn a_chosen_folder_is_made_with_what_is_missing_above_it() {
    let user = User::new(&["real"]);
    let seen = user.run("shim install --dir a/b/c");
    assert_eq!(seen.code, Some(0));
    assert_snapshot!(seen.stderr, @r#"
    Made the folder [HOME]/a.
    Made the folder [HOME]/a/b.
    Made the folder [HOME]/a/b/c.
    Made [HOME]/a/b/c/az, which calls [HOME]/opt/az-communication.
    A shell still finds [HOME]/real/az first. Add this line at the end of ~/.bashrc, for bash:
      export PATH="$HOME/a/b/c":"$PATH"
    "#);
    assert!(user.path("a/b/c/az").is_symlink());
}

#[test]
fn called_through_itself_it_changes_nothing() {
    let user = User::new(&[".local/bin", "real"]);
    fs::create_dir_all(user.path(".local/bin")).unwrap();
    user.result("shim install");
    let before = user.all();
    let mut command = with_path("az", &user.home, &[".local/bin", "real"]);
    let seen = seen(command.args(["communication", "shim", "install", "--query", "state"]));
    assert_eq!((seen.code, &*seen.stdout), (Some(0), "\"unchanged\"\n"), "{seen:?}");
    assert_eq!(user.all(), before);
}

#[test]
fn for_a_program_in_a_cache_or_a_project_none_is_made() {
    for place in ["app/node_modules/.bin", ".npm/_npx/1/node_modules/x/bin", ".cache/uv/archive-v0/x/bin"] {
        let user = User::new(&[place, ".local/bin", "real"]);
        let program = installed(&user.home, &format!("{place}/az-communication"));
        fs::create_dir_all(user.path(".local/bin")).unwrap();
        let before = user.all();
        let seen = seen(with_path(program, &user.home, &[place, ".local/bin", "real"]).args(["shim", "install"]));
        assert_eq!((seen.code, &*seen.stdout), (Some(1), ""), "{place}");
        assert!(seen.stderr.contains("is in a cache or a project"), "{}", seen.stderr);
        assert_eq!(user.all(), before);
    }
}

#[test]
fn folders_outside_of_the_home_folder_are_passed_over() {
    let user = User::new(&["elsewhere", "real"]);
    for folder in ["elsewhere", "home"] {
        fs::create_dir_all(user.path(folder)).unwrap();
    }
    let seen = seen(user.command("shim install --query shim").env("HOME", user.path("home")));
    assert_eq!(without_home(&user.home, &seen.stdout), "\"[HOME]/home/.local/bin/az\"\n", "{seen:?}");
}

#[test]
fn the_folder_of_a_python_environment_is_passed_over() {
    let user = User::new(&["venv/bin", "own", "real"]);
    for folder in ["venv/bin", "own"] {
        fs::create_dir_all(user.path(folder)).unwrap();
    }
    let seen = seen(user.command("shim install --query shim").env("VIRTUAL_ENV", user.path("venv")));
    assert_eq!(without_home(&user.home, &seen.stdout), "\"[HOME]/own/az\"\n", "{seen:?}");
}

#[test]
fn a_second_time_changes_nothing() {
    let user = User::new(&["own", "real"]);
    fs::create_dir(user.path("own")).unwrap();
    assert_eq!(user.result("shim install")["state"], "installed");
    let all = user.all();
    let seen = user.run("shim install");
    assert_eq!(seen.code, Some(0));
    assert_eq!(seen.stderr, "[HOME]/own/az calls [HOME]/opt/az-communication already.\n");
    assert_eq!(user.all(), all);
}

#[test]
fn a_file_of_another_program_is_never_replaced() {
    let user = User::new(&["real"]);
    user.home.write("other/file/az", "");
    fs::create_dir_all(user.path("other/folder/az")).unwrap();
    for (name, target) in [("link", user.path("real/az")), ("dangling", "/no/where/az".into())] {
        fs::create_dir(user.path(&format!("other/{name}"))).unwrap();
        symlink(target, user.path(&format!("other/{name}/az"))).unwrap();
    }
    let all = user.all();
    let mut said = String::new();
    for name in ["file", "folder", "link", "dangling"] {
        for verb in ["install", "remove"] {
            let seen = user.run(&format!("shim {verb} --dir other/{name}"));
            assert_eq!((seen.code, seen.stdout.as_str()), (Some(1), ""), "{name}: {seen:?}");
            said.push_str(&seen.stderr);
        }
    }
    assert_snapshot!(said, @r"
    ERROR: [HOME]/other/file/az is a file of another program, and is left as it is.
    Hint: Choose another folder, which stands before it on PATH: --dir DIR
    ERROR: [HOME]/other/file/az is a file of another program, not a shim, and is left as it is.
    ERROR: [HOME]/other/folder/az is a folder, and is left as it is.
    Hint: Choose another folder, which stands before it on PATH: --dir DIR
    ERROR: [HOME]/other/folder/az is a folder, not a shim, and is left as it is.
    ERROR: [HOME]/other/link/az is a link to [HOME]/real/az, and is left as it is.
    Hint: Choose another folder, which stands before it on PATH: --dir DIR
    ERROR: [HOME]/other/link/az is a link to [HOME]/real/az, not a shim, and is left as it is.
    ERROR: [HOME]/other/dangling/az is a link to /no/where/az, which does not exist, and is left as it is.
    Hint: Choose another folder, which stands before it on PATH: --dir DIR
    ERROR: [HOME]/other/dangling/az is a link to /no/where/az, which does not exist, not a shim, and is left as it is.
    ");
    assert_eq!(user.all(), all);
}

#[test]
fn a_link_whose_program_is_gone_is_repaired() {
    let user = User::new(&["own", "real"]);
    fs::create_dir(user.path("own")).unwrap();
    // By its name.
    symlink("/old/place/az-communication", user.path("own/az")).unwrap();
    let seen = user.run("shim install");
    assert!(seen.stdout.contains("\"state\": \"repaired\""), "{seen:?}");
    assert_eq!(
        seen.stderr,
        "[HOME]/own/az called /old/place/az-communication. Now it calls [HOME]/opt/az-communication.\n"
    );
    // By what was noted.
    fs::rename(user.path("opt/az-communication"), user.path("opt/acs")).unwrap();
    let mut renamed = with_path(user.path("opt/acs"), &user.home, &user.folders);
    let seen = super::seen(renamed.args(["shim", "install"]));
    assert!(seen.stdout.contains("\"state\": \"repaired\""), "{seen:?}");
    assert_eq!(fs::read_link(user.path("own/az")).unwrap(), user.path("opt/acs"));
}

#[test]
fn removing_takes_it_back_without_a_trace() {
    for install in ["shim install", "shim install --dir a/b", "shim install --dir own"] {
        let user = User::new(&["real"]);
        fs::create_dir(user.path("own")).unwrap();
        let before = user.all();
        user.result(install);
        let removed = user.run("shim remove");
        assert_eq!(removed.code, Some(0), "{removed:?}");
        assert_eq!(user.all(), before, "{install}: {removed:?}");
        // Again, there is nothing to do.
        let again = user.run("shim remove");
        assert_eq!((again.code, again.stderr.as_str()), (Some(0), "There is no shim.\n"));
    }
}

#[test]
fn folders_with_something_else_in_them_stay() {
    let user = User::new(&["real"]);
    user.result("shim install --dir a/b");
    user.home.write("a/mine", "");
    let seen = user.run("shim remove");
    assert_eq!(seen.code, Some(0));
    assert_snapshot!(seen.stderr, @r"
    Removed [HOME]/a/b/az.
    Removed the folder [HOME]/.azure, which was empty.
    Removed the folder [HOME]/a/b, which was empty.
    ");
    assert!(user.path("a/mine").exists() && !user.path("a/b").exists());
}

#[test]
fn two_shims_are_removed_one_by_one_or_together() {
    let user = User::new(&["real"]);
    let before = user.all();
    user.result("shim install --dir a/b");
    user.result("shim install --dir a/c");
    let one = user.result("shim remove --dir a/b");
    assert_eq!(one["removed"].as_array().unwrap().len(), 1);
    assert!(user.path("a/c/az").is_symlink());
    user.result("shim install --dir a/b");
    assert_eq!(user.result("shim remove")["removed"].as_array().unwrap().len(), 2);
    assert_eq!(user.all(), before);
}

#[test]
fn the_program_itself_is_no_shim() {
    let user = User::new(&["opt", "real"]);
    installed(&user.home, "opt/az");
    let all = user.all();
    let seen = user.run("shim install");
    assert_eq!((seen.code, seen.stderr.as_str()), (Some(0), "[HOME]/opt/az is this program itself.\n"));
    assert_eq!(user.run("shim remove").stderr, "There is no shim.\n");
    let seen = user.run("shim remove --dir opt");
    assert_eq!(seen.code, Some(1));
    assert_eq!(seen.stderr, "ERROR: [HOME]/opt/az is this program itself, not a shim, and is left as it is.\n");
    assert_eq!(user.all(), all);
}

#[test]
fn the_status_says_which_az_is_run() {
    let user = User::new(&["own", "real"]);
    fs::create_dir(user.path("own")).unwrap();
    assert_snapshot!(user.run("shim status").stdout, @r#"
    {
      "first_az": "[HOME]/real/az",
      "first_is_ours": false,
      "real_az": "[HOME]/real/az",
      "shim": null,
      "state": "none",
      "target": null
    }
    "#);
    user.result("shim install");
    assert_snapshot!(user.run("shim status").stdout, @r#"
    {
      "first_az": "[HOME]/own/az",
      "first_is_ours": true,
      "real_az": "[HOME]/real/az",
      "shim": "[HOME]/own/az",
      "state": "installed",
      "target": "[HOME]/opt/az-communication"
    }
    "#);
    fs::remove_file(user.path("own/az")).unwrap();
    symlink("/old/az-communication", user.path("own/az")).unwrap();
    assert_snapshot!(user.run("shim status -o tsv --query [state,shim,target,first_az]").stdout, @r"
    dangling
    [HOME]/own/az
    /old/az-communication
    [HOME]/real/az
    ");
}

#[test]
fn az_has_the_same_commands() {
    let user = User::new(&["own", "real"]);
    fs::create_dir(user.path("own")).unwrap();
    let mut az = with_path(AZ, &user.home, &user.folders);
    let seen = seen(az.args(["communication", "shim", "install"]));
    assert_eq!(seen.code, Some(0), "{seen:?}");
    assert_eq!(fs::read_link(user.path("own/az")).unwrap(), Path::new(AZ));
}

#[test]
fn a_path_that_stays_when_a_package_is_updated_is_linked() {
    let user = User::new(&["bin", "own", "real"]);
    for folder in ["bin", "own"] {
        fs::create_dir(user.path(folder)).unwrap();
    }
    symlink("../opt/az-communication", user.path("bin/az-communication")).unwrap();
    user.result("shim install --dir own");
    assert_eq!(fs::read_link(user.path("own/az")).unwrap(), user.path("bin/az-communication"));
}

#[test]
fn only_errors_are_said_where_that_is_asked_for() {
    let user = User::new(&["real"]);
    assert_eq!(user.run("shim install --only-show-errors").stderr, "");
}

/// As root, it is made for another user's folder by nobody but that user: the folders of others are passed over.
#[test]
fn a_folder_of_another_user_is_passed_over() {
    let user = User::new(&["theirs", "own", "real"]);
    for folder in ["theirs", "own"] {
        fs::create_dir(user.path(folder)).unwrap();
    }
    if std::os::unix::fs::chown(user.path("theirs"), Some(65534), None).is_err() {
        println!("a_folder_of_another_user_is_passed_over: skipped, because it needs root");
        return;
    }
    assert_eq!(user.result("shim install")["shim"], "[HOME]/own/az");
}

#[test]
fn a_folder_that_everybody_can_write_is_passed_over() {
    use std::os::unix::fs::PermissionsExt as _;
    let user = User::new(&["open", "own", "real"]);
    for folder in ["open", "own"] {
        fs::create_dir(user.path(folder)).unwrap();
    }
    fs::set_permissions(user.path("open"), fs::Permissions::from_mode(0o777)).unwrap();
    assert_eq!(user.result("shim install")["shim"], "[HOME]/own/az");
}

/// The link that the command of a run finds is gone with the run.
#[test]
fn a_shim_that_is_installed_in_a_run_stays_good() {
    let user = User::new(&["own", "real"]);
    fs::create_dir(user.path("own")).unwrap();
    let seen = user.run("emulator run -- az-communication shim install");
    assert_eq!(seen.code, Some(0), "{seen:?}");
    assert_eq!(fs::read_link(user.path("own/az")).unwrap(), user.path("opt/az-communication"));
}

#[test]
fn a_path_that_is_not_text_gets_a_shim_without_notes() {
    use std::os::unix::ffi::OsStrExt as _;
    let user = User::new(&[]);
    let own = user.home.path().join(OsStr::from_bytes(b"own\xff"));
    fs::create_dir(&own).unwrap();
    let mut command = user.command("shim install");
    let path = std::env::join_paths([own.clone(), user.path("real")]).unwrap();
    let output = command.env("PATH", path).output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success() && own.join("az").is_symlink(), "{stderr}");
    assert!(stderr.contains("is not valid UTF-8, so it was not noted."), "{stderr}");
}
