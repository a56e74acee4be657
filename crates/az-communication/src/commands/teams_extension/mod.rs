//! The commands for Teams users and resource accounts that use Teams extension.

pub(crate) mod create;
pub(crate) mod delete;
pub(crate) mod exchange;
pub(crate) mod show;
pub(crate) mod update;
