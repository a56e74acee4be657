// Do clients trust the certificate? Who has called over HTTPS, who has refused it, and what to do.
import type { Trust } from '../../api/trust';
import { Badge } from '../../parts/badge';
import { ClientText } from '../../parts/client_text';
import { Copy } from '../../parts/copy';
import { Card } from '../../parts/page_head';
import { Time } from '../../parts/time';
import { adviceFor, CLIENTS, type Client } from './advice';
import { Refusals } from './refusals';
import type { Way } from './target';

interface Props {
  trust: Trust;
  way: Way;
}

export function TrustCard({ trust, way }: Props) {
  const isOther = trust.clients.some(({ client }) => client === 'other');
  const clients: readonly Client[] = isOther ? [...CLIENTS, { name: 'other', title: 'Others' }] : CLIENTS;
  return (
    <Card title="Do clients trust the certificate?">
      <Refusals refused={trust.refused} />
      {way.kind === 'proxy' && (
        <p>
          Clients reach the emulator through the proxy at <ClientText text={way.url} mono />. If they do not trust
          its certificate, they need the root certificate of the proxy. The emulator does not see whether they do.
        </p>
      )}
      {way.kind === 'own' && (
        <p>
          Clients see your own certificate here. If they do not trust it, they need the certificate of its issuer.
        </p>
      )}
      <ul class="clients">
        {clients.map((client) => (
          <Row key={client.name} client={client} trust={trust} way={way} />
        ))}
      </ul>
    </Card>
  );
}

function Row({ client, trust, way }: Props & { client: Client }) {
  const seen = trust.clients.find((seen) => seen.client === client.name);
  return (
    <li class="client">
      <h3>{client.title}</h3>
      <div class="client-state">
        {seen ? <Badge tone="good">trusts it</Badge> : <Badge>has not called</Badge>}
        {seen && (
          <span class="quiet">
            last seen <Time value={seen.lastSeen} zone />
          </span>
        )}
        {seen && (
          <span class="quiet client-agent">
            <ClientText text={seen.userAgent} max={80} />
          </span>
        )}
      </div>
      <div class="client-advice">
        <AdviceFor client={client} way={way} />
      </div>
    </li>
  );
}

function AdviceFor({ client, way }: { client: Client; way: Way }) {
  if (way.kind === 'proxy' || way.kind === 'own' || client.name === 'other') return null;
  const { command, words } = adviceFor(client.name, way);
  return (
    <>
      {command && (
        <div class="command">
          <code>{command}</code>
          <Copy text={command} what={`the command for ${client.title}`} />
        </div>
      )}
      {words && <p class="quiet">{words}</p>}
      {client.name === 'browser' && (
        <p>
          <a href="/emulator/ca.pem" download="ca.pem">
            Download the CA certificate
          </a>
        </p>
      )}
    </>
  );
}
