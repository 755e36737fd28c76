import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import {
  type Asked,
  createIdNames,
  normalised,
  type RecordedCall,
  realised,
  runAmtool,
  startRecorder,
} from '../support/amtool.ts';
import { request } from '../support/cluster-push.ts';
import { type Hub, type HubHome, makeHubHome } from '../support/hub.ts';
import { leftOut } from '../support/peers.ts';
import { ROOT } from '../support/sources.ts';

// Debian's amtool, unchanged, on a real hub; and what it asked, recorded, for machines without it.
const FILE = join(ROOT, 'tests/fixtures/amtool/calls.json');
const missing = await leftOut('amtool');
const only = missing === '' ? test : test.skip;

let home: HubHome;
let hub: Hub;
let recorder: Awaited<ReturnType<typeof startRecorder>>;
beforeEach(async () => {
  home = makeHubHome({ NONE_URL: 'http://127.0.0.1:9/' });
  hub = await home.serve();
  recorder = await startRecorder(hub.url);
  for (const host of ['db1', 'web1']) {
    const alert = { name: 'DiskFull', status: 'firing', severity: 'critical', labels: { host }, fingerprint: host };
    await request(`${hub.url}/alerts/webhook/generic/`, { body: JSON.stringify(alert) });
  }
});
afterEach(async () => {
  await recorder.close();
  await home.remove();
});

const hosts = (text: string) =>
  (JSON.parse(text) as { labels: { host: string }; status: { state: string; silencedBy: string[] } }[])
    .map(({ labels, status }) => `${labels.host} ${status.state} ${status.silencedBy.length}`)
    .toSorted();

