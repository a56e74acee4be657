//! `user show`.

use crate::commands::arguments::{API_VERSION, USER};
use crate::commands::user::create;
use crate::knack::command_table::{Argument, Example, Verb};
use crate::service::calls::Service;

pub(crate) const VERB: Verb = Verb {
    summary: "Shows an ACS Identity: its custom id and when its last token was issued.\n\nOnly preview api-versions of the \
        service have this.",
    arguments: &[
        USER,
        Argument {
            help: "Version of the service's API. Without it, the newest that can show identities, which is a preview.",
            ..API_VERSION
        },
    ],
    connects: true,
    confirms: false,
    examples: &[Example { name: "Show an ACS user", command: "{} --user \"8:acs:xxxxxx\"" }],
    run: |invocation| {
        let user = invocation.required("--user")?;
        invocation.columns.set(Some(&["id", "customId", "lastTokenIssuedAt"]));
        let version = create::version_with_custom_ids(invocation, "identities to show")?;
        Ok(Some(Service::of_version(invocation, &version)?.show_user(user)?))
    },
};
