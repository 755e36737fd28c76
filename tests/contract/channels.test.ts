import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import {
  bindChannel,
  CHANNEL_NAMES,
  type ChannelOptionsError,
  channelOfUrl,
  loadChannel,
} from '../../src/channels/registry.ts';
import { secretsIn } from '../../src/lib/crypto/redact.ts';
import { CHANNEL_FIXTURES, channelCases, messageOf, replaced, shownRequest } from '../support/channel-fixtures.ts';
import { channelWorld } from '../support/channel-world.ts';
import { type HttpReceiver, type Reply, startHttpReceiver } from '../support/http-receiver.ts';
import { sampleAlert, sampleMessage } from '../support/notice.ts';
import { ROOT } from '../support/sources.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).toReversed()) await one.close();
});
const keep = <T extends { close(): Promise<void> }>(one: T): T => {
  open.push(one);
  return one;
};
const receiver = async (): Promise<HttpReceiver> => keep(await startHttpReceiver());

function world(change: Parameters<typeof channelWorld>[0] = {}) {
  const doors = channelWorld({ programs: ['/usr/bin/env'], ...change });
  keep(doors.http);
  return doors;
}
const attempt = () => ({ signal: new AbortController().signal });

const CASES = CHANNEL_NAMES.flatMap((name) => channelCases(name).map(([file, one]) => ({ name, file, one })));
const HTTP = CASES.filter(({ one, file }) => one.target === undefined && file === 'firing.json');

/** The channel of a first case, bound to a receiver. */
async function bound(name: string, change: Parameters<typeof channelWorld>[0] = {}) {
  const server = await receiver();
  const given = HTTP.find((one) => one.name === name)?.one;
  const options = replaced(given?.options ?? {}, '{server}', server.url);
  return { server, options, channel: await bindChannel(name, options, world(change)), given };
}

test('the list holds every channel of the folder, each with its page and its fixtures', () => {
  const files = readdirSync(join(ROOT, 'src/channels')).map((file) => file.replace(/\.ts$/, ''));
  const plugIns = [...new Set(files)].filter((file) => !['contract', 'registry', 'list'].includes(file));
  expect(plugIns.toSorted()).toEqual(CHANNEL_NAMES.toSorted());
  expect(readdirSync(CHANNEL_FIXTURES).toSorted()).toEqual(CHANNEL_NAMES.toSorted());
  for (const name of CHANNEL_NAMES)
    expect([name, existsSync(join(ROOT, `docs/channels/${name}.md`))]).toEqual([name, true]);
});

describe.each(CHANNEL_NAMES)('%s', (name) => {
  test('describes itself in a line, under the name of its file, and starts with a firing case', async () => {
    const channel = await loadChannel(name);
    expect(channel?.name).toBe(name);
    expect(channel?.summary).toMatch(/^[A-Z][^\n]{10,120}$/);
    expect(channelCases(name).map(([file]) => file)).toContain('firing.json');
  });

  test('refuses options that it does not know, and those that are missing, by name', async () => {
    const problems = await bindChannel(name, { surprise: 1 }, world()).then(
      () => [],
      (error: ChannelOptionsError) => error.problems,
    );
    expect(problems.join('\n')).toMatch(/surprise/);
  });
});

test.each(CASES.filter(({ one }) => one.target === undefined).map((one) => [`${one.name}/${one.file}`, one] as const))(
  '%s: requests as in the golden file, and the result',
  async (_, { name, one }) => {
    const server = await receiver();
    const replies = [...(one.replies ?? [{}])];
    server.reply = () => (replies.length > 1 ? replies.shift() : replies[0]) ?? {};
    const channel = await bindChannel(name, replaced(one.options, '{server}', server.url), world());
    const result = await channel.deliver(messageOf(one), attempt());
    expect(server.requests.map((request) => shownRequest(request, server.url))).toEqual(one.requests);
    expect(result).toEqual(replaced(one.result, '{host}', new URL(server.url).host));
  },
);

