import type { ComponentChildren } from 'preact';
import { Copy } from '../../parts/copy';

interface Props {
  name: string;
  /** What is copied, for readers of the screen. */
  what: string;
  /** What is copied. */
  text: string;
  /** What is shown, if it is not the same. */
  shown?: string;
  /** More buttons. */
  children?: ComponentChildren;
}

/** A text with its name and a button that copies it. */
export function CopyRow({ name, what, text, shown = text, children }: Props) {
  return (
    <div class="copy-row">
      <dt>{name}</dt>
      <dd>
        <code>{shown}</code>
        <span class="row">
          {children}
          <Copy text={text} what={what} />
        </span>
      </dd>
    </div>
  );
}
