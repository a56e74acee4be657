// The text of a field that takes effect a moment after the last key.
import { useEffect, useRef, useState } from 'preact/hooks';

export function useDraft(
  value: string,
  commit: (text: string) => void,
  milliseconds: number,
): [string, (text: string) => void] {
  const [draft, setDraft] = useState(value);
  const sent = useRef(value);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const current = useRef(commit);
  current.current = commit;
  useEffect(() => {
    // A link or a button has set another value.
    if (value === sent.current) return;
    clearTimeout(timer.current);
    sent.current = value;
    setDraft(value);
  }, [value]);
  useEffect(() => () => clearTimeout(timer.current), []);
  const input = (text: string) => {
    setDraft(text);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      sent.current = text.trim();
      current.current(sent.current);
    }, milliseconds);
  };
  return [draft, input];
}
