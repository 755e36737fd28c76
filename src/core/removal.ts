import type { Via } from './peer/path.ts';

/** What a person, or retention, wants gone. */
export type Removal = {
  /** Who wants it, for the history: `api`, `monitor`. */
  readonly actor: string;
  /** Who that is, as they call themselves; '' when nobody says. */
  readonly by: string;
  readonly reason: 'asked' | 'retention';
  /** The way between hubs that it has come; left out where it began here. */
  readonly via?: Via | undefined;
} & (
  | { readonly kind: 'instances'; readonly instanceIds: readonly string[] }
  | { readonly kind: 'alerts'; readonly ids: readonly string[] }
);

/** What it came to. */
export interface Removed {
  /** Instances or alerts that were there, and are gone. */
  readonly removed: number;
  /** Alerts that fired, and were ended by it. */
  readonly ended: number;
}

/** So many may be removed at once: it is one transaction. */
export const MOST_REMOVED = 100;
