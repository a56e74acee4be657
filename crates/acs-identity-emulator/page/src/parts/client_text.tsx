// Texts that clients chose: custom ids, user agents, paths. They are shown as they are, but cannot disturb the page.

/** Control characters, marks that change the direction of text, and characters without a glyph. */
const UNSEEN =
  // eslint-disable-next-line no-control-regex
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]|\udb40[\udc00-\udfff]/g;

/** Returns the text with such characters as escapes, for example `\u202e`. */
export function visible(text: string): string {
  return text.replace(UNSEEN, (found) => `\\u{${(found.codePointAt(0) ?? 0).toString(16)}}`);
}

interface Props {
  text: string | null | undefined;
  /** How many characters are shown. The title has 1,000. */
  max?: number;
  mono?: boolean;
  /** The whole text, if only a part is shown. */
  whole?: string;
}

const TITLE = 1_000;

export function ClientText({ text, max = 200, mono, whole }: Props) {
  if (text === null || text === undefined) return <span class="quiet">–</span>;
  if (text === '') return <span class="quiet">(empty)</span>;
  const shown = visible(text.slice(0, TITLE + 1));
  const cut = shown.length > max || text.length > TITLE;
  return (
    <bdi
      class={`client-text${mono ? ' mono' : ''}`}
      title={whole ? visible(whole.slice(0, TITLE)) : cut ? shown.slice(0, TITLE) : undefined}
    >
      {cut ? `${shown.slice(0, max)}…` : shown}
    </bdi>
  );
}
