import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Driver } from '../../src/drivers/contract.ts';
import { DRIVERS } from '../../src/drivers/registry.ts';
import { type Answered, hmac, items, request } from '../support/cluster-push.ts';
import { FIXTURES } from '../support/golden.ts';
import { type Hub, type HubHome, makeHubHome } from '../support/hub.ts';
import { firingBody } from '../support/payloads.ts';
import { newSecret, SCHEMES, SHOW, type Shown, SIGNED, untaught } from '../support/webhook-auth.ts';

// Every driver and every way to prove who one is, over HTTP: one hub with two secrets a driver.
const [ENDED, OTHER] = [newSecret(), newSecret()];
const NAMES = DRIVERS.map((driver) => driver.name);
// Of PagerDuty, the one whose vector its vendor has published.
const VECTOR = 'lDQHScfUeXUKaQRNF+8XIiDKZ7XX3itBAYzwU0TARw8lJqRnkKl2iB1anSb0Z+IK';
const CURRENT = Object.fromEntries(NAMES.map((name) => [name, name === 'pagerduty' ? VECTOR : newSecret()]));
const BEFORE = Object.fromEntries(NAMES.map((name) => [name, newSecret()]));
const secretOf = (name: string) => CURRENT[name] ?? '';
const variableOf = (name: string) => `WEBHOOK_SECRET_${name.toUpperCase().replaceAll('-', '_')}`;

const home: HubHome = makeHubHome({ MONITOR_CHECKERS: '' });
let hub: Hub;
beforeAll(async () => {
  const drivers = { grafana: { timestamp_header: 'X-Signed-At' } };
  const sources = { mytool: {}, constructor: {} };
  writeFileSync(join(home.folder, 'monitor.yaml'), JSON.stringify({ drivers, sources }));
  const env = NAMES.flatMap((name) => [
    [variableOf(name), secretOf(name)],
    [`${variableOf(name)}_PREVIOUS`, BEFORE[name] ?? ''],
  ]);
  hub = await home.serve({ ...Object.fromEntries(env), MONITOR_LIMITS_BURST: '100000' });
});
afterAll(async () => {
  const { code, stderr } = await hub.stop();
  await home.remove();
  const told = [...Object.values(CURRENT), ...Object.values(BEFORE), ENDED, OTHER]
    .flatMap((secret) => [secret, encodeURIComponent(secret), btoa(`a-user:${secret}`)])
    .filter((secret) => stderr.includes(secret));
  expect([code, told, stderr.match(/"level":"(error|fatal)"/)]).toEqual([0, [], null]);
});

async function send(name: string, { headers = {}, behind = '' }: Shown, body: string | Buffer, base = hub.url) {
  const path = `/alerts/webhook/${name === '' ? '' : `${name}/`}${behind}`;
  return request(`${base}${path}`, { body, headers: { 'content-type': 'application/json', ...headers } });
}

/** Answers by the name of what was sent. */
async function answers(
  name: string,
  sent: Readonly<Record<string, Shown>>,
  body: string,
): Promise<Record<string, Answered>> {
  const all: Record<string, Answered> = {};
  for (const [what, shown] of Object.entries(sent)) all[what] = await send(name, shown, body);
  return all;
}

/** What was not answered like this. */
const except = (all: Record<string, Answered>, status: number) =>
  Object.entries(all).flatMap(([what, answer]) =>
    answer.status === status ? [] : [`${what}: ${answer.status} ${answer.text}`],
  );

test('the ways in which vendors sign are known for every driver that verifies signatures', () => {
  expect(untaught(DRIVERS)).toEqual([]);
});

