//! Tests with generated files in place of a record: each is resumed, or refused and not changed.

use std::fs::Metadata;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::Path;

use crate::support::world::World;
use crate::{ISSUE, Random, recorded};

/// The expected result for a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Expected {
    Taken,
    Refused,
    /// Either result, but the checks of that result apply.
    Any,
}

/// Records of real runs, from which the files are generated.
struct Samples {
    ours: Vec<u8>,
    former: Vec<u8>,
    others: Vec<Vec<u8>>,
}

const FOREIGN: [&str; 10] = [
    "{\"a\":1}",
    "[1,2,3]",
    "{\"user_id\":\"8:acs:a\"}",
    "{\"user_id\":\"8:acs:a\",\"token\":\"t\"}",
    "{\"user_id\":\"8:acs:a\",\"token\":\"t\",\"expires_on\":\"2026-01-01T00:00:00Z\",\"mine\":true}",
    "{\"format\":\"something else\",\"version\":2}",
    "{\"format\":\"az-communication-batch\",\"version\":9}",
    "{\n  \"rawId\": \"8:acs:a\"\n}",
    "\"text\"",
    "null",
];

impl Samples {
    fn of(world: &World) -> Self {
        let read = |name: &str| std::fs::read(world.home.path().join(name)).unwrap();
        world.ok(&format!("{ISSUE} --count 3 --out-file ours"));
        world.ok("token issue-batch --scope voip --count 3 --out-file voip");
        world.ok(&format!("{ISSUE} --count 3 --out-file hour --expires-in 1h"));
        world.ok("token revoke-batch --users-from ours --out-file revoked --yes");
        world.ok("user delete-batch --users-from hour --out-file deleted --yes");
        let former: String = world
            .outcomes("ours", "issued")
            .iter()
            .map(|line| format!("{}\n", serde_json::json!({"user_id": line["user_id"], "token": line["token"], "expires_on": line["expires_on"]})))
            .collect();
        let elsewhere = String::from_utf8(read("ours")).unwrap().replacen("localhost", "elsewhere", 1);
        let others = vec![read("voip"), read("hour"), read("revoked"), read("deleted"), elsewhere.into_bytes()];
        Self { ours: read("ours"), former: former.into_bytes(), others }
    }

    /// Generates a file. Returns the expected result, too.
    fn generate(&self, random: &mut Random) -> (Vec<u8>, Expected) {
        use Expected::{Any, Refused, Taken};
        let header = self.ours.iter().position(|byte| *byte == b'\n').unwrap();
        match random.below(20) {
            0..3 => {
                let length = 1 + random.below(300);
                // A single brace can be the beginning of a record.
                (random.bytes(length), if length == 1 { Any } else { Refused })
            }
            3..6 => {
                let count = 1 + random.below(3);
                let text: Vec<&str> = (0..count).map(|_| *random.one_of(&FOREIGN)).collect();
                let end = if random.below(2) == 0 { "\n" } else { "" };
                (format!("{}{end}", text.join("\n")).into_bytes(), Refused)
            }
            6..8 => {
                let mut bytes = random.one_of(&self.others).clone();
                let length = header + 30 + random.below(bytes.len() - header - 30);
                bytes.truncate(length);
                (bytes, Refused)
            }
            8..13 => (self.ours[..random.below(self.ours.len() + 1)].to_vec(), Taken),
            13 => {
                // The text comes after complete lines. After an incomplete line, it could be a part of a name or a
                // token.
                let lines: Vec<&[u8]> = self.ours.split_inclusive(|byte| *byte == b'\n').collect();
                let mut bytes = lines[..1 + random.below(lines.len())].concat();
                bytes.extend(*random.one_of(&[&b"note"[..], b"\nmine", b"# x", b"8:acs:a\n", b"{\"mine\":1}\n"]));
                (bytes, Refused)
            }
            14 => {
                let text = String::from_utf8(self.ours.clone()).unwrap();
                (text.replace('\n', "\r\n").into_bytes(), Refused)
            }
            15 => ([b"\xef\xbb\xbf", &self.ours[..]].concat(), Refused),
            16 => {
                let mut bytes = self.ours.clone();
                let at = random.below(bytes.len());
                bytes[at] = bytes[at].wrapping_add(1 + random.below(255) as u8);
                (bytes, Any)
            }
            17 => {
                let first = self.former.iter().position(|byte| *byte == b'\n').unwrap() + 1;
                (self.former[..first + random.below(self.former.len() - first + 1)].to_vec(), Taken)
            }
            18 => {
                let first = self.former.iter().position(|byte| *byte == b'\n').unwrap() + 1;
                // `{"` can be the beginning of a record.
                let length = 1 + random.below(first - 1);
                (self.former[..length].to_vec(), if length < 3 { Any } else { Refused })
            }
            _ if random.below(10) == 0 => (vec![*random.one_of(&[b'{', b'x', 0]); 5 * 1024 * 1024], Refused),
            _ => {
                let mut lines: Vec<&[u8]> = self.ours.split_inclusive(|byte| *byte == b'\n').collect();
                let at = 1 + random.below(lines.len() - 1);
                lines.insert(at, *random.one_of(&[&b"\n"[..], b"{}\n", b"{\"user_id\":\"8:acs:a\"}\n", b"\xff\n"]));
                (lines.concat(), Refused)
            }
        }
    }
}

