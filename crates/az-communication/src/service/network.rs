//! The transport of every request. It trusts the emulator of this user in addition to the usual authorities.

use crate::service::emulator_files;
use crate::transport::send::Transport;
use crate::transport::tls::trust::Trust;

/// Creates a transport that trusts these authorities. It opens no file or connection yet.
pub(crate) fn transport(trust: Trust) -> Transport {
    Transport::new(trust, emulator_files::own_authority)
}
