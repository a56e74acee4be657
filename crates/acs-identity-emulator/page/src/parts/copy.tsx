// Copies a text, and says so.
import { useEffect, useRef, useState } from 'preact/hooks';

interface Props {
  text: string;
  /** What is copied, for readers of the screen: "the connection string". */
  what: string;
  /** The text of the button. */
  words?: string;
}

const SHOWN = 2_000;

/** The name of the button has the text that it shows. */
const LABELS = { idle: 'Copy', copied: 'Copied', failed: 'Select it:' };

export function Copy({ text, what, words = 'Copy' }: Props) {
  const [state, setState] = useState<'idle' | 'copied' | 'failed'>('idle');
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const copy = async () => {
    const done = await copyText(text);
    setState(done ? 'copied' : 'failed');
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setState('idle'), SHOWN);
  };
  return (
    <span class="copy">
      <button
        type="button"
        class="button small"
        aria-label={`${LABELS[state]} ${what}`}
        onClick={() => void copy()}
      >
        {/* All texts take the same place, so that nothing moves. */}
        <span class={state === 'idle' ? '' : 'hidden'}>{words}</span>
        {state !== 'idle' && <span class="over">{state === 'copied' ? 'Copied' : 'Select it'}</span>}
      </button>
      <span class="visually-hidden" role="status">
        {state === 'copied' && `Copied ${what}`}
        {state === 'failed' && `The browser does not let this page copy. Select ${what} and copy it.`}
      </span>
    </span>
  );
}

async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyBySelection(text);
  }
}

/** The clipboard exists only on secure origins, which http://HOST of another machine is not. */
function copyBySelection(text: string): boolean {
  const former = document.activeElement;
  const area = document.createElement('textarea');
  area.value = text;
  area.className = 'visually-hidden';
  (former?.closest('dialog') ?? document.body).append(area);
  area.select();
  const done = document.execCommand('copy');
  area.remove();
  if (former instanceof HTMLElement) former.focus();
  return done;
}
