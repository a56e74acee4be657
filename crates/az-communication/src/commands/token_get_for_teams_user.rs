//! `token get-for-teams-user`.

use crate::cli::table::{Argument, Example, Verb};
use crate::client::object;

pub(super) const VERB: Verb = Verb {
    summary: "Exchanges an Azure Active Directory (Azure AD) access token of a Teams user for a new ACS Identity \
        access token with a matching expiration time.",
    arguments: &[
        Argument::new(&["--aad-token"], "Azure AD access token of a Teams User.").required(),
        Argument::new(
            &["--client"],
            "Client ID of an Azure AD applicationto be verified against the appId claim in the Azure AD access token.",
        )
        .required(),
        Argument::new(
            &["--aad-user"],
            "Object ID of an Azure AD user(Teams User) to be verified against the OID claim in the Azure AD access \
             token.",
        )
        .required(),
    ],
    connects: true,
    confirms: false,
    examples: &[Example {
        name: "Get token for teams user",
        command: "{} --aad-token \"aad-123-xyz\" --client \"app-id-123-xyz\" --aad-user \"uid\"",
    }],
    run: |invocation| {
        let argument = |key: &str| invocation.arguments.get(key).unwrap_or_default();
        let (token, expires_on) = invocation.service()?.exchange_teams_token(
            argument("--aad-token"),
            argument("--client"),
            argument("--aad-user"),
        )?;
        Ok(Some(object([("token", token.into()), ("expires_on", expires_on.into())])))
    },
};
