//! Hints about proxies that cannot be used.

use crate::service::words::certificate;
use crate::transport::error::TransportError;
use crate::transport::proxy::proxy_error::{ProxyError, ProxyFault};

/// Returns hints about a proxy.
pub(crate) fn hints(problem: &ProxyError) -> Vec<String> {
    use ProxyFault as F;
    let variable = problem.variable;
    let at = if problem.address.is_empty() { "HOST:PORT" } else { &problem.address };
    let mut hints = Vec::new();
    match &problem.fault {
        F::NotText | F::NoScheme | F::NoHost | F::Host | F::Port(_) | F::Blank => {
            hints.push(format!("Its form is {variable}=http://HOST:PORT or http://USER:PASSWORD@HOST:PORT"));
        }
        F::Encoding | F::Latin1 => {}
        F::Socks | F::Scheme(_) => {
            hints
                .push(format!("Name an HTTP proxy: {variable}=http://HOST:PORT, or https:// for one that speaks TLS."));
        }
        F::Authentication { offered: Some(_), .. } => {
            hints.push("A local proxy that authenticates with the other one, such as cntlm or px, can help.".into());
        }
        F::Authentication { .. } => hints.push(format!("Write them into {variable}: http://USER:PASSWORD@{at}")),
        F::NotHttp { tls: true } => {
            hints.push(format!("If it speaks TLS, its scheme is https: {variable}=https://{at}"));
        }
        F::Tls(error) if matches!(**error, TransportError::NotTls(_)) => {
            hints.push(format!("If it does not speak TLS, its scheme is http: {variable}=http://{at}"));
        }
        F::Tls(error) => match &**error {
            TransportError::Certificate(_, problem) => hints.extend(certificate::hints(problem)),
            TransportError::Bundle(error) => hints.extend(certificate::of_bundle(error)),
            _ => {}
        },
        _ => {}
    }
    if problem.backslash || matches!(problem.fault, F::Encoding | F::Latin1 | F::Authentication { offered: None, .. }) {
        hints.push(
            "In a user name or a password, percent-encode what is not a letter or a digit: %40 is @, %3A is :, %2F is /, \
             %23 is #, %3F is ?, %25 is %, %5C is \\."
                .into(),
        );
    }
    hints.push(format!("The proxy is named by {variable}. NO_PROXY lists hosts that are reached without it."));
    hints
}
