//! Tests of the files that the ready file may replace.

use super::ready::{ready_line, stop};
use super::*;

#[test]
fn the_ready_file_takes_the_place_of_nothing_but_a_file() {
    let home = Folder::new();
    let target = home.write("notes.txt", "mine");
    let link = home.path().join("link");
    std::os::unix::fs::symlink(&target, &link).unwrap();
    let fifo = home.path().join("fifo");
    rustix::fs::mknodat(rustix::fs::CWD, &fifo, rustix::fs::FileType::Fifo, rustix::fs::Mode::RWXU, 0).unwrap();
    for there in [link.to_str().unwrap(), fifo.to_str().unwrap(), home.path().to_str().unwrap(), "/dev/null"] {
        let said = refusal(az(&home).args(START).args(["--in-memory", "--ready-file", there]));
        let why = "it is not a regular file";
        assert_eq!(said, format!("ERROR: The ready file {there} cannot be written: {why}.\n"));
    }
    assert_eq!(std::fs::read_to_string(target).unwrap(), "mine");
    // A file that has replaced it in the meantime stays, too.
    let path = home.path().join("ready.json");
    let mut command = az(&home);
    command.args(START).arg("--in-memory").env("AZURE_COMMUNICATION_EMULATOR_READY_FILE", &path);
    let (mut child, _line) = ready_line(&mut command);
    std::fs::remove_file(&path).unwrap();
    std::fs::write(&path, "other").unwrap();
    stop(&mut child);
    assert_eq!(std::fs::read_to_string(path).unwrap(), "other");
}

/// Makes a ready file as a killed emulator leaves it. Returns its content.
fn leave_ready_file(home: &Folder, path: &Path) -> String {
    let mut command = az(home);
    command.args(START).args(["--in-memory", "--ready-file", path.to_str().unwrap()]);
    let (mut child, _line) = ready_line(&mut command);
    child.kill().unwrap();
    child.wait().unwrap();
    std::fs::read_to_string(path).unwrap()
}

#[test]
fn the_ready_file_removes_no_file_but_one_ready_line_that_names_it() {
    let home = Folder::new();
    let path = home.path().join("ready.json");
    let left = leave_ready_file(&home, &path);
    let line: Value = serde_json::from_str(&left).unwrap();
    let changed = |change: &dyn Fn(&mut serde_json::Map<String, Value>)| {
        let mut line = line.clone();
        change(line.as_object_mut().unwrap());
        format!("{line}\n")
    };
    let others = [
        String::new(),
        "notes\n".to_owned(),
        "{}\n".to_owned(),
        left.trim_end().to_owned(),
        format!("{left}{left}"),
        format!("{left}\n"),
        changed(&|line| line["readyFile"] = "/tmp/other.json".into()),
        changed(&|line| line["readyFile"] = Value::Null),
        changed(&|line| line["pid"] = "1".into()),
        changed(&|line| drop(line.remove("endpoint"))),
        changed(&|line| drop(line.insert("more".into(), 1.into()))),
    ];
    for other in others {
        std::fs::write(&path, &other).unwrap();
        let said = refusal(az(&home).args(START).args(["--in-memory", "--ready-file", path.to_str().unwrap()]));
        let why = "a file that is not a ready file exists there";
        assert_eq!(said, format!("ERROR: The ready file {} cannot be written: {why}.\n", path.display()), "{other}");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), other);
    }
    std::fs::write(&path, &left).unwrap();
    refusal(az(&home).args(START).args(["--data-dir", "/proc/nowhere", "--ready-file", path.to_str().unwrap()]));
    assert!(!path.exists(), "the ready line itself is known");
}

#[test]
fn the_ready_file_is_never_the_file_of_stdout() {
    let home = Folder::new();
    let path = home.path().join("ready.json");
    let mut command = az(&home);
    command.args(START).arg("--in-memory").arg("--ready-file").arg(&path);
    command.stdin(Stdio::null()).stdout(std::fs::File::create(&path).unwrap()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    assert_eq!(wait(&mut child).code(), Some(1));
    let mut said = String::new();
    child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    let (error, hint) = ("stdout is redirected to it", "Redirect stdout to another file, or name another ready file");
    assert_eq!(
        said,
        format!(
            "ERROR: The ready file {} cannot be written: {error}.\nHint: {hint}: --ready-file FILE\n",
            path.display()
        )
    );
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "");
}

#[test]
fn the_ready_file_is_never_one_in_the_data_folder() {
    let home = Folder::new();
    let data = home.path().join("data");
    let start = |file: &str| {
        let mut command = az(&home);
        command.args(START).arg("--data-dir").arg(&data).arg("--ready-file").arg(data.join(file));
        command
    };
    // The folder does not exist yet.
    assert!(refusal(&mut start("identities.db")).ends_with(": its folder does not exist.\n"));
    let emulator = Emulator::start(&home, &["--data-dir", data.to_str().unwrap()]);
    let link = home.path().join("link");
    std::os::unix::fs::symlink(&data, &link).unwrap();
    let content = || {
        let mut names: Vec<_> = std::fs::read_dir(&data).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        names
    };
    let before = content();
    for file in ["identities.db", "identities.db-wal", "lock", "ca.pem", "new.json", "../link/new.json"] {
        let said = refusal(&mut start(file));
        let why = "it is in the data folder, which is only for the emulator's own files";
        assert!(said.ends_with(&format!(" cannot be written: {why}.\n")), "{file}: {said}");
        // An emulator in memory cannot replace these files either.
        if file.contains("new") {
            continue;
        }
        let named = data.join(file);
        let said = refusal(az(&home).args(START).args(["--in-memory", "--ready-file", named.to_str().unwrap()]));
        assert!(said.ends_with(": a file that is not a ready file exists there.\n"), "{file}: {said}");
    }
    assert_eq!(content(), before);
    drop(emulator);
}
