//! Finds environment variables with names that are similar to a setting. They are usually typing errors, and the
//! setting would have no effect.

use std::env;

use crate::commands::emulator::{run, start, status};
use crate::knack::argument::Argument;
use crate::knack::grammar::difflib;
use crate::knack::invocation::Invocation;
use crate::knack::variables::PREFIX;

/// Warns about such variables. Other variables with the same prefix are ignored: Kubernetes sets some for a service
/// with that name.
pub(crate) fn warn(invocation: &Invocation<'_>) {
    let specs = [&start::SPEC, &run::SPEC, &status::SPEC];
    let arguments = specs.iter().flat_map(|spec| spec.arguments);
    let known: Vec<String> = arguments.flat_map(Argument::variable_names).collect();
    // Only the rest of the names is compared, because all of them share the long prefix.
    let ends: Vec<&str> = known.iter().filter_map(|name| name.strip_prefix(PREFIX)).collect();
    let mut names: Vec<String> = env::vars_os().filter_map(|(name, _)| name.into_string().ok()).collect();
    names.sort();
    for name in names {
        let Some(end) = name.strip_prefix(PREFIX).filter(|end| !ends.contains(end)) else { continue };
        if let Some(meant) = difflib::closest(end, ends.iter().copied()) {
            invocation.printer.warning(&format!("{name} is not a setting. Did you mean {PREFIX}{meant}?"));
        }
    }
}
