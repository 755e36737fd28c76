import { createServer, type Server } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { network } from '../../../src/checkers/network.ts';
import type { RunOptions } from '../../../src/checkers/run.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { createExec, type Exec } from '../../../src/lib/exec.ts';
import { cannedExec, createMachine, quickClock, runOn, type TestMachine } from '../../support/checker-world.ts';

let machine: TestMachine;
beforeEach(() => {
  machine = createMachine();
});
afterEach(() => machine.remove());

describe('errors of interfaces', () => {
  const dev = (packets: number, errors: number) =>
    machine.write('proc/net/dev', `Inter-|\n face |\n  eth0: 1 ${packets} ${errors} 0 0 0 0 0 1 0 0 0 0 0 0 0\n`);

  async function look(remembered: unknown, options: object = {}) {
    const { results, remember } = await runOn(machine, network.bind(options), { remembered: { network: remembered } });
    return { ...results[0], remember: remember.network };
  }

  test.each([
    ['nothing at the first run: what was counted in a life is no difference', 1000, 100, null, 'ok', /^1 interface; /],
    [
      'none new',
      1000,
      100,
      { packets: 500, errors: 100, dropped: 0 },
      'ok',
      /^0 errors on 1 interface since the last run$/,
    ],
    ['a few', 2000, 110, { packets: 1000, errors: 100, dropped: 0 }, 'ok', /^10 errors/],
    ['at the warning', 1990, 120, { packets: 0, errors: 99, dropped: 0 }, 'warning', /1\.04% \(warning at 1%\)/],
    [
      'packets alone that began anew: by what, nobody knows',
      100,
      20,
      { packets: 900, errors: 10, dropped: 0 },
      'ok',
      /^10 errors/,
    ],
    ['errors alone that went back', 2000, 100, { packets: 900, errors: 102, dropped: 0 }, 'ok', /^0 errors/],
    [
      'packets of 32 bits that wrapped',
      704,
      120,
      { packets: 2 ** 32 - 1296, errors: 100, dropped: 0 },
      'ok',
      /^20 errors on 1 interface/,
    ],
    ['too few to count', 5, 9, { packets: 0, errors: 0, dropped: 0 }, 'ok', /^9 errors/],
    ['counters that began anew', 100, 20, { packets: 900, errors: 500, dropped: 0 }, 'ok', /^0 errors/],
    ['what was kept is not ours', 1000, 0, 'nonsense', 'ok', /^1 interface; /],
  ])('%s', async (_, packets, errors, before, status, message) => {
    dev(packets, errors);
    const kept = before !== null && typeof before === 'object' ? { eth0: before } : before;
    expect(await look(kept)).toMatchObject({
      status,
      message: expect.stringMatching(message),
      remember: { eth0: { packets, errors, dropped: 0 } },
    });
  });

  test('of hundreds, the 20 with the worst figures are told, the busiest of those without errors', async () => {
    const line = (name: string, packets: number, errors: number) =>
      `  ${name}: 1 ${packets} ${errors} 0 0 0 0 0 1 0 0 0 0 0 0 0\n`;
    const veths = Array.from({ length: 300 }, (_, index) => line(`veth${index}`, index, 0));
    const others = [line('eth0', 1_000_000, 0), line('eth1', 100_000, 20), line('eth2', 1000, 100), line('eth3', 5, 5)];
    machine.write('proc/net/dev', `Inter-|\n face |\n${[...veths, ...others].join('')}`);
    const zero = { packets: 0, errors: 0, dropped: 0 };
    const names = [...veths.keys()].map((index) => `veth${index}`).concat('eth0', 'eth1', 'eth2', 'eth3');
    const { metrics, remember, status, items } = await look(Object.fromEntries(names.map((name) => [name, zero])));
    const told = Object.keys(Object(metrics?.interfaces));
    expect(told.slice(0, 6)).toEqual(['eth2', 'eth3', 'eth1', 'eth0', 'veth299', 'veth298']);
    expect(told).toHaveLength(20);
    expect(items?.filter((item) => item.status !== 'ok').map((item) => item.name)).toEqual(['network:eth2']);
    expect({ status, ...metrics }).toMatchObject({ status: 'critical', errors: 125, interface_count: 304 });
    expect(Object.keys(Object(remember))).toHaveLength(304);
  });

  describe('each interface', () => {
    const zero = { packets: 0, errors: 0, dropped: 0 };
    const lines = (...all: string[]) =>
      machine.write('proc/net/dev', `Inter-|\n face |\n${all.map((line) => `  ${line}\n`).join('')}`);
    const line = (name: string, packets: number, errors: number) =>
      `${name}: 1 ${packets} ${errors} 0 0 0 0 0 1 0 0 0 0 0 0 0`;
    const both = { eth0: zero, eth1: zero, wg0: zero };

    test('is an alert of its own, with thresholds of its own', async () => {
      lines(line('eth0', 1000, 100), line('eth1', 1000, 100));
      const { items, status } = await look(both, { overrides: { eth1: { warning: 20, critical: null } } });
      expect([status, items?.map((item) => [item.name, item.status, item.labels])]).toEqual([
        'critical',
        [
          ['network:eth0', 'critical', { interface: 'eth0' }],
          ['network:eth1', 'ok', { interface: 'eth1' }],
        ],
      ]);
      expect(items?.[0]?.title).toBe('Network errors on eth0');
    });

    test('a tunnel whose other end is away is not at fault, a cable that carries nothing is', async () => {
      lines(line('wg0', 0, 50), line('eth0', 0, 50));
      const { items } = await look(both);
      expect(items?.map((item) => [item.name, item.status])).toEqual([
        ['network:eth0', 'critical'],
        ['network:wg0', 'ok'],
      ]);
    });

    test.each([['eth1: 1 2'], ['eth1: 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15'], ['eth']])(
      'a file that ends in %j is unknown, and no interface has gone away',
      async (rest) => {
        lines(line('eth0', 1, 0), rest);
        const { status, items } = await look(both);
        expect([status, items]).toEqual(['unknown', undefined]);
      },
    );

    test('a threshold of one that is beyond the other of all is refused, with that', () => {
      expect(() => network.bind({ overrides: { eth0: { warning: 7 } } })).toThrow(
        'must not be beyond critical, which is 5',
      );
    });
  });

  test('a machine without interfaces is not available', async () => {
    expect(await look(null)).toMatchObject({
      status: 'unknown',
      message: 'not available here: no network interface is told',
    });
  });
});

