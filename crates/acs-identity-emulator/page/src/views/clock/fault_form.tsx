// Adds a rule.
import { useEffect, useRef, useState } from 'preact/hooks';
import { addFault } from '../../api/faults';
import { Refused, wordsAbout } from '../../api/errors';
import { look } from '../../state/connection';
import { Button } from '../../parts/button';
import { Card } from '../../parts/page_head';
import { Problem } from '../../parts/states';
import { useAction } from '../../state/use_action';
import { FIRST, PRESETS, ruleOf, withPreset, type Draft } from './fault_draft';
import { ConditionFields, LimitFields, ResultFields, type FieldsProps } from './fault_fields';
import { timeOf } from './times';

export function FaultForm({ onAdded }: { onAdded: () => void }) {
  const [draft, setDraft] = useState<Draft>(FIRST);
  const [done, setDone] = useState('');
  const form = useRef<HTMLFormElement>(null);
  const action = useAction(async () => {
    setDone('');
    const rule = ruleOf(draft);
    if (draft.until.trim() !== '') rule['until'] = timeOf(draft.until);
    const fault = await addFault(rule);
    setDone(`Fault ${fault.id} was added.`);
    setDraft(FIRST);
    onAdded();
    void look();
  });
  useEffect(() => {
    if (action.error !== undefined) form.current?.querySelector<HTMLElement>('[aria-invalid]')?.focus();
  }, [action.error]);
  const fields: FieldsProps = {
    draft,
    set: (change) => {
      setDone('');
      setDraft((draft) => ({ ...draft, ...change }));
    },
    wrong: (member) => wordsAbout(action.error, member),
  };
  const isAtField = action.error instanceof Refused && action.error.target !== undefined;
  return (
    <Card title="Add a fault">
      <form
        class="fault-form"
        ref={form}
        onSubmit={(event) => {
          event.preventDefault();
          void action.run();
        }}
      >
        <fieldset class="presets">
          <legend>Begin with</legend>
          {PRESETS.map((preset) => (
            <Button
              key={preset.name}
              small
              onClick={() => {
                action.clear();
                setDone('');
                setDraft((draft) => withPreset(draft, preset.draft));
              }}
            >
              {preset.name}
            </Button>
          ))}
        </fieldset>
        <ResultFields {...fields} />
        <ConditionFields {...fields} />
        <LimitFields {...fields} />
        {action.error !== undefined && !isAtField && <Problem error={action.error} />}
        <div class="row">
          <Button kind="primary" type="submit" busy={action.busy}>
            Add the fault
          </Button>
          <p class="quiet" role="status">
            {done}
          </p>
        </div>
      </form>
    </Card>
  );
}
