//! The warning about an emulator that others can use, because everybody knows its access key.

use azure_core::http::Url;

use crate::report::program::Program;
use crate::system::platform::Platform;
use crate::transport::names::is_loopback;

/// Returns the warning about an emulator that other machines can reach with the well-known key.
pub(crate) fn warning(platform: Platform) -> String {
    let regenerate = Program::current().command("communication emulator key regenerate");
    format!(
        "Other machines can reach this emulator, and its access key is the well-known key, so anyone can use it and \
         read its keys. For new data, set a key: --access-key KEY. To make one: {}. For existing data, \
         regenerate both keys: {regenerate}",
        platform.random_base64()
    )
}

/// Returns whether clients on other machines use a URL.
pub(crate) fn is_of_other_machines(url: &str) -> bool {
    let url = Url::parse(url).ok();
    url.is_some_and(|url| !url.host_str().is_some_and(is_loopback))
}
