//! Revocations that come into force later (`--revocation-delay`): when one is due, it is in force for good, whatever the clock
//! says afterwards.

use std::sync::Arc;

use tokio::sync::watch;

use super::{Core, nanos};
use crate::clock::machine;

/// How often pending revocations are looked at.
const PAUSE: std::time::Duration = std::time::Duration::from_secs(1);

/// Puts them into force until the emulator ends. Introspection does so as well where it finds one.
pub(crate) async fn settle_what_is_due(core: Arc<Core>, mut stopped: watch::Receiver<bool>) {
    if !core.revocation_delay.is_positive() {
        return;
    }
    loop {
        tokio::select! {
            _ = machine::sleep(PAUSE) => {}
            _ = stopped.changed() => return,
        }
        if let Err(failure) = core.store.settle(nanos(core.clock.now())).await {
            crate::log::error(&format!("pending revocations: {}", super::described(None, failure)));
        }
    }
}
