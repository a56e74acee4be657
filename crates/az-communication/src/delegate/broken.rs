//! Reasons why a program on PATH cannot be run.

use std::io;
use std::path::{Path, PathBuf};

use crate::delegate::find;
use crate::report::error::CliError;
use crate::report::exit_code::ExitCode;
use crate::system;
use crate::system::system_text;

/// A program that cannot be run.
#[derive(Debug)]
pub struct Broken {
    /// The program.
    pub program: PathBuf,
    /// The reason.
    pub(crate) reason: Reason,
}

#[derive(Debug)]
pub(crate) enum Reason {
    NotExecutable,
    DanglingLink(PathBuf),
    /// The program that `#!` or the ELF header names does not exist.
    NoInterpreter {
        interpreter: String,
        carriage_return: bool,
    },
    /// The interpreter exists, but this user may not run it.
    ClosedInterpreter(String),
    /// The file is not a program for this machine.
    Foreign,
    /// Another process writes to the file.
    Busy,
    System(io::Error),
}

impl Broken {
    /// Finds the reason behind the system's error. `head` is the start of the program's file.
    pub(crate) fn from_error(program: PathBuf, head: &[u8], error: io::Error) -> Self {
        let interpreter = broken_interpreter(head);
        let reason = match (error.kind(), interpreter) {
            (io::ErrorKind::NotFound, Some(interpreter)) => {
                let carriage_return = interpreter.ends_with('\r');
                Reason::NoInterpreter { interpreter, carriage_return }
            }
            (io::ErrorKind::PermissionDenied, Some(interpreter)) => Reason::ClosedInterpreter(interpreter),
            (io::ErrorKind::NotFound, None) if program.is_symlink() => {
                program.read_link().map_or(Reason::System(error), Reason::DanglingLink)
            }
            (io::ErrorKind::PermissionDenied, None) if program.is_file() && !system::is_executable(&program) => {
                Reason::NotExecutable
            }
            (io::ErrorKind::ExecutableFileBusy, _) => Reason::Busy,
            _ if system::is_not_a_program(&error) => Reason::Foreign,
            _ => Reason::System(error),
        };
        Self { program, reason }
    }

    /// Returns the error, with a hint if there is a known remedy. `usual` is the hint for all other reasons.
    pub(crate) fn described(self, usual: Option<&str>) -> CliError {
        let program = self.program.display();
        let why = match self.reason {
            Reason::NotExecutable => "it is not executable for this user".to_owned(),
            Reason::DanglingLink(ref target) => format!("it is a link to {}, which does not exist", target.display()),
            Reason::NoInterpreter { ref interpreter, .. } => {
                format!("its interpreter {} does not exist", interpreter.trim_end_matches('\r'))
            }
            Reason::ClosedInterpreter(ref interpreter) => format!("its interpreter {interpreter} is not executable"),
            Reason::Foreign => "it is not a program for this machine".to_owned(),
            Reason::Busy => "another process is writing to it".to_owned(),
            Reason::System(ref error) => system_text(error),
        };
        let hint = match self.reason {
            Reason::Busy => Some("An update may be in progress. Try again later."),
            Reason::NoInterpreter { carriage_return: true, .. } => {
                Some("The file has Windows line endings, so the name of the interpreter ends with a carriage return.")
            }
            _ => usual,
        };
        let error = CliError::new(format!("{program} cannot be run: {why}.")).exit_code(ExitCode::CannotRun);
        match hint {
            Some(hint) => error.hint(hint),
            None => error,
        }
    }
}

impl From<Broken> for CliError {
    fn from(broken: Broken) -> Self {
        broken.described(Some("This is the Azure CLI on PATH. Reinstall it, or correct PATH."))
    }
}

/// Checks whether a file is a binary that a shell must not read as a script.
pub(crate) fn is_foreign_binary(head: &[u8]) -> bool {
    if head.starts_with(b"#!") || is_native_elf(head) {
        return false;
    }
    // This is the rule of bash: the first line contains a zero byte.
    head.split(|byte| *byte == b'\n').next().is_some_and(|line| line.contains(&0))
}

