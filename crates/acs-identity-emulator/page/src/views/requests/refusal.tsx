// Why a request was refused, and what to do.
import { linkTo } from '../../state/router';
import type { RefusedSignature, RequestEntry } from '../../api/requests';
import { Badge } from '../../parts/badge';
import { ClientText } from '../../parts/client_text';
import { StringToSign } from './string_to_sign';
import { MISTAKES } from './words';

export function Refusal({ entry }: { entry: RequestEntry }) {
  const { signature, status, code, reason, fault } = entry;
  if (signature) {
    return (
      <>
        <Mistake signature={signature} reason={reason} />
        {signature.stringToSign !== null && <StringToSign text={signature.stringToSign} />}
      </>
    );
  }
  if (fault !== null) {
    return (
      <section class="why">
        <h3>A fault hit this request</h3>
        <p>
          {status === null
            ? 'The connection ended without a response.'
            : 'The fault may have changed the response.'}{' '}
          <a href={linkTo('clock', fault)}>Look at the fault {fault}</a>
        </p>
        {code !== null && <Reason code={code} reason={reason} />}
      </section>
    );
  }
  if (status === null) {
    return (
      <section class="why">
        <h3>The connection ended without a response</h3>
        <p>The client may have closed it, or the emulator was stopped meanwhile.</p>
        {code !== null && <Reason code={code} reason={reason} />}
      </section>
    );
  }
  if (code === null) return null;
  return (
    <section class="why">
      <h3>Why it was refused</h3>
      <Reason code={code} reason={reason} />
    </section>
  );
}

function Reason({ code, reason }: { code: string; reason: string | null }) {
  return (
    <p>
      <Badge>
        <ClientText text={code} max={60} mono />
      </Badge>{' '}
      {reason !== null && <ClientText text={sentence(reason)} max={400} />}
    </p>
  );
}

function Mistake({ signature, reason }: { signature: RefusedSignature; reason: string | null }) {
  const { mistake, explanation } = signature;
  const known = mistake === null ? undefined : MISTAKES[mistake];
  if (mistake === null) {
    return (
      <section class="why">
        <h3>The signature does not match, and no known mistake explains it</h3>
        <p>
          <strong>What to do:</strong> Compare the connection string of the client with that of the view{' '}
          <a href={linkTo('start')}>Start</a>. If it is the same, compare the string that the client signs with the
          one below, character by character.
        </p>
        {reason !== null && (
          <p>
            <strong>In the log:</strong> <ClientText text={reason} max={400} />
          </p>
        )}
      </section>
    );
  }
  return (
    <section class="why">
      <h3>
        {known?.title ?? 'A mistake in the signature'}{' '}
        <Badge>
          <code>{mistake}</code>
        </Badge>
      </h3>
      <p>{explanation}</p>
      {known && (
        <p>
          <strong>What to do:</strong> {known.todo}
        </p>
      )}
    </section>
  );
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
