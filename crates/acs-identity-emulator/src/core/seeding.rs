//! Puts a seed into the store at the start.

use std::sync::Arc;

use acs_identity_protocol::raw_id::new_user_guid;

use super::first_start::StartError;
use super::owners::Core;
use crate::clock::{ServiceClock, nanos};
use crate::config::Config;
use crate::error::Error;
use crate::faults::Rule;
use crate::random;
use crate::seed::{Seed, SeedAssignment, SeedIdentity};
use crate::store::fault_rules;
use crate::store::seeding::{SeedRow, SeedRows, Seeding};
use crate::store::{AssignmentRow, Kind, NewIdentity};

/// Refuses a seed that contradicts the configuration.
pub(super) fn check(config: &Config) -> Result<(), Error> {
    let primary = config.seed.as_ref().and_then(|seed| seed.keys[0].as_ref());
    match (&config.access_key, primary) {
        (Some(given), Some(primary)) if given != primary => {
            Err(Error::Seed("keys.primary differs from the given access key".to_owned()))
        }
        _ => Ok(()),
    }
}

/// Refuses a seed with ids of another resource.
pub(super) fn check_resource(seed: &Seed, resource_id: &str) -> Result<(), Error> {
    match &seed.resource_id {
        Some((id, at)) if !id.eq_ignore_ascii_case(resource_id) => {
            let what = format!("is of the resource {id}, but the data has the resource id {resource_id}");
            Err(Error::Seed(at.error(what).to_string()))
        }
        _ => Ok(()),
    }
}

/// Adds the data of a seed. It is durable when this returns.
pub(super) async fn apply(core: &Core, clock: &ServiceClock, seed: &Seed) -> Result<(), StartError> {
    let now = clock.now();
    let identities: Result<Vec<SeedRow>, Error> = seed.identities.iter().map(|identity| row(identity, now)).collect();
    let of_kind = |kind: Kind, all: &[SeedAssignment]| {
        all.iter().map(move |assignment| (kind, assignment_row(assignment))).collect::<Vec<_>>()
    };
    let mut assignments = of_kind(Kind::TeamsExtension, &seed.teams_extension);
    assignments.extend(of_kind(Kind::Entra, &seed.entra));
    let rows = SeedRows { identities: identities?, assignments };
    let refused =
        |identity: usize, what: &str| Err(Error::Seed(seed.identities[identity].at.error(what).to_string()).into());
    if core.is_shared() && !seed.faults.is_empty() {
        // The first process that starts with a seed stores them.
        core.store.keep_settings(vec![fault_rules::setting_of(seed.faults.iter().map(to_value))]).await?;
    }
    match core.store.seed(Arc::new(rows)).await? {
        Seeding::Done { identities: 0, assignments: 0 } => Ok(()),
        Seeding::Done { identities, assignments } => {
            tracing::info!(
                identities,
                assignments,
                "the seed was applied; new identities: {identities}, new assignments: {assignments}",
            );
            Ok(())
        }
        Seeding::OtherCustomId { identity } => refused(identity, "has an id that exists with another custom id"),
        Seeding::OtherUser { identity } => refused(identity, "has a custom id that exists with another id"),
    }
}

/// Returns a rule in the form of the control API.
fn to_value(rule: &Rule) -> serde_json::Value {
    serde_json::to_value(rule).unwrap_or_default()
}

fn row(identity: &SeedIdentity, now: time::OffsetDateTime) -> Result<SeedRow, Error> {
    let user = match &identity.user {
        Some(user) => user.clone(),
        None => new_user_guid(now.unix_timestamp_nanos() / 1_000_000, random::bytes()?),
    };
    let until = |at: &Option<time::OffsetDateTime>| {
        at.map(time::OffsetDateTime::unix_timestamp).filter(|until| *until < now.unix_timestamp())
    };
    Ok(SeedRow {
        new: NewIdentity { user, custom_id: identity.custom_id.clone(), created_at: nanos(now), token_issued_at: None },
        has_user: identity.user.is_some(),
        revocations: identity.revocations.iter().map(until).collect(),
    })
}

fn assignment_row(assignment: &SeedAssignment) -> AssignmentRow {
    let SeedAssignment { tenant, object, principal_type, client_ids } = assignment.clone();
    AssignmentRow { tenant, object, principal_type, client_ids }
}
