import { type Heard, heardFrom, lookAtHeard } from '../core/peer/heard.ts';
import type { Hop } from '../core/peer/path.ts';
import type { Submission } from '../core/submission.ts';
import type { Clock } from '../lib/clock.ts';
import type { IngestStore } from '../stores/contract/ingest.ts';
import { silentHubAlert } from './alert.ts';

/** What the watch over hubs is made of. */
export interface HeardParts {
  readonly store: Pick<IngestStore, 'transaction'>;
  readonly clock: Clock;
  /** Takes an alert of this hub. */
  readonly raise: (submission: Submission) => void;
  readonly onFailure: (error: unknown) => void;
}

/** The watch over hubs that tell this one what happens: one that says nothing any more raises an alert. */
export interface HeardWatch {
  start(): Promise<void>;
  stop(): void;
  /** A hub was heard. */
  note(hub: Hop): void;
}

// A peer has no blank in its name.
const STATE = 'heard hubs';
const LOOK_MS = 15_000;
const SAVED_MS = 30_000;

/** Makes it; what was heard is kept in the store, so that who fell silent while this hub was down is missed, too. */
export function createHeardWatch({ store, clock, raise, onFailure }: HeardParts): HeardWatch {
  let heard: Heard = {};
  let since = 0;
  let savedAt = 0;
  let cancel = () => {};
  const save = () => {
    savedAt = clock.now();
    const state = JSON.stringify(heard);
    store.transaction((tx) => tx.savePeerState(STATE, state)).catch(onFailure);
  };
  const look = () => {
    const { after, silent, gone } = lookAtHeard(heard, since, clock.now());
    heard = after;
    for (const [marker, { url, at }] of silent) raise(silentHubAlert(marker, url, at, clock.now()));
    for (const [marker, { url }] of gone) raise(silentHubAlert(marker, url, null, clock.now()));
    if (silent.length > 0 || gone.length > 0) save();
    cancel = clock.after(LOOK_MS, look);
  };
  return {
    start: async () => {
      const stored = await store.transaction((tx) => tx.findPeerState(STATE));
      heard = stored === undefined ? {} : (JSON.parse(stored) as Heard);
      since = clock.now();
      cancel = clock.after(LOOK_MS, look);
    },
    stop: () => cancel(),
    note: (hub) => {
      const isNew = heard[hub.marker] === undefined;
      const { after, isBack } = heardFrom(heard, hub, clock.now());
      heard = after;
      if (isBack) raise(silentHubAlert(hub.marker, hub.url, null, clock.now()));
      if (isNew || isBack || clock.now() - savedAt >= SAVED_MS) save();
    },
  };
}
