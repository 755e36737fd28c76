import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Shown } from '../model/hooks.ts';
import { useModel } from '../model/hooks.ts';
import type { Failure } from '../wire/answer.ts';
import type { IconName } from '../words/icons.ts';
import { shown } from '../words/outside.ts';
import { Icon } from './icon.tsx';

/** A part of a page with its title. */
export function Panel({ title, count, side, children, label }: PanelProps) {
  return (
    <section class="panel" aria-label={label ?? title}>
      <header>
        <h2>{title}</h2>
        {count !== undefined && <span class="count">{count}</span>}
        {side !== undefined && <span class="side-of">{side}</span>}
      </header>
      {children}
    </section>
  );
}

interface PanelProps {
  readonly title: string;
  readonly count?: ComponentChildren;
  readonly side?: ComponentChildren;
  readonly label?: string;
  readonly children?: ComponentChildren;
}

/** What stands in a panel that has nothing to show: what it is, and how to begin. */
export function Empty({ icon, title, isPage = false, children }: EmptyProps) {
  return (
    <div class="empty">
      {icon && <Icon name={icon} size={28} />}
      {isPage ? <h1>{title}</h1> : <h3>{title}</h3>}
      {children}
    </div>
  );
}

interface EmptyProps {
  readonly icon?: IconName;
  readonly title: string;
  /** It stands in place of a whole page. */
  readonly isPage?: boolean;
  readonly children?: ComponentChildren;
}

/** What failed, what the hub said, and what can be done. */
export function Failed({
  what,
  failure,
  retry,
}: {
  readonly what: string;
  readonly failure: Failure;
  readonly retry: () => void;
}) {
  return (
    <div class="failed" role="status">
      <p>
        Could not load {what}. {shown(failure.text)}
      </p>
      <button type="button" class="btn sm" onClick={retry}>
        Retry
      </button>
    </div>
  );
}

/** Grey bars in the shape of the rows to come, once it has lasted long enough to be seen. */
export function Bars({ rows, height }: { readonly rows: number; readonly height: number }) {
  const { clock } = useModel();
  const [isLate, setLate] = useState(false);
  useEffect(() => clock.after(150, () => setLate(true)), [clock]);
  return (
    <div class="waiting" aria-busy="true" style={{ minHeight: `${rows * height}px` }}>
      <span class="vh">Loading</span>
      {isLate &&
        Array.from({ length: rows }, (_, index) => <div key={index} class="bar" style={{ height: `${height}px` }} />)}
    </div>
  );
}

/** A document where it is shown: bars while it is read for the first time, what failed in its place, or what it holds. */
export function Loaded<T>({ of, what, rows = 4, height = 53, children }: LoadedProps<T>) {
  if (of.value !== undefined) return <>{children(of.value)}</>;
  if (of.failure !== null) return <Failed what={what} failure={of.failure} retry={of.retry} />;
  return <Bars rows={rows} height={height} />;
}

interface LoadedProps<T> {
  readonly of: Shown<T>;
  /** What could not be loaded: `incidents`. */
  readonly what: string;
  readonly rows?: number;
  readonly height?: number;
  readonly children: (value: T) => ComponentChildren;
}
