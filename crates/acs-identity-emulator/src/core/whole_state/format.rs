//! The lines of a file with the whole state, and how they are written: JSON, one object a line.
//!
//! A format that was released stays readable. A change that an earlier program would misread gets a new number.

use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::store::revocation::Revocation;
use crate::store::whole_state::WholeState;

/// The number of this format.
pub(super) const FORMAT: u32 = 1;

/// A line. Times are nanoseconds since 1970, except `issuedUntil`, which is in seconds.
#[derive(Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub(super) enum Line {
    /// The first line.
    Head {
        format: u32,
        program: String,
        resource_id: String,
        created_at: String,
    },
    /// A setting that belongs to the state.
    Setting {
        name: String,
        value: String,
    },
    AccessKey {
        slot: String,
        generation: i64,
        key: String,
    },
    SigningKey {
        slot: String,
        generation: i64,
        /// In base64.
        pkcs8: String,
    },
    Identity {
        user: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        custom_id: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        created_at: Option<i64>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        last_token_issued_at: Option<i64>,
        #[serde(default, skip_serializing_if = "is_zero")]
        revocation: i64,
        #[serde(default, skip_serializing_if = "is_zero")]
        revoked_below: i64,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        revocations: Vec<RevocationOfLine>,
    },
    Assignment {
        of: String,
        tenant: String,
        object: String,
        principal_type: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        client_ids: Option<Vec<String>>,
    },
    /// The last line. The checksum is SHA-256, in hexadecimal digits, of all bytes before this line.
    End {
        identities: usize,
        assignments: usize,
        sha256: String,
    },
}

/// A revocation of an identity.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct RevocationOfLine {
    pub(super) number: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) issued_until: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) in_force_at: Option<i64>,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero(number: &i64) -> bool {
    *number == 0
}

impl From<&Revocation> for RevocationOfLine {
    fn from(revocation: &Revocation) -> Self {
        let Revocation { number, issued_until, in_force_at } = *revocation;
        Self { number, issued_until, in_force_at }
    }
}

/// Returns the checksum of a text, in hexadecimal digits.
pub(in crate::core) fn checksum(text: &[u8]) -> String {
    crate::random::hex(digest::digest(&digest::SHA256, text).as_ref())
}

/// Returns the content of a file.
pub(super) fn written(resource_id: &str, now: OffsetDateTime, state: &WholeState) -> serde_json::Result<Vec<u8>> {
    let mut text = Vec::new();
    let mut add = |line: &Line| {
        serde_json::to_writer(&mut text, line)?;
        text.push(b'\n');
        Ok::<(), serde_json::Error>(())
    };
    add(&Line::Head {
        format: FORMAT,
        program: env!("CARGO_PKG_VERSION").to_owned(),
        resource_id: resource_id.to_owned(),
        created_at: acs_identity_protocol::time::whole_seconds(now),
    })?;
    for (name, value) in &state.settings {
        if let Some(value) = value {
            add(&Line::Setting { name: name.clone(), value: value.clone() })?;
        }
    }
    for row in &state.access_keys {
        let (slot, generation) = (row.slot.name().to_owned(), row.generation);
        add(&Line::AccessKey { slot, generation, key: row.key.clone() })?;
    }
    for row in &state.signing_keys {
        let (slot, generation) = (row.slot.name().to_owned(), row.generation);
        add(&Line::SigningKey { slot, generation, pkcs8: STANDARD.encode(&row.pkcs8) })?;
    }
    for identity in &state.identities {
        let row = identity.row.clone();
        add(&Line::Identity {
            user: row.user,
            custom_id: row.custom_id,
            created_at: row.created_at,
            last_token_issued_at: row.last_token_issued_at,
            revocation: row.revocation,
            revoked_below: row.revoked_below,
            revocations: identity.revocations.iter().map(RevocationOfLine::from).collect(),
        })?;
    }
    for (kind, row) in &state.assignments {
        let row = row.clone();
        add(&Line::Assignment {
            of: kind.name().to_owned(),
            tenant: row.tenant,
            object: row.object,
            principal_type: row.principal_type,
            client_ids: row.client_ids,
        })?;
    }
    let end =
        Line::End { identities: state.identities.len(), assignments: state.assignments.len(), sha256: checksum(&text) };
    serde_json::to_writer(&mut text, &end)?;
    text.push(b'\n');
    Ok(text)
}
