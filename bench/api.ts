// npm run bench -- api [--alerts 10000] [--times 50] [--streams 500] [--changes 200] [--seconds 10]
import { connect } from 'node:net';
import { parseArgs } from 'node:util';
import { count, median, printTable, quantile, reportInvalid, verdict } from './figures.ts';
import { requestsOf } from './load/requests.ts';
import { load } from './load/run.ts';
import { type Hub, type Peer, residentMb, SECRET, startAlertmanager, startHub } from './processes.ts';
import { openStream, type ReadStream } from './streams.ts';
import { pause } from './torture/process.ts';

const PAGE_MS = 50;
const ACT_MS = 20;
// A stream that is opened holds a socket on both sides, and little more.
const STREAM_MB = 0.25;
const PATIENCE_MS = 30_000;

/** Lists of many open alerts beside Alertmanager's, actions, and many live streams at once. */
export async function benchApi(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      alerts: { type: 'string', default: '10000' },
      times: { type: 'string', default: '50' },
      streams: { type: 'string', default: '500' },
      changes: { type: 'string', default: '200' },
      seconds: { type: 'string', default: '10' },
    },
  });
  const [alerts, times] = [Number(values.alerts), Number(values.times)];
  console.log(`\n# api: ${count(alerts)} open alerts\n`);
  const hub = await startHub();
  const alertmanager = await startAlertmanager();
  for (const peer of [hub, alertmanager]) if (peer !== null) await fill(peer, alerts);
  await benchLists(hub, alertmanager, times);
  await benchActions(hub, times);
  await alertmanager?.stop();
  await benchStreams(hub, Number(values.streams), Number(values.changes), Number(values.seconds));
  await hub.stop();
}

async function fill(peer: Peer, alerts: number): Promise<void> {
  const job = { connections: 8, alertsPerPush: 10, instances: alerts / 10, seconds: 600, once: true };
  const { failed } = await load(peer, job);
  if (failed > 0) reportInvalid(`${failed} requests were not answered with 2xx`);
}

interface Timed {
  readonly ms: readonly number[];
  readonly bytes: number;
}

async function timed(peer: Peer, path: string, times: number): Promise<Timed> {
  const ms: number[] = [];
  let bytes = 0;
  for (let time = 0; time <= times; time += 1) {
    const began = performance.now();
    const response = await fetch(`http://127.0.0.1:${peer.port}${path}`);
    bytes = (await response.arrayBuffer()).byteLength;
    if (!response.ok) reportInvalid(`${path} is answered with ${response.status}`);
    // The first one opens the connection.
    if (time > 0) ms.push(performance.now() - began);
  }
  return { ms, bytes };
}

async function benchLists(hub: Peer, alertmanager: Peer | null, times: number): Promise<void> {
  const paths = [
    '/api/v1/alerts?sort=attention&status=firing&limit=100',
    '/api/v1/alerts?sort=attention&status=firing&limit=500&counts=severity',
    '/api/v1/incidents?sort=attention&status=open,acknowledged&limit=100',
    '/api/v1/status',
    '/api/v2/alerts',
  ];
  const rows: string[][] = [];
  const add = (name: string, { ms, bytes }: Timed) => {
    rows.push([name, median(ms).toFixed(1), quantile(ms, 0.99).toFixed(1), `${Math.round(bytes / 1024)} KiB`]);
    return quantile(ms, 0.99);
  };
  const own = new Map<string, number>();
  for (const path of paths) own.set(path, add(path, await timed(hub, path, path.includes('v2') ? 5 : times)));
  if (alertmanager !== null) add('Alertmanager: /api/v2/alerts', await timed(alertmanager, '/api/v2/alerts', 5));
  printTable(['', 'p50 ms', 'p99 ms', 'answer'], rows);
  if (alertmanager === null) console.log('        prometheus-alertmanager is not installed: no comparison');
  const first = own.get(paths[0] ?? '') ?? Number.NaN;
  verdict('first page, p99', `${first.toFixed(1)} ms`, first <= PAGE_MS, `≤ ${PAGE_MS} ms`);
}

