// What all snippets share. A snippet is a complete program that creates a user and prints a token.

/** What a snippet needs to know about the emulator. */
export interface Target {
  /** `https://localhost:10100`, without a slash at the end. */
  endpoint: string;
  connectionString: string;
  /** The file with the emulator's own root certificate. `null` if clients need none, or if it is not known. */
  certificate: string | null;
  /** The same with the roots of the machine. Some clients read one file only. */
  bundle: string | null;
  /** A command for the terminal that has to run first. */
  before: string | null;
}

export interface Language {
  /** For ids. */
  name: string;
  title: string;
  /** The name of the file that it is saved as. */
  file: string;
  /** What a comment begins with. */
  comment: string;
  program: (target: Target) => string;
}

/** A text as a literal. The escapes of JSON mean the same in all languages used here. */
export function literal(text: string): string {
  return JSON.stringify(text);
}

/** The access key of a connection string. */
export function accessKey({ connectionString }: Target): string {
  return /accesskey=([^;]*)/i.exec(connectionString)?.[1] ?? '';
}

/** Joins lines. `false` and `null` leave a line out, and lists are lines of their own. */
export function lines(...parts: (string | false | null | readonly string[])[]): string {
  return `${parts
    .flat()
    .filter((part) => typeof part === 'string')
    .join('\n')}\n`;
}

/** Lines that are there if a value is known. */
export function known<T>(value: T | null, then: (value: T) => readonly string[]): readonly string[] {
  return value === null ? [] : then(value);
}
