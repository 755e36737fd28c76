import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { bindChannel } from '../../src/channels/registry.ts';
import { makeCertificate } from '../support/certificates.ts';
import { channelWorld } from '../support/channel-world.ts';
import { eventually } from '../support/hub.ts';
import { resolvedMessage, sampleMessage } from '../support/notice.ts';

const folder = mkdtempSync(join(tmpdir(), 'monitor-syslog-'));
const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).toReversed()) await close();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function channel(name: string, options: object, change: Parameters<typeof channelWorld>[0] = {}) {
  const world = channelWorld(change);
  open.push(() => world.http.close());
  return bindChannel(name, options, world);
}
const attempt = () => ({ signal: AbortSignal.timeout(120_000) });

/** Keeps all bytes that a stream server gets. */
async function listen(server: Server, on: number | string = 0): Promise<{ port: number; text: () => string }> {
  let text = '';
  server.on(server instanceof (await import('node:tls')).Server ? 'secureConnection' : 'connection', (socket) => {
    socket.on('data', (chunk: Buffer) => {
      text += chunk;
    });
    socket.on('error', () => {});
  });
  await new Promise<void>((resolve) => {
    if (typeof on === 'string') server.listen(on, resolve);
    else server.listen(on, '127.0.0.1', resolve);
  });
  open.push(() => new Promise((resolve) => server.close(() => resolve())));
  return { port: typeof on === 'string' ? 0 : (server.address() as AddressInfo).port, text: () => text };
}

const LINE =
  /^<26>1 2026-03-29T12:00:10\.000Z hub-1\.example\.com monitor - firing - CRITICAL: CPU usage critical on web-server-03, since 2026-03-29 12:00 UTC; /;

