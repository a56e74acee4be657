//! Tests of the folders that killed runs leave.

use super::*;

#[test]
fn the_next_run_removes_what_a_killed_one_left_and_nothing_else() {
    let home = Folder::new();
    let (mut killed, _stdout) = ready(az(&home).args(run_words("echo ready; exec sleep 60")));
    let left = run_folders(&home);
    assert_eq!(left.len(), 1);
    killed.kill().unwrap();
    killed.wait().unwrap();
    let (mut living, _stdout) = ready(az(&home).args(run_words("echo ready; exec sleep 60")));
    let dead = killed.id();
    let make = |name: &str, mode: u32, file: &str| {
        let path = home.path().join(name);
        std::fs::create_dir(&path).unwrap();
        std::fs::write(path.join(file), "").unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
        path
    };
    let kept = [
        make(&format!("az-communication-emulator-{dead}-7"), 0o755, "ca.pem"),
        make(&format!("az-communication-emulator-{dead}-8"), 0o700, "thesis.txt"),
        make(&format!("az-communication-emulator-{}-9", std::process::id()), 0o700, "ca.pem"),
        make("az-communication-emulator-0-1", 0o700, "ca.pem"),
        make("az-communication-emulator-mine", 0o700, "ca.pem"),
    ];
    let link = home.path().join(format!("az-communication-emulator-{dead}-10"));
    let target = make("elsewhere", 0o700, "ca.pem");
    std::os::unix::fs::symlink(&target, &link).unwrap();
    let without_lock = make(&format!("az-communication-emulator-{dead}-11"), 0o700, "ca.pem");
    let before = run_folders(&home).len();
    assert!(az(&home).args(run_words("true")).status().unwrap().success());
    assert!(!left[0].exists() && !without_lock.exists());
    assert!(kept.iter().all(|path| path.exists()) && target.join("ca.pem").exists() && link.exists());
    // The folders of the living run and of other runs stay.
    assert_eq!(run_folders(&home).len(), before - 1 - usize::from(before > kept.len() + 3));
    kill("TERM", living.id());
    wait(&mut living);
}
