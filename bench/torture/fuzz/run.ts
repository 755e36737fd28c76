import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHub, type Hub } from '../hub.ts';
import { freePort, pause, ROOT } from '../process.ts';
import { randomOf } from '../random.ts';
import { type FuzzRequest, fuzzRequests } from './requests.ts';
import { openLane, type Reaction } from './wire.ts';

/** How a fuzzing went. */
export interface FuzzResult {
  readonly requests: number;
  readonly seconds: number;
  /** Answers by status; 0 is a connection closed without one. */
  readonly statuses: Readonly<Record<number, number>>;
  /** Memory of the hub in MB, garbage thrown away: at first, after the first and after the second half. */
  readonly memory: readonly [number, number, number];
  /** Everything that must not be, with the request that caused it. */
  readonly problems: readonly string[];
}

const LANES = 48;
/** Requests that never end, each on a connection of its own for as long as the hub bears it. */
const PATIENT = 24;
/** What memory may differ by: allocators keep what they once had. */
const SLACK_MB = 24;
/** Problems beyond this are the same again. */
const TOLD = 20;

/** Sends so many hostile requests to a hub of its own and looks at what it makes of them. `tell` is called with progress. */
export async function fuzz(
  requests: number,
  seed: number,
  tell: (text: string) => void,
  options: { readonly patient: boolean; readonly memory: boolean } = { patient: true, memory: true },
): Promise<FuzzResult> {
  const folder = mkdtempSync(join(tmpdir(), 'monitor-fuzz-'));
  const more = { flags: ['--expose-gc'], imports: ['fuzz/gc-on-signal.js'] };
  const hub = createHub(folder, await freePort(22_000), {}, more);
  const statuses: Record<number, number> = {};
  const problems: string[] = [];
  const judge = (request: FuzzRequest, reaction: Reaction) => {
    for (const status of reaction.statuses.length > 0 ? reaction.statuses : [0]) {
      statuses[status] = (statuses[status] ?? 0) + 1;
    }
    const fault = faultOf(request, reaction);
    if (fault === null || problems.length >= TOLD) return;
    problems.push(`${fault} (${request.kind}): ${JSON.stringify(request.bytes.toString('latin1').slice(0, 1500))}`);
  };
  try {
    await hub.start();
    const supply = fuzzRequests(seed, randomOf(seed));
    const started = performance.now();
    const patient = options.patient ? provokePatiently(hub.port, seed, judge) : Promise.resolve();
    const memory: number[] = [await settled(hub)];
    for (const half of [Math.ceil(requests / 2), Math.floor(requests / 2)]) {
      await play(hub, supply, half, judge);
      if (!hub.isUp()) throw new Error(`the hub is gone: ${hub.log()}`);
      memory.push(options.memory ? await settled(hub) : 0);
      tell(`${half} requests more: ${memory.at(-1)} MB`);
    }
    await patient;
    const seconds = (performance.now() - started) / 1000;
    const [, first = 0, second = 0] = memory;
    if (second > first + SLACK_MB) problems.push(`memory grew from ${first} MB to ${second} MB in the second half`);
    if ((await hub.stop()) !== 0) problems.push(`the hub did not stop cleanly: ${hub.log()}`);
    problems.push(
      ...hub
        .errors()
        .slice(0, TOLD)
        .map((line) => `the hub says: ${line}`),
    );
    return { requests, seconds, statuses, memory: [memory[0] ?? 0, first, second], problems };
  } finally {
    await hub.kill();
    rmSync(folder, { recursive: true, force: true });
  }
}

type Judge = (request: FuzzRequest, reaction: Reaction) => void;

async function play(hub: Hub, supply: Generator<FuzzRequest>, count: number, judge: Judge): Promise<void> {
  let left = count;
  await Promise.all(
    Array.from({ length: LANES }, async () => {
      const lane = openLane(hub.port);
      while (left > 0 && hub.isUp()) {
        left -= 1;
        const request: FuzzRequest = supply.next().value;
        judge(request, await (request.whole ? lane.ask(request.bytes) : lane.provoke(request.bytes, false)));
      }
      lane.close();
    }),
  );
}

/** Beginnings of requests whose rest never comes: the hub must end them by itself. */
async function provokePatiently(port: number, seed: number, judge: Judge): Promise<void> {
  const supply = fuzzRequests(seed + 1_000_000, randomOf(seed + 1));
  await Promise.all(
    Array.from({ length: PATIENT }, async () => {
      const lane = openLane(port);
      const { bytes } = supply.next().value as FuzzRequest;
      const cut = bytes.subarray(0, Math.max(1, Math.floor(bytes.length / 2)));
      judge({ kind: 'never ends', bytes: cut, whole: false }, await lane.provoke(cut, true));
    }),
  );
}

function faultOf(request: FuzzRequest, { statuses, text, inTime }: Reaction): string | null {
  if (!inTime) return 'neither answered nor closed in time';
  if (statuses.some((status) => status >= 500)) return `answered ${statuses.find((status) => status >= 500)}`;
  if (request.whole && statuses.length !== 1) return `${statuses.length} answers to one request`;
  if (text.includes(ROOT) || text.includes('node_modules') || /\n\s+at /.test(text)) return 'shows its insides';
  return null;
}

/** Resident memory in MB once garbage is gone: the least of a few looks. */
async function settled(hub: Hub): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let looks = 0; looks < 5; looks += 1) {
    process.kill(hub.pid(), 'SIGUSR2');
    await pause(300);
    const kb = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${hub.pid()}/status`, 'utf8'))?.[1] ?? 0);
    least = Math.min(least, Math.round(kb / 1024));
  }
  return least;
}
