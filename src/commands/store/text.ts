import { bytesText } from '../../core/figures.ts';
import type { Inspection } from '../../stores/upkeep/inspect.ts';
import type { StoreStats } from '../../stores/upkeep/stats.ts';
import { columns, fields } from '../columns.ts';

/** What `monitor store stats` prints. */
export function statsLines(stats: StoreStats): string[] {
  const { free_bytes: free, oldest_event: oldest, newest_event: newest } = stats;
  const known = stats.schema === stats.newest_schema ? '' : `, this program works on ${stats.newest_schema}`;
  const head = fields([
    ['store', stats.place],
    ['engine', stats.engine],
    ['schema', `${stats.schema}${known}`],
    ['size', `${bytesText(stats.bytes)}${free === null ? '' : `, ${bytesText(free)} of it free to be used again`}`],
    ['firing alerts', String(stats.firing_alerts)],
    ['live incidents', String(stats.live_incidents)],
    ['history', oldest === null ? 'none' : `${oldest} to ${newest}`],
  ]);
  const rows = stats.tables.map(({ name, rows: count, bytes }) => [name, String(count), bytesText(bytes)]);
  return [...head, '', ...columns(['TABLE', 'ROWS', 'SIZE'], rows)];
}

/** What `monitor store check` prints, and what to do. */
export function checkLines(found: readonly Inspection[]): string[] {
  const rows = found.map(({ check, about, faults }) => [faults === 0 ? 'ok' : `${faults} faults`, check, about]);
  const examples = found.flatMap((one) => one.examples.map((example) => `${one.check}: ${example}`));
  const table = columns(['FOUND', 'CHECK', 'WHAT MUST HOLD'], rows);
  return examples.length === 0 ? table : [...table, '', ...examples];
}

/** What to do about the faults of a check; null when there are none. */
export function checkAdvice(found: readonly Inspection[]): string | null {
  const faulty = found.filter(({ faults }) => faults > 0);
  if (faulty.length === 0) return null;
  if (faulty.some(({ check }) => check === 'integrity')) {
    return 'the files of the store are damaged: stop the hub, keep a copy of them, and restore the last backup with monitor store restore';
  }
  return 'rows of the store are inconsistent: back it up as it is, and restore the last backup that passes monitor store check';
}
