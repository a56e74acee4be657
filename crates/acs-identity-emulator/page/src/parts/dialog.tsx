// A modal dialog. The browser keeps the focus inside, and gives it back when the dialog is closed.
import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { useAction } from '../state/use_action';
import { Button } from './button';
import { Problem } from './states';

interface Props {
  title: string;
  children: ComponentChildren;
  onClose: () => void;
  wide?: boolean;
}

export function Dialog({ title, children, onClose, wide }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const element = dialog.current;
    const former = document.activeElement;
    element?.showModal();
    return () => {
      element?.close();
      if (former instanceof HTMLElement && former.isConnected) former.focus();
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      class={wide ? 'wide' : ''}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => event.target === dialog.current && onClose()}
    >
      <div class="dialog">
        <h2 id={id}>{title}</h2>
        {children}
      </div>
    </dialog>
  );
}

interface ConfirmProps {
  title: string;
  children: ComponentChildren;
  /** The text of the button that does it. */
  action: string;
  danger?: boolean;
  work: () => Promise<void>;
  onClose: () => void;
}

/** Asks before an action. It closes when the action has succeeded. */
export function Confirm({ title, children, action, danger = true, work, onClose }: ConfirmProps) {
  const running = useAction(work);
  return (
    <Dialog title={title} onClose={onClose}>
      <div class="stack">{children}</div>
      {running.error !== undefined && <Problem error={running.error} />}
      <div class="row end">
        <Button onClick={onClose}>Cancel</Button>
        <Button
          kind={danger ? 'danger' : 'primary'}
          busy={running.busy}
          onClick={() => void running.run().then((done) => done && onClose())}
        >
          {action}
        </Button>
      </div>
    </Dialog>
  );
}
