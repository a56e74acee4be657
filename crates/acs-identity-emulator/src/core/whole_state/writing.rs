//! Writes a file with the whole state, in pieces.

use std::ops::ControlFlow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use time::OffsetDateTime;

use super::format::{Checksum, FORMAT, Line, RevocationOfLine};
use crate::core::first_start::RESOURCE_ID;
use crate::store::whole_state::{Part, WholeIdentity};

/// The size of a piece, in bytes. A piece may be longer by a line.
const PIECE: usize = 64 * 1024;

/// Gets the pieces of a file, and can end the export.
pub(crate) type Take<'a> = dyn FnMut(Vec<u8>) -> ControlFlow<()> + 'a;

/// A file of which a part was written.
pub(super) struct Writing<'a> {
    /// When it was begun.
    now: OffsetDateTime,
    take: &'a mut Take<'a>,
    piece: Vec<u8>,
    checksum: Checksum,
    identities: usize,
    assignments: usize,
    /// The error of a line.
    failed: Option<serde_json::Error>,
}

impl<'a> Writing<'a> {
    /// Begins a file. The first part must be the id of the resource.
    pub(super) fn begin(now: OffsetDateTime, take: &'a mut Take<'a>) -> Self {
        let piece = Vec::with_capacity(PIECE);
        Self { now, take, piece, checksum: Checksum::new(), identities: 0, assignments: 0, failed: None }
    }

    /// Adds a part of the state.
    pub(super) fn add(&mut self, part: Part) -> ControlFlow<()> {
        match part {
            Part::Setting(name, id) if name == RESOURCE_ID => self.line(&Line::Head {
                format: FORMAT,
                program: env!("CARGO_PKG_VERSION").to_owned(),
                resource_id: id.unwrap_or_default(),
                created_at: acs_identity_protocol::time::whole_seconds(self.now),
            }),
            Part::Setting(_, None) => ControlFlow::Continue(()),
            Part::Setting(name, Some(value)) => self.line(&Line::Setting { name, value }),
            Part::AccessKey(row) => {
                let (slot, generation) = (row.slot.name().to_owned(), row.generation);
                self.line(&Line::AccessKey { slot, generation, key: row.key })
            }
            Part::SigningKey(row) => {
                let (slot, generation) = (row.slot.name().to_owned(), row.generation);
                self.line(&Line::SigningKey { slot, generation, pkcs8: STANDARD.encode(&row.pkcs8) })
            }
            Part::Identity(WholeIdentity { row, revocations }) => {
                self.identities += 1;
                self.line(&Line::Identity {
                    user: row.user,
                    custom_id: row.custom_id,
                    created_at: row.created_at,
                    last_token_issued_at: row.last_token_issued_at,
                    revocation: row.revocation,
                    revoked_below: row.revoked_below,
                    revocations: revocations.iter().map(RevocationOfLine::from).collect(),
                })
            }
            Part::Assignment(kind, row) => {
                self.assignments += 1;
                self.line(&Line::Assignment {
                    of: kind.name().to_owned(),
                    tenant: row.tenant,
                    object: row.object,
                    principal_type: row.principal_type,
                    client_ids: row.client_ids,
                })
            }
        }
    }

    fn line(&mut self, line: &Line) -> ControlFlow<()> {
        if let Err(error) = self.append(line) {
            self.failed = Some(error);
            return ControlFlow::Break(());
        }
        if self.piece.len() < PIECE {
            return ControlFlow::Continue(());
        }
        self.give(Vec::with_capacity(PIECE))
    }

    fn append(&mut self, line: &Line) -> serde_json::Result<()> {
        serde_json::to_writer(&mut self.piece, line)?;
        self.piece.push(b'\n');
        Ok(())
    }

    /// Gives the piece away. The next one begins as given.
    fn give(&mut self, next: Vec<u8>) -> ControlFlow<()> {
        self.checksum.add(&self.piece);
        (self.take)(std::mem::replace(&mut self.piece, next))
    }

    /// Ends the file.
    pub(super) fn end(mut self) -> serde_json::Result<()> {
        if let Some(error) = self.failed {
            return Err(error);
        }
        self.checksum.add(&self.piece);
        let (identities, assignments) = (self.identities, self.assignments);
        let sha256 = std::mem::replace(&mut self.checksum, Checksum::new()).end();
        self.append(&Line::End { identities, assignments, sha256 })?;
        let _ = self.give(Vec::new());
        Ok(())
    }
}
