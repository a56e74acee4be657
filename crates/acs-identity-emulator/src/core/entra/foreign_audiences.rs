//! The services other than Communication for which tokens were requested from the emulator's Entra issuer. They do not
//! accept such a token, and their error does not say where the token came from. So the log names each of these services
//! once.

use std::collections::BTreeSet;

use acs_identity_protocol::claims::entra::is_acs_audience;

use super::claims::{TOKEN_EXCHANGE_AUDIENCE, is_clients_audience, is_management_audience};

/// The largest number of services that the log names. A limit is needed, because any client on this machine may ask for
/// any service.
const MOST: usize = 20;

/// Names are compared and logged up to this many bytes. The line of the log has room for that.
const LONGEST: usize = 120;

/// The services that the log has named.
#[derive(Default)]
pub(super) struct ForeignAudiences(BTreeSet<String>);

impl ForeignAudiences {
    /// Returns the warning about a token for that audience, unless the emulator accepts the audience or the warning was
    /// given before.
    pub(super) fn warning(&mut self, audience: &str) -> Option<String> {
        let audience = audience.trim_end_matches('/');
        let name = audience.get(..audience.floor_char_boundary(LONGEST)).unwrap_or_default();
        if is_ours(audience) || self.0.len() >= MOST || !self.0.insert(name.to_ascii_lowercase()) {
            return None;
        }
        Some(format!(
            "the emulator issued a token for '{name}', which only the emulator accepts; 'emulator run \
             --keep-credentials' keeps the credentials of the user"
        ))
    }
}

/// Returns whether the emulator accepts tokens for this audience.
fn is_ours(audience: &str) -> bool {
    is_acs_audience(audience)
        || is_management_audience(audience)
        || is_clients_audience(audience)
        || audience == TOKEN_EXCHANGE_AUDIENCE
}

#[cfg(test)]
mod tests {
    use acs_identity_protocol::claims::entra::ACS_CLIENTS_APPLICATION_ID;

    use super::*;

    #[test]
    fn a_token_for_another_service_is_logged_once() {
        let mut said = ForeignAudiences::default();
        let warning = said.warning("https://vault.azure.net").unwrap_or_default();
        assert!(warning.contains("'https://vault.azure.net'") && warning.contains("--keep-credentials"), "{warning}");
        for again in ["https://vault.azure.net", "https://vault.azure.net/", "https://VAULT.azure.net"] {
            assert_eq!(said.warning(again), None, "{again}");
        }
        assert!(said.warning("https://graph.microsoft.com").is_some());
    }

    #[test]
    fn a_token_for_the_service_is_not_logged() {
        let mut said = ForeignAudiences::default();
        for ours in [
            "https://communication.azure.com",
            "https://communication.azure.com/",
            "https://communication.azure.com/clients",
            "https://auth.msft.communication.azure.com",
            ACS_CLIENTS_APPLICATION_ID,
            TOKEN_EXCHANGE_AUDIENCE,
        ] {
            assert_eq!(said.warning(ours), None, "{ours}");
        }
    }

    #[test]
    fn the_number_and_the_length_of_logged_audiences_are_limited() {
        let mut said = ForeignAudiences::default();
        let long = "\u{e9}".repeat(10_000);
        let count = (0..1000).filter(|number| said.warning(&format!("{number}{long}")).is_some()).count();
        assert_eq!(count, MOST);
        assert!(said.0.iter().all(|name| name.len() <= LONGEST));
    }
}
