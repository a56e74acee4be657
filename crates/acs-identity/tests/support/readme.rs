// What the snippets of the README run against: an emulator in this process. Included by them, so that they stay short.

/// The connection string of an emulator that lives as long as the process.
fn connection_string() -> String {
    static EMULATOR: std::sync::OnceLock<acs_identity_emulator::Handle> = std::sync::OnceLock::new();
    let start = || acs_identity_emulator::Emulator::start(acs_identity_emulator::Config::in_memory()).expect("an emulator");
    // Over plain HTTP, because the default transport does not know the emulator's authority.
    EMULATOR.get_or_init(start).connection_string().replace("https://", "http://")
}
