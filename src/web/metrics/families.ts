import { SEVERITIES } from '../../core/alert/alert.ts';
import type { HeartbeatState } from '../../core/heartbeat.ts';
import { HAND_OVER_SECONDS, type NoticeFigures } from '../../notify/figures.ts';
import type { PeerView } from '../../peers/follow.ts';
import type { StoreFigures } from '../../stores/contract/figures.ts';
import { type EndpointFigures, endpointFamilies } from './endpoints.ts';
import { counter, type Family, gauge, type Sample } from './exposition.ts';
import { peerFamilies } from './peers.ts';

/** Requests of the sources, by what became of them. */
export interface RequestCount {
  readonly source: string;
  readonly outcome: string;
  readonly count: number;
}

/** What the figures of a hub are made of. */
export interface FigureParts {
  readonly version: string;
  readonly now: number;
  /** When this process began, UTC milliseconds. */
  readonly startedAt: number;
  readonly memoryBytes: number;
  readonly cpuSeconds: number;
  readonly isReady: boolean;
  readonly requests: readonly RequestCount[];
  readonly store: StoreFigures;
  /** null for a hub that tells nobody. */
  readonly notices: NoticeFigures | null;
  readonly endpoints: EndpointFigures;
  /** Peers that are told. */
  readonly peers: readonly PeerView[];
  /** null where none is wanted. */
  readonly heartbeat: HeartbeatState | null;
}

type Labels = Readonly<Record<string, string>>;

const one = (value: number, labels?: Labels): readonly Sample[] => [
  labels === undefined ? { value } : { value, labels },
];

/** The figures of a hub, by their names. */
export function familiesOf(parts: FigureParts): readonly Family[] {
  const { store, notices, requests } = parts;
  return [
    gauge('monitor_build_info', 'The version that runs.', one(1, { version: parts.version })),
    gauge('monitor_ready', '1 while the store can be written, else 0.', one(Number(parts.isReady))),
    counter(
      'monitor_requests_total',
      'Webhook requests since the start, by source and what became of them.',
      requests.map(({ source, outcome, count }) => ({ labels: { source, outcome }, value: count })),
    ),
    gauge(
      'monitor_alerts_firing',
      'Alerts that fire, those of silent instances among them.',
      SEVERITIES.map((severity) => ({
        labels: { severity },
        value: store.firing.find((row) => row.severity === severity)?.count ?? 0,
      })),
    ),
    gauge(
      'monitor_incidents',
      'Incidents that are open or acknowledged.',
      (['open', 'acknowledged'] as const).flatMap((status) =>
        SEVERITIES.map((severity) => ({
          labels: { status, severity },
          value: store.live.find((row) => row.status === status && row.severity === severity)?.count ?? 0,
        })),
      ),
    ),
    gauge(
      'monitor_notices',
      'Notices of which something is to be done, by channel and state.',
      store.outbox.map(({ channel, state, count }) => ({ labels: { channel, state }, value: count })),
    ),
    gauge(
      'monitor_notices_oldest_due_seconds',
      'How long ago the notice that is due for longest was due; 0 where none is.',
      one(store.nextEvaluationAt === null ? 0 : Math.max(0, (parts.now - store.nextEvaluationAt) / 1000)),
    ),
    ...(notices === null ? [] : noticeFamilies(notices)),
    ...endpointFamilies(parts.endpoints),
    ...peerFamilies(parts.peers),
    ...(parts.heartbeat === null
      ? []
      : [
          gauge(
            'monitor_heartbeat_sent_timestamp_seconds',
            'When the heartbeat of this hub was last taken; 0 for never since the start.',
            one((parts.heartbeat.sentAt ?? 0) / 1000),
          ),
        ]),
    gauge('process_start_time_seconds', 'When the process began.', one(parts.startedAt / 1000)),
    gauge('process_resident_memory_bytes', 'Memory of the process.', one(parts.memoryBytes)),
    counter('process_cpu_seconds_total', 'Processor time of the process.', one(parts.cpuSeconds)),
  ];
}

function noticeFamilies({ attempts, took, handOver, unrouted, lag }: NoticeFigures): readonly Family[] {
  return [
    counter(
      'monitor_notice_attempts_total',
      'Attempts to hand a message to a channel since the start, by outcome: ok, or why not.',
      attempts.map(({ channel, outcome, count }) => ({ labels: { channel, outcome }, value: count })),
    ),
    {
      name: 'monitor_notice_attempt_seconds',
      help: 'Time that attempts took.',
      type: 'summary',
      samples: took.flatMap(({ channel, sum, count }) => [
        { labels: { channel }, suffix: '_sum', value: sum },
        { labels: { channel }, suffix: '_count', value: count },
      ]),
    },
    {
      name: 'monitor_notice_handover_seconds',
      help: 'Time from the commit of what there is to tell to the first attempt, waits for what comes together included.',
      type: 'histogram',
      samples: handOver.flatMap(({ severity, counts, sum, count }) => [
        ...HAND_OVER_SECONDS.map((bound, index) => ({
          ...{ labels: { severity, le: String(bound) }, suffix: '_bucket' },
          value: counts[index] ?? 0,
        })),
        { labels: { severity, le: '+Inf' }, suffix: '_bucket', value: count },
        { labels: { severity }, suffix: '_sum', value: sum },
        { labels: { severity }, suffix: '_count', value: count },
      ]),
    },
    counter('monitor_incidents_unrouted_total', 'Incidents that no route matched: nobody was told.', one(unrouted)),
    ...(lag === null
      ? []
      : [
          gauge('monitor_follower_lag_events', 'Events that notices have not followed yet.', [
            { labels: { follower: 'notices' }, value: lag.events },
          ]),
          gauge('monitor_follower_lag_seconds', 'Age of the first event that notices have not followed yet.', [
            { labels: { follower: 'notices' }, value: lag.ms / 1000 },
          ]),
        ]),
  ];
}