/// Returns all metadata of a file that must not change: inode, length, mode, and the times of change and access.
fn facts(m: &Metadata) -> [i64; 9] {
    let (node, size) = (m.ino().cast_signed(), m.size().cast_signed());
    let (atime, atime_nsec) = (m.atime(), m.atime_nsec());
    [node, size, m.mode().into(), m.mtime(), m.mtime_nsec(), m.ctime(), m.ctime_nsec(), atime, atime_nsec]
}

fn check_file(world: &World, path: &Path, bytes: &[u8], expected: Expected) -> bool {
    let _ = std::fs::remove_file(path);
    std::fs::write(path, bytes).unwrap();
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o640)).unwrap();
    let before = facts(&std::fs::metadata(path).unwrap());
    let seen = world.run(&format!("{ISSUE} --count 4 --out-file file"));
    let facts_after = facts(&std::fs::metadata(path).unwrap());
    let after = std::fs::read(path).unwrap();
    let start = String::from_utf8_lossy(&bytes[..bytes.len().min(2000)]).into_owned();
    if seen.stderr.contains(" cannot be used: ") {
        assert_eq!((seen.code, seen.stdout.as_str()), (Some(1), ""), "{seen:?}\n{start}");
        assert_ne!(expected, Expected::Taken, "{seen:?}\n{start}");
        assert_eq!(facts_after, before, "{seen:?}\n{start}");
        assert!(after == bytes, "{seen:?}\n{start}");
        return false;
    }
    assert_ne!(expected, Expected::Refused, "{seen:?}\n{start}");
    // All recorded outcomes are still in the file, once each, and the other outcomes were added.
    let (users, unknown) = recorded(&after);
    let (before, _) = recorded(bytes);
    assert_eq!(users.len() + unknown, 4, "{seen:?}\n{start}");
    assert!(users.values().all(|lines| *lines == 1), "{seen:?}\n{start}");
    assert!(before.keys().all(|user| users.contains_key(user)), "{seen:?}\n{start}");
    assert_eq!(seen.code, Some(i32::from(unknown > 0)), "{seen:?}\n{start}");
    let kept = bytes.iter().zip(&after).take_while(|(one, other)| one == other).count();
    let last_line = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    assert!(kept >= last_line, "{seen:?}\n{start}");
    let again = world.run(&format!("{ISSUE} --count 4 --out-file file"));
    // The byte that was changed can be a digit of the time at which a token expires.
    let expired = "WARNING: In file, 1 token has expired. Renew expired tokens with --refresh 0, or --refresh 1h.\n";
    let says_enough = again.stderr.is_empty() || (expected == Expected::Any && again.stderr == expired);
    assert!(again.code == Some(0) && says_enough, "{again:?}\n{start}");
    true
}

/// Checks that files of all kinds are resumed, or refused and not changed.
fn files_are_taken_or_refused(count: usize) {
    let mut random = Random::new();
    let world = World::new();
    let samples = Samples::of(&world);
    let path = world.home.path().join("file");
    let taken = (0..count)
        .filter(|_| {
            let (bytes, expected) = samples.generate(&mut random);
            check_file(&world, &path, &bytes, expected)
        })
        .count();
    println!("{count} files: {taken} taken, {} refused", count - taken);
    assert!(taken > 0 && taken < count);
}

#[test]
#[cfg_attr(portable_system, ignore = "only on Unix")]
fn a_file_is_resumed_or_refused_and_left_unchanged() {
    files_are_taken_or_refused(60);
}

#[test]
#[ignore = "takes minutes: run scripts/test.sh"]
fn two_thousand_files_are_resumed_or_refused_and_left_unchanged() {
    files_are_taken_or_refused(2000);
}
