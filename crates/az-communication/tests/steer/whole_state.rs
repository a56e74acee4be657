//! Exports and imports with many rows of all kinds, and what is refused.

use std::path::PathBuf;
use std::time::Instant;

use acs_identity_emulator::{ExportCheck, check_export};

use super::support::emulator::Emulator;
use super::support::whole_state::{grown, rows, with_long_assignments};
use super::*;

fn is_long() -> bool {
    std::env::var_os("AZ_LONG").is_some()
}

/// Returns the number of identities: 10^5 in the long form, or `AZ_IDENTITIES`.
fn identities() -> usize {
    let given = std::env::var("AZ_IDENTITIES").ok().and_then(|number| number.parse().ok());
    given.unwrap_or(if is_long() { 100_000 } else { 2_000 })
}

/// An emulator with keys of several generations and another time, its export, and a token that it issued before.
struct Source {
    world: World,
    file: PathBuf,
    token: String,
}

impl Source {
    fn new() -> Self {
        let world = World::alone();
        for words in ["key regenerate --key-type Secondary", "key regenerate --key-type Secondary", "clock advance 1h"]
        {
            assert_eq!(run(&mut of(&world, words)).code, Some(0));
        }
        let mut client = world.emulator.client();
        let user = client.create();
        let token = client.issue(&user).body["token"].as_str().unwrap().to_owned();
        let file = world.home.path().join("state.jsonl");
        assert_eq!(run(of(&world, "export").arg(&file)).code, Some(0));
        Self { world, file, token }
    }

    fn content(&self) -> Vec<u8> {
        std::fs::read(&self.file).unwrap()
    }

    /// Writes an export with many rows of all kinds.
    fn grow(&self, identities: usize) -> Vec<u8> {
        let content = grown(&self.content(), identities);
        std::fs::write(&self.file, &content).unwrap();
        content
    }
}

/// The command against an emulator with a data folder.
fn at(home: &Folder, emulator: &Emulator, words: &str) -> Command {
    let mut command = super::emulator(home, words);
    command.args(["--port", &emulator.port().to_string()]);
    command
}

/// Returns the largest resident size of a running emulator in KiB.
fn peak(emulator: &Emulator) -> String {
    let status = std::fs::read_to_string(format!("/proc/{}/status", emulator.child.id())).unwrap();
    status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap().trim().to_owned()
}

#[test]
fn a_state_of_many_rows_is_the_same_after_an_import_a_restart_and_an_export() {
    let source = Source::new();
    let content = source.grow(identities());
    println!("{} identities, {} bytes", identities(), content.len());
    let home = Folder::new();
    let exported = home.path().join("exported.jsonl");
    let mut started = Instant::now();
    let mut took = |what: &str, emulator: &Emulator| {
        println!("{what}: {} ms, the emulator's peak {}", started.elapsed().as_millis(), peak(emulator));
        started = Instant::now();
    };
    for options in [&["--data-dir", "data"][..], &["--in-memory"]] {
        let start = || {
            let mut command = super::emulator(&home, "start --port 0");
            Emulator::from_command(command.args(options).current_dir(home.path()))
        };
        let mut emulator = start();
        took("start", &emulator);
        let imported = run(at(&home, &emulator, "import").arg(&source.file));
        assert_eq!((imported.code, imported.stderr.as_str()), (Some(0), ""));
        took("import", &emulator);
        if options[0] == "--data-dir" {
            run(&mut at(&home, &emulator, "stop"));
            assert!(emulator.child.wait().unwrap().success());
            took("stop", &source.world.emulator);
            emulator = start();
            took("start", &emulator);
        }
        assert_eq!(run(at(&home, &emulator, "export").arg(&exported)).code, Some(0));
        took("export", &emulator);
        assert!(rows(&std::fs::read(&exported).unwrap()) == rows(&content), "{options:?}");
        assert!(emulator.client().is_active(&source.token), "{options:?}");
        took("compared", &emulator);
    }
}

#[test]
#[ignore = "writes and reads 64 MiB, which takes ten seconds"]
fn an_export_of_more_than_64_mib_is_written_and_imported() {
    let source = Source::new();
    let content = with_long_assignments(&source.content(), 80);
    assert!(content.len() > 64 << 20);
    std::fs::write(&source.file, &content).unwrap();
    let target = World::alone();
    assert_eq!(run(of(&target, "import").arg(&source.file)).code, Some(0));
    let exported = target.home.path().join("exported.jsonl");
    assert_eq!(run(of(&target, "export").arg(&exported)).code, Some(0));
    assert!(rows(&std::fs::read(&exported).unwrap()) == rows(&content));
}

