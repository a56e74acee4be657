/**
 * A raw id in a row. All raw ids of a resource begin alike, and those of one day nearly so. Their beginning gives way first,
 * and then all but the last group.
 */
export function RawId({ id }: { id: string }) {
  const at = id.lastIndexOf('_') + 1;
  const last = Math.max(at, id.lastIndexOf('-') + 1);
  return (
    <span class="raw-id mono" title={id}>
      {at > 0 && <span class="raw-id-start">{id.slice(0, at)}</span>}
      {last > at && <span class="raw-id-middle">{id.slice(at, last)}</span>}
      <span class="raw-id-end">{id.slice(last)}</span>
    </span>
  );
}
