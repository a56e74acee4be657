// What surrounds all views: the navigation, the state of the connection, messages.
import type { ComponentType } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { Problem } from '../parts/states';
import { timeText } from '../parts/time';
import { useStore } from '../base/store';
import { ClockView } from '../views/clock/clock_view';
import { IdentitiesView } from '../views/identities/identities_view';
import { RequestsView } from '../views/requests/requests_view';
import { StartView } from '../views/start/start_view';
import { StateView } from '../views/state/state_view';
import { TokensView } from '../views/tokens/tokens_view';
import { status, trouble } from '../state/connection';
import { Notices } from './notices';
import { linkTo, place, VIEWS, type ViewName } from '../state/router';
import { reachable, signOut } from '../base/session';

const BY_NAME: Record<ViewName, ComponentType> = {
  start: StartView,
  identities: IdentitiesView,
  requests: RequestsView,
  tokens: TokensView,
  clock: ClockView,
  state: StateView,
};

export function Shell() {
  const view = useStore(place, (place) => place.view);
  const title = VIEWS.find(({ name }) => name === view)?.title ?? '';
  const main = useRef<HTMLElement>(null);
  useEffect(() => {
    document.title = `${title} · ACS Identity emulator`;
    window.scrollTo(0, 0);
    // A reader of the screen hears the new view, also after a sign-in.
    main.current?.focus({ preventScroll: true });
  }, [view]);
  const View = BY_NAME[view];
  return (
    <div class="shell">
      <a
        class="skip"
        href="#main"
        onClick={(event) => {
          // The fragment has the view.
          event.preventDefault();
          main.current?.focus();
        }}
      >
        Skip to the content
      </a>
      <Navigation view={view} />
      <main id="main" ref={main} tabIndex={-1} aria-label={title}>
        <Banner />
        <View />
      </main>
      <Notices />
    </div>
  );
}

function Navigation({ view }: { view: ViewName }) {
  const now = useStore(status);
  const counts: Partial<Record<ViewName, number | undefined>> = {
    identities: now?.identities,
    clock: now?.faults || undefined,
  };
  return (
    <header class="side">
      <div class="brand">
        <span class="mark" aria-hidden="true" />
        <span>
          ACS Identity <small>emulator{now && ` ${now.version}`}</small>
        </span>
      </div>
      <nav aria-label="Views">
        <ul>
          {VIEWS.map(({ name, title }) => (
            <li key={name}>
              <a href={linkTo(name)} aria-current={name === view ? 'page' : undefined}>
                <span>{title}</span>
                {counts[name] !== undefined && <span class="count">{counts[name].toLocaleString('en')}</span>}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      <Clock />
      <button type="button" class="button quiet sign-out" onClick={() => signOut()}>
        Sign out
      </button>
    </header>
  );
}

/** The time of the service, if it is not the machine's. */
function Clock() {
  const clock = useStore(status, (status) => status?.clock);
  if (!clock || (!clock.frozen && clock.offsetSeconds === 0)) return null;
  return (
    <a class="side-clock" href={linkTo('clock')}>
      <span>{clock.frozen ? 'Clock frozen at (UTC)' : 'Clock set to (UTC)'}</span>
      <time dateTime={clock.now}>{timeText(clock.now)}</time>
    </a>
  );
}

function Banner() {
  const answers = useStore(reachable);
  const now = useStore(status);
  const wrong = useStore(trouble);
  if (!answers) {
    return (
      <p class="box danger" role="alert">
        The emulator does not answer. It may have been stopped. This page goes on as soon as it answers again.
      </p>
    );
  }
  if (now?.status === 'unavailable') {
    return (
      <p class="box danger" role="alert">
        The emulator cannot store anything: {now.reason}
      </p>
    );
  }
  return wrong === undefined ? null : <Problem error={wrong} />;
}
