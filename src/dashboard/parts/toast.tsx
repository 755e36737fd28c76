import { useEffect, useState } from 'preact/hooks';
import { useCell, useModel } from '../model/hooks.ts';
import { shown } from '../words/outside.ts';

const SHOWN_MS = 6000;

/** What was done, with the way to undo it, for a while; what failed stays until it is closed. */
export function ToastArea() {
  const { toast, clock } = useModel();
  const told = useCell(toast);
  const [isHeld, setHeld] = useState(false);
  useEffect(() => {
    if (told === null || told.isError || isHeld) return;
    return clock.after(SHOWN_MS, () => toast.set(null));
  }, [told, isHeld, clock, toast]);
  const hold = (held: boolean) => () => setHeld(held);
  return (
    <div class="toasts" role={told?.isError ? 'alert' : 'status'}>
      {told !== null && (
        <div
          class={`toast${told.isError ? ' err' : ''}`}
          onMouseEnter={hold(true)}
          onMouseLeave={hold(false)}
          onFocusIn={hold(true)}
          onFocusOut={hold(false)}
        >
          <span>{shown(told.text)}</span>
          {told.action && (
            <button
              type="button"
              onClick={() => {
                toast.set(null);
                setHeld(false);
                told.action?.call();
              }}
            >
              {told.action.word}
            </button>
          )}
          {told.isError && (
            <button type="button" onClick={() => toast.set(null)}>
              Close
            </button>
          )}
        </div>
      )}
    </div>
  );
}
