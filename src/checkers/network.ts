import { connect, type LookupFunction } from 'node:net';
import * as z from 'zod';
import { judge, type MetricValue, worst } from '../core/check.ts';
import { reached, round } from '../core/figures.ts';
import { readAtOnce } from '../lib/files/read.ts';
import { addressesOf, type HostAddress } from '../lib/net/names.ts';
import {
  type Check,
  type Checker,
  confirmationOf,
  confirming,
  type Finding,
  inOrder,
  lateOptions,
  optionsOf,
  overrides,
  ownInOrder,
  ownThreshold,
  threshold,
  timeout,
  timeSpan,
  type World,
} from './contract.ts';

const host = () =>
  z
    .string({ error: 'must be host:port, such as db.example.com:5432 or [2001:db8::1]:443' })
    .regex(/^(\[[0-9a-fA-F:.%\w]+\]|[\w.-]+):\d{1,5}$/, {
      error: 'must be host:port, such as db.example.com:5432 or [2001:db8::1]:443',
    })
    .refine((text) => Number(text.slice(text.lastIndexOf(':') + 1)) <= 65_535, {
      error: 'must have a port up to 65535',
    });

const options = lateOptions(
  () =>
    z
      .strictObject({
        warning: threshold('warning', 'Errors of an interface in percent of its packets since the last run', 1, 100),
        critical: threshold('critical', 'Errors of an interface in percent of its packets since the last run', 5, 100),
        min_errors: z.int().min(1).default(10).describe('Fewer errors of an interface since the last run do not count'),
        ignore: z.array(z.string()).default([]).describe('Interfaces to leave out'),
        hosts: z
          .array(host())
          .default([])
          .describe('Hosts to connect to by TCP, host:port; each is a check of its own'),
        connect_timeout: timeSpan(10, 60_000)
          .prefault('5s')
          .describe('Time without a connection after which a host is critical'),
        latency_warning: threshold('warning', 'Milliseconds to connect', null),
        latency_critical: threshold('critical', 'Milliseconds to connect', null),
        overrides: overrides(
          {
            warning: ownThreshold(100),
            critical: ownThreshold(100),
            min_errors: z.int().min(1).optional(),
            latency_warning: ownThreshold(),
            latency_critical: ownThreshold(),
          },
          'interfaces (eth0) and hosts (host:port)',
        ),
        ...confirming(),
        timeout: timeout(),
      })
      .refine(...inOrder('warning', 'critical'))
      .refine(...inOrder('latency_warning', 'latency_critical'))
      .superRefine(ownInOrder(['warning', 'critical'], ['latency_warning', 'latency_critical']))
      .refine((o) => o.connect_timeout < o.timeout, {
        path: ['connect_timeout'],
        error: 'must be shorter than timeout',
      }),
  {
    warning: 1,
    critical: 5,
    min_errors: 10,
    ignore: [],
    hosts: [],
    connect_timeout: 5000,
    latency_warning: null,
    latency_critical: null,
    overrides: {},
    attempts: 1,
    for: 0,
    timeout: 10_000,
  },
);

type Options = z.output<typeof options.schema>;

/** Errors of the network interfaces, and whether named hosts can be reached. */
export const network: Checker = {
  name: 'network',
  summary: 'errors of the interfaces; named hosts reached by TCP',
  byDefault: true,
  items: 'interface',
  options,
  bind(given) {
    const bound = options.parse(given);
    const interfaces: Check = {
      name: 'network',
      title: 'Network errors',
      timeoutMs: bound.timeout,
      confirmation: confirmationOf(bound),
      available: async (world) => ((await readCounters(world, bound)).size > 0 ? null : 'no network interface is told'),
      run: (world) => runInterfaces(world, bound),
    };
    const hosts = [...new Set(bound.hosts)].map((address): Check => {
      return {
        name: `network:${address}`,
        title: `Connection to ${address}`,
        timeoutMs: bound.timeout,
        confirmation: confirmationOf(bound),
        available: async () => null,
        run: (world) => runHost(world, address, optionsOf<Options>(bound, address)),
      };
    });
    return [interfaces, ...hosts];
  },
};

/** Counters of an interface since it came up, both directions together. */
interface Counters {
  readonly packets: number;
  readonly errors: number;
  readonly dropped: number;
}

/** Of so many interfaces figures are told: a machine full of containers has hundreds. */
const KEPT = 20;

/** An interface with what was counted since the last run. */
interface Looked extends Counters {
  readonly name: string;
  readonly percent: number;
  readonly status: 'ok' | 'warning' | 'critical';
  readonly limits: Options;
}

