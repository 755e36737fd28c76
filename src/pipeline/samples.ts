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
  return entries.filter(isOpen).flatMap((entry) => {
    const { alerts, origin, receivedAt, isOwnNotice } = entry.submission;
    if (origin === '' || isOwnNotice === true) return [];
    const { moments, leftOut } = reader.read(alerts, most);
    if (leftOut > 0) {
      const message = `${leftOut} figures of ${origin} are not kept: it may have ${most} (samples.figures); its alerts are`;
      const remarks = [...(entry.submission.remarks ?? []), message];
      entry.submission = { ...entry.submission, remarks, leftOut: entry.submission.leftOut ?? message };
    }
    return moments.map((moment) => ({ ...moment, instanceId: origin, receivedAt }));
  });
}
