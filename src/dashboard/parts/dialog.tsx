import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';

/** A dialog: Escape and a click beside it close it, the focus starts in its first field and goes back to where it was. */
export function Dialog({ title, onClose, children, footer, wide = false }: DialogProps) {
  const element = useRef<HTMLDialogElement>(null);
  // Before the next key can come, which is meant for the dialog and no shortcut of the page.
  useLayoutEffect(() => {
    const opener = document.activeElement as HTMLElement | null;
    const dialog = element.current;
    dialog?.showModal();
    dialog?.querySelector<HTMLElement>('[autofocus], .in input, .in textarea, .in select, .in button')?.focus();
    return () => {
      dialog?.close();
      if (opener?.isConnected) opener.focus();
      else document.getElementById('main')?.focus();
    };
  }, []);
  return (
    <dialog
      ref={element}
      class={wide ? 'wide' : ''}
      aria-label={title}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onMouseDown={(event) => event.target === element.current && onClose()}
    >
      <header>
        <h2>{title}</h2>
      </header>
      {children}
      {footer !== undefined && <footer>{footer}</footer>}
    </dialog>
  );
}

interface DialogProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
  readonly footer?: ComponentChildren;
  readonly wide?: boolean;
}
