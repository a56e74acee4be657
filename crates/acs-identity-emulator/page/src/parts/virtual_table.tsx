// A table of any number of rows of one height. Only the rows in sight are in the document.
import type { ComponentChildren } from 'preact';
import { useEffect, useId, useLayoutEffect, useRef, useState } from 'preact/hooks';

export interface Column<T> {
  title: string;
  /** A track of the CSS grid, for example `minmax(10rem, 2fr)`. */
  width: string;
  cell: (row: T) => ComponentChildren;
  /** Numbers stand on the right. */
  end?: boolean;
  /** Whether narrow screens leave it out. */
  wideOnly?: boolean;
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
  /** Keeps the rows in sight where they are when rows are added above. */
  anchored?: boolean;
  rowClass?: (row: T) => string;
}

const HEIGHT = 34;
const MORE = 12;

export function VirtualTable<T>(props: Props<T>) {
  const { label, columns, rows, keyOf, open, onOpen, onEnd, total, anchored, rowClass } = props;
  const body = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ top: 0, height: 800 });
  const [active, setActive] = useState<string | undefined>(undefined);
  const id = useId();
  const firstKey = rows[0] && keyOf(rows[0]);
  const anchor = useRef<{ key: string | undefined; count: number }>({ key: firstKey, count: rows.length });

  useLayoutEffect(() => {
    const element = body.current;
    if (!element) return undefined;
    const measure = () => setView({ top: element.scrollTop, height: element.clientHeight });
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  useLayoutEffect(() => {
    const element = body.current;
    const { key } = anchor.current;
    anchor.current = { key: firstKey, count: rows.length };
    if (!anchored || !element || element.scrollTop === 0 || key === undefined || key === firstKey) return;
    const added = rows.findIndex((row) => keyOf(row) === key);
    if (added > 0) element.scrollTop += added * HEIGHT;
  }, [firstKey]);

  const first = Math.max(0, Math.floor(view.top / HEIGHT) - MORE);
  const last = Math.min(rows.length, Math.ceil((view.top + view.height) / HEIGHT) + MORE);
  useEffect(() => {
    if (onEnd && last >= rows.length - MORE) onEnd();
  }, [last, rows.length, onEnd]);

  const indexOf = (key: string | undefined) =>
    key === undefined ? -1 : rows.findIndex((row) => keyOf(row) === key);
  const move = (to: number) => {
    const row = rows[Math.min(Math.max(to, 0), rows.length - 1)];
    const element = body.current;
    if (!row || !element) return;
    setActive(keyOf(row));
    const top = rows.indexOf(row) * HEIGHT;
    if (top < element.scrollTop) element.scrollTop = top;
    else if (top + HEIGHT > element.scrollTop + element.clientHeight)
      element.scrollTop = top + HEIGHT - element.clientHeight;
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const at = indexOf(active);
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
  const template = columns.map((column) => column.width).join(' ');
  const narrow = columns
    .filter((column) => !column.wideOnly)
    .map((column) => column.width)
    .join(' ');
  const tracks = { '--tracks': template, '--narrow-tracks': narrow } as Record<string, string>;
  const cellClass = (column: Column<T>) => `cell${column.end ? ' end' : ''}${column.wideOnly ? ' wide-only' : ''}`;
  return (
    <div
      class="virtual"
      role="grid"
      aria-label={label}
      aria-rowcount={(total ?? rows.length) + 1}
      aria-activedescendant={activeIsShown ? `${id}-${active}` : undefined}
      tabIndex={0}
      style={tracks}
      onKeyDown={onKeyDown}
      onFocus={() => active === undefined && rows[0] && setActive(firstKey)}
    >
      <div class="virtual-head" role="row" aria-rowindex={1}>
        {columns.map((column) => (
          <div key={column.title} role="columnheader" class={cellClass(column)}>
            {column.title}
          </div>
        ))}
      </div>
      <div
        class="virtual-body"
        role="rowgroup"
        ref={body}
        // The grid takes the focus, and scrolls by its keys.
        tabIndex={-1}
        onScroll={(event) =>
          setView({ top: event.currentTarget.scrollTop, height: event.currentTarget.clientHeight })
        }
      >
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
  );
}
