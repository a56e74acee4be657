//! The additional sections in the page of the program itself.

use crate::commands::manual::roff::{Roff, bold};
use crate::report::exit_code::MEANINGS;

/// The variables that every user needs to know. The other variables are described with their options.
const VARIABLES: [(&str, &str); 4] = [
    (
        "AZURE_COMMUNICATION_CONNECTION_STRING",
        "The connection string of the resource, if --connection-string is not given.",
    ),
    ("AZURE_COMMUNICATION_ENDPOINT", "The endpoint of the resource, for calls without a key."),
    ("AZURE_CONFIG_DIR", "The folder of the configuration, instead of ~/.azure."),
    ("NO_COLOR", "Any value except an empty one turns colours off."),
];

/// Adds the sections.
pub(crate) fn sections(page: &mut Roff) {
    page.section("ENVIRONMENT");
    for (name, text) in VARIABLES {
        page.item(&bold(name), &[text]);
    }
    page.section("FILES");
    page.item(&bold("~/.azure/config"), &["The configuration, which the program shares with the Azure CLI."]);
    page.section("EXIT STATUS");
    for (code, text) in MEANINGS {
        page.item(&bold(&code.number().to_string()), &[text]);
    }
}
