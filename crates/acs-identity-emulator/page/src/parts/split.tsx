// A list with the details of one of its items: beside it on wide screens, in its place on narrow ones.
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

interface Props {
  list: ComponentChildren;
  /** The details. `null` if none is open. */
  detail: ComponentChildren | null;
  /** The title of the details. */
  title: string;
  /** Changes with the item that is open. */
  item: string | undefined;
  onClose: () => void;
}

export function Split({ list, detail, title, item, onClose }: Props) {
  const panel = useRef<HTMLElement>(null);
  const former = useRef<HTMLElement | null>(null);
  const isOpen = detail !== null;
  useEffect(() => {
    if (item === undefined) return;
    if (!panel.current?.contains(document.activeElement)) former.current = document.activeElement as HTMLElement;
    panel.current?.focus({ preventScroll: false });
  }, [item]);
  const close = () => {
    onClose();
    const back = former.current;
    // The list is shown again first on narrow screens.
    requestAnimationFrame(() => back?.isConnected && back.focus());
  };
  return (
    <div class={`split${isOpen ? ' open' : ''}`}>
      <div class="split-list">{list}</div>
      {isOpen && (
        <aside
          class="split-detail"
          ref={panel}
          tabIndex={-1}
          aria-label={title}
          onKeyDown={(event) => event.key === 'Escape' && !event.defaultPrevented && close()}
        >
          <div class="card-head">
            <h2>{title}</h2>
            <button type="button" class="close" aria-label="Close the details" onClick={close}>
              ×
            </button>
          </div>
          {detail}
        </aside>
      )}
    </div>
  );
}
