//! Requests over the network: HTTP, TLS, certificates, proxies and names. This module does not know options and does
//! not print.

pub mod error;
pub mod http;
mod message;
pub mod names;
pub mod proxy;
pub mod redirect_fault;
pub mod resend;
pub mod send;
pub mod tls;
pub mod x509;
