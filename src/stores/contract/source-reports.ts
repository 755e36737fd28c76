import type { SourceReport } from '../../core/source-report.ts';

/** What is kept of the sources beside their alerts. */
export interface SourceReportStore {
  /** Adds what a hub has heard: of each thing the later one stays, whoever wrote it; what is counted is added. */
  saveSources(reports: readonly SourceReport[]): Promise<void>;
  /** All of them, by name. */
  listSources(): Promise<readonly SourceReport[]>;
}
