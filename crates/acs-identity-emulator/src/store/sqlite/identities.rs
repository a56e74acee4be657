//! Reads of identities with everything that belongs to them.

use rusqlite::Connection;

use super::apply::{all, first, identity, identity_of, revocations};
use super::fault::Fault;
use super::read::Readers;
use super::row;
use crate::store::{Caller, DescribedIdentity, Failure, Filter, GuidPart, IdentityRow, Name};

impl Readers {
    pub(in crate::store) fn identities_after(
        &self,
        caller: Caller,
        filter: Option<&Filter>,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<DescribedIdentity>, Failure> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        self.read_for(Some(caller), |connection, _| {
            let rows = found(connection, filter, after.unwrap_or_default(), limit)?;
            rows.into_iter().map(|row| describe(connection, row)).collect()
        })
    }

    pub(in crate::store) fn described(
        &self,
        caller: Caller,
        name: Name<'_>,
    ) -> Result<Option<DescribedIdentity>, Failure> {
        self.read_for(Some(caller), |connection, _| {
            let row = match name {
                Name::User(user) => identity(connection, user)?,
                Name::CustomId(custom_id) => identity_of(connection, custom_id)?,
            };
            row.map(|row| describe(connection, row)).transpose()
        })
    }
}

/// Returns the rows that match. Only they are checked, because a filter reads all rows.
fn found(connection: &Connection, filter: Option<&Filter>, after: &str, limit: i64) -> Result<Vec<IdentityRow>, Fault> {
    let select = |condition: &str| {
        let columns = row::IDENTITY;
        format!("SELECT {columns} FROM identities WHERE user > ?1 AND {condition} ORDER BY user LIMIT ?2")
    };
    let Some(Filter { custom_id, user }) = filter else {
        return all(connection, &select("true"), (after, limit), row::identity);
    };
    let custom_id = format!("%{}%", literally(custom_id));
    // GUIDs are in lower case, and `instr` takes half the time of LIKE for them.
    let (user, condition) = match user {
        None => {
            let query = select("custom_id LIKE ?3 ESCAPE '\\'");
            return all(connection, &query, (after, limit, custom_id), row::identity);
        }
        Some(GuidPart::Start(start)) => (start, "(custom_id LIKE ?3 ESCAPE '\\' OR instr(user, ?4) = 1)"),
        Some(GuidPart::Within(part)) => (part, "(custom_id LIKE ?3 ESCAPE '\\' OR instr(user, ?4) > 0)"),
    };
    all(connection, &select(condition), (after, limit, custom_id, user), row::identity)
}

/// Returns a pattern of `LIKE` that matches this text only.
fn literally(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len());
    for character in text.chars() {
        if matches!(character, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    pattern
}

fn describe(connection: &Connection, row: IdentityRow) -> Result<DescribedIdentity, Fault> {
    // If all revocations are merged into the identity, it has no rows of them.
    let revocations = if row.revocation > row.revoked_below { revocations(connection, &row.user)? } else { Vec::new() };
    let count = "SELECT count(*) FROM assignments WHERE kind IN ('teamsExtension', 'entra') AND object = ?1";
    let assignments = first(connection, count, [&row.user], |row| Ok(row.get::<_, i64>(0)?))?;
    let assignments = usize::try_from(assignments.unwrap_or(0)).unwrap_or(0);
    Ok(DescribedIdentity { row, revocations, assignments })
}
