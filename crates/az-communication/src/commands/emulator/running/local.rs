//! The emulator on this machine that the options of `start` or their variables name.

use std::path::{Path, PathBuf};

use acs_identity_emulator::is_folder_unused;
use acs_identity_protocol::connection_string::DEVELOPMENT_PORT;

use super::target::{Ask, Assumed, Target, place_in};
use crate::commands::emulator::options::data_folder;
use crate::commands::emulator::options::declared::{
    STATUS_DATA_DIR, STATUS_HOST, STATUS_IN_MEMORY, STATUS_PID_FILE, STATUS_PORT, STATUS_READY_FILE,
};
use crate::commands::emulator::options::read;
use crate::commands::emulator::process::default_paths::{Kept, Places};
use crate::commands::emulator::process::process_file::{self, PID, READY};
use crate::commands::emulator::process::ready_line::Ready;
use crate::knack::argument::Argument;
use crate::knack::invocation::Invocation;
use crate::report::error::CliError;
use crate::service::emulator_options;

/// The options that name an emulator on this machine by its files.
pub(super) const FILES: [Argument; 4] = [STATUS_DATA_DIR, STATUS_IN_MEMORY, STATUS_PID_FILE, STATUS_READY_FILE];

/// The options that name an emulator on this machine by its address.
pub(super) const ADDRESS: [Argument; 2] = [STATUS_HOST, STATUS_PORT];

/// An emulator on this machine, as the options of `start` name it.
pub(super) struct Local {
    host: Option<String>,
    port: Option<u16>,
    /// The port that it probably has if no port is named and no file has it.
    usual_port: u16,
    /// Its files, in the order in which they are checked.
    pub(super) places: Vec<Places>,
    /// The pid file or ready file, if an option or variable names one.
    file: Option<PathBuf>,
    /// Whether a ready file is named, but no pid file. The usual pid file may be that of another emulator.
    has_ready_only: bool,
    /// Whether the command line says that it is in memory.
    in_memory: bool,
    /// The usual data folder.
    usual: Option<PathBuf>,
    /// The data folder that the command line names. Variables do not count: they are defaults of `start`, whose command
    /// line may differ.
    folder: Option<PathBuf>,
    /// Whether any option or variable describes it.
    is_named: bool,
}

impl Local {
    pub(super) fn of(invocation: &Invocation<'_>) -> Result<Self, CliError> {
        let arguments = &invocation.arguments;
        // If the command line names files, the variables do not lead to those of another emulator.
        let names_files = FILES.iter().any(|argument| arguments.has(argument));
        let of_files = if names_files { read::given } else { read::option };
        let text = |argument: &Argument| of_files(invocation, argument).map(|given| given.map(|given| given.value));
        let port = read::option(invocation, &STATUS_PORT)?.map(|given| given.port()).transpose()?;
        let (port, usual_port) = match port {
            Some(1..) if names_files && !arguments.has(&STATUS_PORT) => (None, port.unwrap_or(DEVELOPMENT_PORT)),
            _ => (port, DEVELOPMENT_PORT),
        };
        let host = read::option(invocation, &STATUS_HOST)?.map(|given| given.value);
        let (ready_file, pid_file) = (text(&STATUS_READY_FILE)?, text(&STATUS_PID_FILE)?);
        let has_ready_only = ready_file.is_some() && pid_file.is_none();
        let file = ready_file.or(pid_file);
        let folder = text(&STATUS_DATA_DIR)?;
        let in_memory = data_folder::in_memory(invocation)? && (!names_files || arguments.has(&STATUS_IN_MEMORY));
        let data = if in_memory { None } else { data_folder::data_dir(invocation).ok() };
        let kept = data.as_deref().map_or(Kept::Memory, Kept::Folder);
        let mut places: Vec<Places> = Places::read(invocation, kept, of_files).into_iter().collect();
        // The default emulator may have a folder, or be in memory, or have a database.
        if !in_memory && folder.is_none() && file.is_none() {
            places.extend([Kept::Memory, Kept::Database].into_iter().filter_map(|kept| Places::usual(kept).ok()));
        }
        // A variable that lets each start choose a port names none.
        let has_port = port.is_some_and(|port| port != 0 || arguments.has(&STATUS_PORT));
        let is_named = has_port || host.is_some() || file.is_some() || folder.is_some() || in_memory;
        let file = file.map(|file| read::absolute(file.into())).transpose()?;
        let folder = read::given(invocation, &STATUS_DATA_DIR)?;
        let folder = folder.map(|given| read::absolute(given.value.into())).transpose()?;
        let in_memory = arguments.has(&STATUS_IN_MEMORY);
        Ok(Self { host, port, usual_port, places, file, has_ready_only, in_memory, usual: data, folder, is_named })
    }

