/** Where a peer stands. `open` is a breaker that waits for a trial; `unauthorized`, that it does not know this hub. */
export type PeerCondition = 'ok' | 'retrying' | 'open' | 'unauthorized' | 'misnamed' | 'paused';

/** Something that a peer refuses for good. */
export interface DeadLetter {
  /** UTC milliseconds. */
  readonly at: number;
  readonly key: string;
  readonly kind: string;
  readonly reason: string;
}

/** How it stands with a peer, as it is kept. Times are UTC milliseconds. */
export interface PeerStanding {
  readonly isPaused: boolean;
  /** What is open is being told: from which alert and incident on, and where the history goes on after that; null for not. */
  readonly snapshot: {
    readonly phase: 'alerts' | 'incidents' | 'silences';
    readonly after: string;
    readonly head: string;
  } | null;
  /** The last ones. */
  readonly letters: readonly DeadLetter[];
  /** How many there were. */
  readonly refused: number;
  readonly sent: number;
  readonly lastSuccessAt: number | null;
  readonly lastError: string | null;
  readonly lastErrorAt: number | null;
  /** Attempts that failed in a row. */
  readonly failures: number;
  /** Why they fail, where that is known. */
  readonly trouble: 'unauthorized' | 'misnamed' | null;
}

/** Of a peer that was never told anything: it begins with what is open. */
export const NEW_STANDING: PeerStanding = {
  ...{ isPaused: false, snapshot: null, letters: [], refused: 0, sent: 0, lastSuccessAt: null },
  ...{ lastError: null, lastErrorAt: null, failures: 0, trouble: null },
};

/** What an attempt came to. */
export type PeerOutcome =
  | { readonly outcome: 'sent'; readonly refused: readonly Omit<DeadLetter, 'at'>[] }
  | {
      readonly outcome: 'failed';
      readonly reason: string;
      readonly trouble: PeerStanding['trouble'];
      /** How long the peer asks to wait, in milliseconds. */
      readonly retryAfterMs?: number | undefined;
    };

const LETTERS = 50;
/** After so many failures in a row the breaker opens: then one entry is tried at a time, and not often. */
export const OPENS_AFTER = 5;

/** The standing after an attempt with so many entries. */
export function afterAttempt(before: PeerStanding, outcome: PeerOutcome, entries: number, now: number): PeerStanding {
  if (outcome.outcome === 'failed') {
    const { reason, trouble } = outcome;
    return { ...before, lastError: reason, lastErrorAt: now, failures: before.failures + 1, trouble };
  }
  const letters = outcome.refused.map((letter) => ({ ...letter, at: now }));
  return {
    ...before,
    ...{ failures: 0, trouble: null, lastSuccessAt: now, sent: before.sent + entries - letters.length },
    ...{ refused: before.refused + letters.length, letters: [...before.letters, ...letters].slice(-LETTERS) },
    ...(letters.length > 0 && { lastError: letters.at(-1)?.reason ?? null, lastErrorAt: now }),
  };
}

/** In one word. */
export function conditionOf({ isPaused, failures, trouble }: PeerStanding): PeerCondition {
  if (isPaused) return 'paused';
  if (trouble !== null) return trouble;
  if (failures === 0) return 'ok';
  return failures >= OPENS_AFTER ? 'open' : 'retrying';
}
