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
    if (item === undefined) {
      // What was open is gone, for example deleted, and the focus with it.
      if (former.current && document.activeElement === document.body) giveBack(former.current);
      former.current = null;
      return;
    }
    if (!panel.current?.contains(document.activeElement)) former.current = document.activeElement as HTMLElement;
    panel.current?.focus({ preventScroll: false });
  }, [item]);
  const close = () => {
    onClose();
    const back = former.current;
    // The list is shown again first on narrow screens.
    requestAnimationFrame(() => back && giveBack(back));
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
          onKeyDown={(event) => {
            if (event.key !== 'Escape' || event.defaultPrevented) return;
            // A dialog of the details closes itself.
            if (!(event.target instanceof Element && event.target.closest('dialog'))) close();
          }}
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

/** Gives the focus to an element, or to the view if the element is no longer there. */
function giveBack(element: HTMLElement) {
  if (element.isConnected) element.focus();
  if (document.activeElement === document.body) document.getElementById('main')?.focus({ preventScroll: true });
}
