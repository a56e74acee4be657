//! The store in a PostgreSQL database. All SQL for it is in this folder.

pub(crate) mod connect;
