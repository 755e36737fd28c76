import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { Icon } from './icon.tsx';

/** What is done less often, behind three dots: arrows move, Escape closes. */
export function Menu({ label, face, entries }: MenuProps) {
  const [isOpen, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const items = () => [...(root.current?.querySelectorAll<HTMLElement>('[role=menuitem]') ?? [])];
  useLayoutEffect(() => {
    if (!isOpen) return;
    items()[0]?.focus();
    const leave = (event: Event) => {
      if (!root.current?.contains(event.target as Node)) setOpen(false);
    };
    document.addEventListener('pointerdown', leave);
    return () => document.removeEventListener('pointerdown', leave);
  }, [isOpen]);
  const press = (event: KeyboardEvent) => {
    if (!isOpen) return;
    const all = items();
    const at = all.indexOf(document.activeElement as HTMLElement);
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) all[(at + step + all.length) % all.length]?.focus();
    else if (event.key === 'Escape') {
      setOpen(false);
      root.current?.querySelector<HTMLElement>('button')?.focus();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div class="menu" ref={root} onKeyDown={press}>
      <button
        type="button"
        class="btn"
        aria-haspopup="menu"
        aria-expanded={isOpen}
        aria-label={face === undefined || face === label ? label : `${label}: ${face}`}
        onClick={() => setOpen(!isOpen)}
      >
        {face === undefined ? (
          <Icon name="dots" size={14} />
        ) : (
          <>
            <span class="trunc">{face}</span>
            <Icon name="down" size={12} />
          </>
        )}
      </button>
      {isOpen && (
        <div role="menu" aria-label={label}>
          {entries.map(({ word, call }) => (
            <button
              type="button"
              role="menuitem"
              key={word}
              tabIndex={-1}
              onClick={() => {
                setOpen(false);
                root.current?.querySelector<HTMLElement>('button')?.focus();
                call();
              }}
            >
              {word}
            </button>
          ))}
        </div>
      )}
    </div>
  );
}

interface MenuProps {
  readonly label: string;
  /** What stands on the button; three dots where left out. */
  readonly face?: string;
  readonly entries: readonly { readonly word: string; readonly call: () => void }[];
}
