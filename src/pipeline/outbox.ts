import type { Incident } from '../core/incident/incident.ts';
import type { Notice } from '../core/notice/notice.ts';
import { decideOutbox, type OutboxAction, type OutboxRefusal } from '../core/notice/outbox.ts';
import type { IngestStore } from '../stores/contract/ingest.ts';
import type { NoticeReads } from '../stores/contract/notices.ts';
import type { ReadStore } from '../stores/contract/reads.ts';

/** What a request about a message that failed came to. */
export type OutboxResult =
  | { readonly outcome: 'asked'; readonly notice: Notice; readonly incident: Incident }
  | { readonly outcome: 'refused'; readonly reason: OutboxRefusal };

/**
 * Writes a request into the history, where whoever tells people finds it and acts on it, also on another hub. Gives the
 * highest number of the events with it; null where nothing changed. Throws when it could not be committed.
 */
export async function performOutboxAction(
  store: IngestStore & Pick<NoticeReads, 'noticesOf'> & Pick<ReadStore, 'findIncident'>,
  action: OutboxAction,
  now: number,
): Promise<{ readonly result: OutboxResult; readonly seq: number | null }> {
  const incident = await store.findIncident(action.incidentId);
  const notice = (await store.noticesOf(action.incidentId)).find(({ channel }) => channel === action.channel);
  const verdict = decideOutbox(action, notice, incident, now);
  if (verdict.outcome === 'refused') return { result: verdict, seq: null };
  const events = [verdict.event];
  const nothing = { alerts: [], confirmed: [], incidents: [], instances: [], replays: [], samples: [] };
  const seq = await store.transaction((tx) => tx.save({ ...nothing, events }));
  if (notice === undefined || incident === undefined) throw new Error('a request about nothing');
  return { result: { outcome: 'asked', notice, incident }, seq };
}
