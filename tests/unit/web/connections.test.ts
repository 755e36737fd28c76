import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { createConnections, mostConnections } from '../../../src/web/connections.ts';

let log: string[];
let refused: string[];
beforeEach(() => {
  log = [];
  refused = [];
});

/** A connection that tells the log when it is closed. */
function socketOf(name: string, remoteAddress: string, bytesRead = 0): Socket {
  const listeners: (() => void)[] = [];
  const socket = {
    remoteAddress,
    bytesRead,
    on: (_: string, fn: () => void) => listeners.push(fn),
    destroy: () => {
      log.push(name);
      for (const fn of listeners) fn();
    },
  };
  return socket as unknown as Socket;
}

const UNDER_WAY = { writableFinished: false, destroyed: false } as ServerResponse;
const ANSWERED = { writableFinished: true, destroyed: false } as ServerResponse;
const BOUNDS = { perAddress: 2, all: 4, isShared: (address: string) => ['127.0.0.1', '::1'].includes(address) };
const make = () => createConnections(BOUNDS, (address) => refused.push(address));

describe('at a bound', () => {
  test('the oldest idle connection of the address makes room', () => {
    const connections = make();
    const sockets = ['a', 'b', 'c'].map((name) => socketOf(name, '192.0.2.1'));
    for (const socket of sockets) connections.add(socket);
    expect([log, refused]).toEqual([['a'], []]);
  });

  test.each([
    ['one with a request under way stays', UNDER_WAY, ['b']],
    ['one that was answered stays, too, where another was never used', ANSWERED, ['b']],
  ])('%s', (_, response, expected) => {
    const connections = make();
    const [a, b, c] = ['a', 'b', 'c'].map((name) => socketOf(name, '192.0.2.1')) as [Socket, Socket, Socket];
    connections.add(a);
    connections.begin(a, response);
    connections.add(b);
    connections.add(c);
    expect(log).toEqual(expected);
  });

  test('where each was used, the oldest that was answered goes', () => {
    const connections = make();
    const [a, b, c] = ['a', 'b', 'c'].map((name) => socketOf(name, '192.0.2.1')) as [Socket, Socket, Socket];
    for (const socket of [a, b]) {
      connections.add(socket);
      connections.begin(socket, ANSWERED);
    }
    connections.add(c);
    expect(log).toEqual(['a']);
  });

  test.each([
    ['those go that were never used, however old others are', false, ['h1', 'h2']],
    ['those of the address that has most of them', true, ['h1', 'h2']],
  ])('of all, %s', (_, isUsed, expected) => {
    const connections = make();
    const good = socketOf('good', '192.0.2.1');
    connections.add(good);
    connections.begin(good, ANSWERED);
    for (const name of ['h1', 'h2', 'h3', 'h4', 'h5']) {
      const socket = socketOf(name, '127.0.0.1');
      connections.add(socket);
      if (isUsed) connections.begin(socket, ANSWERED);
    }
    expect(log).toEqual(expected);
  });

  test('where none is idle, the new one is refused, and told by its address', () => {
    const connections = make();
    for (const name of ['a', 'b']) {
      const socket = socketOf(name, '192.0.2.1');
      connections.add(socket);
      connections.begin(socket, UNDER_WAY);
    }
    connections.add(socketOf('c', '192.0.2.1'));
    expect([log, refused]).toEqual([['c'], ['192.0.2.1']]);
  });

  test.each([
    ['another address', ['192.0.2.1', '192.0.2.1', '192.0.2.2'], []],
    ['one /64 network', ['2001:db8:1:2::1', '2001:db8:1:2:3::1', '2001:db8:1:2:ffff::9'], ['0']],
    ['two /64 networks', ['2001:db8::1', '2001:db8::2', '2001:db8:0:1::1'], []],
    ['addresses of IPv4 as IPv6 writes them', ['::ffff:192.0.2.1', '::ffff:192.0.2.2', '::ffff:192.0.2.3'], []],
    ['loopback, behind which a proxy may stand', ['127.0.0.1', '127.0.0.1', '127.0.0.1', '127.0.0.1'], []],
    ['loopback of IPv6', ['::1', '::1', '::1'], []],
    ['loopback beyond the bound of all', ['::1', '127.0.0.1', '::1', '127.0.0.1', '127.0.0.1'], ['0']],
    [
      'many addresses beyond the bound of all',
      ['192.0.2.1', '192.0.2.2', '192.0.2.3', '192.0.2.4', '192.0.2.5'],
      ['0'],
    ],
  ])('%s', (_, addresses, expected) => {
    const connections = make();
    addresses.forEach((address, index) => {
      connections.add(socketOf(String(index), address));
    });
    expect(log).toEqual(expected);
  });

  test('what has ended counts no more', () => {
    const connections = make();
    for (let turn = 0; turn < 10; turn += 1) {
      const socket = socketOf('x', '192.0.2.1');
      connections.add(socket);
      connections.begin(socket, UNDER_WAY);
      socket.destroy();
    }
    expect(refused).toEqual([]);
  });
});

test('at the stop those go first on which nothing is under way', () => {
  const connections = make();
  const silent = socketOf('silent', '192.0.2.1');
  const half = socketOf('half a head', '192.0.2.1', 10);
  const busy = socketOf('busy', '192.0.2.2', 100);
  for (const socket of [silent, half, busy]) connections.add(socket);
  connections.begin(busy, UNDER_WAY);
  const steps = [connections.closeSilent, connections.closeIdle, connections.closeAll].map((close) => {
    log = [];
    close();
    return log;
  });
  expect(steps).toEqual([['silent'], ['half a head'], ['busy']]);
});

test.each([
  [null, 4096],
  [1_048_576, 4096],
  [1024, 960],
  [64, 16],
])('with %p open files there may be %d connections', (files, most) => {
  expect(mostConnections(files)).toBe(most);
});