async function runInterfaces(world: World, bound: Options): Promise<Finding> {
  const now = await readCounters(world, bound);
  const earlier = remembered(world.remembered);
  const looked = [...now].map(([name, counters]) => lookAt(name, counters, earlier.get(name), bound));
  const status = worst(looked.map((one) => one.status));
  const badness = ({ status }: { readonly status: string }) => (status === 'ok' ? 0 : 1);
  const sorted = looked.toSorted((a, b) => badness(b) - badness(a) || b.percent - a.percent || b.packets - a.packets);
  const bad = sorted.filter((one) => one.status !== 'ok');
  const total = looked.reduce((sum, one) => sum + one.errors, 0);
  const interfaces = `${looked.length} ${looked.length === 1 ? 'interface' : 'interfaces'}`;
  const quiet =
    earlier.size > 0
      ? `${total} ${total === 1 ? 'error' : 'errors'} on ${interfaces} since the last run`
      : `${interfaces}; errors are counted from run to run, and this is the first`;
  const told = sorted.slice(0, Math.max(KEPT, bad.length));
  return {
    status,
    message: bad.length > 0 ? `${bad.map(textOf).join('; ')}, since the last run` : quiet,
    metrics: {
      errors: total,
      interface_count: looked.length,
      interfaces: Object.fromEntries(
        sorted.slice(0, KEPT).map((one): [string, MetricValue] => [one.name, figures(one)]),
      ),
    },
    items: told.map((one) => ({
      name: one.name,
      title: `Network errors on ${one.name}`,
      status: one.status,
      message: `${textOf(one)}, since the last run`,
      metrics: figures(one),
      labels: { interface: one.name },
    })),
    remember: Object.fromEntries(now),
  };
}

function lookAt(name: string, now: Counters, earlier: Counters | undefined, bound: Options): Looked {
  const limits = optionsOf<Options>(bound, name);
  const packets = growth(now.packets, earlier?.packets);
  const errors = growth(now.errors, earlier?.errors) ?? 0;
  const dropped = growth(now.dropped, earlier?.dropped) ?? 0;
  const since = { packets: packets ?? 0, errors, dropped };
  // Errors are judged by packets. A tunnel whose other end is away carries none, and that is no fault of the interface.
  const isJudged = packets !== null && errors > 0 && (packets > 0 || !TUNNEL.test(name));
  const percent = isJudged ? round((errors / (packets + errors)) * 100, 2) : 0;
  return { name, ...since, percent, limits, status: errors < limits.min_errors ? 'ok' : judge(percent, limits) };
}

const TUNNEL = /^(?:wg|tun|tap|ppp|ipsec|sit|gre|ip6?tnl|vti|zt|tailscale|nebula|utun)/;

function textOf({ name, errors, packets, percent, status, limits }: Looked): string {
  return `${name} with ${errors} errors in ${packets} packets, ${percent}%${reached(status, limits, '%')}`;
}

function figures({ packets, errors, dropped, percent }: Looked) {
  return { packets, errors, dropped, error_percent: percent };
}

const WRAP = 2 ** 32;

/**
 * What was counted since then, each counter by itself; null where nobody can tell: at the first look, and when it went
 * back. What it counted in its life is no difference. One of 32 bits goes on after its end.
 */
function growth(now: number, earlier: number | undefined): number | null {
  if (earlier === undefined) return null;
  if (now >= earlier) return now - earlier;
  const isWrapped = earlier < 2 * WRAP && earlier % WRAP > WRAP * 0.75 && now % WRAP < WRAP * 0.25;
  return isWrapped ? now + WRAP - earlier : null;
}

function remembered(value: unknown): Map<string, Counters> {
  const entries = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  return new Map(
    entries.filter(([, one]) =>
      [one?.packets, one?.errors, one?.dropped].every((figure) => typeof figure === 'number'),
    ),
  );
}

async function readCounters(world: World, bound: Options): Promise<Map<string, Counters>> {
  const all = world.platform === 'linux' ? await readLinux(world) : await readPortable();
  return new Map(all.filter(([name]) => name !== 'lo' && !bound.ignore.includes(name)));
}

const COLUMNS = 16;

