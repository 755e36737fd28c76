import { bytesText } from '../core/figures.ts';
import { systemClock } from '../lib/clock.ts';
import { type AddSubcommand, type CommandModule, Exit, subcommands, type Terminal } from './contract.ts';
import { untilSignal } from './signals.ts';
import { exportAction, importAction, type StoreFlags, settingsOf } from './store/move.ts';
import { checkAdvice, checkLines, statsLines } from './store/text.ts';

const EXAMPLES = `
Examples:
  monitor store stats
  monitor store backup /var/backups/monitor.db         while the hub runs
  monitor store export | gzip > monitor.ndjson.gz      to move to another engine, or to another machine
  zcat monitor.ndjson.gz | DATABASE_URL=postgres://… monitor store import -`;

/** `monitor store`: looks after what a hub keeps, in its state folder or its PostgreSQL database. */
export const command: CommandModule = {
  define(program, terminal) {
    const add = subcommands(program, EXAMPLES, 'stats');
    add('stats', 'show how much is stored, and its size').action((flags: StoreFlags) => stats(flags, terminal));
    add('check', 'check files and rows for faults, even while a hub runs; exit code 1 when there are any').action(
      (flags: StoreFlags) => check(flags, terminal),
    );
    add('vacuum', 'reclaim free space: SQLite with the hub stopped, PostgreSQL at any time').action(
      (flags: StoreFlags) => vacuum(flags, terminal),
    );
    add('backup <file>', 'copy the embedded store while the hub runs; the copy is checked, synced and 0600')
      .option('--force', 'overwrite an existing file')
      .action((file: string, flags: StoreFlags) => backup(file, flags, terminal));
    add('restore <file>', 'replace the embedded store by a backup, and keep the old one; with the hub stopped').action(
      (file: string, flags: StoreFlags) => restore(file, flags, terminal),
    );
    move(add, terminal);
  },
};

function move(add: AddSubcommand, terminal: Terminal): void {
  add('export [file]', 'write a consistent snapshot as NDJSON with checksums (no file, or -: stdout)')
    .option('--with-keys', 'with the secrets of instance keys')
    .option('--force', 'overwrite an existing file')
    .action((file: string | undefined, flags: StoreFlags) => exportAction(file ?? '-', flags, terminal));
  add(
    'import <file>',
    'read an export into an empty store, all of it or nothing (-: stdin); with the hub stopped',
  ).action((file: string, flags: StoreFlags) => importAction(file, flags, terminal));
}

async function stats(flags: StoreFlags, terminal: Terminal): Promise<void> {
  const { storeStats } = await import('../app/store/check.ts');
  const found = await storeStats(settingsOf(flags), systemClock);
  for (const line of flags.json ? [JSON.stringify(found)] : statsLines(found)) terminal.out(line);
}

async function check(flags: StoreFlags, terminal: Terminal): Promise<void> {
  const { checkStore } = await import('../app/store/check.ts');
  const checks = await checkStore(settingsOf(flags), systemClock);
  const advice = checkAdvice(checks);
  const document = { status: advice === null ? 'sound' : 'faulty', advice, checks };
  for (const line of flags.json ? [JSON.stringify(document)] : checkLines(checks)) terminal.out(line);
  if (advice !== null) throw new Exit(1, advice);
}

async function vacuum(flags: StoreFlags, terminal: Terminal): Promise<void> {
  const { vacuumStore } = await import('../app/store/check.ts');
  const { engine, bytesBefore, bytesAfter } = await vacuumStore(settingsOf(flags), systemClock);
  if (flags.json) terminal.out(JSON.stringify({ engine, bytes_before: bytesBefore, bytes_after: bytesAfter }));
  else terminal.out(`The store took ${bytesText(bytesBefore)}; it now takes ${bytesText(bytesAfter)}.`);
}

async function backup(file: string, flags: StoreFlags, terminal: Terminal): Promise<void> {
  const { backupStore } = await import('../app/store/tools.ts');
  const copied = await untilSignal((signal) =>
    backupStore(settingsOf(flags), file, { overwrite: flags.force ?? false, signal }),
  );
  if (flags.json) terminal.out(JSON.stringify({ file, ...copied }));
  else terminal.out(`${file} holds ${copied.alerts} alerts and ${copied.events} events.`);
}

async function restore(file: string, flags: StoreFlags, terminal: Terminal): Promise<void> {
  const { restoreStore } = await import('../app/store/tools.ts');
  const { kept, ...copied } = await restoreStore(settingsOf(flags), systemClock, file);
  if (flags.json) terminal.out(JSON.stringify({ file, ...copied, kept }));
  else {
    terminal.out(`The store holds ${copied.alerts} alerts and ${copied.events} events of ${file}.`);
    if (kept !== null) terminal.out(`The previous store is kept in ${kept}.`);
  }
}
