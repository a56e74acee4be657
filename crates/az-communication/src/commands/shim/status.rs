//! `shim status`.

use std::path::PathBuf;

use crate::commands::shim::file::Found;
use crate::commands::shim::{place, record, text};
use crate::delegate;
use crate::knack::command_table::{CommandSpec, Example};
use crate::knack::invocation::Invocation;
use crate::knack::outcome::Outcome;
use crate::report::error::CliError;
use crate::service::answer::object;

pub(crate) const SPEC: CommandSpec = CommandSpec {
    summary: "Show where the shim is, and which az a shell runs.\n\n`first_az` is the az that a shell finds first. \
        `real_az` is the az that gets the commands that this program does not have.",
    arguments: &[],
    connects: false,
    confirms: false,
    examples: &[Example { name: "Show where the shim is", command: "{}" }],
    run,
};

fn run(_: &Invocation<'_>) -> Result<Outcome, CliError> {
    let on_path = crate::commands::shim::on_path();
    let noted = record::read().into_iter().map(|noted| noted.shim);
    let known = noted.chain(on_path.iter().map(|az| az.path.clone()));
    let found = known.map(|path| (place::look(&path), path)).find_map(|(found, path)| match found {
        Found::Shim(target) => Some(("installed", path, Some(target))),
        Found::Dangling(target) => Some(("dangling", path, Some(target))),
        _ => None,
    });
    let (state, shim, target): (_, Option<PathBuf>, _) =
        found.map_or(("none", None, None), |(state, shim, target)| (state, Some(shim), target));
    let first = on_path.first();
    let result = object([
        ("state", state.into()),
        ("shim", text(shim.as_deref())),
        ("target", text(target.as_deref())),
        ("first_az", text(first.map(|first| first.path.as_path()))),
        ("first_is_ours", first.is_some_and(|first| first.is_ours).into()),
        ("real_az", text(delegate::find().as_deref())),
    ]);
    Ok(Outcome::of(result).columns(&["state", "shim", "target", "first_az", "real_az"]))
}
