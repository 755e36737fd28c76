import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createConnection, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as passed } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { PUSH_PATH, push, request, wire } from '../support/cluster-push.ts';
import { eventually, type Hub, type HubHome, makeHubHome, SECRET } from '../support/hub.ts';
import { ROOT } from '../support/sources.ts';

const BIN = join(ROOT, 'bin/monitor');

let home: HubHome;
let sockets: Socket[];
beforeEach(() => {
  home = makeHubHome();
  sockets = [];
});
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  await home.remove();
});

/** A connection that has sent so much. */
function connected({ url }: Hub, text: string): Promise<Socket> {
  const socket = createConnection(Number(new URL(url).port), '127.0.0.1');
  socket.on('error', () => {});
  sockets.push(socket);
  return new Promise((resolve) =>
    socket.once('connect', () => (text === '' ? resolve(socket) : socket.write(text, () => resolve(socket)))),
  );
}

// The drain of requests under way would take longer than a test may.
test('a hub stops at once, though nothing has come by some connections, and half a head by others', async () => {
  const hub = await home.serve();
  for (const text of ['', '', 'GET /healthz HTT', `POST ${PUSH_PATH} HTTP/1.1\r\nHost: h\r\n`])
    await connected(hub, text);
  expect((await push(hub.url, 'web-1', [wire('a')])).status).toBe(200);
  expect((await hub.stop()).code).toBe(0);
});

/** Whether a process handles SIGUSR1, by what Linux says of it. */
function catchesSigusr1(pid = 0): boolean {
  const caught = /^SigCgt:\s*(\w+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return (Number.parseInt(caught?.slice(-4) ?? '0', 16) & 0x200) !== 0;
}

test('SIGHUP does not end a hub, and SIGUSR1 opens no inspector', async () => {
  const hub = await home.serve();
  hub.child.kill('SIGHUP');
  await hub.line('configuration read again: people are told by it from now on');
  hub.child.kill('SIGUSR1');
  await passed(200);
  expect((await request(`${hub.url}/healthz`)).status).toBe(200);
  const { code, stderr } = await hub.stop();
  expect([code, stderr.match(/debugger|inspector/i)]).toEqual([0, null]);
});

test('an inspector that a SIGUSR1 opened while Node.js started is closed again', async () => {
  for (const delay of [0, 40, 130]) {
    const { code, stderr } = await new Promise<{ code: number | null; stderr: string }>((resolve) => {
      const env = { PATH: process.env.PATH, MONITOR_STATE_DIR: home.state, HUB_URL: 'http://127.0.0.1:1' };
      const child = spawn(process.execPath, ['--inspect-port=0', BIN, 'serve'], { cwd: home.folder, env });
      let text = '';
      child.stderr.on('data', (chunk) => {
        text += chunk;
      });
      child.once('close', (code) => resolve({ code, stderr: text }));
      // Before Node.js listens to it, the signal would end the process.
      void eventually(() => expect(catchesSigusr1(child.pid)).toBe(true))
        .then(() => passed(delay))
        .then(() => child.kill('SIGUSR1'));
      void eventually(async () => {
        expect(text).toContain('"msg":"started"');
        for (const [, port] of text.matchAll(/Debugger listening on ws:\/\/127\.0\.0\.1:(\d+)/g))
          await expect(fetch(`http://127.0.0.1:${port}/json`)).rejects.toThrow();
      }).finally(() => child.kill('SIGTERM'));
    });
    expect([delay, code, stderr.includes('started')]).toEqual([delay, 0, true]);
  }
});

/** Runs `monitor serve` where a process may have so many files open, until `isDone` of its log, and gives its exit code and log. */
function serveWithFiles(files: number, isDone: (log: string) => boolean) {
  return new Promise<{ code: number | null; log: string }>((resolve) => {
    const env = {
      ...{ PATH: process.env.PATH, HOME: home.folder, MONITOR_STATE_DIR: home.state, MONITOR_PORT: '0' },
      ...{ CLUSTER_ENABLED: '1', WEBHOOK_SECRET_CLUSTER: SECRET },
    };
    const limited = ['-c', 'ulimit -n "$0" && exec "$@"', String(files), process.execPath, BIN, 'serve'];
    const child = spawn('/bin/sh', limited, { cwd: home.folder, env, stdio: ['ignore', 'ignore', 'pipe'] });
    let log = '';
    child.stderr.on('data', (chunk) => {
      log += chunk;
      // A second signal would end it at once.
      if (!child.killed && isDone(log)) child.kill('SIGTERM');
    });
    child.once('close', (code) => resolve({ code, log }));
  });
}

test('a hub starts where 64 files may be open, and says what to raise where too few may', async () => {
  expect(await serveWithFiles(64, (log) => log.includes('"msg":"started"'))).toMatchObject({ code: 0 });
  const { code, log } = await serveWithFiles(40, () => false);
  expect([code, log]).toEqual([1, expect.stringContaining('monitor: too many open files: a hub needs 64')]);
});

test('refusals fill no log: a few lines an address, each short', async () => {
  const hub = await home.serve();
  for (let turn = 0; turn < 20; turn += 1) {
    const headers = { 'x-cluster-key': 'k'.repeat(5000) };
    expect((await request(`${hub.url}${PUSH_PATH}`, { headers, body: '{}' })).status).toBe(403);
  }
  const lines = hub.lines().filter((line) => line.msg === 'request refused');
  expect(lines).toHaveLength(3);
  for (const line of lines) expect(JSON.stringify(line).length).toBeLessThan(600);
});
