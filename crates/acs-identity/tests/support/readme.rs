// What the snippets of the README run against: an emulator in this process. Included by them, so that they stay short.

/// The connection string of an emulator that lives as long as the process.
fn connection_string() -> String {
    let (sender, receiver) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let config = acs_identity_emulator::Config::in_memory();
            let emulator = acs_identity_emulator::Emulator::open(config).expect("an emulator");
            let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
            let port = listener.local_addr().expect("an address").port();
            // Over plain HTTP, because the default transport does not know the emulator's authority.
            let _ = sender.send(emulator.connection_string(port).replace("https://", "http://"));
            acs_identity_emulator::run(vec![listener], emulator, std::future::pending()).await;
        });
    });
    receiver.recv().expect("a connection string")
}
