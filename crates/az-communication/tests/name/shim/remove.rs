//! Tests of `shim remove`.

use super::*;
use insta::assert_snapshot;

#[test]
fn it_removes_all_that_the_installation_made() {
    for install in ["shim install", "shim install --dir a/b", "shim install --dir own"] {
        let user = User::new(&["real"]);
        fs::create_dir(user.path("own")).unwrap();
        let before = user.all();
        user.result(install);
        let removed = user.run("shim remove");
        assert_eq!(removed.code, Some(0), "{removed}");
        assert_eq!(user.all(), before, "{install}: {removed}");
    }
}

#[test]
fn without_a_shim_it_does_nothing() {
    let user = User::new(&["real"]);
    let all = user.all();
    let seen = user.run("shim remove");
    assert_eq!((seen.code, seen.stderr.as_str()), (Some(0), "There is no shim.\n"));
    assert_eq!(user.all(), all);
}

#[test]
fn a_folder_that_is_not_empty_stays() {
    let user = User::new(&["real"]);
    user.result("shim install --dir a/b");
    user.home.write("a/mine", "");
    assert_snapshot!(user.run("shim remove").stderr, @"
    Removed HOME/a/b/az.
    Removed the folder HOME/.azure, which was empty.
    Removed the folder HOME/a/b, which was empty.
    ");
    assert!(user.path("a/mine").exists() && !user.path("a/b").exists());
}

#[test]
fn one_of_two_shims_is_removed_by_its_folder() {
    let user = User::new(&["real"]);
    user.result("shim install --dir a/b");
    user.result("shim install --dir a/c");
    let removed = user.result("shim remove --dir a/b");
    assert_eq!(removed["removed"].as_array().unwrap().len(), 1);
    assert!(user.path("a/c/az").is_symlink());
}

#[test]
fn all_shims_are_removed_together() {
    let user = User::new(&["real"]);
    let before = user.all();
    user.result("shim install --dir a/b");
    user.result("shim install --dir a/c");
    assert_eq!(user.result("shim remove")["removed"].as_array().unwrap().len(), 2);
    assert_eq!(user.all(), before);
}

#[test]
fn the_program_itself_is_not_removed() {
    let user = User::new(&["opt", "real"]);
    installed(&user.home, "opt/az");
    let all = user.all();
    assert_eq!(user.run("shim remove").stderr, "There is no shim.\n");
    assert_snapshot!(user.run("shim remove --dir opt"), @"
    exit 1
    --- stderr
    ERROR: HOME/opt/az is this program itself, not a shim, so it was not removed.
    ");
    assert_eq!(user.all(), all);
}
