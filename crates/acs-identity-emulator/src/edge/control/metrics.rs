//! The numbers of the emulator, for Prometheus.

use std::fs;
use std::path::Path;

use crate::edge::backend::Backend;
use crate::edge::context::request::RequestContext;
use crate::edge::http::answer::Answer;
use crate::edge::http::error::{HttpError, HttpResult};
use crate::metrics::{Gauges, text};
use crate::system;

/// The text format of Prometheus.
const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

pub(super) async fn show(backend: &Backend, request: &RequestContext) -> HttpResult<Answer> {
    let folder = backend.config.storage.folder();
    let core = &backend.core;
    let identities = match core.identities.count(request.caller.caller()).await {
        // Without a shared store, nothing is confirmed, and the answer would be refused after another wait.
        Err(refusal) if core.is_shared() => return Err(refusal.into()),
        // A folder that cannot be read must not hide the other numbers.
        counted => counted.ok(),
    };
    let gauges = Gauges {
        tokens_issued: core.signer.signed(),
        identities,
        requests_kept: backend.requests.len(),
        faults: backend.faults.len() as u64,
        store_bytes: folder.and_then(size_of),
        free_bytes: folder.and_then(system::free_bytes),
        certificate_end: backend.pki.not_after().unix_timestamp(),
        log_lines_dropped: backend.config.log_lines_dropped.map(|count| count()),
    };
    Ok(Answer::text(CONTENT_TYPE, text(&backend.metrics, gauges).map_err(HttpError::fault)?))
}

/// Returns the size of the files in a folder.
fn size_of(folder: &Path) -> Option<u64> {
    let entries = fs::read_dir(folder).ok()?;
    let sizes = entries.filter_map(|entry| entry.ok()?.metadata().ok()).filter(fs::Metadata::is_file);
    Some(sizes.map(|file| file.len()).sum())
}
