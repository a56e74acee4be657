//! The control secret of an emulator: given, read from a file, or made at the start. A new secret is written to a file
//! that only its owner may read.

use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::config::{Config, ControlSecret, Storage};
use crate::error::Error;
use crate::{files, random};

/// The name of the file in a data folder.
pub const CONTROL_SECRET_FILE: &str = "control-secret";

/// The fewest and the most characters of a secret. A shorter one can be guessed, and a longer one cannot be sent: the
/// head of a request has a limit.
pub const CONTROL_SECRET_LENGTH: RangeInclusive<usize> = 16..=1024;

/// How many random bytes a new secret has.
const BYTES: usize = 32;

/// The control secret of an emulator.
pub(crate) struct OpenedSecret {
    pub(crate) secret: ControlSecret,
    /// The file that holds it. `None` if the secret was given, or if all data is in memory and no file was named.
    pub(crate) file: Option<PathBuf>,
}

/// Returns the control secret. The file of the configuration is read. It is made if it does not exist. Without such a
/// file, the file in the data folder is used. An emulator without a data folder makes a secret that only its process
/// knows.
pub(crate) fn open(config: &Config) -> Result<OpenedSecret, Error> {
    match (&config.control_secret, &config.control_secret_file, &config.storage) {
        (Some(secret), _, _) => Ok(OpenedSecret { secret: secret.clone(), file: None }),
        (None, Some(file), _) => keep(file, files::read_given_secret).map_err(of_file),
        (None, None, Storage::Folder(folder)) => {
            keep(&folder.join(CONTROL_SECRET_FILE), files::read_private).map_err(of_file)
        }
        (None, None, Storage::Memory) => Ok(OpenedSecret { secret: made()?, file: None }),
        // Each emulator has a secret of its own, unless all are given the same one.
        #[cfg(feature = "postgres")]
        (None, None, Storage::Postgres(_)) => Ok(OpenedSecret { secret: made()?, file: None }),
    }
}

fn of_file(error: Error) -> Error {
    Error::ControlSecret(Box::new(error))
}

/// Reads a file. Returns `None` if it is missing.
type Read = fn(&Path) -> Result<Option<Vec<u8>>, Error>;

/// Returns the secret of a file, or makes both.
fn keep(path: &Path, read: Read) -> Result<OpenedSecret, Error> {
    let with = |secret| OpenedSecret { secret, file: Some(path.to_owned()) };
    if let Some(content) = read(path)? {
        return parse(path, &content).map(with);
    }
    let secret = made()?;
    if files::make_private(path, format!("{}\n", secret.text()).as_bytes())? {
        return Ok(with(secret));
    }
    // Another emulator with the same file has made it meanwhile.
    parse(path, &read(path)?.unwrap_or_default()).map(with)
}

fn made() -> Result<ControlSecret, Error> {
    Ok(URL_SAFE_NO_PAD.encode(random::bytes::<BYTES>()?).into())
}

fn parse(path: &Path, content: &[u8]) -> Result<ControlSecret, Error> {
    secret_of(content).map_err(|why| Error::Content(path.to_owned(), why.to_owned()))
}

/// Returns the secret in the content of a file, without the white space at its ends.
fn secret_of(content: &[u8]) -> Result<ControlSecret, &'static str> {
    let text = str::from_utf8(content).map_err(|_| "is not UTF-8")?.trim_ascii();
    if text.is_empty() {
        return Err("is empty, so it holds no control secret");
    }
    let fits = |byte: u8| byte == b' ' || byte.is_ascii_graphic();
    if !text.bytes().all(fits) {
        return Err("does not hold a control secret: a secret consists of printable ASCII characters on one line");
    }
    if !CONTROL_SECRET_LENGTH.contains(&text.len()) {
        return Err("holds a control secret that does not have 16 to 1024 characters");
    }
    Ok(text.to_owned().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_secret_has_32_random_bytes_in_base64url() {
        let (one, other) = (made().unwrap(), made().unwrap());
        assert_eq!(URL_SAFE_NO_PAD.decode(one.text()).unwrap().len(), 32);
        assert_ne!(one, other);
    }

    #[test]
    fn the_white_space_around_a_secret_is_left_out() {
        assert_eq!(secret_of(b" a s3cret of mine\r\n").unwrap().text(), "a s3cret of mine");
    }

    #[test]
    fn a_file_without_a_secret_is_refused() {
        let said = |content: &[u8]| secret_of(content).unwrap_err();
        insta::assert_snapshot!(
            [said(b""), said(b" \r\n"), said(b"\xff"), said("é".repeat(8).as_bytes()), said(b"one\ntwo, and some more")].join("\n"),
            @r"
        is empty, so it holds no control secret
        is empty, so it holds no control secret
        is not UTF-8
        does not hold a control secret: a secret consists of printable ASCII characters on one line
        does not hold a control secret: a secret consists of printable ASCII characters on one line
        "
        );
    }

    #[test]
    fn a_secret_has_16_to_1024_characters() {
        for length in [16, 1024] {
            assert!(secret_of(&vec![b'a'; length]).is_ok(), "{length}");
        }
        for length in [1, 15, 1025] {
            let why = secret_of(&vec![b'a'; length]).unwrap_err();
            assert_eq!(why, "holds a control secret that does not have 16 to 1024 characters");
        }
    }
}
