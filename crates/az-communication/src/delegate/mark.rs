//! The mark that prevents loops: an environment variable that records the hand-overs that led to this process.
//!
//! Each hand-over adds an entry of two digests. The first is the digest of the arguments, the second is the digest of
//! the arguments and the program that got them. The same arguments for the same program are a loop. Other arguments are
//! a new call. Ten calls may be nested.

use std::ffi::{OsStr, OsString};
use std::path::Path;

use ring::digest;

use crate::report::error::CliError;

/// The name of the variable. Programs that the real `az` starts inherit it.
pub(crate) const VARIABLE: &str = "AZ_COMMUNICATION_HANDED_OVER";

/// The number of calls that may be nested.
const DEEPEST: usize = 10;

/// The number of hexadecimal digits of a digest. Arguments can contain secrets, and a digest this short reveals nothing
/// about them. A collision among ten calls is too unlikely to matter.
const DIGITS: usize = 8;

/// Returns the mark for a program that gets these arguments.
///
/// # Errors
///
/// When these arguments went to this program before, when they came back to this process twice, or when calls are
/// nested too deeply.
pub(crate) fn next(mark: Option<&OsStr>, words: &[OsString], program: &Path) -> Result<String, CliError> {
    let mut entries: Vec<(String, String)> = mark.and_then(OsStr::to_str).map(parse).unwrap_or_default();
    let canonical = program.canonicalize();
    let of_words = digest_of(words.iter().map(OsString::as_os_str));
    let named = [canonical.as_deref().unwrap_or(program).as_os_str()];
    let of_call = digest_of(words.iter().map(OsString::as_os_str).chain(named));
    let again = entries.iter().any(|(_, call)| *call == of_call);
    if again || entries.iter().filter(|(words, _)| *words == of_words).count() > 1 {
        return Err(CliError::new(format!("{} calls this az again.", program.display()))
            .hint("It got the same arguments before. It is a wrapper, or it calls the first az on PATH. Make it call the Azure CLI by its path."));
    }
    if entries.len() >= DEEPEST {
        return Err(CliError::new(format!(
            "{} calls this az again, {DEEPEST} calls deep, with different arguments each time.",
            program.display()
        ))
        .hint("It is a wrapper, or it calls the first az on PATH. Make it call the Azure CLI by its path."));
    }
    entries.push((of_words, of_call));
    Ok(entries.iter().map(|(words, call)| format!("{words}{call}")).collect::<Vec<_>>().join(","))
}

/// Parses the entries. Entries in another format are left out, because this program did not write them.
fn parse(mark: &str) -> Vec<(String, String)> {
    mark.split(',')
        .filter(|entry| entry.len() == 2 * DIGITS && entry.bytes().all(|byte| byte.is_ascii_hexdigit()))
        .map(|entry| (entry[..DIGITS].to_owned(), entry[DIGITS..].to_owned()))
        .collect()
}

fn digest_of<'a>(parts: impl Iterator<Item = &'a OsStr>) -> String {
    let mut context = digest::Context::new(&digest::SHA256);
    for part in parts {
        let bytes = part.as_encoded_bytes();
        // The length is part of the digest, so that `a b` and `ab` differ.
        context.update(&bytes.len().to_le_bytes());
        context.update(bytes);
    }
    let digest = context.finish();
    digest.as_ref().iter().take(DIGITS / 2).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Vec<OsString> {
        line.split(' ').map(OsString::from).collect()
    }

    #[test]
    fn the_same_arguments_for_the_same_program_are_a_loop() {
        let (program, other) = (Path::new("/real/az"), Path::new("/other/az"));
        let mark = OsString::from(next(None, &words("vm list"), program).unwrap());
        assert!(next(Some(&mark), &words("vm list"), program).is_err());
        assert!(next(Some(&mark), &words("vm listx"), program).is_ok());
        assert!(next(Some(&mark), &words("vml ist"), program).is_ok());
        let twice = OsString::from(next(Some(&mark), &words("vm list"), other).unwrap());
        assert!(next(Some(&twice), &words("vm list"), Path::new("/third/az")).is_err());
    }

    #[test]
    fn different_arguments_can_be_nested_ten_deep() {
        let mut mark: Option<OsString> = None;
        for depth in 0..DEEPEST {
            mark = Some(next(mark.as_deref(), &words(&format!("call {depth}")), Path::new("/az")).unwrap().into());
        }
        let error = next(mark.as_deref(), &words("one more"), Path::new("/az")).unwrap_err();
        assert!(error.message.contains("10 calls deep"), "{error}");
    }

    #[test]
    fn the_mark_contains_no_arguments_and_malformed_entries_are_dropped() {
        let mark =
            next(Some(OsStr::new("rubbish,,0123456789abcdez")), &words("login -p hunter2"), Path::new("/az")).unwrap();
        assert_eq!(mark.len(), 2 * DIGITS);
        assert!(mark.bytes().all(|byte| byte.is_ascii_hexdigit()));
    }
}
