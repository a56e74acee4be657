// Sets the clock to a time, written or picked.
import { useState } from 'preact/hooks';
import { Button } from '../../parts/button';
import { TextField } from '../../parts/field';
import type { Now } from './ticking';
import { pickedOf, timeOf } from './times';

interface Props {
  run: (time: string) => Promise<boolean>;
  now: Now;
  error: string | undefined;
}

export function SetForm({ run, now, error }: Props) {
  const [text, setText] = useState('');
  return (
    <form
      class="stack"
      onSubmit={(event) => {
        event.preventDefault();
        void run(timeOf(text)).then((done) => done && setText(''));
      }}
    >
      <h3>Set it to a time</h3>
      <div class="clock-pair">
        <TextField
          label="Time (UTC)"
          hint="From 1970 to 2261, or with an offset: +02:00."
          placeholder={new Date(now.machine).toISOString().slice(0, 16).replace('T', ' ')}
          value={text}
          onInput={setText}
          error={error}
          mono
        />
        <TextField
          label="Pick the time (UTC)"
          type="datetime-local"
          step={1}
          value={pickedOf(text)}
          onInput={(picked) => picked && setText(picked.replace('T', ' '))}
        />
      </div>
      <Button type="submit">Set the clock</Button>
    </form>
  );
}
