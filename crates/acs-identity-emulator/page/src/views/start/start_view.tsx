// How to connect to the emulator, and what it is doing.
import { useRef, useState } from 'preact/hooks';
import { listKeys } from '../../api/keys';
import { getCertificates, getTrust, type Certificate, type Trust } from '../../api/trust';
import { status } from '../../state/connection';
import { PageHead } from '../../parts/page_head';
import { Loading, Problem } from '../../parts/states';
import { useStore } from '../../base/store';
import { useLoad, usePoll, type Loaded } from '../../state/use_load';
import { AboutCard } from './about_card';
import { ConnectCard } from './connect_card';
import { Overview } from './overview';
import { SnippetsCard } from './snippets_card';
import { addressesOf, isThisMachine, targetOf, wayOf } from './target';
import { TrustCard } from './trust_card';
import '../../style/start.css';

/** How often the page asks which clients have called, in milliseconds. */
const OFTEN = 2_000;

interface Loads {
  connectionString: string;
  trust: Trust;
  certificates: readonly Certificate[];
}

export function StartView() {
  const keys = useLoad(listKeys, []);
  const trust = useLoad(getTrust, []);
  const certificates = useLoad(getCertificates, []);
  const first = useRef(true);
  usePoll(
    async () => {
      if (!first.current) trust.reload();
      first.current = false;
    },
    OFTEN,
    [],
  );
  const loads: readonly Loaded<unknown>[] = [keys, trust, certificates];
  const wrong = loads.find(({ value, error }) => value === undefined && error !== undefined);
  const retry = () => loads.filter(({ value }) => value === undefined).forEach(({ reload }) => reload());
  const isLoaded = loads.every(({ value }) => value !== undefined);
  return (
    <>
      <PageHead title="Start" />
      <Overview />
      {wrong && <Problem error={wrong.error} retry={retry} />}
      {!wrong && !isLoaded && <Loading what="the connection" />}
      {keys.value && trust.value && certificates.value && (
        <Parts
          connectionString={keys.value.primaryConnectionString}
          trust={trust.value}
          certificates={certificates.value}
        />
      )}
    </>
  );
}

function Parts({ connectionString, trust, certificates }: Loads) {
  const endpoint = useStore(status, (status) => status?.endpoint);
  const [isShown, setShown] = useState(false);
  const [isAway, setAway] = useState(() => !isThisMachine(location.hostname));
  if (endpoint === undefined) return <Loading what="the connection" />;
  const addresses = addressesOf(endpoint, connectionString, trust.publicUrl);
  const way = wayOf({ trust, certificates, addresses, isAway });
  return (
    <div class="start">
      <div class="stack start-connect">
        <ConnectCard
          addresses={addresses}
          way={way}
          isShown={isShown}
          onShow={setShown}
          isAway={isAway}
          onAway={setAway}
        />
        <AboutCard />
      </div>
      <SnippetsCard shown={targetOf(addresses, way, isShown)} copied={targetOf(addresses, way, true)} />
      <TrustCard trust={trust} way={way} />
    </div>
  );
}
