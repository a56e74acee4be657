//! Lists and shows identities with everything that is known about them, for the control API.

use std::sync::Arc;

use acs_identity_protocol::models::TeamsExtensionAssignment;
use acs_identity_protocol::raw_id::is_guid;
use acs_identity_protocol::time::whole_seconds;
use serde::Serialize;
use time::OffsetDateTime;

use super::access_keys::AccessKeys;
use super::assignments;
use super::refusal::{Refusal, Refused};
use super::resource::Resource;
use crate::clock::{ServiceClock, nanos};
use crate::store::{Caller, DescribedIdentity, Filter, GuidPart, Kind, Name, Store};

/// The longest filter, in characters. It is the length of the longest custom id.
const MAX_FILTER: usize = 256;

/// The most identities of a page.
pub(crate) const MAX_PAGE: usize = 1000;

/// An identity as the control API shows it. Times are RFC 3339 in UTC.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ShownIdentity {
    /// The raw id.
    id: String,
    custom_id: Option<String>,
    /// When it was created. `None` for an identity of a version that did not record it.
    created_at: Option<String>,
    last_token_issued_at: Option<String>,
    /// Whether tokens of it were revoked. Tokens that were issued afterwards are valid.
    revoked: bool,
    /// When the next delayed revocation comes into force.
    pending_revocation_at: Option<String>,
    /// The number of assignments whose object has the GUID of the identity.
    assignments: usize,
}

/// An assignment as the control API shows it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct ShownAssignment {
    kind: &'static str,
    #[serde(flatten)]
    assignment: TeamsExtensionAssignment,
}

/// A page of identities.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Page {
    pub(crate) identities: Vec<ShownIdentity>,
    /// The user after whom the next page begins. `None` on the last page.
    pub(crate) next: Option<String>,
}

/// The list of the identities.
pub(crate) struct Directory {
    store: Arc<Store>,
    clock: ServiceClock,
    access_keys: Arc<AccessKeys>,
    resource: Resource,
}

fn shown_time(nanos: i64) -> Option<String> {
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(nanos)).ok().map(whole_seconds)
}

impl Directory {
    pub(super) fn new(
        store: Arc<Store>,
        clock: ServiceClock,
        access_keys: Arc<AccessKeys>,
        resource: Resource,
    ) -> Self {
        Self { store, clock, access_keys, resource }
    }

    /// Returns a page of the identities after a user. A filter is a part of the custom id or of the raw id.
    pub(crate) async fn list(
        &self,
        caller: Caller,
        filter: Option<&str>,
        after: Option<&str>,
        count: usize,
    ) -> Refused<Page> {
        let filter = filter.map(|text| self.filter(text)).transpose()?.flatten();
        let found = self.store.identities_after(caller, filter.as_ref(), after, count + 1).await;
        let mut found = self.access_keys.heed(found).await?;
        let more = found.len() > count;
        found.truncate(count);
        let next = found.last().map(|last| last.row.user.clone()).filter(|_| more);
        let now = nanos(self.clock.now());
        Ok(Page { identities: found.into_iter().map(|identity| self.shown(identity, now)).collect(), next })
    }

    /// Returns the identity with that raw id or custom id.
    pub(crate) async fn show(&self, caller: Caller, id: &str) -> Refused<ShownIdentity> {
        let identity = self.find(caller, id).await?.ok_or(Refusal::IdentityNotFound)?;
        Ok(self.shown(identity, nanos(self.clock.now())))
    }

    /// Returns the raw id of the identity with that raw id or custom id. Returns `None` if there is none.
    pub(crate) async fn raw_id_of(&self, caller: Caller, id: &str) -> Refused<Option<String>> {
        Ok(self.find(caller, id).await?.map(|identity| self.resource.raw_id(&identity.row.user)))
    }

    /// Returns the raw id of the identity with that raw id or custom id, for a change of the identity. A raw id of the
    /// resource is not taken for a custom id: a repeated deletion would delete another identity.
    pub(crate) async fn existing(&self, caller: Caller, id: &str) -> Refused<String> {
        let found = match self.resource.user_of(id) {
            Some(user) => self.described(caller, Name::User(&user)).await?,
            None => self.described(caller, Name::CustomId(id)).await?,
        };
        found.map(|identity| self.resource.raw_id(&identity.row.user)).ok_or(Refusal::IdentityNotFound)
    }

    /// Returns the assignments whose object has the GUID of the identity with that raw id or custom id.
    pub(crate) async fn assignments(&self, caller: Caller, id: &str) -> Refused<Vec<ShownAssignment>> {
        let user = self.find(caller, id).await?.ok_or(Refusal::IdentityNotFound)?.row.user;
        let mut shown = Vec::new();
        for kind in Kind::ALL {
            let rows = self.access_keys.heed(self.store.assignments_of(caller, kind, None, &[&user]).await).await?;
            let of_row = |row| ShownAssignment { kind: kind.name(), assignment: assignments::model(row) };
            shown.extend(rows.into_iter().map(of_row));
        }
        Ok(shown)
    }

    async fn find(&self, caller: Caller, id: &str) -> Refused<Option<DescribedIdentity>> {
        let found = match self.resource.user_of(id) {
            Some(user) => self.described(caller, Name::User(&user)).await?,
            None => None,
        };
        // A custom id may have the form of a raw id.
        match found {
            None => self.described(caller, Name::CustomId(id)).await,
            found => Ok(found),
        }
    }

    async fn described(&self, caller: Caller, name: Name<'_>) -> Refused<Option<DescribedIdentity>> {
        self.access_keys.heed(self.store.described(caller, name).await).await
    }

    /// Returns the condition for a text. Returns `None` if the text is a part of every raw id.
    fn filter(&self, text: &str) -> Refused<Option<Filter>> {
        if !(1..=MAX_FILTER).contains(&text.chars().count()) {
            return Err(Refusal::FilterLength { least: 1, most: MAX_FILTER });
        }
        // SQLite ends a text there.
        if text.contains('\0') {
            return Err(Refusal::FilterWithNul);
        }
        // The raw id is this prefix and the user's GUID. A GUID has no underscore.
        let prefix = self.resource.raw_id("").to_ascii_lowercase();
        let lower = text.to_ascii_lowercase();
        if prefix.contains(&lower) {
            return Ok(None);
        }
        let is_of_guid = |part: &str| part.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
        let user = match lower.rfind('_') {
            Some(at) => {
                let (end_of_prefix, start) = lower.split_at(at + 1);
                let is_start = prefix.ends_with(end_of_prefix) && is_of_guid(start);
                is_start.then(|| GuidPart::Start(start.to_owned()))
            }
            None => is_of_guid(&lower).then_some(GuidPart::Within(lower)),
        };
        Ok(Some(Filter { custom_id: text.to_owned(), user }))
    }

    fn shown(&self, DescribedIdentity { row, revocations, assignments }: DescribedIdentity, now: i64) -> ShownIdentity {
        let pending = revocations.iter().filter_map(|revocation| revocation.in_force_at).filter(|at| *at > now).min();
        ShownIdentity {
            id: self.resource.raw_id(&row.user),
            custom_id: row.custom_id,
            created_at: row.created_at.and_then(shown_time),
            last_token_issued_at: row.last_token_issued_at.and_then(shown_time),
            revoked: row.revoked_below > 0 || revocations.iter().any(|revocation| revocation.is_in_force(now)),
            pending_revocation_at: pending.and_then(shown_time),
            assignments,
        }
    }
}

/// Returns whether a text can be the user after whom a page begins.
pub(crate) fn is_cursor(text: &str) -> bool {
    is_guid(text)
}
