/** Random choices that a seed repeats (mulberry32: public domain, Tommy Ettinger). */
export interface Random {
  /** A whole number from 0 to `below` - 1. */
  int(below: number): number;
  /** A whole number from `low` to `high`. */
  between(low: number, high: number): number;
  /** True with this probability. */
  chance(probability: number): boolean;
  pick<T>(list: readonly T[]): T;
  /** A generator of its own, so that who draws more does not change what others draw. */
  fork(): Random;
}

/** The choices of one seed. */
export function randomOf(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const int = (below: number) => Math.floor(next() * below);
  return {
    int,
    between: (low, high) => low + int(high - low + 1),
    chance: (probability) => next() < probability,
    pick: (list) => list[int(list.length)] as (typeof list)[number],
    fork: () => randomOf(Math.floor(next() * 2 ** 32)),
  };
}
