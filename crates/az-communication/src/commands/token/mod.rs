//! The commands of access tokens.

pub(crate) mod device_login;
pub(crate) mod get_for_teams_user;
pub(crate) mod inspect;
pub(crate) mod issue;
pub(crate) mod issue_batch;
pub(crate) mod revoke;
pub(crate) mod terms;
pub(crate) mod text;
pub(crate) mod verify;
