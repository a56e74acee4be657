/*
 * What must be done before Rust's runtime starts, and in C: docs/decisions/closed-streams.md says why.
 *
 * 1. Keeps closed standard streams apart from /dev/null.
 *
 * Rust's runtime opens /dev/null for each of stdin, stdout and stderr that is closed, before `main`. After that, nobody can
 * tell whether the user said `>/dev/null` or `>&-`, and a token that is written to a closed stdout is lost.
 *
 * So this runs before the runtime. A closed stream gets /dev/null for the other direction: a write to stdout or stderr fails
 * with EBADF, as it did when the stream was closed. A program that is started from here finds the stream closed again
 * (O_CLOEXEC).
 *
 * 2. Lets a write that `ulimit -f` forbids fail with EFBIG, as in Python. The signal (SIGXFSZ) would end the process, without
 * a word about what it has created.
 *
 * A handler, and not SIG_IGN: programs that are started from here get the default back.
 *
 * 3. Lets an emulator in the background go of the files that it has inherited from the shell or from a CI runner. Whoever waits
 * for the end of such a pipe would wait for the end of the emulator. Rust closes no file that it has not opened.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/syscall.h>
#endif

static void go_on(int signal)
{
    (void)signal;
}

static void close_inherited(void)
{
    long most = sysconf(_SC_OPEN_MAX);

#ifdef SYS_close_range
    if (syscall(SYS_close_range, 3U, ~0U, 0U) == 0) {
        return;
    }
#endif
    if (most < 0 || most > 65536) {
        most = 65536;
    }
    for (int file = 3; file < most; file++) {
        (void)close(file);
    }
}

__attribute__((constructor)) static void keep_closed_streams_apart(void)
{
    struct sigaction mend = {.sa_handler = go_on, .sa_flags = SA_RESTART | SA_ONSTACK}, before;

    for (int stream = 0; stream <= 2; stream++) {
        if (fcntl(stream, F_GETFD) == -1) {
            /* The lowest free number is this one. */
            (void)!open("/dev/null", (stream == 0 ? O_WRONLY : O_RDONLY) | O_CLOEXEC);
        }
    }
    /* Where it was ignored, programs that are started from here find it ignored. */
    if (sigaction(SIGXFSZ, &mend, &before) == 0 && before.sa_handler != SIG_DFL) {
        (void)sigaction(SIGXFSZ, &before, NULL);
    }
    /* src/commands/emulator/detach/mark.rs sets it. */
    if (getenv("AZ_COMMUNICATION_DETACHED") != NULL) {
        close_inherited();
    }
}
