/*
 * Keeps closed standard streams apart from /dev/null.
 *
 * Rust's runtime opens /dev/null for each of stdin, stdout and stderr that is closed, before `main`. After that, nobody can
 * tell whether the user said `>/dev/null` or `>&-`, and a token that is written to a closed stdout is lost.
 *
 * So this runs before the runtime. A closed stream gets /dev/null for the other direction: a write to stdout or stderr fails
 * with EBADF, as it did when the stream was closed. A program that is started from here finds the stream closed again
 * (O_CLOEXEC). docs/decisions/closed-streams.md says why this is C.
 */
#include <fcntl.h>
#include <unistd.h>

__attribute__((constructor)) static void keep_closed_streams_apart(void)
{
    for (int stream = 0; stream <= 2; stream++) {
        if (fcntl(stream, F_GETFD) == -1) {
            /* The lowest free number is this one. */
            (void)!open("/dev/null", (stream == 0 ? O_WRONLY : O_RDONLY) | O_CLOEXEC);
        }
    }
}