test.each(['pagerduty', 'opsgenie'])(
  '%s: an attempt ends what the one before could not end, and repeats nothing',
  async (name) => {
    const { server, channel, given } = await bound(name);
    const closes = ['a'.repeat(32), 'b'.repeat(32)];
    const message = sampleMessage({ closes });
    const good = given?.replies?.[0] ?? {};
    const replies: Reply[] = [good, good, { status: 503 }, good];
    server.reply = () => replies.shift() ?? good;
    const first = await channel.deliver(message, attempt());
    expect(first).toMatchObject({ ok: false, permanent: false });
    const sent = server.requests.length;
    const progress = first.ok ? undefined : first.progress;
    expect(await channel.deliver(message, { ...attempt(), progress })).toMatchObject({ ok: true });
    const asked = server.requests.slice(sent).map(({ path, body }) => path + body);
    expect(asked.filter((text) => closes.some((one) => text.includes(one)))).toEqual(asked);
    expect(asked).toHaveLength(1);
    // Another message of the incident begins anew.
    expect(await channel.deliver({ ...message, key: 'other' }, { ...attempt(), progress })).toMatchObject({ ok: true });
    expect(server.requests.length).toBe(sent + 1 + 3);
  },
);

describe('an edit makes no sound', () => {
  const edits = CASES.filter(({ file }) => /^(bot-)?edits\.json$/.test(file));
  test('every channel that edits has a case of it', () => expect(edits).toHaveLength(5));

  test.each(edits.map(({ name, one }) => [name, one] as const))(
    '%s: so it is made only where on_resolved asks for it, and only of what is no new trouble',
    async (name, one) => {
      const server = await receiver();
      server.reply = () => one.replies?.[0] ?? {};
      const options = replaced(one.options, '{server}', server.url);
      const isEdit = async (given: object, change: object) => {
        const channel = await bindChannel(name, given, world());
        await channel.deliver({ ...messageOf(one), ...change }, attempt());
        const { method, path, body } = server.requests.at(-1) ?? {};
        const [first] = one.requests as readonly { readonly method: string; readonly path: string }[];
        // ntfy has one address for both, and knows a message by its sequence.
        const isSame = name !== 'ntfy' || String(body).includes(String(messageOf(one).firstRef));
        return (
          isSame &&
          (name === 'matrix'
            ? /m\.replace/.test(String(body))
            : `${method}${path}` === `${first?.method}${first?.path}`)
        );
      };
      const firing = { ...sampleMessage(), firstRef: messageOf(one).firstRef };
      expect(await isEdit(options, { amends: true })).toBe(true);
      expect(await isEdit({ ...options, on_resolved: 'tell' }, { amends: true })).toBe(false);
      expect(await isEdit(options, { ...firing, amends: true })).toBe(true);
      expect(await isEdit(options, { ...firing, amends: false })).toBe(false);
    },
  );
});

test.each([
  ['is not sent again where it is found', 0, ['POST', 'GET']],
  ['is sent again where only one of before is', -3_600_000, ['POST', 'GET', 'POST']],
])('twilio: a message without an answer is looked for, and %s', async (_, ageMs, methods) => {
  const { server, channel } = await bound('twilio');
  server.reply = () => (socket) => socket.destroy();
  const message = sampleMessage();
  const lost = await channel.deliver(message, attempt());
  expect(lost).toMatchObject({ ok: false, kind: 'network' });
  const body = new URLSearchParams(server.requests[0]?.body).get('Body');
  const messages = [{ body, status: 'delivered', date_created: new Date(message.at + ageMs).toUTCString() }];
  server.reply = ({ method }) =>
    method === 'GET' ? { body: JSON.stringify({ messages }) } : { status: 201, body: '{"sid":"SM1"}' };
  const progress = lost.ok ? undefined : lost.progress;
  expect(await channel.deliver(message, { ...attempt(), progress })).toMatchObject({ ok: true });
  const [first] = server.requests.map(({ path }) => new URL(path, server.url).pathname);
  expect(server.requests.map(({ method }) => method)).toEqual(methods);
  expect(server.requests.every(({ path }) => new URL(path, server.url).pathname === first)).toBe(true);
});

