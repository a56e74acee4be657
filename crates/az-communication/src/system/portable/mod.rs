//! The variant for every system, which needs only the standard library. If the standard library cannot do something,
//! the function's documentation says what that means for the caller.

mod connect;
mod ending;
pub(super) mod errors;
mod file_limit;
mod files;
mod interfaces;
mod locks;
mod private;
mod processes;
mod sockets;
mod stack;
mod stderr;
mod stdout;
mod terminal;
mod typed;
pub(super) mod users;
mod watched;

pub use super::std_nameless::{name, nameless};
pub use super::std_names::elsewhere;
pub use super::std_program::{Inherited, is_caller, is_this_file, own_program, variable_of_ancestor};
pub use connect::Attempts;
pub use ending::{Signals, asks_for_an_end, end_by, end_process_1_at_once, is_ctrl_c, wait_for_command};
pub use errors::{is_not_a_program, is_not_open};
pub use file_limit::{file_limit, raise_file_limit};
pub use files::{
    FileId, LINKS, file_version, is_executable, is_own_folder, is_same, is_stdout, link, mount_point, no_link,
    open_quietly, open_stream, open_without_waiting, special, without_waiting,
};
pub use interfaces::interface;
pub use locks::{LOCKS_SHUT, try_lock, try_lock_shared};
pub use private::{
    close_folder_to_others, close_to_others, for_owner, for_owner_folder, has_rights_for_others, is_closed_to_writers,
    is_of_another_user, is_open_to_others, open_to_readers,
};
pub use processes::{
    REPLACES, ask_to_end, call_by, exit_signal, has_ended, leave_session, may_be_child_of, own_group, replace,
};
pub use sockets::wait_for_socket;
pub use stack::with_room;
pub use stderr::{duplicate_of_stderr, wait_to_write};
pub use stdout::{check_stdout, is_stdout_writable, write_to_stdout};
pub use terminal::{columns_of_stderr, columns_of_stdout};
pub use typed::Interrupts;
pub use watched::Process;
