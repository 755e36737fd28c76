import { useState } from 'preact/hooks';
import { useKeys, useModel } from '../model/hooks.ts';

/** On the link of each row that has the keys: it takes the focus. */
export const ROW = { 'data-row': '' } as const;

/**
 * The keys of a list: j and k, or the arrows, go from row to row, and Enter opens where the row leads. Gives the place of the
 * row that is current; -1 for none. `hrefs` are those of the rows, in their order.
 */
export function useRowKeys(hrefs: readonly string[]): number {
  const { go } = useModel();
  const [current, setCurrent] = useState(-1);
  const step = (by: number) => {
    const next = Math.max(0, Math.min(hrefs.length - 1, current + by));
    setCurrent(next);
    document.querySelectorAll<HTMLElement>('[data-row]')[next]?.focus();
  };
  const href = hrefs[current];
  useKeys({
    j: () => step(1),
    ArrowDown: () => step(1),
    k: () => step(-1),
    ArrowUp: () => step(-1),
    ...(href !== undefined && { Enter: () => go(href) }),
  });
  return current;
}
