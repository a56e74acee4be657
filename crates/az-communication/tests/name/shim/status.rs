//! Tests of `shim status`.

use super::*;
use insta::assert_snapshot;
use std::os::unix::fs::symlink;

#[test]
fn without_a_shim_the_real_az_comes_first() {
    assert_snapshot!(User::with_folders(&["own", "real"]).run("shim status"), @r#"
    exit 0
    --- stdout
    {
      "first_az": "HOME/real/az",
      "first_is_ours": false,
      "real_az": "HOME/real/az",
      "shim": null,
      "state": "none",
      "target": null
    }
    "#);
}

#[test]
fn with_a_shim_ours_comes_first() {
    let user = User::with_folders(&["own", "real"]);
    user.result("shim install");
    assert_snapshot!(user.run("shim status"), @r#"
    exit 0
    --- stdout
    {
      "first_az": "HOME/own/az",
      "first_is_ours": true,
      "real_az": "HOME/real/az",
      "shim": "HOME/own/az",
      "state": "installed",
      "target": "HOME/opt/az-communication"
    }
    "#);
}

#[test]
fn a_shim_whose_program_does_not_exist_is_dangling() {
    let user = User::with_folders(&["own", "real"]);
    symlink("/old/az-communication", user.path("own/az")).unwrap();
    assert_snapshot!(user.run("shim status"), @r#"
    exit 0
    --- stdout
    {
      "first_az": "HOME/real/az",
      "first_is_ours": false,
      "real_az": "HOME/real/az",
      "shim": null,
      "state": "none",
      "target": null
    }
    "#);
}
