//! The core over a store: keys, revocations, exchanges, and starts of a folder.

mod exchanges;
#[cfg(feature = "sqlite")]
mod folder;
mod keys;
mod revocations;
mod state_files;
mod whole_state;

use acs_identity_protocol::api_version::ApiVersion;
use acs_identity_protocol::models::{CreateIdentityRequest, IssueAccessTokenRequest};
use acs_identity_protocol::scope::TokenScope;

use super::introspection::Inactive;
use super::{Core, Refusal, TokenTimes};
use crate::config::Config;
use crate::store::{AccessSlot, Caller, block_on};

fn core() -> Core {
    Core::open(&Config::in_memory()).unwrap()
}

/// Makes two emulators on one store.
fn two() -> [Core; 2] {
    Core::open_two([&Config::in_memory(), &Config::in_memory()])
}

fn key(slot: AccessSlot, generation: i64) -> Caller {
    Caller::Key { slot, generation }
}

const PRIMARY: Caller = Caller::Key { slot: AccessSlot::Primary, generation: 1 };
const SECONDARY: Caller = Caller::Key { slot: AccessSlot::Secondary, generation: 1 };

fn preview() -> &'static ApiVersion {
    ApiVersion::find("2025-03-02-preview").unwrap()
}

fn create(core: &Core, custom_id: Option<&str>) -> Result<(String, String), Refusal> {
    let request = CreateIdentityRequest {
        custom_id: custom_id.map(str::to_owned),
        create_token_with_scopes: Some(vec![TokenScope::Chat]),
        ..CreateIdentityRequest::default()
    };
    let made = block_on(core.identities.create(PRIMARY, preview(), request, TokenTimes::default()))?;
    Ok((made.identity.unwrap().id.unwrap(), made.access_token.unwrap().token.unwrap()))
}

fn issue(core: &Core, caller: Caller, id: &str) -> Result<String, Refusal> {
    let request =
        IssueAccessTokenRequest { scopes: Some(vec![TokenScope::Chat]), ..IssueAccessTokenRequest::default() };
    Ok(block_on(core.identities.issue(caller, preview(), id, request, TokenTimes::default()))?.token.unwrap())
}

/// Returns the reason why a token is not active, or `None` if it is active.
fn inactive(core: &Core, token: &str) -> Option<Inactive> {
    let said = block_on(core.introspector.introspect(Caller::Entra, token)).unwrap();
    assert_eq!(said.active, said.reason.is_none());
    said.reason
}
