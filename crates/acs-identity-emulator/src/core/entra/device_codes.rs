//! The codes of sign-ins by device code. Their number and their length are limited, and each call takes constant time.

use std::collections::{HashMap, VecDeque};

use crate::core::faults::SignInFault;

/// The lifetime of a code, in seconds.
pub(super) const LIFETIME: i64 = 900;

/// The largest number of codes that are kept. A further one replaces the oldest.
const MAX_CODES: usize = 1000;

/// The longest client id, in bytes. Client ids are GUIDs.
const MAX_CLIENT: usize = 128;
const MAX_SCOPE: usize = 2048;

/// The sign-in for which a code was issued.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Consent {
    pub(super) tenant: String,
    pub(super) client: String,
    pub(super) scope: String,
    pub(super) until: i64,
}

/// The codes that were issued and have not been used.
#[derive(Default)]
pub(super) struct DeviceCodes {
    consents: HashMap<String, Consent>,
    /// The codes in the order in which they were issued, which is the order in which they expire. A used code is
    /// removed when it is the oldest.
    order: VecDeque<(String, i64)>,
}

impl DeviceCodes {
    /// Keeps a code.
    pub(super) fn add(&mut self, code: String, consent: Consent, now: i64) -> Result<(), SignInFault> {
        if consent.client.len() > MAX_CLIENT {
            return Err(SignInFault::ClientTooLong);
        }
        if consent.scope.len() > MAX_SCOPE {
            return Err(SignInFault::ScopeTooLong);
        }
        while self.order.len() >= MAX_CODES || self.order.front().is_some_and(|(_, until)| *until <= now) {
            let Some((oldest, _)) = self.order.pop_front() else { break };
            self.consents.remove(&oldest);
        }
        self.order.push_back((code.clone(), consent.until));
        self.consents.insert(code, consent);
        Ok(())
    }

    /// Redeems a code. If the wrong client asks, or a client in the wrong tenant, the right client can still use the
    /// code.
    pub(super) fn take(&mut self, code: &str, client: &str, tenant: &str, now: i64) -> Result<Consent, SignInFault> {
        let consent = self.consents.get(code).filter(|consent| consent.until > now);
        let consent = consent.ok_or(SignInFault::UnknownCode)?;
        if !consent.client.eq_ignore_ascii_case(client) {
            return Err(SignInFault::OtherClient);
        }
        if !is_one_tenant(&consent.tenant, tenant) {
            return Err(SignInFault::OtherTenant);
        }
        self.consents.remove(code).ok_or(SignInFault::UnknownCode)
    }
}

/// Returns whether both can be the tenant of one user. `common` and similar words stand for the user's own tenant.
fn is_one_tenant(one: &str, other: &str) -> bool {
    let is_any =
        |tenant: &str| ["common", "organizations", "consumers"].iter().any(|any| any.eq_ignore_ascii_case(tenant));
    is_any(one) || is_any(other) || one.eq_ignore_ascii_case(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn consent(until: i64) -> Consent {
        Consent { tenant: "t".into(), client: "c".into(), scope: "s".into(), until }
    }

    #[test]
    fn a_code_over_the_limit_replaces_the_oldest_one() {
        let mut codes = DeviceCodes::default();
        for at in 0..MAX_CODES + 5 {
            codes.add(at.to_string(), consent(900), 0).unwrap();
        }
        assert_eq!((codes.consents.len(), codes.order.len()), (MAX_CODES, MAX_CODES));
        assert_eq!(codes.take("4", "c", "t", 0), Err(SignInFault::UnknownCode));
        assert!(codes.take("5", "c", "t", 0).is_ok());
        // Used codes do not accumulate either.
        for at in 0..3 * MAX_CODES {
            codes.add(format!("used {at}"), consent(900), 0).unwrap();
            codes.take(&format!("used {at}"), "c", "t", 0).unwrap();
        }
        assert!(codes.order.len() <= MAX_CODES);
    }

    #[test]
    fn the_next_code_removes_expired_ones() {
        let mut codes = DeviceCodes::default();
        codes.add("old".into(), consent(900), 0).unwrap();
        assert_eq!(codes.take("old", "c", "t", 900), Err(SignInFault::UnknownCode));
        codes.add("new".into(), consent(1800), 900).unwrap();
        assert_eq!((codes.consents.len(), codes.order.len()), (1, 1));
    }

    #[test]
    fn the_length_of_a_client_id_and_of_a_scope_is_limited() {
        let mut codes = DeviceCodes::default();
        let long = Consent { scope: "s".repeat(MAX_SCOPE + 1), ..consent(900) };
        assert_eq!(codes.add("a".into(), long, 0), Err(SignInFault::ScopeTooLong));
        let long = Consent { client: "c".repeat(MAX_CLIENT + 1), ..consent(900) };
        assert_eq!(codes.add("a".into(), long, 0), Err(SignInFault::ClientTooLong));
    }

    #[test]
    fn the_right_client_can_use_a_code_after_a_wrong_client_or_tenant_tried() {
        let mut codes = DeviceCodes::default();
        codes.add("a".into(), consent(900), 0).unwrap();
        assert_eq!(codes.take("a", "other", "t", 0), Err(SignInFault::OtherClient));
        assert_eq!(codes.take("a", "c", "other", 0), Err(SignInFault::OtherTenant));
        assert!(codes.take("a", "C", "common", 0).is_ok());
        assert_eq!(codes.take("a", "c", "t", 0), Err(SignInFault::UnknownCode));
    }
}
