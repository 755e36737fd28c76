import * as z from 'zod';
import { iso } from '../../core/iso-time.ts';
import type { PeerView } from '../../peers/follow.ts';

const time = z.iso.datetime();
const MOST_ENTRIES = 1000;

const peer = z.object({
  name: z.string(),
  url: z.string(),
  kind: z.enum(['native', 'alerta']),
  filter: z.array(z.string()),
  condition: z.enum(['ok', 'retrying', 'open', 'unauthorized', 'misnamed', 'paused']),
  is_resyncing: z.boolean().describe('all that is open is being told'),
  lag_events: z.int().nullable().describe('events that are not told yet; null while it resyncs'),
  lag_seconds: z.number().nullable(),
  sent: z.int(),
  refused: z.int().describe('what it refused for good'),
  failures: z.int().describe('attempts that failed in a row'),
  next_attempt_at: time.nullable(),
  last_success_at: time.nullable(),
  last_error: z.string().nullable(),
  last_error_at: time.nullable(),
  dead_letters: z.array(z.object({ at: time, key: z.string(), kind: z.string(), reason: z.string() })),
});

/** Schemas of the routes about other hubs. */
export const PEER_SCHEMAS = {
  batch: z.object({
    version: z.int().min(1),
    hub: z.object({ id: z.string().min(1).max(200), url: z.string().min(1).max(500) }),
    entries: z.array(z.unknown()).max(MOST_ENTRIES, { error: `must have at most ${MOST_ENTRIES} entries` }),
  }),
  received: z.object({
    hub: z.object({ id: z.string(), url: z.string() }),
    results: z.array(z.object({ outcome: z.string(), reason: z.string().optional() })),
  }),
  peer,
  list: z.object({ items: z.array(peer), next_cursor: z.null() }),
};

/** A peer as the API shows it. */
export function peerJson({ name, url, kind, filter, condition, standing, nextAttemptAt, lag }: PeerView) {
  const { snapshot, sent, refused, failures, lastSuccessAt, lastError, lastErrorAt, letters } = standing;
  return {
    ...{ name, url, kind, filter: filter.words, condition, is_resyncing: snapshot !== null },
    ...{ lag_events: lag?.events ?? null, lag_seconds: lag === null ? null : lag.ms / 1000, sent, refused, failures },
    ...{ next_attempt_at: iso(nextAttemptAt), last_success_at: iso(lastSuccessAt), last_error: lastError },
    last_error_at: iso(lastErrorAt),
    dead_letters: letters.map((letter) => ({ ...letter, at: iso(letter.at) })),
  };
}
