// Whether the user works by keyboard. A script moves the focus to a view or to details, and browsers then show a ring around
// them until the first click, also to a user of a mouse. Only users of a keyboard need to see where they are.

const KEYS = new Set(['Tab', 'Enter', ' ', 'Escape', 'Home', 'End', 'PageUp', 'PageDown']);

const mark = (isKeyboard: boolean) => document.documentElement.classList.toggle('by-keyboard', isKeyboard);

/** Marks the document, for the style sheets. */
export function watchHand() {
  const options = { capture: true, passive: true };
  document.addEventListener(
    'keydown',
    ({ key, ctrlKey, metaKey }) => {
      // Letters and shortcuts do not show that the user moves by keyboard.
      if (!ctrlKey && !metaKey && (KEYS.has(key) || key.startsWith('Arrow'))) mark(true);
    },
    options,
  );
  document.addEventListener('pointerdown', () => mark(false), options);
}