describe.each(DRIVERS.map((driver) => [driver.name, driver] as const))('%s', (name, driver) => {
  const body = firingBody(driver);
  const secret = secretOf(name);
  const schemes = SCHEMES.filter((scheme) => driver.schemes.includes(scheme));
  const signs = Object.entries(SIGNED[name] ?? {});
  const near = {
    wrong: OTHER,
    truncated: secret.slice(0, -1),
    'its beginning cut': secret.slice(1),
    longer: `${secret}x`,
    'in other letter case': secret.toUpperCase(),
    'one that has ended': ENDED,
    'that of another driver': secretOf(name === 'zabbix' ? 'generic' : 'zabbix'),
  };

  test('what is not proven is refused with 403, says how, and opens nothing', async () => {
    const wrong: Record<string, Shown> = {
      nothing: {},
      'in the query': { behind: `?token=${encodeURIComponent(secret)}` },
    };
    for (const [what, text] of Object.entries(near)) {
      for (const scheme of schemes) wrong[`${scheme}: ${what}`] = SHOW[scheme](text);
      for (const [way, sign] of signs) wrong[`signed, ${way}: ${what}`] = { headers: sign(body, text) };
    }
    for (const scheme of SCHEMES) {
      if (!schemes.includes(scheme)) wrong[`${scheme}: right, but not a way of this driver`] = SHOW[scheme](secret);
    }
    wrong['a scheme that nobody has'] = { headers: { authorization: `Digest ${secret}` } };
    wrong['no word before it'] = { headers: { authorization: secret } };
    wrong['bearer, empty'] = { headers: { authorization: 'Bearer ' } };
    wrong['basic, as the user'] = { headers: { authorization: `Basic ${btoa(`${secret}:`)}` } };
    wrong['basic, not encoded'] = { headers: { authorization: `Basic user:${secret}` } };
    for (const [way, sign] of signs) {
      const right = sign(body, secret);
      const spoil = (by: (value: string) => string) =>
        Object.fromEntries(Object.entries(right).map(([header, value]) => [header, by(value)]));
      wrong[`signed, ${way}: truncated`] = { headers: spoil((value) => value.slice(0, -1)) };
      wrong[`signed, ${way}: one digit changed`] = {
        headers: spoil((value) => value.replace(/.$/, (end) => (end === '0' ? '1' : '0'))),
      };
      wrong[`signed, ${way}: another body`] = { headers: sign(`${body} `, secret) };
      wrong[`signed, ${way}: with more behind it`] = { headers: spoil((value) => `${value} x`) };
    }
    const all = await answers(name, wrong, body);
    expect(except(all, 403)).toEqual([]);
    for (const [what, { json }] of Object.entries(all)) {
      expect([what, json]).toEqual([what, { status: 'error', message: expect.stringMatching(/\S{3}/) }]);
    }
    const answered = JSON.stringify(Object.values(all));
    expect([secret, OTHER, ENDED].filter((one) => answered.includes(one))).toEqual([]);
    expect(await items(hub.url, `alerts?source=${name}`)).toEqual([]);
  });

  test('a failed way is not made good by the next', async () => {
    const ways = [
      ...signs.map(
        ([way, sign]) => [`signed, ${way}`, (text: string): Shown => ({ headers: sign(body, text) })] as const,
      ),
      ...schemes.map((scheme) => [scheme, SHOW[scheme]] as const),
    ];
    const mixed: Record<string, Shown> = {};
    for (const [index, [way, show]] of ways.entries()) {
      for (const [next, showNext] of ways.slice(index + 1)) {
        const [failed, good] = [show(OTHER), showNext(secret)];
        // Two of the same header cannot be shown.
        const isOne = Object.keys(failed.headers ?? {}).some((header) => header in (good.headers ?? {}));
        if (!isOne)
          mixed[`${way}, then ${next}`] = { ...good, ...failed, headers: { ...good.headers, ...failed.headers } };
      }
    }
    expect(except(await answers(name, mixed, body), 403)).toEqual([]);
    expect(await items(hub.url, `alerts?source=${name}`)).toEqual([]);
  });

  test('the secret and, during a rotation, the one before it are taken by every way', async () => {
    const right: Record<string, Shown> = {};
    for (const [what, text] of Object.entries({ current: secret, previous: BEFORE[name] ?? '' })) {
      for (const scheme of schemes) right[`${scheme}: ${what}`] = SHOW[scheme](text);
      for (const [way, sign] of signs) right[`signed, ${way}: ${what}`] = { headers: sign(body, text) };
    }
    if (schemes.includes('bearer')) right['small letters'] = { headers: { authorization: `bearer ${secret}` } };
    if (schemes.includes('basic')) right['no user'] = { headers: { authorization: `Basic ${btoa(`:${secret}`)}` } };
    expect(Object.keys(right).length).toBeGreaterThanOrEqual(2);
    expect(except(await answers(name, right, body), 200)).toEqual([]);
    expect((await items(hub.url, `alerts?source=${name}`)).length).toBeGreaterThanOrEqual(1);
  });

  const clocks = signs.filter(
    ([, sign]) => JSON.stringify(sign(body, secret, 1)) !== JSON.stringify(sign(body, secret, 2)),
  );
  if (clocks.length === 0) return;
  test.each(clocks)('signed %s: an old time is refused, and so is one to come', async (_, sign) => {
    const now = Math.floor(Date.now() / 1000);
    for (const [off, side] of [
      [-310, 'behind'],
      [310, 'ahead of'],
      [-86_400 * 365, 'behind'],
    ] as const) {
      const answer = await send(name, { headers: sign(body, secret, now + off) }, body);
      expect([answer.status, answer.json?.message]).toEqual([403, expect.stringContaining(side)]);
    }
    const own = sign(body, secret, now);
    const [time = ''] = Object.entries(own).find(([, value]) => value === String(now)) ?? [];
    const { [time]: _time, ...without } = own;
    expect((await send(name, { headers: without }, body)).status).toBe(403);
    expect((await send(name, { headers: { ...own, [time]: String(now + 1) } }, body)).status).toBe(403);
  });

  test.each(clocks)(
    'signed %s: the same request again is answered as the first time and changes nothing',
    async (_, sign) => {
      const headers = sign(body, secret);
      const first = await send(name, { headers }, body);
      const before = await items(hub.url, `alerts?source=${name}`);
      const again = await send(name, { headers }, body);
      expect([again.status, again.text]).toEqual([200, first.text]);
      expect(await items(hub.url, `alerts?source=${name}`)).toEqual(before);
    },
  );
});

