import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import { callHeartbeat, createTail, type HeartbeatTarget } from '../../agent/heartbeat.ts';
import { httpUrls } from '../../config/kinds.ts';
import { loadSettings } from '../../config/load.ts';
import { PING_BODY_BYTES } from '../../core/endpoint/push/ping.ts';
import { stayAlive, systemClock } from '../../lib/clock.ts';
import { Secret } from '../../lib/crypto/secret.ts';
import { runCommand } from '../attached.ts';
import { Exit, type Terminal, UsageError } from '../contract.ts';
import { firstSignal, relaySignals } from '../signals.ts';

interface Flags {
  readonly key?: string;
  readonly name?: string;
  readonly hub?: string;
  readonly output: boolean;
  readonly config?: string;
}

const TIMEOUTS = { connectMs: 3000, headersMs: 5000, bodyMs: 5000 };

/** `monitor heartbeat run -- COMMAND`. */
export function defineHeartbeatRun(program: Command, terminal: Terminal, examples: string): void {
  program
    .command('run')
    .description('run a command, tell a push endpoint how it began and ended, and pass on its exit code')
    .argument('<command...>', 'behind --, with its arguments')
    .option('--key <key>', 'token of the push endpoint (MONITOR_HEARTBEAT_KEY, or MONITOR_HEARTBEAT_KEY_FILE)')
    .option('--name <name>', 'name of the endpoint, where several have this key')
    .option('--hub <urls>', 'hubs that share a store, separated by commas (MONITOR_PEER_URL, HUB_URL)')
    .option('--no-output', 'send nothing of what the command writes')
    .option('--config <file>', 'configuration file (MONITOR_CONFIG)')
    .addHelpText('after', examples)
    .action(async (given: readonly string[], flags: Flags) => {
      const release = stayAlive();
      try {
        await run(given as readonly [string, ...string[]], flags, terminal);
      } finally {
        release();
      }
    });
}

async function run(command: readonly [string, ...string[]], flags: Flags, terminal: Terminal): Promise<void> {
  const target = targetOf(flags, terminal);
  const tail = createTail(PING_BODY_BYTES);
  const beginning = new AbortController();
  const told = (problem: string | null) => {
    if (problem !== null && !beginning.signal.aborted) terminal.err(`monitor: the hub was not told: ${problem}`);
  };
  const call = (word: string, body: string, signal: AbortSignal) =>
    target === null ? Promise.resolve(null) : callHeartbeat(target, word, body, systemClock, signal);
  const relay = relaySignals(process.stdin.isTTY === true);
  // The command does not wait for it.
  const started = call('start', '', beginning.signal).then(told);
  const { code, problem } = await runCommand(command, relay, flags.output ? tail.add : undefined);
  beginning.abort();
  await started;
  const ending = new AbortController();
  const signalled = firstSignal().then((name) => name as string);
  const failure = await Promise.race([call(String(code), tail.text() || problem, ending.signal), signalled]);
  ending.abort();
  if (failure !== null) terminal.err(`monitor: the hub was not told of the end: ${failure}`);
  if (code !== 0) throw new Exit(code, problem);
}

/** Whom to tell; null where the settings cannot be read, which is said: what a machine needs done does not wait for those who watch it. */
function targetOf({ key, name = '', hub, config }: Flags, terminal: Terminal): HeartbeatTarget | null {
  try {
    const settings = loadSettings({ configFile: config });
    const given = key === undefined ? settings.heartbeat.key : new Secret(key);
    if (given === undefined || given.bytes === 0)
      throw new UsageError('no key: set MONITOR_HEARTBEAT_KEY or MONITOR_HEARTBEAT_KEY_FILE, or give --key');
    return {
      ...{ hubs: hub === undefined ? hubsOf(settings) : hubsIn(hub), key: given, name, run: randomUUID() },
      how: {
        ...{ caFile: settings.caFile, proxy: settings.proxy, timeouts: TIMEOUTS, allow: 'any' as const },
        ...{ clock: systemClock, userAgent: `monitor/${settings.version}` },
      },
    };
  } catch (error) {
    const { problems = [] } = error as { readonly problems?: readonly string[] };
    terminal.err(`monitor: the hub is not told: ${[(error as Error).message, ...problems].join('; ')}`);
    return null;
  }
}

function hubsOf({ probe, hubUrl, url }: ReturnType<typeof loadSettings>): readonly string[] {
  if (probe.hubs !== undefined) return probe.hubs;
  return [hubUrl ?? url];
}

function hubsIn(text: string): readonly string[] {
  const kind = httpUrls();
  const read = kind.schema.safeParse(kind.fromText(text));
  if (!read.success) throw new UsageError(`--hub ${read.error.issues[0]?.message}`);
  return read.data;
}
