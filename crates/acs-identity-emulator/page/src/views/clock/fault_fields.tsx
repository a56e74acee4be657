// The fields of a rule. An error of the emulator stands at the field that it names.
import { Check, Select, TextField } from '../../parts/field';
import { ANSWERS, type Draft } from './fault_draft';
import { METHODS } from './operations';
import { OperationsField } from './operations_field';

export interface FieldsProps {
  draft: Draft;
  set: (change: Partial<Draft>) => void;
  /** Returns what is wrong with a member. */
  wrong: (member: string) => string | undefined;
}

type TextName = {
  [Name in keyof Draft]: Draft[Name] extends string ? Name : never;
}[keyof Draft];

interface OneProps extends FieldsProps {
  name: Exclude<TextName, 'answer'>;
  label: string;
  hint?: string;
  placeholder?: string;
  /** Whether it is a number. */
  number?: boolean;
}

function One({ draft, set, wrong, name, number, ...field }: OneProps) {
  return (
    <TextField
      {...field}
      value={draft[name]}
      onInput={(value) => set({ [name]: value })}
      error={wrong(name)}
      mono
      {...(number && { inputMode: 'decimal' as const })}
    />
  );
}

/** What happens to a request. */
export function ResultFields(fields: FieldsProps) {
  const { draft, set, wrong } = fields;
  const hasStatus = draft.answer === 'error';
  // The rule needs one of several members, of which the emulator names the status.
  const missing = (hasStatus ? undefined : wrong('status')) ?? wrong('drop');
  return (
    <section class="fault-fields" aria-label="What happens">
      <h3>What happens</h3>
      <div class="fault-grid">
        <Select
          label="Answer"
          value={draft.answer}
          options={ANSWERS}
          onInput={(answer) => set({ answer })}
          error={missing}
        />
        {hasStatus && <One {...fields} name="status" label="Status" placeholder="429" number />}
        {hasStatus && <One {...fields} name="code" label="Code" placeholder="usual" />}
        {hasStatus && <One {...fields} name="message" label="Message" placeholder="usual" />}
        {hasStatus && <One {...fields} name="retryAfter" label="Retry-After (s)" number />}
        {draft.answer === 'truncate' && (
          <One {...fields} name="truncateBodyAt" label="Cut after (bytes)" placeholder="10" number />
        )}
        <One {...fields} name="delayMilliseconds" label="Delay (ms)" number />
        <One {...fields} name="tokenExpiresInSeconds" label="Tokens expire in (s)" placeholder="-60" number />
        <One {...fields} name="shiftSeconds" label="Shift of all times (s)" placeholder="-7200" number />
      </div>
    </section>
  );
}

const ANY_METHOD = [{ value: '', text: 'Any' }, ...METHODS.map((method) => ({ value: method, text: method }))];

/** Which requests are hit. */
export function ConditionFields(fields: FieldsProps) {
  const { draft, set, wrong } = fields;
  return (
    <section class="fault-fields" aria-label="Which requests">
      <h3>Which requests</h3>
      <OperationsField
        chosen={draft.operations}
        onChange={(operations) => set({ operations })}
        error={wrong('operation')}
      />
      <div class="fault-grid">
        <Select
          label="Method"
          value={draft.method}
          options={ANY_METHOD}
          onInput={(method) => set({ method })}
          error={wrong('method')}
        />
        <One {...fields} name="path" label="Path" placeholder="/identities/*" hint="* in a segment, ** any" />
        <One {...fields} name="identity" label="Identity" placeholder="alice" hint="Raw id or custom id" />
        <One {...fields} name="every" label="Only every n-th" placeholder="3" number />
        <One
          {...fields}
          name="probability"
          label="Probability"
          placeholder="0.3"
          hint="Above 0, at most 1"
          number
        />
        <One {...fields} name="seed" label="Seed" hint="The same seed hits the same ones" number />
      </div>
      <Check
        label="Hit requests before they authenticate"
        checked={draft.includeUnauthenticated}
        onInput={(includeUnauthenticated) => set({ includeUnauthenticated })}
      />
    </section>
  );
}

/** When it ends. */
export function LimitFields(fields: FieldsProps) {
  return (
    <section class="fault-fields" aria-label="How long">
      <h3>How long</h3>
      <div class="fault-grid">
        <One {...fields} name="times" label="Times" placeholder="no limit" number />
        <One
          {...fields}
          name="until"
          label="Until (UTC)"
          placeholder="2030-01-31 09:00"
          hint="By the service’s clock"
        />
      </div>
    </section>
  );
}
