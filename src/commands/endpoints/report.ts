import type * as z from 'zod';
import { loadSettings } from '../../config/load.ts';
import { endpointTitle } from '../../core/endpoint/watched.ts';
import type { REPORTS } from '../../web/endpoints/schemas.ts';
import type { Terminal } from '../contract.ts';
import { askHub } from '../hub-client.ts';
import { csvLines, outputOf } from '../screen/output.ts';
import { screenOf, spanText } from '../screen/screen.ts';
import { type Column, table } from '../screen/table.ts';
import { type EndpointFilters, uptimeText } from './list.ts';

type Reports = z.infer<typeof REPORTS>;

/** Options of `monitor endpoints report`. */
export interface ReportFlags extends EndpointFilters {
  readonly json?: boolean;
  readonly output?: string;
  readonly config?: string;
  readonly from?: string;
  readonly to?: string;
}

/** Prints how each endpoint did over a span. */
export async function reportEndpoints(flags: ReportFlags, terminal: Terminal): Promise<void> {
  const { json, output, config, search, ...query } = flags;
  const form = outputOf({ json, output });
  const settings = loadSettings({ configFile: config });
  const found = (await askHub(settings, '/api/v1/endpoints/report', { ...query, q: search })) as Reports;
  if (form === 'json') return terminal.out(JSON.stringify(found));
  if (form === 'csv') {
    for (const line of csvLines(found.items)) terminal.out(line);
    return;
  }
  if (found.items.length === 0) return terminal.out('No endpoints.');
  terminal.out(`From ${found.from} to ${found.to}:`);
  for (const line of ['', ...table(COLUMNS, found.items, screenOf(terminal))]) terminal.out(line);
}

const span = (ms: number | null) => (ms === null ? '—' : spanText(ms));

const COLUMNS: readonly Column<Reports['items'][number]>[] = [
  { header: 'ENDPOINT', cell: endpointTitle, least: 20 },
  { header: 'UPTIME', cell: ({ uptime }) => uptimeText(uptime), align: 'right' },
  { header: 'DOWN', cell: ({ down_ms: ms, uptime }) => (uptime === null ? '—' : spanText(ms)), align: 'right' },
  { header: 'OUTAGES', cell: ({ outages }) => String(outages), align: 'right' },
  { header: 'MTTR', cell: ({ mttr_ms: ms }) => span(ms), align: 'right' },
  { header: 'MTBF', cell: ({ mtbf_ms: ms }) => span(ms), align: 'right' },
  { header: 'ANSWERS IN', cell: ({ response_ms: ms }) => (ms === null ? '—' : `${ms} ms`), align: 'right', leaves: 1 },
  { header: 'NOW', cell: ({ state }) => state, tone: ({ state }) => (state === 'down' ? 'critical' : null) },
];
