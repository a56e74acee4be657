//! What a test in the same process steers and reads, without HTTP.

use std::fmt;
use std::sync::Arc;

use super::edge::Edge;
use crate::core::Core;
use crate::faults::Faults;
use crate::request_log::RequestLog;

impl Edge {
    /// Returns the service.
    pub(crate) fn core(&self) -> &Arc<Core> {
        &self.backend.core
    }

    /// Returns the faults to inject.
    pub(crate) fn faults(&self) -> &Faults {
        &self.backend.faults
    }

    /// Returns the last requests.
    pub(crate) fn requests(&self) -> &RequestLog {
        &self.backend.requests
    }
}

impl fmt::Debug for Edge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Edge(..)")
    }
}
