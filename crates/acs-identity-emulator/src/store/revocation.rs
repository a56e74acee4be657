//! Decides which tokens a revocation revokes, and when.
//!
//! Each revocation of an identity has a number, and each token carries the number of the last revocation before it. So
//! tokens that were issued before and after a revocation differ without a clock.

/// The largest number of a revocation. An export has it as a JSON number, and not all readers tell larger ones apart.
pub(crate) const MAX_NUMBER: i64 = (1 << 53) - 1;

/// A revocation that `revoked_below` cannot express, because it has a time limit or is not in force yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Revocation {
    /// Only tokens with a lower number are revoked.
    pub(crate) number: i64,
    /// Only tokens that were issued until this second are revoked. `None` means all tokens.
    pub(crate) issued_until: Option<i64>,
    /// When it comes into force, in nanoseconds since 1970. `None` if it is already in force.
    pub(crate) in_force_at: Option<i64>,
}

impl Revocation {
    /// Returns whether its time has come and it was not settled yet.
    pub(crate) fn is_due(&self, now: i64) -> bool {
        self.in_force_at.is_some_and(|at| at <= now)
    }

    /// Returns whether it revokes tokens at that time.
    pub(crate) fn is_in_force(&self, now: i64) -> bool {
        self.in_force_at.is_none_or(|at| at <= now)
    }

    /// Returns whether it revokes all tokens that the other revocation revokes, now and later.
    fn covers(&self, other: &Self) -> bool {
        self.in_force_at.is_none()
            && self.number >= other.number
            && match (self.issued_until, other.issued_until) {
                (None, _) => true,
                (Some(_), None) => false,
                (Some(own), Some(theirs)) => own >= theirs,
            }
    }
}

/// Checks whether a token is revoked. `number` is the number that the token carries, and `issued` is its issue time in
/// seconds.
pub(crate) fn is_revoked(
    (number, issued): (i64, i64),
    revoked_below: i64,
    revocations: &[Revocation],
    now: i64,
) -> bool {
    number < revoked_below
        || revocations.iter().any(|revocation| {
            number < revocation.number
                && revocation.issued_until.is_none_or(|until| issued <= until)
                && revocation.is_in_force(now)
        })
}

/// Puts revocations that are due in force permanently, and drops revocations that others cover. Returns whether
/// anything changed.
pub(super) fn settle(revoked_below: &mut i64, revocations: &mut Vec<Revocation>, now: i64) -> bool {
    let before = (*revoked_below, revocations.len());
    let mut changed = false;
    for revocation in revocations.iter_mut().filter(|revocation| revocation.is_due(now)) {
        revocation.in_force_at = None;
        changed = true;
    }
    let full = |revocation: &&Revocation| revocation.in_force_at.is_none() && revocation.issued_until.is_none();
    let highest = revocations.iter().filter(full).map(|revocation| revocation.number).max();
    *revoked_below = (*revoked_below).max(highest.unwrap_or(0));
    let all = revocations.clone();
    revocations.retain(|revocation| {
        let covered = |other: &Revocation| other.number != revocation.number && other.covers(revocation);
        revocation.number > *revoked_below && !all.iter().any(covered)
    });
    changed || before != (*revoked_below, revocations.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn until(number: i64, issued_until: i64) -> Revocation {
        Revocation { number, issued_until: Some(issued_until), in_force_at: None }
    }

    fn pending(number: i64, at: i64) -> Revocation {
        Revocation { number, issued_until: None, in_force_at: Some(at) }
    }

    #[test]
    fn a_token_of_a_later_number_is_not_revoked() {
        assert!(is_revoked((0, 5), 1, &[], 0));
        assert!(!is_revoked((1, 5), 1, &[], 0));
        assert!(is_revoked((0, 5), 0, &[until(1, 5)], 0));
        assert!(!is_revoked((0, 6), 0, &[until(1, 5)], 0));
        assert!(!is_revoked((1, 5), 0, &[until(1, 5)], 0));
    }

    #[test]
    fn a_pending_revocation_waits_for_its_time() {
        assert!(!is_revoked((0, 5), 0, &[pending(1, 10)], 9));
        assert!(is_revoked((0, 5), 0, &[pending(1, 10)], 10));
    }

    #[test]
    fn settling_drops_revocations_that_others_cover() {
        let mut below = 0;
        let mut all = vec![until(1, 3), pending(2, 10), until(3, 7), pending(4, 20), until(5, 2)];
        assert!(settle(&mut below, &mut all, 10));
        assert_eq!((below, all.as_slice()), (2, &[until(3, 7), pending(4, 20), until(5, 2)][..]));
        assert!(!settle(&mut below, &mut all, 10), "once is enough");
        assert!(settle(&mut below, &mut all, 20));
        assert_eq!((below, all.as_slice()), (4, &[until(5, 2)][..]));
    }
}
