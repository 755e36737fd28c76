import type { IncomingAlert } from '../core/alert/alert.ts';
import type { ProbeState } from '../core/endpoint/probe.ts';
import { OWN_SOURCE, type Submission } from '../core/submission.ts';

/** The hub's own alert about a probe that is silent, or its end. */
export function probeAlert({ id, name, region, lastSeenAt, staleSince }: ProbeState, now: number): Submission {
  const isSilent = staleSince !== null;
  const seen = lastSeenAt === null ? 'has never been heard' : `was last heard ${new Date(lastSeenAt).toISOString()}`;
  const alert: IncomingAlert = {
    fingerprint: `probe:${id}`,
    name: `Probe ${id} is silent`,
    status: isSilent ? 'firing' : 'resolved',
    severity: 'critical',
    labels: { probe: id, ...(region !== '' && { region }) },
    annotations: { message: isSilent ? `${name} ${seen}; it testifies no more` : `${name} is heard again` },
    metrics: {},
    startedAt: staleSince ?? now,
    endedAt: isSilent ? null : now,
    observedAt: now,
    groupKey: 'probes-silent',
    incidentTitle: 'Probes are silent',
  };
  return {
    ...{ source: OWN_SOURCE, origin: '', actor: OWN_SOURCE, receivedAt: now },
    ...{ alerts: [alert], errors: [], replay: null, instance: null },
  };
}
