// The string that a client should have signed: its lines, what separates them, and what each means.
import type { ComponentChildren } from 'preact';
import { ClientText } from '../../parts/client_text';
import { Copy } from '../../parts/copy';

/** The hash of an empty body (docs/service.md, section 2.1). */
const EMPTY = '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=';

/** The log cuts the string after so many bytes. */
const LONGEST = 352;

export function StringToSign({ text }: { text: string }) {
  const [method = '', target, values] = split(text);
  const isCut = new TextEncoder().encode(text).length >= LONGEST - 3;
  return (
    <section class="stack to-sign">
      <div class="card-head">
        <h3>The string to sign</h3>
        <Copy text={text} what="the string to sign" />
      </div>
      <ol>
        <Line text={method} end={target !== undefined}>
          The method, in upper case.
        </Line>
        {target !== undefined && (
          <Line text={target} end={values !== undefined}>
            The path and query as they are sent, with the percent-encoding and without the host.
            {target.includes('…') && ' … stands for a value that the log does not keep.'}
          </Line>
        )}
        {values !== undefined && (
          <li>
            <Values text={values} />
            <p class="hint">
              The values of the signed headers, in the order of SignedHeaders. Semicolons join them. There is no
              line end after this line.
            </p>
          </li>
        )}
      </ol>
      {isCut && <p class="hint">The log keeps the first {LONGEST} bytes. The rest is not shown.</p>}
    </section>
  );
}

/** Only the first two line ends separate lines. */
function split(text: string): string[] {
  const [method = '', target, ...rest] = text.split('\n');
  return [method, ...(target === undefined ? [] : [target]), ...(rest.length > 0 ? [rest.join('\n')] : [])];
}

function Line({ text, end, children }: { text: string; end: boolean; children: ComponentChildren }) {
  return (
    <li>
      <p class="mono">
        <ClientText text={text} max={LONGEST * 2} />
        {end && <Separator title="Line end: \n">LF</Separator>}
      </p>
      <p class="hint">{children}</p>
    </li>
  );
}

function Values({ text }: { text: string }) {
  const values = text.split(';');
  return (
    <dl>
      {values.map((value, index) => (
        <div key={index}>
          <dd class="mono">
            <ClientText text={value} max={LONGEST * 2} />
            {index < values.length - 1 && <Separator title="Semicolon">;</Separator>}
          </dd>
          <dt class="hint">{meaningOf(value)}</dt>
        </div>
      ))}
    </dl>
  );
}

/** The string has no names of headers, so the form of a value says what it is. */
function meaningOf(value: string): string {
  if (value === '…') return 'Another header. The log does not keep its value.';
  if (/^[A-Z][a-z]{2}, \d/.test(value)) return 'The date, as in x-ms-date or Date';
  if (value === EMPTY) return 'x-ms-content-sha256: the hash of an empty body';
  if (/^[A-Za-z0-9+/]{43}=$/.test(value)) return 'x-ms-content-sha256: the hash of the body';
  return 'The host, as in the Host header';
}

function Separator({ title, children }: { title: string; children: string }) {
  return (
    <span class="separator" title={title}>
      {children}
    </span>
  );
}
