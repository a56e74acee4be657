// Signs in by a one-time code in the fragment, or by a connection string.
import { useEffect, useRef, useState } from 'preact/hooks';
import { call, send } from '../api/client';
import { Refused, wordsOf } from '../api/errors';
import { Button } from '../parts/button';
import { Copy } from '../parts/copy';
import { TextArea } from '../parts/field';
import { Problem } from '../parts/states';
import { useAction } from '../state/use_action';
import { createStore, useStore } from '../base/store';
import { secret, signedOutBecause, signIn } from '../base/session';
import { keyOf, signedHeaders } from './signature';

/** Whether a code is being exchanged. */
const exchanging = createStore(false);

/** Exchanges the code in the URL's fragment for the control secret. The code is removed from the URL at once. */
export async function signInByCode() {
  const code = /^#code=(.+)$/.exec(location.hash)?.[1];
  if (!code) return;
  history.replaceState(null, '', `${location.pathname}#/start`);
  exchanging.set(true);
  try {
    const session = await call<{ secret: string }>('POST', 'page/session', { body: { code }, anonymous: true });
    signIn(session.secret);
  } catch (error) {
    // A page that is signed in already stays so.
    if (!secret.get()) {
      const used = error instanceof Refused && error.status === 401;
      signedOutBecause.set(
        used
          ? 'This link was used before, or belongs to an earlier start of the emulator. A link works once.'
          : `The link could not be used. ${wordsOf(error)}`,
      );
    }
  } finally {
    exchanging.set(false);
  }
}

/** Asks for the time of the emulator's machine, because the clock of this one may be wrong. */
async function dateOfEmulator(): Promise<string> {
  const response = await send('GET', 'page/page.css', { anonymous: true });
  return response.headers.get('date') ?? new Date().toUTCString();
}

async function signInByConnectionString(text: string) {
  const found = keyOf(text);
  if ('wrong' in found) throw new Error(found.wrong);
  try {
    const headers = signedHeaders(found.key, '/emulator/page/secret', await dateOfEmulator());
    const session = await call<{ secret: string }>('GET', 'page/secret', { headers, anonymous: true });
    signIn(session.secret);
  } catch (error) {
    if (!(error instanceof Refused) || error.status !== 401) throw error;
    throw new Error(
      'The emulator does not accept this access key. It belongs to another emulator, or the key was regenerated. ' +
        'az communication emulator key list shows the present keys.',
    );
  }
}

const DEFAULT_PORT = '10100';

/** Names the port of this emulator: another one may run on the default port. */
const command = `az communication emulator open${location.port && location.port !== DEFAULT_PORT ? ` --port ${location.port}` : ''}`;

export function SignIn() {
  const why = useStore(signedOutBecause);
  const waits = useStore(exchanging);
  const [text, setText] = useState('');
  const action = useAction(async () => signInByConnectionString(text));
  const main = useRef<HTMLElement>(null);
  // After a sign-out, the focus must not be lost with the view that had it.
  useEffect(() => main.current?.focus({ preventScroll: true }), [waits]);
  if (waits) {
    return (
      <main class="sign-in" aria-busy="true">
        <p class="quiet">Signing in…</p>
      </main>
    );
  }
  return (
    <main class="sign-in" ref={main} tabIndex={-1} aria-label="Sign in">
      <h1>
        <span class="mark" aria-hidden="true" />
        ACS Identity emulator
      </h1>
      {why && (
        <p class="box warning" role="alert">
          {why}
        </p>
      )}
      <section class="card">
        <h2>Sign in with a link</h2>
        <p>This command opens the page with a link that works once:</p>
        <div class="command-line">
          <code>{command}</code>
          <Copy text={command} what="the command" />
        </div>
      </section>
      <form
        class="card"
        onSubmit={(event) => {
          event.preventDefault();
          void action.run();
        }}
      >
        <h2>Sign in with a connection string</h2>
        <TextArea
          label="Connection string"
          hint="The emulator printed it when it started. The page signs one request with its key. The key is not sent and not kept."
          value={text}
          onInput={setText}
          rows={3}
          placeholder={`endpoint=https://${location.host}/;accesskey=…`}
          autocomplete="off"
          mono
        />
        {action.error !== undefined && <Problem error={action.error} />}
        <Button kind="primary" type="submit" busy={action.busy} disabled={!text.trim()}>
          Sign in
        </Button>
      </form>
    </main>
  );
}
