import { useRef } from 'preact/hooks';
import { PageHead } from '../../parts/page_head';
import { Empty, Loading, Problem } from '../../parts/states';
import '../../style/tokens_view.css';
import { ACCESS, ENTRA } from './explained';
import { EntraForm } from './entra_form';
import { Meanings } from './members';
import { Paste, useInspection } from './paste';
import { Result } from './result';

export function TokensView() {
  const result = useRef<HTMLElement>(null);
  return (
    <>
      <PageHead title="Tokens" />
      <div class="tokens">
        <Paste />
        <section class="tokens-result takes-focus" ref={result} tabIndex={-1} aria-label="What the token is">
          <Inspected />
        </section>
        <div class="tokens-make">
          {/* On narrow screens, the result is above the form. */}
          <EntraForm
            onLook={() => {
              result.current?.scrollIntoView();
              result.current?.focus({ preventScroll: true });
            }}
          />
        </div>
      </div>
    </>
  );
}

function Inspected() {
  const { token, value, error, reload } = useInspection();
  if (!token) {
    return (
      <div class="stack">
        <div class="card">
          <Empty title="No token yet.">
            <p>
              Paste a token to see its header, its claims, how long it is valid, and why the emulator would refuse
              it.
            </p>
          </Empty>
        </div>
        {/* Where there is room for it. */}
        <div class="columns meanings">
          <Meanings title="Claims of an access token" meanings={ACCESS} />
          <Meanings title="Claims of an Entra token" meanings={ENTRA} />
        </div>
      </div>
    );
  }
  if (error !== undefined) return <Problem error={error} retry={reload} />;
  return value ? <Result inspection={value} /> : <Loading what="what the token is" />;
}
