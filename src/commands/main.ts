// The entry of both bundles: the one place that ends the process.
import { report, run } from './program.ts';
import { COMMANDS } from './registry.ts';
import { keepInspectorClosed } from './signals.ts';
import { openTerminal } from './terminal.ts';

keepInspectorClosed();
const terminal = openTerminal();
const argv = process.argv.slice(2);
const call = { isCheck: argv[0] === 'check', isJson: argv.includes('--json') };

// What nobody awaited is a fault of this program all the same, and told like any other.
process.on('uncaughtException', (error) => process.exit(report(error, call, terminal)));

void run(argv, COMMANDS, terminal).then((code) => {
  process.exitCode = code;
  // A command has ended when its promise has: what is still open, such as an idle connection, does not keep it alive.
  // The error of a write is told one turn after its callback.
  process.stdout.write('', () => setImmediate(end, code));
});

function end(code: number): void {
  const failure = terminal.failure();
  process.exit(failure === null ? code : report(failure, { ...call, isJson: false }, terminal));
}
