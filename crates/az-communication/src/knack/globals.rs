//! The arguments of every command, and `--yes` of the commands that ask for confirmation.

use crate::knack::argument::{Argument, Arity, Content};
use crate::knack::output::Format;

pub(crate) const DEBUG: Argument = Argument::new(&["--debug"], "Increase logging verbosity to show all debug logs.")
    .arity(Arity::Flag)
    .group("Global");
pub(crate) const ONLY_SHOW_ERRORS: Argument =
    Argument::new(&["--only-show-errors"], "Only show errors, suppressing warnings.")
        .arity(Arity::Flag)
        .group("Global");
pub(crate) const OUTPUT: Argument =
    Argument::new(&["--output", "-o"], "Output format.").choices(&Format::NAMES).default("json").group("Global");
pub(crate) const QUERY: Argument =
    Argument::new(&["--query"], "JMESPath query string. See http://jmespath.org/ for more information and examples.")
        .content(Content::Expression)
        .group("Global");
pub(crate) const SUBSCRIPTION: Argument = Argument::new(
    &["--subscription"],
    "Name or ID of subscription. You can configure the default subscription using `az account set -s NAME_OR_ID`.",
)
.group("Global");
pub(crate) const VERBOSE: Argument =
    Argument::new(&["--verbose"], "Increase logging verbosity. Use --debug for full debug logs.")
        .arity(Arity::Flag)
        .group("Global");

/// `--yes`.
pub(crate) const YES: Argument = Argument::new(&["--yes", "-y"], "Do not prompt for confirmation.").arity(Arity::Flag);

/// The arguments of every command, in the order of the reference's parser. Errors about abbreviations show this order.
pub(crate) const GLOBALS: &[Argument] = &[VERBOSE, DEBUG, ONLY_SHOW_ERRORS, OUTPUT, QUERY];

/// `--help`, the first option of every parser.
pub const HELP: Argument =
    Argument::new(&["-h", "--help"], "Show this help message and exit.").arity(Arity::Flag).group("Global");
