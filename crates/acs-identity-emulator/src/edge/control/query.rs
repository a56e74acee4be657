//! The parameters of the query of the control API. A misspelt one is refused, because the operation would do something
//! else than the client wants.

use std::collections::HashSet;

use super::version::PARAMETER as VERSION;
use crate::edge::context::request::RequestContext;
use crate::edge::http::error::{HttpError, HttpResult};
use crate::edge::http::path::decode_segment;
use crate::log::Shown;

/// Clients of the service add it to every request.
const API_VERSION: &str = "api-version";

/// Refuses a parameter that the operation does not have, and one that is given twice.
pub(crate) fn check(request: &RequestContext) -> HttpResult<()> {
    let known = request.route.map_or(&[][..], |route| route.parameters);
    let mut given = HashSet::new();
    for pair in request.head.query().split('&').filter(|pair| !pair.is_empty()) {
        let name = pair.split_once('=').map_or(pair, |(name, _)| name);
        let name = decode_segment(&name.replace('+', " ")).unwrap_or_else(|| name.to_owned()).to_ascii_lowercase();
        if !known.iter().chain(&[VERSION, API_VERSION]).any(|known| **known == *name) {
            let has = match known {
                [] => "It has none.".to_owned(),
                known => format!("Its parameters: {}.", known.join(", ")),
            };
            let name = Shown(name);
            return Err(refused(format!("The operation has no query parameter '{name}'. {has}")));
        }
        if let Some(name) = given.replace(name) {
            return Err(refused(format!("The query parameter '{name}' is given more than once.")));
        }
    }
    Ok(())
}

fn refused(message: String) -> HttpError {
    HttpError::validation(message, "query")
}
