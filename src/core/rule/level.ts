/** What a condition says at one moment: it holds, it does not, or there is nothing to tell it by. */
export type Truth = boolean | null;

/** What one level of a rule is at, for one group. Times are UTC milliseconds. */
export interface LevelState {
  /** `pending` until it has held for `for`; `kept` while an end waits for `keep_firing_for`. */
  readonly phase: 'ok' | 'pending' | 'firing' | 'kept';
  /** When it began to hold; 0 while it is ok. */
  readonly since: number;
  /** When it ceased to hold, while it is kept; else 0. */
  readonly endedAt: number;
  /** When it was last known whether it holds. */
  readonly knownAt: number;
  /** Since when nothing is known while it fires; null while something is. */
  readonly unknownSince: number | null;
}

/** How long what must last. */
export interface Timing {
  readonly forMs: number;
  readonly keepMs: number;
  /** What it means that there is nothing to tell it by: all stays as it is, it does not hold, or it holds. */
  readonly onMissing: 'keep' | 'ok' | 'alert';
  /** Nothing is known for so long: then it has ended, for too little happens; null for never. */
  readonly unknownEndsMs: number | null;
}

/** Before anything was judged. */
export const QUIET: LevelState = { phase: 'ok', since: 0, endedAt: 0, knownAt: 0, unknownSince: null };

/** Whether people are to be told of it. */
export function isUp({ phase }: LevelState): boolean {
  return phase === 'firing' || phase === 'kept';
}

/** The state after the tick `at`. It does not begin to fire before `notBefore`. */
export function nextLevel(state: LevelState, truth: Truth, at: number, timing: Timing, notBefore = 0): LevelState {
  const { onMissing, forMs, keepMs, unknownEndsMs } = timing;
  const holds = truth ?? (onMissing === 'keep' ? null : onMissing === 'alert');
  const knownAt = holds === null ? state.knownAt : at;
  const ok = { ...QUIET, knownAt };
  switch (state.phase) {
    case 'ok':
    case 'pending': {
      if (holds !== true) return ok;
      const since = state.phase === 'ok' ? at : state.since;
      const isDue = at - since >= forMs && at >= notBefore;
      return { ...ok, phase: isDue ? 'firing' : 'pending', since };
    }
    case 'firing':
      if (holds === true) return { ...state, knownAt, unknownSince: null };
      if (holds === false)
        return keepMs > 0 ? { ...state, phase: 'kept', endedAt: at, knownAt, unknownSince: null } : ok;
      if (unknownEndsMs !== null && at - state.knownAt >= unknownEndsMs) return ok;
      return { ...state, unknownSince: state.unknownSince ?? at };
    case 'kept':
      if (holds === true) return { ...state, phase: 'firing', endedAt: 0, knownAt };
      return at - state.endedAt < keepMs ? { ...state, knownAt } : ok;
  }
}

/** One letter for it: `.` ok, `p` pending, `F` firing, `?` firing with nothing known, `k` kept. */
export function letterOf({ phase, unknownSince }: LevelState): string {
  if (phase === 'firing') return unknownSince === null ? 'F' : '?';
  return phase === 'ok' ? '.' : phase === 'pending' ? 'p' : 'k';
}
