//! What processes keep a copy of.

use std::sync::Arc;

use tokio_postgres::Row;

use super::fault::Fault;
use super::hot::unlike;
use super::row::{self, Columns};
use super::schema::VERSION;
use super::secret::Secrets;
use super::{Postgres, read};
use crate::store::failure::{Failure, StoreError};
use crate::store::operation::Copied;

const STATEMENT: &str = "SELECT 0, '', generation, oldest, ''::bytea FROM service \
    UNION ALL SELECT 1, slot, generation, 0, key FROM access_keys \
    UNION ALL SELECT 2, slot, generation, 0, pkcs8 FROM signing_keys \
    UNION ALL SELECT 3, name, 0, 0, value FROM settings ORDER BY 1, 2";

impl Postgres {
    /// Returns what processes keep a copy of. Fails if the database has become one of a newer program.
    pub(in crate::store) async fn copied(&self) -> Result<Copied, Failure> {
        let shared = Arc::clone(&self.shared);
        self.on_worker(async move {
            let rows = read::rows(&shared, STATEMENT, &[]).await?;
            copied(&shared.secrets, &rows).map_err(|fault| fault.of_read())?
        })
        .await
    }
}

fn copied(secrets: &Secrets, rows: &[Row]) -> Result<Result<Copied, Failure>, Fault> {
    let mut has_service = false;
    let mut copied = Copied { generation: 0, access_keys: Vec::new(), signing_keys: Vec::new(), settings: Vec::new() };
    for row in rows {
        let mut columns = Columns::of(row);
        let (table, name): (i32, &str) = (columns.next()?, columns.next()?);
        let (number, oldest): (i64, i32) = (columns.next()?, columns.next()?);
        let value: &[u8] = columns.next()?;
        match table {
            0 if oldest > VERSION => {
                let why = "the database was migrated by a newer version of this program: stop this process";
                return Ok(Err(StoreError::Stopped(why.to_owned()).into()));
            }
            0 => (copied.generation, has_service) = (number, true),
            1 => copied.access_keys.push(row::access_key(secrets, name, number, value)?),
            2 => copied.signing_keys.push(row::signing_key(secrets, name, number, value)?),
            _ => copied.settings.push((name.to_owned(), row::setting(secrets, name, value)?)),
        }
    }
    if has_service { Ok(Ok(copied)) } else { Err(unlike()) }
}
