import type { ComponentChildren } from 'preact';

interface Props {
  children: ComponentChildren;
  kind?: 'primary' | 'plain' | 'danger' | 'quiet';
  type?: 'button' | 'submit';
  /** Whether its action runs. The button keeps the focus, and does nothing. */
  busy?: boolean;
  disabled?: boolean;
  label?: string | undefined;
  pressed?: boolean | undefined;
  small?: boolean;
  onClick?: (event: MouseEvent) => void;
}

export function Button({
  children,
  kind = 'plain',
  type = 'button',
  busy,
  disabled,
  label,
  pressed,
  small,
  onClick,
}: Props) {
  return (
    <button
      type={type}
      class={`button ${kind}${small ? ' small' : ''}`}
      // A disabled button loses the focus, so a busy one is not disabled.
      aria-disabled={busy ? 'true' : undefined}
      aria-busy={busy ? 'true' : undefined}
      aria-pressed={pressed}
      aria-label={label}
      disabled={disabled}
      onClick={(event) => {
        if (busy) event.preventDefault();
        else onClick?.(event);
      }}
    >
      {children}
    </button>
  );
}