describe(`amtool${missing}`, () => {
  only('adds, lists, changes, ends and imports silences, and lists what they hold back', async () => {
    const ids = createIdNames();
    const now = Date.now();
    const at = (seconds: number) => new Date(now + seconds * 1000).toISOString();
    const calls: RecordedCall[] = [];
    const amtool = async (args: readonly string[], input = '') => {
      const { code, stdout, stderr } = await runAmtool(recorder.url, args, input);
      const asks = recorder.taken().map((asked) => normalised(asked, ids, now));
      calls.push({ args: normalised(args, ids, now), asks });
      return { code, stdout: stdout.trim(), stderr: stderr.replace(/Warning: amtool version.*\n/g, '') };
    };
    const fine = async (args: readonly string[], input = '') => {
      const { code, stdout, stderr } = await amtool(args, input);
      expect([args, code, stderr]).toEqual([args, 0, '']);
      return stdout;
    };

    const id = await fine(['silence', 'add', 'alertname=DiskFull', 'host=~db.*', '-c', 'why', '-a', 'ann', '-d', '1h']);
    expect(id).toMatch(/^[0-9a-f-]{36}$/);
    const later = ['silence', 'add', 'Load', 'team!~"a|b"', '-c', 'later', '-a', 'ben', '--start', at(3600)];
    const pending = await fine([...later, '--end', at(7200)]);

    expect((await fine(['silence', 'query', '-q'])).split('\n')).toEqual([id, pending]);
    expect(await fine(['silence', 'query', '-q', 'alertname=DiskFull'])).toBe(id);
    expect(await fine(['silence', 'query', '-q', 'host=~db.*'])).toBe(id);
    expect(await fine(['silence', 'query', '-q', 'host=db1'])).toBe('');
    expect(await fine(['silence', 'query', '-q', '--created-by', 'ben'])).toBe(pending);
    expect(await fine(['silence', 'query', '-q', '--within', '90m'])).toBe(id);
    expect(await fine(['silence', 'query', '-o', 'extended'])).toMatch(/\{alertname="DiskFull", ?host=~"db\.\*"\}/);

    expect(await fine(['silence', 'update', id, '-d', '2h', '-c', 'longer'])).toContain('longer');
    expect(JSON.parse(await fine(['silence', 'query', '-o', 'json']))).toMatchObject([
      { id, comment: 'longer', createdBy: 'ann', status: { state: 'active' } },
      { id: pending, status: { state: 'pending' } },
    ]);

    expect(hosts(await fine(['alert', 'query', '-o', 'json']))).toEqual(['web1 active 0']);
    expect(hosts(await fine(['alert', 'query', '-s', '-o', 'json']))).toEqual(['db1 suppressed 1']);
    expect(hosts(await fine(['alert', 'query', '--silenced', '--active', '-o', 'json']))).toHaveLength(2);
    expect(hosts(await fine(['alert', 'query', '--inhibited', '-o', 'json']))).toEqual([]);
    expect(hosts(await fine(['alert', 'query', '-a', '-s', 'host=~web.*', '-o', 'json']))).toEqual(['web1 active 0']);
    expect(hosts(await fine(['alert', 'query', '-a', '-s', '-r', 'mon.*', '-o', 'json']))).toHaveLength(2);

    const dump = await fine(['silence', 'query', '-o', 'json']);
    expect((await fine(['silence', 'import', '-w', '1'], dump)).split('\n').toSorted()).toEqual(
      [id, pending].toSorted(),
    );
    const copies = (await fine(['silence', 'import', '--force', '-w', '1'], dump)).split('\n');
    expect(new Set([...copies, id, pending]).size).toBe(4);

    await fine(['silence', 'expire', ...copies, pending]);
    await fine(['silence', 'expire', id]);
    await fine(['silence', 'expire', id]);
    expect(await fine(['silence', 'query', '-q'])).toBe('');
    expect((await fine(['silence', 'query', '-q', '--expired'])).split('\n')).toHaveLength(4);
    expect(hosts(await fine(['alert', 'query', '-o', 'json']))).toHaveLength(2);

    for (const [args, text] of [
      [['silence', 'add', 'a=~.*', '-c', 'x'], 'at least one matcher must not match the empty string'],
      [['silence', 'add', 'a=b', '-c', 'x', '--start', at(-7200), '--end', at(-3600)], "end time can't be in the past"],
      [['silence', 'expire', '11111111-1111-1111-1111-111111111111'], '404'],
    ] as const) {
      const { code, stderr } = await amtool(args);
      expect([args, code, stderr]).toEqual([args, 1, expect.stringContaining(text)]);
    }
    // MONITOR_RECORD writes them anew, after a change of the list above.
    if (process.env.MONITOR_RECORD !== undefined) writeFileSync(FILE, `${JSON.stringify(calls, null, 2)}\n`);
    expect(calls).toEqual(JSON.parse(readFileSync(FILE, 'utf8')));
  });
});

/** What changes a silence bears its start as the hub gave it, which may be in the next second. */
async function withStoredStart(asked: Asked): Promise<Asked> {
  const { id } = (asked.body ?? {}) as { readonly id?: string };
  if (id === undefined) return asked;
  const { json } = await request(`${hub.url}/api/v2/silence/${id}`);
  return { ...asked, body: { ...(asked.body as object), startsAt: json?.startsAt } };
}