    /// Returns whether options or variables name it. A variable with the port 0 does if there is a ready file.
    pub(super) fn is_named(&self) -> bool {
        self.is_named || (self.port == Some(0) && self.running().is_some())
    }

    /// Returns whether it is asked at a port that an option or variable names.
    pub(super) fn uses_port(&self) -> bool {
        self.port.is_some_and(|port| port != 0)
    }

    fn running(&self) -> Option<(i32, Ready)> {
        self.places.iter().find_map(|places| running(&places.ready))
    }

    pub(super) fn target(self) -> Target {
        let running = self.running();
        if let Some(port) = self.port.filter(|port| *port != 0) {
            let running = running.filter(|(_, ready)| place_in(&ready.control_endpoint).ends_with(&format!(":{port}")));
            let (process, ready) = running.unzip();
            let assumed = self.folder_in_use().filter(|_| ready.is_none()).map(Assumed::Usual);
            return Target { ready, assumed, ..self.at(port, process) };
        }
        if let Some((_, ready)) = running {
            return Target::running(ready);
        }
        let process = self.places.iter().find_map(|places| process_file::holder(&PID, &places.pid));
        let process = process.map(|held| held.process).filter(|_| !self.has_ready_only);
        let unavailable = |why: String| Target { process, ..Target::new(None, Ask::Unavailable(why)) };
        let no_port = || format!("its port is unknown, because the emulator does not have {}", self.ready_files());
        // An emulator in the foreground has no ready file, but it uses its folder.
        let unused = self.folder.as_deref().filter(|folder| is_folder_unused(folder));
        match (process, &self.file, self.port, unused) {
            (None, Some(file), ..) => unavailable(format!("no running emulator uses {}", file.display())),
            (None, None, Some(_), _) => unavailable(format!("no running emulator uses {}", self.ready_files())),
            (None, None, None, Some(folder)) => {
                unavailable(format!("no running emulator uses the data folder {}", folder.display()))
            }
            (Some(_), Some(_), ..) | (Some(_), None, Some(_), _) => unavailable(no_port()),
            _ => Target { assumed: self.assumed(), ..self.at(self.usual_port, process) },
        }
    }

    /// Returns what is known about an emulator without a ready file.
    fn assumed(&self) -> Option<Assumed> {
        if let Some(folder) = &self.folder {
            return Some(Assumed::Folder(folder.clone()));
        }
        if self.in_memory {
            return Some(Assumed::InMemory(self.ready_files()));
        }
        self.folder_in_use().map(Assumed::Usual)
    }

    /// Returns the data folder that is named, or else the usual one, if an emulator uses it.
    fn folder_in_use(&self) -> Option<PathBuf> {
        self.folder.as_ref().or(self.usual.as_ref()).filter(|folder| !is_folder_unused(folder)).cloned()
    }

    fn at(&self, port: u16, process: Option<i32>) -> Target {
        let place = emulator_options::place(self.host.as_deref(), port);
        let endpoint = Some(format!("https://{place}"));
        Target { process, ..Target::new(endpoint, Ask::Plain(place)) }
    }

    fn ready_files(&self) -> String {
        let paths: Vec<String> = self.places.iter().map(|places| places.ready.display().to_string()).collect();
        if paths.is_empty() { "a ready file".to_owned() } else { paths.join(" or ") }
    }
}

/// Returns the process that holds that ready file, and its content.
pub(super) fn running(path: &Path) -> Option<(i32, Ready)> {
    let holder = process_file::holder(&READY, path)?;
    let ready = Ready::of_file(&holder.content, holder.process.try_into().ok()?, None)?;
    Some((holder.process, ready))
}
