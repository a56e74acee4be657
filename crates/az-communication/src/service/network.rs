//! The transport of every request: it trusts this user's own emulator beside the usual authorities.

use crate::service::emulator_files;
use crate::transport::send::Transport;
use crate::transport::tls::trust::Trust;

/// A transport that trusts these authorities. Nothing is opened yet.
pub(crate) fn transport(trust: Trust) -> Transport {
    Transport::new(trust, emulator_files::own_authority)
}
