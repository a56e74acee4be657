//! Handing over to the real `az`: another `az` on PATH, which gets the arguments byte for byte.

pub(crate) mod broken;
pub(crate) mod child;
pub(crate) mod endings;
pub(crate) mod find;
pub(crate) mod mark;
pub(crate) mod own;

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

pub use broken::Broken;
pub use endings::to_start;
use find::Found;
pub use own::MARKER;

use crate::report::error::CliError;
use crate::report::exit_code::ExitCode;
use crate::report::printer::Printer;
use crate::report::program::Program;
use crate::system::{self, Inherited, limits};

/// The reason why no other `az` took over.
#[derive(Debug)]
pub enum NotHandedOver {
    /// There is no other `az` on PATH.
    NoOther,
    /// There is another `az`, but it cannot be run.
    Broken(Broken),
    /// The same arguments would go round in a loop, or calls are nested too deeply.
    Loop(CliError),
}

impl NotHandedOver {
    /// Returns the error of a command that only the other `az` has. Returns `None` if there is no other `az`.
    pub fn error(self) -> Option<CliError> {
        match self {
            Self::NoOther => None,
            Self::Broken(broken) => Some(broken.into()),
            Self::Loop(error) => Some(error),
        }
    }
}

/// Returns the error for a program of the user's choice that could not be started because it was not found or cannot be
/// run.
pub fn not_started(command: &Command, error: std::io::Error) -> CliError {
    let name = command.get_program();
    let path = command.get_envs().find(|(variable, _)| *variable == "PATH").and_then(|(_, value)| value);
    let advice = limits::advice(&error);
    let is_missing = error.kind() == std::io::ErrorKind::NotFound;
    // An error about a limit of the system says nothing about the file.
    let described = match find::program(name, path).filter(|_| advice.is_none()) {
        None if is_missing && Path::new(name).components().count() > 1 => {
            CliError::new(format!("{} does not exist.", name.display())).exit_code(ExitCode::NoProgram)
        }
        None if is_missing => {
            CliError::new(format!("{} was not found on PATH.", name.display())).exit_code(ExitCode::NoProgram)
        }
        found => {
            let program = found.unwrap_or_else(|| name.into());
            let head = find::head(&program);
            Broken::from_error(program, &head, error).described(None)
        }
    };
    match advice {
        Some(advice) => described.hint(advice),
        None => described,
    }
}

/// Returns the other `az` on PATH. It may be broken.
pub fn find() -> Option<PathBuf> {
    match find::find(env::var_os(mark::VARIABLE).is_none()) {
        Found::Program(path) => Some(path),
        Found::Broken(broken) => Some(broken.program),
        Found::NoOther => None,
    }
}

/// An `az` on PATH.
pub struct OnPath {
    /// The path of the file.
    pub path: PathBuf,
    /// Whether it is this program under any name, or another version of this program.
    pub is_ours: bool,
}

/// Returns each `az` on PATH that a shell could run, in the order of PATH. A shell runs the first one.
pub fn on_path() -> Vec<OnPath> {
    find::on_path().map(|path| OnPath { is_ours: own::is_ours(&path), path }).collect()
}

/// Checks whether a file is this program or another version of it.
pub fn is_ours(path: &Path) -> bool {
    own::is_ours(path)
}

/// Returns this program's file as a shell finds it by the name that was used for this process. Returns `None` if the
/// shell finds another file or no file, or finds this file only through the current folder.
pub fn found_by_name() -> Option<PathBuf> {
    let name = format!("{}{}", Program::current().name(), env::consts::EXE_SUFFIX);
    find::program(name.as_ref(), None).filter(|path| path.is_absolute() && system::is_this_file(path))
}

/// Replaces this process by the real `az` with the same arguments. If the system cannot replace a process, the real
/// `az` runs as a child and this function returns its exit code.
///
/// # Errors
///
/// When no program was run.
pub fn to_other_az(words: &[OsString], printer: &Printer) -> Result<ExitCode, NotHandedOver> {
    let (program, mut command, _mark) = prepare(words)?;
    printer.debug(&format!("Handing over to {}", program.display()));
    let head = find::head(&program);
    // execvp passes a file that the kernel does not accept to a shell. A shell must not get a program for another
    // machine.
    let result = if system::REPLACES && !broken::is_foreign_binary(&head) {
        Err(system::replace(&mut command))
    } else {
        child::status(&mut command)
    };
    result.map_err(|error| NotHandedOver::Broken(Broken::from_error(program, &head, error)))
}

/// Runs the real `az` with the same arguments and this process's streams. Returns its exit code.
///
/// # Errors
///
/// When no program was run.
pub fn run_other_az(words: &[OsString]) -> Result<ExitCode, NotHandedOver> {
    let (program, mut command, _mark) = prepare(words)?;
    child::status(&mut command).map_err(|error| broken(program, error))
}

/// Runs the real `az` with the same arguments, which ask for a help page, and returns its output. It gets an empty
/// stdin and must not install extensions.
///
/// # Errors
/// When no program was run.
pub fn page_of_other_az(words: &[OsString]) -> Result<Output, NotHandedOver> {
    let (program, mut command, _mark) = prepare(words)?;
    command.env("AZURE_EXTENSION_USE_DYNAMIC_INSTALL", "no").stdin(Stdio::null());
    command.output().map_err(|error| broken(program, error))
}

fn broken(program: PathBuf, error: std::io::Error) -> NotHandedOver {
    let head = find::head(&program);
    NotHandedOver::Broken(Broken::from_error(program, &head, error))
}

/// Prepares the call of the other `az`. The file with the mark must stay open until the other `az` runs.
fn prepare(words: &[OsString]) -> Result<(PathBuf, Command, Inherited), NotHandedOver> {
    // The environment may lack the mark because a wrapper cleared it.
    let mark = env::var_os(mark::VARIABLE).or_else(|| system::variable_of_ancestor(mark::VARIABLE));
    let program = match find::find(mark.is_none()) {
        Found::Program(program) => program,
        Found::Broken(broken) => return Err(NotHandedOver::Broken(broken)),
        Found::NoOther => return Err(NotHandedOver::NoOther),
    };
    let mark = mark::next(mark.as_deref(), words, &program).map_err(NotHandedOver::Loop)?;
    let mut command = Command::new(&program);
    let inherited = Inherited::open(&format!("{}={mark}", mark::VARIABLE));
    command.args(words).env(mark::VARIABLE, mark);
    Ok((program, command, inherited))
}
