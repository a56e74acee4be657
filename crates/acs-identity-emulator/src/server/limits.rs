//! Limits for connections: their number, and timeouts. The timeouts leave time for clients on a bad network. A
//! malicious client can use them up, but the limits on the number of connections bound the effect.

use std::time::Duration;

/// The largest number of connections that have not authenticated. If another one comes, the oldest idle one of them is
/// closed.
pub(super) const MAX_UNAUTHENTICATED: usize = 1000;

/// The largest number of connections that have not authenticated, were told to end and have not ended yet. A new
/// connection waits for them: they hold as much memory as before until their tasks have run once more.
pub(super) const MAX_ENDING: usize = 32;

/// The largest number of all connections. Further connections wait until others end, and the oldest idle one is closed.
pub(super) const MAX_CONNECTIONS: usize = 4096;

/// The largest number of connections that have not authenticated and leave a response unread. Each of them holds its
/// response in memory.
pub(super) const MAX_STALLED: usize = 128;

/// How many connections are closed when the process cannot open more files.
pub(super) const ROOM: usize = 8;

/// The largest head of a request, in bytes. It is the limit of the service.
pub(super) const MAX_HEAD: usize = 32 * 1024;

/// A head with more bytes than this is large. Nearly all heads are smaller; a connection has this much memory from the
/// beginning.
pub(super) const LARGE_HEAD: u64 = 8 * 1024;

/// The most bytes that all connections that have not authenticated may hold in incomplete large heads, and in large
/// requests until they are answered. If there are more, the oldest idle one of these connections is closed.
pub(super) const LARGE_HEADS: u64 = 2 * 1024 * 1024;

/// A new connection must send its first byte within this time.
pub(super) const FIRST_BYTE: Duration = Duration::from_secs(30);
pub(super) const HANDSHAKE: Duration = Duration::from_secs(10);
/// A connection may be idle between requests for this time.
pub(super) const IDLE: Duration = Duration::from_secs(30);
/// The time from the first byte of a head to its end.
pub(super) const HEAD: Duration = Duration::from_secs(30);
/// The time from the end of the head to the end of the body, even if bytes keep arriving: slow senders must not hold
/// memory.
pub(super) const BODY: Duration = Duration::from_secs(60);
/// The longest time without a byte of the body.
pub(super) const BODY_QUIET: Duration = Duration::from_secs(20);
/// The longest time in which a client takes no byte of a response.
pub(super) const ANSWER_QUIET: Duration = Duration::from_secs(10);
/// The time from the end of the operation until the client has taken the response.
pub(super) const ANSWER: Duration = Duration::from_secs(60);
/// The same for a whole state: for the body of an import, and for a response that is sent while it is made. Only
/// clients that have authenticated send or get one. The log of the database cannot be emptied during an export.
pub(super) const LONG: Duration = Duration::from_secs(600);

/// Bytes that a client sends after the last response are read and dropped, so that the client can receive that
/// response. These limits are the total time, the time without a byte, and the number of bytes.
pub(super) const LINGER: Duration = Duration::from_secs(10);
pub(super) const LINGER_QUIET: Duration = Duration::from_secs(2);
pub(super) const LINGER_BYTES: u64 = 64 * 1024 * 1024;

/// How long a connection may stay idle after it was told to end.
pub(super) const RETIRE: Duration = Duration::from_secs(1);

/// How long connections may take to end when the emulator stops.
pub(super) const GRACE: Duration = Duration::from_secs(5);
/// The same when connections are cut.
pub(super) const GRACE_AT_ONCE: Duration = Duration::from_millis(100);
/// The same for connections with an incomplete request, such as half a head or half a body.
pub(super) const GRACE_UNBEGUN: Duration = Duration::from_millis(700);

/// How often connections are checked. One check serves all connections, because a timer for each would have to be reset
/// with each request.
pub(super) const LOOK: Duration = Duration::from_millis(100);
