import type { Labels } from '../alert/alert.ts';
import { isOver, type NoticeAlert, type NoticeMessage } from './message.ts';
import { common } from './template-data.ts';

/** An alert in Alertmanager's body of version 4. */
export interface V4Alert {
  readonly status: 'firing' | 'resolved';
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly startsAt: string;
  readonly endsAt: string;
  readonly generatorURL: string;
  readonly fingerprint: string;
}

/** What Alertmanager posts to a webhook, version 4 (prometheus/alertmanager `notify/webhook`), with its reason of 0.34. */
export interface V4Body {
  readonly receiver: string;
  readonly status: 'firing' | 'resolved';
  readonly alerts: readonly V4Alert[];
  readonly groupLabels: Labels;
  readonly commonLabels: Labels;
  readonly commonAnnotations: Labels;
  readonly externalURL: string;
  readonly version: '4';
  readonly groupKey: string;
  readonly truncatedAlerts: number;
}

// Go's zero time: the end of what has not ended.
const NEVER = '0001-01-01T00:00:00Z';

/** The message as Alertmanager would post it. Its status is that of the incident, however many alerts are left out. */
export function alertmanagerBody(message: NoticeMessage): V4Body {
  const { incident, hub, channel, groupLabels, digest } = message;
  const told = digest?.listed ?? message.alerts;
  const alerts = told.length > 0 ? told.map((alert) => v4Alert(alert, hub.marker)) : [madeUp(message)];
  const isAllOver = digest === null ? isOver(message) : digest.firing === 0;
  return {
    receiver: channel,
    status: isAllOver ? 'resolved' : 'firing',
    alerts,
    groupLabels: { ...groupLabels },
    commonLabels: common(alerts.map(({ labels }) => labels)),
    commonAnnotations: {
      ...common(alerts.map(({ annotations }) => annotations)),
      // What stands above a list of many.
      ...(digest !== null && { summary: incident.title }),
      // Why this message comes, such as how many incidents are held back because of it: the body has no other place.
      ...(message.remarks.length > 0 && { monitor_remarks: message.remarks.join('\n') }),
    },
    externalURL: hub.url,
    version: '4',
    groupKey: incident.key,
    truncatedAlerts: digest === null ? message.more : Math.max(0, digest.alerts - alerts.length),
  };
}

function v4Alert(alert: NoticeAlert, marker: string): V4Alert {
  const { status, name, severity, annotations, startedAt, endedAt } = alert;
  const labels = sorted({ severity, ...alert.labels, alertname: name });
  return {
    status,
    labels,
    annotations: sorted({ ...annotations, ...marked(marker, annotations.monitor_hub) }),
    startsAt: new Date(startedAt).toISOString(),
    endsAt: endedAt === null ? NEVER : new Date(endedAt).toISOString(),
    generatorURL: annotations.generator_url ?? '',
    fingerprint: fnvFingerprint(labels),
  };
}

/** A test has no alerts, and receivers read the list. */
function madeUp(message: NoticeMessage): V4Alert {
  const { incident, phase, remarks, hub } = message;
  const labels = sorted({ alertname: incident.title, severity: incident.severity, notice: phase });
  const over = isOver(message);
  return {
    status: over ? 'resolved' : 'firing',
    labels,
    annotations: { ...marked(hub.marker), summary: [incident.title, ...remarks].join('\n') },
    startsAt: new Date(incident.startedAt).toISOString(),
    endsAt: over && incident.endedAt !== null ? new Date(incident.endedAt).toISOString() : NEVER,
    generatorURL: message.links.incident ?? '',
    fingerprint: fnvFingerprint(labels),
  };
}

/** By which a hub knows its own notices; those of hubs that told it before go on, so that a circle of several ends, too. */
function marked(marker: string, before = ''): Labels {
  const hubs = [...new Set([marker, ...before.split(' ')])].filter((one) => one !== '').slice(0, 8);
  return hubs.length === 0 ? {} : { monitor_hub: hubs.join(' ') };
}

function sorted(labels: Labels): Labels {
  return Object.fromEntries(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** FNV-1a of 64 bits over the sorted labels with 0xff behind each part, 16 hex digits, as prometheus/common has it. */
export function fnvFingerprint(labels: Labels): string {
  const bytes = new TextEncoder();
  let hash = 0xcbf29ce484222325n;
  const add = (byte: number) => {
    hash = ((hash ^ BigInt(byte)) * 0x100000001b3n) & 0xffffffffffffffffn;
  };
  for (const [name, value] of Object.entries(sorted(labels))) {
    for (const text of [name, value]) {
      for (const byte of bytes.encode(text)) add(byte);
      add(0xff);
    }
  }
  return hash.toString(16).padStart(16, '0');
}
