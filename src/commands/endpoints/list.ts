import type * as z from 'zod';
import { loadSettings } from '../../config/load.ts';
import { endpointTitle } from '../../core/endpoint/watched.ts';
import type { ENDPOINT } from '../../web/endpoints/schemas.ts';
import type { Terminal } from '../contract.ts';
import { askHub } from '../hub-client.ts';
import { printList } from '../screen/output.ts';
import { limitOf, moreLines, type Page, type Values } from '../screen/pages.ts';
import { agoText, screenOf, spanText } from '../screen/screen.ts';
import { type Column, table } from '../screen/table.ts';

/** An endpoint as the API gives it. */
export type EndpointJson = z.infer<typeof ENDPOINT>;

/** Which endpoints are meant. */
export interface EndpointFilters {
  readonly state?: Values;
  readonly group?: Values;
  readonly probe?: Values;
  readonly search?: string;
}

/** Options of `monitor endpoints list`. */
export interface ListFlags extends EndpointFilters {
  readonly json?: boolean;
  readonly output?: string;
  readonly watch?: boolean;
  readonly config?: string;
  readonly sort: string;
  readonly limit: string;
  readonly cursor?: string;
}

/** Prints the endpoints of a hub, what is down first. */
export async function listEndpoints(flags: ListFlags, terminal: Terminal): Promise<void> {
  const { json, output, watch, config, search, sort, ...query } = flags;
  const settings = loadSettings({ configFile: config });
  const asked = { ...query, sort, q: search, limit: limitOf(query.limit) };
  const given = { ...query, search, config, ...(sort !== 'attention' && { sort }) };
  await printList<EndpointJson>(
    terminal,
    { json, output, watch },
    {
      ask: async () => (await askHub(settings, '/api/v1/endpoints', asked)) as Page<EndpointJson>,
      lines: (page) =>
        page.items.length === 0
          ? [
              'No endpoints: write some under endpoints in monitor.yaml of the hub; monitor endpoints try URL tries one.',
            ]
          : [...table(COLUMNS, page.items, screenOf(terminal)), ...moreLines('endpoints', given, page)],
    },
  );
}

/** Share of the time as people read it: never rounded up to all of it. */
export function uptimeText(ratio: number | null): string {
  if (ratio === null) return '—';
  const percent = ratio * 100;
  const digits = percent < 99.9 ? 2 : 3;
  return `${(Math.floor(percent * 10 ** digits + 1e-6) / 10 ** digits).toFixed(digits).replace(/\.?0+$/, '')} %`;
}

const TONES = { up: null, down: 'critical', unknown: 'unknown' } as const;

/** Columns of endpoints, for people. */
const COLUMNS: readonly Column<EndpointJson>[] = [
  { header: 'STATE', cell: ({ state }) => state, tone: ({ state }) => TONES[state] },
  { header: 'ENDPOINT', cell: endpointTitle, least: 20 },
  { header: 'SINCE', cell: ({ since }, screen) => agoText(since, screen), leaves: 3 },
  { header: '24H', cell: ({ uptime }) => uptimeText(uptime['24h']), align: 'right' },
  { header: '30D', cell: ({ uptime }) => uptimeText(uptime['30d']), align: 'right', leaves: 2 },
  { header: 'ANSWERS IN', cell: ({ response_ms: ms }) => (ms === null ? '—' : `${ms} ms`), align: 'right', leaves: 4 },
  {
    header: 'CERTIFICATE',
    cell: ({ certificate_ends_at: at }, { now }) => (at === null ? '' : leftText(Date.parse(at) - now)),
    leaves: 1,
  },
  { header: 'WITNESSES', cell: witnessText, least: 24, wraps: true },
];

function leftText(ms: number): string {
  return ms < 0 ? `ended ${spanText(-ms)} ago` : spanText(ms);
}

/** `p1 up, p2 down: connection refused`. */
function witnessText({ probes }: EndpointJson): string {
  return probes.map(({ id, state, error }) => `${id} ${state}${error === '' ? '' : `: ${error}`}`).join(', ');
}
