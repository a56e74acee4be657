//! The tests that succeed.

use std::time::Duration;

use acs_identity_emulator::testing::Fault;

use super::start;

const DAY: u64 = 24 * 60 * 60;

/// Makes a test of each name, which runs a function with the index of the name.
macro_rules! tests {
    ($function:ident: $($index:literal $name:ident)*) => {
        $(
            #[tokio::test]
            #[ignore = "the driver runs it"]
            async fn $name() {
                super::$function($index).await;
            }
        )*
    };
}

mod plain {
    tests! { plain: 0 a 1 b 2 c 3 d 4 e 5 f 6 g 7 h 8 i 9 j 10 k 11 l 12 m 13 n 14 o 15 p 16 q 17 r 18 s 19 t
    20 u 21 v 22 w 23 x 24 y 25 z 26 aa 27 bb 28 cc 29 dd }
}

mod with_clock {
    tests! { with_clock: 0 a 1 b 2 c 3 d 4 e 5 f 6 g 7 h 8 i 9 j }
}

mod with_faults {
    tests! { with_faults: 0 a 1 b 2 c 3 d 4 e 5 f 6 g 7 h 8 i 9 j }
}

/// As many users as the index says are registered, and no others. The last one signs out.
async fn plain(index: usize) {
    let (emulator, app) = start().await;
    let mut tokens = Vec::new();
    for _ in 0..=index % 3 {
        let user = app.register().await.unwrap();
        tokens.push((app.for_chat(&user).await.unwrap(), user));
    }
    assert!(tokens.iter().all(|(token, _)| emulator.is_active(token.token.secret())));
    let (last, user) = tokens.pop().unwrap();
    app.sign_out(&user).await.unwrap();
    assert!(!emulator.is_active(last.token.secret()));
    assert!(tokens.iter().all(|(token, _)| emulator.is_active(token.token.secret())));
    assert_eq!(emulator.requests().len(), 2 * (index % 3 + 1) + 1);
}

/// The clock is so many days away, and a token expires a day later.
async fn with_clock(index: u64) {
    let (emulator, app) = start().await;
    let clock = emulator.clock();
    clock.freeze();
    let before = clock.now();
    clock.advance(Duration::from_secs(index * DAY));
    let token = app.for_chat(&app.register().await.unwrap()).await.unwrap();
    clock.advance(Duration::from_secs(DAY - 1));
    assert!(emulator.is_active(token.token.secret()));
    clock.advance(Duration::from_secs(1));
    assert!(!emulator.is_active(token.token.secret()));
    assert_eq!(clock.now() - before, Duration::from_secs((index + 1) * DAY));
}

/// So many requests are refused, with a status of the test's own.
async fn with_faults(index: u16) {
    let (emulator, app) = start().await;
    let user = app.register().await.unwrap();
    let times = index % 3 + 1;
    emulator.faults().add(Fault::on("issueAccessToken").status(450 + index).times(times.into()));
    for _ in 0..times {
        let error = app.for_chat(&user).await.unwrap_err();
        assert_eq!(error.http_status().map(u16::from), Some(450 + index));
    }
    let token = app.for_chat(&user).await.unwrap();
    assert!(emulator.is_active(token.token.secret()));
    assert_eq!(emulator.faults().list()[0].hits, u64::from(times));
}
