//! Exports and imports everything that the emulator holds, except for certificates, which belong to a folder.

pub(super) mod format;
mod reading;
mod rows;
mod writing;

use std::sync::Arc;

use self::reading::Reading;
pub(crate) use self::reading::{StateFile, read};
pub(crate) use self::writing::Take;
use self::writing::Writing;
use super::access_keys::AccessKeys;
use super::first_start::{ACCESS_KEY, KEPT, KEYS, RESOURCE_ID};
use super::refusal::{Refusal, Refused};
use super::resource::Resource;
use super::service_time::{CLOCK, ServiceTime};
use super::token_signer::TokenSigner;
use crate::store::whole_state::WholeState;
use crate::store::{AccessKeyRow, Caller, Failure, Replacement, Store};

/// The settings that belong to the state and have a line of their own in a file.
const SETTINGS: &[&str] = &[CLOCK];

/// The settings that an export reads. The id of the resource comes first, because the first line has it. It is read
/// with the rows, because an import may replace both meanwhile.
const EXPORTED: &[&str] = &[RESOURCE_ID, CLOCK];

/// The numbers of an import.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Imported {
    pub(crate) identities: usize,
    pub(crate) assignments: usize,
}

/// The numbers of an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExportSummary {
    /// The number of identities.
    pub identities: usize,
    /// The number of assignments.
    pub assignments: usize,
}

/// The largest file that is imported, in bytes. A state of a million identities with everything has less than half of
/// it.
pub const MAX_EXPORT: u64 = 1 << 30;

/// Checks the content of a file as it is read. The memory does not depend on its length.
#[derive(Clone)]
pub struct ExportCheck(Reading);

impl Default for ExportCheck {
    fn default() -> Self {
        Self(Reading::new(false))
    }
}

impl std::fmt::Debug for ExportCheck {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ExportCheck(..)")
    }
}

impl ExportCheck {
    /// Checks the next bytes.
    pub fn add(&mut self, bytes: &[u8]) {
        self.0.add(bytes);
    }

    /// Returns the numbers of a complete and unchanged export.
    ///
    /// # Errors
    ///
    /// Fails with the reason when it is not one.
    pub fn end(self) -> Result<ExportSummary, String> {
        self.0.end().map(|read| ExportSummary { identities: read.identities, assignments: read.assignments })
    }
}

/// Checks whether the content of a file is a complete and unchanged export.
///
/// # Errors
///
/// Fails with the reason when it is not.
pub fn check_export(content: &[u8]) -> Result<ExportSummary, String> {
    let mut check = ExportCheck::default();
    check.add(content);
    check.end()
}

/// Exports and imports the whole state.
pub(crate) struct Transfer {
    store: Arc<Store>,
    service_time: Arc<ServiceTime>,
    access_keys: Arc<AccessKeys>,
    signer: Arc<TokenSigner>,
    resource: Resource,
}

/// Returns the state that a file describes, as the store takes it over, and its resource id.
fn for_store(file: StateFile) -> (WholeState, String) {
    let StateFile { resource_id, mut state } = file;
    let value = |name: &str, value: Option<&str>| (name.to_owned(), value.map(str::to_owned));
    state.settings.push(value(RESOURCE_ID, Some(&resource_id)));
    state.settings.push(value(KEYS, Some(KEPT)));
    // The access key of the file is known, so a warning about an assumed key ends.
    state.settings.push(value(ACCESS_KEY, None));
    (state, resource_id)
}

/// Replaces the state of a store that no owner serves yet.
pub(super) async fn import_before_start(store: &Store, file: StateFile) -> Result<Replacement, Failure> {
    store.replace(Caller::Entra, Arc::new(for_store(file).0), false).await
}

impl Transfer {
    pub(super) fn new(
        store: Arc<Store>,
        service_time: Arc<ServiceTime>,
        access_keys: Arc<AccessKeys>,
        signer: Arc<TokenSigner>,
        resource: Resource,
    ) -> Self {
        Self { store, service_time, access_keys, signer, resource }
    }

    /// Writes a file with the whole state, in pieces. It contains keys. If `take` ends the export, the file ends early.
    pub(crate) async fn export<'a>(&self, caller: Caller, take: &'a mut Take<'a>) -> Refused<()> {
        let mut writing = Writing::begin(self.service_time.read().now, take);
        let read = self.store.visit_state(caller, EXPORTED, &mut |part| writing.add(part)).await;
        self.access_keys.heed(read).await?;
        writing.end().map_err(Refusal::fault)
    }

    /// Replaces the whole state by the content of a file, in one step. It is durable when this returns. Requests that
    /// run meanwhile happen before the import, or are refused.
    pub(crate) async fn import(&self, caller: Caller, file: StateFile, even_if_used: bool) -> Refused<Imported> {
        let (state, resource_id) = for_store(file);
        let state = Arc::new(state);
        let replace = async {
            let replaced = self.store.replace(caller, Arc::clone(&state), even_if_used).await;
            let Replacement::Done { generations } = self.access_keys.heed(replaced).await? else {
                return Err(Refusal::StateInUse);
            };
            self.resource.set(&resource_id);
            let with_generation =
                |row: &AccessKeyRow| AccessKeyRow { generation: generations[row.slot as usize], ..row.clone() };
            let rows: Vec<AccessKeyRow> = state.access_keys.iter().map(with_generation).collect();
            Ok(self.access_keys.take(&rows)?)
        };
        let replace = self.signer.replacing_keys(replace);
        let clock = state.settings.iter().find(|(name, _)| name == CLOCK).and_then(|(_, value)| value.as_deref());
        self.service_time.replacing(clock, replace).await?;
        Ok(Imported { identities: state.identities.len(), assignments: state.assignments.len() })
    }
}
