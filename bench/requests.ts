import { signatureHeaders } from '../src/agent/target.ts';
import { systemClock } from '../src/lib/clock.ts';
import { Secret } from '../src/lib/crypto/secret.ts';
import { HEADERS, signV1 } from '../src/lib/crypto/signature.ts';

/** What the load generator does. */
export interface Job {
  readonly kind: 'monitor' | 'alertmanager';
  readonly port: number;
  readonly connections: number;
  readonly seconds: number;
  readonly alertsPerPush: number;
  /** Distinct pushes; each names its own alerts. */
  readonly pushes: number;
  /** Number of the first push, so that two runs can name different alerts. */
  readonly first?: number;
  readonly secret?: string;
  /** Sign with version 2 too: every request is then sent once. */
  readonly v2?: boolean;
  readonly once?: boolean;
  /** Requests a second in all; left out, as many as possible. */
  readonly perSecond?: number;
}

const PATH = { monitor: '/alerts/webhook/cluster/', alertmanager: '/api/v2/alerts' };

/** The same alerts in the words of either receiver. */
export function bodyOf(kind: Job['kind'], push: number, alerts: number): string {
  const instance = `web-server-${push}`;
  const started = '2026-03-29T12:00:00Z';
  const list = Array.from({ length: alerts }, (_, index) => {
    const labels = { checker: `check-${index}`, hostname: `ip-10-0-${push}`, instance_id: instance };
    const severity = index % 3 === 0 ? 'critical' : 'warning';
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
      labels,
      annotations: { message },
      metrics: { percent: 90.2 + (index % 10) },
    };
  });
  if (kind === 'alertmanager') return JSON.stringify(list);
  return JSON.stringify({
    source: 'cluster',
    instance_id: instance,
    hostname: `ip-10-0-${push}`,
    version: '1.0',
    alerts: list,
  });
}

/** Whole HTTP requests as bytes: head and body. */
export function requestsOf(job: Job): Buffer[][] {
  const first = job.first ?? 0;
  const secret = job.secret === undefined ? undefined : new Secret(job.secret);
  const path = PATH[job.kind];
  const bodies = Array.from({ length: job.pushes }, (_, n) =>
    Buffer.from(bodyOf(job.kind, first + n, job.alertsPerPush)),
  );
  const signatureOf = (body: Buffer): Record<string, string> => {
    if (secret === undefined) return {};
    if (job.v2) return signatureHeaders(body, { clusterSecret: secret }, systemClock);
    return { [HEADERS.signature]: signV1(secret, body) };
  };
  const head = (body: Buffer) => {
    const lines = [
      `POST ${path} HTTP/1.1`,
      'Host: 127.0.0.1',
      'User-Agent: monitor/0.1.0',
      'Content-Type: application/json',
      `Content-Length: ${body.length}`,
    ];
    for (const [name, value] of Object.entries(signatureOf(body))) lines.push(`${name}: ${value}`);
    return Buffer.from(`${lines.join('\r\n')}\r\n\r\n`);
  };
  if (!job.v2) return bodies.map((body) => [head(body), body]);
  // A nonce serves once: as many heads as the fastest run could use.
  const enough = Math.ceil(job.seconds * (job.perSecond ?? 25_000));
  return Array.from({ length: enough }, (_, n) => bodies[n % bodies.length] as Buffer).map((body) => [
    head(body),
    body,
  ]);
}
