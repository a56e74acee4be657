//! How many connections there may be, and how long each may take for what. A number of seconds stands for what a client on a bad
//! network needs; what a client that means harm can do with it is bounded by the numbers of connections.

use std::time::Duration;

/// As many connections may not have authenticated yet. For another one, the oldest idle one of them is closed.
pub(super) const MAX_UNAUTHENTICATED: usize = 1000;

/// As many connections there are at all. More wait until others end, and the oldest idle one is closed.
pub(super) const MAX_CONNECTIONS: usize = 4096;

/// As many connections that have not authenticated may leave an answer unread: each holds it in memory.
pub(super) const MAX_STALLED: usize = 128;

/// How many connections are closed where the process may open no more files.
pub(super) const ROOM: usize = 8;

/// How large the head of a request may be: as large as those that the service takes.
pub(super) const MAX_HEAD: usize = 32 * 1024;

/// A head that is larger than this counts as large. Nearly all are smaller; a connection has that much memory at once.
pub(super) const LARGE_HEAD: u64 = 8 * 1024;

/// How many bytes there may be in large heads that are not complete, and in large requests until they are answered, over all
/// connections that have not authenticated. For more, the oldest idle one of them is closed.
pub(super) const LARGE_HEADS: u64 = 2 * 1024 * 1024;

/// A connection that says nothing is closed after this.
pub(super) const FIRST_BYTE: Duration = Duration::from_secs(30);
pub(super) const HANDSHAKE: Duration = Duration::from_secs(10);
/// So is one that idles between requests.
pub(super) const IDLE: Duration = Duration::from_secs(30);
/// From the first byte of a head to its end.
pub(super) const HEAD: Duration = Duration::from_secs(30);
/// From the end of the head to the end of the body, however steadily it comes: slow senders must not hold memory.
pub(super) const BODY: Duration = Duration::from_secs(60);
/// Without a byte of the body.
pub(super) const BODY_QUIET: Duration = Duration::from_secs(20);
/// Without a byte that the client takes of an answer.
pub(super) const ANSWER_QUIET: Duration = Duration::from_secs(10);
/// From the end of the operation until the client has taken the answer.
pub(super) const ANSWER: Duration = Duration::from_secs(60);

/// What a client still sends after the last answer is read and dropped, so that it gets to see that answer: for that long, for
/// that long without a byte, and as much.
pub(super) const LINGER: Duration = Duration::from_secs(10);
pub(super) const LINGER_QUIET: Duration = Duration::from_secs(2);
pub(super) const LINGER_BYTES: u64 = 64 * 1024 * 1024;

/// How long a connection that was asked to end may stay idle.
pub(super) const RETIRE: Duration = Duration::from_secs(1);

/// How long connections may take to end when the emulator does.
pub(super) const GRACE: Duration = Duration::from_secs(5);
/// How long they may take where they are cut.
pub(super) const GRACE_AT_ONCE: Duration = Duration::from_millis(100);
/// Those on which nothing was begun: half a head, half a body.
pub(super) const GRACE_UNBEGUN: Duration = Duration::from_millis(700);

/// How often connections are looked at. One look for all of them: a timer for each would be set anew with each request.
pub(super) const LOOK: Duration = Duration::from_millis(100);
