import type { NoticeAlert, NoticeMessage } from '../../src/core/notice/message.ts';

/** 2026-03-29T12:00:00Z, when the sample incident began. */
export const BEGAN = Date.UTC(2026, 2, 29, 12);

/** An alert of the sample incident. */
export function sampleAlert(change: Partial<NoticeAlert> = {}): NoticeAlert {
  return {
    id: '019d3a5e-4c00-7000-8000-00000000000a',
    source: 'cluster',
    origin: 'web-server-03',
    fingerprint: 'cpu-check-ip-10-0-1-42',
    name: 'CPU usage critical',
    status: 'firing',
    severity: 'critical',
    labels: { checker: 'cpu', hostname: 'ip-10-0-1-42', instance_id: 'web-server-03' },
    annotations: { message: 'CPU at 95.2%' },
    metrics: { cpu_percent: 95.2 },
    startedAt: BEGAN,
    endedAt: null,
    ...change,
  };
}

/** A message that tells of one critical alert; `incident` is laid over that of the sample. */
export function sampleMessage(
  change: Partial<Omit<NoticeMessage, 'incident'>> & { readonly incident?: Partial<NoticeMessage['incident']> } = {},
): NoticeMessage {
  const { incident, ...rest } = change;
  return {
    phase: 'firing',
    step: 0,
    key: '5f1d7a84db3d2fda8ac3e7e5a2a9e1c25f1d7a84db3d2fda8ac3e7e5a2a9e1c2',
    at: BEGAN + 10_000,
    hub: { name: 'hub-1', url: 'https://hub.example.com', marker: '' },
    channel: 'ops',
    incident: {
      id: '019d3a5e-4c00-7000-8000-000000000001',
      key: 'cluster:web-server-03',
      dedupKey: 'c0ffee00c0ffee00c0ffee00c0ffee00',
      title: 'CPU usage critical',
      status: 'open',
      severity: 'critical',
      startedAt: BEGAN,
      endedAt: null,
      acknowledgedBy: null,
      firing: { critical: 1, warning: 0, info: 0 },
      total: 1,
      ...incident,
    },
    digest: null,
    alerts: [sampleAlert()],
    more: 0,
    groupLabels: { instance_id: 'web-server-03' },
    evidence: [{ name: 'top process', value: 'java (pid 4711) 92.3% CPU' }],
    runbook: 'https://wiki.example.com/runbooks/cpu',
    links: {
      incident: 'https://hub.example.com/incidents/019d3a5e-4c00-7000-8000-000000000001',
      acknowledge: 'https://hub.example.com/a/token',
      silence: null,
    },
    remarks: [],
    firstRef: null,
    amends: false,
    ...rest,
  };
}

/** The end of the sample incident, 14 minutes later. */
export function resolvedMessage(change: Parameters<typeof sampleMessage>[0] = {}): NoticeMessage {
  const endedAt = BEGAN + 14 * 60_000;
  const { incident, ...rest } = change;
  return sampleMessage({
    phase: 'resolved',
    key: 'e1c25f1d7a84db3d2fda8ac3e7e5a2a9e1c25f1d7a84db3d2fda8ac3e7e5a2a9',
    at: endedAt + 1000,
    alerts: [sampleAlert({ status: 'resolved', endedAt })],
    ...rest,
    incident: { status: 'resolved', endedAt, firing: { critical: 0, warning: 0, info: 0 }, ...incident },
  });
}
