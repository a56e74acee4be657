//! Writes the rows that an operation has collected.

use std::borrow::Cow;

use tokio_postgres::types::Type;

use super::fault::Fault;
use super::row;
use super::rows::Written;

impl Written<'_> {
    /// Writes the collected rows, each kind in one statement.
    pub(super) fn write(&mut self) -> Result<(), Fault> {
        self.write_identities()?;
        self.write_revocations()?;
        self.write_assignments()
    }

    fn write_identities(&mut self) -> Result<(), Fault> {
        if self.identities.is_empty() {
            return Ok(());
        }
        let rows = std::mem::take(&mut self.identities);
        let users: Vec<&str> = rows.iter().map(|row| row.user.as_str()).collect();
        let custom_ids: Vec<Option<Cow<'_, str>>> =
            rows.iter().map(|row| row.custom_id.as_deref().map(row::kept)).collect();
        let issued: Vec<Option<i64>> = rows.iter().map(|row| row.last_token_issued_at).collect();
        let numbers: Vec<i64> = rows.iter().map(|row| row.revocation).collect();
        let below: Vec<i64> = rows.iter().map(|row| row.revoked_below).collect();
        let created: Vec<Option<i64>> = rows.iter().map(|row| row.created_at).collect();
        self.transaction.query(
            "INSERT INTO identities (user_id, custom_id, last_token_issued_at, revocation, revoked_below, created_at) \
             SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[])",
            &[
                (&users, Type::TEXT_ARRAY),
                (&custom_ids, Type::TEXT_ARRAY),
                (&issued, Type::INT8_ARRAY),
                (&numbers, Type::INT8_ARRAY),
                (&below, Type::INT8_ARRAY),
                (&created, Type::INT8_ARRAY),
            ],
        )?;
        Ok(())
    }

    fn write_revocations(&mut self) -> Result<(), Fault> {
        if self.revocations.is_empty() {
            return Ok(());
        }
        let rows = std::mem::take(&mut self.revocations);
        let users: Vec<&str> = rows.iter().map(|(user, _)| user.as_str()).collect();
        let numbers: Vec<i64> = rows.iter().map(|(_, row)| row.number).collect();
        let untils: Vec<Option<i64>> = rows.iter().map(|(_, row)| row.issued_until).collect();
        let times: Vec<Option<i64>> = rows.iter().map(|(_, row)| row.in_force_at).collect();
        self.transaction.query(
            "INSERT INTO revocations (user_id, number, issued_until, in_force_at) \
             SELECT * FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::bigint[])",
            &[
                (&users, Type::TEXT_ARRAY),
                (&numbers, Type::INT8_ARRAY),
                (&untils, Type::INT8_ARRAY),
                (&times, Type::INT8_ARRAY),
            ],
        )?;
        Ok(())
    }

    fn write_assignments(&mut self) -> Result<(), Fault> {
        if self.assignments.is_empty() {
            return Ok(());
        }
        let rows = std::mem::take(&mut self.assignments);
        let kinds: Vec<&str> = rows.keys().map(|(kind, ..)| *kind).collect();
        let objects: Vec<&str> = rows.values().map(|row| row.object.as_str()).collect();
        let tenants: Vec<&str> = rows.values().map(|row| row.tenant.as_str()).collect();
        let principals: Vec<&str> = rows.values().map(|row| row.principal_type.as_str()).collect();
        let client_ids: Vec<Option<String>> = rows.values().map(row::client_ids_text).collect();
        self.transaction.query(
            "INSERT INTO assignments (kind, object, tenant, principal_type, client_ids) \
             SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[]) \
             ON CONFLICT (kind, object, tenant) DO UPDATE \
             SET principal_type = excluded.principal_type, client_ids = excluded.client_ids",
            &[
                (&kinds, Type::TEXT_ARRAY),
                (&objects, Type::TEXT_ARRAY),
                (&tenants, Type::TEXT_ARRAY),
                (&principals, Type::TEXT_ARRAY),
                (&client_ids, Type::TEXT_ARRAY),
            ],
        )?;
        Ok(())
    }
}
