//! The commands that see and steer a running emulator, and its control API.
#![cfg(target_os = "linux")]

mod clock;
mod control;
mod endpoint;
mod environment;
mod export_file;
mod faults;
mod front_end;
mod identities;
mod keys;
mod naming;
mod page;
mod requests;
mod reset;
mod seed;
mod state;
mod status;
mod stop;
#[path = "../support/mod.rs"]
mod support;
mod whole_state;

use std::process::Command;

use support::seen::{Seen, run};
use support::world::World;
use support::{Folder, az};

/// Runs `az communication emulator` followed by these words, without a connection string.
fn emulator(home: &Folder, words: &str) -> Command {
    let mut command = az(home);
    command.args(["communication", "emulator"]).args(words.split_whitespace());
    command
}

/// The command against an emulator that is found by its port.
fn of(world: &World, words: &str) -> Command {
    let mut command = emulator(&world.home, words);
    command.args(["--port", &world.emulator.port().to_string()]);
    command
}

/// What a command shows, with names in place of what differs from run to run.
fn shows(world: &World, command: &mut Command) -> Seen {
    run(command).hiding_home(&world.home).hiding(format!("localhost:{}", world.emulator.port()), "localhost:PORT")
}
