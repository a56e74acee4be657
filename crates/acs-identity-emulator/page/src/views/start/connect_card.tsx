// The addresses to copy, and the files that clients need.
import { Button } from '../../parts/button';
import { Check } from '../../parts/field';
import { Card } from '../../parts/page_head';
import { CopyRow } from './copy_row';
import type { Addresses, Way } from './target';

interface Props {
  addresses: Addresses;
  way: Way;
  isShown: boolean;
  onShow: (shown: boolean) => void;
  isAway: boolean;
  onAway: (away: boolean) => void;
}

export function ConnectCard({ addresses, way, isShown, onShow, isAway, onAway }: Props) {
  const { connectionString, masked, isSecret } = addresses;
  return (
    <Card title="Connect">
      <dl class="copy-rows">
        <CopyRow name="Endpoint" what="the endpoint" text={addresses.endpoint} />
        <CopyRow
          name="Connection string"
          what="the connection string"
          text={connectionString}
          shown={isShown ? connectionString : masked}
        >
          {isSecret && (
            <Button
              small
              label={isShown ? 'Hide the access key' : 'Show the access key'}
              onClick={() => onShow(!isShown)}
            >
              <span class="show-hide">{isShown ? 'Hide' : 'Show'}</span>
            </Button>
          )}
        </CopyRow>
        <Files way={way} />
      </dl>
      {way.kind !== 'proxy' && way.kind !== 'own' && (
        <Check label="The emulator runs in a container or on another machine" checked={isAway} onInput={onAway} />
      )}
    </Card>
  );
}

function Files({ way }: { way: Way }) {
  switch (way.kind) {
    case 'files':
      return (
        <>
          <CopyRow name="Certificate" what="the path of the certificate" text={way.certificate} />
          {way.bundle !== way.certificate && (
            <CopyRow name="With the roots of this machine" what="the path of the bundle" text={way.bundle} />
          )}
        </>
      );
    case 'download':
      return <CopyRow name="Get the certificate" what="the command that gets the certificate" text={way.command} />;
    case 'command':
      return <CopyRow name="Set all variables" what="the command that sets all variables" text={way.command} />;
    case 'proxy':
      return <CertificateNote>Clients see the certificate of the proxy at {way.url}.</CertificateNote>;
    case 'own':
      return <CertificateNote>Clients see your own certificate.</CertificateNote>;
  }
}

function CertificateNote({ children }: { children: (string | string[])[] | string }) {
  return (
    <div class="copy-row">
      <dt>Certificate</dt>
      <dd>{children}</dd>
    </div>
  );
}
