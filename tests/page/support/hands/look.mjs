// Runs in the page: where is the focus, seen from an element that the keyboard should reach?

/**
 * Returns
 * * `at`: `target`, `nowhere` (no element has the focus), `group` (the focus is in the same group of radio buttons, tabs
 *   or rows, within which arrows move it), or `elsewhere`,
 * * `way`: `before` or `after`, where the target is,
 * * `focused`: the element with the focus, in words,
 * * `invisible`: the element that had the focus before, if it looked the same as it does now.
 */
export function look(target) {
  const LISTS =
    '[role=radiogroup],[role=tablist],[role=listbox],[role=grid],[role=menu],[role=tree],[role=toolbar]';
  const INTERACTIVE = 'a[href],button,input,select,textarea,summary,[tabindex="0"]';
  const memory = (window[Symbol.for('look')] ??= {});

  const words = (element) => {
    const names = [element.getAttribute('aria-label'), element.labels?.[0]?.innerText, element.innerText];
    const name = [...names, element.getAttribute('name')].find((text) => text?.trim()) ?? '';
    return `<${element.localName}> "${name.trim().replace(/\s+/g, ' ').slice(0, 60)}"`;
  };
  // The ring may be around the element, or around a part that contains it.
  const ring = (element) => {
    const rings = [];
    for (let part = element, up = 0; part && up < 3; part = part.parentElement, up += 1) {
      const style = getComputedStyle(part);
      const outline =
        style.outlineStyle === 'none' ? '' : `${style.outlineStyle} ${style.outlineWidth} ${style.outlineColor}`;
      rings.push(outline, style.boxShadow);
    }
    return rings.join('|');
  };
  const isSameGroup = (a, b) => {
    const radios = [a, b].every((element) => element.matches('input[type=radio]'));
    if (radios) return a.name !== '' && a.name === b.name && a.form === b.form;
    const list = b.closest(LISTS);
    return list !== null && list.contains(a);
  };

  const active = document.activeElement;
  const isNowhere = active === null || active === document.body || active === document.documentElement;
  let invisible;
  const before = memory.element;
  if (
    before &&
    before !== active &&
    before.isConnected &&
    before.matches(INTERACTIVE) &&
    before.checkVisibility()
  ) {
    if (ring(before) === memory.ring) invisible = words(before);
  }
  memory.element = isNowhere ? undefined : active;
  memory.ring = isNowhere ? undefined : ring(active);

  const way =
    !isNowhere && target.compareDocumentPosition(active) & Node.DOCUMENT_POSITION_FOLLOWING ? 'before' : 'after';
  const at =
    active === target ? 'target' : isNowhere ? 'nowhere' : isSameGroup(active, target) ? 'group' : 'elsewhere';
  return { at, way, invisible, focused: isNowhere ? 'no element' : words(active) };
}

/** Returns what covers the element with the focus, in words, or `undefined`. */
export function covering(element) {
  const box = element.getBoundingClientRect();
  const [x, y] = [box.left + box.width / 2, box.top + Math.min(box.height / 2, 20)];
  if (x < 0 || y < 0 || x > innerWidth || y > innerHeight) return 'the edge of the window';
  const top = document.elementFromPoint(x, y);
  const isOwn = (part) => part.contains(element) || element.contains(part);
  const isLabel = [...(element.labels ?? [])].some((label) => label.contains(top));
  return top === null || isOwn(top) || isLabel ? undefined : `<${top.localName} class="${top.className}">`;
}

/** Returns how an element is operated: `space`, `enter`, or `option` (of a <select>). */
export function kindOf(element) {
  const role = element.getAttribute('role') ?? '';
  if (element.matches('input[type=checkbox],input[type=radio]') || /^(checkbox|radio|switch)$/.test(role))
    return 'space';
  return 'enter';
}
