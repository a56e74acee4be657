import type { Ref } from 'preact';
import { operations } from '../../api/requests';
import { Button } from '../../parts/button';
import { Check, Select, TextField } from '../../parts/field';
import { areSet, isStatus, type Filters } from './filters';
import { useDraft } from './use_draft';

interface Props {
  filters: Filters;
  change: (filters: Partial<Filters>) => void;
  reset: () => void;
  bar: Ref<HTMLDivElement>;
}

const STATUSES = ['2xx', '4xx', '5xx', 'dropped'];

/** How long a field waits for more keys before the page, or the emulator, searches. In milliseconds. */
const IN_PAGE = 120;
const IN_EMULATOR = 350;

export function FilterBar({ filters, change, reset, bar }: Props) {
  const [text, setText] = useDraft(filters.text, (text) => change({ text }), IN_PAGE);
  const [status, setStatus] = useDraft(filters.status, (status) => change({ status }), IN_EMULATOR);
  const [identity, setIdentity] = useDraft(filters.identity, (identity) => change({ identity }), IN_EMULATOR);
  const isWrong = filters.status !== '' && !isStatus(filters.status) && status.trim() === filters.status;
  return (
    <div class="filters" role="search" aria-label="Filters of the requests" ref={bar}>
      <TextField
        label="Search (press /)"
        type="search"
        value={text}
        onInput={setText}
        placeholder="Path, user agent or code"
      />
      <TextField
        label="Status"
        value={status}
        onInput={setStatus}
        placeholder="4xx or 404"
        list={STATUSES}
        error={isWrong ? 'Write 404, 4xx or dropped.' : undefined}
      />
      <Select
        label="Operation"
        value={filters.operation}
        onInput={(operation) => change({ operation })}
        options={withUnknown(filters.operation)}
      />
      <TextField label="Identity" value={identity} onInput={setIdentity} placeholder="Raw id or custom id" />
      <div class="filters-end">
        <Check label="With the control API" checked={filters.control} onInput={(control) => change({ control })} />
        <Button disabled={!areSet(filters)} onClick={reset}>
          Reset filters
        </Button>
      </div>
    </div>
  );
}

const byName = (a: { text: string }, b: { text: string }) => a.text.localeCompare(b.text);

function options(isOfService: boolean, group: string) {
  const some = operations.filter((operation) => operation.isOfService === isOfService);
  return some.map(({ name }) => ({ value: name, text: name, group })).sort(byName);
}

const OPERATIONS = [
  { value: '', text: 'All operations' },
  ...options(true, 'Identity service'),
  ...options(false, 'Emulator'),
];

/** A link may name an operation that this emulator does not know. */
function withUnknown(name: string) {
  const isKnown = OPERATIONS.some(({ value }) => value === name);
  return isKnown ? OPERATIONS : [...OPERATIONS, { value: name, text: name, group: 'Unknown' }];
}
