//! `user show`.

use crate::commands::arguments::{API_VERSION, USER};
use crate::commands::user::create;
use crate::knack::argument::Argument;
use crate::knack::command_table::{CommandSpec, Example};
use crate::knack::outcome::Outcome;
use crate::service::calls::Service;

pub(crate) const SPEC: CommandSpec = CommandSpec {
    summary: "Shows an ACS Identity: its custom id and when its last token was issued.\n\nOnly preview api-versions \
        of the service support this.",
    arguments: &[
        USER,
        Argument {
            help: "Version of the service's API. The default is the newest version that can show identities, which is \
                a preview.",
            ..API_VERSION
        },
    ],
    connects: true,
    confirms: false,
    examples: &[Example { name: "Show an ACS user", command: "{} --user \"8:acs:xxxxxx\"" }],
    run: |invocation| {
        let user = invocation.required(&USER)?;
        let version = create::version_with_custom_ids(invocation, "showing identities")?;
        let shown = Service::of_version(invocation, &version)?.show_user(user)?;
        Ok(Outcome::of(shown).columns(&["id", "customId", "lastTokenIssuedAt"]))
    },
};
