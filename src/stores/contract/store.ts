import type { AccessStore } from './access.ts';
import type { EndpointReads } from './endpoints.ts';
import type { Followers } from './followers.ts';
import type { HistoryReads } from './history.ts';
import type { HousekeepingStore } from './housekeeping.ts';
import type { IngestStore } from './ingest.ts';
import type { KeyStore } from './instance-keys.ts';
import type { LeaseReads, Leases } from './leases.ts';
import type { LinkKeyStore } from './link-keys.ts';
import type { NoticeReads } from './notices.ts';
import type { ReadStore } from './reads.ts';
import type { SampleReads } from './samples.ts';
import type { SearchReads } from './search.ts';
import type { SilenceStore } from './silences.ts';
import type { SourceReportStore } from './source-reports.ts';
import type { StandingReads } from './standing.ts';

/** What keeps alerts, incidents and their history; who uses it takes the part that it needs. Every store passes the same contract suite. */
export interface Store
  extends IngestStore,
    ReadStore,
    StandingReads,
    Leases,
    LeaseReads,
    HousekeepingStore,
    KeyStore,
    AccessStore,
    EndpointReads,
    SampleReads,
    LinkKeyStore,
    SourceReportStore,
    SilenceStore,
    Followers,
    HistoryReads,
    NoticeReads,
    SearchReads {
  /** Name of the engine. */
  readonly engine: 'sqlite' | 'postgres';
  /** The number of the hub whose store this is: `fresh`, where it has none yet. */
  hubId(fresh: number): Promise<number>;
  /**
   * Writes and commits something small, and `bytes` of text that is taken away again, for a disk may have room for one and
   * not for the other; throws with the engine's reason when it cannot.
   */
  checkWritable(now: number, bytes?: number): Promise<void>;
  close(): Promise<void>;
}
