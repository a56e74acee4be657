//! The lines of a file with the whole state: JSON, one object a line.
//!
//! A format that was released stays readable. A change that an earlier program would misread gets a new number.

use serde::{Deserialize, Serialize};

use crate::crypto::digest::{Context, SHA256};
use crate::store::revocation::Revocation;

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

/// The checksum of the lines before the last one.
#[derive(Clone)]
pub(in crate::core) struct Checksum(Context);

impl Checksum {
    pub(in crate::core) fn new() -> Self {
        Self(Context::new(&SHA256))
    }

    pub(in crate::core) fn add(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// Returns it in hexadecimal digits.
    pub(in crate::core) fn end(self) -> String {
        crate::random::hex(self.0.finish().as_ref())
    }
}
