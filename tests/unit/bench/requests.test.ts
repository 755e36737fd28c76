import { describe, expect, test } from '@jest/globals';
import { type Job, requestsOf } from '../../../bench/load/requests.ts';
import { verifyClusterRequest } from '../../../src/drivers/cluster/signature.ts';
import { Secret } from '../../../src/lib/crypto/secret.ts';

const SECRET = '0123456789abcdef0123456789abcdef';
const job: Job = {
  kind: 'monitor',
  port: 1,
  connections: 1,
  seconds: 1,
  alertsPerPush: 2,
  instances: 3,
  secret: SECRET,
};

/** A prepared request, as a hub reads it. */
function parse(request: Buffer) {
  const end = request.indexOf('\r\n\r\n');
  const [first = '', ...lines] = request.subarray(0, end).toString().split('\r\n');
  const headers = Object.fromEntries(lines.map((line) => line.toLowerCase().split(': ')));
  const body = request.subarray(end + 4);
  const [method = '', path = ''] = first.split(' ');
  const raw = { method, path, headers, body, read: () => null, receivedAt: Date.now() };
  const policy = { requireV2: job.signature === 'v2' };
  return {
    headers,
    length: body.length,
    value: JSON.parse(body.toString()),
    proof: verifyClusterRequest(raw as never, [new Secret(SECRET)], policy as never),
  };
}

describe('requests of the bench', () => {
  test.each(['v1', 'v2'] as const)('signed by %s are accepted, and as long as they say', (signature) => {
    for (const request of requestsOf({ ...job, signature, requests: 6 }).map(parse)) {
      expect(request.proof.ok).toBe(true);
      expect(Number(request.headers['content-length'])).toBe(request.length);
    }
  });

  test('v1 repeats one body per instance', () => {
    const requests = requestsOf({ ...job, requests: 6 });
    expect(requests.slice(0, 3)).toEqual(requests.slice(3));
    expect(new Set(requests.map((request) => parse(request).value.instance_id)).size).toBe(3);
  });

  test('v2 never repeats a nonce, and observes each alert later than before, never in the future', () => {
    const requests = requestsOf({ ...job, signature: 'v2', requests: 9 }).map(parse);
    expect(new Set(requests.map(({ headers }) => headers['x-cluster-nonce'])).size).toBe(9);
    const times = [0, 3, 6].map((n) => Date.parse(requests[n]?.value.alerts[0].observed_at));
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(new Set(times).size).toBe(3);
    expect(times.at(-1)).toBeLessThanOrEqual(Date.now());
  });

  test('a changing load changes the severity of every alert each time', () => {
    const requests = requestsOf({ ...job, changing: true }).map(parse);
    const severities = [0, 3].map((n) =>
      requests[n]?.value.alerts.map(({ severity }: { severity: string }) => severity),
    );
    expect(severities).toEqual([
      ['warning', 'warning'],
      ['critical', 'critical'],
    ]);
  });

  test('Alertmanager gets the same alerts, unsigned', () => {
    const { secret: _, ...unsigned } = job;
    const [theirs, ours] = [
      parse(requestsOf({ ...unsigned, kind: 'alertmanager' })[0] as Buffer),
      parse(requestsOf(job)[0] as Buffer),
    ];
    expect(theirs.value.map(({ labels }: { labels: object }) => labels)).toEqual(
      ours.value.alerts.map((alert: { name: string; severity: string; labels: object }) => ({
        ...alert.labels,
        alertname: alert.name,
        severity: alert.severity,
      })),
    );
    expect(theirs.headers['x-cluster-signature']).toBeUndefined();
  });
});