describe("the vendors' own vectors", () => {
  const vector = readFileSync(join(FIXTURES, 'pagerduty/signature_vector_body.json'));
  const hex = '0c0b9495b893a39e70d1fea2fe11fbe0a825f88b9f67846f6cc07dd2bc5476cd';
  const pagerduty = (signature: string, body: Buffer = vector, id?: string) =>
    send('pagerduty', { headers: { 'x-pagerduty-signature': signature, ...(id && { 'x-webhook-id': id }) } }, body);

  test.each([`v1=${hex}`, `v1=${'0'.repeat(64)},v1=${hex}`, `v1=${hex},v1=${'0'.repeat(64)}`, `v0=x,v1=${hex}`])(
    'PagerDuty %s is taken',
    async (signature) => {
      expect(await pagerduty(signature)).toMatchObject({ status: 200, json: { status: 'success' } });
    },
  );

  test.each([hex, `v2=${hex}`, `v1=${hex.slice(1)}`, `v1=${'0'.repeat(64)},v2=${hex}`, 'v1=', ''])(
    'PagerDuty "%s" is refused',
    async (signature) => {
      expect((await pagerduty(signature)).status).toBe(403);
    },
  );

  test('PagerDuty: one more byte is another body; a retry of the same X-Webhook-Id changes nothing', async () => {
    const more = Buffer.concat([vector, Buffer.from('\n')]);
    expect((await pagerduty(`v1=${hex}`, more)).status).toBe(403);
    const first = await pagerduty(`v1=${hex}`, vector, 'delivery-1');
    const before = await items(hub.url, 'alerts?source=pagerduty');
    const again = await pagerduty(`v1=${hmac(BEFORE.pagerduty ?? '', vector)}`, vector, 'delivery-1');
    expect([again.status, again.text]).toEqual([200, first.text]);
    expect(await items(hub.url, 'alerts?source=pagerduty')).toEqual(before);
  });

  test('Grafana: the signature of the body alone is taken where no timestamp is configured, and only there', async () => {
    const grafana = DRIVERS.find((driver) => driver.name === 'grafana') as Driver;
    const body = firingBody(grafana);
    const plain = { headers: { 'x-grafana-alerting-signature': hmac(secretOf('grafana'), body) } };
    const other = makeHubHome({ WEBHOOK_SECRET_GRAFANA: secretOf('grafana') });
    try {
      const { url } = await other.serve();
      expect((await send('grafana', plain, body, url)).status).toBe(200);
      const cut = { headers: { 'x-grafana-alerting-signature': hmac(secretOf('grafana'), body).slice(0, 63) } };
      expect((await send('grafana', cut, body, url)).status).toBe(403);
      // A timestamp that is not configured is not part of what is signed.
      const timed = { headers: SIGNED.grafana?.['with a timestamp']?.(body, secretOf('grafana')) ?? {} };
      expect((await send('grafana', timed, body, url)).status).toBe(403);
    } finally {
      await other.remove();
    }
    const answer = await send('grafana', plain, body);
    expect([answer.status, answer.json?.message]).toEqual([403, expect.stringContaining('X-Signed-At is missing')]);
  });
});

