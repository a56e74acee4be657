// The certificates, and when they end.
import { Fragment } from 'preact';
import { getCertificates, type Certificate } from '../../api/trust';
import { status } from '../../state/connection';
import { Badge } from '../../parts/badge';
import { ClientText } from '../../parts/client_text';
import { Copy } from '../../parts/copy';
import { Card, Fact, Facts } from '../../parts/page_head';
import { Loading, Problem } from '../../parts/states';
import { durationText, Time } from '../../parts/time';
import { useLoad } from '../../state/use_load';
import { useStore } from '../../base/store';

const DAY = 86_400;
/** With less time than this, a certificate is marked. In seconds. */
const SOON = 14 * DAY;

export function CertificatesCard() {
  const certificates = useLoad(getCertificates, []);
  // Certificates follow the machine's time, not that of the service.
  const now = useStore(status, (status) => status && Date.parse(status.clock.machine));
  return (
    <Card
      title="Certificates"
      actions={
        <a class="button small" href="ca.pem" download="ca.pem">
          Download the CA certificate
        </a>
      }
    >
      <p class="hint">Clients that trust the authority’s certificate (ca.pem) trust this emulator.</p>
      {certificates.error !== undefined && <Problem error={certificates.error} retry={certificates.reload} />}
      {!certificates.value && certificates.loading && <Loading what="the certificates" />}
      {certificates.value?.map((certificate) => (
        <One key={certificate.sha256} certificate={certificate} now={now} />
      ))}
    </Card>
  );
}

function One({ certificate, now }: { certificate: Certificate; now: number | undefined }) {
  const { role, isOwn, subject, names, notBefore, notAfter, sha256 } = certificate;
  const title = role === 'authority' ? 'Authority' : isOwn ? 'Server (your own certificate)' : 'Server';
  const pairs = sha256.split(':');
  return (
    <section class="certificate" aria-label={`${title}: ${subject.slice(0, 100)}`}>
      <h3>{title}</h3>
      <Facts>
        <Fact name="Subject">
          <ClientText text={subject} />
        </Fact>
        {names.length > 0 && (
          <Fact name="Names">
            <span class="names">
              {names.map((name) => (
                <ClientText key={name} text={name} mono />
              ))}
            </span>
          </Fact>
        )}
        <Fact name="Valid from">
          <Time value={notBefore} zone />
        </Fact>
        <Fact name="Ends">
          <span class="ends">
            <span>
              <Time value={notAfter} zone />
            </span>{' '}
            {now !== undefined && <Left seconds={(Date.parse(notAfter) - now) / 1000} />}
          </span>
        </Fact>
        <Fact name="SHA-256">
          <span class="fingerprint">
            <code>
              {pairs.map((pair, at) => (
                <Fragment key={at}>
                  {at > 0 && ':'}
                  <wbr />
                  {pair}
                </Fragment>
              ))}
            </code>
            <Copy text={pairs.join(':')} what={`the fingerprint of ${title.toLowerCase()}`} />
          </span>
        </Fact>
      </Facts>
    </section>
  );
}

function Left({ seconds }: { seconds: number }) {
  if (seconds <= 0) return <Badge tone="danger">expired</Badge>;
  const left = seconds >= 2 * DAY ? `${Math.floor(seconds / DAY).toLocaleString('en')} d` : durationText(seconds);
  return <Badge tone={seconds < SOON ? 'warning' : 'plain'}>{left} left</Badge>;
}
