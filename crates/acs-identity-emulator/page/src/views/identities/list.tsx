// The list of identities.
import type { Identity } from '../../api/identities';
import { Badge } from '../../parts/badge';
import { Button } from '../../parts/button';
import { ClientText } from '../../parts/client_text';
import { Empty, Loading, Problem } from '../../parts/states';
import { Time } from '../../parts/time';
import { VirtualTable, type Column } from '../../parts/virtual_table';
import { go } from '../../state/router';
import { RawId } from './raw_id';
import { clearSearch } from './search';
import { MOST, type Identities } from './use_identities';

const COLUMNS: readonly Column<Identity>[] = [
  { title: 'Custom id', width: 'minmax(7rem, 3fr)', cell: (row) => <ClientText text={row.customId} max={120} /> },
  { title: 'Raw id', width: 'var(--raw-id-width)', cell: (row) => <RawId id={row.id} /> },
  { title: 'Created (UTC)', width: '11rem', cell: (row) => <Time value={row.createdAt} />, wideOnly: true },
  {
    title: 'Last token (UTC)',
    width: '11rem',
    cell: (row) => <Time value={row.lastTokenIssuedAt} />,
    wideOnly: true,
  },
  { title: 'Tokens', width: '4.6rem', cell: (row) => <Revoked identity={row} /> },
  { title: 'Assignments', width: '7rem', cell: (row) => row.assignments || <None />, end: true, wideOnly: true },
];

/** ARIA says -1 for an unknown number of rows. The table adds one for its head. */
const UNKNOWN = -2;

export function IdentityList({
  list,
  total,
  open,
}: {
  list: Identities;
  total: number | undefined;
  open: string | undefined;
}) {
  const { rows, filter, after, pages, error, moreError } = list;
  if (error !== undefined) return <Problem error={error} retry={list.reload} />;
  if (pages === 0) return <Loading what="the identities" />;
  if (rows.length === 0) return filter ? <NothingFound /> : <NoIdentities />;
  return (
    <>
      <VirtualTable
        // Another list begins at its top.
        key={`${list.asked} ${filter}`}
        label="Identities"
        columns={COLUMNS}
        rows={rows}
        keyOf={keyOf}
        open={open}
        onOpen={openRow}
        onEnd={list.loadMore}
        total={!after ? rows.length : filter || total === undefined ? UNKNOWN : Math.max(total, rows.length)}
      />
      {moreError !== undefined && <Problem error={moreError} retry={list.loadMore} />}
      {after && rows.length >= MOST && (
        <p class="quiet">The list ends after {MOST.toLocaleString('en')} identities. Search to find the others.</p>
      )}
    </>
  );
}

const keyOf = (row: Identity) => row.id;
const openRow = (row: Identity) => go('identities', row.id);

function Revoked({ identity }: { identity: Identity }) {
  if (identity.pendingRevocationAt) return <Badge tone="warning">revoking</Badge>;
  return identity.revoked ? <Badge tone="danger">revoked</Badge> : null;
}

function None() {
  return <span class="quiet">–</span>;
}

function NoIdentities() {
  return (
    <Empty title="There are no identities yet.">
      <p>Create one here, or let your app create one. It then appears in this list.</p>
    </Empty>
  );
}

function NothingFound() {
  return (
    <Empty title="No identity has this in its custom id or raw id.">
      <Button onClick={clearSearch}>Clear the search</Button>
    </Empty>
  );
}
