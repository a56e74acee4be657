import { linkTo } from '../../state/router';
import type { RequestEntry } from '../../api/requests';
import { StatusBadge } from '../../parts/badge';
import { ClientText } from '../../parts/client_text';
import { Copy } from '../../parts/copy';
import { Fact, Facts } from '../../parts/page_head';
import { microsText, Time } from '../../parts/time';
import { Refusal } from './refusal';
import { AUTHENTICATIONS } from './words';

export function Details({ entry }: { entry: RequestEntry }) {
  const { path, identity, signature } = entry;
  return (
    <>
      {entry.method === null && path === null ? (
        <p class="asked">
          <StatusBadge status={entry.status} /> The head of the request could not be read: it is too large, or not
          HTTP/1.1.
        </p>
      ) : (
        <p class="asked">
          <StatusBadge status={entry.status} />
          <strong>
            <ClientText text={entry.method} max={16} />
          </strong>
          <ClientText text={path} max={400} mono />
          {path !== null && <Copy text={path} what="the path" />}
        </p>
      )}
      <Refusal entry={entry} />
      <section class="stack">
        <h3>The request</h3>
        <Facts>
          <Fact name="Time (UTC)">
            <Time value={entry.time} millis />
          </Fact>
          <Fact name="Took">{microsText(entry.microseconds)}</Fact>
          <Fact name="Operation">
            <Value text={entry.operation} />
          </Fact>
          <Fact name="API version">
            <ClientText text={entry.apiVersion} />
          </Fact>
          <Fact name="Identity">{identity === null ? <Value text={null} /> : <Identity id={identity} />}</Fact>
          <Fact name="Authentication">
            {entry.authentication ? AUTHENTICATIONS[entry.authentication] : <span class="quiet">None</span>}
          </Fact>
          {entry.caller !== null && (
            <Fact name="Application">
              <ClientText text={entry.caller} mono />
            </Fact>
          )}
          <Fact name="User agent">
            <ClientText text={entry.userAgent} max={400} />
          </Fact>
          <Fact name="From">
            <ClientText text={entry.peer} mono />
          </Fact>
          {entry.code !== null && (
            <Fact name="Code">
              <ClientText text={entry.code} mono />
            </Fact>
          )}
          {signature?.mistake && entry.reason !== null && (
            <Fact name="In the log">
              <ClientText text={entry.reason} max={400} />
            </Fact>
          )}
          {entry.fault !== null && (
            <Fact name="Fault">
              <a href={linkTo('clock', entry.fault)}>Fault {entry.fault}</a>
            </Fact>
          )}
        </Facts>
      </section>
    </>
  );
}

function Value({ text }: { text: string | null }) {
  return text === null ? <span class="quiet">–</span> : <>{text}</>;
}

function Identity({ id }: { id: string }) {
  return (
    <>
      <a href={linkTo('identities', id)}>
        <ClientText text={id} mono />
      </a>
      <br />
      <a href={linkTo('requests', undefined, { identity: id })}>All requests of this identity</a>
    </>
  );
}