/// Returns the interpreter that is missing or that this user may not run. An interpreter can itself be a script with an
/// interpreter.
fn broken_interpreter(head: &[u8]) -> Option<String> {
    let mut name = interpreter(head)?;
    // The kernel follows fewer interpreters than this.
    for _ in 0..8 {
        let path = Path::new(&name);
        if !path.is_file() || !system::is_executable(path) {
            return Some(name);
        }
        name = interpreter(&find::head(path))?;
    }
    None
}

/// Returns the program after `#!`, or the dynamic loader that an ELF file names.
fn interpreter(head: &[u8]) -> Option<String> {
    let name = match head.strip_prefix(b"#!") {
        Some(line) => {
            let line = line.split(|byte| *byte == b'\n').next()?;
            let line = line.trim_ascii_start();
            // A carriage return is part of the name. A blank ends the name.
            line.split(|byte| matches!(byte, b' ' | b'\t')).next()?
        }
        None => elf_interpreter(head)?,
    };
    (!name.is_empty()).then(|| String::from_utf8_lossy(name).into_owned())
}

/// The `e_machine` of this program's architecture.
const MACHINE: Option<u16> = if cfg!(target_arch = "x86_64") {
    Some(62)
} else if cfg!(target_arch = "aarch64") {
    Some(183)
} else {
    None
};

fn number<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    bytes.get(at..at.checked_add(N)?)?.try_into().ok()
}

/// Checks whether a file is a 64-bit ELF file for this machine.
fn is_native_elf(head: &[u8]) -> bool {
    let machine = number(head, 18).map(u16::from_le_bytes);
    head.starts_with(b"\x7fELF\x02\x01") && (MACHINE.is_none() || machine == MACHINE)
}

/// Returns the `PT_INTERP` of a 64-bit ELF file.
fn elf_interpreter(head: &[u8]) -> Option<&[u8]> {
    const PT_INTERP: u32 = 3;
    if !head.starts_with(b"\x7fELF\x02\x01") {
        return None;
    }
    let headers = usize::try_from(u64::from_le_bytes(number(head, 32)?)).ok()?;
    let size = usize::from(u16::from_le_bytes(number(head, 54)?));
    let count = usize::from(u16::from_le_bytes(number(head, 56)?));
    let header = (0..count)
        .filter_map(|index| head.get(headers.checked_add(index * size)?..))
        .find(|header| number(header, 0).map(u32::from_le_bytes) == Some(PT_INTERP))?;
    let start = usize::try_from(u64::from_le_bytes(number(header, 8)?)).ok()?;
    head.get(start..)?.split(|byte| *byte == 0).next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interpreter_is_the_first_word_after_the_marker() {
        let name = |head: &[u8]| interpreter(head);
        assert_eq!(name(b"#!/bin/sh\necho").as_deref(), Some("/bin/sh"));
        assert_eq!(name(b"#! /usr/bin/env python3\n").as_deref(), Some("/usr/bin/env"));
        assert_eq!(name(b"#!/bin/sh\r\n").as_deref(), Some("/bin/sh\r"));
        assert_eq!(name(b"#!"), None);
        assert_eq!(name(b"echo"), None);
    }

    #[test]
    fn the_loader_of_a_dynamic_program_is_its_interpreter() {
        let head = find::head(Path::new("/bin/sh"));
        let loader = elf_interpreter(&head).map(String::from_utf8_lossy);
        assert!(loader.as_ref().is_none_or(|loader| loader.contains("ld-")), "{loader:?}");
        assert!(!is_foreign_binary(&head) || MACHINE.is_none());
        assert!(is_foreign_binary(b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x02\0\xff\xff"));
        assert!(!is_foreign_binary(b"echo a script\n\0"));
    }
}
