// Chooses any number of operations.
import { useId } from 'preact/hooks';
import { Button } from '../../parts/button';
import { Check } from '../../parts/field';
import { OPERATIONS } from './operations';

interface Props {
  chosen: readonly string[];
  onChange: (chosen: readonly string[]) => void;
  error: string | undefined;
}

export function OperationsField({ chosen, onChange, error }: Props) {
  const id = useId();
  const toggle = (name: string, on: boolean) =>
    // The order of the list, whatever was chosen first.
    onChange(OPERATIONS.filter((known) => (known === name ? on : chosen.includes(known))));
  return (
    <div class="field">
      <details class="operations" aria-describedby={error && id}>
        <summary aria-invalid={error ? 'true' : undefined}>
          <span class="operations-label">Operations:</span>{' '}
          <span class="operations-chosen">{chosen.length === 0 ? 'all' : chosen.join(', ')}</span>
        </summary>
        <fieldset class="operations-list">
          <legend class="visually-hidden">Operations</legend>
          {OPERATIONS.map((name) => (
            <Check key={name} label={name} checked={chosen.includes(name)} onInput={(on) => toggle(name, on)} />
          ))}
        </fieldset>
        <Button small onClick={() => onChange([])}>
          Clear the choice
        </Button>
      </details>
      {error && (
        <p class="field-error" id={id}>
          {error}
        </p>
      )}
    </div>
  );
}
