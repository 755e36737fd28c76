import { signatureHeaders } from '../../src/agent/target.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { Secret } from '../../src/lib/crypto/secret.ts';
import { HEADERS, signV1 } from '../../src/lib/crypto/signature.ts';

/** What the load generator does. */
export interface Job {
  readonly kind: 'monitor' | 'alertmanager';
  readonly port: number;
  readonly connections: number;
  readonly seconds: number;
  readonly alertsPerPush: number;
  /** Instances that push in turn. */
  readonly instances: number;
  /** Number of the first instance, so that two runs can send different alerts. */
  readonly first?: number;
  readonly secret?: string;
  /**
   * `v1` (the default): signed with version 1 only, as other implementations do; each instance repeats one body.
   * `v2`: as our own agent signs, each request with its own nonce, timestamp and `observed_at`, so it can be sent only once.
   */
  readonly signature?: 'v1' | 'v2';
  /** Requests to prepare; left out, one an instance. */
  readonly requests?: number;
  /** The severity of every alert changes with each push of its instance. */
  readonly changing?: boolean;
  /** Stop when each request has been sent once. */
  readonly once?: boolean;
}

const PATH = { monitor: '/alerts/webhook/cluster/', alertmanager: '/api/v2/alerts' };

/** What may differ between two pushes of an instance. */
interface Variant {
  /** UTC milliseconds. */
  readonly observedAt?: number;
  /** Of every alert; left out, each has its own. */
  readonly severity?: 'critical' | 'warning';
}

/** The same alerts in the words of either receiver. */
export function bodyOf(kind: Job['kind'], machine: number, alerts: number, variant: Variant = {}): string {
  const instance = `web-server-${machine}`;
  const started = '2026-03-29T12:00:00Z';
  const observed = variant.observedAt === undefined ? {} : { observed_at: new Date(variant.observedAt).toISOString() };
  const list = Array.from({ length: alerts }, (_, index) => {
    const labels = { checker: `check-${index}`, hostname: `ip-10-0-${machine}`, instance_id: instance };
    const severity = variant.severity ?? (index % 3 === 0 ? 'critical' : 'warning');
    const message = `check ${index} at ${90 + (index % 10)}.2%`;
    if (kind === 'alertmanager') {
      return {
        labels: { alertname: `Check ${index}`, severity, ...labels },
        annotations: { message },
        startsAt: started,
      };
    }
    return {
      fingerprint: `check-${index}-${instance}`,
      name: `Check ${index}`,
      status: 'firing',
      severity,
      started_at: started,
      ...observed,
      labels,
      annotations: { message },
      metrics: { percent: 90.2 + (index % 10) },
    };
  });
  if (kind === 'alertmanager') return JSON.stringify(list);
  return JSON.stringify({
    source: 'cluster',
    instance_id: instance,
    hostname: `ip-10-0-${machine}`,
    version: '1.0',
    alerts: list,
  });
}

/** Whole HTTP requests as bytes, in the order in which they are to be sent. */
export function requestsOf(job: Job): Buffer[] {
  const first = job.first ?? 0;
  const total = job.requests ?? job.instances * (job.changing ? 2 : 1);
  const cycles = Math.ceil(total / job.instances);
  const now = Date.now();
  return Array.from({ length: total }, (_, n) => {
    const cycle = Math.floor(n / job.instances);
    // Each push of an instance was observed a millisecond after its last one, and none in the future.
    const at = now - (cycles - 1 - cycle);
    const variant = {
      ...(job.signature === 'v2' && { observedAt: at }),
      ...(job.changing && { severity: cycle % 2 === 0 ? ('warning' as const) : ('critical' as const) }),
    };
    const body = Buffer.from(bodyOf(job.kind, first + (n % job.instances), job.alertsPerPush, variant));
    return Buffer.concat([headOf(job, body, at), body]);
  });
}

function headOf(job: Job, body: Buffer, at: number): Buffer {
  const lines = [
    `POST ${PATH[job.kind]} HTTP/1.1`,
    'Host: 127.0.0.1',
    'User-Agent: monitor/0.1.0',
    'Content-Type: application/json',
    `Content-Length: ${body.length}`,
  ];
  for (const [name, value] of Object.entries(signatureOf(job, body, at))) lines.push(`${name}: ${value}`);
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n`);
}

function signatureOf(job: Job, body: Buffer, at: number): Record<string, string> {
  if (job.secret === undefined) return {};
  const secret = new Secret(job.secret);
  if (job.signature === 'v2')
    return signatureHeaders(body, { clusterSecret: secret }, { ...systemClock, now: () => at });
  return { [HEADERS.signature]: signV1(secret, body) };
}
