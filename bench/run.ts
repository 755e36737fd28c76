// npm run bench [-- ingest|stored|memory|cli|store …|soak …]: what the program exists for, measured on the built program, side
// by side with Alertmanager where `prometheus-alertmanager` is installed. Prints figures; judges them against the
// budgets that each section names. Rates of a shared machine differ from minute to minute, so two programs are always
// measured in turn and compared as medians.
import { benchCli } from './cli.ts';
import { benchIngest } from './ingest.ts';
import { benchMemory } from './memory.ts';
import { benchStored } from './stored.ts';

const SECTIONS: Record<string, () => Promise<void>> = {
  ingest: benchIngest,
  stored: benchStored,
  memory: benchMemory,
  cli: benchCli,
};

const [name, ...rest] = process.argv.slice(2);
if (name === 'soak') await (await import('./soak.ts')).main(rest);
else if (name === 'store') await (await import('./store.ts')).main(rest);
else if (name !== undefined && SECTIONS[name] === undefined) {
  console.error(`there is no section "${name}"; there are: ${Object.keys(SECTIONS).join(', ')}, store, soak`);
  process.exitCode = 2;
} else {
  for (const [section, run] of Object.entries(SECTIONS)) if (name === undefined || name === section) await run();
}