const STATUSES: readonly (readonly [number, string, boolean])[] = [
  [301, 'gone', true],
  [400, 'invalid', true],
  [401, 'unauthorized', true],
  [403, 'unauthorized', true],
  [404, 'gone', true],
  [408, 'unavailable', false],
  [410, 'gone', true],
  [413, 'invalid', true],
  [422, 'invalid', true],
  [425, 'unavailable', false],
  [429, 'limited', false],
  [500, 'unavailable', false],
  [503, 'unavailable', false],
];

describe.each(HTTP.map(({ name }) => name))('%s, over HTTP', (name) => {
  test('reads each status as all channels do', async () => {
    const { server, channel } = await bound(name);
    for (const [status, kind, permanent] of STATUSES) {
      server.reply = () => ({ status, headers: status === 301 ? { location: 'https://elsewhere.example/x' } : {} });
      expect({ status, ...(await channel.deliver(sampleMessage(), attempt())) }).toMatchObject({
        status,
        ok: false,
        kind,
        permanent,
      });
    }
  });

  test('obeys Retry-After in both forms, up to an hour', async () => {
    const { server, channel } = await bound(name);
    const waits: unknown[] = [];
    const now = Date.UTC(2026, 2, 29, 12);
    for (const after of [
      '7',
      new Date(now + 9_000).toUTCString(),
      '999999',
      'soon',
      new Date(now - 9_000).toUTCString(),
    ]) {
      server.reply = () => ({ status: 503, headers: { 'retry-after': after, date: new Date(now).toUTCString() } });
      const result = await channel.deliver(sampleMessage(), attempt());
      waits.push(result.ok ? 'ok' : result.retryAfterMs);
    }
    expect(waits).toEqual([7_000, 9_000, 3_600_000, undefined, 0]);
  });

  test('a connection that breaks before, in and after the head of the answer is tried again', async () => {
    const { server, channel } = await bound(name);
    const breaks: Reply[] = [
      (socket) => socket.destroy(),
      (socket) => socket.end('HTTP/1.1 200 O'),
      (socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{'),
      (socket) => socket.end('220 mail.example.com ESMTP\r\n'),
    ];
    for (const reply of breaks) {
      server.reply = () => reply;
      expect(await channel.deliver(sampleMessage(), attempt())).toMatchObject({
        ok: false,
        kind: 'network',
        permanent: false,
      });
    }
  });

  test('a target that does not answer may have it; one that is called off is let go', async () => {
    const { server, channel } = await bound(name, { timeouts: { connectMs: 100, headersMs: 100, bodyMs: 100 } });
    server.reply = () => () => {};
    expect(await channel.deliver(sampleMessage(), attempt())).toMatchObject({
      ok: false,
      kind: 'timeout',
      permanent: false,
    });
    const stop = new AbortController();
    stop.abort();
    expect(await channel.deliver(sampleMessage(), { signal: stop.signal })).toMatchObject({
      ok: false,
      permanent: false,
    });
  });

  test('private addresses are refused, and a name that changes its mind helps nobody', async () => {
    const { server, channel } = await bound(name, { networks: [] });
    expect(await channel.deliver(sampleMessage(), attempt())).toMatchObject({
      ok: false,
      kind: 'blocked',
      permanent: true,
    });
    const asked: string[] = [];
    const doors = world({
      networks: [],
      lookup: (host, _, callback) => {
        asked.push(host);
        // Public the first time, this machine ever after.
        callback(
          null,
          asked.length === 1
            ? [
                { address: '2001:db8::1', family: 6 },
                { address: '127.0.0.1', family: 4 },
              ]
            : [{ address: '127.0.0.1', family: 4 }],
        );
      },
    });
    const named = replaced(
      HTTP.find((one) => one.name === name)?.one.options ?? {},
      '{server}',
      `http://rebound.example:${server.port}`,
    );
    const other = await bindChannel(name, named, doors);
    for (let turn = 0; turn < 2; turn += 1) {
      expect(await other.deliver(sampleMessage(), attempt())).toMatchObject({ ok: false, kind: 'blocked' });
    }
    expect(asked).toEqual(['rebound.example', 'rebound.example']);
    expect(server.connections()).toBe(0);
  });

  test('no secret is in what it tells, whatever the target repeats', async () => {
    const { server, channel, options } = await bound(name);
    const parsed = (await loadChannel(name))?.options.parse(options);
    const secrets = secretsIn(parsed).map((secret) => secret.reveal());
    expect(secrets.join()).toContain('canary');
    const tail = (text: string) => /canary[\w-]*/.exec(text)?.[0] ?? text;
    for (const status of [200, 302, 400, 500]) {
      server.reply = ({ path, headers, body }) => ({
        status,
        headers: { location: `http://elsewhere.example${path}` },
        body: JSON.stringify({
          error: path,
          message: `${path} ${JSON.stringify(headers)}`,
          errors: [path, body],
          description: path,
          errorDescription: `${path} ${headers['x-gotify-key']}`,
          ok: false,
          status: 0,
        }),
      });
      const told = JSON.stringify([await channel.deliver(sampleMessage(), attempt()), channel.place]);
      for (const secret of secrets) expect(told).not.toContain(tail(secret));
    }
  });

  test('whatever the message holds, what is sent is whole: no half characters, no control characters in headers', async () => {
    const { server, channel } = await bound(name);
    server.reply = () => HTTP.find((one) => one.name === name)?.one.replies?.[0] ?? {};
    const nasty = [
      '😀'.repeat(9_000),
      '\ud83d',
      'a\r\nBcc: x@y.z',
      '<!channel> @everyone <script>alert(1)</script> &amp; *_~`[x](javascript:1)',
    ];
    for (const text of nasty) {
      for (const title of [text, `x${text}`]) {
        server.requests.length = 0;
        const message = sampleMessage({
          incident: { title, key: title },
          hub: { name: text, url: 'https://hub.example.com', marker: 'mh-0123456789ab' },
          remarks: [text, text],
          evidence: [{ name: text, value: text }],
          alerts: Array.from({ length: 60 }, () =>
            sampleAlert({ name: title, labels: { hostname: text, [text]: text }, annotations: { message: text } }),
          ),
          more: 940,
          groupLabels: { [text]: text },
          runbook: `https://wiki.example.com/${encodeURIComponent(text.toWellFormed()).slice(0, 1500)}`,
        });
        expect(await channel.deliver(message, attempt())).toMatchObject({ ok: true });
        const body = server.requests[0]?.body ?? '';
        expect(body.isWellFormed()).toBe(true);
        // A well-formed value has no escaped half either.
        if (name !== 'twilio') expect(JSON.stringify(JSON.parse(body))).not.toMatch(/(?<!\\)\\ud[89a-f]/i);
        expect(body).not.toContain('\ufffd\ufffd\ufffd');
      }
    }
  });
});

describe('addresses', () => {
  test.each([
    ['slack://T000/B000/KEY', 'slack', { url: 'https://hooks.slack.com/services/T000/B000/KEY' }],
    ['slack+http://127.0.0.1:9/services/x', 'slack', { url: 'http://127.0.0.1:9/services/x' }],
    [
      'slack://xoxb-1-2@C012AB?on_resolved=edit',
      'slack',
      { token: 'xoxb-1-2', channel: 'C012AB', on_resolved: 'edit' },
    ],
    ['discord://42/abc?thread_id=7', 'discord', { url: 'https://discord.com/api/webhooks/42/abc', thread_id: '7' }],
    ['telegram://12:ab-c@-100123?topic=7', 'telegram', { token: '12:ab-c', chat: '-100123', topic: 7 }],
    ['ntfy://ops', 'ntfy', { topic: 'ops' }],
    [
      'ntfy+http://me:pw@127.0.0.1:80/ops',
      'ntfy',
      { base_url: 'http://127.0.0.1:80', topic: 'ops', user: 'me', password: 'pw' },
    ],
    [
      'mailto:a@example.com,b@example.com?host=mail.example.com&port=25&tls=none',
      'email',
      { to: ['a@example.com', 'b@example.com'], host: 'mail.example.com', port: 25, tls: 'none' },
    ],
    [
      'smtps://me:pw@mail.example.com?to=a@example.com',
      'email',
      { to: ['a@example.com'], host: 'mail.example.com', tls: 'implicit', user: 'me', password: 'pw' },
    ],
    [
      'https://me:pw@receiver.example.com/x?a=b',
      'webhook',
      { url: 'https://receiver.example.com/x?a=b', user: 'me', password: 'pw' },
    ],
    ['pagerduty://0123456789abcdef0123456789abcdef', 'pagerduty', { routing_key: '0123456789abcdef0123456789abcdef' }],
    [
      'opsgenie://KEY@api.atlassian.com/jsm/ops/integration',
      'opsgenie',
      { api_key: 'KEY', base_url: 'https://api.atlassian.com/jsm/ops/integration' },
    ],
    ['syslog+tls://[2001:db8::1]:6514', 'syslog', { transport: 'tls', host: '2001:db8::1', port: 6514 }],
    ['syslog:///dev/log', 'syslog', { transport: 'unix', path: '/dev/log' }],
    ['gotify://push.example.com/KEY', 'gotify', { base_url: 'https://push.example.com', token: 'KEY' }],
    [
      'mattermost://chat.example.com/hooks/KEY?channel=ops',
      'mattermost',
      { url: 'https://chat.example.com/hooks/KEY', channel: 'ops' },
    ],
    ['pushover://USER@TOKEN', 'pushover', { user: 'USER', token: 'TOKEN' }],
    [
      'matrix://TOKEN@matrix.example.com/!room:example.com',
      'matrix',
      { base_url: 'https://matrix.example.com', token: 'TOKEN', room: '!room:example.com' },
    ],
  ])('%s', async (text, name, options) => {
    expect(await channelOfUrl(text)).toEqual({ name, options });
    expect(
      await bindChannel(name, options, world()).then(
        () => '',
        (error: Error) => error.message,
      ),
    ).not.toMatch(/must be one of|unrecognized/i);
  });

  test.each(['carrier-pigeon://canary', 'slack', 'command:///bin/true', 'https://hooks.slack.com/services/canary', ''])(
    'and what is none says so, without repeating it: %s',
    async (text) => {
      const message = await channelOfUrl(text).then(
        () => '',
        (error: Error) => error.message,
      );
      expect(message).toMatch(/use one of|write it as/);
      expect(message).not.toContain('canary');
    },
  );
});

test('a plain address is sent the body of Alertmanager, with its idempotency key, over connections that are kept', async () => {
  const server = await receiver();
  const { name, options } = await channelOfUrl(`${server.url}/hook?a=b`);
  const channel = await bindChannel(name, options, world());
  const message = sampleMessage();
  for (let turn = 0; turn < 3; turn += 1)
    expect(await channel.deliver(message, attempt())).toEqual({ ok: true, answer: 'HTTP 200' });
  expect(server.requests[0]).toMatchObject({ method: 'POST', path: '/hook?a=b' });
  expect(server.requests.map(({ headers }) => headers['idempotency-key'])).toEqual([
    message.key,
    message.key,
    message.key,
  ]);
  expect(server.connections()).toBeLessThan(3);
});

test.each(CHANNEL_NAMES)('the page of %s has all of its options, and no other', async (name) => {
  const page = readFileSync(join(ROOT, `docs/channels/${name}.md`), 'utf8');
  const listed = [...page.matchAll(/^\| `(\w+)` \|/gm)].map(([, option]) => option);
  expect(listed).toEqual(Object.keys((await loadChannel(name))?.options.shape ?? {}));
});
