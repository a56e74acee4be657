//! The key that encrypts secrets in a database.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use subtle::ConstantTimeEq as _;

/// The number of bytes of a key.
const LENGTH: usize = 32;

/// The key that encrypts the secrets of a store: 32 random bytes. `Debug` does not show it.
#[derive(Clone)]
pub struct StoreKey([u8; LENGTH]);

/// The reason why a text is not a key. It does not contain the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StoreKeyError {
    /// The text is neither in base64 nor in hexadecimal digits.
    Form,
    /// It has another number of bytes.
    Length(usize),
    /// All bytes are the same, so they are not random.
    Uniform,
}

impl StoreKey {
    /// Reads a key: 32 bytes in base64, or in 64 hexadecimal digits. White space around it is ignored.
    ///
    /// # Errors
    ///
    /// Fails when the text has another form.
    pub fn parse(text: &str) -> Result<Self, StoreKeyError> {
        let text = text.trim();
        let bytes = if text.len() == 2 * LENGTH && text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            of_hex(text)
        } else {
            let text = text.trim_end_matches('=');
            STANDARD_NO_PAD.decode(text).or_else(|_| URL_SAFE_NO_PAD.decode(text)).map_err(|_| StoreKeyError::Form)?
        };
        let key: [u8; LENGTH] = bytes.try_into().map_err(|bytes: Vec<u8>| StoreKeyError::Length(bytes.len()))?;
        if key.iter().all(|byte| *byte == key[0]) { Err(StoreKeyError::Uniform) } else { Ok(Self(key)) }
    }

    /// Returns the bytes. They must not be shown.
    pub(crate) fn bytes(&self) -> &[u8; LENGTH] {
        &self.0
    }
}

/// Returns the bytes of an even number of hexadecimal digits.
fn of_hex(text: &str) -> Vec<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok()).unwrap_or_default();
    text.as_bytes().chunks_exact(2).map(|pair| digit(pair[0]) << 4 | digit(pair[1])).collect()
}

impl PartialEq for StoreKey {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl Eq for StoreKey {}

impl fmt::Debug for StoreKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StoreKey(..)")
    }
}

impl fmt::Display for StoreKeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Form => f.write_str("is neither in base64 nor in hexadecimal digits"),
            Self::Length(length) => write!(f, "has {length} bytes"),
            Self::Uniform => f.write_str("repeats one byte, so it is not random"),
        }
    }
}

impl std::error::Error for StoreKeyError {}
