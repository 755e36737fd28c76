import { useEffect, useRef, useState } from 'preact/hooks';
import { acknowledge } from '../model/actions.ts';
import { hrefOf } from '../model/address.ts';
import { useKeys, useModel } from '../model/hooks.ts';
import { mergeRows } from '../model/merge.ts';
import type { Incident } from '../wire/documents.ts';
import { IncidentRow } from './incident-row.tsx';
import { SilenceDialog } from './silence-dialog.tsx';

const QUIET_MS = 3000;

/** Incidents in rows. What changes in one changes in place; what would move others waits until it is asked for, or nobody is in the list. */
export function IncidentList({ incidents, onWaiting, name }: IncidentListProps) {
  const { clock, go, lastList } = useModel();
  const model = useModel();
  const list = useRef<HTMLUListElement>(null);
  const touched = useRef(0);
  const known = useRef(new Map<string, Incident>());
  const [order, setOrder] = useState<readonly string[]>(() => incidents.map(({ id }) => id));
  const [current, setCurrent] = useState<string | null>(null);
  const [silencing, setSilencing] = useState<Incident | null>(null);
  for (const one of incidents) known.current.set(one.id, one);
  const { rows, entering, waiting } = mergeRows(order, known.current, incidents);

  const apply = () => setOrder(incidents.map(({ id }) => id));
  const isBusy = () =>
    clock.now() - touched.current < QUIET_MS ||
    list.current?.contains(document.activeElement) ||
    list.current?.matches(':hover') ||
    document.querySelector('dialog[open]') !== null;
  const latest = useRef({ apply, isBusy });
  latest.current = { apply, isBusy };
  const isWaiting = waiting > 0;
  useEffect(() => {
    if (!isWaiting) return;
    if (order.length === 0) return apply();
    return clock.every(1000, () => {
      if (!latest.current.isBusy() && window.scrollY < 8) latest.current.apply();
    });
  }, [isWaiting, order]);
  useEffect(() => lastList.set(order), [order]);
  // Only when a count changes: whoever is told draws this list again.
  useEffect(() => {
    onWaiting?.(isWaiting ? { entering, waiting, apply: () => latest.current.apply() } : null);
  }, [waiting, entering]);

  const at = rows.findIndex(({ row }) => row.id === current);
  const step = (by: number) => {
    const next = rows[Math.max(0, Math.min(rows.length - 1, at === -1 ? 0 : at + by))];
    if (next === undefined) return;
    touched.current = clock.now();
    setCurrent(next.row.id);
    const link = list.current?.querySelector<HTMLElement>(`[data-id="${CSS.escape(next.row.id)}"] a`);
    link?.focus();
    link?.scrollIntoView({ block: 'nearest' });
  };
  const one = rows[at]?.row;
  useKeys({
    j: () => step(1),
    ArrowDown: () => step(1),
    k: () => step(-1),
    ArrowUp: () => step(-1),
    Escape: () => {
      setCurrent(null);
      (document.activeElement as HTMLElement | null)?.blur();
    },
    '.': apply,
    ...(one && {
      Enter: () => go(hrefOf('incidents', one.id)),
      o: () => window.open(hrefOf('incidents', one.id), '_blank', 'noopener'),
      a: () => void acknowledge(model, one),
      s: () => setSilencing(one),
    }),
  });
  return (
    <>
      <ul
        class="list"
        ref={list}
        aria-label={name}
        onPointerMove={() => {
          touched.current = clock.now();
        }}
        onFocusIn={(event) => {
          const id = (event.target as HTMLElement).closest<HTMLElement>('[data-id]')?.dataset.id;
          if (id !== undefined) setCurrent(id);
        }}
      >
        {rows.map(({ row, isGone }) => (
          <IncidentRow key={row.id} incident={row} isCurrent={row.id === current} isGone={isGone} />
        ))}
      </ul>
      {silencing !== null && <SilenceDialog incident={silencing} onClose={() => setSilencing(null)} />}
    </>
  );
}

/** What waits to be applied to a list. */
export interface Waiting {
  readonly entering: number;
  readonly waiting: number;
  readonly apply: () => void;
}

interface IncidentListProps {
  readonly incidents: readonly Incident[];
  /** Told what waits, for the button in the head. */
  readonly onWaiting?: (waiting: Waiting | null) => void;
  readonly name: string;
}

/** The button behind which new rows wait. */
export function WaitingButton({ waiting }: { readonly waiting: Waiting | null }) {
  if (waiting === null) return null;
  const { entering, waiting: count, apply } = waiting;
  return (
    <button type="button" class="btn sm pri pill" onClick={apply} aria-keyshortcuts=".">
      {entering > 0 ? `${entering} new` : `${count} changed`}
    </button>
  );
}
