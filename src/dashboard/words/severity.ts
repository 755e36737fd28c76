import type { Alert, Incident } from '../wire/documents.ts';

/** How bad something is, as people are shown it: unknown is neither ok nor down. */
export type Badness = 'critical' | 'unknown' | 'warning' | 'info' | 'ok';

/** In the order in which they want attention. */
export const BADNESSES = ['critical', 'unknown', 'warning', 'info', 'ok'] as const satisfies readonly Badness[];

/** The word of each. */
export const BADNESS_WORDS: Readonly<Record<Badness, string>> = {
  ...{ critical: 'Critical', unknown: 'Unknown', warning: 'Warning', info: 'Info', ok: 'OK' },
};

/** Short names of classes, one for each. */
export const BADNESS_CLASSES: Readonly<Record<Badness, string>> = {
  ...{ critical: 'crit', unknown: 'unk', warning: 'warn', info: 'info', ok: 'ok' },
};

/** Of an incident: unknown when all that fired in it is unknown now, ok when it is over. */
export function incidentBadness(
  incident: Pick<Incident, 'status' | 'severity' | 'firing_count' | 'unknown_count'>,
): Badness {
  if (incident.status === 'resolved' || incident.status === 'closed') return 'ok';
  return incident.firing_count === 0 && incident.unknown_count > 0 ? 'unknown' : incident.severity;
}

/** Of an alert. */
export function alertBadness({ status, severity }: Pick<Alert, 'status' | 'severity'>): Badness {
  if (status === 'resolved') return 'ok';
  return status === 'unknown' ? 'unknown' : severity;
}

/** The worst of several; ok for none. */
export function worst(all: readonly Badness[]): Badness {
  return BADNESSES.find((one) => all.includes(one)) ?? 'ok';
}

/** Whether nobody has said that they look at it, and nothing mutes it. */
export function wantsAttention(incident: Pick<Incident, 'status' | 'muted'>): boolean {
  return incident.status === 'open' && !incident.muted;
}

/** Order for people: by badness, then what wants attention, then the oldest. */
export function byAttention(a: Incident, b: Incident): number {
  return (
    BADNESSES.indexOf(incidentBadness(a)) - BADNESSES.indexOf(incidentBadness(b)) ||
    Number(wantsAttention(b)) - Number(wantsAttention(a)) ||
    Date.parse(a.opened_at) - Date.parse(b.opened_at)
  );
}
