// Moves the clock forward or back.
import { useState } from 'preact/hooks';
import { Button } from '../../parts/button';
import { TextField } from '../../parts/field';

const STEPS = [
  ['-1d', '−1 d', 'Back by 1 day'],
  ['-1h', '−1 h', 'Back by 1 hour'],
  ['-10m', '−10 min', 'Back by 10 minutes'],
  ['10m', '+10 min', 'Forward by 10 minutes'],
  ['1h', '+1 h', 'Forward by 1 hour'],
  ['1d', '+1 d', 'Forward by 1 day'],
] as const;

interface Props {
  run: (duration: string, words: string) => Promise<boolean>;
  error: string | undefined;
}

export function AdvanceForm({ run, error }: Props) {
  const [by, setBy] = useState('');
  return (
    <form
      class="stack"
      onSubmit={(event) => {
        event.preventDefault();
        const duration = by.trim();
        void run(duration, `It was moved by ${duration}`).then((done) => done && setBy(''));
      }}
    >
      <h3>Move it</h3>
      <div class="clock-steps" role="group" aria-label="Move by a step">
        {STEPS.map(([duration, text, words]) => (
          <Button key={duration} onClick={() => void run(duration, words)}>
            {text}
          </Button>
        ))}
      </div>
      <div class="clock-line">
        <TextField
          label="Move by a duration"
          hint="For example 2h, -90m, 1h30m or P1D."
          placeholder="2h"
          value={by}
          onInput={setBy}
          error={error}
          mono
        />
        <Button type="submit">Move the clock</Button>
      </div>
    </form>
  );
}
