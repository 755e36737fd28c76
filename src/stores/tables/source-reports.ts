import type { SourceReport } from '../../core/source-report.ts';

const COLUMNS = 'source, heard_at, remark, remark_at, refusal, refused_at';

/** The statement that adds one report, for both engines; `at` writes the placeholder of a parameter by its number from 1. */
export function addSource(at: (number: number) => string): string {
  const isLater = (time: string) => `coalesce(excluded.${time}, 0) > coalesce(s.${time}, 0)`;
  const later = (column: string, time: string) =>
    `${column} = CASE WHEN ${isLater(time)} THEN excluded.${column} ELSE s.${column} END`;
  return `INSERT INTO sources AS s (${COLUMNS}) VALUES (${[1, 2, 3, 4, 5, 6].map(at).join(', ')})
    ON CONFLICT (source) DO UPDATE SET ${later('heard_at', 'heard_at')},
      ${later('remark', 'remark_at')}, ${later('remark_at', 'remark_at')},
      ${later('refusal', 'refused_at')}, ${later('refused_at', 'refused_at')}`;
}

/** Its parameters. Reports are written in the order of their names, so that hubs that share a store do not wait in a circle. */
export function sourceRows(reports: readonly SourceReport[]): (string | number | null)[][] {
  return reports
    .toSorted((a, b) => (a.source < b.source ? -1 : 1))
    .map(({ source, heardAt, remark, remarkAt, refusal, refusedAt }) => [
      source,
      heardAt,
      remark,
      remarkAt,
      refusal,
      refusedAt,
    ]);
}
