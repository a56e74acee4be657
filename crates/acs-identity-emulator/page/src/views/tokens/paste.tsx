// The field for a token, and the inspection of what is in it.
import { useEffect, useRef, useState } from 'preact/hooks';
import { inspectToken, type Inspection } from '../../api/tokens';
import { activityOf } from '../../api/status';
import { status } from '../../state/connection';
import { Button } from '../../parts/button';
import { TextArea } from '../../parts/field';
import { Card } from '../../parts/page_head';
import { pastedToken } from '../../state/pasted_token';
import { useStore } from '../../base/store';
import { useLoad, type Loaded } from '../../state/use_load';

const PAUSE = 100;

/** How often a token is inspected that stays in the field, in milliseconds. */
const AGAIN = 3_000;

/** Returns the token in a text, which may have the words of a header, quotation marks, or line breaks of a terminal. */
export function tokenIn(text: string): string {
  return text.replace(/^\s*(authorization:\s*)?(bearer\s+)?/i, '').replace(/["'\s]/g, '');
}

/** Inspects the pasted token: a moment after the last key, and again when something may have changed what it is worth. */
export function useInspection(): { token: string } & Loaded<Inspection | undefined> {
  const token = tokenIn(useStore(pastedToken));
  const [asked, setAsked] = useState(token);
  useEffect(() => {
    const timer = setTimeout(() => setAsked(token), PAUSE);
    return () => clearTimeout(timer);
  }, [token]);
  const changes = useStore(status, (status) => {
    if (!status) return '';
    const { frozen, now, offsetSeconds } = status.clock;
    return `${activityOf(status)} ${frozen ? now : offsetSeconds}`;
  });
  const loaded = useLoad(async (signal) => (asked ? inspectToken(asked, signal) : undefined), [asked, changes]);
  useLooks(asked, loaded);
  return { token, ...loaded };
}

/** Inspects again and again, and when the token expires: time alone also changes what it is worth. */
function useLooks(asked: string, { value, reload }: Loaded<Inspection | undefined>) {
  useEffect(() => {
    if (!asked) return undefined;
    const timer = setInterval(() => document.visibilityState === 'visible' && reload(), AGAIN);
    return () => clearInterval(timer);
  }, [asked, reload]);
  const left = value?.secondsLeft ?? 0;
  useEffect(() => {
    if (left <= 0 || left * 1000 > AGAIN) return undefined;
    const timer = setTimeout(reload, left * 1000);
    return () => clearTimeout(timer);
  }, [value, left, reload]);
}

export function Paste() {
  const text = useStore(pastedToken);
  const place = useRef<HTMLDivElement>(null);
  const clear = () => {
    pastedToken.set('');
    place.current?.querySelector('textarea')?.focus();
  };
  return (
    <div class="tokens-paste" ref={place}>
      <Card
        title="Look into a token"
        actions={
          text && (
            <Button small onClick={clear}>
              Clear
            </Button>
          )
        }
      >
        <TextArea
          label="Token"
          hint="An access token or an Entra token. Only this emulator gets it."
          value={text}
          onInput={pastedToken.set}
          rows={8}
          placeholder="eyJ…"
          mono
        />
      </Card>
    </div>
  );
}
