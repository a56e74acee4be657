// What can go wrong between the page and the emulator.

/** The emulator refused the request. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly target: string | undefined,
  ) {
    super(message);
  }
}

/** There was no answer. The emulator has stopped, or the connection was cut. */
export class Unreachable extends Error {
  constructor() {
    super('The emulator does not answer. It may have been stopped.');
  }
}

/** Something answers that is not the emulator. */
export class Foreign extends Error {
  constructor() {
    super(
      'What answers at this address is not the emulator. It may have been stopped, and another program has its port.',
    );
  }
}

/** Says what went wrong, in a sentence for the user. */
export function wordsOf(error: unknown): string {
  if (error instanceof Refused) return error.message || `The emulator answered with the status ${error.status}.`;
  if (error instanceof Error) return error.message;
  return String(error);
}

/** Says what is wrong with one member of the request, if that is the member which the emulator refused. */
export function wordsAbout(error: unknown, member: string): string | undefined {
  return error instanceof Refused && error.target === member ? wordsOf(error) : undefined;
}

/** Returns whether an action was cancelled by the page itself. */
export function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'AbortError';
}
