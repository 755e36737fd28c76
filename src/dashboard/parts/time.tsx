import { useEffect, useRef } from 'preact/hooks';
import { useCell, useModel } from '../model/hooks.ts';
import { nextChange, spanText } from '../words/ages.ts';

/** How long ago something was, which goes on counting by itself: only the text of the cell changes. */
export function Age({ at, suffix = '', class: name }: AgeProps) {
  const { clock, times, say } = useModel();
  const zone = useCell(times);
  const cell = useRef<HTMLTimeElement>(null);
  const time = at === null || at === undefined ? Number.NaN : Date.parse(at);
  useEffect(() => {
    if (!Number.isFinite(time)) return;
    let cancel = () => {};
    const write = () => {
      const age = clock.now() - time;
      if (cell.current !== null) {
        const text = `${spanText(age)}${suffix}`;
        if (cell.current.textContent !== text) cell.current.textContent = text;
      }
      cancel = clock.after(Math.max(250, nextChange(age)), write);
    };
    write();
    return () => cancel();
  }, [time, suffix, clock]);
  if (!Number.isFinite(time)) return <span class={name}>—</span>;
  const copy = () =>
    void navigator.clipboard?.writeText(new Date(time).toISOString()).then(() => say({ text: 'Time copied' }));
  return (
    <time
      ref={cell}
      class={name}
      dateTime={new Date(time).toISOString()}
      title={`${zone.full(time)}, a double click copies it`}
      onDblClick={copy}
    >
      {`${spanText(clock.now() - time)}${suffix}`}
    </time>
  );
}

interface AgeProps {
  readonly at: string | null | undefined;
  readonly suffix?: string;
  readonly class?: string;
}

/** How long until something is. */
export function Left({ until, suffix = '' }: { readonly until: string | null; readonly suffix?: string }) {
  const { clock, times } = useModel();
  const zone = useCell(times);
  if (until === null) return <span>—</span>;
  const time = Date.parse(until);
  return (
    <time dateTime={until} title={zone.full(time)}>
      {`${spanText(time - clock.now())}${suffix}`}
    </time>
  );
}

/** A moment by the clock, with its date where that is not today. */
export function Moment({ at }: { readonly at: string | null | undefined }) {
  const { clock, times } = useModel();
  const zone = useCell(times);
  if (!at) return <span>—</span>;
  const time = Date.parse(at);
  return (
    <time dateTime={at} title={zone.full(time)}>
      {zone.clockOrDay(time, clock.now())}
    </time>
  );
}
