// Fields of forms, each with a label, a hint and an error.
import type { ComponentChildren, JSX } from 'preact';
import { useId } from 'preact/hooks';

interface Common {
  label: string;
  hint?: ComponentChildren;
  error?: string | undefined;
  /** Whether the label is only for readers of the screen. */
  quiet?: boolean;
}

interface Ids {
  id: string;
  'aria-describedby': string | undefined;
  'aria-invalid': 'true' | undefined;
}

function Field({ label, hint, error, quiet, children }: Common & { children: (ids: Ids) => JSX.Element }) {
  const id = useId();
  const described = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ');
  return (
    <div class="field">
      <label for={id} class={quiet ? 'visually-hidden' : ''}>
        {label}
      </label>
      {children({ id, 'aria-describedby': described || undefined, 'aria-invalid': error ? 'true' : undefined })}
      {hint && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {error && (
        <p class="field-error" id={`${id}-error`}>
          {error}
        </p>
      )}
    </div>
  );
}

interface TextProps extends Common {
  value: string;
  onInput: (value: string) => void;
  type?: 'text' | 'search' | 'number' | 'datetime-local';
  placeholder?: string;
  list?: readonly string[];
  mono?: boolean;
  min?: number;
  max?: number;
  step?: number | 'any';
  autocomplete?: string;
  /** Which keys a telephone shows. */
  inputMode?: 'numeric' | 'decimal';
}

export function TextField({
  value,
  onInput,
  type = 'text',
  placeholder,
  list,
  mono,
  min,
  max,
  step,
  inputMode,
  ...common
}: TextProps) {
  const listId = useId();
  return (
    <Field {...common}>
      {(ids) => (
        <>
          <input
            {...ids}
            type={type}
            class={mono ? 'mono' : ''}
            value={value}
            placeholder={placeholder}
            list={list ? listId : undefined}
            min={min}
            max={max}
            step={step}
            inputMode={inputMode}
            autocomplete={common.autocomplete ?? 'off'}
            spellcheck={false}
            onInput={(event) => onInput(event.currentTarget.value)}
          />
          {list && (
            <datalist id={listId}>
              {list.map((item) => (
                <option key={item} value={item} />
              ))}
            </datalist>
          )}
        </>
      )}
    </Field>
  );
}

interface AreaProps extends Common {
  value: string;
  onInput: (value: string) => void;
  rows?: number;
  placeholder?: string;
  mono?: boolean;
  autocomplete?: string;
}

export function TextArea({
  value,
  onInput,
  rows = 4,
  placeholder,
  mono,
  autocomplete = 'off',
  ...common
}: AreaProps) {
  return (
    <Field {...common}>
      {(ids) => (
        <textarea
          {...ids}
          rows={rows}
          class={mono ? 'mono' : ''}
          value={value}
          placeholder={placeholder}
          autocomplete={autocomplete}
          spellcheck={false}
          onInput={(event) => onInput(event.currentTarget.value)}
        />
      )}
    </Field>
  );
}

interface SelectProps<T extends string> extends Common {
  value: T;
  onInput: (value: T) => void;
  options: readonly Option<T>[];
}

interface Option<T> {
  value: T;
  text: string;
  /** The title of the group to which it belongs. Those of a group stand side by side. */
  group?: string;
}

export function Select<T extends string>({ value, onInput, options, ...common }: SelectProps<T>) {
  return (
    <Field {...common}>
      {(ids) => (
        <select {...ids} value={value} onInput={(event) => onInput(event.currentTarget.value as T)}>
          {grouped(options).map(([title, members]) => {
            const items = members.map((option) => (
              <option key={option.value} value={option.value}>
                {option.text}
              </option>
            ));
            return title === undefined ? (
              items
            ) : (
              <optgroup key={title} label={title}>
                {items}
              </optgroup>
            );
          })}
        </select>
      )}
    </Field>
  );
}

function grouped<T>(options: readonly Option<T>[]): [string | undefined, Option<T>[]][] {
  const groups = new Map<string | undefined, Option<T>[]>();
  for (const option of options) groups.set(option.group, [...(groups.get(option.group) ?? []), option]);
  return [...groups];
}

interface CheckProps {
  label: ComponentChildren;
  checked: boolean;
  onInput: (checked: boolean) => void;
}

export function Check({ label, checked, onInput }: CheckProps) {
  return (
    <label class="check">
      <input type="checkbox" checked={checked} onInput={(event) => onInput(event.currentTarget.checked)} />
      <span>{label}</span>
    </label>
  );
}

/** Several fields that belong together. */
export function Group({ label, children }: { label: string; children: ComponentChildren }) {
  return (
    <fieldset>
      <legend>{label}</legend>
      {children}
    </fieldset>
  );
}
