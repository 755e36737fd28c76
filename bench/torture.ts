// npm run torture -- [--rounds 200] [--seed N] [--only hub|agent|inject|power] [--jobs 2]
// npm run torture -- --fuzz 200000 [--seed N]
// npm run torture -- --neighbours [--seconds 60] [--attacks "slow heads,bombs"] [--profiles FOLDER]
// npm run torture -- --storm [--minutes 10]
// npm run torture -- --hubs 3 [--seconds 60] [--seed N]
// npm run torture -- notify [--rounds 500] [--seed N] [--jobs 2]
// npm run torture -- flood [--alerts 10000] [--seconds 10] [--critical 10]
// Kills hubs and agents and holds what they keep against what was acknowledged: at every write of fixed scenarios; as a
// power cut would, where strace is; and at random moments under load. Round i of `--seed N` has the seed N + i:
// `--rounds 1 --seed <that>` plays it again.
// With --hubs so many hubs share one PostgreSQL behind a proxy: they are killed and paused, and the database is restarted,
// while they are pushed at; what they hold must be what one hub makes of the same.
// With notify the hubs tell a receiver that goes up and down; every fourth round has three hubs on one PostgreSQL.
// With flood a hub is sent so many alerts in so many seconds: people must hear of all of them, in few messages.
// With --neighbours one sender, or a stranger, does its worst to a hub in every way, so many seconds together, while ten good
// agents push: what these feel of it, and what it costs, has bounds.
// With --storm two real Prometheus servers with equal labels, and a real Alertmanager, tell 5,000 alerts again and again:
// none may be lost, and none may end or fire again by itself.
// With --fuzz it kills nothing: so many hostile requests go to one hub, which must answer each of them below 500.
import { parseArgs } from 'node:util';
import type { FloodOptions } from './torture/flood/run.ts';
import { fuzz } from './torture/fuzz/run.ts';
import { injectEverywhere } from './torture/inject.ts';
import { canTrace, cutPower } from './torture/power/run.ts';
import { freePort } from './torture/process.ts';
import { runRound } from './torture/round.ts';
import type { Verdict } from './torture/verdict.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 1e9)) },
    only: { type: 'string', default: 'all' },
    fuzz: { type: 'string' },
    hubs: { type: 'string' },
    neighbours: { type: 'boolean', default: false },
    storm: { type: 'boolean', default: false },
    minutes: { type: 'string', default: '10' },
    attacks: { type: 'string' },
    profiles: { type: 'string' },
    seconds: { type: 'string' },
    jobs: { type: 'string', default: '2' },
    alerts: { type: 'string', default: '10000' },
    critical: { type: 'string', default: '10' },
  },
});
const { only } = values;
const isNotify = positionals[0] === 'notify';
const isFlood = positionals[0] === 'flood';
if (positionals.length > 0 && !isNotify && !isFlood)
  throw new Error(`there is no torture "${positionals[0]}"; there are: notify, flood`);
const lasting = Number(values.seconds ?? (isFlood ? 10 : 60));
const [seed, asked, jobs] = [values.seed, values.rounds ?? (isNotify ? 500 : 200), values.jobs].map(Number) as [
  number,
  number,
  number,
];
if (!['all', 'hub', 'agent', 'inject', 'power'].includes(only))
  throw new Error('--only takes hub, agent, inject or power');
if (![seed, asked, jobs].every(Number.isInteger)) throw new Error('--seed, --rounds and --jobs take whole numbers');

/**
 * Ports from which each of the jobs takes its own; those of another torture beside this one are others, or its hubs would
 * be pushed to, and hold the ports, while a hub of this one is down.
 */
const ports = Array.from({ length: jobs }, (_, job) => 20_000 + (process.pid % 20) * 200 + job * 100);
const sum = { alertsLost: 0, eventsDoubled: 0, resultsLost: 0, kills: 0, rounds: 0, faults: 0, bad: 0 };

