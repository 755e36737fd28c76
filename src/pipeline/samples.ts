import type { FigureReader } from '../core/sample/figures.ts';
import type { SampleWrite } from '../stores/contract/samples.ts';
import { type Entry, isOpen } from './admit.ts';

/** What is kept of figures. */
export interface FigurePolicy {
  readonly reader: FigureReader;
  /** Of one push, at most. */
  readonly most: number;
}

/**
 * Figures of what instances push, to be kept beside their alerts. Of more than `most` of one push the rest is left out,
 * and its sender and the operator are told.
 */
export function takeSamples(entries: readonly Entry[], { reader, most }: FigurePolicy): readonly SampleWrite[] {
  const samples: SampleWrite[] = [];
  for (const entry of entries) {
    if (!isOpen(entry)) continue;
    const { alerts, origin, receivedAt, isOwnNotice } = entry.submission;
    if (origin === '' || isOwnNotice === true) continue;
    const { moments, leftOut } = reader.read(origin, alerts, most);
    if (leftOut > 0) {
      const message = `${leftOut} figures of ${origin} are not kept: it may have ${most} (samples.figures); its alerts are`;
      const remarks = [...(entry.submission.remarks ?? []), message];
      entry.submission = { ...entry.submission, remarks, leftOut: entry.submission.leftOut ?? message };
    }
    for (const { at, names, values } of moments) samples.push({ instanceId: origin, at, receivedAt, names, values });
  }
  return samples;
}
