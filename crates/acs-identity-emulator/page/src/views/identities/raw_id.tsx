/** A raw id in a row. All raw ids of a resource begin alike, so their beginning gives way first. */
export function RawId({ id }: { id: string }) {
  const at = id.lastIndexOf('_') + 1;
  return (
    <span class="raw-id mono" title={id}>
      {at > 0 && <span class="raw-id-start">{id.slice(0, at)}</span>}
      <span class="raw-id-end">{id.slice(at)}</span>
    </span>
  );
}
