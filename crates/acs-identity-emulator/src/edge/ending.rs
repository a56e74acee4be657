//! The end of the emulator, for clients of the control API that ask for it and wait.

use tokio::sync::{Notify, watch};

/// How the emulator has ended: `Err` with the reason if what it held could not be exported.
pub(crate) type Ended = Result<(), String>;

/// The end of the emulator.
#[derive(Debug)]
pub(crate) struct Ending {
    asked: Notify,
    ended: watch::Sender<Option<Ended>>,
}

impl Ending {
    pub(super) fn new() -> Self {
        Self { asked: Notify::new(), ended: watch::Sender::new(None) }
    }

    /// Asks for the end, and returns how the emulator has ended.
    pub(super) async fn ask(&self) -> Ended {
        let mut ended = self.ended.subscribe();
        self.asked.notify_one();
        // The sender lives as long as this.
        ended.wait_for(Option::is_some).await.ok().and_then(|ended| ended.clone()).unwrap_or(Ok(()))
    }

    /// Waits until a client asks for the end.
    pub(crate) async fn asked(&self) {
        self.asked.notified().await;
    }

    /// Tells those who wait how the emulator has ended. Only the first call counts.
    pub(crate) fn tell(&self, ended: Ended) {
        self.ended.send_if_modified(|told| {
            let is_first = told.is_none();
            if is_first {
                *told = Some(ended);
            }
            is_first
        });
    }
}
