// The rules in force.
import { useRef, useState } from 'preact/hooks';
import { clearFaults, deleteFault, type Fault } from '../../api/faults';
import { Refused } from '../../api/errors';
import { look } from '../../state/connection';
import { Button } from '../../parts/button';
import { Confirm } from '../../parts/dialog';
import { Card } from '../../parts/page_head';
import { Empty, Loading, Problem } from '../../parts/states';
import { useAction } from '../../state/use_action';
import { useKeptFocus } from '../../state/use_kept_focus';
import { Condition, Limit, Result } from './fault_words';
import type { Faults } from './use_faults';

/** A browser draws so many rows at once without a pause that can be seen. There can be 1,000. */
const FEW = 100;

export function FaultList({ faults }: { faults: Faults }) {
  const { list, error, reload } = faults;
  const [asks, setAsks] = useState(false);
  const [most, setMost] = useState(FEW);
  const body = useRef<HTMLTableSectionElement>(null);
  const heading = useRef<HTMLDivElement>(null);
  useKeptFocus(() => heading.current);
  const deletion = useAction(async (id: string, at: number) => {
    await deleteFault(id).catch((error: unknown) => {
      // It was deleted elsewhere.
      if (!(error instanceof Refused) || error.status !== 404) throw error;
    });
    // Its button goes, so the focus moves to the next one.
    const buttons = [...(body.current?.querySelectorAll('button') ?? [])];
    (buttons[at + 1] ?? buttons[at - 1] ?? heading.current)?.focus();
    reload();
    void look();
  });
  return (
    <Card
      title={list?.length ? `Faults (${list.length})` : 'Faults'}
      actions={
        list &&
        list.length > 0 && (
          <Button small kind="danger" onClick={() => setAsks(true)}>
            Clear all…
          </Button>
        )
      }
    >
      <div class="stack takes-focus" ref={heading} tabIndex={-1} role="group" aria-label="Faults">
        {error !== undefined && <Problem error={error} retry={reload} />}
        {deletion.error !== undefined && <Problem error={deletion.error} />}
        {list === undefined && error === undefined && <Loading what="the faults" />}
        {list?.length === 0 && (
          <Empty title="No faults">
            <p>All requests are answered as usual. Add a fault to see how a client takes an error.</p>
          </Empty>
        )}
        {list && list.length > 0 && (
          <>
            <p class="hint">The first fault that fits hits a request, in this order.</p>
            <Rules list={list.slice(0, most)} body={body} onDelete={(id, at) => void deletion.run(id, at)} />
            {list.length > most && (
              <div class="row">
                <Button onClick={() => setMost(most + FEW)}>Show more faults</Button>
                <span class="quiet number">
                  {most} of {list.length.toLocaleString('en')} are shown
                </span>
              </div>
            )}
          </>
        )}
      </div>
      {asks && (
        <Confirm
          title="Clear all faults?"
          action="Clear all faults"
          work={async () => {
            await clearFaults();
            reload();
            void look();
          }}
          onClose={() => setAsks(false)}
        >
          <p>
            {list?.length === 1 ? 'The fault is deleted.' : `All ${list?.length ?? ''} faults are deleted.`}{' '}
            Requests are answered as usual again.
          </p>
        </Confirm>
      )}
    </Card>
  );
}

interface RulesProps {
  list: readonly Fault[];
  body: { current: HTMLTableSectionElement | null };
  onDelete: (id: string, at: number) => void;
}

/** The roles stay when narrow screens show the rows as blocks. */
function Rules({ list, body, onDelete }: RulesProps) {
  return (
    <table class="faults" role="table">
      <thead role="rowgroup">
        <tr role="row">
          <th role="columnheader" class="end">
            Id
          </th>
          <th role="columnheader">Which requests</th>
          <th role="columnheader">What happens</th>
          <th role="columnheader">Limit</th>
          <th role="columnheader" class="end">
            Hits
          </th>
          <th role="columnheader">
            <span class="visually-hidden">Action</span>
          </th>
        </tr>
      </thead>
      <tbody role="rowgroup" ref={body}>
        {list.map((fault, at) => (
          <tr key={fault.id} role="row">
            <td role="cell" class="end quiet fault-id">
              {fault.id}
            </td>
            <td role="cell" class="fault-condition">
              <Condition rule={fault} />
            </td>
            <td role="cell" class="fault-result">
              <Result rule={fault} />
            </td>
            <td role="cell" class="fault-limit">
              <Limit fault={fault} />
            </td>
            <td role="cell" class="end fault-hits">
              {fault.hits.toLocaleString('en')}
            </td>
            <td role="cell" class="end fault-action">
              <Button small label={`Delete fault ${fault.id}`} onClick={() => onDelete(fault.id, at)}>
                Delete
              </Button>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