describe('a named source of the generic driver', () => {
  const body = JSON.stringify({ title: 'From my tool', host: 'a' });
  test.each(['mytool', 'constructor'])('%s has the secret of generic', async (name) => {
    for (const scheme of SCHEMES) {
      expect((await send(name, SHOW[scheme](OTHER), body)).status).toBe(403);
      expect((await send(name, SHOW[scheme](secretOf('generic')), body)).status).toBe(200);
      expect((await send(name, SHOW[scheme](BEFORE.generic ?? ''), body)).status).toBe(200);
    }
    const refused = await send(name, SHOW.bearer(OTHER), body);
    expect(refused.json?.message).toBe('the secret does not match WEBHOOK_SECRET_GENERIC');
    const [, sign] = Object.entries(SIGNED.generic ?? {})[0] ?? [];
    expect((await send(name, { headers: sign?.(body, secretOf('generic')) ?? {} }, body)).status).toBe(200);
    expect(await items(hub.url, `alerts?source=${name}`)).toHaveLength(1);
  });
});

describe('without a route, the secret is that of the driver which claims the body', () => {
  const others = DRIVERS.filter((driver) => driver.schemes.includes('bearer'));
  test.each(others.map((driver) => [driver.name, driver] as const))('%s', async (name, driver) => {
    const body = firingBody(driver);
    const another = name === 'zabbix' ? 'generic' : 'zabbix';
    expect((await send('', SHOW.bearer(secretOf(another)), body)).status).toBe(403);
    expect((await send('', {}, body)).status).toBe(403);
    expect((await send('', SHOW.bearer(secretOf(name)), body)).status).toBe(200);
  });
});

describe('without any secret', () => {
  const open = makeHubHome({ WEBHOOK_SECRET_CLUSTER: '', MONITOR_CHECKERS: '' });
  let url = '';
  beforeAll(async () => {
    const sources = { mytool: {} };
    writeFileSync(
      join(open.folder, 'monitor.yaml'),
      JSON.stringify({ sources, webhooks: { without_auth: ['zabbix'] } }),
    );
    url = (await open.serve()).url;
  });
  afterAll(() => open.remove());

  const away: readonly (readonly [string, Record<string, string>])[] = [
    ['through a proxy', { 'x-forwarded-for': '127.0.0.1' }],
    ['from a page in a browser', { origin: 'http://127.0.0.1' }],
    ['under a foreign name', { host: 'hub.example.com' }],
  ];
  const named = DRIVERS.filter(({ schemes }) => schemes.length > 0);

  test.each(named.map((driver) => [driver.name, driver] as const))(
    '%s is taken from this machine only',
    async (name, driver) => {
      const body = firingBody(driver);
      const isNamed = name === 'zabbix';
      for (const [, headers] of away) {
        const answer = await send(name, { headers }, body, url);
        const why = `without ${variableOf(name)} this hub accepts only requests from programs on the same machine`;
        if (isNamed) expect(answer.status).toBe(200);
        else expect([answer.status, answer.json]).toEqual([403, { status: 'error', message: why }]);
      }
      expect((await send(name, {}, body, url)).status).toBe(200);
    },
  );

  test('a named source of the generic driver, too, names the variable of generic', async () => {
    const answer = await send('mytool', { headers: away[0]?.[1] ?? {} }, '{"title":"x"}', url);
    expect([answer.status, answer.json?.message]).toEqual([
      403,
      expect.stringContaining('without WEBHOOK_SECRET_GENERIC '),
    ]);
  });
});
