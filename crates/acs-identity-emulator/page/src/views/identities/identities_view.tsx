import { useState } from 'preact/hooks';
import { status } from '../../state/connection';
import { go, place } from '../../state/router';
import { Button } from '../../parts/button';
import { PageHead } from '../../parts/page_head';
import { Split } from '../../parts/split';
import { useStore } from '../../base/store';
import '../../style/identities.css';
import { CreateDialog } from './create';
import { IdentityDetails } from './details';
import { IdentityList } from './list';
import { Search, useSearch } from './search';
import { useIdentities, type Identities } from './use_identities';

export function IdentitiesView() {
  const open = useStore(place, ({ view, detail }) => (view === 'identities' ? detail : undefined));
  const total = useStore(status, (status) => status?.identities);
  const list = useIdentities(useSearch());
  const [isCreating, setCreating] = useState(false);
  return (
    <>
      <PageHead title="Identities">
        <p class="quiet number identities-count" role={list.filter ? 'status' : undefined}>
          {countOf(list, total)}
        </p>
        <Search />
        <Button onClick={list.reload}>Reload</Button>
        <Button kind="primary" onClick={() => setCreating(true)}>
          Create an identity
        </Button>
      </PageHead>
      <Split
        title="Identity"
        item={open}
        onClose={() => go('identities')}
        list={<IdentityList list={list} total={total} open={open} />}
        detail={
          open === undefined ? null : (
            <IdentityDetails key={open} id={open} onSeen={list.put} onDeleted={list.remove} />
          )
        }
      />
      {isCreating && (
        <CreateDialog onCreated={() => list.pages === 1 && list.reload()} onClose={() => setCreating(false)} />
      )}
    </>
  );
}

/** Says how many identities there are, or were found. */
function countOf({ rows, filter, after, pages }: Identities, total: number | undefined): string {
  if (pages === 0) return '';
  const count = filter || total === undefined ? rows.length : total;
  const text = `${count.toLocaleString('en')}${filter && after ? '+' : ''}`;
  return filter ? `${text} found` : `${text} ${count === 1 ? 'identity' : 'identities'}`;
}
