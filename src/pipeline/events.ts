import type { ReplayRecord } from '../stores/contract/ingest.ts';
import type { SampleWrite } from '../stores/contract/samples.ts';
import { type Entry, isOpen } from './admit.ts';

/** What is written of events. */
export interface TakenEvents {
  readonly samples: readonly SampleWrite[];
  readonly replays: readonly ReplayRecord[];
}

/** The figures of events, to be kept once by their names: of what `records` or an earlier one of the batch has, nothing. */
export function takeEvents(entries: readonly Entry[], records: readonly ReplayRecord[]): TakenEvents {
  const known = new Set(records.map(({ key }) => key));
  const samples: SampleWrite[] = [];
  const replays: ReplayRecord[] = [];
  for (const { submission } of entries.filter(isOpen)) {
    const { receivedAt } = submission;
    for (const { key, ...figures } of submission.figures ?? []) {
      if (key !== null && known.has(key)) continue;
      samples.push({ ...figures, receivedAt });
      if (key === null) continue;
      known.add(key);
      replays.push({ key, signature: '', answer: '', at: receivedAt });
    }
  }
  return { samples, replays };
}
