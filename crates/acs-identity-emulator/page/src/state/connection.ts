// Follows the emulator: asks for its status, and notices restarts, resets, imports and new keys.
import { getStatus, type Status } from '../api/status';
import { note } from './notices';
import { reachable, secret } from '../base/session';
import { createStore } from '../base/store';

/** The last status. `undefined` before the first answer, and when signed out. */
export const status = createStore<Status | undefined>(undefined);

/** Changes whenever what a view has loaded may no longer be true. */
export const generation = createStore(0);

/** What the emulator could not say when it was last asked for its status. */
export const trouble = createStore<unknown>(undefined);

const VISIBLE = 1000;
const HIDDEN = 5000;

/** Numbers of changes that this page made itself, and already knows. */
const own = { resets: 0, imports: 0, regenerations: 0 };

/** Called before this page resets, imports or regenerates, so that it does not tell the user what the user has done. */
export function expectOwn(change: keyof typeof own) {
  own[change] += 1;
}

/** Called if such a change did not take place. */
export function cancelOwn(change: keyof typeof own) {
  own[change] = Math.max(0, own[change] - 1);
}

export function connect() {
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') void look();
  });
  reachable.subscribe(() => {
    if (!reachable.get()) missed = true;
  });
  secret.subscribe(() => {
    status.set(undefined);
    if (secret.get()) void look();
  });
  const turn = async () => {
    await look();
    setTimeout(() => void turn(), document.visibilityState === 'visible' ? VISIBLE : HIDDEN);
  };
  void turn();
}

/** Whether the emulator did not answer for some time. Views may have failed to load meanwhile. */
let missed = false;

let looking: Promise<void> | undefined;

/** Asks for the status now. */
export function look(): Promise<void> {
  looking ??= ask().finally(() => {
    looking = undefined;
  });
  return looking;
}

/** Asks for the status after what is asked already, which may not know of a change yet. */
export async function lookAgain(): Promise<void> {
  await looking;
  await look();
}

async function ask() {
  const asked = secret.get();
  if (!asked) return;
  try {
    const now = await getStatus(AbortSignal.timeout(10_000));
    if (secret.get() !== asked) return;
    const before = status.get();
    trouble.set(undefined);
    status.set(now);
    const isOld = before !== undefined && compare(before, now);
    if (isOld || missed) generation.update((number) => number + 1);
    missed = false;
  } catch (error) {
    // What views have asked for meanwhile has failed in the same way.
    missed = true;
    if (secret.get() === asked) trouble.set(error);
  }
}

/** Tells the user what has changed. Returns whether what views have loaded may no longer be true. */
function compare(before: Status, now: Status): boolean {
  const isOther = before.startedAt !== now.startedAt;
  if (isOther) {
    own.resets = own.imports = own.regenerations = 0;
    note(
      before.resourceId === now.resourceId
        ? 'The emulator was started again. The page shows what it holds now.'
        : 'Another emulator runs at this address now. The page shows what it holds.',
    );
  }
  const history = isOther ? { resets: 0, imports: 0, regenerations: 0 } : before.history;
  const told = (change: keyof typeof own, words: string) => {
    const foreign = now.history[change] - history[change] - own[change];
    if (now.history[change] > history[change]) own[change] = 0;
    if (foreign > 0) note(words);
    return now.history[change] > history[change];
  };
  const changes = [
    told('resets', 'The emulator was reset: all identities and assignments were deleted.'),
    told('imports', 'A state was imported. The page shows it now.'),
    told('regenerations', 'An access key was regenerated. Tokens that were issued with it are revoked.'),
  ];
  return isOther || changes.some(Boolean);
}
