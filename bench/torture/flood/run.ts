import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHub } from '../hub.ts';
import { freePort, pause } from '../process.ts';
import { type Receiver, startReceiver, type Told } from './receiver.ts';

/** How much comes in how long. */
export interface FloodOptions {
  readonly alerts: number;
  readonly seconds: number;
  /** How many of them are critical. */
  readonly critical: number;
  readonly tell: (text: string) => void;
}

const SLOW_MS = 30_000;
// Notices of what is not critical, of each channel within a minute.
const MESSAGES = 3;
const MINUTE_MS = 60_000;
const CRITICAL_MS = 1000;
const BATCH = 20;
// After the flood: the digests that are left.
const PATIENCE_MS = 180_000;
const CHANNELS = ['chat', 'slow', 'mail'] as const;

/**
 * Floods a hub, as a process of its own, with alerts of which each is an incident, and ends them all: while it tells three
 * receivers, of which one takes 30 s to answer. What people were told must be few messages, with exact counts, what is
 * critical at once, and each alert must be explained. Gives what is wrong, one fault a line.
 */
export async function runFlood(options: FloodOptions): Promise<readonly string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'monitor-flood-'));
  const receivers = new Map<string, Receiver>();
  for (const name of CHANNELS) receivers.set(name, await startReceiver(name === 'slow' ? SLOW_MS : 0));
  const channels = CHANNELS.map(
    (name) =>
      `    ${name}: {type: webhook, preset: generic, url: 'env:${name.toUpperCase()}_URL'${name === 'slow' ? ', timeout: 45s' : ''}}`,
  );
  writeFileSync(join(folder, 'monitor.yaml'), `notify:\n  channels:\n${channels.join('\n')}\n`);
  const hub = createHub(folder, await freePort(27_000), {
    MONITOR_CONFIG: join(folder, 'monitor.yaml'),
    MONITOR_ALLOW_PRIVATE_TARGETS: '127.0.0.0/8',
    ...Object.fromEntries([...receivers].map(([name, { url }]) => [`${name.toUpperCase()}_URL`, url])),
  });
  try {
    if (!(await hub.start())) throw new Error(`the hub ended: ${hub.log()}`);
    const url = `http://127.0.0.1:${hub.port}`;
    const begins = await flood(url, 'firing', options);
    const own = async () => (await alertsOf(url, 'monitor')).length;
    const faults = [...(await judge('firing', begins, receivers, options, own))];
    const ends = await flood(url, 'resolved', options);
    faults.push(...(await judge('resolved', ends, receivers, options, own)));
    faults.push(...(await unexplained(url, options)));
    for (const [name, { repeats }] of receivers)
      if (repeats > 0) faults.push(`${name}: ${repeats} messages came twice`);
    const code = await hub.stop();
    if (code !== 0) faults.push(`the hub ended with ${code}: ${hub.log().slice(-2000)}`);
    faults.push(...hub.errors().map((line) => `the hub said ${line}`));
    return faults;
  } finally {
    await hub.kill();
    for (const { close } of receivers.values()) close();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

interface Flood {
  readonly begun: number;
  /** When each critical one was answered, by its name. */
  readonly answered: ReadonlyMap<string, number>;
}

const nameOf = (n: number) => `flood ${n}`;
const isCritical = (n: number, { alerts, critical }: FloodOptions) =>
  critical > 0 && n % Math.max(1, Math.floor(alerts / critical)) === 0;

/** Sends all of them, evenly over the time. */
async function flood(url: string, status: 'firing' | 'resolved', options: FloodOptions): Promise<Flood> {
  const { alerts, seconds, tell } = options;
  const begun = performance.now();
  const answered = new Map<string, number>();
  const work: Promise<void>[] = [];
  for (let first = 0; first < alerts; first += BATCH) {
    const due = begun + (first / alerts) * seconds * 1000;
    if (due > performance.now()) await pause(due - performance.now());
    const numbers = Array.from({ length: Math.min(BATCH, alerts - first) }, (_, n) => first + n);
    work.push(send(url, numbers, status, options, answered));
  }
  await Promise.all(work);
  tell(`${alerts} alerts ${status} in ${((performance.now() - begun) / 1000).toFixed(1)} s, all answered`);
  return { begun, answered };
}

async function send(
  url: string,
  numbers: readonly number[],
  status: string,
  options: FloodOptions,
  answered: Map<string, number>,
): Promise<void> {
  const end = status === 'resolved' ? { endsAt: new Date().toISOString() } : {};
  const body = numbers.map((n) => ({
    labels: { alertname: nameOf(n), severity: isCritical(n, options) ? 'critical' : 'warning', host: `host-${n}` },
    ...end,
  }));
  const post = () =>
    fetch(`${url}/api/v2/alerts`, {
      ...{ method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) },
    });
  // As every sender does: a connection that has been idle may be closed while it is used again.
  const response = await post().catch(post);
  if (!response.ok) throw new Error(`alerts were answered ${response.status}: ${await response.text()}`);
  await response.arrayBuffer();
  for (const n of numbers) if (isCritical(n, options)) answered.set(nameOf(n), performance.now());
}

