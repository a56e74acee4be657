// Words of a command line.

/** Quotes a word for a POSIX shell, if it needs it. */
export function quoted(word: string): string {
  return /^[\w@%+=:,./~-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** Whether a path is one of Windows. */
export function isWindows(path: string): boolean {
  return /^[A-Za-z]:[\\/]|^\\\\/.test(path);
}

/** The line that sets a variable for the programs started after it: for PowerShell if its value is a path of Windows. */
export function setting(name: string, value: string, path = value): string {
  if (isWindows(path)) return `$env:${name} = '${value.replaceAll("'", "''")}'`;
  return `export ${name}=${quoted(value)}`;
}