// What runs is ended, and what lies about removed, when the process exits.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

if (isNotify) {
  await notified();
} else if (isFlood) {
  await flooded({ alerts: Number(values.alerts), seconds: lasting, critical: Number(values.critical) });
} else if (values.hubs !== undefined) {
  await hubs(Number(values.hubs), lasting);
} else if (values.neighbours) {
  await neighbours(lasting);
} else if (values.storm) {
  await storm(Number(values.minutes));
} else if (values.fuzz === undefined) {
  if (only === 'all' || only === 'inject') await inject();
  if (only === 'power' && !canTrace()) throw new Error('power cuts need strace, and the right to trace');
  if (only === 'power' || (only === 'all' && canTrace())) await power();
  if (['all', 'hub', 'agent'].includes(only)) await rounds();
  const kills = sum.kills === 0 ? '' : `${sum.kills} kills at single writes and `;
  const lost = `${sum.alertsLost} acknowledged alerts lost, ${sum.eventsDoubled} history events doubled`;
  console.log(`${kills}${sum.rounds} rounds: ${lost}, ${sum.resultsLost} spooled results lost`);
  if (sum.bad > 0) console.log(`${sum.bad} went bad; a round is played again with --rounds 1 --seed <its seed>`);
} else {
  await fuzzed(Number(values.fuzz));
}
process.exitCode = sum.bad === 0 ? 0 : 1;

async function inject(): Promise<void> {
  const free = await Promise.all(ports.map(freePort));
  const each = (injection: Verdict & { name: string; kills: number }) => {
    sum.kills += injection.kills;
    tell(`inject ${injection.name}`, `${injection.kills} kills`, injection);
  };
  await attempt('inject', () => injectEverywhere(free, each, { hub: true, agent: true }));
}

async function power(): Promise<void> {
  const size = { connections: 4, pushes: 75, alerts: 150, cuts: 40 };
  await attempt(`power seed ${seed}`, async () => {
    const { cuts, pushes, copied, differences } = await cutPower({ port: await freePort(21_000), seed, ...size });
    const alertsLost = differences.filter((text) => text.startsWith('lost')).length;
    const text = `${cuts} power cuts in ${pushes} pushes, ${copied} pages checkpointed meanwhile`;
    tell(`power seed ${seed}`, text, { alertsLost, eventsDoubled: 0, resultsLost: 0, differences });
  });
}

async function hubs(count: number, seconds: number): Promise<void> {
  if (!(count >= 1 && seconds > 0)) throw new Error('--hubs and --seconds take numbers above 0');
  const { runHubs } = await import('./torture/hubs/run.ts');
  console.log(`${count} hubs for ${seconds} s, seed ${seed}`);
  await attempt(`hubs seed ${seed}`, async () => {
    const result = await runHubs({ seed, hubs: count, seconds, firstPort: 25_000 });
    tell(`hubs seed ${seed}`, result.text, result);
  });
  console.log(`${sum.alertsLost} acknowledged alerts lost, ${sum.eventsDoubled} history events doubled`);
}

async function notified(): Promise<void> {
  const [{ runNotifyRound }, { startPostgres }] = await Promise.all([
    import('./torture/notify/run.ts'),
    import('../tests/support/postgres.ts'),
  ]);
  await Promise.all(
    ports.map(async (firstPort, job) => {
      let server: Awaited<ReturnType<typeof startPostgres>> | undefined;
      try {
        while (sum.rounds < asked) {
          const round = sum.rounds++;
          const own = seed + round;
          const name = `round ${round + 1} seed ${own}`;
          await attempt(name, async () => {
            const isShared = own % 4 === 0;
            if (isShared) server ??= await startPostgres();
            const free: number[] = [];
            while (free.length < (isShared ? 3 : 1)) free.push(await freePort(firstPort + job * 20 + free.length * 3));
            const { text, faults } = await runNotifyRound({
              seed: own,
              ports: free,
              server: isShared ? server : undefined,
            });
            sum.faults += faults.length;
            tell(name, text, { alertsLost: 0, eventsDoubled: 0, resultsLost: 0, differences: faults });
          });
        }
      } finally {
        await server?.remove();
      }
    }),
  );
  console.log(
    `${sum.rounds} rounds: ${sum.faults} messages lost, doubled under another key, or told after a newer one`,
  );
}