/** /proc/net/dev: eight columns of what was received, then eight of what was sent (proc_net(5)). */
async function readLinux(world: World): Promise<[string, Counters][]> {
  const path = `${world.proc}/net/dev`;
  const lines = (readAtOnce(path) ?? '').split('\n').slice(2);
  return lines.flatMap((line): [string, Counters][] => {
    if (line.trim() === '') return [];
    const [name = '', rest = ''] = line.split(/:(?=\s*\d)/);
    const columns = rest.trim().split(/\s+/).map(Number);
    // An interface that is told in part has not gone away, so its alert must not end.
    if (columns.length < COLUMNS) throw new Error(`${path} is cut short`);
    const [, inPackets = 0, inErrors = 0, inDropped = 0, , , , , , packets = 0, errors = 0, dropped = 0] = columns;
    const counters = { packets: inPackets + packets, errors: inErrors + errors, dropped: inDropped + dropped };
    return Object.values(counters).every(Number.isSafeInteger) ? [[name.trim(), counters]] : [];
  });
}

async function readPortable(): Promise<[string, Counters][]> {
  const { networkStats } = await import('systeminformation');
  // It tells no packets, so bytes of an ordinary packet stand for them.
  return (await networkStats('*')).map((one) => [
    one.iface,
    {
      packets: Math.round((one.rx_bytes + one.tx_bytes) / 1000),
      errors: one.rx_errors + one.tx_errors,
      dropped: one.rx_dropped + one.tx_dropped,
    },
  ]);
}

const UNKNOWN_NAME = 'cannot be reached: its name is not known';

const REASONS: Record<string, string> = {
  ECONNREFUSED: 'refused the connection',
  ECONNRESET: 'broke the connection off',
  EHOSTUNREACH: 'cannot be reached: there is no way to the host',
  ENETUNREACH: 'cannot be reached: there is no way to the network',
  ENOTFOUND: UNKNOWN_NAME,
  EAI_AGAIN: 'cannot be reached: the name server does not answer',
  ETIMEDOUT: 'did not answer',
};

async function runHost(world: World, address: string, bound: Options): Promise<Finding> {
  const down = (problem: string): Finding => {
    return { status: 'critical', message: `${address} ${problem}`, metrics: { reachable: false } };
  };
  const colon = address.lastIndexOf(':');
  const [name, port] = [address.slice(0, colon).replace(/^\[|\]$/g, ''), Number(address.slice(colon + 1))];
  const limitMs = bound.connect_timeout;
  const asked = world.clock.monotonic();
  const looked = await addressesOf(name, world.exec, { timeoutMs: limitMs, signal: world.signal });
  if (looked.outcome === 'not_found') return down(UNKNOWN_NAME);
  if (looked.outcome === 'timed_out')
    return down(`cannot be reached: its name was not found within ${limitMs / 1000} s`);
  const addresses = looked.outcome === 'found' ? looked.addresses : null;
  const begun = world.clock.monotonic();
  const problem = await reach(world, { name, port, addresses }, Math.max(1, limitMs - (begun - asked)), limitMs);
  const latency = round(world.clock.monotonic() - begun);
  if (problem !== null) return down(problem);
  const limits = { warning: bound.latency_warning, critical: bound.latency_critical };
  const status = judge(latency, limits);
  const message = `${address} connected in ${latency} ms${reached(status, limits, ' ms')}`;
  return { status, message, metrics: { reachable: true, connect_ms: latency } };
}

interface Place {
  readonly name: string;
  readonly port: number;
  /** Null where only the system can look the name up. */
  readonly addresses: readonly HostAddress[] | null;
}

/** null when a connection came about, else why not. */
function reach(
  world: World,
  { name, port, addresses }: Place,
  leftMs: number,
  limitMs: number,
): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = connect({ host: name, port, ...(addresses !== null && { lookup: known(addresses) }) });
    const end = (problem: string | null) => {
      cancel();
      world.signal.removeEventListener('abort', abort);
      socket.destroy();
      resolve(problem);
    };
    const cancel = world.clock.after(leftMs, () => end(`did not answer within ${limitMs / 1000} s`));
    const abort = () => end('did not answer');
    world.signal.addEventListener('abort', abort, { once: true });
    socket.once('connect', () => end(null));
    socket.on('error', (error: NodeJS.ErrnoException) => end(reasonOf(error)));
  });
}

/** A look-up that has been done. */
function known(addresses: readonly HostAddress[]): LookupFunction {
  return (_, { all }, answer) => {
    const [first] = addresses;
    if (all) answer(null, [...addresses]);
    else answer(null, first?.address ?? '', first?.family);
  };
}

/** Of several addresses that were tried, the reason of the first. */
function reasonOf(error: NodeJS.ErrnoException): string {
  const code = error.code ?? (error instanceof AggregateError ? (error.errors[0] as NodeJS.ErrnoException).code : '');
  return REASONS[code ?? ''] ?? `failed: ${code}`;
}
