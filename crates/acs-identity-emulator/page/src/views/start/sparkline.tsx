import type { ComponentChildren } from 'preact';

interface Props {
  values: readonly (number | undefined)[];
  label: string;
  children?: ComponentChildren;
}

const HEIGHT = 24;
/** A single request is no mountain. */
const LEAST_TOP = 5;

/** A bar for each value. The largest one has the full height. */
export function Sparkline({ values, label }: Props) {
  const top = Math.max(LEAST_TOP, ...values.map((value) => value ?? 0));
  const bars = values
    .map((value, index) => {
      if (!value || value < 0.05) return '';
      const height = Math.max(1, (value / top) * HEIGHT);
      return `M${index + 0.1} ${HEIGHT}v${-height.toFixed(2)}h0.8V${HEIGHT}z`;
    })
    .join('');
  return (
    <svg
      class="sparkline"
      viewBox={`0 0 ${values.length} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
    >
      <path d={bars} />
    </svg>
  );
}
