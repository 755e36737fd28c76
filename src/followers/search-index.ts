import { alertWords, wordsOf } from '../core/search/words.ts';
import type { Clock } from '../lib/clock.ts';
import { createRecent } from '../lib/recent.ts';
import type { Followers, FollowTransaction } from '../stores/contract/followers.ts';
import type { NoticeReads } from '../stores/contract/notices.ts';
import type { SearchReads } from '../stores/contract/search.ts';
import type { Follower } from './follower.ts';

/** What the index runs on. */
export interface SearchIndexOptions {
  readonly store: Pick<Followers, 'follow'> & Pick<NoticeReads, 'alertsById'> & SearchReads;
  readonly clock: Pick<Clock, 'now'>;
}

// Alerts that are looked at, and at most indexed, in one transaction: others that write wait for no more.
const STEP = 200;
// Renewing costs a commit; after a crash of one of several hubs, what is new is not found for so long.
const LEASE_MS = 10_000;
// A quarter of a second takes in some thousand alerts; nobody searches for more of them at once.
const SHARE = 0.25;
// Names and values of labels come again and again; longer texts seldom do.
const REMEMBERED = { texts: 5000, length: 100 };

/**
 * Keeps the index of words behind the history: of an alert the words as they were at its last event, for repeats tell
 * nothing new. What was stored before the index was, or came without it, is indexed at the start.
 */
export function createSearchIndex({ store, clock }: SearchIndexOptions): Follower {
  // The id of the last alert that was looked at; null when all were.
  let lookedAt: string | null = '';
  const remembered = createRecent<readonly string[]>(REMEMBERED.texts);
  const read = (text: string) => {
    if (text.length > REMEMBERED.length) return wordsOf(text);
    const known = remembered.get(text);
    if (known !== undefined) return known;
    const words = wordsOf(text);
    remembered.set(text, words);
    return words;
  };
  const save = async (alertIds: readonly string[], { search }: FollowTransaction) => {
    const alerts = await store.alertsById(alertIds);
    await search.saveWords(alerts.map((alert) => ({ alertId: alert.id, words: alertWords(alert, read) })));
  };
  return {
    name: 'search',
    begins: 'now',
    batch: STEP,
    leaseMs: LEASE_MS,
    share: SHARE,
    takeOver: async () => {
      lookedAt = '';
    },
    take: async (events, tx) => {
      const ids = events.filter(({ subject }) => subject === 'alert').map(({ subjectId }) => subjectId);
      if (ids.length > 0) await save([...new Set(ids)], tx);
    },
    turn: async (lease) => {
      if (lookedAt === null) return null;
      const { alertIds, next } = await store.unindexedAlerts(lookedAt, STEP);
      if (alertIds.length > 0) await store.follow(lease, (tx) => save(alertIds, tx));
      lookedAt = next;
      return next === null ? null : clock.now();
    },
  };
}
