// The emulator in this process that the snippets of the README use. They include this file, so that they stay short.

/// Returns the connection string of an emulator that runs as long as the process.
fn connection_string() -> String {
    static EMULATOR: std::sync::OnceLock<acs_identity_emulator::Handle> = std::sync::OnceLock::new();
    let start = || acs_identity_emulator::Emulator::start(acs_identity_emulator::Config::in_memory()).expect("an emulator");
    // The endpoint uses plain HTTP, because the default transport does not know the emulator's authority.
    EMULATOR.get_or_init(start).connection_string().replace("https://", "http://")
}
