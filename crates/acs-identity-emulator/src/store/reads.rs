//! The reads of the store. Each is consistent.

use super::confirmation::{after_read, expected};
use super::operation::{Caller, Copied, Snapshot};
use super::rows::{AccessKeyRow, AssignmentRow, DescribedIdentity, Filter, Kind, Name, SigningKeyRow, SigningSlot};
use super::whole_state::Visit;
#[cfg(test)]
use super::whole_state::WholeState;
use super::{Failure, Store};

impl Store {
    /// Checks whether a shared store still has the generation that a request has seen.
    pub(crate) async fn confirm(&self, generation: i64) -> Result<(), Failure> {
        match self {
            Self::Memory(memory) => memory.confirm(generation),
            #[cfg(feature = "sqlite")]
            Self::Sqlite(_) => Ok(()),
            #[cfg(feature = "postgres")]
            Self::Postgres(postgres) => postgres.confirm(generation).await,
        }
    }

    /// Checks whether the copies of the current request are still those of a shared store, before the request does
    /// something that cannot be done again.
    pub(crate) async fn confirm_request(&self) -> Result<(), Failure> {
        match expected() {
            Some(generation) => after_read(self.confirm(generation).await),
            None => Ok(()),
        }
    }

    /// Returns what each process of a shared store has a copy of.
    pub(crate) async fn copied(&self) -> Result<Copied, Failure> {
        match self {
            Self::Memory(memory) => memory.copied(),
            // It is read from the store whenever it is needed.
            #[cfg(feature = "sqlite")]
            Self::Sqlite(_) => Err(super::unexpected()),
            #[cfg(feature = "postgres")]
            Self::Postgres(postgres) => postgres.copied().await,
        }
    }

    /// Reads the whole state with the values of these settings, in one consistent read. The store in memory is copied
    /// first, so that changes do not wait.
    pub(crate) async fn visit_state(
        &self,
        caller: Caller,
        settings: &[&str],
        visit: &mut Visit<'_>,
    ) -> Result<(), Failure> {
        let read = match self {
            Self::Memory(memory) => memory.whole_state(caller, settings).map(|state| state.visit(visit)),
            #[cfg(feature = "sqlite")]
            Self::Sqlite(sqlite) => sqlite.readers.visit_state(caller, settings, visit),
            #[cfg(feature = "postgres")]
            Self::Postgres(postgres) => postgres.visit_state(caller, settings, visit, expected()).await,
        };
        after_read(read)
    }

    /// Returns the whole state with the values of these settings, in one consistent read.
    #[cfg(test)]
    pub(crate) async fn whole_state(&self, caller: Caller, settings: &[&str]) -> Result<WholeState, Failure> {
        let mut state = WholeState::default();
        let mut add = |part| {
            state.add(part);
            std::ops::ControlFlow::Continue(())
        };
        self.visit_state(caller, settings, &mut add).await?;
        Ok(state)
    }

    /// Checks whether the caller's key is in force.
    pub(crate) async fn check(&self, caller: Caller) -> Result<(), Failure> {
        match caller {
            Caller::Entra => Ok(()),
            Caller::Key { .. } => self.snapshot(Some(caller), None).await.map(drop),
        }
    }

    /// Returns an identity and the generations of the access keys, in one consistent read.
    pub(crate) async fn snapshot(&self, caller: Option<Caller>, user: Option<&str>) -> Result<Snapshot, Failure> {
        let read = match self {
            Self::Memory(memory) => memory.snapshot(caller, user),
            #[cfg(feature = "sqlite")]
            Self::Sqlite(sqlite) => sqlite.readers.snapshot(caller, user),
            #[cfg(feature = "postgres")]
            Self::Postgres(postgres) => postgres.snapshot(caller, user, expected()).await,
        };
        after_read(read)
    }

    /// Returns whether an identity has this custom id.
    pub(crate) async fn has_custom_id(&self, custom_id: &str) -> Result<bool, Failure> {
        let read = match self {
            Self::Memory(memory) => memory.has_custom_id(custom_id),
            #[cfg(feature = "sqlite")]
            Self::Sqlite(sqlite) => sqlite.readers.has_custom_id(custom_id),
            #[cfg(feature = "postgres")]
            Self::Postgres(postgres) => postgres.has_custom_id(custom_id, expected()).await,
        };
        after_read(read)
    }

