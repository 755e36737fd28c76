import type { Severity } from '../../core/alert/alert.ts';

/** Alerta's severities in its order, the worst first, with what they mean here; `over` ends an alert (Alerta 9, alarm model "ALERTA"). */
const SEVERITIES: ReadonlyMap<string, { readonly rank: number; readonly means: Severity | 'over' }> = new Map(
  (
    [
      ['security', 0, 'critical'],
      ['critical', 1, 'critical'],
      ['major', 2, 'critical'],
      ['minor', 3, 'warning'],
      ['warning', 4, 'warning'],
      ['indeterminate', 5, 'warning'],
      ['informational', 6, 'info'],
      ['normal', 7, 'over'],
      ['ok', 7, 'over'],
      ['cleared', 7, 'over'],
      ['debug', 8, 'info'],
      ['trace', 9, 'info'],
      ['unknown', 10, 'warning'],
    ] as const
  ).map(([word, rank, means]) => [word, { rank, means }]),
);

/** The severity that clients take for "no problem". */
export const NORMAL = 'normal';
/** The severity before the first. */
export const PREVIOUS = 'indeterminate';
/** Alerta's own time after which an alert expires, in seconds, where its sender gives none. */
export const TIMEOUT_S = 86_400;
/** How long something is shelved where nobody says, in seconds. */
export const SHELVE_S = 7200;

/** What a severity of Alerta means here; undefined for a word that it does not have. */
export function meaningOf(severity: string): Severity | 'over' | undefined {
  return SEVERITIES.get(severity)?.means;
}

/** All its severities with their numbers, as clients ask for them. */
export function severityRanks(): Record<string, number> {
  return Object.fromEntries(Array.from(SEVERITIES, ([word, { rank }]) => [word, rank]));
}

/** Alerta's word for a severity of another source. */
export function wordOf(severity: Severity): string {
  return severity === 'info' ? 'informational' : severity;
}

/** How a severity compares with the one before, in Alerta's words. */
export function trendOf(previous: string, severity: string): 'moreSevere' | 'lessSevere' | 'noChange' {
  const [from, to] = [previous, severity].map((word) => SEVERITIES.get(word)?.rank ?? 0) as [number, number];
  if (from === to) return 'noChange';
  return to < from ? 'moreSevere' : 'lessSevere';
}

/** Alerta's statuses with the codes that clients sort them by. */
export const STATUSES = {
  open: 'A',
  assign: 'B',
  ack: 'C',
  shelved: 'D',
  blackout: 'E',
  closed: 'F',
  expired: 'G',
  unknown: 'H',
} as const;
/** One of them. */
export type AlertaStatus = keyof typeof STATUSES;

/** The actions that it has itself; any other word is a custom one. */
export const ALERTA_ACTIONS = ['open', 'assign', 'ack', 'unack', 'shelve', 'unshelve', 'close'] as const;
