//! The options for Java, and the trust store that they name. Java reads neither PEM files nor the variables that name a
//! bundle.

use std::env;
use std::path::Path;
use std::time::SystemTime;

use acs_identity_emulator::trust::bundle::join;
use acs_identity_emulator::trust::java;

use crate::commands::emulator::serving::bundle::system;

/// The name of the file with the trust store.
pub(crate) const FILE: &str = "java.jks";

/// Returns the value of `JAVA_TOOL_OPTIONS` that names the trust store at this path, after the options that are already
/// set. Returns `None` if those options name another trust store, or if one of them is not valid Unicode.
pub(crate) fn options(trust_store: &Path) -> Option<String> {
    let set = env::var_os("JAVA_TOOL_OPTIONS").unwrap_or_default();
    java::options(set.to_str()?, trust_store.to_str()?)
}

/// Returns a trust store with the root certificates of this machine and the emulator's authority.
pub(crate) fn trust_store(authority: &str) -> Vec<u8> {
    let made = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_millis();
    let roots = join([system().as_str(), authority]);
    java::trust_store(&roots, u64::try_from(made).unwrap_or_default())
}
