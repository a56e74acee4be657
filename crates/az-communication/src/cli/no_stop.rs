//! `emulator stop`: a command that people look for, and that the emulator does without.

/// How the emulator is ended.
pub const HINT: &str = "The emulator runs until Ctrl-C, or until it is ended by its process id, the `pid` of its ready \
    line: kill PID";

/// Whether this word below a group asks to end the emulator.
pub fn is_asked_for(group: &str, word: &str) -> bool {
    group == "communication emulator" && word.eq_ignore_ascii_case("stop")
}
