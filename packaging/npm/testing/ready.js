'use strict';

const { rmSync } = require('node:fs');
const { basename, dirname, resolve } = require('node:path');

/**
 * Returns the members of the line that an emulator prints when it is ready, with absolute paths. Throws an error that says
 * what is wrong with it. It does not show the line, which can hold an access key.
 */
function readReadyLine(line) {
  let ready;
  try {
    ready = JSON.parse(line);
  } catch {
    // The error below says what to do.
  }
  if (typeof ready?.controlEndpoint !== 'string') {
    throw new Error('printed something else than its ready line: look at the options program and args');
  }
  if (typeof ready.caCertificate !== 'string') {
    const variable = process.platform === 'win32' ? 'TEMP' : 'TMPDIR';
    throw new Error(`has no file with its certificate, and clients need one: the folder in ${variable} cannot be written`);
  }
  return { ...ready, caCertificate: resolve(ready.caCertificate), caBundle: resolve(ready.caBundle ?? ready.caCertificate) };
}

/** Removes the temporary folder of the process with this id, which was killed and so could not do it itself. */
function removeFolder(ready, pid) {
  const folder = dirname(ready.caCertificate);
  const start = `az-communication-emulator-${pid}-`;
  if (basename(folder).startsWith(start) && /^\d+$/.test(basename(folder).slice(start.length))) {
    try {
      rmSync(folder, { recursive: true, force: true });
    } catch {
      // The next emulator removes it.
    }
  }
}

module.exports = { readReadyLine, removeFolder };
