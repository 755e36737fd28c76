import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { bindChannel } from '../../src/channels/registry.ts';
import { type Certificate, makeCertificate } from '../support/certificates.ts';
import { channelWorld } from '../support/channel-world.ts';
import { resolvedMessage, sampleMessage } from '../support/notice.ts';

interface Received {
  readonly from: string;
  readonly to: readonly string[];
  readonly text: string;
  readonly secure: boolean;
  readonly user: unknown;
}

const folder = mkdtempSync(join(tmpdir(), 'monitor-mail-'));
const caFile = join(folder, 'ca.pem');
let certificate: Certificate;
beforeAll(() => {
  const authority = makeCertificate({ name: 'Test CA', isAuthority: true });
  certificate = makeCertificate({ name: 'mail', issuer: authority, dnsNames: ['localhost'], addresses: ['127.0.0.1'] });
  writeFileSync(caFile, authority.cert);
});
const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).toReversed()) await close();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const PASSWORD = 'canary-secret-0123456789';
const refusal = (responseCode: number, message: string) => Object.assign(new Error(message), { responseCode });

/** A mail server on a free port of 127.0.0.1 that keeps what it takes. */
async function mailServer(options: Partial<SMTPServerOptions> = {}) {
  const mails: Received[] = [];
  const server = new SMTPServer({
    cert: certificate.cert,
    key: certificate.key,
    authOptional: true,
    logger: false,
    onAuth: (auth, _, done) =>
      auth.password === PASSWORD
        ? done(null, { user: auth.username })
        : done(refusal(535, `5.7.8 wrong: ${auth.password}`)),
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const { mailFrom, rcptTo } = session.envelope;
        mails.push({
          from: mailFrom === false ? '' : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          text: Buffer.concat(chunks).toString('utf8'),
          secure: session.secure,
          user: session.user,
        });
        done(null, 'queued as 42');
      });
    },
    ...options,
  });
  server.on('error', () => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push(() => new Promise((resolve) => server.close(() => resolve())));
  return { mails, port: (server.server.address() as AddressInfo).port };
}

async function channel(options: object) {
  const world = channelWorld({ caFile });
  open.push(() => world.http.close());
  return bindChannel(
    'email',
    { to: 'ops@example.com', from: 'monitor@example.com', host: '127.0.0.1', ...options },
    world,
  );
}
const attempt = (progress?: string) => ({ signal: AbortSignal.timeout(120_000), progress });
const header = (mail: Received | undefined, name: string) =>
  new RegExp(`^${name}: ?((?:.*\r\n[ \t])*.*)`, 'im').exec(mail?.text ?? '')?.[1]?.replace(/\r\n[ \t]+/g, ' ');

