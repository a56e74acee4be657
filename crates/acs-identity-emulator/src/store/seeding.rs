//! Adds the data of a seed. What the store has already is not changed.

use super::decide::{Rows, create, revoke};
use super::operation::NewIdentity;
use super::rows::{AssignmentRow, Kind};

/// The data of a seed.
#[derive(Clone)]
pub(crate) struct SeedRows {
    pub(crate) identities: Vec<SeedRow>,
    pub(crate) assignments: Vec<(Kind, AssignmentRow)>,
}

/// An identity of a seed.
#[derive(Clone)]
pub(crate) struct SeedRow {
    /// The identity, with a user for the case that it is new.
    pub(crate) new: NewIdentity,
    /// Whether the identity has this user, or any user.
    pub(crate) has_user: bool,
    /// The revocations, as `issued_until`.
    pub(crate) revocations: Vec<Option<i64>>,
}

/// The outcome of adding the data of a seed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Seeding {
    /// The numbers of identities and assignments that are new.
    Done { identities: usize, assignments: usize },
    /// Nothing was changed, because the store has the user of this identity with another custom id.
    OtherCustomId { identity: usize },
    /// Nothing was changed, because the store has the custom id of this identity with another user.
    OtherUser { identity: usize },
}

/// Adds the data of a seed, all or none.
pub(super) fn seed<R: Rows>(rows: &mut R, seed: &SeedRows) -> Result<Seeding, R::Error> {
    for (identity, row) in seed.identities.iter().enumerate() {
        let of_custom_id = match &row.new.custom_id {
            Some(custom_id) => rows.identity_of(custom_id)?,
            None => None,
        };
        if !row.has_user {
            continue;
        }
        if of_custom_id.is_some_and(|there| there.user != row.new.user) {
            return Ok(Seeding::OtherUser { identity });
        }
        let there = rows.identity(&row.new.user)?;
        if row.new.custom_id.is_some() && there.is_some_and(|there| there.custom_id != row.new.custom_id) {
            return Ok(Seeding::OtherCustomId { identity });
        }
    }
    let (mut identities, mut assignments) = (0, 0);
    for row in &seed.identities {
        identities += usize::from(add(rows, row)?);
    }
    for (kind, row) in &seed.assignments {
        // An object has one Entra assignment, in any tenant.
        let tenant = (*kind == Kind::TeamsExtension).then_some(row.tenant.as_str());
        if !rows.has_assignment(*kind, tenant, &row.object)? {
            rows.put_assignment(*kind, row)?;
            assignments += 1;
        }
    }
    Ok(Seeding::Done { identities, assignments })
}

/// Adds an identity and its revocations. Returns whether the identity is new.
fn add<R: Rows>(rows: &mut R, row: &SeedRow) -> Result<bool, R::Error> {
    let there = match (&row.new.custom_id, row.has_user) {
        (_, true) => rows.identity(&row.new.user)?,
        (Some(custom_id), false) => rows.identity_of(custom_id)?,
        (None, false) => None,
    };
    if there.is_some() {
        return Ok(false);
    }
    create(rows, &row.new)?;
    for issued_until in &row.revocations {
        revoke(rows, &row.new.user, *issued_until, None)?;
    }
    Ok(true)
}
