// A table of any number of rows of one height. Only the rows in sight are in the document.
import type { ComponentChildren } from 'preact';
import { useEffect, useId, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { find, useAnchor } from './anchor';

export interface Column<T> {
  title: string;
  /** A track of the CSS grid, for example `minmax(10rem, 2fr)`. */
  width: string;
  cell: (row: T) => ComponentChildren;
  /** Numbers stand on the right. */
  end?: boolean;
  /** Whether narrow lists leave it out. */
  wideOnly?: boolean;
  /** Whether only very wide lists show it. */
  broadOnly?: boolean;
}

interface Props<T> {
  label: string;
  columns: readonly Column<T>[];
  rows: readonly T[];
  keyOf: (row: T) => string;
  /** The key of the open row. */
  open?: string | undefined;
  onOpen: (row: T) => void;
  /** Called when the end comes near. */
  onEnd?: () => void;
  /** The number of all rows, if more can be loaded. */
  total?: number | undefined;
  /** New rows come on top. While the list is scrolled down, the rows in sight stay where they are. */
  anchored?: boolean;
  rowClass?: (row: T) => string;
}

const HEIGHT = 34;
/** The head stays in sight above the rows. */
const HEAD = 32;
const MORE = 12;

export function VirtualTable<T>(props: Props<T>) {
  const { label, columns, rows, keyOf, open, onOpen, onEnd, total, anchored, rowClass } = props;
  const grid = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ top: 0, height: 800 });
  const [active, setActive] = useState<string | undefined>(undefined);
  const id = useId();
  const firstKey = rows[0] && keyOf(rows[0]);
  const measure = () => {
    const element = grid.current;
    if (element) setView({ top: element.scrollTop, height: element.clientHeight - HEAD });
  };
  const anchor = useAnchor({
    isOn: anchored === true,
    body: grid,
    rows,
    keyOf,
    height: HEIGHT,
    // The keyboard works on a row: it stays, even at the top. The first row is always the newest one.
    stays: (first) => active !== undefined && active !== first && grid.current === document.activeElement,
    moved: (first) => {
      if (first === undefined) measure();
      else if (active === first) setActive(firstKey);
    },
  });

  useLayoutEffect(() => {
    measure();
    const observer = new ResizeObserver(measure);
    if (grid.current) observer.observe(grid.current);
    return () => observer.disconnect();
  }, []);

  const first = Math.max(0, Math.floor(view.top / HEIGHT) - MORE);
  const last = Math.min(rows.length, Math.ceil((view.top + view.height) / HEIGHT) + MORE);
  useEffect(() => {
    if (onEnd && last >= rows.length - MORE) onEnd();
  }, [last, rows.length, onEnd]);

  const move = (wanted: number) => {
    const to = Math.min(Math.max(wanted, 0), rows.length - 1);
    const row = rows[to];
    const element = grid.current;
    if (!row || !element) return;
    setActive(keyOf(row));
    const top = to * HEIGHT;
    const room = element.clientHeight - HEAD;
    if (top < element.scrollTop) element.scrollTop = top;
    else if (top + HEIGHT > element.scrollTop + room) element.scrollTop = top + HEIGHT - room;
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const at = find(rows, keyOf, active, first);
    const page = Math.max(1, Math.floor(view.height / HEIGHT) - 1);
    const targets: Record<string, number> = {
      ArrowDown: at + 1,
      ArrowUp: at < 0 ? 0 : at - 1,
      PageDown: at + page,
      PageUp: at - page,
      Home: 0,
      End: rows.length - 1,
    };
    const to = targets[event.key];
    if (to !== undefined) move(to);
    else if ((event.key === 'Enter' || event.key === ' ') && rows[at]) onOpen(rows[at]);
    else return;
    event.preventDefault();
  };

  const shown = rows.slice(first, last);
  const activeIsShown = shown.some((row) => keyOf(row) === active);
  const tracksOf = (isShown: (column: Column<T>) => boolean) =>
    columns
      .filter(isShown)
      .map((column) => column.width)
      .join(' ');
  const tracks = {
    '--tracks': tracksOf((column) => !column.broadOnly),
    '--narrow-tracks': tracksOf((column) => !column.broadOnly && !column.wideOnly),
    '--broad-tracks': tracksOf(() => true),
  } as Record<string, string>;
  const cellClass = ({ end, wideOnly, broadOnly }: Column<T>) =>
    `cell${end ? ' end' : ''}${wideOnly ? ' wide-only' : ''}${broadOnly ? ' broad-only' : ''}`;
  return (
    <div class="virtual-frame">
      <div
        class="virtual"
        ref={grid}
        role="grid"
        aria-label={label}
        aria-rowcount={(total ?? rows.length) + 1}
        aria-activedescendant={activeIsShown ? `${id}-${active}` : undefined}
        tabIndex={0}
        style={tracks}
        onKeyDown={onKeyDown}
        onFocus={() => active === undefined && rows[0] && setActive(firstKey)}
        onScroll={() => {
          measure();
          anchor.hold(grid.current?.scrollTop ?? 0);
        }}
      >
        <div class="virtual-head" role="row" aria-rowindex={1}>
          {columns.map((column) => (
            <div key={column.title} role="columnheader" class={cellClass(column)}>
              {column.title}
            </div>
          ))}
        </div>
        <div class="virtual-body" role="rowgroup">
          <div class="virtual-space" role="presentation" style={{ height: `${rows.length * HEIGHT}px` }}>
            {shown.map((row, index) => {
              const key = keyOf(row);
              const state = `${key === open ? ' open' : ''}${key === active ? ' active' : ''} ${rowClass?.(row) ?? ''}`;
              return (
                <div
                  key={key}
                  id={`${id}-${key}`}
                  role="row"
                  class={`virtual-row${state}`}
                  aria-rowindex={first + index + 2}
                  aria-selected={key === open}
                  style={{ transform: `translateY(${(first + index) * HEIGHT}px)` }}
                  onClick={() => {
                    setActive(key);
                    onOpen(row);
                  }}
                >
                  {columns.map((column) => (
                    <div key={column.title} role="gridcell" class={cellClass(column)}>
                      {column.cell(row)}
                    </div>
                  ))}
                </div>
              );
            })}
          </div>
        </div>
      </div>
      {anchored && view.top > 0 && (
        <button
          type="button"
          class="button small to-top"
          onClick={() => {
            if (grid.current) grid.current.scrollTop = 0;
            setActive(undefined);
            grid.current?.focus();
          }}
        >
          {anchor.above > 0 ? `Show ${anchor.above.toLocaleString('en')} new` : 'Show the newest'}
        </button>
      )}
    </div>
  );
}
