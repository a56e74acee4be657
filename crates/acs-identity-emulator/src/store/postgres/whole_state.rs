//! Reads the whole state in pages, so that the memory does not depend on the number of rows.

use std::ops::ControlFlow;

use tokio::sync::mpsc::{Sender, channel};
use tokio_postgres::types::Type;

use super::Postgres;
use super::aside;
use super::connect::OPERATION;
use super::fault::Fault;
use super::hot::guard::Guard;
use super::row::{self, ASSIGNMENT, Columns, IDENTITY, JOIN_REVOCATIONS, REVOCATIONS};
use super::secret::Secrets;
use super::transaction::Transaction;
use crate::clock::machine;
use crate::store::failure::Failure;
use crate::store::whole_state::{Part, Visit, WholeIdentity};
use crate::store::{Caller, Kind};

/// The number of rows in a page.
const PAGE: i64 = 1000;

/// The number of pages that wait for the visitor.
const AHEAD: usize = 2;

/// The parts that are read, and who gets them.
struct Pages {
    secrets: Secrets,
    visitor: Sender<Vec<Part>>,
}

/// Whether the visit goes on.
type Visited = Result<ControlFlow<()>, Fault>;

impl Postgres {
    pub(in crate::store) async fn visit_state(
        &self,
        caller: Caller,
        settings: &[&str],
        visit: &mut Visit<'_>,
        seen: Option<i64>,
    ) -> Result<(), Failure> {
        // The times of tokens that were issued before belong to the state.
        let shared = std::sync::Arc::clone(&self.shared);
        let end = machine::instant() + OPERATION;
        self.on_worker(async move { Ok(aside::write(&shared, end).await.map_err(Fault::of_read)?) }).await?;
        let (visitor, mut pages) = channel(AHEAD);
        let pages_of = Pages { secrets: self.shared.secrets.clone(), visitor };
        let settings: Vec<String> = settings.iter().map(|name| (*name).to_owned()).collect();
        let read = self.long_read(Guard { seen, caller: Some(caller) }, move |transaction| {
            pages_of.read(transaction, &settings).map(drop)
        });
        // The reader ends when the visitor has had enough, because the pages are dropped then.
        let give = async move {
            while let Some(page) = pages.recv().await {
                if page.into_iter().try_for_each(&mut *visit).is_break() {
                    return;
                }
            }
        };
        tokio::join!(read, give).0
    }
}

impl Pages {
    /// Gives a page to the visitor. Breaks if that wants no more.
    fn give(&self, page: Vec<Part>) -> ControlFlow<()> {
        match self.visitor.blocking_send(page) {
            Ok(()) => ControlFlow::Continue(()),
            Err(_) => ControlFlow::Break(()),
        }
    }

    fn read(&self, transaction: &mut Transaction, settings: &[String]) -> Visited {
        let page = self.settings_and_keys(transaction, settings)?;
        if self.give(page).is_break() || self.identities(transaction)?.is_break() {
            return Ok(ControlFlow::Break(()));
        }
        for kind in Kind::ALL {
            if self.assignments(transaction, kind)?.is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    fn settings_and_keys(&self, transaction: &mut Transaction, settings: &[String]) -> Result<Vec<Part>, Fault> {
        let mut page = Vec::new();
        for name in settings {
            let statement = "SELECT value FROM settings WHERE name = $1";
            let rows = transaction.query(statement, &[(name, Type::TEXT)])?;
            let value = rows.first().map(|row| row::setting(&self.secrets, name, Columns::of(row).next()?));
            page.push(Part::Setting(name.clone(), value.transpose()?));
        }
        for row in &transaction.query("SELECT slot, generation, key FROM access_keys ORDER BY slot", &[])? {
            let mut columns = Columns::of(row);
            let key = row::access_key(&self.secrets, columns.next()?, columns.next()?, columns.next()?)?;
            page.push(Part::AccessKey(key));
        }
        for row in &transaction.query("SELECT slot, generation, pkcs8 FROM signing_keys ORDER BY slot", &[])? {
            let mut columns = Columns::of(row);
            let key = row::signing_key(&self.secrets, columns.next()?, columns.next()?, columns.next()?)?;
            page.push(Part::SigningKey(key));
        }
        Ok(page)
    }

    fn identities(&self, transaction: &mut Transaction) -> Visited {
        let statement = format!(
            "SELECT {IDENTITY}, {REVOCATIONS} FROM identities i {JOIN_REVOCATIONS} \
             WHERE i.user_id > $1 ORDER BY i.user_id LIMIT $2"
        );
        let mut after = String::new();
        loop {
            let rows = transaction.query(&statement, &[(&after, Type::TEXT), (&PAGE, Type::INT8)])?;
            let mut page = Vec::with_capacity(rows.len());
            for row in &rows {
                let mut columns = Columns::of(row);
                let identity = row::identity(&mut columns)?;
                after.clone_from(&identity.user);
                let revocations = row::revocations(&mut columns)?;
                page.push(Part::Identity(WholeIdentity { row: identity, revocations }));
            }
            if page.is_empty() {
                return Ok(ControlFlow::Continue(()));
            }
            if self.give(page).is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
    }

    fn assignments(&self, transaction: &mut Transaction, kind: Kind) -> Visited {
        let statement = format!(
            "SELECT {ASSIGNMENT} FROM assignments x WHERE x.kind = $1 AND (x.object, x.tenant) > ($2, $3) \
             ORDER BY x.object, x.tenant LIMIT $4"
        );
        let mut after = (String::new(), String::new());
        loop {
            let rows = transaction.query(
                &statement,
                &[(&kind.name(), Type::TEXT), (&after.0, Type::TEXT), (&after.1, Type::TEXT), (&PAGE, Type::INT8)],
            )?;
            let mut page = Vec::with_capacity(rows.len());
            for row in &rows {
                let assignment = row::assignment(&mut Columns::of(row))?;
                after = (assignment.object.clone(), assignment.tenant.clone());
                page.push(Part::Assignment(kind, assignment));
            }
            if page.is_empty() {
                return Ok(ControlFlow::Continue(()));
            }
            if self.give(page).is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
    }
}
