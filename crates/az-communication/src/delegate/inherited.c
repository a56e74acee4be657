/*
 * Reads the mark of a hand-over, which this process inherited as an open file, and puts the mark into the environment.
 *
 * Some wrappers clear the environment and replace themselves, and some systems have no /proc. Then only this file shows
 * that another process handed over. system/unix/inherited.rs opens the file. The file is read here, in C, because Rust
 * needs unsafe code to read a file by its number (docs/decisions/inherited-mark.md).
 */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The same values as in system/unix/inherited.rs. */
#define NUMBER 187
#define START "AZ_COMMUNICATION_HANDED_OVER="

__attribute__((constructor)) static void read_the_inherited_mark(void)
{
    static char mark[1024];
    struct stat file;
    /* Only a regular file is read. Reading another kind of file would take data away from its owner. */
    if (fstat(NUMBER, &file) != 0 || !S_ISREG(file.st_mode)) {
        return;
    }
    if (pread(NUMBER, mark, sizeof mark - 1, 0) <= 0 || strncmp(mark, START, strlen(START)) != 0) {
        return;
    }
    /* This frees the number for the next hand-over, and child processes of our own commands do not inherit the file. */
    close(NUMBER);
    if (getenv("AZ_COMMUNICATION_HANDED_OVER") == NULL) {
        putenv(mark);
    }
}
