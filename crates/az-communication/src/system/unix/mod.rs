//! The variant for Linux, macOS and other kinds of Unix.

#[cfg(target_os = "linux")]
mod ancestors;
mod connect;
mod disposition;
mod ending;
pub(super) mod errors;
mod file_limit;
mod files;
#[cfg(target_os = "linux")]
mod inherited;
mod interfaces;
mod locks;
#[cfg(target_os = "linux")]
mod nameless;
#[cfg(target_os = "linux")]
mod own;
mod private;
mod processes;
#[cfg(target_os = "linux")]
mod resolver;
mod sockets;
mod stack;
mod stderr;
mod stdout;
mod terminal;
mod typed;
pub(super) mod users;
mod watched;

#[cfg(target_os = "linux")]
pub use ancestors::variable_of_ancestor;
pub use connect::Attempts;
pub use ending::{Signals, asks_for_an_end, end_by, end_process_1_at_once, is_ctrl_c, wait_for_command};
pub use errors::{is_not_a_program, is_not_open};
pub use file_limit::{file_limit, raise_file_limit};
pub use files::{
    FileId, LINKS, file_version, is_executable, is_own_folder, is_same, is_stdout, link, mount_point, no_link,
    open_quietly, open_stream, open_without_waiting, special, without_waiting,
};
#[cfg(target_os = "linux")]
pub use inherited::Inherited;
pub use interfaces::interface;
pub use locks::{LOCKS_SHUT, try_lock, try_lock_shared};
#[cfg(target_os = "linux")]
pub use nameless::{name, nameless};
#[cfg(target_os = "linux")]
pub use own::{is_caller, is_this_file, own_program};
pub use private::{
    close_folder_to_others, close_to_others, for_owner, for_owner_folder, has_rights_for_others, is_closed_to_writers,
    is_of_another_user, is_open_to_others, open_to_readers,
};
pub use processes::{
    REPLACES, ask_to_end, call_by, exit_signal, has_ended, leave_session, may_be_child_of, own_group, replace,
};
#[cfg(target_os = "linux")]
pub use resolver::elsewhere;
pub use sockets::wait_for_socket;
pub use stack::with_room;
pub use stderr::{duplicate_of_stderr, wait_to_write};
pub use stdout::{check_stdout, is_stdout_writable, write_to_stdout};
pub use terminal::{columns_of_stderr, columns_of_stdout};
pub use typed::Interrupts;
pub use watched::Process;

#[cfg(not(target_os = "linux"))]
pub use super::std_nameless::{name, nameless};
#[cfg(not(target_os = "linux"))]
pub use super::std_names::elsewhere;
#[cfg(not(target_os = "linux"))]
pub use super::std_program::{Inherited, is_caller, is_this_file, own_program, variable_of_ancestor};
