import { constants, createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Clock } from '../../lib/clock.ts';
import { type Exported, exportStore } from '../../stores/transfer/export.ts';
import { type Imported, importStore } from '../../stores/transfer/import.ts';
import { beginNamed, type FileOptions, importTarget, type ToolSettings, withUpkeep } from './tools.ts';

/** What of an export is the operator's choice. */
export interface ExportChoice {
  readonly withKeys: boolean;
  readonly signal: AbortSignal;
}

/** Exports the store of these settings through `write`, part by part. */
export function exportTo(
  settings: ToolSettings,
  clock: Clock,
  { withKeys, signal }: ExportChoice,
  write: (text: string) => Promise<void>,
): Promise<Exported> {
  return withUpkeep(settings, clock, (upkeep) =>
    exportStore(upkeep, {
      withKeys,
      program: settings.version,
      now: clock.now(),
      write: (text) => {
        signal.throwIfAborted();
        return write(text);
      },
    }),
  );
}

/** Exports the store of these settings into a new file (0600), which is there when it is whole. */
export async function exportToFile(
  settings: ToolSettings,
  clock: Clock,
  file: string,
  choice: ExportChoice & FileOptions,
): Promise<Exported> {
  const fresh = await beginNamed(file, choice.overwrite);
  try {
    const out = await open(fresh.temporary, constants.O_WRONLY | constants.O_NOFOLLOW);
    let exported: Exported;
    try {
      exported = await exportTo(settings, clock, choice, (text) => out.writeFile(text));
    } finally {
      await out.close();
    }
    await fresh.keep();
    return exported;
  } catch (error) {
    await fresh.discard();
    throw error;
  }
}

/** Imports an export into the store of these settings, which is made where there is none. */
export async function importFrom(
  settings: ToolSettings,
  clock: Clock,
  pieces: AsyncIterable<Buffer>,
): Promise<Imported & { readonly place: string }> {
  const target = importTarget(settings, clock);
  try {
    return await importStore(target.open, pieces);
  } catch (error) {
    await target.discard();
    throw error;
  }
}

/** The content of a file in pieces. */
export function readPieces(file: string): AsyncIterable<Buffer> {
  return createReadStream(file, { highWaterMark: 256 * 1024 });
}
