// The control secret of this tab, and whether the emulator answers. Other files follow from these.
import { createStore } from './store';

/** Two emulators on one host differ by their ports, and so do their entries in sessionStorage. */
const KEY = `acs-identity-emulator:${location.host}`;

/** The control secret. `undefined` when signed out. */
export const secret = createStore<string | undefined>(stored());

/** Whether the last request was answered. */
export const reachable = createStore(true);

/** Why the page has to sign in again. */
export const signedOutBecause = createStore<string | undefined>(undefined);

function stored(): string | undefined {
  try {
    return sessionStorage.getItem(KEY) ?? undefined;
  } catch {
    // The browser keeps nothing for this page. The secret then stays in memory.
    return undefined;
  }
}

export function signIn(value: string) {
  try {
    sessionStorage.setItem(KEY, value);
  } catch {
    // As above.
  }
  signedOutBecause.set(undefined);
  secret.set(value);
}

export function signOut(why?: string) {
  try {
    sessionStorage.removeItem(KEY);
  } catch {
    // As above.
  }
  signedOutBecause.set(why);
  secret.set(undefined);
}

/** Called when the emulator refuses a control secret. */
export function secretRefused(refused: string | undefined) {
  // A later sign-in has another one.
  if (!refused || refused !== secret.get()) return;
  signOut(
    'The emulator does not know the control secret of this page. An emulator in memory has a new one after each ' +
      'start. Sign in again.',
  );
}

export function answered() {
  reachable.set(true);
}

export function silent() {
  reachable.set(false);
}