describe('hosts', () => {
  let server: Server;
  let port: number;
  beforeEach(async () => {
    server = createServer((socket) => socket.destroy());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    port = typeof address === 'object' && address !== null ? address.port : 0;
  });
  afterEach(() => new Promise<void>((resolve) => void server.close(() => resolve())));

  async function reach(host: string, options: object = {}, clock = systemClock, more: Partial<RunOptions> = {}) {
    const checks = network.bind({ hosts: [host], ...options }).filter((check) => check.name !== 'network');
    const [result] = (await runOn(machine, checks, { clock, ...more })).results;
    return result;
  }

  test('one that listens', async () => {
    expect(await reach(`127.0.0.1:${port}`)).toMatchObject({
      checker: `network:127.0.0.1:${port}`,
      status: 'ok',
      message: expect.stringMatching(/connected in [\d.]+ ms$/),
      metrics: { reachable: true },
    });
    expect(await reach(`localhost:${port}`)).toMatchObject({ status: 'ok' });
  });

  const GETENT = ['getent', 'ahosts', 'db.example.com'];
  test('a name is looked up by a program, and each of its addresses is tried', async () => {
    const stdout = '127.0.0.1 STREAM db.example.com\n127.0.0.1 DGRAM\n127.0.0.1 RAW\n';
    const { exec, calls } = cannedExec([{ argv: GETENT, stdout }]);
    expect(await reach(`db.example.com:${port}`, {}, systemClock, { exec })).toMatchObject({ status: 'ok' });
    expect(calls).toEqual([GETENT]);
  });

  test.each([
    ['no machine has', { code: 2 }, 'cannot be reached: its name is not known'],
    [
      'no name server tells in time',
      { code: null, timedOut: true },
      'cannot be reached: its name was not found within 5 s',
    ],
  ])('a name that %s is critical, with the reason', async (_, answer, reason) => {
    const { exec } = cannedExec([{ argv: GETENT, ...answer }]);
    const result = await reach(`db.example.com:${port}`, {}, systemClock, { exec });
    expect(result).toMatchObject({ status: 'critical', message: `db.example.com:${port} ${reason}` });
  });

  test('a resolver that hangs holds no thread of this process, and is left when the time is up', async () => {
    // As a getent that waits for a name server: it is a program, and is killed.
    const exec: Exec = (_, options) => createExec()(['/bin/sleep', '60'], options);
    const clock = quickClock(() => {}, 10);
    const result = await reach('hangs.example.com:80', { connect_timeout: 0.05 }, clock, { exec });
    expect(result).toMatchObject({
      status: 'critical',
      message: expect.stringContaining('was not found within 0.05 s'),
    });
  });

  test('one that answers too slowly', async () => {
    expect(await reach(`127.0.0.1:${port}`, { latency_critical: 0 })).toMatchObject({
      status: 'critical',
      message: expect.stringContaining('(critical at 0 ms)'),
    });
  });

  test('one that refuses', async () => {
    await new Promise((resolve) => server.close(resolve));
    server = createServer().listen(0, '127.0.0.1');
    expect(await reach(`127.0.0.1:${port}`)).toMatchObject({
      status: 'critical',
      message: `127.0.0.1:${port} refused the connection`,
      metrics: { reachable: false },
    });
  });

  test('one that says nothing within its time is critical, not unknown', async () => {
    // A documentation address (RFC 5737): where the network has no way to it, that is told at once.
    const clock = quickClock(() => {}, 10);
    expect(await reach('192.0.2.1:9', { connect_timeout: 0.01 }, clock)).toMatchObject({
      status: 'critical',
      message: expect.stringMatching(/^192\.0\.2\.1:9 (did not answer within 0\.01 s|cannot be reached)/),
    });
  });

  test.each(['db', 'db:', 'db:99999', ':5432', 'http://db:80', 'a b:1', 'db:1/x'])('%j is no host', (host) => {
    expect(() => network.bind({ hosts: [host] })).toThrow();
  });

  test('addresses of version 6 stand in brackets', () => {
    expect(network.bind({ hosts: ['[::1]:22', '[2001:db8::1]:443'] }).map((check) => check.name)).toEqual([
      'network',
      'network:[::1]:22',
      'network:[2001:db8::1]:443',
    ]);
  });
});