async function flooded(size: Omit<FloodOptions, 'tell'>): Promise<void> {
  if (!(size.alerts > 0 && size.seconds > 0 && size.critical >= 0))
    throw new Error('--alerts and --seconds take numbers above 0');
  const { runFlood } = await import('./torture/flood/run.ts');
  await attempt('flood', async () => {
    const faults = await runFlood({ ...size, tell: (text) => console.log(`    ${text}`) });
    const text = `${size.alerts} alerts in ${size.seconds} s, ${size.critical} of them critical`;
    tell('flood', text, { alertsLost: 0, eventsDoubled: 0, resultsLost: 0, differences: faults });
  });
}

async function neighbours(seconds: number): Promise<void> {
  if (!(seconds > 0)) throw new Error('--seconds takes a number above 0');
  const { attackInEveryWay } = await import('./torture/neighbours/table.ts');
  sum.bad = await attackInEveryWay({ seconds, named: values.attacks, profiles: values.profiles });
}

async function storm(minutes: number): Promise<void> {
  if (!(minutes > 0)) throw new Error('--minutes takes a number above 0');
  const { runStorm } = await import('./torture/storm/run.ts');
  const wrong = await runStorm(minutes, (text) => console.log(text));
  for (const line of wrong) console.log(`    ${line}`);
  console.log(`a storm for ${minutes} minutes: ${wrong.length === 0 ? 'ok' : 'BAD'}`);
  sum.bad = wrong.length;
}

async function rounds(): Promise<void> {
  const which = { senders: only !== 'agent', agents: only !== 'hub' };
  await Promise.all(
    ports.map(async (firstPort) => {
      while (sum.rounds < asked) {
        const round = sum.rounds++;
        const name = `round ${round + 1} seed ${seed + round}`;
        await attempt(name, async () => {
          const result = await runRound({ seed: seed + round, port: await freePort(firstPort), ...which });
          tell(name, result.text, result);
        });
      }
    }),
  );
}

/** Prints a line, and what is wrong below it. */
function tell(name: string, text: string, verdict: Verdict): void {
  sum.alertsLost += verdict.alertsLost;
  sum.eventsDoubled += verdict.eventsDoubled;
  sum.resultsLost += verdict.resultsLost;
  const isGood = verdict.differences.length === 0;
  if (!isGood) sum.bad += 1;
  console.log(`${name}: ${text}: ${isGood ? 'ok' : 'BAD'}`);
  for (const line of verdict.differences) console.log(`    ${line}`);
}

async function attempt(name: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    const cause = error instanceof Error && error.cause !== undefined ? ` (${String(error.cause)})` : '';
    const text = error instanceof Error ? `${error.stack ?? error.message}${cause}` : String(error);
    tell(name, 'ended', { alertsLost: 0, eventsDoubled: 0, resultsLost: 0, differences: [text] });
  }
}

async function fuzzed(requests: number): Promise<void> {
  const { problems, statuses, memory, seconds } = await fuzz(requests, seed, (text) => console.log(text));
  for (const problem of problems) console.log(`    ${problem}`);
  sum.bad = problems.length;
  const answers = Object.entries(statuses).map(([status, count]) => `${count} × ${status === '0' ? 'closed' : status}`);
  console.log(`seed ${seed}: ${answers.join(', ')}`);
  const [first, half, end] = memory;
  console.log(
    `${requests} hostile requests in ${seconds.toFixed(0)} s: ${problems.length} problems; ` +
      `memory ${first} MB at first, ${half} MB after half of them, ${end} MB at the end`,
  );
}
