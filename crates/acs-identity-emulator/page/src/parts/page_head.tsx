import type { ComponentChildren } from 'preact';

/** The title of a view, and what can be done in it. */
export function PageHead({ title, children }: { title: string; children?: ComponentChildren }) {
  return (
    <div class="page-head">
      <h1>{title}</h1>
      {children && <div class="row">{children}</div>}
    </div>
  );
}

/** A part of a view. */
export function Card({
  title,
  actions,
  children,
}: {
  title: string;
  actions?: ComponentChildren;
  children: ComponentChildren;
}) {
  return (
    <section class="card">
      <div class="card-head">
        <h2>{title}</h2>
        {actions && <div class="row">{actions}</div>}
      </div>
      {children}
    </section>
  );
}

/** Names and values. */
export function Facts({ children }: { children: ComponentChildren }) {
  return <dl class="facts">{children}</dl>;
}

export function Fact({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** A text to copy. */
export function Code({ children, label }: { children: string; label: string }) {
  return (
    // A region that scrolls can be reached by the keyboard.
    <pre class="code" tabIndex={0} role="region" aria-label={label}>
      <code>{children}</code>
    </pre>
  );
}
