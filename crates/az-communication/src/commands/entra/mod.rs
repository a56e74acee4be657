//! The commands for users, groups and tenants of Entra.

pub(crate) mod create;
pub(crate) mod delete;
pub(crate) mod exchange;
pub(crate) mod list;
pub(crate) mod show;
pub(crate) mod update;