async function benchActions(hub: Peer, times: number): Promise<void> {
  const list = `http://127.0.0.1:${hub.port}/api/v1/incidents?limit=${times}&status=open`;
  const { items } = (await (await fetch(list)).json()) as { readonly items: readonly { readonly id: string }[] };
  const ms: number[] = [];
  for (const { id } of items) {
    const began = performance.now();
    const path = `/api/v1/incidents/${id}/acknowledge`;
    const response = await fetch(`http://127.0.0.1:${hub.port}${path}`, { method: 'POST' });
    await response.arrayBuffer();
    ms.push(performance.now() - began);
    if (!response.ok) reportInvalid(`${path} is answered with ${response.status}`);
  }
  const p99 = quantile(ms, 0.99);
  console.log(`${items.length} incidents acknowledged one by one, p50 ${median(ms).toFixed(1)} ms`);
  verdict('acknowledge, p99', `${p99.toFixed(1)} ms`, p99 <= ACT_MS, `≤ ${ACT_MS} ms`);
}

/** Every stream must see every event once, whatever a reader does that is too slow. */
async function benchStreams(hub: Hub, streams: number, changes: number, seconds: number): Promise<void> {
  const before = residentMb(hub).now;
  const readers = await Promise.all(Array.from({ length: streams }, () => openStream(hub.port)));
  const slow = await openStream(hub.port, { isHeld: true });
  // They have begun: what comes from now on, all of them must see.
  await pause(500);
  const total = changes * seconds;
  const rate = await change(hub, changes, total);
  const made = total;
  // Each opens an alert and its incident.
  await settled(readers, 2 * total);
  slow.release();
  await settled([slow], 2 * total);
  const [first, ...others] = readers;
  const all = [...(first?.ids.keys() ?? [])];
  const isWhole = (one: ReadStream) => one.ids.size === all.length && all.every((id) => one.ids.get(id) === 1);
  const whole = others.filter(isWhole).length + Number(first !== undefined && isWhole(first));
  const peak = residentMb(hub).peak;
  console.log(
    `\n${count(made)} alerts opened at ${count(rate)}/s, ${count(all.length)} events, ${count(streams)} streams`,
  );
  verdict(
    'streams that saw every event once',
    `${whole} of ${streams}`,
    whole === streams && all.length >= 2 * made,
    'all',
  );
  verdict('the slow reader too', `cut off ${slow.opened() - 1} times`, isWhole(slow), 'every event once');
  const each = (residentMb(hub).now - before) / streams;
  verdict(
    'memory of a stream',
    `${each.toFixed(2)} MB (${peak.toFixed(0)} MB at most)`,
    each <= STREAM_MB,
    `≤ ${STREAM_MB} MB`,
  );
  for (const one of [...readers, slow]) one.close();
}

/** Opens alerts at a rate, each pushed by an instance of its own; gives the rate that it came to. */
async function change(hub: Hub, perSecond: number, total: number): Promise<number> {
  const job = { connections: 1, alertsPerPush: 1, instances: total, seconds: 0, first: 1_000_000 };
  const pushes = requestsOf({ ...job, kind: 'monitor', port: hub.port, secret: SECRET });
  let answered = 0;
  const socket = connect(hub.port, '127.0.0.1').setEncoding('latin1');
  socket.on('data', (text: string) => {
    answered += text.split('HTTP/1.1 200').length - 1;
  });
  const began = performance.now();
  for (let sent = 0; sent < total; sent += 1) {
    const ahead = (sent / perSecond) * 1000 - (performance.now() - began);
    if (ahead > 5) await pause(ahead);
    socket.write(pushes[sent] ?? '');
  }
  for (let waited = 0; answered < total && waited < PATIENCE_MS; waited += 100) await pause(100);
  const seconds = (performance.now() - began) / 1000;
  socket.destroy();
  if (answered < total) reportInvalid(`${total - answered} pushes were not answered with 200`);
  return total / seconds;
}

/** Waits until nothing more comes. */
async function settled(readers: readonly ReadStream[], atLeast: number): Promise<void> {
  let before = -1;
  for (let waited = 0; waited < PATIENCE_MS; waited += 1000) {
    const sizes = readers.map(({ ids }) => ids.size);
    const sum = sizes.reduce((total, size) => total + size, 0);
    if (sum === before && Math.min(...sizes) >= atLeast) return;
    before = sum;
    await pause(1000);
  }
}
