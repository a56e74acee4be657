//! Puts delayed revocations (`--revocation-delay`) in force when they are due.

use std::sync::Arc;

use tokio::sync::watch;

use super::open::described;
use super::owners::Core;
use crate::clock::machine;
use crate::log::Shown;

/// The time between two checks of the pending revocations.
const PAUSE: std::time::Duration = std::time::Duration::from_secs(1);

/// Puts revocations in force until the emulator ends. Introspection does so as well if it finds one that is due.
pub(crate) async fn settle_what_is_due(core: Arc<Core>, mut stopped: watch::Receiver<bool>) {
    if !core.identities.delays_revocations() {
        return;
    }
    loop {
        tokio::select! {
            _ = machine::sleep(PAUSE) => {}
            _ = stopped.changed() => return,
        }
        if let Err(failure) = core.identities.settle_revocations().await {
            let error = described(None, failure);
            tracing::error!(error = %Shown(&error), "{}", Shown(format_args!("pending revocations: {error}")));
        }
    }
}
