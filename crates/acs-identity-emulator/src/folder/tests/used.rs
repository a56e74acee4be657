//! Tests of folders that were used and have lost a part.

use std::fs;

use super::super::DATABASE_FILE;
use super::super::names::LOCK_FILE;
use super::{Temporary, close, create};

#[test]
fn a_used_folder_without_its_database_is_refused() {
    let folder = Temporary::new();
    let opened = folder.open().unwrap();
    create(&opened.store, "u");
    close(opened);
    let content = fs::read(folder.path(DATABASE_FILE)).unwrap();
    fs::write(folder.path(DATABASE_FILE), "").unwrap();
    assert!(folder.refusal().contains("it is missing or empty"));
    fs::remove_file(folder.path(DATABASE_FILE)).unwrap();
    assert!(folder.refusal().contains("it is missing or empty"));
    assert!(!folder.path(DATABASE_FILE).exists(), "and none is made");
    fs::remove_file(folder.path(LOCK_FILE)).unwrap();
    fs::write(folder.path("ca.pem"), "").unwrap();
    assert!(folder.refusal().contains("(it contains ca.pem)"));
    fs::remove_file(folder.path("ca.pem")).unwrap();
    fs::write(folder.path(DATABASE_FILE), content).unwrap();
    folder.open().unwrap();
}

#[test]
fn a_used_folder_whose_database_was_cut_is_refused_and_not_written() {
    for length in [1, 511] {
        let folder = Temporary::new();
        close(folder.open().unwrap());
        let cut = fs::read(folder.path(DATABASE_FILE)).unwrap()[..length].to_vec();
        fs::write(folder.path(DATABASE_FILE), &cut).unwrap();
        assert!(folder.refusal().starts_with("the database FOLDER/identities.db"), "{length}");
        assert_eq!(fs::read(folder.path(DATABASE_FILE)).unwrap(), cut);
    }
}

#[test]
fn a_folder_with_only_a_bundle_left_is_refused() {
    let folder = Temporary::new();
    fs::write(folder.path("bundle.pem"), "").unwrap();
    assert!(folder.refusal().contains("(it contains bundle.pem)"));
}

#[test]
fn a_used_folder_whose_database_has_lost_its_resource_is_refused_and_not_written() {
    let folder = Temporary::new();
    close(folder.open().unwrap());
    fs::remove_file(folder.path(LOCK_FILE)).unwrap();
    let content = fs::read(folder.path(DATABASE_FILE)).unwrap();
    fs::write(folder.path("ca.pem"), "").unwrap();
    assert!(
        folder.refusal().contains("it lacks the resource, although the folder was used before (it contains ca.pem)")
    );
    assert_eq!(fs::read(folder.path(DATABASE_FILE)).unwrap(), content);
}

#[test]
fn a_folder_after_an_early_kill_of_the_first_start_is_accepted() {
    let folder = Temporary::new();
    fs::write(folder.path(LOCK_FILE), "").unwrap();
    fs::write(folder.path(DATABASE_FILE), "").unwrap();
    folder.open().unwrap();
}
