import type { Settings } from '../../config/settings.ts';
import type { Clock } from '../../lib/clock.ts';
import { requireSchema } from '../../stores/transfer/export.ts';
import { type Inspection, inspect } from '../../stores/upkeep/inspect.ts';
import { type StoreStats, statsOf } from '../../stores/upkeep/stats.ts';
import { type ToolSettings, withUpkeep } from './tools.ts';

/** The settings of a check: where the store is, and how long it keeps history. */
export type CheckSettings = ToolSettings & Pick<Settings, 'retention'>;

/** Looks for faults in the files and the rows of a store, also while hubs use it. Throws StoreError on an older schema. */
export function checkStore(settings: CheckSettings, clock: Clock): Promise<readonly Inspection[]> {
  return withUpkeep(settings, clock, async (upkeep) => {
    await requireSchema(upkeep);
    const { historyMs } = settings.retention;
    return inspect(upkeep, historyMs === 0 ? 0 : clock.now() - historyMs);
  });
}

/** What a vacuum gave back. */
export interface Vacuumed {
  readonly engine: 'sqlite' | 'postgres';
  readonly bytesBefore: number;
  readonly bytesAfter: number;
}

/** Gives free space back. Throws InUseError where a hub has the embedded store open. */
export async function vacuumStore(settings: ToolSettings, clock: Clock): Promise<Vacuumed> {
  const sizeNow = () => withUpkeep(settings, clock, async (upkeep) => (await upkeep.sizes()).total);
  const bytesBefore = await sizeNow();
  const engine = await withUpkeep(settings, clock, async (upkeep) => {
    await upkeep.vacuum();
    return upkeep.engine;
  });
  return { engine, bytesBefore, bytesAfter: await sizeNow() };
}

/** Counts what the store of these settings holds and what it takes. */
export function storeStats(settings: ToolSettings, clock: Clock): Promise<StoreStats> {
  return withUpkeep(settings, clock, statsOf);
}
