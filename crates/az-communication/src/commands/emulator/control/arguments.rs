//! The options that all commands of the control API have. They name the emulator and its credential.

use crate::commands::emulator::options::declared;
use crate::knack::argument::Argument;

/// The heading of these options in help.
const HEADING: &str = "Emulator";

pub(crate) const ENDPOINT: Argument = declared::ENDPOINT.group(HEADING);
pub(crate) const CONNECTION_STRING: Argument = declared::CONNECTION_STRING.group(HEADING);
pub(crate) const CONTROL_SECRET_FILE: Argument = declared::STATUS_CONTROL_SECRET_FILE.group(HEADING);
pub(crate) const HOST: Argument = declared::STATUS_HOST.group(HEADING);
pub(crate) const PORT: Argument = declared::STATUS_PORT.group(HEADING);
pub(crate) const DATA_DIR: Argument = declared::STATUS_DATA_DIR.group(HEADING);
pub(crate) const IN_MEMORY: Argument = declared::STATUS_IN_MEMORY.group(HEADING);
pub(crate) const PID_FILE: Argument = declared::STATUS_PID_FILE.group(HEADING);
pub(crate) const READY_FILE: Argument = declared::STATUS_READY_FILE.group(HEADING);

/// Makes the arguments of a command: its own, then those that name the emulator and its credential.
macro_rules! arguments {
    ($($own:expr),* $(,)?) => {
        &[
            $($own,)*
            $crate::commands::emulator::control::arguments::ENDPOINT,
            $crate::commands::emulator::control::arguments::CONNECTION_STRING,
            $crate::commands::emulator::control::arguments::CONTROL_SECRET_FILE,
            $crate::commands::emulator::control::arguments::HOST,
            $crate::commands::emulator::control::arguments::PORT,
            $crate::commands::emulator::control::arguments::DATA_DIR,
            $crate::commands::emulator::control::arguments::IN_MEMORY,
            $crate::commands::emulator::control::arguments::PID_FILE,
            $crate::commands::emulator::control::arguments::READY_FILE,
        ]
    };
}
pub(crate) use arguments;
