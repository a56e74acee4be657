//! `emulator request list|tail|clear`: the requests that a running emulator has answered.

pub(crate) mod clear;
pub(crate) mod list;
pub(crate) mod tail;

use crate::knack::argument::{Argument, Arity};
use crate::knack::invocation::Invocation;

/// The path of the log of requests.
const PATH: &str = "/emulator/requests";

const STATUS: Argument = Argument::new(
    &["--status"],
    "Only requests with this status: 404, 4xx, or dropped for connections that ended without a response.",
)
.extension();

const IDENTITY: Argument =
    Argument::new(&["--identity"], "Only requests about the identity with this raw id or custom id.").extension();

const OPERATION: Argument = Argument::new(
    &["--operation"],
    "Only requests of these operations, such as createIdentity or issueAccessToken; separate more than one by commas.",
)
.extension();

const ALL: Argument = Argument::new(&["--all"], "Show the requests of the control API too, which these commands send.")
    .arity(Arity::Flag)
    .extension();

/// Returns whether requests of the control API are wanted, as the parameter of the query. They are left out because
/// those who watch a client send them by these commands.
fn control(invocation: &Invocation<'_>) -> Option<&'static str> {
    let is_wanted = invocation.arguments.has(&ALL) || invocation.arguments.has(&OPERATION);
    (!is_wanted).then_some("false")
}

const LAST: Argument = Argument::new(&["--last"], "How many of the last requests to show, up to 10000.").extension();

/// The columns of a table of requests.
const COLUMNS: &[&str] = &[
    "number",
    "time",
    "method",
    "path",
    "apiVersion",
    "operation",
    "status",
    "code",
    "?reason",
    "microseconds",
    "authentication",
];
