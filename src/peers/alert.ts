import type { IncomingAlert } from '../core/alert/alert.ts';
import { oneLine } from '../core/one-line.ts';
import { OWN_SOURCE, type Submission } from '../core/submission.ts';

/** The hub's own alert about a peer that cannot be told; without a trouble, that it can again. */
export function peerAlert(peer: string, trouble: string | null, now: number): Submission {
  return own(
    {
      ...{ fingerprint: `peer:${peer}`, name: `Peer ${peer} cannot be told`, labels: { peer } },
      message: oneLine(trouble ?? 'it is told again', 500),
      isOver: trouble === null,
    },
    now,
  );
}

/** The hub's own alert about a hub that tells it nothing any more; without a time, that it does again, or is not expected to. */
export function silentHubAlert(marker: string, url: string, heardAt: number | null, now: number): Submission {
  const message =
    heardAt === null
      ? 'it is heard again, or not expected any more'
      : `it has not been heard since ${new Date(heardAt).toISOString()}; what it holds may have changed`;
  return own(
    {
      ...{ fingerprint: `hub:${marker}`, name: `Hub ${url} is silent`, labels: { hub: url }, message },
      isOver: heardAt === null,
    },
    now,
  );
}

/** The hub's own alert that another hub bears its address. */
export function namesakeAlert(marker: string, url: string, now: number): Submission {
  const message = `the hub ${marker} says that it is ${url}, as this one does: give each its own BASE_URL`;
  return own(
    {
      fingerprint: `namesake:${marker}`,
      name: 'Two hubs bear one BASE_URL',
      labels: { hub: marker },
      message,
      isOver: false,
    },
    now,
  );
}

function own(
  {
    fingerprint,
    name,
    labels,
    message,
    isOver,
  }: Pick<IncomingAlert, 'fingerprint' | 'name' | 'labels'> & {
    readonly message: string;
    readonly isOver: boolean;
  },
  now: number,
): Submission {
  const alert: IncomingAlert = {
    ...{ fingerprint, name, labels, metrics: {}, annotations: { message }, severity: 'critical' },
    ...{ status: isOver ? 'resolved' : 'firing', startedAt: now, endedAt: isOver ? now : null, observedAt: now },
    groupKey: fingerprint,
  };
  return {
    ...{ source: OWN_SOURCE, origin: '', actor: OWN_SOURCE, receivedAt: now },
    ...{ alerts: [alert], errors: [], replay: null, instance: null },
  };
}