describe('mail', () => {
  test('goes by STARTTLS with a login, as text and HTML, and bears the headers of a machine', async () => {
    const { mails, port } = await mailServer();
    const email = await channel({ port, user: 'monitor', password: PASSWORD });
    expect(await email.deliver(sampleMessage(), attempt())).toMatchObject({
      ok: true,
      answer: expect.stringMatching(/queued as 42/),
    });
    expect(mails).toMatchObject([
      { from: 'monitor@example.com', to: ['ops@example.com'], secure: true, user: 'monitor' },
    ]);
    expect(header(mails[0], 'Subject')).toBe('CPU usage critical on web-server-03');
    expect(header(mails[0], 'Auto-Submitted')).toBe('auto-generated');
    expect(header(mails[0], 'From')).toBe('monitor <monitor@example.com>');
    expect(header(mails[0], 'Content-Type')).toMatch(/^multipart\/alternative/);
    const text = mails[0]?.text ?? '';
    expect(text.indexOf('text/plain')).toBeLessThan(text.indexOf('text/html'));
    expect(text).toContain('CRITICAL: CPU usage critical on web-server-03, since 2026-03-29 12:00 UTC');
    expect(text.match(/^Message-ID:/gim)).toHaveLength(1);
  });

  test('of one incident hangs together, and a repeat has the same id', async () => {
    const { mails, port } = await mailServer();
    const email = await channel({ port });
    for (const message of [sampleMessage(), sampleMessage(), resolvedMessage()])
      await email.deliver(message, attempt());
    const of = (name: string) => mails.map((mail) => header(mail, name));
    expect(new Set(of('Subject')).size).toBe(1);
    expect(new Set(of('References')).size).toBe(1);
    expect(of('In-Reply-To')).toEqual(of('References'));
    const [first, second, third] = of('Message-ID');
    expect([second === first, third === first]).toEqual([true, false]);
    const apart = await channel({ port, threading: false });
    await apart.deliver(resolvedMessage(), attempt());
    expect(header(mails[3], 'Subject')).toBe('RESOLVED: CPU usage critical on web-server-03');
  });

  test('goes by implicit TLS, and without any where that is asked for', async () => {
    const implicit = await mailServer({ secure: true });
    expect(
      await (await channel({ port: implicit.port, tls: 'implicit' })).deliver(sampleMessage(), attempt()),
    ).toMatchObject({ ok: true });
    const plain = await mailServer({ disabledCommands: ['STARTTLS'] });
    expect(await (await channel({ port: plain.port })).deliver(sampleMessage(), attempt())).toMatchObject({
      ok: false,
      permanent: false,
    });
    expect(
      await (await channel({ port: plain.port, tls: 'opportunistic' })).deliver(sampleMessage(), attempt()),
    ).toMatchObject({ ok: true });
    expect([implicit.mails.length, plain.mails.length]).toEqual([1, 1]);
    await expect(channel({ port: 1, tls: 'none', user: 'a', password: 'b' })).rejects.toThrow(/not sent without TLS/);
  });

  test('is not given to a server that proves to be another', async () => {
    const { mails, port } = await mailServer();
    const world = channelWorld();
    open.push(() => world.http.close());
    for (const tls of ['starttls', 'opportunistic']) {
      const email = await bindChannel(
        'email',
        { to: 'a@example.com', from: 'b@example.com', host: '127.0.0.1', port, tls },
        world,
      );
      expect(await email.deliver(sampleMessage(), attempt())).toMatchObject({
        ok: false,
        kind: 'network',
        permanent: false,
      });
    }
    expect(mails).toEqual([]);
  });

  test.each([
    [
      'greylisting',
      { onRcptTo: (_a, _s, done) => done(refusal(451, '4.7.1 greylisted, try again later')) },
      'unavailable',
      false,
    ],
    ['an unknown recipient', { onRcptTo: (_a, _s, done) => done(refusal(550, '5.1.1 no such user')) }, 'invalid', true],
    [
      'a sender that is not accepted',
      { onMailFrom: (_a, _s, done) => done(refusal(553, '5.7.1 not yours')) },
      'invalid',
      true,
    ],
    [
      'a server that closes down',
      { onConnect: (_s, done) => done(refusal(421, '4.3.2 closing')) },
      'unavailable',
      false,
    ],
    [
      'a mail that is too large',
      { onData: (stream, _s, done) => stream.on('end', () => done(refusal(552, '5.3.4 too large'))).resume() },
      'invalid',
      true,
    ],
    [
      'no room left',
      { onData: (stream, _s, done) => stream.on('end', () => done(refusal(452, '4.3.1 no room'))).resume() },
      'unavailable',
      false,
    ],
  ] as readonly (readonly [string, Partial<SMTPServerOptions>, string, boolean])[])(
    '%s',
    async (_, options, kind, permanent) => {
      const { port } = await mailServer(options);
      const result = await (await channel({ port })).deliver(sampleMessage(), attempt());
      expect(result).toMatchObject({ ok: false, kind, permanent, reason: expect.stringMatching(/\d\.\d\.\d/) });
    },
  );

  test('a refused login is final and shows no password, even where the server repeats it', async () => {
    const { port } = await mailServer();
    const result = await (await channel({ port, user: 'monitor', password: `${PASSWORD}-old` })).deliver(
      sampleMessage(),
      attempt(),
    );
    expect(result).toMatchObject({ ok: false, kind: 'unauthorized', permanent: true });
    expect(JSON.stringify(result)).not.toContain('canary');
  });

  test('a connection that is lost behind the final dot is tried again under the same id', async () => {
    const seen: string[] = [];
    const { port } = await mailServer({
      // The mail was read, and nobody says so.
      onData: (stream) => stream.on('data', (chunk: Buffer) => seen.push(String(chunk))).on('end', () => drop()),
    });
    const sockets = new Set<Socket>();
    const proxy = createServer((client) => {
      const upstream = connect(port, '127.0.0.1');
      for (const socket of [client, upstream]) sockets.add(socket.on('error', () => {}));
      client.pipe(upstream).pipe(client);
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    open.push(() => new Promise((resolve) => proxy.close(() => resolve())));
    const drop = () => {
      for (const socket of sockets) socket.destroy();
    };
    const email = await channel({ port: (proxy.address() as AddressInfo).port, tls: 'none' });
    for (let turn = 0; turn < 2; turn += 1) {
      expect(await email.deliver(sampleMessage(), attempt())).toMatchObject({
        ok: false,
        kind: 'network',
        permanent: false,
      });
    }
    const ids = seen.join('').match(/^Message-ID: .*$/gim) ?? [];
    expect([ids.length, new Set(ids).size]).toEqual([2, 1]);
  });

  test('each recipient is tracked: a repeat goes only to those who do not have it', async () => {
    const refuse = new Map([
      ['b@example.com', 451],
      ['c@example.com', 550],
    ]);
    const { mails, port } = await mailServer({
      onRcptTo: ({ address }, _, done) => {
        const code = refuse.get(address);
        done(code === undefined ? null : refusal(code, `${code === 451 ? '4.7.1' : '5.1.1'} not now`));
      },
    });
    const email = await channel({ port, to: ['a@example.com', 'b@example.com', 'c@example.com'] });
    const first = await email.deliver(sampleMessage(), attempt());
    expect(first).toMatchObject({ ok: false, permanent: false, progress: 'a@example.com' });
    refuse.delete('b@example.com');
    const second = await email.deliver(sampleMessage(), attempt(first.ok ? undefined : first.progress));
    expect(second).toMatchObject({ ok: true, answer: expect.stringMatching(/c@example\.com.*5\.1\.1/) });
    expect(mails.map(({ to }) => to)).toEqual([['a@example.com'], ['b@example.com']]);
    expect(header(mails[1], 'To')).toContain('a@example.com');
  });

  test('line breaks of others make no header', async () => {
    const { mails, port } = await mailServer();
    const title = 'disk\r\nBcc: victim@example.com\r\n\r\nhello';
    const email = await channel({ port });
    expect(await email.deliver(sampleMessage({ incident: { title, dedupKey: 'abc' } }), attempt())).toMatchObject({
      ok: true,
    });
    expect(mails[0]?.to).toEqual(['ops@example.com']);
    expect(header(mails[0], 'Bcc')).toBeUndefined();
    expect(header(mails[0], 'Subject')).toMatch(/^disk Bcc: victim@example\.com hello/);
    await expect(channel({ to: 'a@example.com\r\nBcc: b@example.com' })).rejects.toThrow(/must be an address/);
    await expect(channel({ to: '"a@evil.com x"@good.example' })).rejects.toThrow(/must be an address/);
  });

  test('a server that says nothing is given up when the attempt ends', async () => {
    const silent = createServer(() => {});
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    open.push(() => new Promise((resolve) => silent.close(() => resolve())));
    const email = await channel({ port: (silent.address() as AddressInfo).port });
    expect(await email.deliver(sampleMessage(), { signal: AbortSignal.timeout(100) })).toMatchObject({
      ok: false,
      kind: 'timeout',
      permanent: false,
    });
  });

  test('a private server is refused unless it is allowed', async () => {
    const { mails, port } = await mailServer();
    const world = channelWorld({ networks: [] });
    open.push(() => world.http.close());
    const email = await bindChannel('email', { to: 'a@example.com', host: 'localhost', port }, world);
    expect(await email.deliver(sampleMessage(), attempt())).toMatchObject({
      ok: false,
      kind: 'blocked',
      permanent: true,
    });
    expect(mails).toEqual([]);
  });
});
