// An attacker: a process of its own, so that what it costs does not delay those who measure. It goes on until it is ended.
import { createConnection } from 'node:net';
import { ATTACKS, type Loot } from './attacks.ts';

const [name, text = ''] = process.argv.slice(2);
const loot = JSON.parse(text) as Loot;
const attack = ATTACKS.find((one) => one.name === name);
if (attack === undefined) throw new Error(`there is no attack "${name}"`);
const { connections, dripMs, isDeaf } = attack;

// A connection that is closed is opened again after a moment: a flood of refused ones would only measure this machine.
const AGAIN_MS = 50;
// Requests of a connection whose answers nobody reads.
const MOST_UNREAD = 8;

const all = Array.from({ length: connections }, (_, connection) => attack.requests(loot, connection));
for (const requests of all) attackBy(requests);
process.stdout.write('begun\n');

function attackBy(requests: readonly Buffer[]): void {
  const socket = createConnection(loot.port, '127.0.0.1');
  let next = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const ask = () => {
    const request = requests[next % requests.length];
    next += 1;
    if (request === undefined) return;
    if (dripMs !== undefined) drip(request, 0);
    else if (isDeaf) socket.write(request, () => void (next < MOST_UNREAD && setImmediate(ask)));
    else socket.write(request);
  };
  const drip = (request: Buffer, at: number) => {
    // The first half of a head at once, then byte by byte.
    const end = at === 0 ? Math.min(200, request.length - 1) : at + 1;
    socket.write(request.subarray(at, end));
    if (end < request.length) timer = setTimeout(drip, dripMs, request, end);
  };
  socket.on('connect', ask).on('error', () => {});
  if (isDeaf) socket.pause();
  else {
    socket.on('data', (bytes) => {
      if (dripMs === undefined && bytes.includes('HTTP/1.1 ')) ask();
    });
  }
  socket.on('close', () => {
    clearTimeout(timer);
    setTimeout(attackBy, AGAIN_MS, requests);
  });
}
