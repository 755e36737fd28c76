// npm run bench -- notify [--notices 300] [--pause 40] [--rounds 3] [--seconds 3] [--instances 2000]
import { writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { median, printTable, quantile, reportInvalid, verdict } from './figures.ts';
import { benchFollowers } from './followers.ts';
import { type Peer, startAlertmanager, startHub, temporaryFolder } from './processes.ts';
import { pause } from './torture/process.ts';

// At the 99th percentile; and so much later than Alertmanager at most.
const BUDGET_MS = 50;
const LATER_MS = 10;
const PATIENCE_MS = 10_000;

/** Takes Alertmanager's body and keeps when each alert of a name arrived first. */
interface Receiver {
  readonly url: string;
  readonly arrived: ReadonlyMap<string, number>;
  close(): void;
}

/** From the answer to an alert until its notice arrives at a receiver, beside Alertmanager without a group_wait; then what telling costs ingest. */
export async function benchNotify(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      notices: { type: 'string', default: '300' },
      pause: { type: 'string', default: '40' },
      rounds: { type: 'string', default: '3' },
      seconds: { type: 'string', default: '3' },
      instances: { type: 'string', default: '2000' },
    },
  });
  const [notices, pauseMs, rounds] = [Number(values.notices), Number(values.pause), Number(values.rounds)];
  console.log(`\n# notify: ${rounds} rounds of ${notices} critical alerts in turn, one each ${pauseMs} ms\n`);
  const receivers = [await startReceiver(), await startReceiver()] as const;
  const hub = await startTellingHub(receivers[0].url);
  const alertmanager = await startAlertmanager(routeTo(receivers[1].url));
  const waits: Record<string, number[]> = { monitor: [], alertmanager: [] };
  for (let round = 0; round < rounds; round += 1) {
    waits.monitor?.push(...(await waitsOf(hub, receivers[0], `m${round}`, notices, pauseMs)));
    if (alertmanager === null) continue;
    waits.alertmanager?.push(...(await waitsOf(alertmanager, receivers[1], `a${round}`, notices, pauseMs)));
  }
  const row = (name: string, figures: readonly number[]) => [
    ...[name, String(figures.length)],
    ...[median(figures), quantile(figures, 0.99), Math.max(...figures)].map((figure) => figure.toFixed(1)),
  ];
  printTable(
    ['', 'notices', 'p50 ms', 'p99 ms', 'worst ms'],
    [
      ...(alertmanager === null ? [] : [row('Alertmanager', waits.alertmanager ?? [])]),
      row('monitor', waits.monitor ?? []),
    ],
  );
  if (alertmanager === null) console.log('        prometheus-alertmanager is not installed: no comparison');
  const p99 = quantile(waits.monitor ?? [], 0.99);
  verdict('p99', `${p99.toFixed(1)} ms`, p99 <= BUDGET_MS, `≤ ${BUDGET_MS} ms`);
  if (alertmanager !== null) {
    const later = p99 - quantile(waits.alertmanager ?? [], 0.99);
    verdict('p99, later than Alertmanager by', `${later.toFixed(1)} ms`, later <= LATER_MS, `≤ ${LATER_MS} ms`);
  }
  await hub.stop();
  await alertmanager?.stop();
  await benchFollowers(receivers[0].url, {
    rounds,
    seconds: Number(values.seconds),
    instances: Number(values.instances),
  });
  for (const receiver of receivers) receiver.close();
}

function startTellingHub(url: string): Promise<Peer> {
  const folder = temporaryFolder();
  // People are not to be flooded; here each alert is to be told by itself.
  const channel =
    'hook: {type: webhook, flood: {burst: 10000, per_minute: 6000}, rate: {burst: 10000, per_second: 1000}}';
  writeFileSync(join(folder, 'monitor.yaml'), `notify:\n  channels:\n    ${channel}\n`);
  return startHub(folder, {
    MONITOR_CONFIG: join(folder, 'monitor.yaml'),
    MONITOR_CHANNEL_HOOK_URL: url,
    MONITOR_ALLOW_PRIVATE_TARGETS: '127.0.0.0/8',
  });
}

function routeTo(url: string): string {
  const route = 'route: {receiver: hook, group_by: [alertname], group_wait: 0s}';
  return `${route}\nreceivers: [{name: hook, webhook_configs: [{url: '${url}'}]}]\n`;
}

async function startReceiver(): Promise<Receiver> {
  const arrived = new Map<string, number>();
  const server: Server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const now = performance.now();
      const { alerts } = JSON.parse(Buffer.concat(parts).toString()) as { alerts: { labels: { alertname: string } }[] };
      for (const { labels } of alerts) if (!arrived.has(labels.alertname)) arrived.set(labels.alertname, now);
      response.writeHead(200).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { url: `http://127.0.0.1:${port}/`, arrived, close };
}

/** Milliseconds from the answer to each alert until its notice had arrived. */
async function waitsOf(
  { port }: Peer,
  { arrived }: Receiver,
  prefix: string,
  notices: number,
  pauseMs: number,
): Promise<number[]> {
  const answered = new Map<string, number>();
  for (let n = 0; n < notices; n += 1) {
    const alertname = `${prefix}-${n}`;
    const body = JSON.stringify([{ labels: { alertname, severity: 'critical', instance: alertname } }]);
    const response = await fetch(`http://127.0.0.1:${port}/api/v2/alerts`, {
      ...{ method: 'POST', headers: { 'content-type': 'application/json' }, body },
    });
    answered.set(alertname, performance.now());
    if (!response.ok) throw new Error(`an alert was answered ${response.status}: ${await response.text()}`);
    await response.arrayBuffer();
    await pause(pauseMs);
  }
  const isMissing = () => [...answered.keys()].some((name) => !arrived.has(name));
  for (let waited = 0; waited < PATIENCE_MS && isMissing(); waited += 50) await pause(50);
  const missing = [...answered.keys()].filter((name) => !arrived.has(name));
  if (missing.length > 0) reportInvalid(`${missing.length} of ${notices} notices did not arrive (${prefix})`);
  // One that overtakes the answer was told before the sender knew that it is kept.
  return [...answered].flatMap(([name, at]) => {
    const arrival = arrived.get(name);
    return arrival === undefined ? [] : Math.max(0, arrival - at);
  });
}
