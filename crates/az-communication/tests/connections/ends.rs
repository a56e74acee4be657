//! Tests of connections that either side ends.

use super::*;

#[test]
fn a_request_whose_operation_has_begun_gets_its_answer_at_the_end() {
    let home = Folder::new();
    let mut emulator = Emulator::start(&home, &[]);
    let port = emulator.port();
    let pid = emulator.child.id().to_string();
    std::thread::scope(|scope| {
        let clients: Vec<_> = (0..8)
            .map(|_| {
                scope.spawn(move || {
                    let mut client = Client::new(port);
                    let mut answers = 0;
                    loop {
                        match client.try_send("POST", "/identities", "") {
                            Ok(answer) => assert_eq!(answer.status, 201),
                            Err(error) => return (answers, error),
                        }
                        answers += 1;
                    }
                })
            })
            .collect();
        std::thread::sleep(Duration::from_millis(300));
        assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
        for client in clients {
            let (answers, _) = client.join().unwrap();
            assert!(answers > 0);
        }
    });
    assert_eq!(emulator.child.wait().unwrap().code(), Some(0));
}
