import type { Part } from '../lib/lifecycle.ts';
import type { EndpointsCommitted, ProbeReport } from './commit.ts';

/** Takes reports of probes. */
export interface ReportDesk extends Part {
  /** Resolves once what it says is on disk; rejects when it could not be committed. */
  report(report: ProbeReport): Promise<void>;
}

/** What the desk does with them. */
export interface DeskParts {
  readonly commit: (reports: readonly ProbeReport[]) => Promise<EndpointsCommitted>;
  /** Called after every commit. */
  readonly onCommit: (seq: number | null) => void;
}

// Looks that share a commit, at most.
const MOST_LOOKS = 500;

interface Waiting {
  readonly report: ProbeReport;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Group commit of reports: what arrives while one commit is under way shares the next. */
export function createReportDesk({ commit, onCommit }: DeskParts): ReportDesk {
  const waiting: Waiting[] = [];
  let isBusy = false;
  let closed: (() => void) | null = null;
  const next = () => {
    let size = 0;
    const fits = waiting.findIndex(({ report }) => {
      size += report.looks.length;
      return size > MOST_LOOKS;
    });
    const batch = waiting.splice(0, fits === -1 ? waiting.length : Math.max(1, fits));
    if (batch.length === 0) {
      isBusy = false;
      closed?.();
      return;
    }
    isBusy = true;
    void commit(batch.map(({ report }) => report))
      .then(
        ({ seq }) => {
          onCommit(seq);
          for (const { resolve } of batch) resolve();
        },
        (error: unknown) => {
          for (const { reject } of batch) reject(error);
        },
      )
      .then(next);
  };
  return {
    name: 'reports of probes',
    start: async () => {},
    stop: () =>
      new Promise((resolve) => {
        closed = resolve;
        if (!isBusy) resolve();
      }),
    report: (report) =>
      new Promise((resolve, reject) => {
        if (closed !== null) return reject(new Error('the hub is stopping'));
        waiting.push({ report, resolve, reject });
        if (!isBusy) {
          isBusy = true;
          setImmediate(next);
        }
      }),
  };
}
