//! Reads the whole state row by row, so that the memory does not depend on the number of rows.

use std::ops::ControlFlow;

use rusqlite::{Connection, Params, Row, Rows};

use super::apply::setting;
use super::fault::Fault;
use super::read::Readers;
use super::row;
use crate::store::revocation::Revocation;
use crate::store::whole_state::{Part, Visit, WholeIdentity};
use crate::store::{Caller, Failure, Kind};

impl Readers {
    pub(in crate::store) fn visit_state(
        &self,
        caller: Caller,
        settings: &[&str],
        visit: &mut Visit<'_>,
    ) -> Result<(), Failure> {
        self.read_for(Some(caller), |connection, _| visit_all(connection, settings, visit).map(drop))
    }
}

/// Whether the visit goes on.
type Visited = Result<ControlFlow<()>, Fault>;

fn query(table: &str, columns: &str, order: &str) -> String {
    format!("SELECT {columns} FROM {table} ORDER BY {order}")
}

/// Reads the rows of a query one after the other, and checks each.
fn each<T>(
    connection: &Connection,
    query: &str,
    parameters: impl Params,
    read: impl Fn(&Row<'_>) -> Result<T, Fault>,
    mut take: impl FnMut(T) -> Visited,
) -> Visited {
    let mut statement = connection.prepare_cached(query)?;
    let mut rows = statement.query(parameters)?;
    while let Some(row) = rows.next()? {
        if take(read(row)?)?.is_break() {
            return Ok(ControlFlow::Break(()));
        }
    }
    Ok(ControlFlow::Continue(()))
}

fn visit_all(connection: &Connection, settings: &[&str], visit: &mut Visit<'_>) -> Visited {
    for name in settings {
        if visit(Part::Setting((*name).to_owned(), setting(connection, name)?)).is_break() {
            return Ok(ControlFlow::Break(()));
        }
    }
    let keys = query("access_keys", row::ACCESS_KEY, "slot");
    if each(connection, &keys, (), row::access_key, |row| Ok(visit(Part::AccessKey(row))))?.is_break() {
        return Ok(ControlFlow::Break(()));
    }
    let keys = query("signing_keys", row::SIGNING_KEY, "slot");
    if each(connection, &keys, (), row::signing_key, |row| Ok(visit(Part::SigningKey(row))))?.is_break() {
        return Ok(ControlFlow::Break(()));
    }
    if visit_identities(connection, visit)?.is_break() {
        return Ok(ControlFlow::Break(()));
    }
    let columns = row::ASSIGNMENT;
    let assignments = format!("SELECT {columns} FROM assignments WHERE kind = ?1 ORDER BY object, tenant");
    for kind in Kind::ALL {
        let visit = |row| Ok(visit(Part::Assignment(kind, row)));
        if each(connection, &assignments, [kind.name()], row::assignment, visit)?.is_break() {
            return Ok(ControlFlow::Break(()));
        }
    }
    Ok(ControlFlow::Continue(()))
}

/// Reads the identities and their revocations. Both come in the order of users.
fn visit_identities(connection: &Connection, visit: &mut Visit<'_>) -> Visited {
    let mut statement = connection.prepare_cached(&query("revocations", row::REVOCATION, "user, number"))?;
    let mut revocations = statement.query(())?;
    let mut next = next_revocation(&mut revocations)?;
    each(connection, &query("identities", row::IDENTITY, "user"), (), row::identity, |row| {
        let mut own = Vec::new();
        while let Some((user, revocation)) = next.take_if(|(user, _)| *user <= row.user) {
            if user == row.user {
                own.push(revocation);
            }
            next = next_revocation(&mut revocations)?;
        }
        Ok(visit(Part::Identity(WholeIdentity { row, revocations: own })))
    })
}

fn next_revocation(rows: &mut Rows<'_>) -> Result<Option<(String, Revocation)>, Fault> {
    rows.next()?.map(|row| Ok((row.get(0)?, row::revocation(row)?))).transpose()
}
