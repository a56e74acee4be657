// Asks for a file.
import type { RefObject } from 'preact';
import { useId } from 'preact/hooks';

interface Props {
  label: string;
  /** The ends of names that the browser offers first. */
  accept?: string;
  field?: RefObject<HTMLInputElement | null>;
  onChoose: (file: File | undefined) => void;
}

export function FileField({ label, accept, field, onChoose }: Props) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        id={id}
        ref={field ?? null}
        type="file"
        accept={accept}
        onChange={(event) => onChoose(event.currentTarget.files?.[0])}
      />
    </div>
  );
}