    /// Returns the number of identities.
    pub(crate) async fn identity_count(&self, caller: Caller) -> Result<u64, Failure> {
        let read = match self {
            Self::Memory(memory) => memory.identity_count(caller),
            #[cfg(feature = "sqlite")]
            Self::Sqlite(sqlite) => sqlite.readers.identity_count(caller),
            #[cfg(feature = "postgres")]
            Self::Postgres(postgres) => postgres.identity_count(caller, expected()).await,
        };
        after_read(read)
    }

    /// Returns the next identities after a user that match the filter, ordered by user.
    pub(crate) async fn identities_after(
        &self,
        caller: Caller,
        filter: Option<&Filter>,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<DescribedIdentity>, Failure> {
        let read = match self {
            Self::Memory(memory) => memory.identities_after(caller, filter, after, limit),
            #[cfg(feature = "sqlite")]
            Self::Sqlite(sqlite) => sqlite.readers.identities_after(caller, filter, after, limit),
            #[cfg(feature = "postgres")]
            Self::Postgres(postgres) => postgres.identities_after(caller, filter, after, limit, expected()).await,
        };
        after_read(read)
    }

    /// Returns everything about the identity of a user, or about the identity with a custom id.
    pub(crate) async fn described(&self, caller: Caller, name: Name<'_>) -> Result<Option<DescribedIdentity>, Failure> {
        let read = match self {
            Self::Memory(memory) => memory.described(caller, name),
            #[cfg(feature = "sqlite")]
            Self::Sqlite(sqlite) => sqlite.readers.described(caller, name),
            #[cfg(feature = "postgres")]
            Self::Postgres(postgres) => postgres.described(caller, name, expected()).await,
        };
        after_read(read)
    }

    /// Returns the assignments of these objects in one tenant, or in all tenants.
    pub(crate) async fn assignments_of(
        &self,
        caller: Caller,
        kind: Kind,
        tenant: Option<&str>,
        objects: &[&str],
    ) -> Result<Vec<AssignmentRow>, Failure> {
        let read = match self {
            Self::Memory(memory) => memory.assignments_of(caller, kind, tenant, objects),
            #[cfg(feature = "sqlite")]
            Self::Sqlite(sqlite) => sqlite.readers.assignments_of(caller, kind, tenant, objects),
            #[cfg(feature = "postgres")]
            Self::Postgres(postgres) => postgres.assignments_of(caller, kind, tenant, objects, expected()).await,
        };
        after_read(read)
    }

    /// Returns the next assignments after an object and tenant, ordered by object and tenant.
    pub(crate) async fn assignments_after(
        &self,
        caller: Caller,
        kind: Kind,
        after: Option<(&str, &str)>,
        limit: usize,
    ) -> Result<Vec<AssignmentRow>, Failure> {
        let read = match self {
            Self::Memory(memory) => memory.assignments_after(caller, kind, after, limit),
            #[cfg(feature = "sqlite")]
            Self::Sqlite(sqlite) => sqlite.readers.assignments_after(caller, kind, after, limit),
            #[cfg(feature = "postgres")]
            Self::Postgres(postgres) => postgres.assignments_after(caller, kind, after, limit, expected()).await,
        };
        after_read(read)
    }

    /// Returns the access keys.
    pub(crate) async fn access_keys(&self) -> Result<Vec<AccessKeyRow>, Failure> {
        let read = match self {
            Self::Memory(memory) => memory.access_keys(),
            #[cfg(feature = "sqlite")]
            Self::Sqlite(sqlite) => sqlite.readers.access_keys(),
            #[cfg(feature = "postgres")]
            Self::Postgres(postgres) => postgres.access_keys(expected()).await,
        };
        after_read(read)
    }

    /// Returns a signing key.
    pub(crate) async fn signing_key(&self, slot: SigningSlot) -> Result<Option<SigningKeyRow>, Failure> {
        let read = match self {
            Self::Memory(memory) => memory.signing_key(slot),
            #[cfg(feature = "sqlite")]
            Self::Sqlite(sqlite) => sqlite.readers.signing_key(slot),
            #[cfg(feature = "postgres")]
            Self::Postgres(postgres) => postgres.signing_key(slot, expected()).await,
        };
        after_read(read)
    }

    /// Returns the value of a setting.
    pub(crate) async fn setting(&self, name: &str) -> Result<Option<String>, Failure> {
        let read = match self {
            Self::Memory(memory) => memory.setting(name),
            #[cfg(feature = "sqlite")]
            Self::Sqlite(sqlite) => sqlite.readers.setting(name),
            #[cfg(feature = "postgres")]
            Self::Postgres(postgres) => postgres.setting(name, expected()).await,
        };
        after_read(read)
    }
}
