import { printTable } from '../../figures.ts';
import { ATTACKS } from './attacks.ts';
import { BOUNDS, runNeighbours, type Seen } from './run.ts';

const HEAD = ['attack', 'by', 'pushes', 'p50 ms', 'p99 ms', 'healthz ms', 'memory MB', 'disk MB', ''];

/** Choices of the operator. */
export interface AttackOptions {
  /** Of the whole run. */
  readonly seconds: number;
  /** Parts of the names of attacks, with commas; left out, all of them. */
  readonly named: string | undefined;
  /** Folder for processor profiles of the hub's threads. */
  readonly profiles: string | undefined;
}

/** Attacks in every way; prints what was seen, and gives the number of bounds that were broken. */
export async function attackInEveryWay({ seconds, named, profiles }: AttackOptions): Promise<number> {
  const parts = named?.split(',') ?? [''];
  const attacks = ATTACKS.filter(({ name }) => parts.some((part) => name.includes(part)));
  if (attacks.length === 0) throw new Error(`no attack is named "${named}"`);
  const flags = profiles === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profiles}`];
  const each = seconds / (attacks.length + 1);
  console.log(`ten good agents beside an attacker, ${each.toFixed(1)} s each way`);
  const rows: string[][] = [];
  const tell = (seen: Seen) => {
    const figures = [seen.p50Ms, seen.p99Ms, seen.healthMs, seen.memoryMb, seen.diskMb].map((one) => one.toFixed(0));
    rows.push([seen.name, seen.who, String(seen.pushes), ...figures, seen.broken.length === 0 ? 'ok' : 'BAD']);
    console.log(`${seen.name}: ${seen.broken.length === 0 ? 'ok' : `BAD: ${seen.broken.join(', ')}`}`);
  };
  const broken = await runNeighbours({ attacks, seconds: each, flags, tell });
  console.log('');
  const bounds = Object.values(BOUNDS).map((bound) => `≤ ${bound}`);
  printTable(HEAD, [...rows, ['bounds', '', '', ...bounds, '']]);
  for (const line of broken) console.log(`    ${line}`);
  return broken.length;
}
