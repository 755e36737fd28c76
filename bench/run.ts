// npm run bench [-- <section> …]: measures the built program, side by side with Alertmanager where
// `prometheus-alertmanager` is installed. Prints what it used, the figures, and whether they are within the budgets. Rates
// of a shared machine differ from minute to minute, so two programs are always measured in turn and compared round by
// round. The exit code is 1 when a figure is void, 2 for an unknown section; a missed budget does not change it.
import { describeMachine } from './machine.ts';
import { SECTIONS } from './sections.ts';

// An interrupted run exits in the ordinary way, which ends its servers and removes their folders.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

const [name, ...rest] = process.argv.slice(2);
const asked = SECTIONS.filter((section) => (name === undefined ? section.always : section.name === name));
if (asked.length === 0) {
  console.error(`there is no section "${name}"; there are: ${SECTIONS.map((section) => section.name).join(', ')}`);
  process.exitCode = 2;
} else {
  console.log(describeMachine());
  for (const section of asked) await (await section.load())(rest);
}
