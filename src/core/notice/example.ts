import type { NoticeMessage } from './message.ts';

/** The phases of which there is an example. */
export const EXAMPLE_PHASES = ['firing', 'resolved', 'reminder', 'escalation'] as const;

/** A message about an incident that never was, to look at: of a hub, on a channel, that began 14 minutes before `at`. */
export function exampleMessage(
  hub: NoticeMessage['hub'],
  channel: string,
  phase: (typeof EXAMPLE_PHASES)[number],
  at: number,
): NoticeMessage {
  const startedAt = at - 14 * 60_000;
  const isOver = phase === 'resolved';
  const endedAt = isOver ? at : null;
  const id = '019d3a5e-4c00-7000-8000-000000000001';
  return {
    ...{ phase, step: phase === 'reminder' || phase === 'escalation' ? 1 : 0, at, hub, channel },
    key: '5f1d7a84db3d2fda8ac3e7e5a2a9e1c25f1d7a84db3d2fda8ac3e7e5a2a9e1c2',
    incident: {
      ...{ id, key: 'prometheus:db1', dedupKey: 'c0ffee00c0ffee00c0ffee00c0ffee00' },
      ...{ title: 'Disk almost full', severity: 'critical', startedAt, endedAt, acknowledgedBy: null },
      status: isOver ? 'resolved' : 'open',
      firing: { critical: isOver ? 0 : 1, warning: 0, info: 0 },
      total: 1,
    },
    digest: null,
    alerts: [
      {
        ...{
          id: '019d3a5e-4c00-7000-8000-00000000000a',
          source: 'prometheus',
          origin: '',
          fingerprint: 'a1b2c3d4e5f60718',
        },
        ...{ name: 'DiskAlmostFull', status: isOver ? 'resolved' : 'firing', severity: 'critical' },
        labels: { alertname: 'DiskAlmostFull', host: 'db1', mountpoint: '/var', severity: 'critical', team: 'db' },
        annotations: {
          summary: '/var on db1 is 97 % full',
          description: 'At this rate it is full in 2 hours. Escapes: <b> & *stars* _lines_ `ticks` @channel',
          runbook_url: 'https://wiki.example.com/runbooks/disk',
        },
        metrics: { used_percent: 97.2 },
        ...{ startedAt, endedAt },
      },
    ],
    ...{ more: 0, groupLabels: { host: 'db1' } },
    evidence: [{ name: 'largest folder', value: '/var/lib/postgresql 412 GiB' }],
    runbook: 'https://wiki.example.com/runbooks/disk',
    links: {
      incident: 'https://hub.example.com/incidents/019d3a5e',
      acknowledge: 'https://hub.example.com/a/example',
      silence: 'https://hub.example.com/a/example-silence',
    },
    remarks: phase === 'escalation' ? ['nobody has acknowledged it: step 1 of the escalation'] : [],
    ...{ firstRef: null, amends: false },
  };
}
