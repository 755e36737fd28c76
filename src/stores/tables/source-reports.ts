import type { SourceReport } from '../../core/source-report.ts';
import { type Cell, listOf, valuesOf } from './columns.ts';
import { SOURCES } from './tables.ts';

/** The statement that adds one report, for both engines; `at` writes the placeholder of a parameter by its number from 1. */
export function addSource(at: (number: number) => string): string {
  const { name, columns } = SOURCES;
  const isLater = (time: string) => `coalesce(excluded.${time}, 0) > coalesce(s.${time}, 0)`;
  const later = (column: string, time: string) =>
    `${column} = CASE WHEN ${isLater(time)} THEN excluded.${column} ELSE s.${column} END`;
  return `INSERT INTO ${name} AS s (${listOf(columns)}) VALUES (${columns.map((_, index) => at(index + 1)).join(', ')})
    ON CONFLICT (source) DO UPDATE SET ${later('heard_at', 'heard_at')},
      ${later('remark', 'remark_at')}, ${later('remark_at', 'remark_at')},
      ${later('refusal', 'refused_at')}, ${later('refused_at', 'refused_at')},
      own_notices = s.own_notices + excluded.own_notices`;
}

/** Its parameters. Reports are written in the order of their names, so that hubs that share a store do not wait in a circle. */
export function sourceRows(reports: readonly SourceReport[]): Cell[][] {
  return reports.toSorted((a, b) => (a.source < b.source ? -1 : 1)).map((report) => valuesOf(SOURCES.columns, report));
}
