import { loadSettings } from '../../config/load.ts';
import type { Settings } from '../../config/settings.ts';
import { bytesText } from '../../core/figures.ts';
import { systemClock } from '../../lib/clock.ts';
import type { Exported } from '../../stores/transfer/export.ts';
import { Exit, type Terminal, UsageError } from '../contract.ts';
import { untilSignal } from '../signals.ts';

/** `monitor store export`: to a file, or to stdout, which then holds the export and nothing else. */
export async function exportAction(file: string, flags: StoreFlags, terminal: Terminal): Promise<void> {
  if (file === '-' && flags.json) {
    throw new UsageError('the export itself goes to stdout: name a file, or omit --json');
  }
  const settings = settingsOf(flags);
  const { exportTo, exportToFile } = await import('../../app/store/transfer.ts');
  const exported = await untilSignal((signal) => {
    const choice = { withKeys: flags.withKeys ?? false, overwrite: flags.force ?? false, signal };
    return file === '-'
      ? exportTo(settings, systemClock, choice, toStdout)
      : exportToFile(settings, systemClock, file, choice);
  });
  if (flags.json) terminal.out(JSON.stringify({ file, ...exported }));
  else for (const line of summary(exported)) terminal.err(line);
}

/** `monitor store import`: from a file, or from stdin. */
export async function importAction(file: string, flags: StoreFlags, terminal: Terminal): Promise<void> {
  const settings = settingsOf(flags);
  const { importFrom, readPieces } = await import('../../app/store/transfer.ts');
  const pieces = file === '-' ? process.stdin : readPieces(file);
  const { rows, added, from, place } = await importFrom(settings, systemClock, pieces).catch((error: unknown) => {
    // Nothing was kept: that is the first thing that somebody who reads it wants to know.
    if (error instanceof Error && !('problems' in error)) throw new Exit(1, `nothing was imported: ${error.message}`);
    throw error;
  });
  if (flags.json) terminal.out(JSON.stringify({ store: place, from, rows, added }));
  else if (added === 0) terminal.out(`${place} holds this export already: nothing was changed.`);
  else terminal.out(`${place} holds the ${total(rows)} rows of the export, each as it was (${added} are new).`);
}

function summary({ rows, bytes, sha256 }: Exported): string[] {
  const keys = rows.instance_keys ?? 0;
  return [
    `${total(rows)} rows, ${bytesText(bytes)}, SHA-256 ${sha256}`,
    ...(keys > 0 ? [`It holds the secrets of ${keys} instance keys: anyone who has it can push in their names.`] : []),
    ...(rows.instance_keys === undefined ? ['It holds no instance keys: use --with-keys to export them, too.'] : []),
  ];
}

function total(rows: Readonly<Record<string, number>>): number {
  return Object.values(rows).reduce((sum, count) => sum + count, 0);
}

/** Waits for whoever reads; when he goes away, what he has is no whole export, and that is a failure. */
function toStdout(text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(text, (error) => {
      if (!error) resolve();
      else if ((error as NodeJS.ErrnoException).code !== 'EPIPE') reject(error);
      else reject(new Exit(1, 'the reader closed the pipe; the export is incomplete'));
    });
  });
}

/** Options of the commands of the store. */
export interface StoreFlags {
  readonly json?: boolean;
  readonly config?: string;
  readonly force?: boolean;
  readonly withKeys?: boolean;
}

/** Settings of a command of the store. Throws ConfigError. */
export function settingsOf({ config }: StoreFlags): Settings {
  return loadSettings({ configFile: config });
}
