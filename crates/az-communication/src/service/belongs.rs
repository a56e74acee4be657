//! Checks whether an answer belongs to its request, as far as the answer itself shows: the identity of its token, and
//! the identity that it created.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::{Mutex, PoisonError};

use acs_identity_protocol::RawId;
use acs_identity_protocol::jwt::UnverifiedJwt;

/// Checks whether a token is for another identity than this one. If the token does not name an identity, or if the id
/// does not belong to a resource, they cannot be compared, and the result is `false`.
pub(crate) fn is_for_another(token: &str, user: &str) -> bool {
    let Ok(jwt) = UnverifiedJwt::decode(token) else { return false };
    let holder = jwt.claim_str("skypeid").map(|id| identity(&format!("8:{id}")));
    match (holder, identity(user)) {
        (Some(Some(holder)), Some(user)) => holder != user,
        _ => false,
    }
}

/// Returns the part of a raw id that distinguishes identities: the resource and the rest. The prefix names only the
/// cloud.
fn identity(raw_id: &str) -> Option<String> {
    RawId::parse(raw_id).resource()?;
    raw_id.rsplit_once(':').map(|(_, id)| id.to_ascii_lowercase())
}

/// The identities that this run has created, by raw id. Each one has its user-defined name, if any.
#[derive(Default)]
pub(crate) struct Created(Mutex<BTreeMap<String, Option<String>>>);

impl Created {
    /// Adds an identity and returns whether it is new. It is not new if an earlier creation returned the same id. Only
    /// a creation with the same name may return the same identity again.
    pub(crate) fn is_new(&self, user: &str, name: Option<&str>) -> bool {
        match self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(user.to_owned()) {
            Entry::Vacant(place) => {
                place.insert(name.map(str::to_owned));
                true
            }
            Entry::Occupied(before) => name.is_some() && before.get().as_deref() == name,
        }
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    use super::*;

    fn token(skypeid: &str) -> String {
        let claims = URL_SAFE_NO_PAD.encode(format!(r#"{{"skypeid":"{skypeid}"}}"#));
        format!("e30.{claims}.c2ln")
    }

    #[test]
    fn a_token_is_compared_with_the_identity_that_it_names() {
        for (skypeid, user, other) in [
            ("acs:r_1", "8:acs:r_1", false),
            ("acs:R_1", "8:acs:r_1", false),
            ("acs:r_1", "8:gcch-acs:r_1", false),
            ("acs:r_2", "8:acs:r_1", true),
            ("acs:s_1", "8:acs:r_1", true),
            ("acs:r_wf_t_o", "8:acs:r_wf_t_o", false),
            ("acs:r_wf_t_o", "8:acs:r_wf_t_p", true),
            ("acs:x", "8:acs:r_1", false),
            ("acs:r_1", "x", false),
            ("orgid:o", "8:acs:r_1", false),
        ] {
            assert_eq!(is_for_another(&token(skypeid), user), other, "{skypeid} {user}");
        }
        assert!(!is_for_another("opaque", "8:acs:r_1"));
    }

    #[test]
    fn an_identity_is_new_only_once_unless_the_same_name_returns_it() {
        let created = Created::default();
        assert!(created.is_new("a", None));
        assert!(!created.is_new("a", None));
        assert!(!created.is_new("a", Some("anna")));
        assert!(created.is_new("b", Some("berta")));
        assert!(created.is_new("b", Some("berta")));
        assert!(!created.is_new("b", Some("carla")));
        assert!(!created.is_new("b", None));
    }
}
