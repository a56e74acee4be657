//! Handing over to the real `az`: another one on PATH, which gets the words byte for byte.

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

/// Why another `az` did not take over.
#[derive(Debug)]
pub enum NotHandedOver {
    /// There is no other `az` on PATH.
    Nobody,
    /// There is one, and it cannot be run.
    Broken(Broken),
    /// The same words would go round, or calls are nested too deeply.
    Loop(CliError),
}

impl NotHandedOver {
    /// The error of a command that only the other `az` has; nothing where there is no other one.
    pub fn error(self) -> Option<CliError> {
        match self {
            Self::Nobody => None,
            Self::Broken(broken) => Some(broken.into()),
            Self::Loop(error) => Some(error),
        }
    }
}

/// Why a program of the user's choice was not started: it was not found, or it cannot be run.
pub fn not_started(command: &Command, error: std::io::Error) -> CliError {
    let name = command.get_program();
    let path = command.get_envs().find(|(variable, _)| *variable == "PATH").and_then(|(_, value)| value);
    let advice = limits::advice(&error);
    let is_missing = error.kind() == std::io::ErrorKind::NotFound;
    // A limit of the system is not about the file.
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

/// Whether there is another `az` on PATH, and which. It may be broken.
pub fn find() -> Option<PathBuf> {
    match find::find(env::var_os(mark::VARIABLE).is_none()) {
        Found::Program(path) => Some(path),
        Found::Broken(broken) => Some(broken.program),
        Found::Nobody => None,
    }
}

/// An `az` on PATH.
pub struct OnPath {
    /// Where it is.
    pub path: PathBuf,
    /// Whether it is this program, by whatever name, or another version of it.
    pub is_ours: bool,
}

/// Each `az` on PATH that a shell could run, in its order. The first one is what it runs.
pub fn on_path() -> Vec<OnPath> {
    find::on_path().map(|path| OnPath { is_ours: own::is_ours(&path), path }).collect()
}

/// Whether a file is this program, or another version of it.
pub fn is_ours(path: &Path) -> bool {
    own::is_ours(path)
}

/// This program's file as a shell finds it by the name that it was called by; `None` where it finds another file, or none,
/// or only from the current folder.
pub fn found_by_name() -> Option<PathBuf> {
    let name = format!("{}{}", Program::current().name(), env::consts::EXE_SUFFIX);
    find::program(name.as_ref(), None).filter(|path| path.is_absolute() && system::is_this_file(path))
}

/// Replaces this process by the real `az` with the same words. Where a process cannot be replaced, the real one runs as a
/// child, and this returns its exit code.
///
/// # Errors
///
/// When nothing was run.
pub fn to_other_az(words: &[OsString], printer: &Printer) -> Result<ExitCode, NotHandedOver> {
    let (program, mut command, _mark) = prepare(words)?;
    printer.debug(&format!("Handing over to {}", program.display()));
    let head = find::head(&program);
    // execvp gives a file that the kernel does not take to a shell. A program for another machine must not come there.
    let result = if system::REPLACES && !broken::is_foreign_binary(&head) {
        Err(system::replace(&mut command))
    } else {
        child::status(&mut command)
    };
    result.map_err(|error| NotHandedOver::Broken(Broken::from_error(program, &head, error)))
}

/// Runs the real `az` with the same words on our streams, and gives its exit code.
///
/// # Errors
///
/// When nothing was run.
pub fn run_other_az(words: &[OsString]) -> Result<ExitCode, NotHandedOver> {
    let (program, mut command, _mark) = prepare(words)?;
    child::status(&mut command).map_err(|error| broken(program, error))
}

/// Runs the real `az` with the same words, which ask for a page of help, and gives what it printed. It gets no stdin, and it
/// must not install anything.
///
/// # Errors
///
/// When nothing was run.
pub fn page_of_other_az(words: &[OsString]) -> Result<Output, NotHandedOver> {
    let (program, mut command, _mark) = prepare(words)?;
    command.env("AZURE_EXTENSION_USE_DYNAMIC_INSTALL", "no").stdin(Stdio::null());
    command.output().map_err(|error| broken(program, error))
}

fn broken(program: PathBuf, error: std::io::Error) -> NotHandedOver {
    let head = find::head(&program);
    NotHandedOver::Broken(Broken::from_error(program, &head, error))
}

/// The other `az`, the call of it, and the file with the mark, which stays open until it runs.
fn prepare(words: &[OsString]) -> Result<(PathBuf, Command, Inherited), NotHandedOver> {
    // A wrapper may have cleared the environment.
    let mark = env::var_os(mark::VARIABLE).or_else(|| system::variable_of_ancestor(mark::VARIABLE));
    let program = match find::find(mark.is_none()) {
        Found::Program(program) => program,
        Found::Broken(broken) => return Err(NotHandedOver::Broken(broken)),
        Found::Nobody => return Err(NotHandedOver::Nobody),
    };
    let mark = mark::next(mark.as_deref(), words, &program).map_err(NotHandedOver::Loop)?;
    let mut command = Command::new(&program);
    let inherited = Inherited::open(&format!("{}={mark}", mark::VARIABLE));
    command.args(words).env(mark::VARIABLE, mark);
    Ok((program, command, inherited))
}
