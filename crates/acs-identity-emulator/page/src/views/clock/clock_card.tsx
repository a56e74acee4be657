// What the clock shows, and what changes it.
import { useState } from 'preact/hooks';
import { advanceClock, changeClock, setClock } from '../../api/clock';
import { wordsAbout } from '../../api/errors';
import type { ClockReading } from '../../api/status';
import { lookAgain } from '../../state/connection';
import { Badge } from '../../parts/badge';
import { Button } from '../../parts/button';
import { Card } from '../../parts/page_head';
import { Loading, Problem } from '../../parts/states';
import { timeText } from '../../parts/time';
import { useAction } from '../../state/use_action';
import { AdvanceForm } from './advance_form';
import { Effects } from './effects';
import { Reading } from './reading';
import { SetForm } from './set_form';
import { useClock } from './ticking';

export interface Change {
  /** What was done, in words. */
  done: string;
  work: () => Promise<ClockReading>;
}

export function ClockCard() {
  const now = useClock();
  const [done, setDone] = useState('');
  const action = useAction(async (change: Change) => {
    setDone('');
    const reading = await change.work();
    void lookAgain();
    setDone(`${change.done} The clock shows ${timeText(reading.now)}.`);
  });
  if (!now) {
    return (
      <Card title="Clock of the service">
        <Loading what="the clock" />
      </Card>
    );
  }
  const by = (duration: string, words: string) =>
    action.run({ done: `${words}.`, work: () => advanceClock(duration) });
  const to = (time: string) => action.run({ done: 'The clock was set.', work: () => setClock(time) });
  const change = (name: 'freeze' | 'resume' | 'reset', words: string) =>
    void action.run({ done: words, work: () => changeClock(name) });
  const isMachine = !now.frozen && Math.abs(now.service - now.machine) < 1000;
  const atField = wordsAbout(action.error, 'now') ?? wordsAbout(action.error, 'by');
  return (
    <Card
      title="Clock of the service"
      actions={
        <Badge tone={isMachine ? 'plain' : 'warning'}>
          {now.frozen ? 'frozen' : isMachine ? 'running' : 'set'}
        </Badge>
      }
    >
      <div class="clock-card">
        <div class="stack">
          <Reading now={now} />
          <div class="row">
            {now.frozen ? (
              <Button onClick={() => change('resume', 'It runs again.')}>Resume</Button>
            ) : (
              <Button onClick={() => change('freeze', 'It stands still.')}>Freeze</Button>
            )}
            <Button onClick={() => change('reset', 'It shows the time of the machine.')}>
              Reset to the machine’s time
            </Button>
          </div>
          <p class="clock-done quiet" role="status">
            {done}
          </p>
          {action.error !== undefined && !atField && <Problem error={action.error} />}
        </div>
        <AdvanceForm run={by} error={wordsAbout(action.error, 'by')} />
        <SetForm run={to} now={now} error={wordsAbout(action.error, 'now')} />
        <Effects />
      </div>
    </Card>
  );
}
