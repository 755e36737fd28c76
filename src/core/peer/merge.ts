import type { Alert, AlertStatus } from '../alert/alert.ts';
import type { AlertName } from './entry.ts';
import { type Hop, hasHad, type Via } from './path.ts';

// How hubs that tell each other everything come to the same state, whatever arrives where in which order. Docs: peers.md.

/** What decides between two states of one alert. */
export type Standing = Pick<Alert, 'status' | 'observedAt' | 'receivedAt'>;

/**
 * Whether a state that another hub tells takes the place of what is stored. The later one counts by the clock of whoever
 * told of the alert; of two at the same moment the one that a hub heard later; of two that were heard at the same moment,
 * that it fires, for of an error on this side people hear.
 */
export function isLater(
  stored: Standing | undefined,
  told: { readonly status: AlertStatus; readonly observedAt: number; readonly at: number },
): boolean {
  if (stored === undefined) return true;
  if (told.observedAt !== stored.observedAt) return told.observedAt > stored.observedAt;
  if (told.at !== stored.receivedAt) return told.at > stored.receivedAt;
  return told.status === 'firing' && stored.status === 'resolved';
}

/** The last act of one kind on one incident, such as its acknowledgement: the act's stamp and id. */
export interface Mark {
  readonly stamp: number;
  readonly id: string;
}

/** Which acts exclude each other: the last one of them counts. null for what only adds, such as a note. */
export function registerOf(kind: string): 'acknowledgement' | 'assignment' | 'shelving' | 'life' | null {
  switch (kind) {
    case 'acknowledge':
    case 'unacknowledge':
      return 'acknowledgement';
    case 'assign':
      return 'assignment';
    case 'shelve':
    case 'unshelve':
      return 'shelving';
    case 'resolve':
    case 'close':
    case 'reopen':
      return 'life';
    default:
      return null;
  }
}

/** Whether an act takes the place of the last one: by its stamp, and of two with the same stamp by its id. */
export function isLaterAct(last: Mark | undefined, told: Mark): boolean {
  if (last === undefined) return true;
  return told.stamp !== last.stamp ? told.stamp > last.stamp : told.id > last.id;
}

/** The stamp of an act that is done here: never before what is known, whatever the clock says, so that it counts everywhere. */
export function stampOf(last: Mark | undefined, now: number): number {
  return last === undefined ? now : Math.max(now, last.stamp + 1);
}

/** What becomes of something that arrives: it is new, was here before, or began or has passed here. */
export type Arrival = 'new' | 'seen' | 'looped';

/** Decides what becomes of it. */
export function arrivalOf(via: Via, hub: Hop, isSeen: (key: string) => boolean): Arrival {
  if (via.key.startsWith(`${hub.marker}/`) || hasHad(via, hub)) return 'looped';
  return isSeen(via.key) ? 'seen' : 'new';
}

/** The mark of an alert that somebody removed. */
export function goneKey({ source, origin, fingerprint }: AlertName): string {
  return `gone/${JSON.stringify([source, origin, fingerprint])}`;
}
