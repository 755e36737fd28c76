import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ask, push, request, wire } from './cluster-push.ts';
import { type HttpReceiver, startHttpReceiver } from './http-receiver.ts';
import { type Hub, type HubHome, makeHubHome } from './hub.ts';

/** A hub with what pages are to show. */
export interface DashboardWorld {
  readonly home: HubHome;
  hub: Hub;
  /** What slack-ops was sent. */
  readonly told: HttpReceiver;
  stop(): Promise<void>;
}

const NOTIFY = `notify:
  channels:
    slack-ops: {type: webhook}
    teams-ops: {type: webhook}
  catch_all: slack-ops
  routes:
    - matchers: severity="critical"
      channels: [slack-ops, teams-ops]
`;

/** Starts one; `more` is added to monitor.yaml. One channel takes everything, the other refuses it for good. */
export async function startDashboardWorld(env: Record<string, string> = {}, more = ''): Promise<DashboardWorld> {
  const told = await startHttpReceiver();
  const refusing = await startHttpReceiver();
  refusing.reply = () => ({ status: 400, body: 'unknown webhook' });
  const home = makeHubHome({
    ...{ MONITOR_ALLOW_PRIVATE_TARGETS: '127.0.0.1', MONITOR_CHECKERS: '' },
    ...{ MONITOR_CHANNEL_SLACK_OPS_URL: `${told.url}/ops`, MONITOR_CHANNEL_TEAMS_OPS_URL: `${refusing.url}/teams` },
    ...env,
  });
  const file = join(home.folder, 'monitor.yaml');
  writeFileSync(file, `${readFileSync(file, 'utf8')}${NOTIFY}${more}`, { mode: 0o600 });
  const hub = await home.serve();
  return {
    home,
    hub,
    told,
    stop: async () => {
      await home.remove();
      await told.close();
      await refusing.close();
    },
  };
}

/** A time so many minutes ago. */
export function minutesAgo(minutes: number): string {
  return new Date(Date.now() - minutes * 60_000).toISOString();
}

interface Trouble {
  readonly instance: string;
  readonly name: string;
  readonly severity: 'critical' | 'warning' | 'info';
  readonly message: string;
  readonly minutes: number;
  readonly metrics?: Record<string, unknown>;
}

const TROUBLES: readonly Trouble[] = [
  {
    instance: 'db-primary-01',
    name: 'Disk usage',
    severity: 'critical',
    minutes: 41,
    message: '/var/lib/postgresql at 97.4% (critical at 95%), 12.1 GiB of 464 GiB left, full in about 3 h 10 m',
    metrics: { used_percent: 97.4, free_bytes: 12_992_276_070 },
  },
  {
    instance: 'db-primary-01',
    name: 'System load',
    severity: 'warning',
    minutes: 38,
    message: 'Load 1.62 per core over 5 minutes (warning at 1.5 per core)',
    metrics: { load1: 13.2, load_per_core: 1.62 },
  },
  {
    instance: 'web-server-03',
    name: 'Process nginx',
    severity: 'critical',
    minutes: 14,
    message: '0 processes, at least 1 wanted',
  },
  {
    instance: 'web-server-03',
    name: 'Memory usage',
    severity: 'warning',
    minutes: 28,
    message: 'Memory at 91.2% (warning at 80%), 1.1 GiB of 12.6 GiB free',
    metrics: { used_percent: 91.2 },
  },
  {
    instance: 'ip-10-42-118-207.eu-central-1.compute.internal',
    name: 'CPU usage',
    severity: 'warning',
    minutes: 126,
    message: 'CPU at 94.8% over 5 minutes (warning at 90%)',
    metrics: { used_percent: 94.8 },
  },
  {
    instance: 'mail-09',
    name: 'Reboot required',
    severity: 'info',
    minutes: 5760,
    message: 'linux-image-6.1.0-31-amd64 waits for a reboot for 4 days',
  },
  {
    instance: 'worker-11',
    name: 'Clock offset',
    severity: 'warning',
    minutes: 205,
    message: '+812 ms against 3 servers, limit 500 ms',
    metrics: { offset_ms: 812 },
  },
];

const FLEETS: readonly (readonly [name: string, count: number])[] = [
  ...([
    ['web-server', 24],
    ['db-replica', 8],
    ['worker', 30],
    ['cache', 12],
    ['edge-fra', 16],
  ] as const),
];