describe('syslog', () => {
  test('by UDP, one datagram of at most 2048 bytes, cut between characters', async () => {
    const socket = createSocket('udp4');
    await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
    open.push(() => new Promise((resolve) => socket.close(() => resolve())));
    const received: Buffer[] = [];
    const next = () => new Promise<Buffer>((resolve) => socket.once('message', resolve));
    const syslog = await channel('syslog', { transport: 'udp', host: '127.0.0.1', port: socket.address().port });
    for (const title of ['CPU usage critical', '😀'.repeat(2_000), 'x'.repeat(1) + '😀'.repeat(2_000)]) {
      const message = next();
      expect(
        await syslog.deliver(sampleMessage({ incident: { title }, remarks: ['😀'.repeat(900)] }), attempt()),
      ).toMatchObject({ ok: true });
      received.push(await message);
    }
    expect(received[0]?.toString()).toMatch(LINE);
    for (const one of received) {
      expect(one.length).toBeLessThanOrEqual(2048);
      expect(one.length).toBeGreaterThan(2040 - 300);
      expect(new TextDecoder('utf-8', { fatal: true }).decode(one)).toBe(one.toString());
    }
  });

  test('by TCP counted or by lines, and by TLS counted', async () => {
    const tcp = await listen(createServer());
    for (const framing of ['octets', 'lines']) {
      const syslog = await channel('syslog', { transport: 'tcp', host: '127.0.0.1', port: tcp.port, framing });
      expect(await syslog.deliver(sampleMessage(), attempt())).toEqual({ ok: true, answer: 'sent' });
    }
    const [, length = '', rest = ''] = /^(\d+) ([\s\S]*)$/.exec(tcp.text()) ?? [];
    const counted = Buffer.from(rest).subarray(0, Number(length)).toString();
    expect(counted).toMatch(LINE);
    expect(rest.slice(counted.length)).toBe(`${counted}\n`);

    const authority = makeCertificate({ name: 'Test CA', isAuthority: true });
    const { cert, key } = makeCertificate({
      name: 'logs',
      issuer: authority,
      dnsNames: ['localhost'],
      addresses: ['127.0.0.1'],
    });
    const caFile = join(folder, 'ca.pem');
    writeFileSync(caFile, authority.cert);
    const tls = await listen(createTlsServer({ cert, key }));
    const secure = await channel('syslog', { transport: 'tls', host: '127.0.0.1', port: tls.port }, { caFile });
    expect(await secure.deliver(resolvedMessage(), attempt())).toMatchObject({ ok: true });
    expect(tls.text()).toMatch(/^\d+ <29>1 \S+ \S+ monitor - resolved - RESOLVED: /);
    const stranger = await channel('syslog', { transport: 'tls', host: '127.0.0.1', port: tls.port });
    expect(await stranger.deliver(sampleMessage(), attempt())).toMatchObject({
      ok: false,
      kind: 'network',
      permanent: false,
    });
  });

  test('nothing that others say begins a line of its own', async () => {
    const tcp = await listen(createServer());
    const syslog = await channel('syslog', { transport: 'tcp', host: '127.0.0.1', port: tcp.port, framing: 'lines' });
    const forged = 'x\r\n<0>1 - - - - - - forged\u0000\u2028\u0085end';
    await syslog.deliver(
      sampleMessage({ incident: { title: forged }, remarks: [forged], evidence: [{ name: forged, value: forged }] }),
      attempt(),
    );
    expect(
      tcp
        .text()
        .trimEnd()
        .split(/[\p{Cc}\u2028]/u),
    ).toHaveLength(1);
  });

  test('to a stream socket of this machine, and to one of datagrams by logger', async () => {
    const path = join(folder, 'stream');
    const stream = await listen(createServer(), path);
    expect(await (await channel('syslog', { path })).deliver(sampleMessage(), attempt())).toMatchObject({ ok: true });
    expect(stream.text()).toMatch(LINE);
    const nothing = await channel('syslog', { path: join(folder, 'nothing') });
    expect(await nothing.deliver(sampleMessage(), attempt())).toMatchObject({
      ok: false,
      kind: 'network',
      permanent: false,
    });
  });

  test('a server that refuses, and a private one that is not allowed', async () => {
    for (const transport of ['tcp', 'tls']) {
      const syslog = await channel('syslog', { transport, host: '127.0.0.1', port: 1 });
      expect(await syslog.deliver(sampleMessage(), attempt())).toMatchObject({
        ok: false,
        kind: 'network',
        permanent: false,
      });
    }
    for (const transport of ['udp', 'tcp', 'tls']) {
      for (const host of ['127.0.0.1', 'localhost', '::1', '::ffff:127.0.0.1']) {
        const syslog = await channel('syslog', { transport, host, port: 9 }, { networks: [] });
        expect(await syslog.deliver(sampleMessage(), attempt())).toMatchObject({
          ok: false,
          kind: 'blocked',
          permanent: true,
        });
      }
    }
  });
});

const RSYSLOGD = '/usr/sbin/rsyslogd';
const withRsyslog = existsSync(RSYSLOGD) ? describe : describe.skip;

