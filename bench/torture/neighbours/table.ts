import { printTable } from '../../figures.ts';
import { ATTACKS } from './attacks.ts';
import { BOUNDS, runNeighbours } from './run.ts';

const HEAD = ['attack', 'by', 'pushes', 'p50 ms', 'p99 ms', 'healthz ms', 'memory MB', 'disk MB', ''];

/** Every attack, so many seconds together; prints what was seen, and gives the number of bounds that were broken. */
export async function attackInEveryWay(seconds: number): Promise<number> {
  const each = seconds / (ATTACKS.length + 1);
  console.log(`ten good agents beside an attacker, ${each.toFixed(1)} s each way`);
  const rows: string[][] = [];
  const broken = await runNeighbours(each, (seen) => {
    const figures = [seen.p50Ms, seen.p99Ms, seen.healthMs, seen.memoryMb, seen.diskMb].map((one) => one.toFixed(0));
    rows.push([seen.name, seen.who, String(seen.pushes), ...figures, seen.broken.length === 0 ? 'ok' : 'BAD']);
    console.log(`${seen.name}: ${seen.broken.length === 0 ? 'ok' : `BAD: ${seen.broken.join(', ')}`}`);
  });
  console.log('');
  const bounds = Object.values(BOUNDS).map((bound) => `≤ ${bound}`);
  printTable(HEAD, [...rows, ['bounds', '', '', ...bounds, '']]);
  for (const line of broken) console.log(`    ${line}`);
  return broken.length;
}
