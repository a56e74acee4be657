/*
 * Reads the mark of a hand-over that this process has inherited as an open file, and puts it into the environment.
 *
 * A wrapper that clears the environment and replaces itself, or a system without /proc, leaves no other trace of the process
 * that handed over. system/unix/inherited.rs opens the file. That it is read here has the reason that docs/decisions/inherited-mark.md
 * gives: a file by its number alone needs unsafe code in Rust.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* As in system/unix/inherited.rs. */
#define NUMBER 187
#define START "AZ_COMMUNICATION_HANDED_OVER="

__attribute__((constructor)) static void read_the_inherited_mark(void)
{
    static char mark[1024];
    struct stat file;
    /* Only a regular file is read: nothing else can be read without taking it away from its owner. */
    if (fstat(NUMBER, &file) != 0 || !S_ISREG(file.st_mode)) {
        return;
    }
    if (pread(NUMBER, mark, sizeof mark - 1, 0) <= 0 || strncmp(mark, START, strlen(START)) != 0) {
        return;
    }
    /* The number is free for the next hand-over, and programs of our own commands do not inherit the file. */
    close(NUMBER);
    if (getenv("AZ_COMMUNICATION_HANDED_OVER") == NULL) {
        putenv(mark);
    }
}
