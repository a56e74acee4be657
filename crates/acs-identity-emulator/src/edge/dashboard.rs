//! What the emulator's page has besides the service: the one-time codes that sign it in, and the files with which
//! clients on this machine trust the emulator.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::{Mutex, OnceLock, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::random::{self, NoRandom};

/// How many codes wait to be used. The oldest ones go, because a code that nobody uses would stay until the emulator
/// ends, and because a wrong code is compared with all of them.
const MOST: usize = 64;

/// So many random bytes cannot be guessed.
const BYTES: usize = 16;

/// The files with which clients on this machine trust the emulator. A program that writes them says where they are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TrustFiles {
    /// The certificate of the emulator's authority, in PEM.
    pub certificate: Option<PathBuf>,
    /// That certificate, and those that the machine trusts, in PEM.
    pub bundle: Option<PathBuf>,
    /// A trust store for Java.
    pub java_trust_store: Option<PathBuf>,
}

/// The codes, and the files of the program.
#[derive(Default)]
pub(crate) struct Dashboard {
    codes: Mutex<VecDeque<String>>,
    trust_files: OnceLock<TrustFiles>,
}

impl Dashboard {
    /// Makes a code that signs the page in once.
    pub(crate) fn new_code(&self) -> Result<String, NoRandom> {
        let code = URL_SAFE_NO_PAD.encode(random::bytes::<BYTES>()?);
        let mut codes = self.codes.lock().unwrap_or_else(PoisonError::into_inner);
        if codes.len() == MOST {
            codes.pop_front();
        }
        codes.push_back(code.clone());
        Ok(code)
    }

    /// Uses a code up. Returns whether it was one.
    pub(crate) fn redeem(&self, code: &str) -> bool {
        let mut codes = self.codes.lock().unwrap_or_else(PoisonError::into_inner);
        let at = codes.iter().position(|known| known == code);
        at.is_some_and(|at| codes.remove(at).is_some())
    }

    /// Sets the files. Only the first call counts.
    pub(crate) fn set_trust_files(&self, files: TrustFiles) {
        self.trust_files.get_or_init(|| files);
    }

    /// Returns the files, if the program has set them.
    pub(crate) fn trust_files(&self) -> Option<&TrustFiles> {
        self.trust_files.get()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_has_128_random_bits_in_base64url_and_works_once() {
        let dashboard = Dashboard::default();
        let (one, other) = (dashboard.new_code().unwrap(), dashboard.new_code().unwrap());
        assert_eq!(URL_SAFE_NO_PAD.decode(&one).unwrap().len(), 16);
        assert_ne!(one, other);
        for (code, expected) in [("", false), (&*one, true), (&*one, false), (&*other, true), (&*other, false)] {
            assert_eq!(dashboard.redeem(code), expected);
        }
    }

    #[test]
    fn the_last_64_codes_wait() {
        let dashboard = Dashboard::default();
        let codes: Vec<String> = (0..66).map(|_| dashboard.new_code().unwrap()).collect();
        let works: Vec<bool> = codes.iter().map(|code| dashboard.redeem(code)).collect();
        assert_eq!(works, [[false; 2].as_slice(), &[true; 64]].concat());
    }

    #[test]
    fn only_the_first_trust_files_count() {
        let dashboard = Dashboard::default();
        assert_eq!(dashboard.trust_files(), None);
        let files = |name: &str| TrustFiles { bundle: Some(name.into()), ..TrustFiles::default() };
        dashboard.set_trust_files(files("one"));
        dashboard.set_trust_files(files("two"));
        assert_eq!(dashboard.trust_files(), Some(&files("one")));
    }
}