withRsyslog('a real rsyslogd', () => {
  let daemon: ChildProcess | undefined;
  afterEach(() => {
    daemon?.kill('SIGKILL');
  });

  test('takes the message by TCP, by UDP and by its socket, and reads all fields', async () => {
    const free = await new Promise<number>((resolve) => {
      const probe = createServer().listen(0, '127.0.0.1', () => {
        const { port } = probe.address() as AddressInfo;
        probe.close(() => resolve(port));
      });
    });
    const [file, socket, config] = [join(folder, 'out.log'), join(folder, 'log'), join(folder, 'rsyslog.conf')];
    writeFileSync(
      config,
      [
        'module(load="imtcp") module(load="imudp") module(load="imuxsock" SysSock.Use="off")',
        `input(type="imtcp" address="127.0.0.1" port="${free}") input(type="imudp" address="127.0.0.1" port="${free}")`,
        `input(type="imuxsock" Socket="${socket}")`,
        'template(name="all" type="string" string="%syslogfacility-text%.%syslogseverity-text% [%app-name%] [%msgid%] %msg%\\n")',
        `action(type="omfile" file="${file}" template="all")`,
        '',
      ].join('\n'),
    );
    daemon = spawn(RSYSLOGD, ['-n', '-f', config, '-i', join(folder, 'pid')], { stdio: 'ignore' });
    const until = (isDone: () => boolean) => eventually(() => expect(isDone()).toBe(true));
    await until(() => existsSync(socket));
    const lines = () => (existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n') : []);
    const ways: object[] = [
      { transport: 'tcp', host: '127.0.0.1', port: free },
      { transport: 'tcp', host: '127.0.0.1', port: free, framing: 'lines' },
      { transport: 'udp', host: '127.0.0.1', port: free },
      ...(spawnSync('logger', ['--version']).status === 0 ? [{ path: socket }] : []),
    ];
    for (const [index, options] of ways.entries()) {
      const syslog = await channel('syslog', { facility: 'local3', ...options });
      expect(await syslog.deliver(sampleMessage(), attempt())).toMatchObject({ ok: true });
      await until(() => lines().length > index);
    }
    for (const one of lines()) {
      expect(one).toMatch(
        /^local3\.crit \[monitor\] \[(firing|-)\] *CRITICAL: CPU usage critical on web-server-03, since /,
      );
      expect(one).toContain('Acknowledge: https://hub.example.com/a/token');
    }
  });
});

describe('command', () => {
  test('gets the message as JSON, the essentials in its environment, and no shell', async () => {
    const out = join(folder, 'out');
    const program = join(folder, 'tell');
    writeFileSync(program, `#!/bin/sh\n{ cat; env | grep ^NOTICE_ | sort; echo "args:$*"; } > '${out}'\necho told\n`, {
      mode: 0o755,
    });
    const command = await channel('command', { command: [program, '$(touch x)', '; id'] }, { programs: [program] });
    const title = 'quote " $(id) `id` \n\u0000x';
    expect(await command.deliver(sampleMessage({ incident: { title } }), attempt())).toEqual({
      ok: true,
      answer: 'told',
    });
    const [json = '', ...rest] = readFileSync(out, 'utf8').trimEnd().split('\n');
    expect(JSON.parse(json)).toMatchObject({
      phase: 'firing',
      incident: { title },
      evidence: sampleMessage().evidence,
    });
    expect(rest).toContain('NOTICE_SEVERITY=critical');
    expect(rest).toContain('NOTICE_TITLE=CRITICAL: quote " $(id) `id` x on web-server-03');
    expect(rest.at(-1)).toBe('args:$(touch x) ; id');
  });

  test.each([
    ['exit 1', 'unavailable', false],
    ['exit 75', 'unavailable', false],
    ['exit 78', 'invalid', true],
    ['kill -9 $$', 'unavailable', false],
    ['exec sleep 60', 'timeout', false],
    ['exec <&-; exit 1', 'unavailable', false],
  ])('%s', async (script, kind, permanent) => {
    const program = join(folder, 'fail');
    writeFileSync(program, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    const timeout_s = kind === 'timeout' ? 1 : 120;
    const command = await channel('command', { command: [program], timeout_s }, { programs: [program] });
    const evidence = [{ name: 'log', value: 'x'.repeat(500_000) }];
    expect(await command.deliver(sampleMessage({ evidence }), attempt())).toMatchObject({ ok: false, kind, permanent });
  });

  test('starts nothing that is not allowed', async () => {
    for (const program of ['/bin/sh', 'sh', '/usr/bin/../bin/env']) {
      await expect(channel('command', { command: [program] }, { programs: ['/usr/bin/env'] })).rejects.toThrow(
        /MONITOR_ALLOW_PROGRAMS|absolute path/,
      );
    }
    const gone = await channel('command', { command: ['/nonexistent'] }, { programs: ['/nonexistent'] });
    expect(await gone.deliver(sampleMessage(), attempt())).toMatchObject({ ok: false, kind: 'blocked' });
  });
});