/** Fills it with a fleet, its troubles, alerts of other tools, a silence, a window, and what people did. */
export async function fillDashboardWorld({ hub: { url } }: DashboardWorld): Promise<void> {
  for (const [name, count] of FLEETS) {
    for (let at = 1; at <= count; at += 1) await pushed(url, `${name}-${String(at).padStart(2, '0')}`, []);
  }
  const instances = [...new Set(TROUBLES.map(({ instance }) => instance))];
  for (const instance of instances) {
    const alerts = TROUBLES.filter((one) => one.instance === instance).map(alertOf);
    await pushed(url, instance, alerts);
  }
  await pushed(url, 'db-replica-02', [
    wire('replication', { name: 'Replication lag', severity: 'warning', started_at: minutesAgo(51) }),
  ]);
  await pushed(url, 'db-replica-02', [
    wire('replication', {
      name: 'Replication lag',
      severity: 'warning',
      status: 'resolved',
      started_at: minutesAgo(51),
    }),
  ]);
  await prometheus(url);
  const open = (await ask(url, 'incidents?limit=50')).items as { id: string; key: string }[];
  const incident = open.find(({ key }) => key.includes('db-primary-01'))?.id ?? '';
  await post(url, `incidents/${incident}/acknowledge`, { by: 'Mira', comment: 'extending the volume' });
  await post(url, `incidents/${incident}/note`, {
    by: 'Mira',
    comment: 'Old WAL segments take 80 GiB; see https://wiki.example.com/runbooks/wal',
  });
  await post(url, 'silences', {
    matchers: ['service="checkout"'],
    for: '2h',
    by: 'Mira',
    comment: 'load test until the evening',
  });
  await post(url, 'maintenance', { instance: 'worker-11', for: '45m', by: 'Jonas', comment: 'patching rack 7' });
  const later = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString();
  await post(url, 'silences', {
    matchers: ['host=~"db-replica-.*"'],
    starts_at: later(30),
    ends_at: later(34),
    by: 'Jonas',
    comment: 'reindexing',
  });
  await post(url, 'silences', {
    matchers: ['env="staging"'],
    starts_at: later(20),
    ends_at: later(100),
    by: 'Ann',
    comment: 'staging is rebuilt',
  });
}

function alertOf({ name, severity, message, minutes, metrics = {}, instance }: Trouble) {
  return wire(`${name} ${instance}`, {
    ...{ name, severity, metrics, started_at: minutesAgo(minutes) },
    labels: { checker: name.toLowerCase().replace(/\W+/g, '_'), instance_id: instance, env: 'production' },
    annotations: { message },
  });
}

/** Alerts as Alertmanager sends them. */
async function prometheus(url: string): Promise<void> {
  const alerts = Array.from({ length: 6 }, (_, index) => ({
    status: 'firing',
    labels: {
      alertname: 'KubePodCrashLooping',
      severity: 'warning',
      namespace: 'payments',
      pod: `payments-api-${index}`,
      cluster: 'eu-1',
    },
    annotations: {
      summary: `Pod payments/payments-api-${index} restarts 5 times in 10 minutes`,
      runbook_url: 'https://runbooks.example.com/KubePodCrashLooping',
    },
    startsAt: minutesAgo(126),
    fingerprint: `crash-${index}`,
  }));
  const slow = {
    status: 'firing',
    labels: { alertname: 'SlowReplies', severity: 'warning', service: 'checkout', env: 'production' },
    annotations: { summary: 'p95 of https://checkout-service.eu-central-1.internal.example.com/readiness is 1,840 ms' },
    startsAt: minutesAgo(202),
    fingerprint: 'slow-1',
  };
  const body = {
    version: '4',
    status: 'firing',
    receiver: 'monitor',
    groupKey: '{}',
    groupLabels: {},
    commonLabels: {},
    commonAnnotations: {},
    externalURL: 'https://am.example.com',
    alerts: [...alerts, slow],
  };
  await post(url, '/alerts/webhook/alertmanager/', body);
}

/** Posts JSON; throws unless it is taken. */
export async function post(url: string, path: string, body: unknown): Promise<Record<string, unknown>> {
  const whole = path.startsWith('/') ? `${url}${path}` : `${url}/api/v1/${path}`;
  const answer = await request(whole, { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } });
  if (answer.status >= 300) throw new Error(`${path}: ${answer.status} ${answer.text}`);
  return answer.json ?? {};
}

/** Pushes; throws unless it is taken. */
export async function pushed(url: string, instance: string, alerts: readonly unknown[]): Promise<void> {
  const { status, text } = await push(url, instance, alerts);
  if (status !== 200) throw new Error(`push of ${instance}: ${status} ${text}`);
}

/** Many alerts at once, for the table. */
export async function pushMany(url: string, count: number): Promise<void> {
  const names = [
    'Disk space low',
    'TLS certificate expires soon',
    'RAID degraded',
    'Clock offset',
    'Swap usage high',
    'KubeDeploymentReplicasMismatch',
    'RabbitmqQueueGrowing',
  ];
  const severities = ['warning', 'info', 'warning', 'info', 'warning', 'critical', 'warning'];
  for (let from = 0; from < count; from += 100) {
    const instance = `node-${String(from / 100).padStart(3, '0')}`;
    const alerts = Array.from({ length: Math.min(100, count - from) }, (_, index) =>
      wire(`${instance}-${index}`, {
        name: `${names[index % names.length]} ${index}`,
        severity: index % 50 === 5 ? 'critical' : severities[index % 5],
        started_at: minutesAgo(5 + index * 7),
        labels: { instance_id: instance, checker: `c${index}` },
        annotations: { message: `${names[index % names.length]} on ${instance}: value ${index} of ${count}` },
      }),
    );
    await pushed(url, instance, alerts);
  }
}
