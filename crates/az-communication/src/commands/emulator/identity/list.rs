//! `emulator identity list`.

use azure_core::http::Url;
use serde_json::Value as Json;

use super::COLUMNS;
use crate::commands::emulator::control::{self, Control, with_query};
use crate::knack::argument::Argument;
use crate::knack::command_table::{CommandSpec, Example};
use crate::knack::invocation::Invocation;
use crate::knack::json_value::value_of;
use crate::knack::outcome::Outcome;
use crate::knack::values::options::number;
use crate::report::error::CliError;

/// The most identities that a response has.
const PAGE: usize = 1000;

/// The number of identities without `--top`.
const USUAL: usize = 100;

const FILTER: Argument =
    Argument::new(&["--filter"], "Part of the custom id or of the raw id; the case of the letters A to Z is ignored.")
        .extension();
const TOP: Argument = Argument::new(&["--top"], "The most identities to list.").default("100").extension();

pub(crate) const SPEC: CommandSpec = CommandSpec {
    summary: "List the identities of a running emulator.\n\nThey are in the order of their raw ids. Without a filter, \
        all identities match.",
    arguments: control::arguments![FILTER, TOP],
    connects: false,
    confirms: false,
    examples: &[
        Example { name: "List the first identities", command: "{} -o table" },
        Example { name: "Find the identities of a domain", command: "{} --filter @contoso.com --top 1000" },
    ],
    run,
};

fn run(invocation: &Invocation<'_>) -> Result<Outcome, CliError> {
    let top = number(invocation, &TOP, &(1..=1_000_000))?.unwrap_or(USUAL);
    let control = Control::find(invocation)?;
    let filter = invocation.given(&FILTER);
    let mut identities: Vec<Json> = Vec::new();
    let mut after: Option<String> = None;
    loop {
        let count = (top - identities.len()).min(PAGE).to_string();
        let parameters = [("filter", filter), ("top", Some(count.as_str())), ("after", after.as_deref())];
        let mut page = control.get(&with_query("/emulator/identities", &parameters))?;
        if let Some(value) = page["value"].as_array_mut() {
            identities.append(value);
        }
        after = page["nextLink"].as_str().and_then(end_of_page);
        if after.is_none() || identities.len() >= top {
            break;
        }
    }
    if after.is_some() {
        invocation.printer.warning(&format!("There are more identities than {top}. To list more, give --top."));
    }
    Ok(Outcome::of(value_of(identities.into())).columns(COLUMNS).foreign())
}

/// Returns where the next page begins. The host of the link may be one that only other clients reach.
fn end_of_page(link: &str) -> Option<String> {
    let link = Url::parse(link).ok()?;
    link.query_pairs().find(|(name, _)| name == "after").map(|(_, value)| value.into_owned())
}
