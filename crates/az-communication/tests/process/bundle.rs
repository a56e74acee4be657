//! Tests of the bundle in the data folder.

use super::environment::certificate;
use super::*;

#[test]
fn the_data_folder_has_a_bundle_with_which_other_https_works_too() {
    let home = Folder::new();
    let corp = home.write("corp.pem", certificate("Q09SUA=="));
    let count = |path: &str| std::fs::read_to_string(path).unwrap().matches("BEGIN CERTIFICATE").count();
    let system = if Path::new("/etc/ssl/certs/ca-certificates.crt").exists() {
        count("/etc/ssl/certs/ca-certificates.crt")
    } else {
        0
    };
    for options in [&[][..], &["--in-memory"]] {
        let start = |bundle: Option<&str>| {
            let mut command = az(&home);
            command.args(START).args(options);
            command.envs(bundle.map(|bundle| ("REQUESTS_CA_BUNDLE", bundle)));
            Emulator::from_command(&mut command)
        };
        let emulator = start(None);
        let bundle = emulator.ready["caBundle"].as_str().unwrap().to_owned();
        assert_eq!(Path::new(&bundle).parent(), Path::new(&emulator.ca_certificate()).parent());
        assert!(count(&bundle) > system && count(&bundle) <= system + 1);
        let authority = std::fs::read_to_string(emulator.ca_certificate()).unwrap();
        assert!(std::fs::read_to_string(&bundle).unwrap().ends_with(&authority));
        get(&bundle, &format!("https://localhost:{}/health", emulator.port()));
        drop(emulator);
        if options.is_empty() {
            // The bundle does not grow if the shell that starts the emulator again names it.
            let first = count(&bundle);
            drop(start(Some(&bundle)));
            assert_eq!(count(&bundle), first);
        }
        let emulator = start(Some(corp.to_str().unwrap()));
        let text = std::fs::read_to_string(emulator.ready["caBundle"].as_str().unwrap()).unwrap();
        assert!(text.contains("Q09SUA=="), "a company's authority is not lost");
    }
}

#[test]
fn the_bundle_is_made_again_only_if_a_source_or_the_file_itself_has_changed() {
    let home = Folder::new();
    let corp = home.write("corp.pem", certificate("Q09SUA=="));
    let bundle = || {
        let emulator = Emulator::from_command(az(&home).args(START).env("REQUESTS_CA_BUNDLE", &corp));
        let path = PathBuf::from(emulator.ready["caBundle"].as_str().unwrap());
        let authority = std::fs::read_to_string(emulator.ca_certificate()).unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.ends_with(&authority));
        (FileVersion::of(&path), path, text)
    };
    let (first, path, text) = bundle();
    assert!(
        text.starts_with("# Made by the emulator ") && text.contains("Q09SUA=="),
        "{}",
        text.lines().next().unwrap()
    );
    assert_eq!(bundle().0, first, "nothing has changed");
    // The new file is as long as the former one.
    home.write("corp.pem", certificate("Q09SUB=="));
    let (second, _, changed) = bundle();
    assert_ne!(second, first);
    assert!(changed.contains("Q09SUB==") && !changed.contains("Q09SUA=="));
    let without_line = |text: &str| text.split_once('\n').unwrap().1.to_owned();
    let mut zeros = changed.clone().into_bytes();
    zeros[5000..5100].fill(0);
    for damaged in [&zeros, &changed.as_bytes()[..changed.len() - 1], b"", b"# Made from nothing\n"] {
        std::fs::write(&path, damaged).unwrap();
        assert_eq!(without_line(&bundle().2), without_line(&changed));
    }
    std::fs::remove_file(&path).unwrap();
    std::os::unix::fs::symlink(&corp, &path).unwrap();
    assert_eq!(without_line(&bundle().2), without_line(&changed));
    assert!(path.symlink_metadata().unwrap().is_file(), "the link is replaced");
    assert_eq!(std::fs::read_to_string(&corp).unwrap(), certificate("Q09SUB=="), "its file is not touched");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
    bundle();
    assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o644);
    let current = FileVersion::of(&path);
    let mut command = az(&home);
    assert!(command.args(["communication", "emulator", "new-authority", "--yes"]).output().unwrap().status.success());
    assert_ne!(bundle().0, current, "it has the new authority");
}

/// The identity of a file, and the time at which it was written.
#[derive(Debug, PartialEq)]
struct FileVersion(u64, std::time::SystemTime);

impl FileVersion {
    fn of(path: &Path) -> Self {
        use std::os::unix::fs::MetadataExt as _;
        let metadata = std::fs::metadata(path).unwrap();
        Self(metadata.ino(), metadata.modified().unwrap())
    }
}
