import { cutText } from './reading/json.ts';
/** What is known of a source beside its alerts; times are UTC milliseconds, null while it has not happened. */
export interface SourceReport {
  /** Name of a driver, or of a named source of the generic one. */
  readonly source: string;
  /** The last body that was taken. */
  readonly heardAt: number | null;
  /** What was last remarked on a body: a test of the connection, an event type that means nothing here. */
  readonly remark: string | null;
  readonly remarkAt: number | null;
  /** Why a request was last refused: it proved nothing, or its body held nothing that can be kept. */
  readonly refusal: string | null;
  readonly refusedAt: number | null;
  /** Notices of this hub itself that have come back by it; nothing of them was kept. */
  readonly ownNotices: number;
}

// A reason may quote what a stranger sent.
const LONGEST_TEXT = 500;

/** A source of which nothing is known. */
export function emptyReport(source: string): SourceReport {
  return { source, heardAt: null, remark: null, remarkAt: null, refusal: null, refusedAt: null, ownNotices: 0 };
}

/** The report once a body was taken. */
export function recordSeen(
  report: SourceReport,
  at: number,
  remarks: readonly string[],
  isOwnNotice = false,
): SourceReport {
  // Many are taken within a millisecond.
  if (report.heardAt === at && remarks.length === 0) return report;
  const remark = remarks.at(-1);
  return {
    ...report,
    heardAt: at,
    ownNotices: report.ownNotices + Number(isOwnNotice),
    ...(remark !== undefined && { remark: cutText(remark, LONGEST_TEXT), remarkAt: at }),
  };
}

/** The report once a request was refused. */
export function recordRefused(report: SourceReport, at: number, reason: string): SourceReport {
  return { ...report, refusal: cutText(reason, LONGEST_TEXT), refusedAt: at };
}

/** The reports of two hubs, or of a hub and its store: of each thing the later one; what is counted, together. */
export function mergeReports(one: SourceReport, other: SourceReport): SourceReport {
  const later = (a: number | null, b: number | null) => (b ?? 0) > (a ?? 0);
  const heardFrom = later(one.heardAt, other.heardAt) ? other : one;
  const remarked = later(one.remarkAt, other.remarkAt) ? other : one;
  const turnedAway = later(one.refusedAt, other.refusedAt) ? other : one;
  return {
    source: one.source,
    heardAt: heardFrom.heardAt,
    remark: remarked.remark,
    remarkAt: remarked.remarkAt,
    refusal: turnedAway.refusal,
    refusedAt: turnedAway.refusedAt,
    ownNotices: one.ownNotices + other.ownNotices,
  };
}