#[test]
fn a_file_that_ends_at_any_4_kib_is_refused() {
    let content = Source::new().grow(identities());
    let mut check = ExportCheck::default();
    let blocks = content.chunks(4096);
    let (cuts, mut refused) = (blocks.len(), 0);
    for block in blocks {
        refused += usize::from(check.clone().end().is_err());
        check.add(block);
    }
    assert_eq!(refused, cuts);
    let summary = check.end().unwrap();
    assert_eq!(summary.identities, identities() + 1);
    println!("{cuts} cuts of {} bytes were refused", content.len());
}

/// Returns the places whose change is tried in a large file: the begin, the middle and the end of the first, the middle
/// and the last line of each kind, and a place in each of some blocks.
fn places(content: &[u8]) -> Vec<usize> {
    let mut lines: Vec<(usize, &[u8])> = Vec::new();
    let mut at = 0;
    for line in content.split_inclusive(|byte| *byte == b'\n') {
        lines.push((at, line));
        at += line.len();
    }
    let kind = |line: &[u8]| line.split(|byte| *byte == b',').next().unwrap().to_vec();
    let mut places: Vec<usize> = Vec::new();
    for of_kind in lines.chunk_by(|(_, one), (_, other)| kind(one) == kind(other)) {
        for (at, line) in [of_kind[0], of_kind[of_kind.len() / 2], of_kind[of_kind.len() - 1]] {
            places.extend([at, at + line.len() / 2, at + line.len() - 1]);
        }
    }
    let step = content.len() / if is_long() { 64 } else { 16 };
    places.extend((0..content.len()).step_by(step).map(|at| (at + at / 7 % step).min(content.len() - 1)));
    places.sort_unstable();
    places.dedup();
    places
}

#[test]
fn a_file_with_one_changed_byte_is_refused() {
    let source = Source::new();
    let small = grown(&source.content(), 4);
    let step = if is_long() { 1 } else { 29 };
    let mut tried = 0;
    for (content, places) in [(small.clone(), (0..small.len()).step_by(step).collect()), {
        let large = source.grow(identities());
        let places = places(&large);
        (large, places)
    }] {
        let mut check = ExportCheck::default();
        let mut before = 0;
        for place in places {
            check.add(&content[before..place]);
            before = place;
            let mut changed = check.clone();
            changed.add(&[content[place] ^ 1]);
            changed.add(&content[place + 1..]);
            assert!(changed.end().is_err(), "byte {place} of {}", content.len());
            tried += 1;
        }
    }
    println!("{tried} changes were refused");
}

#[test]
fn a_refused_import_leaves_a_running_emulator_unchanged() {
    let source = Source::new();
    let content = source.grow(if is_long() { 100_000 } else { 200 });
    let home = Folder::new();
    let emulator = Emulator::start(&home, &[]);
    let mut client = emulator.client();
    let user = client.create();
    let token = client.issue(&user).body["token"].as_str().unwrap().to_owned();
    let file = home.path().join("state.jsonl");
    let export = || {
        assert_eq!(run(at(&home, &emulator, "export").arg(&file)).code, Some(0));
        let text = std::fs::read_to_string(&file).unwrap();
        // The head has the time of the export, and the end its checksum.
        let lines: Vec<String> =
            text.lines().skip(1).filter(|line| !line.contains("sha256")).map(str::to_owned).collect();
        lines
    };
    let before = export();
    let text = String::from_utf8(content).unwrap();
    let blocks = text.len() / 4096;
    let middle = text.len() / 2;
    let mut changed = text.clone();
    changed.replace_range(middle..=middle, if text.as_bytes()[middle] == b'0' { "1" } else { "0" });
    for (name, sent) in [
        ("cut at the first 4 KiB", &text[..4096]),
        ("cut in the middle", &text[..blocks / 2 * 4096]),
        ("cut at the last 4 KiB", &text[..blocks * 4096]),
        ("without its last byte", &text[..text.len() - 1]),
        ("with a changed byte", &changed),
    ] {
        let answer = emulator.client().send("POST", "/emulator/import?replace=true", sent);
        assert_eq!((answer.status, answer.code()), (400, "InvalidState"), "{name}");
        assert_eq!(export(), before, "{name}");
        let broken = home.write("broken.jsonl", sent);
        assert_eq!(run(at(&home, &emulator, "import --replace").arg(&broken)).code, Some(1), "{name}");
    }
    assert_eq!(export(), before);
    assert!(emulator.client().is_active(&token));
    assert!(check_export(text.as_bytes()).is_ok());
}
