//! `emulator request list|tail|clear`: the requests that a running emulator has answered.

pub(crate) mod clear;
pub(crate) mod list;
pub(crate) mod tail;

use crate::knack::argument::Argument;

/// The path of the log of requests.
const PATH: &str = "/emulator/requests";

const STATUS: Argument = Argument::new(
    &["--status"],
    "Only requests with this status: 404, 4xx, or dropped for connections that ended without a response.",
)
.extension();

const IDENTITY: Argument =
    Argument::new(&["--identity"], "Only requests about the identity with this raw id or custom id.").extension();

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
    "microseconds",
    "authentication",
];
