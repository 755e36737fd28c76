// npm run torture -- [--rounds 200] [--seed N] [--only hub|agent|inject] [--jobs 2]
// npm run torture -- --fuzz 200000 [--seed N]
// Kills hubs and agents and holds what they keep against what was acknowledged: first at every write of fixed scenarios,
// then at random moments under load. Round i of `--seed N` has the seed N + i: `--rounds 1 --seed <that>` plays it again.
// With --fuzz it kills nothing: so many hostile requests go to one hub, which must answer each of them below 500.
import { parseArgs } from 'node:util';
import { fuzz } from './torture/fuzz/run.ts';
import { injectEverywhere } from './torture/inject.ts';
import { freePort } from './torture/process.ts';
import { runRound } from './torture/round.ts';
import type { Verdict } from './torture/verdict.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '200' },
    seed: { type: 'string' },
    only: { type: 'string' },
    fuzz: { type: 'string' },
    jobs: { type: 'string', default: '2' },
  },
});
const { only } = values;
if (only !== undefined && !['hub', 'agent', 'inject'].includes(only))
  throw new Error('--only takes hub, agent or inject');
const seed = Number(values.seed ?? Math.floor(Math.random() * 1e9));
const rounds = only === 'inject' ? 0 : Number(values.rounds);
if (values.fuzz !== undefined) process.exit(await fuzzed(Number(values.fuzz)));

const jobs = Array.from({ length: Number(values.jobs) }, (_, job) => 20_000 + job * 100);

const sum = { alertsLost: 0, eventsDoubled: 0, resultsLost: 0, kills: 0 };
let bad = 0;

function tell(name: string, text: string, verdict: Verdict): void {
  sum.alertsLost += verdict.alertsLost;
  sum.eventsDoubled += verdict.eventsDoubled;
  sum.resultsLost += verdict.resultsLost;
  const isGood = verdict.differences.length === 0;
  if (!isGood) bad += 1;
  console.log(`${name}: ${text}: ${isGood ? 'ok' : 'BAD'}`);
  for (const line of verdict.differences) console.log(`    ${line}`);
}

function failed(error: unknown): Verdict {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { alertsLost: 0, eventsDoubled: 0, resultsLost: 0, differences: [text] };
}

if (only === undefined || only === 'inject') {
  const ports = await Promise.all(jobs.map(freePort));
  const each = (injection: Verdict & { name: string; kills: number }) => {
    sum.kills += injection.kills;
    tell(`inject ${injection.name}`, `${injection.kills} kills`, injection);
  };
  await injectEverywhere(ports, each, { hub: true, agent: true }).catch((error) =>
    tell('inject', 'ended', failed(error)),
  );
}
let next = 0;
await Promise.all(
  jobs.map(async (firstPort) => {
    for (let index = next++; index < rounds; index = next++) {
      const name = `round ${index + 1} seed ${seed + index}`;
      try {
        const port = await freePort(firstPort);
        const which = { senders: only !== 'agent', agents: only !== 'hub' };
        const result = await runRound({ seed: seed + index, port, ...which });
        tell(name, result.text, result);
      } catch (error) {
        tell(name, 'ended', failed(error));
      }
    }
  }),
);
const injected = sum.kills === 0 ? '' : `${sum.kills} kills at single writes and `;
console.log(
  `${injected}${rounds} rounds: ${sum.alertsLost} acknowledged alerts lost, ${sum.eventsDoubled} history events doubled, ` +
    `${sum.resultsLost} spooled results lost`,
);
if (bad > 0) console.log(`${bad} went bad; play a round again with: npm run torture -- --rounds 1 --seed <its seed>`);
process.exitCode = bad === 0 ? 0 : 1;

async function fuzzed(requests: number): Promise<number> {
  const result = await fuzz(requests, seed, (text) => console.log(text));
  for (const problem of result.problems) console.log(`    ${problem}`);
  const answers = Object.entries(result.statuses).map(
    ([status, count]) => `${count} × ${status === '0' ? 'closed' : status}`,
  );
  console.log(`seed ${seed}: ${answers.join(', ')}`);
  const [first, half, end] = result.memory;
  console.log(
    `${result.requests} hostile requests in ${result.seconds.toFixed(0)} s: ${result.problems.length} problems; ` +
      `memory ${first} MB at first, ${half} MB after half of them, ${end} MB at the end`,
  );
  return result.problems.length === 0 ? 0 : 1;
}
