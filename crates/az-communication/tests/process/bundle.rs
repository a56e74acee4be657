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
