import type { RequestEntry } from '../../api/requests';
import { StatusBadge } from '../../parts/badge';
import { ClientText } from '../../parts/client_text';
import { shortened } from '../../parts/shortened';
import { clockText, microsText } from '../../parts/time';
import type { Column } from '../../parts/virtual_table';
import { AUTHENTICATIONS } from './words';

export const COLUMNS: readonly Column<RequestEntry>[] = [
  {
    title: 'Time',
    // Narrow lists leave out the milliseconds.
    width: 'var(--time-width)',
    cell: ({ time }) => <Moment time={time} />,
  },
  { title: 'Method', width: 'var(--method-width)', cell: ({ method }) => <ClientText text={method} max={8} /> },
  { title: 'Path', width: 'minmax(0, 3fr)', cell: ({ path }) => <Path path={path} /> },
  { title: 'Status', width: '4.2rem', cell: ({ status }) => <StatusBadge status={status} /> },
  {
    title: 'Code',
    width: '10rem',
    broadOnly: true,
    cell: ({ code }) => code && <ClientText text={code} max={40} />,
  },
  {
    title: 'Operation',
    width: 'minmax(9rem, 1fr)',
    wideOnly: true,
    cell: ({ operation }) => operation ?? <span class="quiet">–</span>,
  },
  {
    title: 'Took',
    width: '5rem',
    wideOnly: true,
    end: true,
    cell: ({ microseconds }) => microsText(microseconds),
  },
  {
    title: 'Authentication',
    width: '8.2rem',
    wideOnly: true,
    cell: ({ authentication }) =>
      authentication ? AUTHENTICATIONS[authentication] : <span class="quiet">none</span>,
  },
  {
    title: 'Identity',
    width: '9rem',
    broadOnly: true,
    cell: ({ identity }) => identity && <Short text={identity} />,
  },
  {
    title: 'User agent',
    width: 'minmax(0, 1.6fr)',
    wideOnly: true,
    cell: ({ userAgent }) => <ClientText text={userAgent} max={160} />,
  },
];

function Moment({ time }: { time: string }) {
  const text = clockText(time);
  return (
    <time class="moment" dateTime={time}>
      {text.slice(0, 8)}
      <span class="millis">{text.slice(8)}</span>
    </time>
  );
}

/** Very narrow lists show the end of a path, which says more than its beginning. */
function Path({ path }: { path: string | null }) {
  const end = path === null || path.length < 24 ? -1 : path.lastIndexOf('/');
  if (path === null || end < 1 || path.length - end > 32) return <Short text={path} />;
  return (
    <>
      <span class="whole-path">
        <Short text={path} />
      </span>
      <span class="path-end">
        <ClientText text={`…${path.slice(end)}`} mono />
      </span>
    </>
  );
}

/** A path or an id with what tells its raw ids apart. The title has all. */
function Short({ text }: { text: string | null }) {
  if (text === null) return <ClientText text={text} />;
  const short = shortened(text);
  return <ClientText text={short} max={260} mono {...(short !== text && { whole: text })} />;
}
