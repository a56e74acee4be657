//! The store: operations of the domain, each of them atomic, and reads. Three implementations fulfil one contract.

mod changes;
pub(crate) mod confirmation;
mod decide;
mod failure;
pub(crate) mod fault_rules;
mod memory;
pub(crate) mod operation;
#[cfg(feature = "postgres")]
pub(crate) mod postgres;
mod reads;
pub(crate) mod revocation;
pub(crate) mod rows;
pub(crate) mod seeding;
#[cfg(feature = "sqlite")]
pub(crate) mod sqlite;
#[cfg(test)]
mod suite;
mod wait;
pub(crate) mod whole_state;

pub(crate) use failure::{Failure, StoreError};
pub(crate) use operation::{Caller, Change, Cleared, Created, NewIdentity, Operation, Outcome, Replacement};
pub(crate) use rows::{
    AccessKeyRow, AccessSlot, AssignmentRow, DescribedIdentity, Filter, GuidPart, IdentityRow, Kind, Name,
    SigningKeyRow, SigningSlot,
};
pub(crate) use wait::{block_on, yield_now};

use memory::Memory;

/// A store.
pub(crate) enum Store {
    Memory(Memory),
    #[cfg(feature = "sqlite")]
    Sqlite(sqlite::Sqlite),
    #[cfg(feature = "postgres")]
    Postgres(postgres::Postgres),
}

/// Values of a database that is being opened. Its other parts may be damaged.
pub(crate) trait Values {
    /// Returns the value of a setting, if there is one that can be read.
    fn setting(&self, name: &str) -> Option<String>;

    /// Returns the signing key of a slot, if there is one that can be read.
    fn signing_key(&self, slot: SigningSlot) -> Option<SigningKeyRow>;
}

/// Returns the error for an outcome that does not belong to its operation. No implementation returns one.
fn unexpected() -> Failure {
    StoreError::Failed("the outcome belongs to another operation".into()).into()
}

impl Store {
    /// Makes an empty store in memory.
    pub(crate) fn in_memory() -> Self {
        Self::Memory(Memory::default())
    }

    /// Makes two handles on one store in memory.
    #[cfg(test)]
    pub(crate) fn two_in_memory() -> [Self; 2] {
        let memory = Memory::shared();
        [Self::Memory(memory.clone()), Self::Memory(memory)]
    }

    /// Executes an operation. Returns when its effect is durable.
    async fn apply(&self, operation: Operation) -> Result<Outcome, Failure> {
        let is_effect = operation.is_effect();
        let outcome = match self {
            Self::Memory(memory) => memory.apply(&operation),
            #[cfg(feature = "sqlite")]
            Self::Sqlite(sqlite) => sqlite.apply(operation).await.map_err(Failure::from),
            #[cfg(feature = "postgres")]
            Self::Postgres(postgres) => postgres.apply(operation, confirmation::expected()).await,
        };
        let outcome = match is_effect {
            true => confirmation::after_change(outcome)?,
            false => confirmation::after_read(outcome)?,
        };
        match outcome {
            Outcome::KeyGone => Err(Failure::KeyGone),
            outcome => Ok(outcome),
        }
    }

    /// Returns whether other processes may have the same store. Then, copies of its data may be old.
    pub(crate) fn is_shared(&self) -> bool {
        match self {
            Self::Memory(memory) => memory.is_shared,
            #[cfg(feature = "sqlite")]
            Self::Sqlite(_) => false,
            #[cfg(feature = "postgres")]
            Self::Postgres(_) => true,
        }
    }

    /// Says that the start has ended. From now on, clients wait for operations.
    pub(crate) fn has_started(&self) {
        match self {
            Self::Memory(_) => {}
            #[cfg(feature = "sqlite")]
            Self::Sqlite(_) => {}
            #[cfg(feature = "postgres")]
            Self::Postgres(postgres) => postgres.set_starting(false),
        }
    }

    /// Returns the error that currently prevents writes, if there is one. It does not block.
    pub(crate) fn trouble(&self) -> Option<StoreError> {
        match self {
            Self::Memory(_) => None,
            #[cfg(feature = "sqlite")]
            Self::Sqlite(sqlite) => sqlite.trouble(),
            #[cfg(feature = "postgres")]
            Self::Postgres(postgres) => postgres.trouble(),
        }
    }

    /// Executes the waiting operations and refuses later ones. Returns whether the data on the disk is complete.
    pub(crate) fn close(&self) -> bool {
        match self {
            Self::Memory(memory) => {
                memory.close();
                true
            }
            #[cfg(feature = "sqlite")]
            Self::Sqlite(sqlite) => sqlite.close(),
            #[cfg(feature = "postgres")]
            Self::Postgres(postgres) => postgres.close(),
        }
    }
}
