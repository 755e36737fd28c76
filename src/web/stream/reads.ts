import {
  comparePositions,
  decideResume,
  isPosition,
  type Position,
  type ResumeVerdict,
} from '../../core/history-position.ts';
import { matchLabels } from '../../core/policy/labels.ts';
import type { HistoryReads, PlacedEvent } from '../../stores/contract/history.ts';
import type { ReadStore } from '../../stores/contract/reads.ts';
import { eventJson } from '../api/views.ts';
import type { StreamedEvent } from './event.ts';

/** What live streams read. */
export interface StreamReads {
  head(): Promise<Position>;
  /** Whether a stream can go on behind a position. */
  resume(position: Position): Promise<ResumeVerdict>;
  /** At most `limit` events behind a position; with the labels of what they are about, where they are asked for. */
  after(position: Position, limit: number, hasLabels: boolean): Promise<readonly StreamedEvent[]>;
}

/** What they are read from. */
export interface StreamReadParts {
  readonly store: HistoryReads & Pick<ReadStore, 'findAlert' | 'listAlerts'>;
  readonly now: () => number;
  /** How long the history is kept, in milliseconds; 0 for ever. */
  readonly historyMs: number;
}

// Alerts of one incident by whose labels its events are filtered.
const ALERTS = 200;

type Labelled = Pick<StreamedEvent, 'labels' | 'isPartial'>;

/** Reads for live streams: run where the store is read. */
export function createStreamReads({ store, now, historyMs }: StreamReadParts): StreamReads {
  const labelsOf = async ({ event: { subject, subjectId } }: PlacedEvent): Promise<Labelled> => {
    if (subject === 'instance') return { labels: [{ instance_id: subjectId }] };
    if (subject === 'alert')
      return { labels: [await store.findAlert(subjectId)].flatMap((one) => one ?? []).map(matchLabels) };
    if (subject !== 'incident') return { labels: [] };
    const { items, nextCursor } = await store.listAlerts({ incidentId: subjectId, limit: ALERTS });
    return { labels: items.map(matchLabels), isPartial: nextCursor !== null };
  };
  return {
    head: store.historyHead,
    resume: async (position) => {
      const head = await store.historyHead();
      const isOfThisStore = isPosition(position) && position.includes(':') === head.includes(':');
      if (!isOfThisStore || comparePositions(position, head) > 0) return 'unknown_position';
      const keptSince = historyMs === 0 ? null : now() - historyMs;
      return decideResume({ position, keptSince, ...(await store.surroundings(position)) });
    },
    after: async (position, limit, hasLabels) => {
      const known = new Map<string, Labelled>();
      const events: StreamedEvent[] = [];
      for (const placed of await store.placedAfter(position, limit)) {
        const { event } = placed;
        const labelled = hasLabels ? (known.get(event.subjectId) ?? (await labelsOf(placed))) : { labels: [] };
        known.set(event.subjectId, labelled);
        const { kind, subject } = event;
        events.push({ position: placed.position, kind, subject, ...labelled, text: JSON.stringify(eventJson(event)) });
      }
      return events;
    },
  };
}
