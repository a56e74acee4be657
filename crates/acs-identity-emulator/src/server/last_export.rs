//! Exports what an emulator held that has stopped.

use std::ops::ControlFlow;
use std::sync::Arc;

use crate::core::Core;
use crate::error::Error;

/// What an emulator held that has stopped. Its data folder is in use until this is dropped.
#[must_use = "nothing is exported without `write`"]
pub struct LastExport(Arc<Core>);

impl std::fmt::Debug for LastExport {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("LastExport(..)")
    }
}

impl LastExport {
    pub(super) fn of(core: Arc<Core>) -> Self {
        Self(core)
    }

    /// Writes a file with everything that the emulator held, except for certificates, in pieces. It contains keys, and
    /// [`Config::import`](crate::Config::import) takes it.
    ///
    /// # Errors
    ///
    /// Fails when the data cannot be read, or with the error of `write`.
    pub fn write<E: From<Error>>(&self, mut write: impl FnMut(&[u8]) -> Result<(), E>) -> Result<(), E> {
        let mut failed = None;
        let exported = self.0.export_at_end(&mut |piece| match write(&piece) {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => {
                failed = Some(error);
                ControlFlow::Break(())
            }
        });
        failed.map_or(Ok(()), Err)?;
        Ok(exported?)
    }
}

impl Drop for LastExport {
    fn drop(&mut self) {
        self.0.close();
    }
}
