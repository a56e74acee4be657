//! Variables of ancestor processes. A wrapper that clears the environment and waits is an ancestor of this process. The
//! system keeps the environment that the wrapper was started with.

use std::ffi::OsString;

/// The maximum number of ancestors that are read.
const MOST: usize = 64;

/// The maximum size of an environment that is read, in bytes.
const LONGEST: u64 = 4 << 20;

/// Returns the value of a variable in the environment of the nearest ancestor that was started with it. Ancestors of
/// other users are skipped, because their environments cannot be read.
pub fn variable_of_ancestor(name: &str) -> Option<OsString> {
    use std::os::unix::ffi::OsStringExt as _;
    let mut process = std::os::unix::process::parent_id();
    for _ in 0..MOST {
        if process == 0 {
            break;
        }
        let environment = read(process, "environ").unwrap_or_default();
        if let Some(value) = value(&environment, name) {
            return Some(OsString::from_vec(value.to_vec()));
        }
        process = parent(&read(process, "stat")?)?;
    }
    None
}

fn read(process: u32, file: &str) -> Option<Vec<u8>> {
    use std::io::Read as _;
    let mut content = Vec::new();
    let file = std::fs::File::open(format!("/proc/{process}/{file}")).ok()?;
    file.take(LONGEST).read_to_end(&mut content).ok()?;
    Some(content)
}

fn value<'a>(environment: &'a [u8], name: &str) -> Option<&'a [u8]> {
    environment.split(|byte| *byte == 0).find_map(|entry| entry.strip_prefix(name.as_bytes())?.strip_prefix(b"="))
}

/// Returns the parent of a process. The name of the process is in parentheses and can contain blanks and parentheses.
fn parent(stat: &[u8]) -> Option<u32> {
    let end = stat.iter().rposition(|byte| *byte == b')')?;
    let fields = std::str::from_utf8(stat.get(end + 1..)?).ok()?;
    fields.split_ascii_whitespace().nth(1)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_process_can_look_like_fields() {
        assert_eq!(parent(b"12 (a) R 7 (b)) S 34 12 1"), Some(34));
        assert_eq!(parent(b"12 (sh"), None);
    }

    #[test]
    fn the_name_of_a_variable_must_match_completely() {
        assert_eq!(value(b"AB=1\0A=2\0", "A"), Some(&b"2"[..]));
        assert_eq!(value(b"AB=1\0", "A"), None);
    }
}
