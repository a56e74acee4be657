// Times as users write them.

/**
 * Returns a time of RFC 3339 for `2030-01-31`, `2030-01-31 09:00` and `2030-01-31T09:00:00`, which are UTC. Other texts are
 * returned as they are, because the emulator knows which of them it takes.
 */
export function timeOf(text: string): string {
  const found = /^(\d{4}-\d\d-\d\d)(?:[T ]+(\d\d:\d\d)(:\d\d(?:\.\d+)?)?)? ?(Z|UTC|[+-]\d\d:\d\d)?$/i.exec(
    text.trim(),
  );
  if (!found) return text.trim();
  const [, day, minute = '00:00', seconds = ':00', zone = 'Z'] = found;
  return `${day}T${minute}${seconds}${zone.toUpperCase() === 'UTC' ? 'Z' : zone}`;
}

/** Returns the value of a field of the kind `datetime-local` that shows the same time in UTC. Browsers leave out `:00`. */
export function pickedOf(text: string): string {
  const time = Date.parse(timeOf(text));
  return text.trim() === '' || Number.isNaN(time)
    ? ''
    : new Date(time).toISOString().slice(0, 19).replace(/:00$/, '');
}
