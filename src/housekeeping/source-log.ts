import { emptyReport, mergeReports, recordRefused, recordSeen, type SourceReport } from '../core/source-report.ts';
import type { Clock } from '../lib/clock.ts';
import type { Part } from '../lib/lifecycle.ts';
import { createRounds } from '../lib/rounds.ts';
import type { SourceReportStore } from '../stores/contract/source-reports.ts';

/** When each source was last heard, and what was said of it; costs a request one entry of a map. */
export interface SourceLog extends Part {
  /** A body of a source was taken at that time (UTC milliseconds), with what was remarked on it, and whether it was a notice of this hub. */
  accepted(source: string, at: number, remarks: readonly string[], isOwnNotice?: boolean): void;
  /** A request to a source was refused at that time, for that reason. */
  refused(source: string, at: number, reason: string): void;
  /** What is known of every source there is or was, by name. */
  list(): Promise<readonly SourceReport[]>;
}

/** What it works on. */
export interface SourceLogParts {
  readonly store: SourceReportStore;
  readonly clock: Clock;
  /** Those that are listed even before they sent anything. */
  readonly sources: readonly string[];
  readonly onFailure: (error: unknown) => void;
}

// A hub that is killed forgets so much, and no more; a hub that shares its store is told by the others as late.
const SAVE_EVERY_MS = 60_000;

/** News is kept here, saved once a minute and at the stop, and shown at once. */
export function createSourceLog({ store, clock, sources, onFailure }: SourceLogParts): SourceLog {
  const news = new Map<string, SourceReport>();
  const update = (source: string, change: (report: SourceReport) => SourceReport) => {
    news.set(source, change(news.get(source) ?? emptyReport(source)));
  };
  const save = async () => {
    const reports = [...news.values()];
    if (reports.length === 0) return;
    await store.saveSources(reports);
    for (const report of reports) {
      const fresh = news.get(report.source);
      if (fresh === report) news.delete(report.source);
      // What is counted was saved, and is not to be added twice.
      else update(report.source, (one) => ({ ...one, ownNotices: one.ownNotices - report.ownNotices }));
    }
  };
  const rounds = createRounds({ clock, everyMs: SAVE_EVERY_MS, round: save, onFailure });
  return {
    name: 'source log',
    start: async () => rounds.begin(),
    stop: async () => {
      await rounds.end();
      await save().catch(onFailure);
    },
    accepted: (source, at, remarks, isOwnNotice) =>
      update(source, (report) => recordSeen(report, at, remarks, isOwnNotice)),
    refused: (source, at, reason) => update(source, (report) => recordRefused(report, at, reason)),
    list: async () => {
      const known = new Map((await store.listSources()).map((report) => [report.source, report]));
      const all = [...new Set([...sources, ...known.keys(), ...news.keys()])].sort();
      return all.map((source) => {
        const [kept, fresh] = [known.get(source), news.get(source)];
        return kept && fresh ? mergeReports(kept, fresh) : (fresh ?? kept ?? emptyReport(source));
      });
    },
  };
}