test('what amtool was recorded to ask is answered as it needs it', async () => {
  const calls = JSON.parse(readFileSync(FILE, 'utf8')) as readonly RecordedCall[];
  const ids = createIdNames();
  const now = Date.now();
  expect(calls.length).toBeGreaterThan(25);
  let made = 0;
  for (const [index, { args, asks }] of calls.entries()) {
    const isRefused = index >= calls.length - 3;
    for (const asked of asks) {
      const { method, path, body } = await withStoredStart(realised(asked, ids, now));
      const answer = await request(`${hub.url}${path}`, {
        ...{ method, headers: { accept: 'application/json', 'content-type': 'application/json' } },
        ...(body !== null && { body: JSON.stringify(body) }),
      });
      const wanted = isRefused && !path.endsWith('/status') ? expect.any(Number) : 200;
      expect([args, answer.status, String(answer.headers['content-type'] ?? 'application/json')]).toEqual([
        ...[args, wanted],
        expect.stringMatching(/^application\/json/),
      ]);
      if (isRefused && !path.endsWith('/status')) {
        expect([answer.status, typeof answer.json]).toEqual([asked.method === 'DELETE' ? 404 : 400, 'string']);
        continue;
      }
      if (method === 'POST') {
        made += 1;
        ids.nameOf(String(answer.json?.silenceID));
      }
      if (method !== 'GET' || path.endsWith('/status')) continue;
      const things = [answer.json].flat() as readonly Record<string, unknown>[];
      const fields = path.startsWith('/api/v2/alerts')
        ? ['annotations', 'endsAt', 'fingerprint', 'labels', 'receivers', 'startsAt', 'status', 'updatedAt']
        : ['comment', 'createdBy', 'endsAt', 'id', 'matchers', 'startsAt', 'status', 'updatedAt'];
      for (const thing of things) expect(Object.keys(thing)).toEqual(expect.arrayContaining(fields));
    }
  }
  expect(made).toBe(7);
  const { json } = await request(`${hub.url}/api/v2/silences`);
  const states = (json as unknown as { status: { state: string } }[]).map(({ status }) => status.state);
  expect(states).toEqual(['expired', 'expired', 'expired', 'expired']);
});

describe('an alert that another holds back', () => {
  const RULE = `
notify:
  channels:
    none: {type: webhook, url: env:NONE_URL}
  catch_all: false
  inhibit:
    - {source: alertname="NodeDown", target: alertname=~"Disk.*", equal: host}
`;
  const call = async (query: string) => {
    const { json } = await request(`${hub.url}/api/v2/alerts?${query}`);
    return hosts(JSON.stringify(json));
  };
  beforeEach(async () => {
    await hub.stop();
    appendFileSync(join(home.folder, 'monitor.yaml'), RULE);
    hub = await home.serve();
    const alert = {
      name: 'NodeDown',
      status: 'firing',
      severity: 'critical',
      labels: { host: 'db1' },
      fingerprint: 'n',
    };
    await request(`${hub.url}/alerts/webhook/generic/`, { body: JSON.stringify(alert) });
  });

  test('is suppressed and names it, also where both are of one incident', async () => {
    const none = 'active=false&silenced=false&inhibited=false&unprocessed=false';
    expect(await call('')).toEqual(['db1 active 0', 'db1 suppressed 0', 'web1 active 0']);
    expect(await call(none)).toEqual([]);
    expect(await call(none.replace('inhibited=false', 'inhibited=true'))).toEqual(['db1 suppressed 0']);
    expect(await call('inhibited=false')).toEqual(['db1 active 0', 'web1 active 0']);
    const { json } = await request(`${hub.url}/api/v2/alerts`);
    const alerts = json as unknown as {
      fingerprint: string;
      labels: { alertname: string };
      status: { inhibitedBy: string[] };
    }[];
    const source = alerts.find(({ labels }) => labels.alertname === 'NodeDown')?.fingerprint;
    expect(alerts.flatMap(({ status }) => status.inhibitedBy)).toEqual([source]);
    const groups = (await request(`${hub.url}/api/v2/alerts/groups?inhibited=false`)).json as unknown as {
      alerts: unknown[];
    }[];
    expect(groups.flatMap((group) => group.alerts)).toHaveLength(2);
  });

  only('amtool lists it with --inhibited only', async () => {
    const query = async (...flags: string[]) =>
      hosts((await runAmtool(hub.url, ['alert', 'query', ...flags, '-o', 'json'])).stdout);
    expect(await query()).toEqual(['db1 active 0', 'web1 active 0']);
    expect(await query('--inhibited')).toEqual(['db1 suppressed 0']);
  });
});
