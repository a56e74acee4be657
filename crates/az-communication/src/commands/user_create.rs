//! `user create`.

use crate::cli::table::{Example, Verb};
use crate::client::object;

pub(super) const VERB: Verb = Verb {
    summary: "Creates a new ACS Identity.",
    arguments: &[],
    connects: true,
    confirms: false,
    examples: &[Example { name: "Create ACS user", command: "{}" }],
    run: |invocation| {
        let id = invocation.service()?.create_user()?;
        let properties = object([("id", id.as_str().into())]);
        Ok(Some(object([("properties", properties), ("rawId", id.into())])))
    },
};
