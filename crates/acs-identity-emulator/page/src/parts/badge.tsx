import type { ComponentChildren } from 'preact';

export type Tone = 'plain' | 'good' | 'warning' | 'danger' | 'info';

export function Badge({ tone = 'plain', children }: { tone?: Tone; children: ComponentChildren }) {
  return <span class={`badge ${tone}`}>{children}</span>;
}

/** The status of a response. Without one, the connection ended. */
export function StatusBadge({ status }: { status: number | null }) {
  if (status === null) return <Badge tone="danger">dropped</Badge>;
  const tone = status < 300 ? 'good' : status < 400 ? 'info' : status < 500 ? 'warning' : 'danger';
  return <Badge tone={tone}>{status}</Badge>;
}
