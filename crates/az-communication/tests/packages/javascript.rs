//! Tests of the JavaScript kit. They are in tests/kits/javascript, and use the built packages in fresh folders.

use std::fs;

use super::dist::repository;
use super::node;
use super::support::Folder;

#[test]
#[ignore = "needs the artefacts and the npm packages of scripts/test.sh"]
fn the_javascript_kit() {
    let folder = repository().join("tests/kits/javascript");
    let mut files: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.to_string_lossy().ends_with(".test.mjs"));
    files.sort();
    assert!(files.len() > 1, "{}: {files:?}", folder.display());
    let home = Folder::new();
    let mut command = node::program("node", &home);
    for name in ["AZ_TEST_DIST", "AZ_TEST_INSTALLERS", "AZ_TEST_KITS_JAVASCRIPT"] {
        command.env(name, std::env::var_os(name).unwrap_or_else(|| panic!("{name}: run scripts/test.sh")));
    }
    let output = command.args(["--test", "--test-reporter=spec"]).args(files).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    println!("{said}");
    assert!(output.status.success(), "{}{said}{}", output.status, String::from_utf8_lossy(&output.stderr));
}
