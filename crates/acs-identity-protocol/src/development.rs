//! The well-known values of an emulator that was started with its defaults.

/// The connection string that stands for the emulator on this machine. It is compared without regard to case.
pub const DEVELOPMENT_EMULATOR: &str = "UseDevelopmentEmulator=true";

/// The well-known access key of the emulator, in base64. Its 64 bytes are a text which says that the key is not a
/// secret.
pub const DEVELOPMENT_ACCESS_KEY: &str =
    "V2VsbC1rbm93biBrZXkgb2YgdGhlIEFDUyBJZGVudGl0eSBlbXVsYXRvci4gTm90IGEgc2VjcmV0Lg==";

/// The default port of the emulator.
pub const DEVELOPMENT_PORT: u16 = 10100;
