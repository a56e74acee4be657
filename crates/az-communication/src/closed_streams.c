/*
 * Work that must be done before Rust's runtime starts, and therefore in C. docs/decisions/closed-streams.md gives the
 * reasons.
 *
 * 1. Tells closed standard streams from /dev/null.
 *
 * Rust's runtime opens /dev/null for stdin, stdout and stderr if they are closed. It does so before `main`. After that,
 * `>/dev/null` and `>&-` look the same, and a token that is written to a closed stdout is lost.
 *
 * This code therefore runs before the runtime. It opens /dev/null for a closed stream in the opposite direction. A
 * write to stdout or stderr then fails with EBADF, as it does for a closed stream. A child process finds the stream
 * closed (O_CLOEXEC).
 *
 * 2. Makes a write that `ulimit -f` forbids fail with EFBIG, as in Python. Otherwise the signal SIGXFSZ would end the
 *    process, and the process could not report what it has created.
 *
 * It installs a handler instead of SIG_IGN because child processes then get the default action back.
 *
 * 3. Closes the files that a background emulator has inherited from the shell or from a CI runner. A program that reads
 *    such a pipe to its end would otherwise wait until the emulator ends. Rust closes only files that it has opened.
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

static void ignore_signal(int signal)
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
    struct sigaction action = {.sa_handler = ignore_signal, .sa_flags = SA_RESTART | SA_ONSTACK}, before;

    for (int stream = 0; stream <= 2; stream++) {
        if (fcntl(stream, F_GETFD) == -1) {
            /* open() returns the lowest free number, which is the number of this stream. */
            (void)!open("/dev/null", (stream == 0 ? O_WRONLY : O_RDONLY) | O_CLOEXEC);
        }
    }
    /* If the signal was ignored, it stays ignored for child processes. */
    if (sigaction(SIGXFSZ, &action, &before) == 0 && before.sa_handler != SIG_DFL) {
        (void)sigaction(SIGXFSZ, &before, NULL);
    }
    /* src/commands/emulator/detach/mark.rs sets this variable. */
    if (getenv("AZ_COMMUNICATION_DETACHED") != NULL) {
        close_inherited();
    }
}
