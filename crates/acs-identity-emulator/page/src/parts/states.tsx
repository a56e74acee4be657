// What a view shows while it has nothing to show.
import type { ComponentChildren } from 'preact';
import { isAbort, Unreachable, wordsOf } from '../api/errors';
import { Button } from './button';
import { ClientText } from './client_text';

/** Says that something is loaded. It appears after a moment, so that it does not flash. */
export function Loading({ what }: { what: string }) {
  return (
    <p class="state loading" role="status">
      Loading {what}…
    </p>
  );
}

export function Empty({ title, children }: { title: string; children?: ComponentChildren }) {
  return (
    <div class="state empty">
      <p class="title">{title}</p>
      {children}
    </div>
  );
}

/** Shows an error. A banner shows that the emulator does not answer. */
export function Problem({ error, retry }: { error: unknown; retry?: () => void }) {
  if (isAbort(error)) return null;
  return (
    <div class="box danger" role="alert">
      <p>
        <ClientText text={wordsOf(error)} max={600} />
      </p>
      {retry && !(error instanceof Unreachable) && (
        <Button small onClick={retry}>
          Try again
        </Button>
      )}
    </div>
  );
}