async function judge(
  status: 'firing' | 'resolved',
  { begun, answered }: Flood,
  receivers: ReadonlyMap<string, Receiver>,
  { alerts, tell }: FloodOptions,
  ownOf: () => Promise<number>,
): Promise<readonly string[]> {
  const since = ({ told }: Receiver) => told.filter(({ at }) => at >= begun);
  const countOf = (list: readonly Told[]) => list.reduce((sum, one) => sum + one[status], 0);
  const isOver = () => [...receivers].every(([name, one]) => name === 'slow' || countOf(since(one)) >= alerts);
  for (let waited = 0; waited < PATIENCE_MS && !(isOver() && waited > MINUTE_MS); waited += 250) await pause(250);
  const own = await ownOf();
  const faults: string[] = [];
  for (const [name, receiver] of receivers) {
    const told = since(receiver);
    const urgent = told.filter(({ severity }) => severity === 'critical');
    const others = told.filter(({ severity, at }) => severity !== 'critical' && at <= begun + MINUTE_MS);
    const late = [...answered].flatMap(([title, at]) => {
      const own = urgent.find((one) => `${one.title} `.startsWith(`${title} `));
      return own === undefined ? [] : own.at - at;
    });
    const alone = late.length === answered.size;
    const worst = late.length === 0 ? 0 : Math.max(0, ...late);
    const count = countOf(told);
    tell(
      `${name}, ${status}: ${others.length} messages within the minute, ${told.length} in all, of ${count} incidents; ` +
        `${late.length} of ${answered.size} critical ones by themselves, at most ${worst.toFixed(0)} ms after their answer`,
    );
    // What takes 30 s a message has not told all by now; that nothing of it is lost, its explanations say.
    if (name === 'slow') continue;
    if (count < alerts || count > alerts + own)
      faults.push(`${name}: ${count} of ${alerts} incidents were told as ${status}, beside ${own} of the hub itself`);
    if (others.length > MESSAGES)
      faults.push(`${name}: ${others.length} messages within the minute, ${MESSAGES} are enough`);
    if (status === 'firing' && alone && worst > CRITICAL_MS)
      faults.push(`${name}: a critical one was told ${worst.toFixed(0)} ms after its answer`);
    if (status === 'firing' && !alone) faults.push(...lateInDigests(name, answered, urgent));
  }
  return faults;
}

/** Where critical ones were told together: no digest of them may have gone more than a second after the last of them. */
function lateInDigests(
  name: string,
  answered: ReadonlyMap<string, number>,
  urgent: readonly Told[],
): readonly string[] {
  const last = Math.max(...urgent.map(({ at }) => at));
  const end = Math.max(...answered.values());
  return last > end + CRITICAL_MS
    ? [`${name}: critical ones were told ${(last - end).toFixed(0)} ms after the last`]
    : [];
}

interface ChannelStory {
  readonly channel: string;
  readonly told: readonly unknown[];
  readonly untold: { readonly reason: string } | null;
}
interface Explained {
  readonly channels: readonly ChannelStory[];
}

/** A beginning and an end that were told, or why not: a channel may be slow, and an answer not be written yet. */
function isExplained(story: ChannelStory | undefined): boolean {
  return story !== undefined && story.told.length >= 2 !== (typeof story.untold?.reason === 'string');
}

async function alertsOf(url: string, source: string): Promise<readonly string[]> {
  const ids: string[] = [];
  for (let cursor = ''; ; ) {
    const response = await fetch(`${url}/api/v1/alerts?source=${source}&limit=500${cursor}`);
    const page = (await response.json()) as { items: { id: string }[]; next_cursor: string | null };
    ids.push(...page.items.map(({ id }) => id));
    if (page.next_cursor === null) return ids;
    cursor = `&cursor=${encodeURIComponent(page.next_cursor)}`;
  }
}

/** Alerts whose explanation does not say who told their beginning and their end, or why not. */
async function unexplained(url: string, { alerts, tell }: FloodOptions): Promise<readonly string[]> {
  const ids = await alertsOf(url, 'prometheus');
  const faults: string[] = [];
  if (ids.length !== alerts) faults.push(`the hub has ${ids.length} alerts of ${alerts}`);
  const begun = performance.now();
  for (let first = 0; first < ids.length; first += BATCH) {
    await Promise.all(
      ids.slice(first, first + BATCH).map(async (id) => {
        const explained = (await (await fetch(`${url}/api/v1/explanations/${id}`)).json()) as Explained;
        const missing = CHANNELS.filter((name) => !isExplained(explained.channels.find((one) => one.channel === name)));
        if (missing.length > 0)
          faults.push(`alert ${id}: ${missing.join(', ')} neither told it nor says why: ${JSON.stringify(explained)}`);
      }),
    );
  }
  tell(`${ids.length} alerts explained in ${((performance.now() - begun) / 1000).toFixed(1)} s`);
  return faults.length > 5 ? [...faults.slice(0, 5), `and ${faults.length - 5} more`] : faults;
}
