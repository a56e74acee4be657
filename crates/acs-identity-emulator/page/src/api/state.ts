// What the emulator holds: export, import, reset, and new access keys.
import { call, send } from './client';
import type { AccessKeys } from './keys';

export interface Counts {
  identities: number;
  assignments: number;
}

export type KeyType = 'Primary' | 'Secondary';

/** The largest file that the emulator imports, in bytes. */
export const LARGEST_STATE = 1 << 30;

/** A part of an export is given to the browser when it has so many bytes. The browser may keep it on disk. */
const PART = 8 << 20;

/** Returns the whole state. It contains keys. `onProgress` is told how many bytes have come. */
export async function exportState(signal: AbortSignal, onProgress: (bytes: number) => void): Promise<Blob> {
  const response = await send('GET', 'export', { signal, patient: true });
  const reader = response.body?.getReader();
  const whole: Blob[] = [];
  let pieces: Uint8Array<ArrayBuffer>[] = [];
  let [size, kept] = [0, 0];
  for (;;) {
    const piece = await reader?.read();
    if (!piece || piece.done) break;
    pieces.push(piece.value);
    size += piece.value.length;
    if (size - kept >= PART) {
      whole.push(new Blob(pieces));
      [pieces, kept] = [[], size];
    }
    onProgress(size);
  }
  return new Blob([...whole, ...pieces], { type: 'application/x-ndjson' });
}

export const importState = (file: Blob, replace: boolean) =>
  call<Counts>('POST', 'import', { query: { replace: replace || undefined }, raw: file, patient: true });

export const resetState = () => call<Counts>('POST', 'reset');

export const regenerateKey = (keyType: KeyType) =>
  call<AccessKeys>('POST', 'regenerate-key', { body: { keyType } });
