import { Copy } from '../../parts/copy';

interface Props {
  name: string;
  /** What is copied, for readers of the screen. */
  what: string;
  text: string;
  /** The part of the text that is hidden. */
  part: string;
  shown: boolean;
}

/** A text with a secret part. It can be copied without being shown. */
export function Secret({ name, what, text, part, shown }: Props) {
  return (
    <div class="secret">
      <span class="secret-name">{name}</span>
      <code class="secret-text">
        {shown ? text : text.replace(part, '')}
        {!shown && (
          <>
            <span aria-hidden="true">••••••••••••</span>
            <span class="visually-hidden">hidden</span>
          </>
        )}
      </code>
      <Copy text={text} what={what} />
    </div>
  );
}
