// npm run bench -- cli [--runs 21]
import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { parseArgs } from 'node:util';
import { maximum, median, printTable, verdict } from './figures.ts';
import { MONITOR, SECRET, temporaryFolder } from './processes.ts';

/** Cost of one run; processor time is user plus system. */
interface Cost {
  readonly wallMs: number;
  readonly cpuMs: number;
}

const COMMANDS = {
  'node -e 0': ['-e', '0'],
  'monitor --help': [MONITOR, '--help'],
  'monitor push-to-hub': [MONITOR, 'push-to-hub', '--json'],
} as const;
type Name = keyof typeof COMMANDS;

/** Wall and processor time of short commands against `node -e 0`, in turn, all in the same empty environment. */
export async function benchCli(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({ args: [...args], options: { runs: { type: 'string', default: '21' } } });
  const runs = Number(values.runs);
  console.log(`\n# cli: against node -e 0, ${runs} runs in turn\n`);
  const folder = temporaryFolder();
  // A hub that answers at once: what is measured is the agent.
  const server = createServer((request, response) => {
    request.resume().on('end', () => response.end('{"status":"success"}'));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  // Not the caller's environment: NODE_EXTRA_CA_CERTS alone triples the cost of `node -e 0`, and so flatters the ratio.
  const bare = { PATH: process.env.PATH ?? '', HOME: folder };
  const agent = { HUB_URL: `http://127.0.0.1:${port}`, WEBHOOK_SECRET_CLUSTER: SECRET, MONITOR_STATE_DIR: folder };
  const env = { ...bare, ...agent };
  console.log(`environment: PATH, HOME and, for all alike, ${Object.keys(agent).join(', ')}`);
  console.log('push-to-hub: all local checkers, signed, to a server on this machine that answers at once\n');
  const rounds: Record<Name, Cost>[] = [];
  try {
    // The first round is a warm-up and is not counted.
    for (let run = 0; run <= runs; run += 1) {
      const round: Partial<Record<Name, Cost>> = {};
      for (const name of Object.keys(COMMANDS) as Name[]) round[name] = await costOf(COMMANDS[name], env);
      if (run > 0) rounds.push(round as Record<Name, Cost>);
    }
  } finally {
    server.close();
    rmSync(folder, { recursive: true, force: true });
  }
  report(rounds);
}

function report(rounds: readonly Record<Name, Cost>[]): void {
  const of = (name: Name, figure: keyof Cost) => rounds.map((round) => round[name][figure]);
  const ratios = (name: Name, figure: keyof Cost) =>
    rounds.map((round) => round[name][figure] / round['node -e 0'][figure]);
  const ms = (figures: readonly number[]) => [median(figures).toFixed(0), maximum(figures).toFixed(0)];
  printTable(
    ['', 'wall ms', 'worst', 'user+sys ms', 'worst'],
    (Object.keys(COMMANDS) as Name[]).map((name) => [name, ...ms(of(name, 'wallMs')), ...ms(of(name, 'cpuMs'))]),
  );
  const judge = (name: Name, figure: keyof Cost, words: string, budget: number) => {
    const all = ratios(name, figure);
    const text = `${median(all).toFixed(2)} × node -e 0, worst ${maximum(all).toFixed(2)}`;
    verdict(`${name}, ${words}`, text, median(all) <= budget, `≤ ${budget} ×`);
  };
  judge('monitor --help', 'wallMs', 'wall time', 2);
  judge('monitor push-to-hub', 'cpuMs', 'user+sys', 3);
  const cost = `${median(ratios('monitor push-to-hub', 'wallMs')).toFixed(2)} × node -e 0`;
  console.log(
    `        monitor push-to-hub, wall time: ${cost}, including the interval between two readings of the processors`,
  );
}

// bash reports the time of a child in milliseconds, /proc only in hundredths of a second.
const TIMED = 'TIMEFORMAT="%3R %3U %3S"; time "$0" "$@" >/dev/null';

/** Runs Node.js with these arguments under the `time` of bash, in this environment and no other. */
function costOf(args: readonly string[], env: Readonly<Record<string, string>>): Promise<Cost> {
  return new Promise((resolve, reject) => {
    const child = spawn('bash', ['--norc', '-c', TIMED, process.execPath, ...args], {
      env,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let text = '';
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
    child.once('error', reject);
    child.once('close', (code) => {
      const [wall, user, system] = (text.trimEnd().split('\n').at(-1) ?? '').split(' ').map(Number);
      if (code !== 0 || wall === undefined || user === undefined || system === undefined)
        reject(new Error(`${args.join(' ')} failed: ${text}`));
      else resolve({ wallMs: wall * 1000, cpuMs: (user + system) * 1000 });
    });
  });
}
