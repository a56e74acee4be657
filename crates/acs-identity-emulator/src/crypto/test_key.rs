//! The key that signs tokens in an emulator without SQLite.
//!
//! THIS IS A TEST KEY. It is published with this source, so a signature by it proves nothing. Services must never trust
//! it. The program and every emulator with SQLite make secret keys of their own.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// How many bytes a mark has.
pub(super) const MARK: usize = 16;

/// The test key: RSA with 2048 bits, in PKCS #8, in base64. It is in the source because ring cannot make RSA keys, and
/// because a start would otherwise wait for one for about 60 ms.
const TEST_KEY: &str = concat!(
    "MIIEuwIBADANBgkqhkiG9w0BAQEFAASCBKUwggShAgEAAoIBAQC5fQztbHMrptNcaRxhmisfGIFc01jF5Llk3rLavKxVdZhqDBnA",
    "WYW7M/iLjpcDsoupxCH2acVLTjo5wY1rk5Rs0Y7iJu82QajZRF9+fg2Axs7bMMPVsnYqbwJOXta07bT20xO1bhMFNDAqLqTCA+Jg",
    "fF0jT3KolAkGC7odTsZqS7/IPxv3NR2woyiX/98zMIEsZmtCHf7M93MTSwBP3PVwKYBYct/ZIu9/s3nP3Ly0ck844dntEBfKg+z1",
    "oyZ/iOjvfe0y7ALAooQCfWPn2RDbEHgZIA5N0KBlKHBaS16jIVtGjBGU7KhldXz9ZBGYvLKaVWorRItWKp6xhrU7SyphAgMBAAEC",
    "gf9st289du0c8iOCwZ169i+qGrnwiqNoF2cggYML0tD/1BU3oQE0haLLpupizqkrA/10ZIL1OKW41U3xKJX/vDHXxWPyn9qZwJsc",
    "cSh0aqr17k4bjis6HFhHLKghhLJOhASF33iO7u4yQi3cUoiY2VPmR6i3o4r/8vOZYQiV8Me+PXPxSYIaMbdDPuKgkzofYmOmWSrT",
    "qTJPU6Lh4CSwF5p4IIuZAKFu2DiHKfCr5dpByWinwZbGYtiU23xpoVVEpp79MrIOWFb1I1pVmxx5ceGTZyKfweLC0LCtjqTXAq9b",
    "LKnJKO548VFGGH+MPXRpn73ozBBCQjKe0O17RGcj2BUCgYEA4EVIlToEJ8X+Pn0m5pICGSnxV1u4zhYrUM1XIm9/gBGlGlqwfyGu",
    "oulwylAtmfgV3k/+mKAcjkb3fo0KF3C/dW6LJPlx8BLkZVQBux+dvxrsygUSsGeH7NQHWSODtrPdJ55mPCnHS6Ka5HkezF4aZ5Eh",
    "OcGptNpO5IyLaiwNFh0CgYEA07sj8w/o3tS0LOCC7vCsn+gMlqyBfcr+lqksRIwgG/XoOuwwmmSnbSRZ7kp0P6ZWqR8jtAhih7By",
    "I7sZnHYtj1plHD63LqU34R4t3rRbgi6uJjBa6ou4lZhCLLNVUWbbZiqXFEXHNCvRrg6E/lp1SnUtWP7xX0a9K+6nKbICohUCgYBJ",
    "pxdOQs5ojYKQ3SMwZ9UelIK5ENthezBgif9KxNlXovPY8t2x8sran9W165z+StZLu3O+hh66rx3KxuEAj7uhAlvaGb3MfTfa+zrS",
    "THDO+TW4pu/bVTTzlzKOmLZCA1HnGAM1UPctpMo/rHNr5J/BUY1a3Xoxddyg/HMwvCTUFQKBgD0qwi70+KxvPIH+djT7GJO1oPVi",
    "bqJdo4D47I39AUWym91x4HSqAWhZaRWbMsw0jLKdCV54Uaarhb3mznZR+cWBMtafE6KJHoSNiGjfJ9SLEcp8i7dYmAG3k96ADHTQ",
    "xy9TvIOhyPO8eP3Uuf0VOu9AvNIKDMcek4X+kxJLl9ElAoGBAM1Bl8f0lLZd2mfUDRsm8lak980NzPSKNxu2L5FNYcZmFxuw5nc4",
    "tgAcxIkcGivaxOGIMrTxUfvi5OdRWSvymLKkW2DlZ1Hk9KebeJjPQsSOJe/MJYxugvlDlRsE2nnOsbBLwbAkW9UILxR0gK9t0fB1",
    "C0W+BAP8EZSPgZgiNo9w",
);

/// The beginning of the attributes of a PKCS #8 structure (RFC 5208, section 5) that hold one mark: a set with an
/// attribute of the id 2.999.1, which is free for examples, and its value, an octet string.
const ATTRIBUTE: [u8; 13] = [0xa0, 0x1b, 0x30, 0x19, 0x06, 0x03, 0x88, 0x37, 0x01, 0x31, 0x12, 0x04, 0x10];

/// Returns the test key in PKCS #8, with a mark. Keys with different marks have different ids. So a token of another
/// emulator, or of an access key that was regenerated, names a key that is not in force.
pub(super) fn with_mark(mark: &[u8; MARK]) -> Vec<u8> {
    let mut pkcs8 = STANDARD.decode(TEST_KEY).unwrap_or_default();
    pkcs8.extend_from_slice(&ATTRIBUTE);
    pkcs8.extend_from_slice(mark);
    // The head of the structure has 4 bytes, and the last two are the length of what follows.
    let length = u16::try_from(pkcs8.len().saturating_sub(4)).unwrap_or_default();
    pkcs8.splice(2..4, length.to_be_bytes());
    pkcs8
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::{public_rsa_key, signature::RsaKeyPair};

    #[test]
    fn the_test_key_can_be_read_whatever_its_mark_is() {
        let keys = [[0; MARK], [0xff; MARK]].map(|mark| with_mark(&mark));
        assert_ne!(keys[0], keys[1]);
        let [first, second] = keys.map(|pkcs8| public_rsa_key(&RsaKeyPair::from_pkcs8(&pkcs8).unwrap()));
        assert_eq!(first, second);
        assert_eq!((first.0.len(), first.1), (256, vec![1, 0, 1]));
    }
}
